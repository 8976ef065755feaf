"""Tokens: shown once, never wider than who makes them, gone when revoked."""
import re

from support import ROOT, main, only, scenario

R = '/tokens'


def body(*abilities, **more):
    return {'name': 'Script', 'abilities': list(abilities or ['*']), **more}


@scenario
def a_token_is_shown_once(org):
    answer = org.post(R, body('extensions:read')).must(201)
    text = answer.data['token']
    id, secret = text.split('|')
    assert int(id) == answer.id and len(secret) >= 40
    assert answer.headers['location'] == f'/cgi-bin/tokens/{id}'
    assert answer.headers['cache-control'] == 'no-store'
    assert answer.data['user_id'] == org.user_of('owner')
    assert answer.data['abilities'] == ['extensions:read']
    assert answer.data['expires_at'] is None
    org.get('/extensions', token=text).must(200)
    org.get('/extensions', token=text + 'x').must(401)
    hash = org.sql(f'SELECT LOWER(HEX(hash)) FROM token WHERE id = {id}'
                   )[0][0]
    for seen in (org.get(f'{R}/{id}'), org.get(R), org.page(R),
                 org.page(f'{R}/{id}'), org.get(R, accept='text/csv')):
        seen.must(200)
        assert secret not in seen.text and hash not in seen.text
    assert 'token' not in org.get(f'{R}/{id}').data
    rows = org.sql("SELECT COALESCE(value_before, ''), COALESCE(value_after,"
                   f" '') FROM audit_entry WHERE organization_id = {org.id}")
    assert all(secret not in c and hash not in c for r in rows for c in r)


@scenario
def use_is_noted(org):
    made = org.post(R, body()).must(201)
    assert made.data['last_used_at'] is None
    org.get('/extensions', token=made.data['token']).must(200)
    assert org.get(f'{R}/{made.id}').data['last_used_at'] is not None


@scenario
def use_is_no_change(org):
    made = org.post(R, body()).must(201)
    path, token = f'{R}/{made.id}', made.data['token']
    before = org.get(path).must(200)
    org.get('/extensions', token=token).must(200)
    after = org.get(path).must(200)
    assert after.data['last_used_at'] != before.data['last_used_at'] is None
    assert after.data['updated_at'] == before.data['updated_at']
    assert after.headers['etag'] == before.headers['etag']
    org.delete(path, headers={'If-Match': before.headers['etag']}).must(204)


@scenario
def without_abilities_it_may_all_that_its_maker_may(org):
    made = org.post(R, {'name': 'All'}).must(201)
    assert made.data['abilities'] == ['*']
    org.post('/extensions', {'number': '1001', 'name': 'Ann'},
             token=made.data['token']).must(201)
    mine = org.as_('agent').post(R, {'name': 'Mine'}).must(201)
    assert mine.data['abilities'] == ['*']
    org.post('/extensions', {'number': '1002', 'name': 'Bob'},
             token=mine.data['token']).must(403)
    # Not more than the token that asks; and none at all is no default.
    narrow = org.as_('owner', 'tokens:*,extensions:read')
    only(narrow.post(R, {'name': 'Wide'}).must(422), 'abilities.0')
    narrow.post(R, body('extensions:read')).must(201)
    only(org.post(R, {'name': 'None', 'abilities': []}).must(422),
         'abilities')
    only(org.post(R, {'name': 'None', 'abilities': None}).must(422),
         'abilities')
    assert org.get(R + '?q=None').json['meta']['total'] == 0


@scenario
def all_complaints_come_at_once(org):
    only(org.post(R, {'name': '', 'abilities': [], 'expires_at': 'soon',
                      'colour': 1}).must(422),
         'name', 'abilities', 'expires_at', 'colour')
    only(org.post(R, {}).must(422), 'name')
    only(org.post(R, body(user_id=1, last_used_at=None, token='x')
                  ).must(422), 'user_id', 'last_used_at', 'token')
    only(org.post(R, body(name='x' * 101)).must(422), 'name')
    only(org.post(R, body(*['*'] * 51)).must(422), 'abilities')
    only(org.post(R, dict(body(), abilities='*')).must(422), 'abilities')


@scenario
def abilities_name_what_there_is(org):
    for ability in ('moon:read', 'extensions', 'extensions:', ':read',
                    'extensions:delete', 'extensions:read:x', 'Extensions:*',
                    'extensions:READ', '**', '*:read', 'extensions read',
                    'ring_groups:read', '', None, 7, ['*']):
        only(org.post(R, body(ability)).must(422), 'abilities.0')
    only(org.post(R, body('users:*', 'dids:read', 'users:*')).must(422),
         'abilities.2')
    for file in (ROOT / 'cgi-bin').glob('*.c'):
        if file.stem not in ('voice', 'webhook'):
            org.post(R, body(f'{file.stem}:read', f'{file.stem}:write',
                             f'{file.stem}:*')).must(201)


@scenario
def an_end_lies_ahead(org):
    for instant in ('2020-01-01T00:00:00Z', '2026-02-30T00:00:00Z', 0, True,
                    'tomorrow', '2030-01-01'):
        only(org.post(R, body(expires_at=instant)).must(422), 'expires_at')
    made = org.post(R, body(expires_at='2099-01-01T00:00:00Z')).must(201)
    assert made.data['expires_at'].startswith('2099-01-01T00:00:00')
    token = made.data['token']
    org.get('/extensions', token=token).must(200)
    org.sql(f"UPDATE token SET expires_at = '2020-01-01' WHERE id = "
            f'{made.id}')
    org.get('/extensions', token=token).must(401)


@scenario
def a_token_does_what_it_says(org):
    can = {'*': (200, 201), 'extensions:*': (200, 201),
           'extensions:read': (200, 403), 'extensions:write': (403, 201),
           'dids:*': (403, 403)}
    for n, (ability, (reads, writes)) in enumerate(can.items()):
        token = org.post(R, body(ability)).must(201).data['token']
        org.get('/extensions', token=token).must(reads)
        org.post('/extensions', {'number': f'10{n}', 'name': 'x'},
                 token=token).must(writes)
        org.get(R, token=token).must(200 if ability == '*' else 403)


@scenario
def no_token_makes_a_wider_one(org):
    asked = (('*', 'tokens:*'), ('tokens:*', 'extensions:read'),
             ('tokens:*', 'extensions:write'), ('tokens:*', 'extensions:*'),
             ('tokens:write',))
    wants = ('*', 'tokens:read', 'tokens:write', 'tokens:*',
             'extensions:read', 'extensions:write', 'extensions:*',
             'dids:read', 'users:*')

    def covers(own, wanted):
        if '*' in own:
            return True
        if wanted == '*':
            return False
        name, what = wanted.split(':')
        return all(f'{name}:*' in own or f'{name}:{verb}' in own
                   for verb in (('read', 'write') if what == '*'
                                else (what,)))

    for own in asked:
        token = org.post(R, body(*own)).must(201).data['token']
        for wanted in wants:
            answer = org.post(R, body(wanted), token=token)
            if covers(own, wanted):
                answer.must(201)
            else:
                only(answer.must(422, abilities__0='more than'),
                     'abilities.0')
    token = org.post(R, body('tokens:*', 'extensions:read',
                             'extensions:write')).must(201).data['token']
    org.post(R, body('extensions:*'), token=token).must(201)


@scenario
def no_token_makes_a_longer_one(org):
    token = org.post(R, body(expires_at='2098-06-01T00:00:00Z')).must(
        201).data['token']
    for instant in (None, '2098-06-01T00:00:01Z', '2099-01-01T00:00:00Z'):
        only(org.post(R, body(expires_at=instant), token=token).must(422),
             'expires_at')
    for instant in ('2098-06-01T00:00:00Z', '2098-05-31T00:00:00Z'):
        org.post(R, body(expires_at=instant), token=token).must(201)


@scenario
def a_session_makes_what_its_role_may(org):
    browser = org.sign_in('agent')
    made = browser.post(R, body('*')).must(201)
    assert made.data['user_id'] == org.user_of('agent')
    org.get('/extensions', token=made.data['token']).must(200)
    browser.delete(f'{R}/{made.id}').must(204)
    org.get('/extensions', token=made.data['token']).must(401)


@scenario
def a_token_has_the_role_of_its_user(org):
    for role, writes in (('admin', 201), ('agent', 403), ('user', 403)):
        they = org.as_(role)
        token = they.post(R, body()).must(201).data['token']
        org.get('/extensions', token=token).must(200)
        org.post('/extensions', {'number': '1001', 'name': 'x'},
                 token=token).must(writes)


@scenario
def revoked_is_revoked(org):
    made = org.post(R, body()).must(201)
    token = made.data['token']
    org.delete(f'{R}/{made.id}', token=token).must(204)
    org.get('/extensions', token=token).must(401)
    org.get(f'{R}/{made.id}').must(404)
    org.get(f'{R}/{made.id}?deleted=with').must(404)
    org.delete(f'{R}/{made.id}').must(404)
    org.post(f'{R}/{made.id}/restore').must(404)
    org.patch(f'{R}/{made.id}', {'name': 'x'}).must(405)
    assert made.id not in [t['id'] for t in org.get(R).data]
    only(org.get(f'{R}?deleted=with').must(422), 'deleted')
    actions = [row[0] for row in org.audit('token', made.id)]
    assert actions == ['create', 'delete']


@scenario
def everybody_has_his_own_and_managers_those_below(org):
    roles = ('owner', 'admin', 'agent', 'user')
    made = {role: org.as_(role).post(R, body(name=role)).must(201).id
            for role in roles}
    second = org.insert('user', name='x', role='admin', email='a2@x.example')
    other = org.insert('token', user_id=second, name='x', hash='x' * 32,
                       abilities='["*"]')
    for role in roles:
        they = org.as_(role)
        own = they.get(f'{R}?q={role}').must(200).data
        assert [t['id'] for t in own] == [made[role]]
        assert all(t['user_id'] == org.user_of(role)
                   for t in they.get(R).data)
        for whose in roles:
            may = (whose == role or role == 'owner' or
                   role == 'admin' and whose in ('agent', 'user'))
            they.get(f'{R}?user_id={org.user_of(whose)}').must(
                200 if may else 403)
            they.get(f'{R}/{made[whose]}').must(200 if may else 403)
            they.page(f'{R}/{made[whose]}/delete').must(200 if may else 403)
            if not may:
                they.delete(f'{R}/{made[whose]}').must(403)
        they.get(f'{R}/{other}').must(200 if role == 'owner' else 403)
    listed = org.get(f'{R}?user_id={org.user_of("agent")}&q=agent').data
    assert [t['id'] for t in listed] == [made['agent']]
    org.get(f'{R}?user_id=99999999').must(404)
    only(org.get(f'{R}?user_id=x').must(422), 'user_id')
    agent = org.as_('agent')
    org.as_('admin').delete(f'{R}/{made["agent"]}').must(204)
    agent.get(R).must(200)
    assert org.audit('token', made['agent'])[-1][3] == org.user_of('admin')


@scenario
def other_tenants_tokens_are_nobody(org):
    there = org.instance.organization(org.by)
    id = there.post(R, body()).must(201).id
    org.get(f'{R}/{id}').must(404)
    org.delete(f'{R}/{id}').must(404)
    org.page(f'{R}/{id}/delete').must(404)
    org.get(f'{R}?user_id={there.user_of("owner")}').must(404)
    there.get(f'{R}/{id}').must(200)


@scenario
def there_is_an_end_to_how_many(org):
    id = org.user_of('agent')
    org.token_of('agent')
    rows = ', '.join(f"({org.id}, {id}, 't{n}', REPEAT('x', 32), '[\"*\"]')"
                     for n in range(99))
    org.sql('INSERT INTO token (organization_id, user_id, name, hash,'
            f' abilities) VALUES {rows}')
    agent = org.as_('agent')
    agent.post(R, body()).must(409, 'CONFLICT')
    one = agent.get(f'{R}?q=t7&per_page=1').data[0]['id']
    agent.delete(f'{R}/{one}').must(204)
    agent.post(R, body()).must(201)
    agent.post(R, body()).must(409)
    org.post(R, body()).must(201)


@scenario
def tokens_by_forms_alone(org):
    they = org.as_('user')
    page = they.page(f'{R}/new').must(200).text
    assert 'name="abilities.0"' in page and 'name="token"' not in page
    page = they.form(R, {'name': 'x', 'abilities.0': 'moon:*',
                         'abilities.1': '', 'expires_at': ''}).must(422).text
    assert 'must be like extensions:read' in page and 'moon:*' in page
    page = they.form(R, {'name': 'x', 'abilities.0': 'extensions:read',
                         'abilities.1': '', 'expires_at': ''}).must(201).text
    id = they.get(R + '?name=x').data[0]['id']
    token = re.search(rf'>({id}\|[\w-]+)<', page).group(1)
    org.get('/extensions', token=token).must(200)
    page = they.page(f'{R}/{id}/delete').must(200).text
    assert 'cannot be restored' in page
    they.form(f'{R}/{id}', {'_method': 'DELETE'}).must(303)
    org.get('/extensions', token=token).must(401)


if __name__ == '__main__':
    main()
