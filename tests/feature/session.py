#!/usr/bin/env python3
"""Signing in and sessions: attacks first."""
import hashlib
import re
import time

from signing import (S, WRONG, actions, address, alive, browser, dead, redis,
                     sign_in, times, without_redis)
from support import main, only, scenario


@scenario
def who_signs_in_is_told_who_they_are(org):
    me = org.sign_in('admin')
    for data in (me.session, me.get(S).must(200).data):
        assert data['user'] == {
            'id': org.user_of('admin'), 'name': 'Admin',
            'email': address(org, 'admin'), 'role': 'admin'}, data
        assert data['organization'] == {
            'id': org.id, 'name': org.slug, 'slug': org.slug,
            'timezone': 'America/New_York'}, data
        assert data['two_factor'] is False
        assert data['csrf_token'] == me.csrf and len(me.csrf) >= 40
        assert data['expires_at'] > '20'
    me.get('/extensions').must(200)
    me.post('/extensions', {'number': '1001', 'name': 'Ann'}).must(201)
    assert actions(org, 'admin')[-1] == 'sign_in'
    # Capitals of an address do not matter.
    org.post(S, {'email': address(org, 'admin').upper(),
                 'password': org.password_of('admin')}, token='').must(201)


@scenario
def the_cookie_is_the_servers_alone(org):
    answer = sign_in(org).must(201)
    name, _, rest = answer.headers['set-cookie'].partition('=')
    secret, _, flags = rest.partition(';')
    assert name == 'opbx_session' and len(secret) >= 43
    for flag in ('HttpOnly', 'SameSite=Lax', 'Path=/'):
        assert flag in flags, flags
    assert 'Domain' not in flags and 'Secure' not in flags
    assert secret not in answer.text
    # What is stored opens nothing.
    stored = org.sql('SELECT HEX(hash) FROM session WHERE organization_id ='
                     f' {org.id}')
    assert stored == [[hashlib.sha256(secret.encode()).hexdigest().upper()]]
    me = browser(org, answer)
    alive(me)
    for bad in (secret[:-1], secret + 'A', secret[::-1], stored[0][0], '',
                secret[:-1] + ('A' if secret[-1] != 'A' else 'B'),
                "' OR 1=1 --", 'x' * 5000):
        me.cookie = f'opbx_session={bad}'
        me.get(S).must(401)
    # Whoever puts another beside it gains nothing.
    me.cookie = f'opbx_session={secret}; opbx_session=other'
    me.get(S).must(401)
    me.cookie = f'a=b; opbx_session={secret}; c'
    me.get(S).must(200)


@scenario
def over_https_the_cookie_is_marked_secure(org):
    if org.by != 'cgi':
        return
    was = org.instance.conf.read_text()
    org.password_of('owner')
    try:
        org.instance.conf.write_text(re.sub(
            r'^base_url.*', 'base_url = https://pbx.example.com', was,
            flags=re.M))
        said = sign_in(org).must(201).headers['set-cookie']
        assert said.startswith('__Host-opbx_session='), said
        assert said.endswith('; Secure') and 'Path=/' in said, said
        sign_in(org, headers={'Origin': 'https://pbx.example.com'}).must(201)
        for other in ('http://pbx.example.com', 'https://pbx.example.com.evil',
                      'https://pbx.example.co', 'null', ''):
            sign_in(org, headers={'Origin': other}).must(403)
    finally:
        org.instance.conf.write_text(was)


@scenario
def a_session_planted_before_is_not_taken_up(org):
    """Fixation: the secret is the server's, new at every sign-in."""
    planted = 'opbx_session=' + 'A' * 43
    answer = sign_in(org, headers={'Cookie': planted}).must(201)
    me = browser(org, answer)
    assert me.cookie != planted
    me.get(S, headers={'Cookie': planted}).must(401)
    # A session of somebody else that was planted ends.
    theirs = org.sign_in('agent')
    mine = browser(org, sign_in(
        org, headers={'Cookie': theirs.cookie}).must(201))
    assert mine.cookie != theirs.cookie and mine.csrf != theirs.csrf
    dead(theirs)
    alive(mine)
    alive(me)


@scenario
def a_change_needs_the_token_of_its_session(org):
    me, other = org.sign_in('owner'), org.sign_in('owner')
    body = {'number': '1001', 'name': 'Ann'}
    for bad in (None, '', 'x', other.csrf, me.csrf[:-1], me.csrf + 'A'):
        for method, path in (('POST', '/extensions'), ('DELETE', S),
                             ('POST', f'{S}/end'), ('PUT', '/extensions/1'),
                             ('POST', f'{S}/end-others'),
                             ('POST', f'{S}/totp'),
                             ('PATCH', '/extensions/1')):
            me.ask(method, path, body, headers={'X-CSRF-Token': bad}).must(
                403, 'FORBIDDEN')
    # A form's field says it as well, and only when it is right.
    fields = {**body, '_csrf': other.csrf}
    me.form('/extensions', fields, headers={'X-CSRF-Token': None}).must(403)
    assert me.get('/extensions').data == []
    alive(other)
    fields['_csrf'] = me.csrf
    me.form('/extensions', fields, headers={'X-CSRF-Token': None}).must(303)
    # A token of access needs none: no browser sends it by itself.
    org.post('/extensions', {'number': '1002', 'name': 'Bob'}).must(201)


@scenario
def sign_in_is_not_sent_from_another_site(org):
    base = re.search(r'^base_url *= *(\S+)', org.instance.conf.read_text(),
                     re.M).group(1)
    for path, body in ((S, {'email': address(org),
                            'password': org.password_of('owner')}),
                       (f'{S}/reset', {'email': 'a@b.example'}),
                       (f'{S}/link', {'token': 'x',
                                      'password': 'a good password'})):
        for headers in ({'Origin': 'https://evil.example'},
                        {'Origin': 'null'}, {'Sec-Fetch-Site': 'cross-site'},
                        {'Sec-Fetch-Site': 'same-site'},
                        {'Origin': base, 'Sec-Fetch-Site': 'cross-site'}):
            org.post(path, body, token='', headers=headers).must(
                403, 'FORBIDDEN')
    sign_in(org, headers={'Origin': base,
                          'Sec-Fetch-Site': 'same-origin'}).must(201)


@scenario
def unknown_and_wrong_are_answered_alike(org):
    org.password_of('user')
    org.password_of('agent')
    org.user_of('admin')
    org.sql(f"UPDATE user SET status = 'inactive' WHERE organization_id ="
            f" {org.id} AND id = {org.user_of('agent')}")
    org.sql(f"UPDATE user SET password_hash = NULL WHERE organization_id ="
            f" {org.id} AND id = {org.user_of('admin')}")
    texts = set()
    for email, password in (
            (f'nobody@{org.slug}.example', 'a long enough password'),
            (address(org, 'user'), 'a wrong password'),
            (address(org, 'user'), org.password_of('user') + ' '),
            (address(org, 'agent'), org.password_of('agent')),
            (address(org, 'admin'), 'a long enough password')):
        answer = org.post(S, {'email': email, 'password': password},
                          token='').must(401, 'UNAUTHENTICATED')
        assert 'set-cookie' not in answer.headers
        texts.add((answer.json['message'], str(answer.errors)))
    assert texts == {(WRONG, '{}')}, texts
    org.post(S, {'email': address(org, 'user'),
                 'password': org.password_of('user'),
                 'organization': 'no-such-slug'}, token='').must(401)
    assert 'sign_in_failed' in actions(org, 'user')
    for body in ({}, {'email': 'a@b.example'}, {'password': 'x'},
                 {'email': 5, 'password': []}):
        assert set(org.post(S, body, token='').must(422).errors) <= {
            'email', 'password'}
    only(org.post(S, {'email': 'a@b.example', 'password': 'x', 'role': 'x'},
                  token='').must(422), 'role')


@scenario
def a_try_takes_as_long_whoever_is_tried(org):
    """As many passwords are verified for nobody as for somebody."""
    if org.by != 'cgi':
        return
    took = {}
    org.user_of('user')
    was = org.instance.conf.read_text()
    try:
        # Passwords cost here what they cost people.
        org.instance.conf.write_text(was.replace('password.cheap = yes', ''))
        org.instance.ctl('user', 'passwd', '--org', org.slug, '--email',
                         address(org, 'user'), given='a costly password\n')
        for turn in range(9):
            for kind, email in (('unknown', f'no{turn}@{org.slug}.example'),
                                ('wrong', address(org, 'user'))):
                redis(org, 'FLUSHALL')
                began = time.monotonic()
                org.post(S, {'email': email, 'password': 'a wrong password'},
                         token='').must(401)
                took.setdefault(kind, []).append(time.monotonic() - began)
    finally:
        org.instance.conf.write_text(was)
    unknown, wrong = (sorted(took[kind])[4]
                      for kind in ('unknown', 'wrong'))
    assert 0.7 < unknown / wrong < 1.4, (unknown, wrong)


def five_tries(org, role):
    for _ in range(5):
        sign_in(org, role, 'a wrong password').must(401)
    # The right one comes too late, and that is told alike of nobody.
    answer = sign_in(org, role).must(429, 'RATE_LIMITED')
    assert 1 <= int(answer.headers['retry-after']) <= 60
    for n in range(6):
        answer = org.post(S, {'email': f'nobody-{role}@{org.slug}.example',
                              'password': 'a wrong password'}, token='')
    answer.must(429)


@scenario
def five_tries_a_minute(org):
    for role in ('admin', 'user', 'agent'):
        org.password_of(role)
    redis(org, 'FLUSHALL')
    five_tries(org, 'admin')
    # Of that account alone.
    sign_in(org, 'user').must(201)
    # Who is let in begins anew.
    redis(org, 'FLUSHALL')
    for _ in range(3):
        for _ in range(4):
            sign_in(org, 'user', 'a wrong password').must(401)
        sign_in(org, 'user').must(201)
    redis(org, 'FLUSHALL')
    with without_redis(org):
        five_tries(org, 'agent')
    redis(org, 'FLUSHALL')


@scenario
def guesses_of_tokens_are_counted(org):
    redis(org, 'FLUSHALL')
    id = org.token.split('|')[0]
    seen = [org.get('/extensions', token=f'{id}|{n}').status
            for n in range(64)]
    assert seen == [401] * 60 + [429] * 4, seen
    # Whoever has a good one beside them is not kept out.
    org.get('/extensions').must(200)
    redis(org, 'FLUSHALL')


@scenario
def what_ends_a_session_ends_it_at_once(org):
    def of(role, what):
        org.sql(f"UPDATE user SET {what} WHERE organization_id = {org.id}"
                f" AND id = {org.user_of(role)}")

    me = org.sign_in('agent')
    alive(me)
    of('agent', "status = 'inactive'")
    dead(me)
    of('agent', "status = 'active'")
    # The role is the one of now.
    org.post('/extensions', {'number': '1001', 'name': 'x'}).must(201)
    boss = org.sign_in('admin')
    boss.post('/extensions', {'number': '1002', 'name': 'x'}).must(201)
    of('admin', "role = 'user'")
    for _ in times(me):
        boss.post('/extensions', {'number': '1003', 'name': 'x'}).must(403)
    assert boss.get(S).data['user']['role'] == 'user'
    # A password that was changed elsewhere.
    me = org.sign_in('user')
    of('user', 'password_changed_at = UTC_TIMESTAMP(3)')
    dead(me)
    of('user', 'password_changed_at = NULL')
    # The organization.
    org.instance.ctl('org', 'suspend', '--org', org.slug)
    dead(me)
    sign_in(org, 'user').must(403)
    org.instance.ctl('org', 'resume', '--org', org.slug)
    dead(me)
    me = org.sign_in('user')
    # Suspended behind our back.
    org.sql(f"UPDATE organization SET status = 'suspended' WHERE id = {org.id}")
    for _ in times(me):
        me.get(S).must(403, 'FORBIDDEN')
    org.sql(f"UPDATE organization SET status = 'active' WHERE id = {org.id}")
    alive(me)
    of('user', 'deleted_at = UTC_TIMESTAMP(3)')
    dead(me)
    of('user', 'deleted_at = NULL')
    # Whoever comes back signs in anew.
    dead(me)


@scenario
def a_session_ends_of_itself(org):
    me = org.sign_in('user')
    session = f'WHERE organization_id = {org.id}'
    alive(me)
    org.sql('UPDATE session SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1'
            f' SECOND {session}')
    dead(me)
    org.sql('UPDATE session SET expires_at = UTC_TIMESTAMP(3) + INTERVAL 1'
            f' HOUR {session}')
    alive(me)
    # Idle: neither Redis nor MariaDB saw it within 12 hours.
    redis(org, 'FLUSHALL')
    org.sql('UPDATE session SET last_seen_at = UTC_TIMESTAMP(3) - INTERVAL'
            f' 721 MINUTE {session}')
    dead(me)
    org.sql('UPDATE session SET last_seen_at = UTC_TIMESTAMP(3) - INTERVAL'
            f' 719 MINUTE {session}')
    alive(me)
    seen = org.sql('SELECT last_seen_at > UTC_TIMESTAMP(3) - INTERVAL 1'
                   f' MINUTE FROM session {session}')
    assert seen == [['1']], 'who is seen is noted'


@scenario
def sessions_survive_redis(org):
    me = org.sign_in('admin')
    alive(me)
    redis(org, 'FLUSHALL')
    alive(me)
    with without_redis(org):
        alive(me)
        me.post('/extensions', {'number': '1001', 'name': 'Ann'}).must(201)
        other = org.sign_in('agent')
        alive(other)
        other.delete(S).must(204)
        dead(other)
    alive(me)
    dead(other)
    # What Redis says of a tenant is not believed.
    secret = me.cookie.split('=', 1)[1]
    key = 'opbx:0:session:' + hashlib.sha256(secret.encode()).hexdigest()
    redis(org, 'SET', key, f'user {org.id + 1} {int(time.time() * 1000)}')
    answer = me.get(S)
    assert answer.status in (200, 401)
    if answer.status == 200:
        assert answer.data['organization']['id'] == org.id
    redis(org, 'DEL', key)
    alive(me)


@scenario
def a_session_is_of_one_tenant(org):
    other = org.instance.organization(org.by)
    theirs = other.extension('1001')
    me = org.sign_in('owner')
    for headers in ({'X-Organization-Id': str(other.id)},
                    {'X-Organization-Id': '0'},
                    {'X-Organization-Id': f'{org.id}x'}):
        me.get('/extensions', headers=headers).must(403)
        me.get(S, headers=headers).must(403)
    me.get(f'/extensions?organization_id={other.id}').must(403)
    me.get('/extensions', headers={'X-Organization-Id': str(org.id)}).must(200)
    me.get(f'/extensions/{theirs}').must(404)
    # Where both are sent the token decides.
    answer = org.get(S, headers={'Cookie': other.sign_in('owner').cookie})
    assert answer.must(200).data['organization']['id'] == org.id
    assert answer.data['csrf_token'] is None
    assert answer.data['expires_at'] is None
    org.get(S, token='1|x', headers={'Cookie': me.cookie}).must(401)


@scenario
def signing_out_ends_the_session(org):
    me, stays = org.sign_in('user'), org.sign_in('user')
    answer = me.delete(S).must(204)
    assert 'Max-Age=0' in answer.headers['set-cookie']
    dead(me)
    alive(stays)
    assert actions(org, 'user')[-1] == 'sign_out'
    stays.post(f'{S}/end').must(204)
    dead(stays)
    # An access token has no session to end.
    org.delete(S).must(403)
    org.post(S, {'email': 'x'}, token='').must(422)


@scenario
def one_sees_and_ends_ones_sessions(org):
    a = org.sign_in('user')
    b = browser(org, sign_in(org, 'user', headers={
        'User-Agent': 'Lynx <b>'}).must(201))
    c, other = org.sign_in('user'), org.sign_in('agent')
    rows = a.get(f'{S}/others').must(200).data
    assert [row['current'] for row in rows] == [False, False, True], rows
    assert rows[1]['user_agent'] == 'Lynx <b>'
    assert rows[1]['remote'] == '127.0.0.1'
    assert all(row['created_at'] and row['last_seen_at'] for row in rows)
    page = a.page(f'{S}/others').must(200).text
    assert 'Lynx &lt;b&gt;' in page and '<b>' not in page
    # Others' are not there.
    theirs = other.get(f'{S}/others').must(200).data
    assert len(theirs) == 1
    a.delete(f"{S}/{theirs[0]['id']}").must(404)
    a.delete(f'{S}/999999999').must(404)
    alive(other)
    a.delete(f"{S}/{rows[1]['id']}").must(204)
    dead(b)
    alive(c)
    b = org.sign_in('user')
    a.post(f'{S}/end-others').must(204)
    dead(b)
    dead(c)
    alive(a)
    alive(other)
    assert actions(org, 'user')[-1] == 'end_sessions'


@scenario
def one_address_in_several_organizations(org):
    other = org.instance.organization(org.by)
    third = org.instance.organization(org.by)
    email = f'ann@{org.slug}.example'
    for each, password in ((org, 'the same password'),
                           (other, 'the same password'),
                           (third, 'another password')):
        each.instance.ctl('user', 'create', '--org', each.slug, '--name',
                          'Ann', '--email', email, '--role', 'user',
                          given=password + '\n')

    def ask(password, **more):
        return org.post(S, {'email': email, 'password': password, **more},
                        token='')

    answer = only(ask('the same password').must(422), 'organization')
    assert org.slug in answer.text and other.slug in answer.text
    assert third.slug not in answer.text, 'the password does not fit there'
    for each in (org, other):
        data = ask('the same password', organization=each.slug).must(201).data
        assert data['organization']['id'] == each.id
    assert ask('another password').must(201).data['organization']['id'] == \
        third.id
    redis(org, 'FLUSHALL')
    assert ask('neither').must(401).json['message'] == WRONG
    ask('another password', organization=org.slug).must(401)
    # A browser chooses.
    page = org.form(S, {'email': email, 'password': 'the same password',
                        '_next': '/cgi-bin/extensions'},
                    token='').must(422).text
    assert f'<option value="{org.slug}">' in page, page
    assert 'the same password' not in page
    assert 'name="_next" value="/cgi-bin/extensions"' in page
    # A suspended one is none to choose.
    org.instance.ctl('org', 'suspend', '--org', other.slug)
    redis(org, 'FLUSHALL')
    data = ask('the same password').must(201).data
    assert data['organization']['id'] == org.id
    ask('the same password', organization=other.slug).must(403)

if __name__ == '__main__':
    main(patient=False)
