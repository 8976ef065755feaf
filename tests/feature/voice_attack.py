#!/usr/bin/env python3
"""The execution plane from the attacker's side.  Whatever is sent: the answer
that section "Routing" of the specification gives, one line in the log that
tells why and holds no secret, no crash, and nothing reaches another tenant.
"""
import base64
import json
import socket
import subprocess
import time

from carrier import Site, at_once, everywhere, finish, run, scenario
from support import FORM

SORRY = 'Say Hangup'
JSON = [('Content-Type', 'application/json')]
VOICE = '/cgi-bin/voice'


def rooms(site):
    """Two tenants with an extension 1001 each."""
    one, two = site.tenant(), site.tenant()
    one.users('1001', '1002', ring_timeout=11)
    two.users('1001', '1002', ring_timeout=22)
    return one, two


def said(tenant, **more):
    return {'Domain': tenant.domain, 'Direction': 'subscriber',
            'From': '1002', 'To': '1001', 'Session': 's', **more}


def ask(tenant, headers, **more):
    return tenant.voice({key: value for key, value in
                         said(tenant, **more).items() if value is not None},
                        headers=headers)


def refused(document, cause=None):
    document.must('Reject', 401)
    line = document.site.line(document.id)
    assert 'organization_id' not in line, line
    assert cause is None or cause in line['cause'], line


def because(site, document, cause, short=SORRY, status=200):
    """An authenticated request that cannot be used."""
    document.must(short, status)
    line = site.line(document.id)
    assert cause in line.get('cause', ''), f'{line} instead of {cause}'
    return document


@scenario
def keys(site):
    one, two = rooms(site)
    bearer = [('Authorization', f'Bearer {one.key}')]
    good = [
        bearer,
        [('Authorization', f'bearer {one.key}')],
        [('authorization', f'BEARER {one.key}')],
        [('X-Cx-Apikey', one.key)],
        [('Authorization', 'Bearer wrong'), ('X-Cx-Apikey', one.key)],
        bearer + [('X-Cx-Apikey', 'XI-of-the-application')],
    ]
    for headers in good:
        ask(one, headers).must('Dial(1001)')
        # By the key alone, no tenant named.
        ask(one, headers, Domain=None).must('Dial(1001)')
    bad = {
        'no key': [[], [('Authorization', '')], [('Authorization', 'Bearer')],
                   [('Authorization', 'Bearer ')],
                   [('Authorization', one.key)],
                   [('Authorization', f'Basic {one.key}')],
                   [('Authorization', f'Token {one.key}')],
                   [('Cookie', f'key={one.key}')], [('X-Cx-Apikey', '')]],
        'not this': [[('Authorization', f'Bearer {two.key}')],
                     [('X-Cx-Apikey', two.key)],
                     [('Authorization', 'Bearer x')],
                     [('Authorization', f'Bearer {one.key}x')],
                     [('Authorization', f'Bearer {one.key[:-1]}')],
                     [('Authorization', f'Bearer {one.key.swapcase()}')],
                     [('Authorization', f'Bearer {one.key},{one.key}')],
                     [('Authorization', 'Bearer ' + 'k' * 4000)],
                     [('Authorization', f'Bearer {one.token}')]],
        'not unique': [bearer * 2, bearer + [('Authorization', 'Bearer x')],
                       [('X-Cx-Apikey', one.key)] * 2],
    }
    for cause, each in bad.items():
        for headers in each:
            document = ask(one, headers)
            document.must('Reject', 401)
            line = site.line(document.id)
            if cause != 'not unique':  # servers join repeated headers
                assert cause in line['cause'], f'{headers} {line}'
            assert document.headers['www-authenticate'] == 'Bearer'
            assert 'organization_id' not in line, line
    for key in ('', 'x', one.key + 'x', 'x' * 5000):
        ask(one, [('Authorization', f'Bearer {key}')],
            Domain=None).must('Reject', 401)
    # A key in a parameter is none.
    ask(one, [], key=one.key, Authorization=f'Bearer {one.key}',
        **{'X-Cx-Apikey': one.key}).must('Reject', 401)


@scenario
def names(site):
    one, two = rooms(site)
    uuid = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
    three = site.tenant(domain=False, **{'domain-uuid': uuid})
    three.users('1001', '1002', ring_timeout=33)
    bearer = one.headers()

    def header(*values):
        return bearer + [('X-Cx-Domain', value) for value in values]

    for headers, more in (
            (bearer, {}),
            (header(one.domain), {}),
            (header(one.domain), {'Domain': None}),
            (header(one.domain.upper()), {'Domain': one.domain.title()}),
            (bearer, {'Domain': None, 'domain.name': one.domain}),
            (bearer, {'Domain': None, 'domain': {'name': one.domain}}),
            (bearer, {'DOMAIN': one.domain}),
            (bearer, {'Domain': ''})):
        call = ask(one, headers, **more)
        call.must('Dial(1001)')
        assert call.attribute('Dial', 'timeout') == '11'
    for name in ('owner.domain.uuid', 'Owner.Domain.UUID'):
        call = ask(three, three.headers(), Domain=None,
                   **{name: uuid.upper()}).must('Dial(1001)')
        assert call.attribute('Dial', 'timeout') == '33'
    call = ask(three, three.headers(), Domain=None,
               owner={'domain': {'uuid': uuid}}).must('Dial(1001)')
    for headers, more in (
            (header(two.domain), {}),
            (header(one.domain), {'Domain': two.domain}),
            (header(two.domain), {'Domain': None}),
            (bearer, {'Domain': two.domain}),
            (bearer, {'domain.name': two.domain}),
            (bearer, {'domain': {'name': two.domain}}),
            (bearer, {'owner.domain.uuid': uuid}),
            (bearer, {'owner.domain.uuid': one.domain}),
            (bearer, {'Domain': 'nobody.example'}),
            (header('nobody.example'), {}),
            (bearer, {'Domain': one.domain + '.'}),
            (bearer, {'Domain': ' ' + one.domain}),
            (bearer, {'Domain': "' OR 1=1 -- "}),
            (bearer, {'Domain': '%'}),
            (bearer, {'Domain': 'x' * 3000}),
            (bearer, {'Domain': one.slug}),
            (header(one.domain, two.domain), {}),
            (header(one.domain, one.domain), {}),
            (header(one.domain, 'x'), {'Domain': None}),
            (bearer, {f'Domai{"n" * n}': two.domain for n in (1, 2)})):
        document = ask(one, headers, **more)
        document.must('Reject', 401)
        assert site.line(document.id)['cause']
    # Twice in a body: both are heard.
    twice = json.dumps(said(one))[:-1]
    site.http('POST', VOICE, (twice + f', "Domain": "{two.domain}"}}')
              .encode(), bearer + JSON).must('Reject', 401)
    site.http('POST', VOICE, (twice + f', "domain": "{one.domain}"}}')
              .encode(), bearer + JSON).must('Dial(1001)')
    site.http('POST', VOICE + f'?Domain={two.domain}',
              json.dumps(said(one)).encode(), bearer + JSON).must(
                  'Reject', 401)
    # The same name however often; more than can be kept are refused.
    many = {f'{"Domain".upper()[:n]}{"Domain"[n:]}': one.domain
            for n in range(6)}
    many.update({name: one.domain for name in (
        'domain.name', 'DOMAIN', 'domain', 'domAIN')})
    ask(one, bearer, **many).must('Dial(1001)')
    for n, name in enumerate(many):
        many[name] = f'{n}.{one.domain}'
    ask(one, bearer, **many).must('Reject', 401)


@scenario
def underscored_headers(site):
    one, two = rooms(site)
    for name in ('X_Cx_Domain', 'X_Cx-Domain', 'X-Cx_Domain', 'x_cx_domain'):
        for value in (two.domain, one.domain):
            ask(one, one.headers() + [(name, value)]).must('Reject', 401)
            ask(one, one.headers() + [(name, value), (
                'X-Cx-Domain', one.domain)]).must('Reject', 401)
    for name in ('X_Cx_Apikey', 'X_Cx-Apikey'):
        ask(one, [(name, one.key)]).must('Reject', 401)
        ask(one, [(name, two.key), ('X-Cx-Apikey', one.key)]).must(
            'Reject', 401)


def garbage(site, one):
    """body, type, cause, status"""
    nul = json.dumps(said(one, To='10\x0001')).encode()
    text = json.dumps(said(one)).encode()
    deep = b'[' * 5000 + b']' * 5000
    many = {f'p{n}': 'x' for n in range(10000)}
    yield b'\xff\xfe{"To":"1001"}', JSON, '', 200
    yield text.replace(b'1001', b'\xc3\x28'), JSON, 'text', 200
    yield text.replace(b'1001', b'\xed\xa0\x80'), JSON, 'text', 200
    yield text[:-1], JSON, '', 200
    yield text + b'x', JSON, '', 200
    yield b'[1, 2]', JSON, '', 200
    yield b'[]', JSON, '', 200
    yield b'"To"', JSON, '', 200
    yield b'null', JSON, '', 200
    yield b'1', JSON, '', 200
    yield b'{', JSON, '', 200
    yield b'{"To":"1001",}', JSON, '', 200
    yield b"{'To':'1001'}", JSON, '', 200
    yield nul, JSON, '', 200
    yield text.replace(b'1001', b'10\x0001'), JSON, '', 200
    yield text.replace(b'1001', b'\\ud800'), JSON, '', 200
    yield b'{"a":' + deep + b',"To":"1001"}', JSON, '', 200
    yield b'{"a":' * 3000 + b'1' + b'}' * 3000, JSON, '', 200
    yield b'', JSON, '', 200
    yield b' ', JSON, '', 200
    yield b'To=1001&From=%ff', [('Content-Type', FORM)], '', 200
    yield b'To=10%0001&From=1002', [('Content-Type', FORM)], '', 200
    yield b'To=%zz', [('Content-Type', FORM)], '', 200
    yield '&'.join(f'{key}=x' for key in many).encode(), [
        ('Content-Type', FORM)], 'parameters', 200
    yield b'To=1001&_method=GARBAGE', [('Content-Type', FORM)], '', 200
    yield b'x' * 3 * 1024 * 1024, JSON, '', 413
    yield b'x' * 3 * 1024 * 1024, [('Content-Type', FORM)], '', 413
    yield b'x' * 3 * 1024 * 1024, [('Content-Type', 'text/plain')], '', 413
    yield b'x' * (1024 * 1024 + 1), JSON, '', 413
    yield b'<To>1001</To>', [('Content-Type', 'text/xml')], '', 415
    yield text, [], '', 415
    yield text, [('Content-Type', 'text/plain')], '', 415
    yield text, [('Content-Type', 'multipart/form-data; boundary=x')], '', 415
    yield text, [('Content-Type', 'application/jsonp')], '', 415


@scenario
def bodies_that_cannot_be_used(site):
    one, two = rooms(site)
    named = one.headers() + [('X-Cx-Domain', one.domain)]
    before = site.processes('voice')
    for body, kind, cause, status in garbage(site, one):
        for headers in (named, one.headers()):
            document = site.http('POST', VOICE, body, headers + kind,
                                 f'{body[:60]} {kind}')
            because(site, document, cause, status=status)
            assert site.line(document.id)['organization_id'] == one.id
        # The same without a key is nobody's.
        for headers in ([], two.headers() + [('X-Cx-Domain', one.domain)]):
            site.http('POST', VOICE, body, headers + kind,
                      f'{body[:60]} {kind}').must('Reject', 401)
    assert sorted(site.processes('voice')) == sorted(before)


@scenario
def bodies_that_can(site):
    one, _ = rooms(site)
    many = {f'p{n}': 'x' for n in range(10000)}
    text = json.dumps(said(one)).encode()
    for body, kind in (
            (json.dumps({**many, **said(one)}).encode(), JSON),
            (b' \r\n' + text + b'\n', JSON),
            (text, [('Content-Type', 'Application/JSON;charset="UTF-8"')]),
            (text.replace(b'"1001"', b'1001'), JSON),
            (text.replace(b'"1001"', b'" 1001 "'), JSON),
            (text[:-1] + b',"x":[[[{"y":[null,true,1e9]}]]]}', JSON),
            (text[:-1] + b',"To":"1001"}', JSON),
            (text[:-1] + b',"pad":"' + b'x' * 1000000 + b'"}', JSON),
            (b'To=%31%300%31&From=1002&Direction=subscriber',
             [('Content-Type', FORM)]),
            (b'&&To=1001&=&x&From=1002&&Direction=subscriber&',
             [('Content-Type', FORM + '; charset=utf-8')])):
        site.http('POST', VOICE, body, one.headers() + kind,
                  f'{body[:80]}').must('Dial(1001)')
    # Of a repeated key the last one counts; the body before the query.
    site.http('POST', VOICE, text[:-1] + b',"to":"1002"}',
              one.headers() + JSON).must('Dial(1002)')
    site.http('POST', VOICE + '?To=1002', text,
              one.headers() + JSON).must('Dial(1001)')
    # A plus that was not escaped, as some clients send it.
    number, _ = one.own(1, None)
    site.http('GET', f'{VOICE}?To={number}&From=+16175551212', None,
              one.headers()).must(SORRY, says='not in service')


@scenario
def parameters_that_cannot_be_used(site):
    one, _ = rooms(site)
    for more, cause in (
            ({'To': None}, 'To is missing'), ({'To': ''}, 'To is missing'),
            ({'To': '   '}, 'To is missing'),
            ({'To': {'number': '1001'}}, 'To is missing'),
            ({'To': ['1001']}, 'To is missing'),
            ({'To': '1' * 65}, '64'), ({'To': '1' * 500000}, '64'),
            ({'From': '1' * 65}, '64'), ({'From': 'ü' * 3000}, '64'),
            ({'Digits': '1' * 65}, '64'),
            ({'Session': 's' * 129}, '128'),
            ({'Session': 's' * 500000}, '128')):
        because(site, ask(one, one.headers(), **more), cause)
    ask(one, one.headers(), Session='s' * 128).must('Dial(1001)')
    for to in ("1001' OR '1'='1", '1001; DROP TABLE did', '../../etc/passwd',
               '<Dial>1001</Dial>', '1001\n1002', '٠١٢', '+', '*', '#', '-1',
               '0', 'sip:1001@evil.example', '%s%n', '${jndi:ldap://x}',
               '1001,1002', '1001 1002', '1001@' + one.domain, '１００１'):
        ask(one, one.headers(), To=to).must(SORRY)
        ask(one, one.headers(), To=to, Direction='inbound').must(SORRY)
    for other in ({'CallerName': '<Say>x</Say>' * 500},
                  {'CallerName': ']]>&<!--' + '\x01\x1b\ufffe'},
                  {'Diverted': 'x' * 9000}, {'CallStatus': 'x' * 9000},
                  {'Direction': None}, {'Session': '\r\nX: y'}):
        call = ask(one, one.headers(), **{'Direction': 'subscriber', **other})
        assert call.short in ('Dial(1001)', SORRY), call
        assert not any('x: y' in value for value in call.headers.values())


@scenario
def who_calls_from_outside_earns_nothing(site):
    one, two = rooms(site)
    number, _ = one.own(2, None)
    one.post('/outbound-rules', {
        'name': 'All', 'countries': ['US', 'GB'], 'trunk': 'main',
        'caller_id': number}).must(201)
    for caller in (number, number[1:], '1001', '911', one.domain):
        for to in ('1001', '+442079460000', '911', '*78', '2025550123'):
            for direction in ('inbound', '', 'x'):
                one.call(to, From=caller, Direction=direction).must(SORRY)
    # Only an active user extension of ours calls out.
    for caller in ('1001', '1002'):
        one.call('+442079460000', by=caller).must(
            f'Dial[main {number}](+442079460000)')
    for caller in ('1999', '', number, '1001@x', 'sip:1001', '+1001'):
        one.call('+442079460000', by=caller).must(SORRY)
    two.call('+442079460000', by='1001').must(SORRY)
    for to in ('+18765550123', '+19005550123', '+449098790123', '+8835100001',
               '+881612345678', '+870773111632', '+33612345678'):
        one.call(to, by='1001').must(SORRY)


def altered(cursor):
    raw = base64.urlsafe_b64decode(cursor + '=' * (-len(cursor) % 4))
    for n in range(0, len(raw), 3):
        bad = bytearray(raw)
        bad[n] ^= 1
        yield base64.urlsafe_b64encode(bytes(bad)).decode().rstrip('=')
    yield from (cursor[:-1], cursor[:8], cursor[1:], cursor + 'A',
                cursor * 2, '', 'x', '../..', 'A' * 2000, '=' * 9,
                cursor + '%20', cursor.swapcase())


@scenario
def cursors(site):
    one, two = rooms(site)
    call = one.call('1001', by='1002').must('Dial(1001)')
    cursor = call.cursor
    cause = 'cursor'
    for text in altered(cursor):
        because(site, one.voice(call.said, path=f'{VOICE}?cursor={text}'),
                cause)
    for text in ('%ff', '%00', '%c3%28', cursor + '%00'):
        because(site, one.voice(call.said, path=f'{VOICE}?cursor={text}'),
                'UTF-8')
    # Of another call, of no call, of another tenant.
    path = f'{VOICE}?cursor={cursor}'
    for session in ('other', '', None, call.said['Session'] + ' ',
                    call.said['Session'].upper()):
        because(site, one.voice({**call.said, 'Session': session}, path=path),
                cause)
    theirs = {**call.said, 'Domain': two.domain}
    because(site, two.voice(theirs, path=path), cause)
    two.voice(theirs, path=path, headers=one.headers()).must('Reject', 401)
    one.voice(call.said, path=path, headers=[]).must('Reject', 401)
    # Two of them: the last counts, and it is no good.
    because(site, one.voice(call.said, path=f'{path}&cursor=x'), cause)
    # It is in the query alone that a cursor counts.
    one.call('1001', by='1002', cursor='x').must('Dial(1001)')
    # Our own goes on as often as the carrier likes.
    for _ in range(3):
        everywhere(lambda: one.voice({**call.said, 'DialCallStatus': 'busy'},
                                     path=path), SORRY, 6)
    # CallSid stands in for Session.
    call = one.call('1001', by='1002', Session=None, CallSid='sid-1')
    call.then('completed').must('Hangup')


@scenario
def an_old_cursor(site):
    one, _ = rooms(site)
    call = one.call('1001', by='1002').must('Dial(1001)')
    path = call.action[len(site.base):]
    now = time.time()
    for hours, short in ((0, 'Hangup'), (11.9, 'Hangup'), (13.1, SORRY),
                         (24 * 400, SORRY)):
        clock = time.strftime('%Y-%m-%dT%H:%M:%SZ',
                              time.gmtime(now + hours * 3600))
        heard = site.shell({**call.said, 'DialCallStatus': 'completed'},
                           one.key, clock, path)
        assert heard.short == short, f'{hours}: {heard}'


@scenario
def groups_that_lead_to_each_other(site):
    """Over callbacks, too: the cursor remembers where a call has been."""
    one, _ = rooms(site)
    ids = [one.post('/ring-groups', {
        'name': name, 'strategy': 'simultaneous', 'members': [
            {'extension_id': one.get('/extensions').data[0]['id'],
             'priority': 1}]}).must(201).id for name in 'AB']
    for here, there in (ids, ids[::-1]):
        one.patch(f'/ring-groups/{here}', {'fallback': {
            'type': 'ring_group', 'id': there}}).must(200)
    number, _ = one.own(3, ('ring_group', ids[0]))
    call = one.call(number).must('Dial(1001)')
    call.then('no-answer').must('Dial(1001)')
    call.then('no-answer').must(SORRY)
    assert f'ring_group {ids[0]}' in site.line(call.id)['loop']


@scenario
def requests_that_are_none(site):
    """What no client of ours sends is answered all the same."""
    one, _ = rooms(site)
    for method in ('PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'):
        document = site.http(method, f'{VOICE}?To=1001', None, one.headers(),
                             lined=False)
        assert document.status in (200, 403, 405, 501), document
    many = [(f'X-Header-{n}', 'x') for n in range(190)]
    site.http('POST', VOICE, json.dumps(said(one)).encode(),
              one.headers() + JSON + many, lined=False).must('Reject', 401)
    for path in (VOICE + '/', VOICE + '/1001',
                 VOICE + '?' + 'x=y&' * 600, VOICE + '?%ff=%ff'):
        document = site.http('POST', path, json.dumps(said(one)).encode(),
                             one.headers() + JSON, lined=False)
        assert document.root is not None, document
    # A body that ends too early; the client goes away.
    for tail in (b'{"To":', b''):
        with socket.create_connection(('127.0.0.1', site.port)) as wire:
            wire.sendall(b'POST /cgi-bin/voice HTTP/1.1\r\nHost: x\r\n'
                         b'Content-Type: application/json\r\n'
                         b'Content-Length: 5000\r\n\r\n' + tail)
    one.call('1001', by='1002').must('Dial(1001)')


@scenario
def many_names_of_nobody_do_not_fill_redis(site):
    one, _ = rooms(site)
    for n in range(30):
        ask(one, one.headers(), Domain=f'nobody{n}.example').must(
            'Reject', 401)
    keys = subprocess.run(
        ['redis-cli', '-s', site.var / 'run' / 'redis.sock', 'keys', '*'],
        capture_output=True, text=True).stdout
    assert 'nobody' not in keys, keys


@scenario
def all_of_it_at_once(site):
    """No process takes an answer for another's request."""
    one, two = rooms(site)
    bodies = [body for body, *_ in garbage(site, one) if len(body) < 9999]
    turn = iter(range(10 ** 6))

    def one_of_them():
        n = next(turn)
        tenant, seconds = ((one, '11'), (two, '22'))[n % 2]
        if n % 3 == 0:
            site.http('POST', VOICE, bodies[n % len(bodies)],
                      tenant.headers() + JSON)
            return True
        call = tenant.call('1001', by='1002')
        return call.attribute('Dial', 'timeout') == seconds

    assert all(at_once(one_of_them, 150, 8))


@scenario
def who_is_not_let_in_repeats_nothing(site):
    """What a process' last request left to be done is done but once."""
    tenant = site.tenant()
    tenant.users('1001')
    many = tenant.headers() + [(f'X-{n}', 'x') for n in range(120)]
    calls = 0
    for _ in range(4):
        for call in at_once(lambda: tenant.call('911', by='1001'), 6):
            site.line(call.must('Dial[main](911)').id)
            calls += 1
        # Its id is among the headers that were not read.
        for document in at_once(lambda: tenant.voice(
                {'To': '911'}, headers=many, lined=False), 6):
            document.must('Reject', 401)
    rows = tenant.sql('SELECT COUNT(*) FROM audit_entry WHERE organization_id'
                      f" = {tenant.id} AND action = 'emergency_call'")
    assert rows == [[str(calls)]], f'{rows} instead of {calls}'


if __name__ == '__main__':
    finish(*run(Site()))
