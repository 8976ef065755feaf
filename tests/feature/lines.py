#!/usr/bin/env python3
"""How many calls at once, and help whatever the limits: what a tenant's lines
take when calls come faster than anybody can count, when the worker sleeps and
when Redis is away; and what is kept of emergencies.
"""
import signal
import time

from carrier import Site, at_once, finish, run
from fold import active, cdr, folded, office, redis, tell
from patience import until
from voice_outage import parts

SORRY = 'Say Hangup'
HELP = 'Dial[main](911)'


def limited(site, most):
    tenant, number, did, ann = office(site)
    tenant.sql(f'UPDATE organization SET limit_concurrent_calls = {most}'
               f' WHERE id = {tenant.id}')
    site.ctl('org', 'suspend', '--org', tenant.slug)
    site.ctl('org', 'resume', '--org', tenant.slug)
    # The one that proved the number.
    for token in until(lambda: active(tenant), 'the first call'):
        tell(tenant, *cdr(token, 'CANCEL'))
        folded(tenant, token, state='canceled')
    until(lambda: not active(tenant), 'silence')
    return tenant, number, ann


def through(calls):
    for call in calls:
        assert call.short in ('Dial(1001)', SORRY), call
    return [call for call in calls if call.short == 'Dial(1001)']


def no_call_more_however_fast_they_come(site):
    tenant, number, _ = limited(site, 3)
    site.signal(signal.SIGSTOP, 'worker')
    try:
        good = through(at_once(lambda: tenant.call(number), 24))
        assert len(good) == 3, len(good)
        # A request that comes again is no call more.
        tenant.voice(good[0].said).must('Dial(1001)')
        good[0].then('no-answer').must('Say Record Hangup')
        tenant.call(number).must(SORRY, says='lines are busy')
        wanted = tenant.call('911', by='1001').must(HELP)
    finally:
        site.signal(signal.SIGCONT, 'worker')
    # Who hung up leaves a line, and one that was never told of does so too.
    for call in [wanted, *good]:
        folded(tenant, call.said['Session'])
    for call in good[:2]:
        tell(tenant, *cdr(call.said['Session'], 'ANSWER'))
        folded(tenant, call.said['Session'], state='completed')
    again = through(at_once(lambda: tenant.call(number), 12))
    # The emergency takes a line, and is not refused for it.
    assert len(again) == 1, len(again)


def one_line_is_one_line(site):
    tenant, number, _ = limited(site, 1)
    calls = [tenant.call(number) for _ in range(6)]
    assert [call.short for call in calls] == ['Dial(1001)'] + [SORRY] * 5


def without_redis_mariadb_counts(site):
    tenant, number, _ = limited(site, 2)
    good = through([tenant.call(number) for _ in range(2)])
    for call in good:
        folded(tenant, call.said['Session'])
    [server] = parts(site, ['redis'])
    server.away('killed')
    try:
        tenant.call(number).must(SORRY, says='lines are busy')
        tenant.call('911', by='1001').must(HELP)
    finally:
        server.back()


def help_is_kept_whatever_the_rate(site):
    tenant, number, _, ann = office(site)
    tenant.patch('/settings', {'rates': {'voice': 1}}).must(200)
    while time.time() % 60 > 45:
        time.sleep(0.5)
    until(lambda: tenant.call(number).short == SORRY, 'the limit')
    call = tenant.call('911', by='1001').must(HELP)
    row = folded(tenant, call.said['Session'], emergency=True)
    assert row['from_extension_id'] == ann
    until(lambda: tenant.sql(
        'SELECT COUNT(*) FROM notice WHERE organization_id ='
        f" {tenant.id} AND event = 'emergency'") == [['1']], 'a notice')
    # That calls were refused is told, by the first of them.
    until(lambda: tenant.sql(
        'SELECT COUNT(*) > 0 FROM notice WHERE organization_id ='
        f" {tenant.id} AND event = 'limit'") == [['1']], 'a notice')


def help_is_kept_without_a_session(site):
    tenant, _, _, ann = office(site)
    tenant.voice({'From': '1001', 'To': '112', 'Direction': 'subscriber'}
                 ).must('Dial[main](112)')
    [row] = until(lambda: [
        each for each in tenant.get('/calls').must(200).data
        if each['emergency']], 'the call')
    assert row['to'] == '112' and row['from_extension_id'] == ann


def a_flood_without_a_session_was_told_to_nobody(site):
    tenant, number, _, _ = office(site)
    tenant.patch('/settings', {'rates': {'voice': 1}}).must(200)
    said = {'From': '+16175551212', 'To': number, 'Direction': 'inbound'}
    for _ in range(3):
        until(lambda: tenant.voice(said).short == SORRY, 'the limit')
    until(lambda: tenant.sql(
        'SELECT COUNT(*) > 0 FROM notice WHERE organization_id ='
        f" {tenant.id} AND event = 'limit'") == [['1']], 'a notice')
    # One of many: of each process at most one in a minute.
    [[kept]] = tenant.sql(
        'SELECT COUNT(*) FROM `call` WHERE organization_id ='
        f" {tenant.id} AND call_key LIKE 'flood %'")
    assert 1 <= int(kept) <= 4, kept


def help_is_audited_once_mariadb_is_back(site):
    tenant, _, _, ann = office(site)
    tenant.call('911', by='1001').must(HELP)  # what it takes is known now
    [server] = parts(site, ['mariadb'])
    server.away('killed')
    try:
        call = tenant.call('911', by='1001').must(HELP)
    finally:
        server.back()
    folded(tenant, call.said['Session'], emergency=True)
    rows = until(lambda: [each for each in tenant.sql(
        'SELECT actor_type, object_type, object_id, value_after FROM audit_entry'
        f' WHERE organization_id = {tenant.id} AND action ='
        " 'emergency_call'")], 'the audit')
    until(lambda: redis(site, 'XLEN', 'opbx:queue:events') == '0', 'peace')
    assert rows == [['caller', 'extension', str(ann), '{"number":"911"}']
                    ] * 2, rows


if __name__ == '__main__':
    finish(*run(Site(children=2, patient=False), [
        no_call_more_however_fast_they_come, one_line_is_one_line,
        without_redis_mariadb_counts, help_is_kept_whatever_the_rate,
        help_is_kept_without_a_session,
        a_flood_without_a_session_was_told_to_nobody,
        help_is_audited_once_mariadb_is_back]))
