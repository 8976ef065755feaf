"""What every answer has: an ETag with an object, CSV of a list, a search."""
import csv
import io

from fixtures import operator
from support import by_http_alone, ids, main, only, scenario

MARCH = 'from=2026-03-01&to=2026-03-31'


def call(org, n, **more):
    return org.insert('`call`', **{
        'call_key': f'key-{n}', 'direction': 'inbound', 'state': 'completed',
        'from_raw': '2025550199', 'to_raw': '+12125550100',
        'from_number': '+12025550199', 'to_number': '+12125550100',
        'started_at': f'2026-03-10 12:{n:02}:00', **more})


def cdr(org, n, **more):
    return org.insert('cdr', **{
        'record_key': f'r{n}', 'document': '{}', 'direction': 'inbound',
        'from_number': '+12025550199', 'to_number': '+12125550100',
        'started_at': f'2026-03-10 12:{n:02}:00', **more})


def lines(answer):
    assert answer.must(200).headers['content-type'].startswith('text/csv')
    assert 'attachment' in answer.headers['content-disposition']
    return list(csv.DictReader(io.StringIO(answer.text)))


@scenario
def what_happened_has_an_etag(org):
    one = call(org, 1)
    record = cdr(org, 1)
    org.extension('1001')
    entry = org.get('/audit').must(200).data[0]['id']
    for path in (f'/calls/{one}', f'/cdrs/{record}', f'/audit/{entry}'):
        tag = org.get(path).must(200).headers['etag']
        assert org.get(path).headers['etag'] == tag
        again = org.get(path, headers={'If-None-Match': f'"x", {tag}'})
        assert again.must(304).body == b'' and again.headers['etag'] == tag
        org.get(path, headers={'If-None-Match': '"x"'}).must(200)
        assert org.page(path).must(200).headers['etag'] == tag
    tag = org.get(f'/calls/{one}').headers['etag']
    org.sql("UPDATE `call` SET state = 'busy' WHERE organization_id ="
            f' {org.id} AND id = {one}')
    answer = org.get(f'/calls/{one}', headers={'If-None-Match': tag})
    assert answer.must(200).headers['etag'] != tag


@scenario
def what_was_just_made_has_the_etag_of_what_it_is(org):
    made = org.post('/tokens', {'name': 'Phone'}).must(201)
    path = f'/tokens/{made.id}'
    assert org.get(path).must(200).headers['etag'] == made.headers['etag']
    op = operator(org)
    made = op.post('/organizations', {
        'name': 'New', 'slug': f'{org.slug}-new', 'country': 'us',
        'timezone': 'America/New_York', 'limits': {'dids': 2},
        'settings': {'theme': 'dark'},
        'owner': {'email': f'ann@{org.slug}.example'}}).must(201)
    path = f'/organizations/{made.id}'
    tag = made.headers['etag']
    assert op.get(path).must(200).headers['etag'] == tag
    op.patch(path, {'name': 'x'}, headers={'If-Match': tag}).must(200)
    op.patch(path, {'name': 'y'}, headers={'If-Match': tag}).must(412)


@scenario
def any_list_comes_as_csv(org):
    org.password_of('owner')
    call(org, 1, state='ringing', from_raw='=1+1',
         started_at=org.sql('SELECT UTC_TIMESTAMP()')[0][0])
    call(org, 2)
    for unit in ('hour', 'day'):
        org.insert(f'cdr_{unit}', **{
            unit: '2026-03-10', 'direction': 'inbound', 'calls': 3,
            **({'disposition': 'busy'} if unit == 'hour' else
               {'number': '+12125550100'})})
    browser = org.sign_in()
    for path, has in (('/calls/active', ('from', "'=1+1")),
                      (f'/calls/statistics?by=state&{MARCH}', ('calls', '1')),
                      (f'/cdrs/statistics?by=day&{MARCH}', ('calls', '3')),
                      ('/session/others', ('current', 'true'))):
        mark = '&' if '?' in path else '?'
        asked = browser.get(path, accept='text/csv')
        by_link = browser.get(f'{path}{mark}format=csv')
        assert lines(asked) == lines(by_link)
        assert has in lines(asked)[0].items(), asked.text
        assert asked.text.count('\n') == len(browser.get(path).data) + 1
    path = f'/extensions/{org.extension("1001")}/delete'
    org.insert('did', number='+12125550100', target_type='extension',
               target_id=int(path.split('/')[2]))
    row, = lines(org.get(path, accept='text/csv'))
    assert row['type'] == 'did' and row['name'] == '+12125550100'


@scenario
def calls_and_cdrs_are_searched(org):
    there = org.instance.organization(org.by)
    call(there, 1, caller_name='Zoe')
    a = call(org, 1, caller_name='Zoe 100%')
    b = call(org, 2, from_raw='anonymous', from_number=None)
    c = call(org, 3, to_number='+442079460000', to_raw='442079460000')

    def found(q, **more):
        return ids(org.get(f'/calls?q={q}', **more).must(200))
    assert found('zoe') == [a] and found('%25') == [a] and found('_') == []
    assert found('ANON') == [b]
    assert found('2079460') == [c]
    assert found('%2B44%20(20)%207946-0000') == [c]
    assert found('555') == [c, b, a]
    assert found('') == [c, b, a] and found('%20') == [c, b, a]
    assert found('2125550100&direction=inbound') == [b, a]
    assert found("%27%20OR%201=1") == []
    for path in ('/calls', '/cdrs'):
        only(org.get(f'{path}?q={"x" * 201}').must(422), 'q')
        assert 'name="q"' in org.page(path).must(200).text
    d, e = cdr(org, 1), cdr(org, 2, to_number='+442079460000')
    assert ids(org.get('/cdrs?q=2079')) == [e]
    assert ids(org.get('/cdrs?q=2025550199')) == [e, d]
    assert ids(org.get('/cdrs?q=zoe')) == []
    # Who sees their own alone finds their own alone.
    mine = org.extension('1001', user_id=org.user_of('user'))
    own = call(org, 9, extension_id=mine)
    assert ids(org.as_('user').get('/calls?q=2025550199')) == [own]
    first = org.get('/calls?q=555&per_page=2').must(200)
    next = first.json['meta']['next']
    assert found(f'555&per_page=2&cursor={next}') == [b, a]
    only(org.get(f'/calls?q=zoe&cursor={next}').must(422), 'cursor')


@scenario
def cdrs_have_a_status(org):
    a = cdr(org, 1, disposition='answered')
    b = cdr(org, 2, disposition='busy')
    assert ids(org.get('/cdrs?status=answered')) == [a]
    assert ids(org.get('/cdrs?disposition=busy')) == [b]
    assert ids(org.get('/cdrs?status=')) == [b, a]
    only(org.get('/cdrs?status=completed').must(422), 'status')


@by_http_alone
def a_token_of_a_path_is_in_no_log(org):
    for path in ('/prompts/audio/', '/voicemails/audio/'):
        secret = f'{org.slug}-nobody-knows-{path[1]}'
        org.get(path + secret, token='').must(404)
        log = (org.instance.var / 'log' / 'opbx.log').read_text()
        assert secret not in log and f'{path}***' in log


@scenario
def a_token_that_could_do_nothing_is_not_made(org):
    mail = f'owner@{org.slug}.example'
    words = ['token', 'create', '--org', org.slug, '--email', mail,
             '--abilities']
    before = org.sql(f'SELECT COUNT(*) FROM token WHERE organization_id ='
                     f' {org.id}')
    for bad in ('nonsense', 'extensions:read,', '', 'extensions:dance',
                'extensions', 'moon:read', 'calls:read,extensions:'):
        try:
            org.instance.ctl(*words, bad)
        except RuntimeError as refusal:
            assert 'must be like extensions:read' in str(refusal), refusal
        else:
            raise AssertionError(f'a token for {bad!r}')
    assert before == org.sql('SELECT COUNT(*) FROM token WHERE'
                             f' organization_id = {org.id}')
    token = org.instance.ctl(*words, 'calls:read, extensions:*').strip()
    org.get('/extensions', token=token).must(200)
    org.get('/users', token=token).must(403)


@scenario
def what_to_paste_holds_the_timeout(org):
    org.patch('/settings', {'default_ring_timeout': 45}).must(200)
    data = org.get('/settings/carrier').must(200).data
    assert data['call_timeout'] == 45


if __name__ == '__main__':
    main()
