"""Calls: the list by cursor, its filters, one call with all that it has, and
who may see which."""
import csv
import datetime
import io
import json
import re
import subprocess
import urllib.parse

from support import ids, main, only, scenario, walk

R = '/calls'
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.timezone.utc)


def add(org, n=0, **more):
    """The id of a call that began n minutes after noon."""
    started = NOON + datetime.timedelta(minutes=n)
    values = {'call_key': f'key-{n}-{len(more)}', 'direction': 'inbound',
              'state': 'completed', 'from_raw': '2025550199',
              'to_raw': '+12125550100', 'from_number': '+12025550199',
              'to_number': '+12125550100',
              'started_at': started.strftime('%Y-%m-%d %H:%M:%S'), **more}
    return org.insert('`call`', **values)


@scenario
def pages_follow_one_another(org):
    there = org.instance.organization(org.by)
    assert org.get(R).must(200).json == {
        'data': [], 'meta': {'next': None, 'per_page': 25}}
    made = [add(org, n // 3, call_key=f'k{n}') for n in range(10)]
    add(there, 1)
    newest = made[::-1]
    assert ids(org.get(R)) == newest
    assert walk(org, f'{R}?per_page=3') == [
        newest[0:3], newest[3:6], newest[6:9], newest[9:]]
    assert walk(org, f'{R}?per_page=5') == [newest[:5], newest[5:]]
    assert walk(org, f'{R}?per_page=4&sort=started_at') == [
        made[:4], made[4:8], made[8:]]
    # What came in the meantime does not move what comes next.
    first = org.get(f'{R}?per_page=4').must(200)
    add(org, 99, call_key='late')
    assert ids(org.get(f'{R}?per_page=4&cursor='
                       + first.json['meta']['next'])) == newest[4:8]
    # Another number of rows does not move it either.
    assert ids(org.get(f'{R}?per_page=2&cursor='
                       + first.json['meta']['next'])) == newest[4:6]


@scenario
def a_cursor_counts_only_for_its_list(org):
    there = org.instance.organization(org.by)
    for n in range(4):
        add(org, n)
        add(there, n)
        org.insert('cdr', record_key=f'r{n}', document='{}',
                   started_at='2026-03-10 12:00:00')
    cursor = org.get(f'{R}?per_page=2').must(200).json['meta']['next']
    org.get(f'{R}?cursor={cursor}').must(200)
    org.get(f'{R}?cursor={cursor}&per_page=7').must(200)

    def refused(answer):
        only(answer.must(422, cursor='not of this list'), 'cursor')
    refused(there.get(f'{R}?cursor={cursor}'))
    refused(org.get(f'/cdrs?cursor={cursor}'))
    for other in ('sort=started_at', 'state=busy', 'number=%2B12025550199',
                  'from=2026-01-01', 'missed=true', 'did_id=1',
                  'extension_id=5', 'direction=inbound'):
        refused(org.get(f'{R}?cursor={cursor}&{other}'))
    flipped = ('B' if cursor[0] != 'B' else 'C') + cursor[1:]
    for forged in (flipped, cursor[:-1], cursor + 'A', 'x', '.', 'AAAA',
                   'A' * 40, cursor[::-1], '%00', '%F0%9F%98%80'):
        answer = org.get(f'{R}?cursor={forged}')
        assert answer.status in (400, 422), answer.text
        if answer.status == 422:
            only(answer, 'cursor')
    filtered = org.get(f'{R}?per_page=2&number=2025550199').must(200)
    next = filtered.json['meta']['next']
    assert len(ids(org.get(f'{R}?number=2025550199&cursor={next}'))) == 2
    refused(org.get(f'{R}?number=2025550198&cursor={next}'))
    refused(org.get(f'{R}?cursor={next}'))


@scenario
def each_filter_finds_its_calls(org):
    ann, bob = org.extension('1001'), org.extension('1002', name='Bob')
    did = org.did(org.number(1))
    a = add(org, 1, did_id=did, extension_id=ann, missed=1)
    b = add(org, 2, from_number='+442079460000', state='busy',
            from_extension_id=ann)
    c = add(org, 3, to_number='+442079460000', direction='outbound',
            from_extension_id=bob, from_number=None)
    d = add(org, 4, from_extension_id=ann, extension_id=ann,
            direction='internal', from_number='+442079460000',
            to_number='+442079460000')

    def found(query):
        return ids(org.get(f'{R}?{query}'))
    assert found('') == [d, c, b, a]
    assert found('number=%2B442079460000') == [d, c, b]
    assert found('number=011442079460000') == [d, c, b]
    assert found('number=442079460000') == [d, c, b]
    assert found('from_number=%2B442079460000') == [d, b]
    assert found('to_number=%2B442079460000') == [d, c]
    assert found('from_number=2025550199') == [a]
    assert found(f'extension_id={ann}') == [d, b, a]
    assert found(f'extension_id={bob}') == [c]
    assert found(f'did_id={did}') == [a]
    assert found('state=busy') == found('status=busy') == [b]
    assert found('missed=true') == [a]
    assert found('missed=false') == [d, c, b]
    assert found('missed=any') == [d, c, b, a]
    assert found('direction=internal') == [d]
    assert found(f'extension_id={ann}&number=442079460000') == [d, b]
    assert found(f'extension_id={ann}&number=442079460000&state=busy') == [b]
    assert found(f'extension_id={ann}&direction=outbound') == []
    assert found('state=completed&direction=inbound&missed=true') == [a]
    assert found('extension_id=999999999') == []
    assert found(f'sort=started_at&extension_id={ann}') == [a, b, d]
    assert walk(org, f'{R}?number=442079460000&per_page=1') == [
        [d], [c], [b]]
    assert walk(org, f'{R}?extension_id={ann}&per_page=1') == [[d], [b], [a]]
    assert walk(org, f'{R}?extension_id={ann}&per_page=1&state=completed') \
        == [[d], [a]]


@scenario
def a_date_is_the_organizations_day(org):
    # New York's 9 March 2026 is 04:00Z of the 9th to 04:00Z of the 10th.
    def at(key, when):
        return add(org, call_key=key, started_at=when)
    early = at('a', '2026-03-09 03:59:59.999')
    first = at('b', '2026-03-09 04:00:00.000')
    last = at('c', '2026-03-10 03:59:59.999')
    late = at('d', '2026-03-10 04:00:00.000')

    def found(query):
        return ids(org.get(f'{R}?{query}'))
    assert found('from=2026-03-09&to=2026-03-09') == [last, first]
    assert found('from=2026-03-09') == [late, last, first]
    assert found('to=2026-03-09') == [last, first, early]
    assert found('to=2026-03-08') == [early]
    assert found('from=2026-03-10') == [late]
    assert found('from=2026-03-09T04:00:00Z&to=2026-03-10T04:00:00Z') == [
        last, first]
    assert found('from=2026-03-10T04:00:00.001Z') == []
    assert found('from=2026-03-09&sort=started_at') == [first, last, late]
    assert found('from=2026-03-11&to=2026-03-01') == []
    assert walk(org, f'{R}?from=2026-03-09&to=2026-03-09&per_page=1') == [
        [last], [first]]
    assert walk(org, f'{R}?from=2026-03-09&to=2026-03-09&per_page=1'
                '&sort=started_at') == [[first], [last]]


@scenario
def what_cannot_be_asked_is_complained_of(org):
    add(org)
    for query, field in (
            ('per_page=0', 'per_page'), ('per_page=101', 'per_page'),
            ('per_page=x', 'per_page'), ('sort=id', 'sort'),
            ('sort=-id', 'sort'), ('sort=started_at,id', 'sort'),
            ('from=yesterday', 'from'), ('from=2026-02-30', 'from'),
            ('to=2026-13-01', 'to'), ('to=12', 'to'),
            ('from=0000-00-00', 'from'), ('to=9999-12-31', 'to'),
            ('from=2026-1-1', 'from'), ('number=anonymous', 'number'),
            ('number=1001', 'number'), ('from_number=%27', 'from_number'),
            ('to_number=%2B1', 'to_number'), ('state=lost', 'state'),
            ('state=', None), ('direction=up', 'direction'),
            ('missed=1', 'missed'), ('missed=maybe', 'missed'),
            ('extension_id=0', 'extension_id'),
            ('extension_id=-1', 'extension_id'),
            ('extension_id=1001x', 'extension_id'), ('did_id=x', 'did_id'),
            ('page=2', 'page'), ('colour=red', 'colour'),
            ('organization_id=x', None), ('deleted=with', 'deleted')):
        answer = org.get(f'{R}?{query}')
        if field is not None:
            only(answer.must(422), field)
    only(org.get(f'{R}?from=x&to=y&number=z&state=w').must(422),
         'from', 'to', 'number', 'state')
    for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
        for path in (R, f'{R}/1', f'{R}/active', f'{R}/statistics'):
            org.ask(method, path, {}).must(405)
    for path in (f'{R}/0', f'{R}/999999999', f'{R}/x', f'{R}/1/legs'):
        org.get(path).must(404)


@scenario
def one_call_has_all_that_belongs_to_it(org):
    there = org.instance.organization(org.by)
    ann = org.extension('1001')
    number = org.number(2)
    did = org.did(number)
    id = add(org, call_key='k', did_id=did, extension_id=ann,
             target_type='extension', target_id=ann,
             caller_name='<b>Ann</b>', answered_at='2026-03-10 12:00:05',
             ended_at='2026-03-10 12:00:35', duration=30, billed=30,
             legs=json.dumps([{'key': 'l1', 'to': '1001', 'state': 'answered',
                               'extension_id': ann,
                               'started_at': '2026-03-10T12:00:00Z'}]))
    other = add(org, 5, call_key='k2')
    for tenant, key, kind, body in (
            (org, 'k', 'session-update', '{"state": "ringing"}'),
            (org, 'k', 'cdr', 'no=json'), (org, 'k2', 'cdr', '{}'),
            (there, 'k', 'cdr', '{}')):
        tenant.sql('INSERT INTO call_event (organization_id, call_key, kind,'
                   ' event_hash, body, occurred_at) VALUES'
                   f" ({tenant.id}, '{key}', '{kind}', UNHEX(SHA2(UUID(),"
                   f" 256)), '{body}', '2026-03-10 12:00:01')")
    record = org.insert('cdr', record_key='r', call_key='k',
                        disposition='answered', duration=30, document='{}',
                        started_at='2026-03-10 12:00:00')
    there.insert('cdr', record_key='r', call_key='k', document='{}',
                 started_at='2026-03-10 12:00:00')
    recording = org.insert('recording', call_key='k', state='ready',
                           seconds=29, recorded_at='2026-03-10 12:00:05')
    org.insert('recording', call_key='k', leg='x', state='ready',
               recorded_at='2026-03-10 12:00:05',
               deleted_at='2026-03-10 12:00:05')
    message = org.insert('voicemail', call_key='k', extension_id=ann,
                         received_at='2026-03-10 12:00:30', seconds=3)
    data = org.get(f'{R}/{id}').must(200).data
    row = org.get(f'{R}?did_id={did}').must(200).data[0]
    assert {key: data[key] for key in row} == row
    assert data['did'] == {'id': did, 'number': number}
    assert data['target'] == {'type': 'extension', 'id': ann}
    assert data['from'] == '2025550199'
    assert data['from_number'] == '+12025550199'
    assert data['started_at'] == '2026-03-10T12:00:00Z'
    assert data['answered_at'] == '2026-03-10T12:00:05Z'
    assert data['ringing_at'] is None and data['emergency'] is False
    assert data['duration'] == 30
    assert data['legs'] == [{
        'key': 'l1', 'to': '1001', 'state': 'answered', 'extension_id': ann,
        'started_at': '2026-03-10T12:00:00Z', 'answered_at': None,
        'ended_at': None}]
    assert [(e['kind'], e['body']) for e in data['events']] == [
        ('session-update', {'state': 'ringing'}),
        ('cdr', {'text': 'no=json'})]
    assert data['events'][0]['occurred_at'] == '2026-03-10T12:00:01Z'
    assert [c['id'] for c in data['cdrs']] == [record]
    assert [r['id'] for r in data['recordings']] == [recording]
    assert [m['id'] for m in data['voicemails']] == [message]
    bare = org.get(f'{R}/{other}').must(200).data
    assert bare['legs'] == [] and bare['cdrs'] == []
    assert bare['did'] == {'id': None, 'number': None}
    assert bare['target'] is None and bare['duration'] == 0
    there.get(f'{R}/{id}').must(404, 'NOT_FOUND')
    page = org.page(f'{R}/{id}').must(200).text
    assert '&lt;b&gt;Ann&lt;/b&gt;' in page and '<b>' not in page
    assert f'href="/cgi-bin/cdrs/{record}"' in page
    assert 'ringing' in page and '<form' not in page


@scenario
def agents_and_users_see_their_own(org):
    mine = org.extension('1001', user_id=org.user_of('user'))
    second = org.extension('1003', user_id=org.user_of('user'))
    his = org.extension('1002', user_id=org.user_of('agent'))
    a = add(org, 1, extension_id=mine)
    b = add(org, 2, from_extension_id=mine, extension_id=his)
    c = add(org, 3, extension_id=his)
    d = add(org, 4)
    e = add(org, 5, extension_id=second, from_extension_id=mine,
            state='busy')
    for role in ('owner', 'admin'):
        assert ids(org.as_(role).get(R)) == [e, d, c, b, a]
    user, agent = org.as_('user'), org.as_('agent')
    assert ids(user.get(R)) == [e, b, a]
    assert ids(agent.get(R)) == [c, b]
    assert walk(user, f'{R}?per_page=1') == [[e], [b], [a]]
    assert ids(user.get(f'{R}?extension_id={his}')) == [b]
    assert ids(user.get(f'{R}?extension_id={second}')) == [e]
    assert ids(user.get(f'{R}?state=busy')) == [e]
    assert ids(user.get(f'{R}?number=2025550199')) == [e, b, a]
    for id in (a, b, e):
        user.get(f'{R}/{id}').must(200)
    for id in (c, d):
        user.get(f'{R}/{id}').must(404)
    agent.get(f'{R}/{a}').must(404)
    lines = user.get(R, accept='text/csv').must(200).text.splitlines()
    assert len(lines) == 4
    # Not what came in, and not others' recordings and messages.
    org.sql('INSERT INTO call_event (organization_id, call_key, kind,'
            f" event_hash, body) SELECT {org.id}, call_key, 'cdr',"
            " UNHEX(SHA2(UUID(), 256)), '{\"key\": 1}' FROM `call`"
            f' WHERE organization_id = {org.id}')
    key = org.get(f'{R}/{b}').data['call_key']
    for n, extension in enumerate((mine, his)):
        org.insert('recording', call_key=key, leg=str(n),
                   extension_id=extension, recorded_at='2026-03-10')
        org.insert('voicemail', call_key=key, leg=str(n),
                   extension_id=extension, received_at='2026-03-10')
        org.insert('cdr', record_key=f'r{n}', call_key=key, document='{}',
                   extension_id=extension, started_at='2026-03-10')
    for who, count in ((org, 2), (user, 1), (agent, 1)):
        data = who.get(f'{R}/{b}').must(200).data
        assert len(data['recordings']) == count
        assert len(data['voicemails']) == count
        assert len(data['cdrs']) == count
        assert data['events'][0]['body'] == (
            {'key': 1} if who is org else None)
    # An extension of nobody's is nobody's, and none is none.
    org.patch(f'/extensions/{mine}', {'user_id': None}).must(200)
    org.patch(f'/extensions/{second}', {'user_id': None}).must(200)
    assert ids(user.get(R)) == []
    user.get(f'{R}/{a}').must(404)


@scenario
def calls_in_progress_are_those_that_have_not_ended(org):
    now = datetime.datetime.now(datetime.timezone.utc)
    # What the worker tells Redis is tried in fold.py; here MariaDB knows.
    subprocess.run(['redis-cli', '-s', org.instance.var / 'run/redis.sock',
                    'DEL', 'opbx:live'], check=True, capture_output=True)

    def at(state, hours):
        when = now - datetime.timedelta(hours=hours)
        return add(org, call_key=f'{state}{hours}', state=state,
                   started_at=when.strftime('%Y-%m-%d %H:%M:%S'))
    made = [at(state, hours) for hours, state in enumerate(
        ('initiated', 'ringing', 'answered', 'completed', 'failed', 'busy',
         'canceled', 'no_answer', 'ringing'))]
    at('answered', 25)
    wanted = [made[0], made[1], made[2], made[8]]
    for role in ('owner', 'admin'):
        assert ids(org.as_(role).get(f'{R}/active')) == wanted
    # An agent sees those that ring, or are, at the agent's telephone.
    agent = org.as_('agent')
    assert ids(agent.get(f'{R}/active')) == []
    assert 'No call is in progress' in agent.page(f'{R}/active').text
    his = org.extension('1002', user_id=org.user_of('agent'))
    other = org.extension('1003')

    def leg(id, state, extension):
        org.sql('UPDATE `call` SET legs = \'[{"key": "l", "state":'
                f' "{state}", "extension_id": {extension}}}]\' WHERE id = {id}')
    for id, state, extension in (
            (made[1], 'ringing', his), (made[8], 'ringing', other),
            (made[2], 'answered', his), (made[5], 'ringing', his)):
        leg(id, state, extension)
    assert ids(agent.get(f'{R}/active')) == [made[1], made[2]]
    for id in (made[1], made[2]):
        agent.get(f'{R}/{id}').must(200)
    # A call that another took, or that ended, rang there and is not theirs.
    for id in (made[0], made[5], made[8]):
        agent.get(f'{R}/{id}').must(404)
        agent.post(f'{R}/{id}/hang-up', {}).must(404)
    agent.post(f'{R}/{made[1]}/hang-up', {}).must(409)
    leg(made[1], 'no_answer', his)
    leg(made[2], 'completed', his)
    assert ids(agent.get(f'{R}/active')) == []
    agent.post(f'{R}/{made[1]}/hang-up', {}).must(404)
    org.as_('user').get(f'{R}/active').must(403)
    page = org.page(f'{R}/active').must(200).text
    assert page.count('<tr>') == 5
    there = org.instance.organization(org.by)
    assert there.get(f'{R}/active').must(200).json == {'data': []}
    assert 'No call is in progress' in there.page(f'{R}/active').must(200).text


@scenario
def csv_holds_all_of_it(org):
    org.sql('INSERT INTO `call` (organization_id, call_key, from_raw,'
            f' started_at) SELECT {org.id}, seq, CONCAT("=", seq),'
            " '2026-03-10' + INTERVAL seq DIV 2 SECOND FROM seq_1_to_1203")
    answer = org.get(R, accept='text/csv').must(200)
    assert answer.headers['content-type'].startswith('text/csv')
    assert 'calls.csv' in answer.headers['content-disposition']
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 1203
    assert [row['call_key'] for row in rows[:2]] == ['1203', '1202']
    assert rows[-1]['call_key'] == '1' and rows[-1]['from'] == "'=1"
    assert sorted(int(row['call_key']) for row in rows) == list(
        range(1, 1204))
    assert 'legs' not in rows[0] and 'deleted_at' not in rows[0]
    one = org.get(f'{R}?per_page=10', accept='text/csv').must(200).text
    assert len(one.splitlines()) == 11
    none = org.get(f'{R}?state=busy', accept='text/csv').must(200).text
    assert len(none.splitlines()) == 1


@scenario
def the_page_has_filters_and_a_next(org):
    made = [add(org, n) for n in range(30)]
    page = org.page(R).must(200).text
    assert page.count('<tr>') == 26
    assert f'href="/cgi-bin/calls/{made[-1]}"' in page
    assert '<select name="state">' in page and 'name="from"' in page
    where = page.split('cursor=')[1].split('"')[0]
    page = org.page(f'{R}?cursor={where}').must(200).text
    assert page.count('<tr>') == 6 and 'Next page' not in page
    page = org.page(f'{R}?state=busy&number=%22%3E%3Cscript%3E').must(422)
    assert '<script>' not in page.text
    page = org.page(f'{R}?state=completed&per_page=5').must(200).text
    assert '<option value="completed" selected>' in page
    link = re.search('href="([^"]*cursor=[^"]*)">Next page', page).group(1)
    link = link.replace('&amp;', '&')
    assert urllib.parse.parse_qs(link.split('?')[1])['per_page'] == ['5']
    page = org.page(link.removeprefix('/cgi-bin')).must(200).text
    assert f'/calls/{made[24]}"' in page


if __name__ == '__main__':
    main()
