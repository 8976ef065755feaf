"""Users: what they may be, what others see of them, how they get in."""
import re

from support import main, only, scenario

R = '/users'


def body(org, name='Ann', **more):
    return {'name': name, 'email': f'{name.lower()}@{org.slug}.example',
            **more}


@scenario
def a_new_user_is_the_least_there_is(org):
    answer = org.post(R, body(org, password='correct horse')).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin/users/{data["id"]}'
    assert data['role'] == 'user' and data['status'] == 'active'
    assert data['settings'] == {} and data['phone'] is None
    assert data['two_factor'] is False and data['last_sign_in_at'] is None
    assert data['password_changed_at'] is not None
    assert 'password' not in data
    assert org.get(f'{R}/{data["id"]}').must(200).data == data


@scenario
def all_complaints_come_at_once(org):
    only(org.post(R, {'name': '', 'email': 'nobody', 'role': 'king',
                      'status': 'gone', 'phone': 'x', 'password': 'short',
                      'settings': [], 'colour': 'red'}).must(422),
         'name', 'email', 'role', 'status', 'phone', 'password', 'settings',
         'colour')
    only(org.post(R, {}).must(422), 'name', 'email')
    only(org.post(R, body(org, two_factor=True, last_sign_in_at=None,
                          password_changed_at='2026-01-01T00:00:00Z')
                  ).must(422), 'two_factor', 'last_sign_in_at',
         'password_changed_at')


@scenario
def an_address_is_lower_case_and_taken_once(org):
    first = org.post(R, {'name': 'Ann', 'email': ' Ann@Example.COM ',
                         'password': 'correct horse'}).must(201)
    assert first.data['email'] == 'ann@example.com'
    for email in ('ann@example.com', 'ANN@example.com'):
        only(org.post(R, {'name': 'x', 'email': email}).must(
            422, email='taken'), 'email')
    for email in ('ann', '@x.example', 'a@b', 'a b@x.example', 'a@x.example.',
                  'a@@x.example', '<a@x.example>', 7, None, 'a@x.example\n@',
                  'x' * 250 + '@x.example'):
        only(org.post(R, {'name': 'x', 'email': email}).must(422), 'email')
    other = org.post(R, body(org, 'Bob', password='correct horse')).must(201)
    org.patch(f'{R}/{other.id}', {'email': 'ANN@example.com'}).must(
        422, email='taken')
    org.delete(f'{R}/{first.id}').must(204)
    org.patch(f'{R}/{other.id}', {'email': 'ANN@example.com'}).must(200)
    org.post(f'{R}/{first.id}/restore').must(422, email='taken')
    # Another organization's people are none of ours.
    there = org.instance.organization(org.by)
    there.post(R, {'name': 'Ann', 'email': 'ann@example.com',
                   'status': 'inactive'}).must(201)


@scenario
def telephones_are_e164(org):
    id = org.post(R, body(org, phone='(202) 555-0123',
                          status='inactive')).must(201).id
    assert org.get(f'{R}/{id}').data['phone'] == '+12025550123'
    for phone in ('12', 'call me', '+', '+1', 5, '911'):
        only(org.patch(f'{R}/{id}', {'phone': phone}).must(422), 'phone')
    assert org.patch(f'{R}/{id}', {'phone': None}).data['phone'] is None
    there = org.instance.organization(org.by, country='GB',
                                      timezone='Europe/London')
    assert there.post(R, body(org, phone='020 7946 0000', status='inactive')
                      ).must(201).data['phone'] == '+442079460000'


@scenario
def passwords_are_bounded_and_told_to_nobody(org):
    for password in ('x' * 9, 'x' * 201, 1234567890, True, ['x' * 12]):
        only(org.post(R, body(org, password=password)).must(422), 'password')
    for password in ('qwertyuiop', 'x' * 10, f'ann@{org.slug}.example'):
        only(org.post(R, body(org, password=password)).must(422), 'password')
    for n, password in enumerate(('0xab-9/tmp', 'éàü&' * 50, '  spaces  ')):
        id = org.post(R, body(org, f'Ann{n}', password=password)
                      ).must(201).id
    secret = 'correct horse battery'
    org.patch(f'{R}/{id}', {'password': secret}).must(200)
    for answer in (org.get(f'{R}/{id}'), org.get(R), org.page(f'{R}/{id}'),
                   org.page(R), org.get(R, accept='text/csv'),
                   org.form(f'{R}/{id}', {'_method': 'PATCH', 'name': '',
                                          'password': secret})):
        assert secret not in answer.text and 'argon2' not in answer.text
    assert 'password' not in org.get(R, accept='text/csv').text.replace(
        'password_changed_at', '')
    rows = org.sql('SELECT COALESCE(value_before, ""), COALESCE(value_after,'
                   f' "") FROM audit_entry WHERE organization_id = {org.id}')
    assert all(secret not in c and 'argon2' not in c for r in rows for c in r)
    hash = org.sql(f'SELECT password_hash FROM user WHERE id = {id}')[0][0]
    assert hash.startswith('$argon2id$')
    page = org.page(f'{R}/new').must(200).text
    assert '<input type="password" name="password" value=""' in page


@scenario
def a_new_password_ends_what_the_old_one_opened(org):
    agent = org.as_('agent')
    id = org.user_of('agent')
    agent.get('/extensions').must(200)
    before = org.get(f'{R}/{id}').data['password_changed_at']
    org.patch(f'{R}/{id}', {'name': 'Same password'}).must(200)
    agent.get('/extensions').must(200)
    after = org.patch(f'{R}/{id}', {'password': 'a brand new one'}).must(
        200).data['password_changed_at']
    assert after > before
    agent.get('/extensions').must(401)
    action, was, became, actor, _ = org.audit('user', id)[-1]
    assert action == 'update' and actor == org.user_of('owner')
    assert was['password_changed_at'] != became['password_changed_at']
    # An empty field of a form is no password.
    org.form(f'{R}/{id}', {'_method': 'PATCH', 'password': ''}).must(303)
    assert org.get(f'{R}/{id}').data['password_changed_at'] == after


def links(org, id):
    return org.sql('SELECT HEX(hash), expires_at > NOW() + INTERVAL 6 DAY,'
                   f' used_at FROM password_link WHERE user_id = {id}')


@scenario
def who_has_no_password_gets_a_link_by_mail(org):
    id = org.post(R, body(org)).must(201).id
    first = links(org, id)
    assert len(first) == 1 and first[0][1] == '1' and first[0][2] == 'NULL'
    assert [row[0] for row in org.audit('user', id)] == ['create', 'invite']
    assert org.sql('SELECT COUNT(*) FROM delivery WHERE organization_id = '
                   f'{org.id}') == [['1']]
    org.post(f'{R}/{id}/invite').must(200)
    second = links(org, id)
    assert len(second) == 1 and second[0][0] != first[0][0]
    # An address that was wrong takes its link with it.
    org.patch(f'{R}/{id}', {'email': 'else@x.example'}).must(200)
    assert links(org, id) == []
    org.post(f'{R}/{id}/invite').must(200)
    org.patch(f'{R}/{id}', {'status': 'inactive'}).must(200)
    assert links(org, id) == []
    org.post(f'{R}/{id}/invite').must(409)
    quiet = org.post(R, body(org, 'Bob', status='inactive')).must(201).id
    known = org.post(R, body(org, 'Cid', password='correct horse')).must(
        201).id
    assert links(org, quiet) == [] and links(org, known) == []
    org.post(f'{R}/{id + 1000000}/invite').must(404)
    org.delete(f'{R}/{id}').must(204)
    org.post(f'{R}/{id}/invite').must(404)


@scenario
def nothing_is_sent_for_what_was_refused(org):
    org.post(R, body(org, role='king')).must(422)
    org.post(R, {'name': 'x', 'email':
                 f'owner@{org.slug}.example'}).must(422, email='taken')
    assert org.sql('SELECT COUNT(*) FROM delivery WHERE organization_id = '
                   f'{org.id}') == [['0']]


@scenario
def who_is_an_extension_stays(org):
    id = org.user_of('agent')
    extension = org.extension('1001', user_id=id)
    answer = org.delete(f'{R}/{id}').must(409, 'CONFLICT')
    assert [(r['type'], r['id']) for r in answer.json['references']] == [
        ('extension', extension)]
    org.as_('agent').get('/extensions').must(200)
    org.delete(f'/extensions/{extension}').must(204)
    org.delete(f'{R}/{id}').must(204)
    org.post(f'/extensions/{extension}/restore').must(422)
    org.post(f'{R}/{id}/restore').must(200)
    org.post(f'/extensions/{extension}/restore').must(200)


@scenario
def everybody_sees_who_there_is_and_no_more(org):
    id = org.post(R, body(org, phone='+12025550123', status='inactive',
                          settings={'theme': 'dark'})).must(201).id
    org.sql("UPDATE user SET last_sign_in_at = NOW(), totp_confirmed_at ="
            f' NOW() WHERE id = {id}')
    for role in ('owner', 'admin'):
        data = org.as_(role).get(f'{R}/{id}').must(200).data
        assert data['phone'] == '+12025550123' and data['two_factor'] is True
        assert data['settings'] == {'theme': 'dark'}
        assert data['last_sign_in_at'] is not None
    for role in ('agent', 'user'):
        they = org.as_(role)
        for data in (they.get(f'{R}/{id}').must(200).data,
                     they.get(f'{R}?email=ann@{org.slug}.example').must(
                         200).data[0]):
            assert data['name'] == 'Ann' and data['role'] == 'user'
            assert data['phone'] is None and data['settings'] == {}
            assert data['last_sign_in_at'] is None
            assert data['two_factor'] is False
        for accept in ('text/html', 'text/csv'):
            for path in (R, f'{R}/{id}'):
                text = they.get(path, accept=accept).must(200).text
                assert '2025550123' not in text and 'dark' not in text
        for query in ('phone=%2B12025550123', 'settings.theme=dark',
                      'two_factor=true', 'sort=last_sign_in_at'):
            they.get(f'{R}?{query}').must(422)
        they.get(f'{R}?deleted=with').must(403)
        they.get(f'{R}/{id}?deleted=with').must(403)
        assert '<button>Save' not in they.page(f'{R}/{id}').text
        # All of oneself.
        me = org.user_of(role)
        org.sql(f"UPDATE user SET phone = '+12025550199' WHERE id = {me}")
        assert they.get(f'{R}/{me}').data['phone'] == '+12025550199'
        assert '<button>Save' in they.page(f'{R}/{me}').text
    assert org.get(f'{R}?settings.theme=dark').data[0]['id'] == id
    org.patch(f'{R}/{id}', {'settings': {
        'theme': 'dark', 'beta': True, 'rows': 50}}).must(200)
    for query, found in (('beta=true', 1), ('beta=1', 0), ('beta=false', 0),
                         ('rows=50', 1), ('rows=5', 0)):
        assert org.get(f'{R}?settings.{query}').json['meta'][
            'total'] == found, query
    assert org.get(f'{R}?two_factor=true').json['meta']['total'] == 1


@scenario
def other_tenants_people_are_nobody(org):
    there = org.instance.organization(org.by)
    id = there.post(R, body(there, status='inactive')).must(201).id
    for answer in (org.get(f'{R}/{id}'), org.patch(f'{R}/{id}', {}),
                   org.put(f'{R}/{id}', body(org)), org.delete(f'{R}/{id}'),
                   org.post(f'{R}/{id}/restore'),
                   org.post(f'{R}/{id}/invite'),
                   org.post(f'{R}/{id}/reset-two-factor'),
                   org.as_('agent').get(f'{R}/{id}'),
                   org.as_('user').patch(f'{R}/{id}', {'name': 'x'})):
        answer.must(404)
    assert there.get(f'{R}/{id}').data['name'] == 'Ann'


@scenario
def the_second_factor_of_who_lost_it_is_ended(org):
    id = org.insert('user', name='Ann', email='ann@x.example',
                    totp_confirmed_at='2026-01-01', totp_sealed='x')
    org.sql('INSERT INTO recovery_code (organization_id, user_id, hash)'
            f" VALUES ({org.id}, {id}, UNHEX(SHA2('x', 256)))")
    assert org.post(f'{R}/{id}/reset-two-factor').must(
        200).data['two_factor'] is False
    assert org.sql(f'SELECT COUNT(*) FROM recovery_code WHERE user_id = {id}'
                   ) == [['0']]
    assert org.sql('SELECT totp_sealed IS NULL FROM user WHERE id = '
                   f'{id}') == [['1']]
    assert org.audit('user', id)[-1][0] == 'reset_two_factor'
    org.post(f'{R}/{id}/reset-two-factor').must(409)


@scenario
def what_sign_in_writes_is_not_written_over(org):
    """A form that was open while somebody turned on the second factor."""
    id = org.user_of('agent')
    page = org.get(f'{R}/{id}').data
    org.sql('UPDATE user SET totp_confirmed_at = NOW(), last_sign_in_at ='
            f" NOW(), totp_sealed = 'x' WHERE id = {id}")
    org.patch(f'{R}/{id}', dict(page, name='Other')).must(200)
    data = org.get(f'{R}/{id}').data
    assert data['two_factor'] is True and data['last_sign_in_at'] is not None
    assert data['name'] == 'Other'


@scenario
def people_by_forms_alone(org):
    page = org.page(f'{R}/new').must(200).text
    assert re.search(r'<select name="role"', page)
    answer = org.form(R, {'name': 'Ann', 'email': 'nobody', 'role': 'agent',
                          'password': 'correct horse'}).must(422)
    assert 'must be an e-mail address' in answer.text
    assert 'value="Ann"' in answer.text
    assert 'correct horse' not in answer.text
    answer = org.form(R, {'name': 'Ann', 'email': 'ann@x.example',
                          'role': 'agent', 'password': 'correct horse'})
    where = answer.must(303).headers['location'][len('/cgi-bin'):]
    page = org.page(where).must(200).text
    assert '<button>Send an invitation' in page
    assert '<button>Turn off one-time codes' in page
    answer = org.as_('admin').form(where, {'_method': 'PATCH',
                                           'role': 'owner'}).must(403)
    assert 'not below yours' in answer.text
    org.form(f'{where}/invite', {}).must(303)
    org.form(where, {'_method': 'DELETE'}).must(303)
    org.form(f'{where}/restore', {}).must(303)
    # One's own.
    me = f'{R}/{org.user_of("user")}'
    they = org.as_('user')
    they.form(me, {'_method': 'PATCH', 'name': 'Me', 'phone': '',
                   'role': 'user', 'status': 'active', 'password': ''}
              ).must(303)
    they.form(me, {'_method': 'PATCH', 'role': 'admin'}).must(403)


@scenario
def the_command_line_obeys_the_same_bounds(org):
    def refused(*words, given='correct horse\n'):
        try:
            org.instance.ctl(*words, '--org', org.slug, given=given)
        except RuntimeError:
            return
        raise AssertionError(words)

    new = ('user', 'create', '--name', 'Ann', '--email')
    refused(*new, 'nobody')
    refused(*new, 'ann@x.example', '--role', 'king')
    refused(*new, 'ann@x.example', given='short\n')
    org.instance.ctl(*new, 'Ann@X.example', '--org', org.slug,
                     given='correct horse\n')
    refused(*new, 'ann@x.example')
    id, email = org.sql(f'SELECT id, email FROM user WHERE organization_id ='
                        f" {org.id} AND name = 'Ann'")[0]
    assert email == 'ann@x.example'
    token = org.instance.ctl('token', 'create', '--org', org.slug, '--email',
                             'ann@x.example').strip()
    org.get('/extensions', token=token).must(200)
    org.instance.ctl('user', 'passwd', '--org', org.slug, '--email',
                     'Ann@x.example', given='another horse\n')
    org.get('/extensions', token=token).must(401)
    assert org.audit('user', id)[-1][0] == 'set_password'


if __name__ == '__main__':
    main()
