#!/usr/bin/env python3
"""Notifications fire: whoever asked for it is told of missed calls, messages,
emergency calls, limits and failures; once, and nobody else.
"""
import datetime
import hashlib
import hmac
import re

from carrier import finish, run, scenario
from fold import cdr, folded, key, tell
from outside import own_scenarios, site as new_site
from patience import until

SECRET = 'a secret of some length'


def rule(tenant, event, path=None, **more):
    """A rule of that event: to a path of the web stand-in, or by mail."""
    if path is not None:
        more.update(url=f'{tenant.site.outside.web.url}{path}',
                    secret=SECRET)
    return tenant.post('/notifications', {'event': event, **more}).must(
        201).id


def office(site, **more):
    tenant = site.tenant(**more)
    tenant.path = f'/{tenant.slug}'
    ann, bob = tenant.users('1001', '1002')
    number, did = tenant.own(1, ('extension', ann))
    tell(tenant, *cdr(folded_first(tenant), 'ANSWER'))
    settled(tenant)
    return tenant, number, did, ann, bob


def folded_first(tenant):
    """The call that proved the number."""
    rows = until(lambda: tenant.get('/calls').must(200).data, 'the first')
    return rows[0]['call_key']


def told(tenant, path, count=1):
    """Exactly so many events, even if one waits for more."""
    outside = tenant.site.outside
    until(lambda: len(outside.events(path)) >= count, f'{path} told')
    settled(tenant)
    found = outside.events(path)
    assert len(found) == count, found
    return found


def settled(tenant):
    """All notices were looked at and all deliveries are gone."""
    until(lambda: tenant.sql(
        'SELECT (SELECT COUNT(*) FROM notice WHERE pending = 1 AND'
        f' organization_id = {tenant.id}) + (SELECT COUNT(*) FROM delivery'
        f' WHERE organization_id = {tenant.id})'
        ' + (SELECT COUNT(*) FROM call_event WHERE unfolded = 1 AND'
        f' organization_id = {tenant.id})') == [['0']],
        'the end of all deliveries', 30)


def notices(tenant, event):
    return int(tenant.sql(
        f"SELECT COUNT(*) FROM notice WHERE event = '{event}' AND"
        f' organization_id = {tenant.id}')[0][0])


@scenario
def a_missed_call_is_told_once(site):
    tenant, number, did, ann, _ = office(site)
    id = rule(tenant, 'missed_call', tenant.path)
    rule(tenant, 'missed_call', email=f'missed@{tenant.slug}.example')
    call = tenant.call(number, CallerName='Cy').must('Dial(1001)')
    call.then('canceled').must('Hangup')
    token = call.said['Session']
    said = cdr(token, 'CANCEL', **{'from': '6175551212', 'to': number[1:]})
    for _ in range(3):
        tell(tenant, *said)
        tell(tenant, 'call-status', Session=token, CallStatus='canceled',
             eventId=key())
    folded(tenant, token, missed=True)
    [event] = told(tenant, tenant.path)
    assert event['event'] == 'missed_call', event
    assert event['organization_id'] == tenant.id
    assert event['notification']['id'] == id
    assert event['call']['call_key'] == token
    assert event['call']['from_number'] == '+16175551212'
    assert event['call']['did_id'] == did
    assert event['call']['extension_id'] == ann
    assert event['text'] == \
        f'Missed call from +16175551212 (Cy) to {number}', event
    request = [each for each in site.outside.web.requests
               if each.path == tenant.path][0]
    assert request.headers['x-opbx-signature'] == hmac.new(
        SECRET.encode(), request.headers['x-opbx-timestamp'].encode() + b'.' +
        request.body, hashlib.sha256).hexdigest()
    [letter] = site.outside.letters(f'missed@{tenant.slug}.example')
    assert letter['subject'] == event['text'], letter['subject']
    assert 'missed_call to' in letter.get_content(), letter.get_content()
    # By the clock of who reads it, not by ours.
    at = re.search(r'^At: (\S+ \S+) (\S+) \(([\w/]+)\)',
                   letter.get_content(), re.M)
    assert at and at[3] == 'America/New_York', letter.get_content()
    when = datetime.datetime.fromisoformat(f'{at[1]}{at[2]}')
    assert at[2] in ('-05:00', '-04:00')
    assert abs((when - datetime.datetime.fromisoformat(
        event['created_at'].replace('Z', '+00:00'))).total_seconds()) < 1
    shown = tenant.get(f'/notifications/{id}').must(200).data
    assert shown['delivered_at'] and not shown['failure'], shown
    # Another call is another notice.
    call = tenant.call(number).must('Dial(1001)')
    call.then('canceled').must('Hangup')
    told(tenant, tenant.path, 2)


@scenario
def whatever_a_caller_is_called_the_mail_goes_out(site):
    tenant, number, _, _, _ = office(site)
    to = f'names@{tenant.slug}.example'
    rule(tenant, 'missed_call', email=to)
    call = tenant.call(number, CallerName='Lobby\tphone\r\nBcc: x@y.example')
    call.must('Dial(1001)').then('canceled').must('Hangup')
    tell(tenant, *cdr(call.said['Session'], 'CANCEL', **{
        'from': '6175551212', 'to': number[1:]}))
    until(lambda: site.outside.letters(to), 'the mail')
    [letter] = site.outside.letters(to)
    assert '(Lobby phone  Bcc: x@y.example)' in letter['subject'], \
        letter['subject']
    assert letter['bcc'] is None


@scenario
def who_took_the_call_missed_nothing(site):
    tenant, number, _, _, _ = office(site)
    rule(tenant, 'missed_call', tenant.path)
    call = tenant.call(number).must('Dial(1001)')
    call.then('completed').must('Hangup')
    tell(tenant, *cdr(call.said['Session'], 'ANSWER'))
    folded(tenant, call.said['Session'], state='completed')
    # Nor who is called from inside; nor while it rings.
    inside = tenant.call('1001', by='1002').must('Dial(1001)')
    tell(tenant, *cdr(inside.said['Session'], 'NO ANSWER'))
    folded(tenant, inside.said['Session'], state='no_answer')
    tenant.call(number).must('Dial(1001)')
    settled(tenant)
    assert notices(tenant, 'missed_call') == 0
    assert site.outside.events(tenant.path) == []


@scenario
def a_rule_is_about_its_subjects(site):
    tenant, number, did, ann, bob = office(site)
    group = tenant.post('/ring-groups', {
        'name': 'Sales', 'strategy': 'simultaneous', 'members': [
            {'extension_id': bob}]}).must(201).id
    other, other_did = tenant.own(2, ('ring_group', group))
    for name, type, id in (
            ('ann', 'extension', ann), ('bob', 'extension', bob),
            ('sales', 'ring_group', group), ('first', 'did', did),
            ('second', 'did', other_did)):
        rule(tenant, 'missed_call', f'{tenant.path}/{name}',
             subjects=[{'type': type, 'id': id}])
    off = rule(tenant, 'missed_call', f'{tenant.path}/off')
    tenant.patch(f'/notifications/{off}', {'status': 'inactive'}).must(200)
    gone = rule(tenant, 'missed_call', f'{tenant.path}/gone')
    tenant.delete(f'/notifications/{gone}').must(204)
    rule(tenant, 'voicemail', f'{tenant.path}/voicemail')
    there = site.tenant()
    rule(there, 'missed_call', f'{tenant.path}/there')
    tenant.call(number).must('Dial(1001)').then('canceled')
    told(tenant, f'{tenant.path}/ann')
    told(tenant, f'{tenant.path}/first')
    tenant.call(other).must('Dial(1002)').then('canceled')
    for name in ('bob', 'sales', 'second', 'ann', 'first'):
        told(tenant, f'{tenant.path}/{name}')
    for name in ('off', 'gone', 'voicemail', 'there'):
        assert site.outside.events(f'{tenant.path}/{name}') == [], name


@scenario
def an_emergency_call_is_told_at_once_and_audited(site):
    tenant, number, _, ann, bob = office(site)
    rule(tenant, 'emergency', tenant.path)
    rule(tenant, 'emergency', f'{tenant.path}/ann',
         subjects=[{'type': 'extension', 'id': ann}])
    rule(tenant, 'emergency', f'{tenant.path}/bob',
         subjects=[{'type': 'extension', 'id': bob}])
    call = tenant.call('911', by='1001')
    assert call.numbers == ['911'], call
    token = call.said['Session']
    [event] = told(tenant, tenant.path)
    told(tenant, f'{tenant.path}/ann')
    assert event['text'] == 'Emergency call from 1001 to 911', event
    assert event['call']['from_extension_id'] == ann
    # It is not over yet; what follows is the same emergency.
    for _ in range(2):
        tenant.voice(call.said)
        tell(tenant, *cdr(token, 'ANSWER', **{'from': '1001', 'to': '911'}))
    row = folded(tenant, token, state='completed')
    told(tenant, tenant.path)
    assert site.outside.events(f'{tenant.path}/bob') == []
    audit = tenant.sql(
        'SELECT DISTINCT action, actor_type, object_type, object_id FROM'
        f' audit_entry WHERE organization_id = {tenant.id} AND'
        " action = 'emergency_call'")
    assert audit == [['emergency_call', 'caller', 'extension', str(ann)]], \
        audit
    assert row['emergency'] is True
    # Who calls it from outside calls nobody.
    tenant.call('911')
    settled(tenant)
    assert notices(tenant, 'emergency') == 1


@scenario
def a_limit_is_told_once_an_hour(site):
    tenant, number, _, _, _ = office(site)
    rule(tenant, 'limit', tenant.path)
    settled(tenant)
    tenant.sql('UPDATE organization SET limit_concurrent_calls = 1 WHERE id ='
               f' {tenant.id}')
    site.ctl('org', 'suspend', '--org', tenant.slug)
    site.ctl('org', 'resume', '--org', tenant.slug)
    first = tenant.call(number)
    until(lambda: tenant.call(number).short == 'Say Hangup', 'the limit')
    for _ in range(3):
        tenant.call(number).must('Say Hangup', says='lines are busy')
    until(lambda: notices(tenant, 'limit') > 0, 'a notice')
    settled(tenant)
    assert first.short == 'Dial(1001)'
    count = notices(tenant, 'limit')
    assert count in (1, 2), count  # the hour may have ended meanwhile
    event = told(tenant, tenant.path, count)[0]
    assert 'all lines' in event['text'], event


@scenario
def what_failed_for_good_is_told(site):
    tenant, number, _, ann, _ = office(site)
    rule(tenant, 'failure', tenant.path)
    rule(tenant, 'voicemail', f'{tenant.path}/voicemail')
    tenant.sql(
        'INSERT INTO parked_job (organization_id, queue, job_key, payload,'
        f" attempts, failure) VALUES ({tenant.id}, 'recordings',"
        " 'recording:1', '{}', 5, 'it answered 404')")
    [event] = told(tenant, tenant.path)
    assert 'recordings' in event['text'] and '404' in event['text'], event
    # That telling failed is told by its rule alone.
    for queue in ('deliveries', 'notifications'):
        tenant.sql(
            'INSERT INTO parked_job (organization_id, queue, job_key,'
            f" payload, failure) VALUES ({tenant.id}, '{queue}', 'x', '{{}}',"
            " 'it answered 404')")
    tenant.sql('INSERT INTO carrier_step (organization_id, step, state,'
               f" failure) VALUES ({tenant.id}, 'domain', 'failed', 'no key')"
               " ON DUPLICATE KEY UPDATE state = 'failed', failure = 'no key'")
    told(tenant, tenant.path, 2)
    for state in ('pending', 'failed', 'pending', 'failed'):
        tenant.sql(f"UPDATE carrier_step SET state = '{state}' WHERE"
                   f" organization_id = {tenant.id} AND step = 'domain'")
    told(tenant, tenant.path, 2)
    assert site.outside.events(f'{tenant.path}/voicemail') == []
    assert notices(tenant, 'failure') == 2


@scenario
def nothing_is_lost_when_redis_forgets(site):
    tenant, number, _, _, _ = office(site)
    rule(tenant, 'missed_call', tenant.path)
    settled(tenant)
    tenant.sql("INSERT INTO notice (organization_id, event, notice_key, text)"
               f" VALUES ({tenant.id}, 'missed_call', 'lost', 'Lost')")
    [event] = told(tenant, tenant.path)
    assert event['text'] == 'Lost' and 'call' not in event, event
    # The same once more is refused by the schema, whoever says it.
    try:
        tenant.sql(
            'INSERT INTO notice (organization_id, event, notice_key, text)'
            f" VALUES ({tenant.id}, 'missed_call', 'lost', 'Lost')")
        raise AssertionError('there are two')
    except RuntimeError as error:
        assert '1062' in str(error), error
    told(tenant, tenant.path)


@scenario
def a_rule_that_fails_does_not_hold_up_others(site):
    tenant, number, _, _, _ = office(site)
    ids = [rule(tenant, 'missed_call', f'{tenant.path}/other'),
           rule(tenant, 'missed_call', tenant.path)]
    site.outside.web.answers = ['500']
    tenant.call(number).must('Dial(1001)').then('canceled')
    until(lambda: site.outside.events(tenant.path), 'the other')
    until(lambda: site.outside.events(f'{tenant.path}/other'), 'the first')
    until(lambda: tenant.sql(
        'SELECT attempts, failure IS NOT NULL FROM delivery WHERE'
        f' organization_id = {tenant.id}') == [['1', '1']], 'the failure')
    assert len(site.outside.events(tenant.path)) == 1
    failures = [tenant.get(f'/notifications/{id}').must(200).data['failure']
                for id in ids]
    assert sorted(map(str, failures)) == ['None', 'it answered 500'], failures
    site.outside.web.answers = []


if __name__ == '__main__':
    finish(*run(new_site(), own_scenarios()))
