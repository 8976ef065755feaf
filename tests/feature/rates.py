#!/usr/bin/env python3
"""So many requests a minute and tenant: of the API, of webhooks, of calls;
counted by each process for itself and settled with Redis, or not at all while
Redis is away.
"""
import itertools
import json
import subprocess
import time

from carrier import Site, at_once, finish, run
from fold import redis
from voice_outage import parts, settle

CHILDREN = 2
SORRY = 'Say Hangup'
NUMBERED = itertools.count(1)


def limited(site, **rates):
    """An office whose limits every process knows; the rest of a minute lies
    before it."""
    while time.time() % 60 > 45:
        time.sleep(0.5)
    tenant = site.tenant()
    tenant.users('1001', '1002')
    tenant.number_, _ = tenant.own(1, ('extension', tenant.get(
        '/extensions?number=1001').data[0]['id']))
    tenant.begun = tenant.call('1001', by='1002').must('Dial(1001)')
    tenant.patch('/settings', {'rates': rates}).must(200)
    time.sleep(1.1)  # as long as it takes where Redis cannot tell
    return tenant


def tell(tenant, **more):
    body = json.dumps({'token': f'call-{next(NUMBERED)}',
                       'status': 'ringing', **more})
    answer = tenant.site.http(
        'POST', '/cgi-bin/webhook/session-update', body.encode(),
        tenant.headers() + [('Content-Type', 'application/json'),
                            ('X-Cx-Domain', tenant.domain)], lined=False)
    answer.said = body
    return answer


def refused(answer):
    """It is the answer that says when to come again."""
    assert answer.status == 429, answer
    text = json.loads(answer.text)
    assert text['code'] == 'RATE_LIMITED' and text['status'] == 429, text
    assert answer.headers['content-type'] == 'application/problem+json'
    seconds = int(answer.headers['retry-after'])
    left = 60 - time.time() % 60
    assert 1 <= seconds <= 60 and abs(seconds - left) < 5, (seconds, left)


def calls(site, most):
    """Callers hear words; who calls for help is helped; calls go on."""
    tenant, other = limited(site, voice=5), site.tenant()
    other.users('1001')
    heard = at_once(lambda: tenant.call('1001', by='1002'), 40)
    for call in heard:
        assert call.status == 200, call
        assert call.short in ('Dial(1001)', SORRY), call
    inbound = at_once(lambda: tenant.call(tenant.number_), 12)
    through = [call for call in heard + inbound
               if call.short == 'Dial(1001)']
    assert 5 <= len(through) <= most, len(through)
    assert SORRY in {call.short for call in inbound}
    no = next(call for call in heard if call.short == SORRY)
    assert 'error' not in no.words.lower(), no.words
    assert site.line(no.id)['status'] == 200
    for to in ('911', '112'):
        for call in at_once(lambda t=to: tenant.call(t, by='1001'), 8):
            call.must(f'Dial[main]({to})')
    tenant.begun.then('no-answer').must(SORRY, says='not available')
    for call in through:
        call.then('completed').must('Hangup')
    other.call('1001', by='1001')
    assert {call.short for call in at_once(
        lambda: other.call('1001', by='1001'), 12)} == {'Dial(1001)'}
    tenant.patch('/settings', {'rates': {'voice': 0}}).must(200)
    time.sleep(1.1)
    assert {call.short for call in at_once(
        lambda: tenant.call('1001', by='1002'), 12)} == {'Dial(1001)'}


def events(site, most):
    tenant, other = limited(site, webhook=5), site.tenant()
    answers = at_once(lambda: tell(tenant), 40)
    taken = [each for each in answers if each.status == 200]
    assert 5 <= len(taken) <= most, len(taken)
    for each in answers:
        if each.status != 200:
            refused(each)
    # Several in one body count each.
    other.patch('/settings', {'rates': {'webhook': 50}}).must(200)
    body = '[' + ','.join('{"token":"a","n":%d}' % n for n in range(60)) + ']'
    refused(other.site.http(
        'POST', '/cgi-bin/webhook/session-update', body.encode(),
        other.headers() + [('Content-Type', 'application/json')],
        lined=False))
    # Who may not speak for the carrier learns nothing of its rate.
    stranger = site.http(
        'POST', '/cgi-bin/webhook/cdr', b'{}',
        [('Content-Type', 'application/json'), ('Authorization', 'Bearer x'),
         ('X-Cx-Domain', tenant.domain)], lined=False)
    assert stranger.status == 401, stranger
    tenant.taken = sorted(each.said for each in taken)
    return tenant


def stored(tenant):
    """What was taken, and nothing that was refused."""
    until = time.monotonic() + 30
    while True:
        found = sorted(row[0] for row in tenant.sql(
            "SELECT body FROM call_event WHERE kind = 'session-update' AND"
            f' organization_id = {tenant.id}'))
        if found == tenant.taken:
            return
        assert time.monotonic() < until, (len(found), len(tenant.taken))
        time.sleep(0.1)


def requests(site, most):
    tenant, other = limited(site, api=5), site.tenant()
    answers = at_once(lambda: tenant.get('/extensions'), 40)
    good = [each for each in answers if each.status == 200]
    assert len(good) <= most, len(good)
    for each in answers:
        if each.status != 200:
            refused(each)
    page = next(each for each in at_once(
        lambda: tenant.page('/extensions'), 12) if each.status != 200)
    assert page.status == 429 and 'retry-after' in page.headers
    other.get('/extensions').must(200)
    # Changes are refused before they do anything.
    made = at_once(lambda: tenant.post('/extensions', {
        'number': str(2000 + next(NUMBERED)), 'name': 'Bob'}), 12)
    count = sum(each.status == 201 for each in made)
    assert tenant.sql('SELECT COUNT(*) FROM extension WHERE organization_id ='
                      f" {tenant.id} AND name = 'Bob'") == [[str(count)]]
    assert any(each.status == 429 for each in made)
    # Calls have their own.
    tenant.call('1001', by='1002').must('Dial(1001)')


def told_redis(site, tenant, watch):
    """What Redis is asked for an event, until that is in the log."""
    answer = tell(tenant)
    assert answer.status == 200, answer
    site.line(answer.id)
    redis(site, 'GET', f'the end of {answer.id}')
    lines = []
    while not lines or answer.id not in lines[-1]:
        lines.append(watch.stdout.readline())
        assert lines[-1], 'redis-cli has died'
    return json.loads(answer.said)['token'], lines


def events_waited_for_a_counter(site):
    tenant = limited(site, webhook=1000)
    with subprocess.Popen(
            ['redis-cli', '-s', site.var / 'run' / 'redis.sock', 'MONITOR'],
            stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout.readline() == 'OK\n'
        for _ in range(100):
            token, lines = told_redis(site, tenant, watch)
            what = ''.join('s' if '"XADD"' in line and token in line else
                           'c' if f'{tenant.id}:rate:webhook:' in line else ''
                           for line in lines)
            if 'c' in what:
                break
        watch.terminate()
    assert what.startswith('s') and 'c' in what, what


def counted_together(site):
    # Between two settlements a process knows only its own.
    calls(site, 25)
    stored(events(site, 25))
    requests(site, 25)


def counted_by_each_while_redis_is_away(site):
    for how in ('stopped', 'killed'):
        [redis] = parts(site, ['redis'])
        redis.away(how)
        try:
            # Five of each process.
            calls(site, 5 * CHILDREN)
            tenant = events(site, 5 * CHILDREN)
            requests(site, 5 * CHILDREN)
        finally:
            redis.back()
        stored(tenant)
        settle(tenant)


if __name__ == '__main__':
    finish(*run(Site(children=CHILDREN, patient=False), [
        events_waited_for_a_counter, counted_together,
        counted_by_each_while_redis_is_away]))
