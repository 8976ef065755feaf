"""From what a carrier tells and `voice` decides to a call: one row whatever
the order and however often, its legs, records, recordings and messages, the
calls in progress, and the limit of calls at once.

    OPBX_ONLY=word  the scenarios that have it in their name
"""
import itertools
import json
import random
import subprocess
import time
import uuid

from carrier import Site, finish, run, scenario
from patience import until

KINDS = 'call-initiated', 'call-status', 'session-update', 'cdr', 'recording'
BUSY = 'Say Hangup'


def tell(tenant, kind, said=(), **more):
    """One message of the carrier."""
    answer = tenant.site.http(
        'POST', f'/cgi-bin/webhook/{kind}',
        json.dumps({'Domain': tenant.domain, **dict(said), **more}).encode(),
        tenant.headers() + [('Content-Type', 'application/json')],
        lined=False)
    assert answer.status == 200, answer


def row_of(tenant, key):
    rows = tenant.sql('SELECT id FROM `call` WHERE organization_id ='
                      f" {tenant.id} AND call_key = '{key}'")
    return tenant.get(f'/calls/{rows[0][0]}').must(200).data if rows else None


def folded(tenant, key, **wanted):
    """The call, once it is as wanted and has all its events."""
    def holds():
        if int(tenant.sql('SELECT COUNT(*) FROM call_event WHERE unfolded = 1'
                          f' AND organization_id = {tenant.id}')[0][0]):
            return None
        call = row_of(tenant, key)
        return call if call and all(
            call[name] == value for name, value in wanted.items()) else None
    try:
        return until(holds, f'{key} {wanted}')
    except AssertionError:
        raise AssertionError(
            f'{wanted} instead of {row_of(tenant, key)}') from None


def redis(site, *words):
    return subprocess.run(
        ['redis-cli', '-s', site.var / 'run' / 'redis.sock', *map(str, words)],
        capture_output=True, text=True, timeout=20).stdout.strip()


def key():
    return uuid.uuid4().hex


def session(token, status, **more):
    return ('session-update', {'token': token, 'status': status,
                               'eventId': key(), **more})


def cdr(token, disposition, **more):
    """now: what the carrier says of the time does not matter here"""
    now = int(time.time() * 1000)
    return ('cdr', {
        'domain': None, 'from': '2025550199', 'to': '12125550100',
        'duration': 33, 'billsec': 31, 'disposition': disposition,
        'call_id': f'{token}@192.0.2.1:5060', 'subscriber': None,
        'cx_trunk_id': 7, 'rated_cost': 0.0125, **more,
        'session': {'token': token, 'callStartTime': now - 33000,
                    'callAnswerTime': now - 31000, 'callEndTime': now,
                    'status': None}})


def office(site):
    """An organization with 1001 at a number of its own."""
    tenant = site.tenant()
    [ann] = tenant.users('1001', voicemail={'enabled': True})
    number, did = tenant.own(1, ('extension', ann))
    return tenant, number, did, ann


@scenario
def a_call_from_its_first_ring_to_its_record(site):
    tenant, number, did, ann = office(site)
    call = tenant.call(number, CallerName='Ann B. Caller').must('Dial(1001)')
    token = call.said['Session']
    row = folded(tenant, token, state='initiated')
    assert row['from'] == '+16175551212' and row['to'] == number
    assert row['direction'] == 'inbound' and row['caller_name'] == \
        'Ann B. Caller'
    assert row['did'] == {'id': did, 'number': number}
    assert row['target'] == {'type': 'extension', 'id': ann}
    assert row['extension_id'] == ann and row['duration'] == 0
    assert [leg['to'] for leg in row['legs']] == ['1001']
    texts = [step['text'] for step in row['steps']]
    assert texts[-2:] == [f'own number {number}', 'ring 1001'], texts
    assert row['steps'][-1]['type'] == 'extension'
    assert row['steps'][-1]['id'] == ann
    tell(tenant, *session(token, 'ringing'))
    ringing = folded(tenant, token, state='ringing')
    assert ringing['id'] == row['id'] and ringing['ringing_at']
    now = int(time.time() * 1000)
    tell(tenant, *session(token, 'connected', callAnswerTime=now))
    assert folded(tenant, token, state='answered')['answered_at']
    call.then('completed').must('Hangup')
    tell(tenant, *cdr(token, 'ANSWER'))
    row = folded(tenant, token, state='completed', duration=33, billed=31)
    assert row['missed'] is False and row['ended_at']
    assert row['legs'][0]['state'] == 'completed'
    assert sorted(event['kind'] for event in row['events']) == [
        'cdr', 'session-update', 'session-update', 'voice', 'voice']
    [record] = row['cdrs']
    assert record['disposition'] == 'answered' and record['duration'] == 33
    whole = tenant.get(f'/cdrs/{record["id"]}').must(200).data
    assert whole['direction'] == 'inbound'
    assert whole['document']['cx_trunk_id'] == 7
    page = tenant.page(f'/calls/{row["id"]}').must(200).text
    assert 'ring 1001' in page


@scenario
def one_row_whatever_the_order_and_however_often(site):
    tenant, number, _, _ = office(site)
    chosen = random.Random(6)
    orders = chosen.sample(list(itertools.permutations(range(6))), 24)
    now = int(time.time() * 1000) + 60000
    tokens = []
    for order in orders:
        token = key()
        tokens.append(token)
        said = {'Session': token, 'From': '2025550199', 'To': number,
                'Direction': 'inbound', 'CallStatus': 'in-progress'}
        start = {'callStartTime': now - 90000}
        events = [
            None,
            ('call-initiated', said),
            ('call-status', {**said, 'CallStatus': 'ringing',
                             'Timestamp': '2026-11-22T20:00:00Z'}),
            session(token, 'connected', callAnswerTime=now - 31000, **start),
            ('call-status', {**said, 'CallStatus': 'completed'}),
            cdr(token, 'ANSWER')]
        events[5][1]['session'] = {
            'token': token, 'callStartTime': now - 90000,
            'callAnswerTime': now - 31000, 'callEndTime': now}
        twice = list(order) * 2
        chosen.shuffle(twice)
        for which in twice:
            if which == 0:
                tenant.voice({'Domain': tenant.domain, **said})
            else:
                tell(tenant, *events[which])
    rows = [folded(tenant, token, state='completed') for token in tokens]

    def essence(row):
        # Which differ for good: ids, keys, when a version was written, and
        # when `voice` was asked.
        assert len(row['events']) == 6, row['events']
        assert len(row['cdrs']) == 1 and len(row['legs']) == 1
        return {name: value for name, value in row.items() if name not in (
            'id', 'call_key', 'updated_at', 'events', 'cdrs', 'legs',
            'steps')} | {'steps': [step['text'] for step in row['steps']],
                         'leg': row['legs'][0]['state']}
    first = essence(rows[0])
    for row in rows[1:]:
        assert essence(row) == first, (essence(row), first)
    assert first['duration'] == 33 and first['leg'] == 'completed'
    count = tenant.sql('SELECT COUNT(*), COUNT(DISTINCT call_key) FROM `call`'
                       f' WHERE organization_id = {tenant.id} AND call_key IN'
                       f' ({",".join(repr(token) for token in tokens)})')
    assert count == [['24', '24']], count
    assert tenant.sql('SELECT COUNT(*) FROM cdr WHERE organization_id ='
                      f' {tenant.id}') == [['24']]


@scenario
def a_call_that_nobody_took_was_missed(site):
    tenant, number, _, ann = office(site)
    call = tenant.call(number).must('Dial(1001)')
    call.then('canceled').must('Hangup')
    row = folded(tenant, call.said['Session'], state='canceled')
    assert row['missed'] is True and row['extension_id'] == ann
    assert row['legs'][0]['state'] == 'canceled'
    assert any('gave up' in step['text'] for step in row['steps'])
    call = tenant.call(number).must('Dial(1001)')
    tell(tenant, *cdr(call.said['Session'], 'NO ANSWER'))
    row = folded(tenant, call.said['Session'], state='no_answer')
    assert row['missed'] is True
    # Who dials himself misses nothing.
    call = tenant.call('1001', by='1002').must('Dial(1001)')
    tell(tenant, *cdr(call.said['Session'], 'BUSY'))
    row = folded(tenant, call.said['Session'], state='busy')
    assert row['missed'] is False and row['direction'] == 'internal'
    missed = tenant.get('/calls?missed=true').must(200).data
    assert len(missed) == 2


@scenario
def a_message_is_one_message(site):
    tenant, number, _, ann = office(site)
    call = tenant.call(number, CallerName='Cy').must('Dial(1001)')
    token = call.said['Session']
    call.then('no-answer').must('Say Record Hangup')
    url = 'https://carrier.example/recordings/1.wav'
    said = {'Session': token, 'RecordingDuration': '7'}
    call.back(RecordingUrl=f'{url}?signed=1', RecordingDuration='7').must(
        'Hangup')
    for n in range(3):
        tell(tenant, 'recording', RecordingUrl=f'{url}?signed={n}', **said)
    tell(tenant, *cdr(token, 'ANSWER', recording_url=url))
    row = folded(tenant, token, state='completed')
    assert row['missed'] is True
    assert row['recordings'] == []
    [message] = row['voicemails']
    assert message['extension_id'] == ann and message['seconds'] == 7
    data = tenant.get(f'/voicemails/{message["id"]}').must(200).data
    assert data['caller_name'] == 'Cy'
    assert data['from_number'] == '+16175551212'


@scenario
def what_was_recorded_of_a_call_waits_to_be_fetched(site):
    tenant, number, did, _ = office(site)
    tenant.patch(f'/dids/{did}', {'record': True}).must(200)
    call = tenant.call(number).must('Dial(1001)')
    token = call.said['Session']
    url = 'https://carrier.example/recordings/2.wav'
    # Before anybody knows of the call.
    tell(tenant, 'recording', Session='elsewhere', RecordingUrl=url)
    tell(tenant, 'recording', Session=token, RecordingUrl=url,
         RecordingStatus='in-progress')
    tell(tenant, 'recording', Session=token, RecordingUrl=url,
         RecordingStatus='completed', RecordingDuration='31')
    call.then('completed')
    tell(tenant, *cdr(token, 'ANSWER', recording_url=url))
    row = folded(tenant, token, state='completed')
    [recording] = row['recordings']
    assert recording['seconds'] == 31 and row['voicemails'] == []
    data = tenant.get(f'/recordings/{recording["id"]}').must(200).data
    assert data['did_id'] == did, data
    assert tenant.sql('SELECT source_url FROM recording WHERE id ='
                      f' {recording["id"]}') == [[url]]
    assert row_of(tenant, 'elsewhere') is None
    assert int(tenant.sql("SELECT COUNT(*) FROM recording WHERE call_key ="
                          f" 'elsewhere' AND organization_id = {tenant.id}"
                          )[0][0]) == 1


@scenario
def who_never_asked_has_calls_too(site):
    tenant, number, did, ann = office(site)
    there = site.tenant()
    one, two = key(), key()
    tell(tenant, *cdr(one, 'CONNECTED', **{'from': '2025550199',
                                           'to': number[1:]}))
    tell(tenant, *session(two, 'ringing', callerId='1001',
                          destination='442079460000'))
    row = folded(tenant, one, state='completed')
    assert row['direction'] == 'inbound' and row['did']['id'] == did
    assert row['steps'] == [] and row['missed'] is False
    row = folded(tenant, two, state='ringing')
    assert row['direction'] == 'outbound'
    assert row['from_extension_id'] == ann
    assert row['to_number'] == '+442079460000'
    there.get(f'/calls/{row["id"]}').must(404)
    assert there.get('/calls').must(200).data == []


@scenario
def nonsense_is_kept_and_is_no_call(site):
    tenant, _, _, _ = office(site)
    token = key()
    before = until(lambda: len(tenant.get('/calls').must(200).data),
                   'the call that proved the number')
    for kind in KINDS:
        tell(tenant, kind, token=token)
        tell(tenant, kind, token=token, status=7, callStartTime='soon',
             disposition=7, RecordingUrl=None, CallStatus=[1, {'a': None}])
    tell(tenant, 'session-update', nobody='knows', of='which call')
    until(lambda: tenant.sql(
        'SELECT COUNT(*), COUNT(unfolded) FROM call_event WHERE'
        f" organization_id = {tenant.id} AND kind <> 'voice'")
        == [['11', '0']], 'the fold')
    assert len(tenant.get('/calls').must(200).data) == before, \
        tenant.get('/calls').json
    assert tenant.sql('SELECT COUNT(*) FROM parked_job WHERE'
                      f' organization_id = {tenant.id}') == [['0']]


def active(tenant):
    return [row['call_key'] for row in
            tenant.get('/calls/active').must(200).data]


@scenario
def calls_in_progress_are_in_redis(site):
    tenant, number, did, ann = office(site)
    until(lambda: redis(site, 'EXISTS', 'opbx:live') == '1', 'opbx:live')
    proved = until(lambda: active(tenant), 'the first call')
    one = tenant.call(number).said['Session']
    two = tenant.call(number).said['Session']
    until(lambda: set(active(tenant)) >= {one, two}, 'both calls')
    assert redis(site, 'HEXISTS', f'opbx:{tenant.id}:live', one) == '1'
    rows = tenant.get('/calls/active').must(200).data
    listed = {row['call_key']: row
              for row in tenant.get('/calls').must(200).data}
    for row in rows:
        assert row == listed[row['call_key']], (row, listed)
    tell(tenant, *cdr(one, 'ANSWER'))
    folded(tenant, one, state='completed')
    until(lambda: one not in active(tenant), 'the end')
    assert two in active(tenant)
    feed = redis(site, 'XRANGE', f'opbx:{tenant.id}:feed', '-', '+')
    assert one in feed and '"type":"call"' in feed
    # Redis forgets all: MariaDB knows.
    redis(site, 'FLUSHALL')
    assert set(active(tenant)) == {two, *proved}
    assert redis(site, 'EXISTS', 'opbx:live') == '0'
    tell(tenant, *cdr(two, 'CANCEL'))
    folded(tenant, two, state='canceled')
    assert two not in active(tenant)


@scenario
def so_many_calls_and_no_more(site):
    tenant, number, _, _ = office(site)
    for token in until(lambda: active(tenant), 'the first call'):
        tell(tenant, *cdr(token, 'CANCEL'))
        folded(tenant, token, state='canceled')
    tenant.sql('UPDATE organization SET limit_concurrent_calls = 2 WHERE id ='
               f' {tenant.id}')
    site.ctl('org', 'suspend', '--org', tenant.slug)
    site.ctl('org', 'resume', '--org', tenant.slug)
    live = f'opbx:{tenant.id}:live'
    until(lambda: redis(site, 'HLEN', live) == '0', 'silence')
    first = tenant.call(number).must('Dial(1001)').said['Session']
    until(lambda: redis(site, 'HLEN', live) == '1', 'one call')
    second = tenant.call(number).must('Dial(1001)')
    until(lambda: redis(site, 'HLEN', live) == '2', 'two calls')
    for _ in range(6):
        tenant.call(number).must(BUSY, says='lines are busy')
    # Who is in goes on, and a repeated request of it is no call more.
    tenant.voice(second.said).must('Dial(1001)')
    second.then('no-answer').must('Say Record Hangup')
    # Help is never refused.
    tenant.call('911', by='1001').must('Dial[main](911)')
    until(lambda: redis(site, 'HLEN', live) == '3', 'the emergency')
    for token in active(tenant):
        tell(tenant, *cdr(token, 'ANSWER'))
        folded(tenant, token, state='completed')
    tenant.call(number).must('Dial(1001)')
    assert first not in active(tenant)
    row = tenant.get('/calls?state=completed').must(200).data
    assert all(each['state'] == 'completed' for each in row)


@scenario
def an_emergency_is_noted(site):
    tenant, _, _, ann = office(site)
    call = tenant.call('911', by='1001').must('Dial[main](911)')
    row = folded(tenant, call.said['Session'], emergency=True)
    assert row['direction'] == 'outbound'
    assert row['from_extension_id'] == ann
    assert row['target'] == {'type': 'external', 'number': '911'}


@scenario
def without_redis_decisions_come_later(site):
    tenant, number, _, _ = office(site)
    pid = site.pid('redis')
    call = tenant.call(number).must('Dial(1001)')
    folded(tenant, call.said['Session'])
    subprocess.run(['kill', '-STOP', str(pid)], check=True)
    try:
        tokens = []

        def one_more():
            tokens.append(tenant.call(number).must('Dial(1001)')
                          .said['Session'])
            return any(row_of(tenant, token) for token in tokens)
        # The first lie in the sockets of what is stopped.
        until(one_more, 'a call from the spool')
    finally:
        subprocess.run(['kill', '-CONT', str(pid)], check=True)
    for token in tokens:
        folded(tenant, token, state='initiated', direction='inbound')


if __name__ == '__main__':
    finish(*run(Site()))
