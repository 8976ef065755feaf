"""Organizations: made, changed, suspended and deleted by operators, and what
of its own a tenant may change."""
import time

from support import Browser, main, only, scenario

R = '/organizations'
PEOPLE = ('owner', 'admin', 'agent', 'user')


def operator(org):
    """A browser in which an operator is signed in."""
    password = org.password_of('admin')
    email = f'op@{org.slug}.example'
    org.sql("INSERT INTO operator (name, email, password_hash) SELECT 'Op',"
            f" '{email}', password_hash FROM user WHERE organization_id ="
            f" {org.id} AND id = {org.user_of('admin')}")
    answer = org.post('/session', {'email': email, 'password': password},
                      token='').must(201)
    other = object.__new__(Browser)
    other.__dict__.update(org.__dict__)
    return other.keep(answer)


def wanted(org, n=0, **more):
    slug = f'{org.slug}-n{n}'
    return {'name': f'New {n}', 'slug': slug, 'country': 'US',
            'timezone': 'America/New_York',
            'owner': {'name': 'Ann', 'email': f'ann@{slug}.example'}, **more}


def made(op, n=0, **more):
    return op.post(R, wanted(op, n, **more)).must(201).data


def voice(org, domain, key, to='1001'):
    """What the carrier is told; voice is no part of the OpenAPI document."""
    ask = {'cgi': org.by_cgi, 'http': org.by_http}[org.by]
    return ask('GET', f'/cgi-bin/voice?To={to}&From=%2B16175551212&Direction='
               f'inbound&Domain={domain}', None,
               {'Authorization': f'Bearer {key}'})


@scenario
def a_new_one_is_complete(org):
    op = operator(org)
    domain = f'{org.slug}.acme.example.net'
    answer = op.post(R, wanted(
        org, name='Acme Phones, Inc.', domain=domain.upper(),
        domain_uuid='0123ABCD-0000-4000-8000-%012d' % org.id,
        emergency_trunk='main', country='gb', timezone='Europe/London',
        limits={'extensions': 5, 'dids': 2, 'concurrent_calls': 3,
                'storage_mb': 100}, settings={'theme': 'dark'})).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin{R}/{data["id"]}'
    assert (data['domain'], data['country']) == (domain, 'GB')
    assert data['limits'] == {'extensions': 5, 'dids': 2,
                              'concurrent_calls': 3, 'storage_mb': 100}
    assert data['settings'] == {'theme': 'dark'}
    assert data['status'] == 'active' and data['caller_id'] is None
    # What is shown once: the key works, the link leads somewhere.
    assert len(data['voice_key']) >= 43 and len(data['webhook_secret']) >= 43
    assert '/cgi-bin/session/link?token=' in data['owner_link']
    assert 'Hangup' in voice(org, domain, data['voice_key']).must(200).text
    assert 'Reject' in voice(org, domain, 'x').must(401).text
    shown = op.get(f'{R}/{data["id"]}').must(200).data
    assert 'voice_key' not in shown and 'owner_link' not in shown
    assert shown == {key: data[key] for key in shown}
    # The link sets the owner's password, once.
    token = data['owner_link'].split('token=')[1]
    path = f'/session/link?token={token}'
    assert org.page(path, token='').status == 200
    [(action, name, before)] = op.sql(
        'SELECT actor_type, actor_name, object_name FROM audit_entry WHERE'
        f" organization_id = {data['id']} AND action = 'create' AND"
        " object_type = 'organization'")
    assert (action, name, before) == (
        'operator', f'op@{org.slug}.example', 'Acme Phones, Inc.')
    assert data['voice_key'] not in str(op.sql(
        'SELECT value_after FROM audit_entry'
        f" WHERE organization_id = {data['id']}"))


@scenario
def an_owner_may_come_later(org):
    op = operator(org)
    bare = wanted(org, 7)
    del bare['owner']
    data = op.post(R, bare).must(201).data
    assert data['owner_id'] is None and data['owner_link'] is None
    assert len(data['voice_key']) > 20
    assert org.sql('SELECT COUNT(*) FROM user WHERE organization_id ='
                   f" {data['id']}") == [['0']]


@scenario
def all_complaints_come_at_once(org):
    op = operator(org)
    only(op.post(R, {}).must(422), 'name', 'country', 'timezone')
    only(op.post(R, wanted(org, owner={'name': 'Ann'})).must(422),
         'owner.email')
    only(op.post(R, wanted(
        org, name='x' * 101, slug='Not A Slug', country='XX',
        timezone='Mars/Olympus', domain='-x', domain_uuid='1234',
        caller_id='+12125550100', emergency_did='+12125550100',
        emergency_trunk='a,b', status='gone', settings=7, colour=1,
        limits={'extensions': -1, 'dids': 1000001,
                'concurrent_calls': 'x', 'storage_mb': None, 'more': 1},
        owner={'name': 'x' * 101, 'email': 'nobody', 'password': 'x'}))
        .must(422), 'name', 'slug', 'country', 'timezone', 'domain',
        'domain_uuid', 'caller_id', 'emergency_did', 'emergency_trunk',
        'status', 'settings', 'colour', 'limits.extensions', 'limits.dids',
        'limits.concurrent_calls', 'limits.storage_mb', 'limits.more',
        'owner.name', 'owner.email', 'owner.password')
    op.post(R, wanted(org, id=7)).must(422, id='no field')
    op.post(R, []).must(400)


@scenario
def bounds_are_kept(org):
    op = operator(org)
    n = 0
    for field, good, bad in (
            ('name', ['x', 'é' * 100], ['', ' ', None, 7, 'x' * 101]),
            ('slug', ['z' + str(org.id), 'q' * 50 + f'-{org.id}'],
             ['-a', 'a-', 'A', 'a_b', 'é', 'x' * 64, 7]),
            ('country', ['us', 'DE'], ['U', 'USA', 'ZZ', '', None, '001']),
            ('timezone', ['UTC', 'Asia/Kolkata'],
             ['utc+1', '', None, '../etc/passwd', 'localtime']),
            ('domain', [f'a{org.id}', f'{org.id}.' + 'd' * 240],
             ['.a', 'a.', 'a b', 'a/b', 'd' * 254]),
            ('domain_uuid', ['%08x-0000-4000-8000-000000000001' % org.id],
             ['0', 'g' * 36, '0' * 36, '0' * 37]),
            ('emergency_trunk', ['x' * 64, 'main'], ['x' * 65, 'a,b'])):
        for value in good:
            n += 1
            op.post(R, wanted(org, n, **{field: value})).must(201)
        for value in bad:
            only(op.post(R, wanted(org, 99, **{field: value})).must(422),
                 field)
    for field in ('extensions', 'dids', 'concurrent_calls', 'storage_mb'):
        id = made(op, f'l{field[0]}')['id']
        for value in (0, 1, 1000000):
            assert op.patch(f'{R}/{id}', {'limits': {field: value}}).must(
                200).data['limits'][field] == value
        for value in (-1, 1000001, 1.5, '5', None):
            only(op.patch(f'{R}/{id}', {'limits': {field: value}}).must(422),
                 f'limits.{field}')


@scenario
def a_slug_is_made_of_the_name(org):
    op = operator(org)
    body = wanted(org, name=f'Acme  Phones, {org.slug}!')
    del body['slug']
    data = op.post(R, body).must(201).data
    assert data['slug'] == f'acme-phones-{org.slug}'
    only(op.post(R, body).must(422, slug='taken'), 'slug')
    body['name'] = '日本'
    only(op.post(R, body).must(422, slug='required'), 'slug')
    only(op.patch(f'{R}/{data["id"]}', {'slug': None}).must(
        422, slug='required'), 'slug')


@scenario
def what_names_a_tenant_is_its_own(org):
    op = operator(org)
    uuid = '00000000-0000-4000-8000-%012d' % org.id
    first = made(op, 1, domain=f'{org.slug}.one', domain_uuid=uuid)
    second = made(op, 2)
    for field in ('slug', 'domain', 'domain_uuid'):
        answer = op.patch(f'{R}/{second["id"]}', {field: first[field]})
        only(answer.must(422, **{field: 'taken'}), field)
        assert str(first['id']) not in answer.json['message']
        only(op.post(R, wanted(org, 3, **{field: first[field]})).must(422),
             field)
    # Deleted it gives them up, and comes back only while they are free.
    op.delete(f'{R}/{first["id"]}').must(204)
    op.patch(f'{R}/{second["id"]}', {'domain': first['domain']}).must(200)
    only(op.post(f'{R}/{first["id"]}/restore').must(422, domain='taken'),
         'domain')
    op.patch(f'{R}/{second["id"]}', {'domain': None}).must(200)
    assert op.post(f'{R}/{first["id"]}/restore').must(
        200).data['domain'] == first['domain']


@scenario
def a_new_domain_counts_for_the_next_call(org):
    op = operator(org)
    one, two = f'{org.slug}.one', f'{org.slug}.two'
    data = made(op, domain=one)
    key = data['voice_key']
    for _ in range(4):
        voice(org, one, key).must(200)
        voice(org, two, key).must(401)
    before = int(org.sql('SELECT number FROM generation WHERE'
                         ' organization_id = 0')[0][0])
    op.patch(f'{R}/{data["id"]}', {'domain': two}).must(200)
    assert int(org.sql('SELECT number FROM generation WHERE'
                       ' organization_id = 0')[0][0]) > before
    for _ in range(4):
        voice(org, two, key).must(200)
        voice(org, one, key).must(401)


@scenario
def suspended_nobody_gets_in(org):
    op = operator(org)
    domain = f'{org.slug}.susp'
    op.patch(f'{R}/{org.id}', {'domain': domain}).must(200)
    key = org.post('/settings/voice-key', {}).must(200).data['voice_key']
    browser = org.sign_in('admin')
    assert 'Say' in voice(org, domain, key).must(200).text
    data = op.post(f'{R}/{org.id}/suspend').must(200).data
    assert data['status'] == 'suspended'
    op.post(f'{R}/{org.id}/suspend').must(409, 'CONFLICT')
    for _ in range(4):
        assert 'Reject' in voice(org, domain, key).must(200).text
        org.get('/extensions').must(403, 'FORBIDDEN')
        browser.get('/extensions').must(401)
    org.post('/session', {'email': f'admin@{org.slug}.example',
                          'password': org.password_of('admin')},
             token='').must(403)
    assert op.post(f'{R}/{org.id}/resume').must(200).data[
        'status'] == 'active'
    op.post(f'{R}/{org.id}/resume').must(409, 'CONFLICT')
    org.get('/extensions').must(200)
    # Who was in is out.
    browser.get('/extensions').must(401)
    assert 'Say' in voice(org, domain, key).must(200).text
    browser = org.sign_in('admin')
    op.patch(f'{R}/{org.id}', {'status': 'suspended'}).must(200)
    browser.get('/extensions').must(401)
    op.patch(f'{R}/{org.id}', {'status': 'active'}).must(200)
    browser.get('/extensions').must(401)
    assert [row[0] for row in org.audit('organization', org.id)][-4:] == [
        'suspend', 'resume', 'update', 'update']


@scenario
def deleted_it_is_gone_at_once(org):
    op = operator(org)
    domain = f'{org.slug}.del'
    number = org.number(1)
    op.patch(f'{R}/{org.id}', {'domain': domain}).must(200)
    key = org.post('/settings/voice-key', {}).must(200).data['voice_key']
    did = org.did(number)
    voice(org, domain, key).must(200)
    browser = org.sign_in('admin')
    op.delete(f'{R}/{org.id}').must(204)
    op.delete(f'{R}/{org.id}').must(404)
    for _ in range(4):
        voice(org, domain, key).must(401)
        org.get('/extensions').must(401)
        browser.get('/extensions').must(401)
    org.post('/session', {'email': f'admin@{org.slug}.example',
                          'password': org.password_of('admin')},
             token='').must(401)
    op.get(f'{R}/{org.id}').must(404)
    op.patch(f'{R}/{org.id}', {'name': 'x'}).must(404)
    op.post(f'{R}/{org.id}/suspend').must(404)
    assert op.get(f'{R}/{org.id}?deleted=only').must(200).data[
        'deleted_at'] is not None
    # Its number is anybody's.
    other = made(op)['id']
    op.post('/dids', {'number': number},
            headers={'X-Organization-Id': str(other)}).must(201)
    op.post(f'{R}/{org.id}/restore').must(200)
    op.post(f'{R}/{org.id}/restore').must(404)
    voice(org, domain, key).must(200)
    assert org.get(f'/dids/{did}').must(200).data['proved_at'] is None
    browser.get('/extensions').must(401)
    assert [row[0] for row in org.audit('organization', org.id)][-2:] == [
        'delete', 'restore']


@scenario
def a_list_is_searched_filtered_and_sorted(org):
    op = operator(org)
    mark = org.slug
    for n, name in enumerate(('Zoe', 'Amy', 'Éva')):
        made(op, n, name=f'{name} {mark}', settings={'theme': f'{mark}{n}'},
             domain=f'{mark}.{n}.example')
    bob = made(op, 3, name=f'Bob {mark}')['id']
    op.patch(f'{R}/{bob}', {'status': 'suspended'}).must(200)

    def names(query):
        rows = op.get(f'{R}?{query}').must(200).json['data']
        return [row['name'].split()[0] for row in rows]

    new = f'q={mark}-n'
    assert names(new) == ['Amy', 'Bob', 'Éva', 'Zoe']
    assert names(f'{new}&sort=-name') == ['Zoe', 'Éva', 'Bob', 'Amy']
    assert names(f'{new}&sort=id') == ['Zoe', 'Amy', 'Éva', 'Bob']
    assert names(f'{new}&sort=-id') == ['Bob', 'Éva', 'Amy', 'Zoe']
    assert names(f'{new}&sort=created_at,-id') == ['Zoe', 'Amy', 'Éva', 'Bob']
    assert names(f'{new}&sort=-created_at') == ['Bob', 'Éva', 'Amy', 'Zoe']
    assert names(f'{new}&sort=-updated_at')[0] == 'Bob'
    assert names(f'{new}&status=suspended') == ['Bob']
    assert names(f'q={mark}.1.EXAMPLE') == ['Amy']
    assert names(f'q={mark.upper()}-N1') == ['Amy']
    assert names(f'settings.theme={mark}2') == ['Éva']
    assert names(f'{new}&settings.theme={mark}2&status=suspended') == []
    assert names('q=%25') == [] and names('q=_') == []
    page = op.get(f'{R}?{new}&per_page=2&page=2').must(200).json
    assert [row['name'].split()[0] for row in page['data']] == ['Éva', 'Zoe']
    assert page['meta'] == {'page': 2, 'per_page': 2, 'total': 4,
                            'last_page': 2}
    assert op.get(f'{R}?{new}&page=9').must(200).json['meta']['total'] == 4
    op.delete(f'{R}/{bob}').must(204)
    assert names(new) == ['Amy', 'Éva', 'Zoe']
    assert names(f'{new}&deleted=only') == ['Bob']
    assert names(f'{new}&deleted=with') == ['Amy', 'Bob', 'Éva', 'Zoe']
    for query in ('sort=slug', 'sort=name,id,name', 'colour=1', 'page=0',
                  'per_page=101', 'status=gone', 'deleted=maybe',
                  'q=' + 'x' * 201):
        op.get(f'{R}?{query}').must(422)
    text = op.get(f'{R}?{new}', accept='text/csv').must(200).text
    assert text.count('\r\n') == 4 and f'Amy {mark}' in text


@scenario
def ten_thousand_come_in_order(org):
    if org.by == 'cgi':
        return
    op = operator(org)
    mark = f'many-{org.id}'
    org.sql("INSERT INTO organization (name, slug, country, timezone)"
            f" SELECT CONCAT('{mark} ', LPAD(seq * 7919 MOD 10007, 5, '0')),"
            f" CONCAT('{mark}-', seq), 'US', 'UTC' FROM seq_1_to_10000")
    org.sql("INSERT INTO setting (organization_id) SELECT id FROM organization"
            f" WHERE slug LIKE '{mark}-%'")
    names = sorted(f'{mark} {n * 7919 % 10007:05}' for n in range(1, 10001))
    for page in (1, 2, 200, 400):
        begin = time.monotonic()
        got = op.get(f'{R}?q={mark}&page={page}').must(200)
        took = time.monotonic() - begin
        assert [row['name'] for row in got.data] == \
            names[(page - 1) * 25:page * 25], page
        assert got.json['meta']['total'] == 10000
        # Sanitizers and busy machines make it slower.
        assert took < 2, took
    assert op.get(f'{R}?q={mark}&sort=-name&per_page=1').data[0][
        'name'] == names[-1]
    text = op.get(f'{R}?q={mark}', accept='text/csv').must(200).text
    assert [line.split(',')[1] for line in text.splitlines()[1:]] == names
    org.sql(f"DELETE s FROM setting s JOIN organization o ON o.id ="
            f" s.organization_id WHERE o.slug LIKE '{mark}-%'")
    org.sql(f"DELETE FROM organization WHERE slug LIKE '{mark}-%'")


@scenario
def a_tenant_sees_and_changes_what_is_its_business(org):
    number = org.number(2)
    org.did(number)
    path = f'{R}/{org.id}'
    assert org.get(path).must(200).data['slug'] == org.slug
    assert org.as_('admin').get(path).must(200).data['id'] == org.id
    data = org.patch(path, {
        'name': 'Mine', 'timezone': 'Europe/Paris', 'caller_id': number,
        'emergency_did': number, 'emergency_trunk': 'help'}).must(200).data
    assert (data['name'], data['timezone'], data['caller_id'],
            data['emergency_did'], data['emergency_trunk']) == (
        'Mine', 'Europe/Paris', number, number, 'help')
    only(org.patch(path, {
        'slug': 'mine', 'country': 'GB', 'domain': 'x.example',
        'domain_uuid': '00000000-0000-4000-8000-000000000000',
        'status': 'suspended', 'settings': {'a': 1}, 'limits': {
            'extensions': 1, 'dids': 1, 'concurrent_calls': 1,
            'storage_mb': 1}}).must(422, slug='operator'),
        'slug', 'country', 'domain', 'domain_uuid', 'status', 'settings',
        'limits.extensions', 'limits.dids', 'limits.concurrent_calls',
        'limits.storage_mb')
    # What was shown can be sent back; what is not said is as it was.
    assert org.put(path, org.get(path).data).must(200)
    data = org.put(path, {'name': 'Again', 'country': 'US',
                          'timezone': 'UTC'}).must(200).data
    assert data['slug'] == org.slug and data['caller_id'] is None
    tag = org.get(path).headers['etag']
    org.patch(path, {'name': 'x'}, headers={'If-Match': tag}).must(200)
    org.patch(path, {'name': 'y'}, headers={'If-Match': tag}).must(412)
    only(org.patch(path, {'caller_id': '+12125550100'}).must(
        422, caller_id='no number of yours'), 'caller_id')
    org.did(org.number(3), proved=False)
    only(org.patch(path, {'emergency_did': org.number(3)}).must(
        422, emergency_did='not proved'), 'emergency_did')
    only(org.patch(path, {'name': None, 'timezone': 'x'}).must(422),
         'name', 'timezone')


@scenario
def the_rest_is_the_operators(org):
    other = org.instance.organization(org.by)
    mine, theirs = f'{R}/{org.id}', f'{R}/{other.id}'
    for role in PEOPLE:
        them = org.as_(role)
        them.get(R).must(403, 'FORBIDDEN')
        them.post(R, wanted(org)).must(403)
        them.page(f'{R}/new').must(403)
        for path in (mine, theirs):
            them.delete(path).must(403)
            them.page(f'{path}/delete').must(403)
            for action in ('suspend', 'resume', 'restore'):
                them.post(f'{path}/{action}').must(403)
        # Configuration without secrets is everybody's.
        assert them.get(mine).must(200).data == org.get(mine).data
        assert org.slug in them.page(mine).must(200).text
        them.get(theirs).must(404, 'NOT_FOUND')
        them.get(f'{R}/999999').must(404)
        if role == 'owner':
            them.patch(theirs, {'name': 'x'}).must(404)
            them.put(theirs, {'name': 'x'}).must(404)
        else:
            them.patch(mine, {'name': 'x'}).must(403)
            them.put(theirs, {'name': 'x'}).must(403)
    org.get(R, token='').must(401)
    assert other.get(theirs).data['name'] == other.slug
    # An operator is nobody of a tenant.
    op = operator(org)
    op.get('/settings', headers={'X-Organization-Id': str(org.id)}).must(403)
    op.get('/extensions').must(403)
    op.get(f'{R}/999999').must(404)
    op.patch(f'{R}/999999', {'name': 'x'}).must(404)
    op.delete(f'{R}/999999').must(404)


@scenario
def operators_change_all_of_it(org):
    op = operator(org)
    path = f'{R}/{org.id}'
    before = org.generation()
    tag = op.get(path).headers['etag']
    data = op.patch(path, {
        'name': 'New', 'slug': f'{org.slug}-x', 'country': 'ca',
        'limits': {'extensions': 1}, 'settings': {'a': {'b': 1}}},
        headers={'If-Match': tag}).must(200).data
    assert data['country'] == 'CA' and data['settings'] == {'a': {'b': 1}}
    assert org.generation() > before
    op.patch(path, {'name': 'x'}, headers={'If-Match': tag}).must(412)
    op.delete(path, headers={'If-Match': tag}).must(412)
    op.post(f'{path}/suspend', headers={'If-Match': tag}).must(412)
    org.extension('1001')
    org.post('/extensions', {'number': '1002', 'name': 'B'}).must(409)
    [(kind, actor, old, new)] = org.sql(
        'SELECT actor_type, actor_name, JSON_VALUE(value_before, "$.name"),'
        ' JSON_VALUE(value_after, "$.name") FROM audit_entry WHERE'
        f" organization_id = {org.id} AND object_type = 'organization' AND"
        " action = 'update'")
    assert (kind, actor, old, new) == (
        'operator', f'op@{org.slug}.example', org.slug, 'New')
    # Without its token a session changes nothing.
    op.patch(path, {'name': 'y'}, headers={'X-CSRF-Token': None}).must(403)
    assert op.put(path, {'name': 'Whole', 'slug': org.slug, 'country': 'US',
                         'timezone': 'UTC'}).must(200).data[
        'limits']['extensions'] == 0


@scenario
def operators_assign_numbers(org):
    op = operator(org)
    number = org.number(4)
    act = {'X-Organization-Id': str(org.id)}
    op.post('/dids', {'number': number}).must(400)
    op.get('/dids').must(400)
    data = op.post('/dids', {'number': number, 'name': 'Main'},
                   headers=act).must(201).data
    assert data['proved_at'] is not None
    assert org.get(f'/dids/{data["id"]}').must(200).data == data
    assert [row[0] for row in org.audit('did', data['id'])] == [
        'create', 'prove']
    other = org.instance.organization(org.by)
    act_other = {'X-Organization-Id': str(other.id)}
    answer = op.post('/dids', {'number': number}, headers=act_other)
    only(answer.must(409, 'CONFLICT'), 'number')
    assert org.slug not in answer.text and 'references' not in answer.json
    # A claim that was there is proved by a word; of two only one.
    mine = org.post('/dids', {'number': org.number(5)}).must(201).id
    theirs = other.post('/dids', {'number': org.number(5)}).must(201).id
    org.post(f'/dids/{mine}/prove').must(403)
    op.post(f'/dids/{theirs}/prove', headers=act).must(404)
    assert op.post(f'/dids/{mine}/prove', headers=act).must(
        200).data['proved_at'] is not None
    op.post(f'/dids/{mine}/prove', headers=act).must(200)
    only(op.post(f'/dids/{theirs}/prove', headers=act_other).must(
        409, 'CONFLICT'), 'number')
    # Where calls go is the tenant's business.
    op.patch(f'/dids/{mine}', {'name': 'x'}, headers=act).must(403)
    only(op.post('/dids', {'number': 'x'}, headers=act).must(422), 'number')
    assert op.get('/dids', headers=act).must(200).json['meta']['total'] == 2
    op.delete(f'/dids/{mine}', headers=act).must(204)
    op.post('/dids', {'number': org.number(5)}, headers=act_other).must(
        422, number='taken')
    op.post(f'/dids/{theirs}/prove', headers=act_other).must(200)


@scenario
def a_browser_does_it_all_without_scripts(org):
    op = operator(org)

    def form(path, fields):
        return op.form(path, {'_csrf': op.csrf, **fields},
                       headers={'X-CSRF-Token': None})

    page = op.page(R).must(200).text
    assert f'{R}/new' in page
    page = op.page(f'{R}/new').must(200).text
    assert 'name="owner.email"' in page and 'name="voice_key"' not in page
    refused = form(R, {'name': 'Acme <b>', 'country': 'XX'}).must(422)
    assert 'country code' in refused.text and 'Acme &lt;b&gt;' in refused.text
    assert 'name="owner.email"' in refused.text
    slug = f'{org.slug}-html'
    done = form(R, {'name': 'Acme', 'slug': slug, 'country': 'US',
                    'timezone': 'UTC', 'owner.email': f'a@{slug}.example',
                    'limits.dids': '', 'domain': ''}).must(201)
    assert 'session/link?token=' in done.text and 'Voice key' in done.text
    path = done.headers['location'].removeprefix('/cgi-bin')
    page = op.page(path).must(200).text
    assert 'value="Acme"' in page and f'{path}/suspend' in page
    form(path, {'_method': 'PATCH', 'name': 'Acme 2'}).must(303)
    form(f'{path}/suspend', {}).must(303)
    assert op.get(path).data['status'] == 'suspended'
    assert '<form' in op.page(f'{path}/delete').must(200).text
    assert form(path, {'_method': 'DELETE'}).must(303).headers[
        'location'] == f'/cgi-bin{R}'
    page = op.page(f'{path}?deleted=with').must(200).text
    assert f'{path}/restore' in page and f'{path}/suspend' not in page
    form(f'{path}/restore', {}).must(303)
    assert op.get(path).data['name'] == 'Acme 2'
    # The owner's page has no more than the owner may do.
    page = org.page(f'{R}/{org.id}').must(200).text
    assert '/suspend' not in page and 'Save' in page and \
        f'{R}/{org.id}/delete' not in page
    page = org.as_('admin').page(f'{R}/{org.id}').must(200).text
    assert 'Save' not in page


if __name__ == '__main__':
    main()
