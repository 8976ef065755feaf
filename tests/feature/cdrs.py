"""CDRs: the carrier's records by cursor, their filters, the document."""
import csv
import io
import json

from support import ids, main, only, scenario, walk

R = '/cdrs'


def add(org, n=0, **more):
    values = {'record_key': f'r{n}', 'call_key': f'k{n}',
              'direction': 'inbound', 'disposition': 'answered',
              'from_raw': '2025550199', 'to_raw': '+12125550100',
              'from_number': '+12025550199', 'to_number': '+12125550100',
              'started_at': f'2026-03-10 12:{n:02}:00', 'document': '{}',
              **more}
    return org.insert('cdr', **values)


@scenario
def pages_follow_one_another(org):
    there = org.instance.organization(org.by)
    made = [add(org, n) for n in range(7)]
    add(there, 1)
    assert ids(org.get(R)) == made[::-1]
    assert walk(org, f'{R}?per_page=3') == [
        made[:3:-1], made[3:0:-1], made[:1]]
    assert walk(org, f'{R}?per_page=3&sort=started_at') == [
        made[:3], made[3:6], made[6:]]
    assert org.get(R).json['meta'] == {'next': None, 'per_page': 25}
    cursor = org.get(f'{R}?per_page=3').json['meta']['next']
    for other in (f'{R}?cursor={cursor}&call=k1',
                  f'{R}?cursor={cursor}&disposition=busy',
                  f'/calls?cursor={cursor}'):
        only(org.get(other).must(422), 'cursor')
    only(there.get(f'{R}?cursor={cursor}').must(422), 'cursor')


@scenario
def each_filter_finds_its_records(org):
    ann = org.extension('1001')
    did = org.did(org.number(1))
    a = add(org, 1, did_id=did, extension_id=ann)
    b = add(org, 2, from_number='+442079460000', disposition='busy',
            extension_id=ann)
    c = add(org, 3, to_number='+442079460000', direction='outbound')
    d = add(org, 4, from_number='+442079460000', to_number='+442079460000',
            call_key='k1')

    def found(query):
        return ids(org.get(f'{R}?{query}'))
    assert found('') == [d, c, b, a]
    assert found('number=442079460000') == [d, c, b]
    assert found(f'extension_id={ann}') == [b, a]
    assert found(f'did_id={did}') == [a]
    assert found('disposition=busy') == [b]
    assert found('disposition=failed') == []
    assert found('direction=outbound') == [c]
    assert found('call=k1') == [d, a]
    assert found('call=k1&number=442079460000') == [d]
    assert found('call=K1') == [] and found('call=%27') == []
    assert found('number=442079460000&disposition=busy') == [b]
    assert found('number=442079460000&direction=inbound') == [d, b]
    assert found(f'extension_id={ann}&disposition=answered') == [a]
    assert found('from=2026-03-10T12:02:00Z&to=2026-03-10T12:04:00Z') == [
        c, b]
    assert found('from=2026-03-11') == []
    for query, field in (
            ('disposition=lost', 'disposition'), ('state=busy', 'state'),
            ('call=' + 'x' * 129, 'call'), ('number=x', 'number'),
            ('missed=true', 'missed'), ('sort=cost', 'sort'),
            ('per_page=1000', 'per_page'), ('from=x', 'from')):
        only(org.get(f'{R}?{query}').must(422), field)


@scenario
def a_record_has_its_document_and_its_call(org):
    there = org.instance.organization(org.by)
    number = org.number(3)
    did = org.did(number)
    call = org.insert('`call`', call_key='k1', started_at='2026-03-10')
    there.insert('`call`', call_key='k2', started_at='2026-03-10')
    document = {'session': {'token': 'k1'}, 'cost': 0.0125, 'nested': [
        {'text': '<script>"é"'}], 'big': 12345678901234567890 % 2**62}
    id = add(org, 1, did_id=did, cost='0.012500', duration=31, billed=60,
             trunk='main', answered_at='2026-03-10 12:01:02',
             document=json.dumps(document).replace('\\', '\\\\'))
    lone = add(org, 2)
    data = org.get(f'{R}/{id}').must(200).data
    assert data['document'] == document
    assert data['call_id'] == call and data['cost'] == '0.012500'
    assert data['did'] == {'id': did, 'number': number}
    assert data['duration'] == 31 and data['billed'] == 60
    assert data['answered_at'] == '2026-03-10T12:01:02Z'
    assert data['ended_at'] is None and data['trunk'] == 'main'
    rows = org.get(R).must(200).data
    assert 'document' not in rows[0]
    assert {key: data[key] for key in rows[1]} == rows[1]
    # Another tenant's call of the same key is not this one's.
    assert org.get(f'{R}/{lone}').data['call_id'] is None
    there.get(f'{R}/{id}').must(404)
    page = org.page(f'{R}/{id}').must(200).text
    assert '<script>' not in page and '&lt;script&gt;' in page
    assert f'href="/cgi-bin/calls/{call}"' in page
    for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
        org.ask(method, R, {}).must(405)
        org.ask(method, f'{R}/{id}', {}).must(405)


@scenario
def agents_and_users_see_their_own(org):
    mine = org.extension('1001', user_id=org.user_of('user'))
    his = org.extension('1002', user_id=org.user_of('agent'))
    a = add(org, 1, extension_id=mine, document='{"secret": 1}')
    b = add(org, 2, extension_id=his)
    c = add(org, 3)
    assert ids(org.as_('admin').get(R)) == [c, b, a]
    user, agent = org.as_('user'), org.as_('agent')
    assert ids(user.get(R)) == [a] and ids(agent.get(R)) == [b]
    assert ids(user.get(f'{R}?call=k1')) == [a]
    assert ids(user.get(f'{R}?call=k2')) == []
    assert ids(user.get(f'{R}?number=2025550199')) == [a]
    assert ids(user.get(f'{R}?extension_id={his}')) == []
    assert user.get(f'{R}/{a}').must(200).data['document'] is None
    assert org.get(f'{R}/{a}').data['document'] == {'secret': 1}
    user.get(f'{R}/{b}').must(404)
    agent.get(f'{R}/{c}').must(404)
    user.get(f'{R}/statistics').must(403)
    agent.get(f'{R}/statistics').must(200)


@scenario
def csv_holds_all_of_it(org):
    org.sql('INSERT INTO cdr (organization_id, record_key, from_raw,'
            f' started_at, document) SELECT {org.id}, seq, "@x",'
            " '2026-03-10' + INTERVAL seq SECOND, '{}' FROM seq_1_to_600")
    answer = org.get(f'{R}?sort=started_at', accept='text/csv').must(200)
    assert 'cdrs.csv' in answer.headers['content-disposition']
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row['record_key'] for row in rows] == [
        str(n) for n in range(1, 601)]
    assert rows[0]['from'] == "'@x" and 'document' not in rows[0]


@scenario
def the_page_has_filters_and_a_next(org):
    for n in range(30):
        add(org, n)
    page = org.page(R).must(200).text
    assert page.count('<tr>') == 26 and '<select name="disposition">' in page
    where = page.split('cursor=')[1].split('"')[0]
    assert org.page(f'{R}?cursor={where}').must(200).text.count('<tr>') == 6


if __name__ == '__main__':
    main()
