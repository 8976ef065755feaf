#!/usr/bin/env python3
"""One's own account: passwords, links, the second factor; operators' as well."""
import base64
import re
import time
import urllib.parse

from signing import (S, WRONG, actions, address, alive, browser, code, dead,
                     link_of, operator, redis, second, sign_in, without_redis)
from support import main, only, scenario


@scenario
def a_new_password_ends_the_old_sessions(org):
    me, other = org.sign_in('admin'), org.sign_in('admin')
    old, token = org.password_of('admin'), org.token_of('admin')
    P = f'{S}/password'
    only(me.post(P, {'current_password': 'wrong', 'password':
                     'another good one'}).must(422, current_password='wrong'),
         'current_password')
    for bad, why in (('short', '10 to 200'), ('x' * 201, '10 to 200'),
                     ('password123', 'everybody'),
                     ('abababababab', 'everybody'),
                     (address(org, 'admin'), 'e-mail')):
        only(me.post(P, {'current_password': old, 'password': bad}).must(
            422, password=why), 'password')
    me.post(P, {'password': 'another good one'}).must(422,
                                                      current_password='req')
    org.as_('admin').post(P, {'current_password': old,
                              'password': 'another good one'}).must(403)
    alive(other)
    answer = me.post(P, {'current_password': old,
                         'password': 'another good one'}).must(200)
    dead(other)
    dead(me)
    org.get(S, token=token).must(401)
    again = browser(org, answer)
    alive(again)
    again.post('/extensions', {'number': '1001', 'name': 'x'}).must(201)
    sign_in(org, 'admin', old).must(401)
    sign_in(org, 'admin', 'another good one').must(201)
    assert 'change_password' in actions(org, 'admin')
    # The present one is not guessed by who found a browser open.
    redis(org, 'FLUSHALL')
    for _ in range(5):
        again.post(P, {'current_password': 'guess guess',
                       'password': 'another good two'}).must(422)
    again.post(P, {'current_password': 'another good one',
                   'password': 'another good two'}).must(429)
    redis(org, 'FLUSHALL')


@scenario
def a_link_sets_a_password_once(org):
    L = f'{S}/link'
    org.password_of('user')
    me = org.sign_in('user')
    token, second_one = link_of(org, 'user'), link_of(org, 'user')
    late = link_of(org, 'agent', '-1 SECOND')
    for bad in (late, token[:-1], token + 'A', 'x'):
        only(org.post(L, {'token': bad, 'password': 'a brand new one'},
                      token='').must(422, token='used'), 'token')
    only(org.post(L, {'token': token, 'password': 'short'}, token='').must(
        422, password='10 to'), 'password')
    only(org.post(L, {'token': token, 'password': address(org, 'user')},
                  token='').must(422, password='e-mail'), 'password')
    alive(me)
    page = org.page(f'{L}?token={token}', token='').must(200).text
    assert f'value="{token}"' in page and 'type="password"' in page
    org.post(L, {'token': token, 'password': 'a brand new one'},
             token='').must(200)
    dead(me)
    # Neither it nor another works again.
    for each in (token, second_one):
        org.post(L, {'token': each, 'password': 'yet another one'},
                 token='').must(422, token='used')
    sign_in(org, 'user', 'a brand new one').must(201)
    assert 'set_password' in actions(org, 'user')
    # Nor for whom may not sign in.
    token = link_of(org, 'agent')
    org.sql(f"UPDATE user SET status = 'inactive' WHERE organization_id ="
            f" {org.id} AND id = {org.user_of('agent')}")
    org.post(L, {'token': token, 'password': 'a brand new one'},
             token='').must(422)


@scenario
def the_first_owner_gets_in_by_the_link_that_was_printed(org):
    slug = f'{org.slug}-new'
    said = org.instance.ctl(
        'org', 'create', '--name', slug, '--slug', slug, '--country', 'US',
        '--timezone', 'UTC', '--owner-email', f'owner@{slug}.example')
    url = re.search(r"owner's link +(\S+)", said).group(1)
    where = urllib.parse.urlsplit(url)
    path = where.path[len('/cgi-bin'):]
    page = org.page(f'{path}?{where.query}', token='').must(200).text
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page).group(1)
    # By the form alone, without a script.
    org.form(path, {'token': token, 'password': 'short'}, token='').must(422)
    assert '10 to 200' in org.form(
        path, {'token': token, 'password': 'short'}, token='').text
    org.form(path, {'token': token, 'password': 'the first password'},
             token='').must(200)
    org.post(S, {'email': f'owner@{slug}.example',
                 'password': 'the first password'}, token='').must(201)


@scenario
def a_forgotten_password_is_asked_for_without_telling(org):
    R = f'{S}/reset'
    org.user_of('user')
    before = org.sql('SELECT COUNT(*) FROM delivery')

    def ask(email, **more):
        began = time.monotonic()
        answer = org.post(R, {'email': email, **more}, token='').must(200)
        return answer.text, time.monotonic() - began

    known, slow = ask(address(org, 'user'))
    unknown, fast = ask(f'nobody@{org.slug}.example')
    assert known == unknown
    assert slow > 0.25 and fast > 0.25
    rows = org.sql('SELECT COUNT(*) FROM delivery WHERE organization_id ='
                   f' {org.id}')
    assert rows == [['1']], (before, rows)
    links = org.sql('SELECT COUNT(*), MIN(TIMESTAMPDIFF(MINUTE,'
                    ' UTC_TIMESTAMP(3), expires_at)) FROM password_link WHERE'
                    f' organization_id = {org.id} AND user_id ='
                    f" {org.user_of('user')}")
    assert links[0][0] == '1' and links[0][1] in ('59', '60'), links
    assert actions(org, 'user')[-1] == 'request_reset'
    ask(address(org, 'user'), organization='no-such-slug')
    only(org.post(R, {}, token='').must(422, email='required'), 'email')
    # A mailbox is not filled.
    redis(org, 'FLUSHALL')
    for _ in range(5):
        ask(address(org, 'user'))
    org.post(R, {'email': address(org, 'user')}, token='').must(429)
    redis(org, 'FLUSHALL')
    ask(address(org, 'user'))
    rows = org.sql('SELECT COUNT(*) FROM delivery WHERE organization_id ='
                   f' {org.id}')
    assert rows == [['5']], rows
    assert 'on its way' in org.form(
        R, {'email': f'nobody@{org.slug}.example'}, token='').must(200).text


@scenario
def a_one_time_code_is_accepted_once(org):
    me = org.sign_in('user')
    begun = me.post(f'{S}/totp').must(200).data
    assert begun['uri'].startswith('otpauth://totp/OpBX:')
    assert begun['secret'] in begun['uri']
    # Not before it was confirmed.
    sign_in(org, 'user').must(201)
    secret = me.post(f'{S}/totp').must(200).data['secret']
    assert secret != begun['secret'] and len(secret) == 32
    only(me.post(f'{S}/totp/confirm', {'otp': code(begun['secret'])}).must(
        422, otp='wrong'), 'otp')
    # Steps are counted from here: the clock goes on meanwhile.
    then = time.time()
    used = code(secret, at=then)
    codes = me.post(f'{S}/totp/confirm', {'otp': used}).must(
        200).data['recovery_codes']
    assert len(codes) == len(set(codes)) == 10
    me.post(f'{S}/totp').must(409)
    me.post(f'{S}/totp/confirm', {'otp': code(secret, 1)}).must(409)
    assert me.get(S).data['two_factor'] is True
    only(sign_in(org, 'user').must(401, otp='required'), 'otp')
    for bad in ('000000', used, code(secret, -2, then), code(secret, 99),
                code(secret, 1)[:5]):
        only(sign_in(org, 'user', otp=bad).must(401, otp='wrong'), 'otp')
        redis(org, 'FLUSHALL')
    # A wrong password is told before anybody is asked for a code.
    answer = sign_in(org, 'user', 'a wrong password', otp=code(secret, 1))
    assert answer.must(401).errors == {}
    good = code(secret, 1)
    sign_in(org, 'user', otp=f'{good[:3]} {good[3:]}').must(201)
    only(sign_in(org, 'user', otp=good).must(401, otp='used'), 'otp')
    assert 'sign_in_failed' in actions(org, 'user')
    # Nothing of it lies readable.
    dump = org.sql('SELECT HEX(totp_sealed) FROM user WHERE organization_id ='
                   f" {org.id} AND id = {org.user_of('user')}")[0][0]
    assert base64.b32decode(secret).hex().upper() not in dump
    redis(org, 'FLUSHALL')


@scenario
def a_recovery_code_works_once(org):
    me = org.sign_in('user')
    secret, codes = second(me)
    redis(org, 'FLUSHALL')
    sign_in(org, 'user', otp=codes[0]).must(201)
    only(sign_in(org, 'user', otp=codes[0]).must(401, otp='used'), 'otp')
    sign_in(org, 'user', otp=codes[1].upper().replace('-', '')).must(201)
    # It is of that person alone.
    other = org.sign_in('agent')
    second(other)
    sign_in(org, 'agent', otp=codes[2]).must(401)
    redis(org, 'FLUSHALL')
    # New ones for the password.
    P = org.password_of('user')
    me.post(f'{S}/recovery-codes', {'password': 'wrong wrong'}).must(
        422, password='wrong')
    me.post(f'{S}/recovery-codes', {}).must(422, password='required')
    fresh = me.post(f'{S}/recovery-codes', {'password': P}).must(200)
    sign_in(org, 'user', otp=codes[3]).must(401)
    sign_in(org, 'user', otp=fresh.data['recovery_codes'][0]).must(201)
    for path in (f'{S}/totp',):
        me.delete(path, body={'password': 'wrong wrong'}).must(422)
        org.as_('user').delete(path, body={'password': P}).must(403)
        me.delete(path, body={'password': P}).must(204)
    assert me.get(S).data['two_factor'] is False
    me.delete(f'{S}/totp', body={'password': P}).must(409)
    me.post(f'{S}/recovery-codes', {'password': P}).must(409)
    sign_in(org, 'user').must(201)
    for action in ('begin_two_factor', 'enable_two_factor',
                   'disable_two_factor', 'renew_recovery_codes',
                   'use_recovery_code'):
        assert action in actions(org, 'user'), action
    redis(org, 'FLUSHALL')


@scenario
def operators_sign_in_by_the_same_form(org):
    email, _ = operator(org)
    me = browser(org, org.post(S, {'email': email, 'password':
                                   'platform password'}, token='').must(201))
    data = me.get(S).must(200).data
    assert data['user']['role'] == 'operator' and data['user']['name'] == 'Op'
    assert data['organization'] is None
    # They act for the organization that they name.
    here = {'X-Organization-Id': str(org.id)}
    assert me.get(S, headers=here).data['organization']['id'] == org.id
    assert me.get(f'{S}?organization_id={org.id}').data['organization'][
        'slug'] == org.slug
    for bad in ('999999', 'x', '0', '-1'):
        me.get(S, headers={'X-Organization-Id': bad}).must(404)
    me.get(f'{S}?organization_id={org.id + 1}', headers=here).must(403)
    # And nothing of a tenant is theirs by itself.
    me.get('/extensions', headers=here).must(403)
    # The second factor and the rest work as for anybody.
    secret, codes = second(me)
    ask = {'email': email, 'password': 'platform password'}
    org.post(S, ask, token='').must(401, otp='required')
    org.post(S, {**ask, 'otp': code(secret, 1)}, token='').must(201)
    org.post(S, {**ask, 'otp': codes[0]}, token='').must(201)
    org.post(S, {**ask, 'otp': codes[0]}, token='').must(401)
    assert len(me.get(f'{S}/others').data) == 3
    me.post(f'{S}/end-others').must(204)
    assert len(me.get(f'{S}/others').data) == 1
    with without_redis(org):
        alive(me)
    listed = org.instance.ctl('operator', 'list')
    assert any(email in line and 'two-factor' in line
               for line in listed.splitlines()), listed
    org.sql(f"UPDATE operator SET status = 'inactive' WHERE email = '{email}'")
    dead(me)
    org.post(S, ask, token='').must(401)
    org.sql(f"UPDATE operator SET status = 'active' WHERE email = '{email}'")
    alive(me)
    org.instance.ctl('operator', 'passwd', '--email', email,
                     given='a new platform one\n')
    dead(me)


@scenario
def an_operator_gets_in_by_a_link(org):
    email, said = operator(org, '--link')
    token = re.search(r'token=(\S+)', said).group(1)
    org.post(S, {'email': email, 'password': 'platform password'},
             token='').must(401)
    body = {'token': token, 'password': 'the platform is ours'}
    org.post(f'{S}/link', body, token='').must(200)
    org.post(f'{S}/link', body, token='').must(422)
    me = browser(org, org.post(
        S, {'email': email, 'password': 'the platform is ours'},
        token='').must(201))
    said = org.instance.ctl('operator', 'passwd', '--email', email,
                            '--link')
    token = re.search(r'token=(\S+)', said).group(1)
    alive(me)
    org.post(f'{S}/link', {'token': token, 'password': 'ours once more'},
             token='').must(200)
    dead(me)
    # No link goes out by mail.
    redis(org, 'FLUSHALL')
    org.post(f'{S}/reset', {'email': email}, token='').must(200)


@scenario
def everything_works_without_scripts(org):
    org.password_of('admin')
    page = org.page('/extensions', token='').must(401).text
    assert '/cgi-bin/session/new?_next=%2Fcgi-bin%2Fextensions' in page
    page = org.page(f'{S}/new?_next=/cgi-bin/extensions', token='').must(
        200).text
    for part in ('name="email"', 'type="password" name="password"',
                 'name="otp"', 'name="_next" value="/cgi-bin/extensions"'):
        assert part in page, part
    # Elsewhere it does not lead.
    for bad in ('//evil.example', 'https://evil.example', '/\\evil.example'):
        page = org.page(f'{S}/new?_next={urllib.parse.quote(bad)}',
                        token='').must(200).text
        assert 'evil' not in page
        answer = org.form(S, {'email': address(org, 'admin'), 'password':
                              org.password_of('admin'), '_next': bad},
                          token='').must(303)
        assert answer.headers['location'] == '/cgi-bin/session'
    page = org.form(S, {'email': '<b>@x.example', 'password': 'secret words',
                        '_next': '/cgi-bin/dids'}, token='').must(401).text
    assert '&lt;b&gt;@x.example' in page and 'secret words' not in page
    assert WRONG in page and 'name="_next" value="/cgi-bin/dids"' in page
    answer = org.form(S, {'email': address(org, 'admin'), 'password':
                          org.password_of('admin'), 'organization': '',
                          'otp': '', '_next': '/cgi-bin/dids?page=2'},
                      token='').must(303)
    assert answer.headers['location'] == '/cgi-bin/dids?page=2'
    cookie = answer.headers['set-cookie'].split(';')[0]
    plain = {'Cookie': cookie}

    def look(path):
        return org.page(path, token='', headers=plain).must(200).text

    def send(path, **fields):
        return org.form(path, {'_csrf': csrf, **fields}, token='',
                        headers=plain)

    page = look(S)
    assert 'Admin' in page and address(org, 'admin') in page
    csrf = re.search(r'name="_csrf" value="([^"]+)"', page).group(1)
    for path in ('/others', '/password', '/totp'):
        assert f'href="/cgi-bin/session{path}"' in page
        assert csrf in look(S + path)
    page = send(f'{S}/password', current_password='wrong wrong',
                password='short').must(422).text
    assert '10 to 200' in page and 'wrong wrong' not in page
    page = send(f'{S}/totp').must(200).text
    secret = re.search(r'<output>([A-Z2-7]{32})</output>', page).group(1)
    send(f'{S}/totp/confirm', otp='000000').must(422)
    page = send(f'{S}/totp/confirm', otp=code(secret)).must(200).text
    assert len(re.findall(r'<li><code>[a-z2-7]{5}-[a-z2-7]{5}</code>',
                          page)) == 10
    page = look(f'{S}/totp')
    assert 'recovery-codes' in page and 'value="DELETE"' in page
    page = org.form(S, {'email': address(org, 'admin'), 'password':
                        org.password_of('admin')}, token='').must(401).text
    assert 'is required' in page and 'name="otp"' in page
    send(f'{S}/totp', _method='DELETE',
         password=org.password_of('admin')).must(303)
    other = org.sign_in('admin')
    page = look(f'{S}/others')
    id = re.search(r'action="/cgi-bin/session/(\d+)/end"', page).group(1)
    while id:
        send(f'{S}/{id}/end').must(303)
        more = re.search(r'action="/cgi-bin/session/(\d+)/end"',
                         look(f'{S}/others'))
        id = more and more.group(1)
    dead(other)
    answer = send(f'{S}/password', current_password=org.password_of('admin'),
                  password='all by hand today').must(303)
    org.page(S, token='', headers=plain).must(401)
    plain = {'Cookie': answer.headers['set-cookie'].split(';')[0]}
    page = look(S)
    csrf = re.search(r'name="_csrf" value="([^"]+)"', page).group(1)
    answer = send(f'{S}/end').must(303)
    assert answer.headers['location'] == '/cgi-bin/session/new'
    org.page(S, token='', headers=plain).must(401)

if __name__ == '__main__':
    main(patient=False)
