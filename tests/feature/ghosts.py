"""Calls whose end is never told: the carrier is asked, and what it does not
know any more neither counts as live nor towards the limit of calls at once.

Time goes by through the rows: what was written is made older.
"""
import json
import os
import subprocess
import time
import uuid

from carrier_side import CARRIER, SECONDS, connect, must, run
from support import BUILD, by_http_alone

assert CARRIER


def tell(org, key, status, ago=0, **more):
    """What a carrier told so many minutes ago."""
    body = json.dumps({'token': key, 'status': status, 'callerId': '1001',
                       'destination': '1002', **more})
    org.insert('call_event', call_key=key, kind='session-update', body=body,
               event_hash=uuid.uuid4().hex, occurred_at=org.sql(
                   'SELECT UTC_TIMESTAMP(3) - INTERVAL'
                   f' {ago} MINUTE')[0][0])
    must(lambda: org.sql('SELECT 1 FROM call_event WHERE unfolded = 1 AND'
                         f' organization_id = {org.id}') == [])
    # Redis is told after that.
    if 'callEndTime' not in more:
        must(lambda: key in live(org))


def quiet(org, key, minutes):
    org.sql('UPDATE `call` SET ask_at = UTC_TIMESTAMP(3), updated_at ='
            f' UTC_TIMESTAMP(3) - INTERVAL {minutes} MINUTE'
            f" WHERE call_key = '{key}'")


def call(org, key):
    id = org.sql(f"SELECT id FROM `call` WHERE call_key = '{key}'"
                 f' AND organization_id = {org.id}')[0][0]
    return org.get(f'/calls/{id}').must(200).data


def live(org):
    return {each['call_key']
            for each in org.get('/calls/active').must(200).data}


def count(org):
    return int(org.instance.redis('HLEN', f'opbx:{org.id}:live'))


def asked(domain, key):
    return f'GET /sessions/{key}' in domain.lines()


def gone(org, key):
    must(lambda: key not in live(org), f'{key} is live')


def it_was_given_up_while_the_queue_was_behind(org, key):
    queue = 'opbx:queue:events'
    # An entry of two minutes ago that a worker took and has not finished.
    before = int(org.instance.redis('TIME').split()[0]) * 1000 - 120000
    must(lambda: org.instance.redis('XLEN', queue) == '0')
    org.instance.redis('EVAL', "redis.call('DEL', KEYS[1]) redis.call('XADD',"
                       " KEYS[1], ARGV[1], 'event', '') redis.call('XGROUP',"
                       " 'CREATE', KEYS[1], 'workers', ARGV[1]) return 0",
                       '1', queue, f'{before}-0')
    quiet(org, key, 31)
    subprocess.run([BUILD / 'sbin' / 'opbx-worker', '--once'], timeout=120,
                   env=dict(os.environ, OPBX_CONF=str(org.instance.conf)),
                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert 'lost' not in [each['kind'] for each in call(org, key)['events']]
    org.instance.redis('XDEL', queue, f'{before}-0')


def it_was_given_up_unasked_for_want_of_a_turn(org, domain, key):
    requests = f'opbx:{org.id}:carrier:requests'
    # Ten that count for ten minutes more.
    org.instance.redis(
        'EVAL', "for i = 1, 10 do redis.call('ZADD', KEYS[1], ARGV[1], i) end"
        ' return 0', '1', requests,
        str((int(org.instance.redis('TIME').split()[0]) + 600) * 1000))
    quiet(org, key, 31)
    must(lambda: org.sql('SELECT ask_at > UTC_TIMESTAMP(3) + INTERVAL 8 MINUTE'
                         f" FROM `call` WHERE call_key = '{key}'") == [['1']])
    assert not asked(domain, key) and key in live(org)
    org.instance.redis('DEL', requests)


@by_http_alone
def a_call_whose_end_never_came_counted_for_a_day(org):
    domain = connect(org)
    rings, talks = uuid.uuid4().hex, uuid.uuid4().hex
    tell(org, rings, 'ringing', 10)
    tell(org, talks, 'connected', 20)
    must(lambda: live(org) == {rings, talks})
    assert count(org) == 2
    it_was_given_up_while_the_queue_was_behind(org, rings)
    it_was_given_up_unasked_for_want_of_a_turn(org, domain, rings)
    quiet(org, rings, 6)
    quiet(org, talks, 16)
    gone(org, rings)
    gone(org, talks)
    assert count(org) == 0
    assert asked(domain, rings) and asked(domain, talks)
    over = call(org, rings)
    assert over['state'] == 'no_answer' and over['ended_at'], over
    assert call(org, talks)['state'] == 'completed'
    kinds = [each['kind'] for each in over['events']]
    assert kinds == ['session-update', 'lost'], kinds


@by_http_alone
def what_the_carrier_still_knows_goes_on(org):
    domain = connect(org)
    key, other = uuid.uuid4().hex, uuid.uuid4().hex
    domain.sessions = {key, other}
    domain.said[other] = {'status': 'connected', 'callEndTime': 1768089575449,
                          'callAnswerTime': 1768089525449,
                          'callStartTime': 1768089515449}
    tell(org, key, 'connected', 20)
    tell(org, other, 'connected', 20)
    quiet(org, key, 16)
    quiet(org, other, 16)
    # A record of it may stay there: its end is what counts.
    gone(org, other)
    assert call(org, other)['duration'] == 60
    assert call(org, other)['billed'] == 50
    must(lambda: asked(domain, key))
    assert live(org) == {key} and count(org) == 1
    # Nor is it asked for over and over.
    assert org.sql('SELECT ask_at > UTC_TIMESTAMP(3) + INTERVAL 10 MINUTE'
                   f" FROM `call` WHERE call_key = '{key}'") == [['1']]


@by_http_alone
def a_lost_call_of_which_more_comes_lives_again(org):
    connect(org)
    key = uuid.uuid4().hex
    tell(org, key, 'ringing', 10)
    quiet(org, key, 6)
    gone(org, key)
    tell(org, key, 'connected')
    must(lambda: key in live(org))
    assert call(org, key)['ended_at'] is None
    quiet(org, key, 16)
    gone(org, key)
    tell(org, key, 'connected', callEndTime=1768089575449)
    assert call(org, key)['state'] == 'completed'


@by_http_alone
def without_a_key_it_ends_after_hours(org):
    rings, talks, long, waits = (uuid.uuid4().hex for _ in range(4))
    tell(org, rings, 'ringing', 10)
    tell(org, waits, 'ringing', 10)
    tell(org, talks, 'connected', 10)
    tell(org, long, 'connected', 10, timeLimit=6 * 3600)
    must(lambda: live(org) == {rings, talks, long, waits})
    # One was given up while its events waited: as if another worker had it.
    lock = f'opbx:{org.id}:lock:call:{waits}'
    must(lambda: org.instance.redis('SET', lock, 'theirs', 'NX', 'PX',
                                    '600000') == 'OK')
    org.insert('call_event', call_key=waits, kind='session-update',
               event_hash=uuid.uuid4().hex, body=json.dumps(
                   {'token': waits, 'status': 'connected'}))
    quiet(org, waits, 31)
    for minutes, left in ((29, {rings, talks, long}), (31, {talks, long}),
                          (239, {talks, long}), (241, {long}),
                          (359, {long}), (361, set())):
        for key in left | ({rings, talks, long} & live(org)):
            quiet(org, key, minutes)
        must(lambda: org.sql('SELECT 1 FROM `call` WHERE live = 1 AND ask_at'
                             ' <= UTC_TIMESTAMP(3) AND organization_id ='
                             f' {org.id}') == [])
        must(lambda: live(org) == left | {waits},
             f'{minutes}: {live(org)} not {left}')
    assert 'lost' not in [each['kind'] for each in call(org, waits)['events']]
    org.instance.redis('DEL', lock)
    must(lambda: call(org, waits)['state'] == 'answered')
    assert count(org) == 1


@by_http_alone
def each_look_for_quiet_calls_read_all_that_live(org):
    org.sql('INSERT INTO `call` (organization_id, call_key, state, started_at,'
            f" ask_at) SELECT {org.id}, CONCAT('{org.slug}-', seq),"
            " 'answered', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL"
            ' IF(seq % 10 = 0, 0, 1) HOUR FROM seq_1_to_2000')
    looks = [org.sql('FLUSH STATUS; CALL quiet_claim(300, 900);'
                     " SHOW STATUS LIKE 'Handler_read_%'")
             for _ in range(2)]
    # Nobody is quiet: those that were due are due when they may be.
    read = [sum(int(row[1]) for row in look if row[0] in (
        'Handler_read_next', 'Handler_read_rnd_next')) for look in looks]
    assert read[1] < 100, read
    must(lambda: org.sql(
        'SELECT COUNT(*), MIN(ask_at > UTC_TIMESTAMP(3) + INTERVAL 14 MINUTE)'
        f' FROM `call` WHERE organization_id = {org.id}') == [['2000', '1']])
    org.sql("UPDATE `call` SET state = 'failed', updated_at = updated_at"
            f' WHERE organization_id = {org.id}')


@by_http_alone
def what_came_behind_5000_updates_counted_for_nothing(org):
    key = uuid.uuid4().hex
    body = json.dumps({'token': key, 'status': 'connected', 'callerId': '1001',
                       'destination': '1002'})
    org.sql('INSERT INTO call_event (organization_id, call_key, kind, body,'
            f" event_hash) SELECT {org.id}, '{key}', 'session-update',"
            f" '{body}', UNHEX(SHA2(CONCAT('{key}', seq), 256))"
            ' FROM seq_1_to_5000')
    must(lambda: key in live(org))
    for n, more in enumerate(({'disposition': 'BUSY', 'duration': 7},
                              {'disposition': 'ANSWER', 'duration': 9})):
        org.insert('call_event', call_key=key, kind='cdr',
                   event_hash=uuid.uuid4().hex, body=json.dumps(
                       {'id': f'r{n}', 'session': {'token': key}, **more}))
        must(lambda m=more: call(org, key)['duration'] == m['duration'])
    assert call(org, key)['state'] == 'completed'
    assert len(call(org, key)['cdrs']) == 2
    log = (org.instance.var / 'log' / 'opbx.log').read_text()
    assert log.count(f'call {key} of organization {org.id} has more') == 1


@by_http_alone
def a_carrier_in_trouble_ends_no_call(org):
    domain = connect(org)
    faults = ['500', 'half', '403 no', 'garbage']
    keys = [uuid.uuid4().hex for _ in faults]
    for key in keys:
        tell(org, key, 'connected', 20)
    org.instance.redis('DEL', f'opbx:{org.id}:carrier:requests')
    for minutes in (16, 250):
        domain.forget()
        domain.answers = list(faults)
        for key in keys:
            quiet(org, key, minutes)
        # Where it has been so for hours not each of them is asked for.
        must(lambda m=minutes: m > 16 or all(
            asked(domain, key) for key in keys), domain.lines)
        must(lambda: org.sql(
            'SELECT MIN(ask_at > UTC_TIMESTAMP(3)) FROM `call` WHERE'
            f' organization_id = {org.id}') == [['1']])
        if minutes == 16:
            assert live(org) == set(keys)
    # Not for ever, either.
    for key in keys:
        gone(org, key)


@by_http_alone
def while_the_carrier_was_down_dead_calls_counted(org):
    """One a window was given up: that which tried whether it is back."""
    domain = connect(org)
    rings, head = uuid.uuid4().hex, uuid.uuid4().hex
    org.sql('INSERT INTO call_event (organization_id, call_key, kind, body,'
            f" event_hash) SELECT {org.id}, CONCAT('{head}', seq),"
            ' \'session-update\', \'{"status": "ringing"}\','
            f" UNHEX(SHA2(CONCAT('{head}', seq), 256)) FROM seq_1_to_25")
    tell(org, rings, 'ringing')
    must(lambda: count(org) == 26)
    domain.answers = ['500'] * 1000
    since = time.monotonic()
    org.sql('UPDATE `call` SET ask_at = UTC_TIMESTAMP(3), updated_at ='
            f" UTC_TIMESTAMP(3) - INTERVAL IF(call_key = '{rings}', 29, 31)"
            f' MINUTE WHERE organization_id = {org.id}')
    must(lambda: live(org) == {rings}, lambda: count(org))
    assert time.monotonic() - since < 15 * SECONDS
    assert len(domain.lines()) < 25, domain.lines()
    # Of which nobody knows that it is over is asked when the carrier is back.
    domain.answers.clear()
    gone(org, rings)


if __name__ == '__main__':
    run()
