#!/usr/bin/env python3
"""/cgi-bin/events: what goes on, told as it happens to those who may see it,
and to nobody else; as JSON with an ETag for those who poll.
"""
import os
import resource
import subprocess
import time

from carrier import KILL, Site, finish, parent_of, run, scenario
from fold import cdr, folded, office, redis, session, tell
from patience import until
from outside import own_scenarios
from support import BUILD
from voice_outage import Part
from watcher import Watcher, place, presence

STREAM = {'Accept': 'text/event-stream'}


def people(tenant):
    """1001 is the agent's, 1002 the user's, 1003 nobody's."""
    for number, role in (('1001', 'agent'), ('1002', 'user'),
                         ('1003', None)):
        if not tenant.get(f'/extensions?number={number}').must(200).data:
            tenant.users(number)
        if role:
            id = tenant.get(f'/extensions?number={number}').data[0]['id']
            tenant.patch(f'/extensions/{id}', {
                'user_id': tenant.user_of(role)}).must(200)
    for role in ('admin', 'agent', 'user'):
        tenant.site.secrets.add(tenant.token_of(role))


def calm(site):
    """An organization whose telephones are silent, and its number's."""
    tenant, number, did, ann = office(site)
    first = until(lambda: tenant.get('/calls').must(200).data, 'a call')[0]
    tell(tenant, *cdr(first['call_key'], 'ANSWER'))
    folded(tenant, first['call_key'], state='completed')
    until(lambda: redis(site, 'HLEN', f'opbx:{tenant.id}:live') == '0',
          'silence')
    return tenant, number, did, ann


def begin(org, **more):
    watcher = Watcher(org, **more)
    assert watcher.status == 200, watcher.head
    watcher.first = watcher.until('snapshot')
    return watcher


def called(tenant, number):
    """A call, as Redis knows it."""
    token = tenant.call(number).said['Session']
    until(lambda: redis(tenant.site, 'HEXISTS', f'opbx:{tenant.id}:live',
                        token) == '1', 'the call')
    return token


@scenario
def what_is_polled_has_an_etag(site):
    tenant, number, _, _ = calm(site)
    token = called(tenant, number)
    answer = tenant.get('/events').must(200)
    assert token in [call['call_key'] for call in answer.data['calls']]
    assert answer.data['source'] == 'redis'
    assert presence(answer.data, '1001') == 'ringing', answer.data
    etag = answer.headers['etag']
    for same in (etag, f'"x", {etag}', f'W/{etag}', '*'):
        again = tenant.get('/events', headers={'If-None-Match': same})
        again.must(304)
        assert again.body == b'' and again.headers['etag'] == etag
    tenant.get('/events', headers={'If-None-Match': '"other"'}).must(200)
    tell(tenant, *cdr(token, 'CANCEL'))
    until(lambda: token not in [call['call_key'] for call in tenant.get(
        '/events').must(200).data['calls']], 'its end')
    tenant.get('/events', headers={'If-None-Match': etag}).must(200)
    page = tenant.page('/events').must(200).text
    assert '1001' in page and '<html' in page
    for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
        tenant.ask(method, '/events', {}).must(405)
    tenant.get('/events/1').must(404)


@scenario
def nobody_watches_who_may_not(site):
    tenant, _, _, _ = calm(site)
    there = site.tenant()
    bare = tenant.as_('owner', 'calls:read')
    site.secrets.add(bare.token)
    id, secret = tenant.token.split('|')
    for headers in ({}, STREAM):
        tenant.get('/events', token='', headers=headers).must(401)
        for wrong in (f'{id}|{secret[:-1]}', f'{int(id) + 9999}|{secret}',
                      'nonsense', f'{id}|'):
            tenant.get('/events', token=wrong, headers=headers).must(401)
        bare.get('/events', headers=headers).must(403)
        tenant.get('/events', headers={
            'X-Organization-Id': str(there.id), **headers}).must(403)
        tenant.get(f'/events?organization_id={there.id}',
                   headers=headers).must(403)
        tenant.get('/events', token='', headers={
            'Cookie': 'opbx_session=nobody', **headers}).must(401)
    site.ctl('org', 'suspend', '--org', tenant.slug)
    for headers in ({}, STREAM):
        tenant.get('/events', headers=headers).must(403)


@scenario
def a_call_is_told_as_it_happens(site):
    tenant, number, _, ann = calm(site)
    there = site.tenant()
    with begin(tenant) as watcher, begin(there) as other:
        assert 'text/event-stream' in watcher.head
        assert place(watcher.first.id), watcher.first
        call = tenant.call(number).must('Dial(1001)')
        token = call.said['Session']
        told = watcher.until('call', call_key=token, state='initiated')
        assert place(told.id) and told.data['extension_id'] == ann
        assert watcher.until('presence', which=lambda data: presence(
            data, '1001') == 'ringing')
        tell(tenant, *session(token, 'connected',
                              callAnswerTime=int(time.time() * 1000)))
        watcher.until('call', call_key=token, state='answered')
        assert watcher.until('presence', which=lambda data: presence(
            data, '1001') == 'talking')
        call.then('completed')
        tell(tenant, *cdr(token, 'ANSWER'))
        row = folded(tenant, token, state='completed', duration=33)
        told = watcher.until('call', call_key=token, state='completed',
                             duration=33).data
        for name in ('id', 'from', 'to', 'did', 'direction', 'started_at',
                     'target', 'duration'):
            assert told[name] == row[name], (name, told, row)
        assert other.read(0.5) == [], other.events


@scenario
def who_comes_again_is_told_what_he_missed(site):
    tenant, number, _, _ = calm(site)
    with begin(tenant) as watcher:
        first = called(tenant, number)
        last = watcher.until('call', call_key=first).id
    second, third = called(tenant, number), called(tenant, number)
    with Watcher(tenant, last=last) as watcher:
        watcher.until('presence')
        watcher.parse()
    with Watcher(tenant, last=last) as watcher:
        told = watcher.read(1.5)
        keys = [each.data['call_key'] for each in told
                if each.kind == 'call']
        assert keys == [second, third], told
        assert 'snapshot' not in [each.kind for each in told], told
    # What is not known any more is begun anew.
    for unknown in ('1-1', '0-0', '99999999999999-0', 'nonsense', '-', '1',
                    '1-2-3', 'x' * 300, '18446744073709551616-0'):
        with Watcher(tenant, last=unknown) as watcher:
            snapshot = watcher.until('snapshot').data
            assert {first, second, third} <= {
                call['call_key'] for call in snapshot['calls']}, unknown


@scenario
def everybody_sees_their_own(site):
    tenant, number, _, _ = calm(site)
    people(tenant)
    two = tenant.own(2, ('extension', tenant.get(
        '/extensions?number=1002').data[0]['id']))[0]
    three = tenant.own(3, ('extension', tenant.get(
        '/extensions?number=1003').data[0]['id']))[0]
    watchers = {role: begin(tenant.as_(role))
                for role in ('owner', 'admin', 'agent', 'user')}
    calls = {name: called(tenant, to) for name, to in (
        ('agent', number), ('user', two), ('nobody', three))}
    sees = {'owner': set(calls), 'admin': set(calls), 'agent': {'agent'},
            'user': {'user'}}
    for role, watcher in watchers.items():
        wanted = {calls[name] for name in sees[role]}
        until(lambda watcher=watcher, wanted=wanted: wanted <= {
            each.data.get('call_key') for each in watcher.read(0.2)}, role)
        watcher.read(0.5)
        hidden = set(calls.values()) - wanted
        assert not [each for each in watcher.events
                    if each.data.get('call_key') in hidden], role
        watcher.close()
        polled = {call['call_key'] for call in tenant.as_(role).get(
            '/events').must(200).data['calls']}
        assert wanted <= polled and not hidden & polled, (role, polled)
        # What telephones do is no secret.
        assert presence(tenant.as_(role).get('/events').data,
                        '1003') == 'ringing'


@scenario
def who_was_called_too_is_told_that_it_is_gone(site):
    tenant, _, _, ann = calm(site)
    people(tenant)
    two = tenant.get('/extensions?number=1002').data[0]['id']
    group = tenant.post('/ring-groups', {
        'name': 'Both', 'members': [
            {'extension_id': ann, 'priority': 1},
            {'extension_id': two, 'priority': 2}]}).must(201).id
    number = tenant.own(2, ('ring_group', group))[0]
    agent, user = tenant.as_('agent'), tenant.as_('user')
    with begin(agent) as first, begin(user) as second:
        token = called(tenant, number)
        id = second.until('call', call_key=token).data['id']
        assert id in [each['id'] for each in agent.get(
            '/calls/active').must(200).data]
        user.get(f'/calls/{id}').must(200)
        tell(tenant, *cdr(token, 'CANCEL'))
        # It counts as a call of the first.
        first.until('call', call_key=token, state='canceled')
        assert place(second.until('gone', id=id).id)
    agent.get(f'/calls/{id}').must(200)
    user.get(f'/calls/{id}').must(404)


@scenario
def an_emergency_is_told_to_who_may_see_calls(site):
    tenant, _, _, _ = calm(site)
    people(tenant)
    watchers = {role: begin(tenant.as_(role))
                for role in ('admin', 'agent', 'user')}
    tenant.call('911', by='1003')
    for role in ('admin', 'agent'):
        told = watchers[role].until('notice', event='emergency')
        assert '1003 to 911' in told.data['text'] and place(told.id), told
        assert told.data['call_id'] in [
            call['id'] for call in tenant.get('/calls').must(200).data]
    watchers['user'].read(0.5)
    assert not [each for each in watchers['user'].events
                if each.kind in ('notice', 'call')], watchers['user'].events
    for role, count in (('owner', 1), ('agent', 1), ('user', 0)):
        found = [each for each in tenant.as_(role).get('/events').must(
            200).data['notices'] if each['event'] == 'emergency']
        assert len(found) == count, (role, found)
    for watcher in watchers.values():
        watcher.close()


@scenario
def who_may_no_longer_watch_is_cut_off(site):
    tenant, _, _, _ = calm(site)
    people(tenant)
    browsers = {role: tenant.sign_in(role)
                for role in ('admin', 'agent', 'user')}
    open_ = {
        'signed out': Watcher(tenant, token='', headers=(
            f'Cookie: {browsers["admin"].cookie}',)),
        'demoted': Watcher(tenant, token='', headers=(
            f'Cookie: {browsers["agent"].cookie}',)),
        'capped': Watcher(tenant.as_('agent')),
        'inactive': Watcher(tenant.as_('user')),
        'revoked': Watcher(tenant.as_('admin')),
        'stays': Watcher(tenant)}
    for name, watcher in open_.items():
        assert watcher.status == 200, (name, watcher.head)
        watcher.until('snapshot')
    browsers['admin'].post('/session/end', {}).must(204)
    tenant.patch(f'/users/{tenant.user_of("agent")}', {
        'role': 'user'}).must(200)
    tenant.patch(f'/users/{tenant.user_of("user")}', {
        'status': 'inactive'}).must(200)
    tenant.sql('DELETE FROM token WHERE organization_id ='
               f' {tenant.id} AND user_id = {tenant.user_of("admin")}')
    began = time.monotonic()
    reasons = {name: watcher.ends(10) for name, watcher in open_.items()
               if name != 'stays'}
    assert reasons == {
        'signed out': 'signed_out', 'demoted': 'signed_out',
        'capped': 'changed', 'inactive': 'signed_out',
        'revoked': 'signed_out'}, reasons
    assert time.monotonic() - began < 10
    open_['stays'].read(0.3)
    assert not open_['stays'].over
    site.ctl('org', 'suspend', '--org', tenant.slug)
    assert open_['stays'].ends(10) == 'signed_out'
    assert Watcher(tenant).status == 403


@scenario
def to_watch_is_no_sign_of_life(site):
    tenant, _, _, _ = calm(site)
    browser = tenant.sign_in('admin')
    tenant.sql("UPDATE session SET last_seen_at = UTC_TIMESTAMP(3) - INTERVAL"
               f" 20 MINUTE WHERE organization_id = {tenant.id}")
    redis(site, 'FLUSHALL')

    def seen():
        return tenant.sql('SELECT last_seen_at FROM session WHERE'
                          f' organization_id = {tenant.id}')
    before = seen()
    data = browser.get('/events').must(200).data
    assert [each['presence'] for each in data['people']] == ['away'], data
    with Watcher(tenant, token='',
                 headers=(f'Cookie: {browser.cookie}',)) as watcher:
        watcher.until('snapshot')
        watcher.read(4)
    assert seen() == before
    browser.get('/extensions').must(200)
    until(lambda: tenant.get('/events').must(200).data['people'] and
          tenant.get('/events').data['people'][0]['presence'] == 'signed_in',
          'the sign of life')


@scenario
def without_redis_mariadb_tells(site):
    tenant, number, _, _ = calm(site)
    token = called(tenant, number)
    with begin(tenant) as watcher:
        gone = Part(site, 'redis')
        gone.away('killed')
        assert watcher.until('outage').data == {'source': 'database'}
        told = watcher.until('snapshot', source='database').data
        assert token in [call['call_key'] for call in told['calls']]
        assert presence(told, '1001') == 'ringing', told['extensions']
        answer = tenant.get('/events').must(200)
        assert answer.data['source'] == 'database'
        tell(tenant, *cdr(token, 'CANCEL'))
        watcher.until('snapshot', which=lambda data: token not in [
            call['call_key'] for call in data['calls']])
        gone.back()
        watcher.until('snapshot', source='redis', seconds=60)
        second = called(tenant, number)
        watcher.until('call', call_key=second)


@scenario
def four_hundred_watch_and_the_next_polls(site):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    site.behind(site.server)  # nobody is left of other scenarios
    tenant, number, _, _ = calm(site)
    watchers = [Watcher(tenant) for _ in range(400)]
    try:
        for watcher in watchers:
            watcher.until('snapshot')
        keeper = [pid for pid in site.processes('events')
                  if parent_of(pid) not in site.processes('events')]
        assert len(site.processes('events')) <= len(keeper) + 1
        with Watcher(tenant) as late:
            assert late.status == 503 and 'retry-after: 30' in late.head, \
                late.head
        tenant.get('/events').must(200)
        began = time.monotonic()
        token = called(tenant, number)
        for watcher in watchers:
            watcher.until('call', call_key=token)
        took = time.monotonic() - began
        assert took < 15, took
        watchers.pop().close()
        # Servers notice it when there is something to say.
        until(lambda: retried(tenant), 'a place', 120)
    finally:
        for watcher in watchers:
            watcher.close()
    site.behind(site.server)


def retried(tenant):
    with Watcher(tenant) as watcher:
        return watcher.status == 200


@scenario
def a_process_that_is_killed_is_another_in_no_time(site):
    tenant, number, _, _ = calm(site)
    with begin(tenant) as watcher:
        first = called(tenant, number)
        last = watcher.until('call', call_key=first).id
        for pid in site.processes('events'):
            if parent_of(pid) in site.processes('events'):
                os.kill(pid, KILL)
        watcher.ends()
    token = called(tenant, number)
    until(lambda: retried(tenant), 'the next process')
    with Watcher(tenant, last=last) as watcher:
        watcher.until('call', call_key=token)


@scenario
def a_stream_by_plain_cgi(site):
    tenant, number, _, _ = calm(site)
    env = dict(os.environ, OPBX_CONF=str(site.conf),
               GATEWAY_INTERFACE='CGI/1.1', REQUEST_METHOD='GET',
               SERVER_PROTOCOL='HTTP/1.1', REMOTE_ADDR='127.0.0.1',
               SCRIPT_NAME='/cgi-bin/events', PATH_INFO='', QUERY_STRING='',
               HTTP_ACCEPT='text/event-stream',
               HTTP_AUTHORIZATION=f'Bearer {tenant.token}')
    process = subprocess.Popen([BUILD / 'cgi-bin' / 'events'], env=env,
                               stdin=subprocess.DEVNULL, bufsize=0,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    text = b''
    token = None
    until_ = time.monotonic() + 20
    while not (token and token.encode() in text):
        text += os.read(process.stdout.fileno(), 65536)
        if token is None and b'event: snapshot' in text:
            token = called(tenant, number)
        assert time.monotonic() < until_, text
    assert text.startswith(b'Status: 200'), text[:100]
    process.stdout.close()
    assert process.wait(10) == 0


@scenario
def behind_every_server_it_flows(site):
    for server in ('apache', 'nginx', 'lighttpd'):
        site.behind(server)
        tenant, number, _, _ = calm(site)
        with begin(tenant) as watcher:
            token = called(tenant, number)
            began = time.monotonic()
            watcher.until('call', call_key=token, seconds=10)
            assert time.monotonic() - began < 5, server


@scenario
def it_says_now_and_then_that_it_is_there(site):
    with begin(site.tenant()) as watcher:
        watcher.read(17)
        assert watcher.comments == 1 and not watcher.over, watcher.comments


if __name__ == '__main__':
    finish(*run(Site(), own_scenarios()))
