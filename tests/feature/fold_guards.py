#!/usr/bin/env python3
"""What guards a call's row: several workers at once, a worker that dies or
hangs with a call in hand, and events that come when others of the same call
are gone.
"""
import os
import random
import signal
import subprocess

from carrier import BUILD, Site, finish, run
from fold import cdr, folded, key, office, redis, row_of, session, tell
from patience import until

WORKER = BUILD / 'sbin' / 'opbx-worker'
URL = 'https://carrier.example/recordings/late.wav'


def worker(site, *words):
    """One more, beside that of the instance."""
    env = dict(os.environ, OPBX_CONF=str(site.conf))
    return subprocess.Popen([WORKER, *words], env=env, start_new_session=True,
                            stdin=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def end(process):
    """The worker and the jobs that it forked: a group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def settled(tenant, seconds=40):
    until(lambda: redis(tenant.site, 'XLEN', 'opbx:queue:events') == '0',
          'the queue is empty', seconds)
    until(lambda: tenant.sql('SELECT COUNT(*) FROM call_event WHERE unfolded ='
                             f' 1 AND organization_id = {tenant.id}')
          == [['0']], 'all are folded', seconds)


def lock_of(tenant, token):
    return f'opbx:{tenant.id}:lock:call:{token}'


def retention(tenant, where='1 = 1'):
    """The events are old, and the worker removes what is."""
    which = f'organization_id = {tenant.id} AND {where}'
    tenant.sql('UPDATE call_event SET created_at = UTC_TIMESTAMP(3) -'
               f' INTERVAL 91 DAY WHERE {which}')
    # It looks at the oldest of all tenants first: what is young keeps none.
    tenant.sql('UPDATE call_event SET id = id + 1000000000 WHERE'
               ' created_at > UTC_TIMESTAMP(3) - INTERVAL 90 DAY')
    once = worker(tenant.site, '--once')
    try:
        once.wait(120)
    finally:
        end(once)
    assert tenant.sql(f'SELECT COUNT(*) FROM call_event WHERE {which}') == \
        [['0']]


def row(tenant, token):
    """All of it but what comes from other tables."""
    call = row_of(tenant, token)
    return {name: value for name, value in call.items()
            if name not in ('events', 'recordings', 'cdrs')}


def whole(tenant, number, did):
    """A call that was answered, recorded and paid for; its token."""
    tenant.patch(f'/dids/{did}', {'record': True}).must(200)
    call = tenant.call(number, CallerName='Ann').must('Dial(1001)')
    token = call.said['Session']
    tell(tenant, *session(token, 'ringing'))
    tell(tenant, *session(token, 'connected'))
    call.then('completed').must('Hangup')
    tell(tenant, 'recording', Session=token, RecordingUrl=URL,
         RecordingStatus='completed', RecordingDuration='31')
    record = cdr(token, 'ANSWER')
    tell(tenant, *record)
    folded(tenant, token, state='completed', duration=33)
    return token, record


def say_more(tenant, token, record):
    """Repeats and what was never said, of a call that is long over."""
    tell(tenant, *session(token, 'ringing'))
    tell(tenant, *session(token, 'connected', callAnswerTime=1000,
                          callStartTime=500))
    tell(tenant, 'call-status', Session=token, CallStatus='busy',
         From='+19995550100', To='+19995550101', Direction='outbound')
    # Redis has forgotten by then that it was here.
    redis(tenant.site, 'EVAL', "for _, key in ipairs(redis.call('KEYS',"
          " ARGV[1])) do redis.call('DEL', key) end", 0,
          f'opbx:{tenant.id}:idem:*')
    tell(tenant, *record)
    tell(tenant, 'recording', Session=token, RecordingUrl=URL,
         RecordingStatus='completed', RecordingDuration='31', again=key())
    settled(tenant)


def what_comes_after_retention_makes_no_half_call(site):
    tenant, number, did, _ = office(site)
    token, record = whole(tenant, number, did)
    before = row(tenant, token)
    assert before['steps'] and before['legs'] and before['did']
    retention(tenant)
    assert row(tenant, token) == before
    # A recording that retention removed is not fetched again.
    tenant.sql(f"DELETE FROM recording WHERE call_key = '{token}'")
    for _ in range(3):
        say_more(tenant, token, record)
        assert row(tenant, token) == before, row(tenant, token)
    now = row_of(tenant, token)
    assert now['recordings'] == [] and len(now['cdrs']) == 1
    assert len(now['events']) == 11, len(now['events'])


def half_of_the_events_are_gone(site):
    tenant, number, did, _ = office(site)
    token, record = whole(tenant, number, did)
    before = row(tenant, token)
    retention(tenant, "kind = 'voice'")
    say_more(tenant, token, record)
    assert row(tenant, token) == before, row(tenant, token)
    # A record that never came before is kept, with what the row knows.
    late = cdr(token, 'BUSY', call_id='late@192.0.2.1')
    late[1]['id'] = 4711
    tell(tenant, *late)
    settled(tenant)
    assert row(tenant, token) == before
    rows = tenant.sql('SELECT direction, did_id FROM cdr WHERE'
                      f" call_key = '{token}'")
    assert len(rows) == 2 and set(map(tuple, rows)) == {
        ('inbound', str(did))}, rows


def nothing_is_kept_from_a_call_that_is_whole(site):
    tenant, number, did, _ = office(site)
    call = tenant.call(number).must('Dial(1001)')
    token = call.said['Session']
    folded(tenant, token, state='initiated')
    for _ in range(3):
        tell(tenant, *session(token, 'ringing'))
    folded(tenant, token, state='ringing')
    # Events that say nothing new count, too; the last may be in the queue yet.
    until(lambda: tenant.sql('SELECT event_count FROM `call` WHERE'
                             f" call_key = '{token}'") == [['4']],
          'all are counted')
    tell(tenant, *cdr(token, 'ANSWER'))
    folded(tenant, token, state='completed')


def another_worker_has_the_call(site):
    tenant, number, _, _ = office(site)
    call = tenant.call(number).must('Dial(1001)')
    token = call.said['Session']
    folded(tenant, token, state='initiated')
    lock = lock_of(tenant, token)
    until(lambda: redis(site, 'EXISTS', lock) == '0', 'it is released')
    assert redis(site, 'SET', lock, 'theirs', 'NX', 'PX', 30000) == 'OK'
    tell(tenant, *session(token, 'ringing'))
    other = tenant.call(number).must('Dial(1001)').said['Session']
    folded_row = until(lambda: row_of(tenant, other), 'others go on')
    assert folded_row['state'] == 'initiated'
    assert row_of(tenant, token)['state'] == 'initiated'
    # Who has had it for longer than a fold takes is not waited for, and
    # keeps what is his.
    assert redis(site, 'PEXPIRE', lock, 30000 - 5100) == '1'
    folded(tenant, token, state='ringing')
    assert redis(site, 'GET', lock) == 'theirs'
    redis(site, 'DEL', lock)
    tell(tenant, *cdr(token, 'ANSWER'))
    folded(tenant, token, state='completed')
    until(lambda: redis(site, 'EXISTS', lock) == '0', 'it is released')


def workers_side_by_side(site):
    """Three of them, of which one is killed and one hangs for a while."""
    tenant, number, _, _ = office(site)
    more = [worker(site) for _ in range(2)]
    chosen = random.Random(8)
    told = []
    for n in range(120):
        token = f'{n:03}-{key()}'
        record = cdr(token, 'ANSWER', **{'from': '2025550199',
                                         'to': number[1:]})
        told += [(token, each) for each in (
            session(token, 'ringing'), session(token, 'connected'), record)
        ] * 2
    chosen.shuffle(told)
    try:
        for n, (_, event) in enumerate(told):
            tell(tenant, *event)
            if n == len(told) // 3:
                os.killpg(more[0].pid, signal.SIGSTOP)
            if n == len(told) // 2:
                end(more[1])
        os.killpg(more[0].pid, signal.SIGCONT)
        # What the dead had in hand is taken for lost after 90 s.
        settled(tenant, 150)
    finally:
        for each in more:
            end(each)
    rows = tenant.sql('SELECT call_key, state, duration, event_count FROM'
                      f' `call` WHERE organization_id = {tenant.id}'
                      " AND call_key LIKE '%-%' ORDER BY call_key")
    tokens = {token for token, _ in told}
    ours = [each for each in rows if each[0] in tokens]
    assert len(ours) == len(tokens), len(ours)
    wrong = [each for each in ours if each[1:] != ['completed', '33', '3']]
    assert not wrong, wrong[:5]
    assert tenant.sql('SELECT COUNT(*), COUNT(DISTINCT call_key) FROM cdr'
                      f' WHERE organization_id = {tenant.id}') == \
        [[str(len(tokens))] * 2]
    assert tenant.sql("SELECT * FROM parked_job WHERE queue = 'fold'") == []
    # Only the dead leave any, and those end.
    left = redis(site, 'KEYS', lock_of(tenant, '*')).split()
    assert len(left) <= 16, left
    for name in left:
        assert 0 < int(redis(site, 'PTTL', name)) <= 30000


def without_redis_there_are_no_locks_and_calls_all_the_same(site):
    tenant, number, _, _ = office(site)
    call = tenant.call(number).must('Dial(1001)')
    token = call.said['Session']
    folded(tenant, token, state='initiated')
    more = worker(site)
    site.signal(signal.SIGSTOP, 'redis')
    try:
        tell(tenant, *session(token, 'ringing'))
        tell(tenant, *cdr(token, 'ANSWER'))
        until(lambda: tenant.sql('SELECT state FROM `call` WHERE call_key ='
                                 f" '{token}'") == [['completed']],
              'it is folded', 30)
    finally:
        site.signal(signal.SIGCONT, 'redis')
        end(more)
    assert row_of(tenant, token)['duration'] == 33


if __name__ == '__main__':
    finish(*run(Site(patient=False), [
        what_comes_after_retention_makes_no_half_call,
        half_of_the_events_are_gone,
        nothing_is_kept_from_a_call_that_is_whole,
        another_worker_has_the_call, workers_side_by_side,
        without_redis_there_are_no_locks_and_calls_all_the_same]))
