#!/usr/bin/env python3
"""What carriers tell of calls: who may, what is read, and that each event that
was acknowledged is there exactly once, whatever is killed meanwhile.

The worker takes the events from the queue and from the spool; a scenario waits
for them in call_event.
"""
import collections
import concurrent.futures
import hashlib
import hmac
import itertools
import json
import pathlib
import re
import threading
import time
import urllib.parse

import support
from support import FORM, Instance, Organization, main, scenario
from voice_outage import GO, KILL, STOP, Part

assert GO
NUMBERED = itertools.count(1)
KINDS = ('call-initiated', 'call-status', 'session-update', 'cdr',
         'recording')
SPOOL = 262144  # bytes that a site's spool may have


class Site(Instance):
    """Its tenants come with what their carrier knows."""

    def __init__(self, patient=True):
        super().__init__(patient)
        if self.ours:
            with open(self.conf, 'a', encoding='utf-8') as conf:
                conf.write(f'\nspool.bytes = {SPOOL}\n')
            self.tool('stop')
            self.tool('start')

    def signal(self, number, part):
        support.os.kill(self.pid(part), number)

    def organization(self, by='cgi', **more):
        self.count += 1
        slug = f'h{support.os.getpid()}-{self.count}'
        domain = f'{slug}.opbx.example'
        said = self.ctl('org', 'create', '--name', slug, '--slug', slug,
                        '--country', 'US', '--timezone', 'America/New_York',
                        '--domain', domain, '--owner-email',
                        f'owner@{slug}.example', '--owner-name', 'Owner')
        org = Tenant(self, by, slug, int(re.search(r'id (\d+)\)', said)[1]))
        org.domain = domain
        org.key = re.search(r'voice key +(\S+)', said)[1]
        org.secret = re.search(r'webhook secret +(\S+)', said)[1]
        return org


class Tenant(Organization):
    def tell(self, said, kind='session-update', key=None, headers=None,
             **more):
        """As its carrier does."""
        return self.ask('POST', f'/webhook/{kind}', said,
                        token=self.key if key is None else key,
                        headers={'X-Cx-Domain': self.domain,
                                 **(headers or {})}, **more)

    def events(self):
        return [(call_key, kind, body) for call_key, kind, body in self.sql(
            'SELECT call_key, kind, body FROM call_event WHERE'
            f' organization_id = {self.id} ORDER BY id')]

    def told(self, bodies, patience=60):
        """Waits until these and no others are stored, each once."""
        wanted = collections.Counter(bodies)
        until = time.monotonic() + patience
        while True:
            found = collections.Counter(row[2] for row in self.events())
            if found == wanted:
                return
            twice = {body: n for body, n in found.items() if n > 1}
            assert not twice, f'more than once: {twice}'
            assert time.monotonic() < until, (
                f'{len(wanted - found)} are missing: '
                f'{list(wanted - found)[:3]}; besides '
                f'{list(found - wanted)[:3]}')
            time.sleep(0.1)


def update(**more):
    """A session update, as text, like no other."""
    return json.dumps({'id': 7, 'token': f'call-{next(NUMBERED)}',
                       'status': 'ringing', **more})


def says(answer, status):
    assert answer.must(200).json == {'status': status}, answer.text
    assert answer.headers['content-type'].startswith('application/json')
    return answer


# -- What is read ---------------------------------------------------------


@scenario
def each_kind_of_event(org):
    bodies = []
    for kind in KINDS:
        bodies.append(update(kind=kind))
        says(org.tell(bodies[-1], kind), 'accepted')
    org.told(bodies)
    assert {row[1] for row in org.events()} == set(KINDS), org.events()
    assert all(row[0].startswith('call-') for row in org.events())


@scenario
def a_session_update_may_be_an_array(org):
    one, two, three = update(), update(), update()
    says(org.tell(f'[{one}]'), 'accepted')
    says(org.tell(one), 'processed')
    says(org.tell(f' [ {two} , {three} ] '), 'accepted')
    says(org.tell(f'[{three},{two}]'), 'processed')
    org.told([one, two, three])


@scenario
def one_bad_event_refused_all_that_came_with_it(org):
    one, two = update(), update()
    long = '{"token":"' + 'x' * 129 + '"}'
    for bad in ('1', '{"a":1,}', 'null', '', '[{}]', long):
        for before, after in (([], [one, two]), ([one], [two]),
                              ([one, two], [])):
            place = len(before) + 1
            body = f'[{",".join(before + [bad] + after)}]'
            answer = org.tell(body).must(200)
            assert answer.json['status'] in ('accepted', 'processed')
            said = answer.json['refused']
            assert [each['place'] for each in said] == [place], (body, said)
            assert said[0]['message'], said
    org.told([one, two])
    # Again: nothing is new, and it is said again what cannot be read.
    answer = org.tell(f'[{one},7,{two},8]').must(200)
    assert answer.json['status'] == 'processed', answer
    assert [each['place'] for each in answer.json['refused']] == [2, 4]
    # Nothing in it can be read: that is no message at all.
    org.tell('[1,2]').must(400, 'BAD_REQUEST')
    if org.by == 'http':
        log = (org.instance.var / 'log' / 'opbx.log').read_text()
        assert '2 events of 4 are refused, the first at 2' in log


@scenario
def a_cdr_names_its_call_in_its_session(org):
    body = json.dumps({
        'domain': None, 'from': '1', 'to': '2', 'disposition': 'CONNECTED',
        'call_id': 'x@192.0.2.1:5060', 'session': {'token': 'abc', 'id': 1}})
    says(org.tell(body, 'cdr'), 'accepted')
    org.told([body])
    assert org.events()[0][0] == 'abc', org.events()


@scenario
def a_form_of_the_twilio_family(org):
    said = {'CallSid': 'CA1', 'CallStatus': 'in-progress',
            'From': '+12025550199', 'Words': 'a "b" & ü'}
    body = urllib.parse.urlencode(said)
    says(org.tell(body, 'call-status', type=FORM), 'accepted')
    says(org.tell(body, 'call-status', type=FORM), 'processed')
    org.told([json.dumps(said, ensure_ascii=False, separators=(',', ':'))])
    assert org.events()[0][0] == 'CA1'


@scenario
def what_cannot_be_read(org):
    ask = org.tell
    for body in ('', '{', '[]', '[{}', '1', '"a"', 'null', '{}{}', '{"a":1,}',
                 "{'a':1}", '{"a":NaN}', '[[{}]]', '[[],1]', '<a/>',
                 '{"a":"\\u0000"}', b'{"a":"\0"}', b'{"a":"\xff"}',
                 '{"a":' + '[' * 40 + ']' * 40 + '}', '[' * 100000,
                 '[' + ','.join(['{}'] * 10000) + ']',
                 '{"token":"' + 'x' * 129 + '"}'):
        ask(body).must(400, 'BAD_REQUEST')
    for body in ('a=%00', 'a=%zz', b'a=\xff', '',
                 '&'.join(f'a{n}=1' for n in range(300))):
        ask(body, type=FORM).must(400, 'BAD_REQUEST')
    ask(update(), type='text/xml').must(415, 'UNSUPPORTED_TYPE')
    ask(update(), type='text/plain').must(415, 'UNSUPPORTED_TYPE')
    ask(json.dumps({'x': 'x' * 1048576})).must(413, 'TOO_LARGE')
    org.told([])


@scenario
def what_is_not_there(org):
    for path in ('/webhook', '/webhook/', '/webhook/x', '/webhook/cdr/',
                 '/webhook/CDR', '/webhook/cdr/1', '/webhook/voice'):
        org.ask('POST', path, update(), token=org.key).must(404, 'NOT_FOUND')
    for method in ('GET', 'PUT', 'DELETE', 'PATCH'):
        answer = org.ask(method, '/webhook/cdr', token=org.key)
        answer.must(405, 'METHOD_NOT_ALLOWED')
        assert answer.headers['allow'] == 'POST'


# -- Who may --------------------------------------------------------------


def kept_out(answer):
    answer.must(401, 'UNAUTHENTICATED')
    assert answer.headers['www-authenticate'] == 'Bearer'
    assert list(answer.errors) == []


@scenario
def nobody_speaks_for_the_carrier_without_its_key(org):
    other = org.instance.organization(org.by)
    kept_out(org.tell(update(), key=''))
    for key in ('x', org.key[:-1], org.key + 'x', org.key.swapcase(),
                other.key, org.secret, org.token):
        kept_out(org.tell(update(), key=key))
    kept_out(org.tell('rubbish', key='x'))
    kept_out(org.ask('POST', '/webhook/cdr', update(), token='', headers={
        'X-Cx-Domain': org.domain, 'Authorization': f'Basic {org.key}'}))
    # The name of one and the key of another, wherever the name stands.
    for where in ({'domain': other.domain}, {'Domain': other.domain},
                  {'domain': {'name': other.domain}},
                  {'owner': {'domain': {'uuid':
                   '00000000-0000-4000-8000-000000000000'}}}):
        kept_out(org.tell(update(**where)))
        kept_out(org.ask('POST', '/webhook/cdr', update(**where),
                         token=org.key))
    kept_out(org.tell('[' + update() + ',' + update(domain=other.domain)
                      + ']'))
    kept_out(org.tell(update(), headers={'X-Cx-Domain': 'a.example'}))
    org.told([])
    other.told([])


@scenario
def the_key_alone_names_the_tenant(org):
    bodies = [update(), update(domain=org.domain), update(
        domain={'name': org.domain}), update(domain=None)]
    for body in bodies:
        says(org.ask('POST', '/webhook/session-update', body,
                     token=org.key), 'accepted')
    body = update(x=1)
    says(org.ask('POST', '/webhook/session-update', body, token='',
                 headers={'X-Cx-Apikey': org.key}), 'accepted')
    org.told(bodies + [body])


@scenario
def a_key_that_was_rotated_ends(org):
    said = update()
    says(org.tell(said), 'accepted')
    old = org.key
    org.key = org.post('/settings/voice-key', {
        'grace_minutes': 0}).data['voice_key']
    says(org.tell(said), 'processed')
    kept_out(org.tell(update(), key=old))
    org.told([said])


@scenario
def a_suspended_tenants_events_are_stored(org):
    says(org.tell(update(before=1)), 'accepted')
    org.instance.ctl('org', 'suspend', '--org', org.slug)
    body = update()
    until = time.monotonic() + 5
    while org.get('/extensions').status == 200:
        assert time.monotonic() < until
    says(org.tell(body), 'accepted')
    until = time.monotonic() + 20
    while body not in [row[2] for row in org.events()]:
        assert time.monotonic() < until, org.events()
        time.sleep(0.1)


def signed(org, body, at=None, secret=None, **more):
    at = str(int(time.time()) if at is None else at)
    mac = hmac.new((secret or org.secret).encode(),
                   f'{at}.{body}'.encode(), hashlib.sha256).hexdigest()
    return org.tell(body, headers={'X-Cloudonix-Signature': mac,
                                   'X-Cloudonix-Timestamp': at, **more})


@scenario
def where_a_signature_is_required(org):
    org.patch('/settings', {'require_signature': True}).must(200)
    other = org.instance.organization(org.by)
    now = int(time.time())
    good = [update() for _ in range(4)]
    says(signed(org, good[0]), 'accepted')
    says(signed(org, good[0]), 'processed')  # who heard it gains nothing
    says(signed(org, good[1], now - 290), 'accepted')
    says(signed(org, good[2], now + 290), 'accepted')
    body = update()
    kept_out(org.tell(body))
    for at in (now - 310, now + 330, 0, -now, now * 1000, f'{now}.0', '',
               'x', f'0x{now:x}', f' {now}', f'{now}' * 9):
        kept_out(signed(org, body, at))
    kept_out(signed(org, body, secret=other.secret))
    kept_out(signed(org, body, secret=org.key))
    for mac in ('', 'x', '0' * 64, '0' * 63, '0' * 4000):
        kept_out(signed(org, body, **{'X-Cloudonix-Signature': mac}))
    # Of another body, of another time.
    mac = hmac.new(org.secret.encode(), f'{now}.{body}'.encode(),
                   hashlib.sha256).hexdigest()
    said = {'X-Cloudonix-Signature': mac, 'X-Cloudonix-Timestamp': str(now)}
    kept_out(org.tell(body + ' ', headers=said))
    kept_out(org.tell(body, headers={**said, 'X-Cloudonix-Timestamp':
                                     str(now + 1)}))
    # The signature does not stand for the key.
    kept_out(org.tell(body, key='x', headers=said))
    says(org.tell(body, headers={**said, 'X-Cloudonix-Signature':
                                 mac.upper()}), 'accepted')
    org.told(good[:3] + [body])
    # Another secret is another signature at once.
    new = org.post('/settings/webhook-secret', {}).data['webhook_secret']
    kept_out(signed(org, good[3]))
    org.secret = new
    says(signed(org, good[3]), 'accepted')
    org.told(good + [body])


@scenario
def so_many_a_minute(org):
    org.patch('/settings', {'rates': {'webhook': 5}}).must(200)
    while time.time() % 60 > 50:  # all of it in one minute
        time.sleep(0.5)
    bodies = [update() for _ in range(20)]
    answers = [org.tell(body) for body in bodies]
    refused = [each for each in answers if each.status == 429]
    for each in refused:
        each.must(429, 'RATE_LIMITED')
        assert 1 <= int(each.headers['retry-after']) <= 60
    assert all(each.status in (200, 429) for each in answers)
    # A process on its own has counted none before it asks Redis.
    if org.by == 'http':
        assert 5 <= 20 - len(refused) <= 15, len(refused)
        org.tell('[' + ','.join([update()] * 100) + ']').must(429)
    org.told([body for body, answer in zip(bodies, answers)
              if answer.status == 200])


# -- Exactly once ---------------------------------------------------------


@scenario
def repeats_have_one_effect(org):
    body = update()
    says(org.tell(body), 'accepted')
    for _ in range(3):
        says(org.tell(body), 'processed')
    # The carrier's own id of the event, or of the request.
    first, again = update(eventId='e1', token='c'), update(
        eventId='e1', token='c', x=1)
    says(org.tell(first), 'accepted')
    says(org.tell(again), 'processed')
    says(org.tell(again, 'call-status'), 'accepted')
    key = {'X-Idempotency-Key': 'k1'}
    third = update()
    says(org.tell(third, headers=key), 'accepted')
    says(org.tell(update(), headers=key), 'processed')
    other = org.instance.organization(org.by)
    says(other.tell(body), 'accepted')
    org.told([body, first, again, third])
    other.told([body])
    # The queue is empty now; the key and the row are there.
    says(org.tell(body), 'processed')
    org.told([body, first, again, third])


@scenario
def repeats_at_once_have_one_effect(org):
    bodies = [update() for _ in range(6 if org.by == 'cgi' else 40)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(org.tell, bodies * 5))
    for answer in answers:
        if answer.status == 503:
            answer.must(503, 'UNAVAILABLE')
            assert int(answer.headers['retry-after']) > 0
        else:
            answer.must(200)
    said = collections.Counter(each.json['status'] for each in answers
                               if each.status == 200)
    assert said['accepted'] <= len(bodies), said
    org.told(bodies)


# -- Whatever is killed ---------------------------------------------------


class Stream:
    """Events from several connections, until it is told to end."""

    def __init__(self, org, threads=4):
        self.org = org
        self.acknowledged, self.refused = [], 0
        self.slowest = 0
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.send)
                        for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def send(self):
        while not self.ended.is_set():
            body = update()
            began = time.monotonic()
            answer = self.org.tell(body)
            self.slowest = max(self.slowest, time.monotonic() - began)
            if answer.status == 200:
                says(answer, 'accepted')
                self.acknowledged.append(body)
            else:
                answer.must(503, 'UNAVAILABLE')
                assert int(answer.headers['retry-after']) > 0
                self.refused += 1

    def at_least(self, more, patience=60):
        """So many more were acknowledged."""
        goal = len(self.acknowledged) + more
        until = time.monotonic() + patience
        while len(self.acknowledged) < goal:
            assert time.monotonic() < until, (
                f'{goal - len(self.acknowledged)} of {more} are due; '
                f'{self.refused} were refused')
            time.sleep(0.02)
        return self

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        return self.acknowledged


def seen(org):
    """By every process, also by one that has just been through an outage."""
    bodies = [update() for _ in range(12)]

    def tell(body):
        until = time.monotonic() + 10
        while (answer := org.tell(body)).status == 503:
            assert time.monotonic() < until, answer.text
            time.sleep(0.1)
        answer.must(200)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(tell, bodies))
    return bodies


def outage(org, names, how, more):
    """All of a stream that was acknowledged, and what could be refused."""
    before = seen(org)
    parts = [Part(org.instance, name) for name in names]
    stream = Stream(org, 2 if org.by == 'cgi' else 4)
    try:
        stream.at_least(more)
        for part in parts:
            part.away(how)
        if org.by == 'http' or len(names) == 1:
            stream.at_least(more)
    finally:
        for part in parts:
            part.back()
    try:
        stream.at_least(more)
    finally:
        acknowledged = stream.end()
    return before + acknowledged, stream


def one_is_away(org, name, how):
    count = 4 if org.by == 'cgi' else 60
    bodies, stream = outage(org, [name], how, count)
    org.told(bodies, 60)
    if org.by == 'http':
        assert stream.refused <= 4, stream.refused
        assert stream.slowest < 3, stream.slowest


@scenario
def redis_is_killed(org):
    one_is_away(org, 'redis', 'killed')


@scenario
def redis_hangs(org):
    one_is_away(org, 'redis', 'stopped')


@scenario
def mariadb_is_killed(org):
    one_is_away(org, 'mariadb', 'killed')


@scenario
def mariadb_hangs(org):
    one_is_away(org, 'mariadb', 'stopped')


@scenario
def both_are_killed(org):
    """A process that was not there before knows no tenant: 503."""
    bodies, _ = outage(org, ['redis', 'mariadb'], 'killed',
                       4 if org.by == 'cgi' else 60)
    org.told(bodies, 60)


@scenario
def both_hang(org):
    bodies, _ = outage(org, ['mariadb', 'redis'], 'stopped',
                       4 if org.by == 'cgi' else 60)
    org.told(bodies, 60)


@scenario
def redis_is_killed_again_and_again(org):
    """Between two writes of its file, and while it is synced."""
    if org.by == 'cgi':
        return
    bodies = seen(org)
    stream = Stream(org)
    try:
        for _ in range(4):
            stream.at_least(100)
            part = Part(org.instance, 'redis')
            part.away('killed')
            part.back()
    finally:
        bodies += stream.end()
    org.told(bodies, 60)


@scenario
def a_full_spool_is_no_acknowledgement(org):
    if org.by == 'cgi':
        return
    bodies = seen(org)
    parts = [Part(org.instance, name) for name in ('redis', 'mariadb')]
    try:
        for part in parts:
            part.away('killed')
        refused = 0
        for n in range(60):
            body = update(filler='x' * 10000)
            answer = org.tell(body)
            if answer.status == 200:
                bodies.append(body)
            else:
                answer.must(503, 'UNAVAILABLE')
                assert int(answer.headers['retry-after']) > 0
                refused += 1
        spool = pathlib.Path(org.instance.var) / 'spool'
        size = sum(file.stat().st_size for file in spool.iterdir())
        assert refused >= 60 - SPOOL // 10000, refused
        assert size <= SPOOL, size
    finally:
        for part in parts:
            part.back()
    org.told(bodies, 60)
    until = time.monotonic() + 20
    while list(spool.iterdir()):
        assert time.monotonic() < until, list(spool.iterdir())
        time.sleep(0.1)
    last = update()
    says(org.tell(last), 'accepted')
    org.told(bodies + [last])


if __name__ == '__main__':
    assert KILL and STOP
    support.Instance = Site
    main()
