#!/usr/bin/env python3
"""The execution plane follows the configuration: what is changed through the
API is what the very next call gets, in every process; keys, suspension,
claimed numbers, limits, emergency calls, the log.
"""
import json
import os
import time

from carrier import KILL, Site, at_once, everywhere, finish, run, scenario

SORRY = 'Say Hangup'


def group(tenant, name, members, **more):
    return tenant.post('/ring-groups', {
        'name': name, 'strategy': 'simultaneous', 'members': [
            {'extension_id': id, 'priority': n + 1}
            for n, id in enumerate(members)], **more}).must(201).id


def set_by_sql(tenant, sql):
    """What no responder changes yet.  The worker tells all processes."""
    tenant.sql(f'SET @organization_id = {tenant.id}; START TRANSACTION; '
               f'{sql}; SELECT generation_raise({tenant.id}); COMMIT')
    until = time.monotonic() + 10
    while tenant.sql('SELECT COUNT(*) FROM outbox WHERE '
                     f'organization_id = {tenant.id}') != [['0']]:
        assert time.monotonic() < until, 'the outbox was not repaired'
        time.sleep(0.05)
    time.sleep(0.1)  # from Redis to the map of this machine


@scenario
def a_changed_extension_is_what_the_next_call_gets(site):
    tenant = site.tenant()
    one, two = tenant.users('1001', '1002')
    path = f'/extensions/{one}'

    def rings(short, to='1001'):
        everywhere(lambda: tenant.call(to, by='1002'), short)

    rings('Dial(1001)')
    for change, short in (
            ({'do_not_disturb': True}, SORRY),
            ({'do_not_disturb': False}, 'Dial(1001)'),
            ({'status': 'inactive'}, SORRY),
            ({'status': 'active'}, 'Dial(1001)'),
            ({'forward': {'always': {'type': 'extension', 'id': two}}},
             'Dial(1002)'),
            ({'forward': {'always': None}}, 'Dial(1001)'),
            ({'do_not_disturb': True, 'voicemail': {'enabled': True}},
             'Say Record Hangup'),
            ({'forward': {'busy': {'type': 'extension', 'id': two}}},
             'Dial(1002)'),
            ({'forward': {'busy': {'type': 'hangup'}}}, 'Hangup'),
            ({'forward': {'busy': None}, 'do_not_disturb': False,
              'voicemail': {'enabled': False}}, 'Dial(1001)')):
        tenant.patch(path, change).must(200)
        rings(short)
    tenant.patch(path, {'ring_timeout': 17}).must(200)
    assert {call.attribute('Dial', 'timeout') for call in at_once(
        lambda: tenant.call('1001', by='1002'))} == {'17'}
    # "No such number" is forgotten, too.
    rings(SORRY, '1009')
    tenant.patch(path, {'number': '1009'}).must(200)
    rings('Dial(1009)', '1009')
    rings(SORRY)
    tenant.delete(path).must(204)
    rings(SORRY, '1009')
    tenant.post(path + '/restore').must(200)
    rings('Dial(1009)', '1009')


@scenario
def a_new_number_is_reached_at_once(site):
    tenant = site.tenant()
    tenant.users('1001')
    for number in ('1010', '1011', '1012'):
        everywhere(lambda n=number: tenant.call(n, by='1001'), SORRY, 8)
        tenant.users(number)
        everywhere(lambda n=number: tenant.call(n, by='1001'),
                   f'Dial({number})', 8)


@scenario
def a_changed_group_is_what_the_next_call_gets(site):
    tenant = site.tenant()
    one, two, three = tenant.users('1001', '1002', '1003')
    id = group(tenant, 'All', [one, two])
    tenant.post('/extensions', {
        'number': '2000', 'name': 'All', 'type': 'ring_group',
        'target': {'type': 'ring_group', 'id': id}}).must(201)
    path = f'/ring-groups/{id}'

    def rings(short):
        everywhere(lambda: tenant.call('2000', by='1003'), short)

    def members(*ids):
        return {'members': [{'extension_id': each, 'priority': n}
                            for n, each in enumerate(ids)]}

    rings('Dial(1001 1002)')
    for change, short in (
            (members(one, two, three), 'Dial(1001 1002 1003)'),
            (members(three), 'Dial(1003)'),
            ({'strategy': 'sequential', **members(two, one)}, 'Dial(1002)'),
            ({'status': 'inactive'}, SORRY),
            ({'fallback': {'type': 'extension', 'id': three}}, 'Dial(1003)'),
            ({'status': 'active', 'strategy': 'simultaneous'},
             'Dial(1002 1001)')):
        tenant.patch(path, change).must(200)
        rings(short)
    # A member turns away: the group need not be told.
    tenant.patch(f'/extensions/{two}', {'do_not_disturb': True}).must(200)
    rings('Dial(1001)')
    tenant.patch(f'/extensions/{one}', {'status': 'inactive'}).must(200)
    rings('Dial(1003)')


@scenario
def a_changed_walk_goes_on_in_the_middle(site):
    tenant = site.tenant()
    one, two, three = tenant.users('1001', '1002', '1003')
    id = group(tenant, 'Walk', [one, two, three], strategy='sequential')
    number, _ = tenant.own(1, ('ring_group', id))
    call = tenant.call(number).must('Dial(1001)')
    tenant.patch(f'/extensions/{two}', {'do_not_disturb': True}).must(200)
    call.then('no-answer').must('Dial(1003)')
    call.then('no-answer').must(SORRY)


@scenario
def a_number_leads_where_it_is_told(site):
    tenant = site.tenant()
    one, two = tenant.users('1001', '1002')
    room = tenant.post('/conference-rooms', {'name': 'Room'}).must(201).id
    number, id = tenant.own(2, ('extension', one))
    for target, short in (
            (('extension', two), 'Dial(1002)'),
            (('conference_room', room), 'Dial(Conference)'),
            (('extension', one), 'Dial(1001)')):
        tenant.patch(f'/dids/{id}', {'target': {
            'type': target[0], 'id': target[1]}}).must(200)
        everywhere(lambda: tenant.call(number), short)
    tenant.patch(f'/dids/{id}', {'caller_name_prefix': 'Sales: '}).must(200)
    call = tenant.call(number, CallerName='Bob <b>&"')
    assert call.attribute('Dial', 'callerName') == 'Sales: Bob <b>&"'
    tenant.patch(f'/dids/{id}', {'record': True}).must(200)
    assert tenant.call(number).attribute('Dial', 'record')
    tenant.patch(f'/dids/{id}', {'status': 'inactive'}).must(200)
    everywhere(lambda: tenant.call(number), SORRY)


@scenario
def blocked_callers(site):
    tenant = site.tenant()
    [one] = tenant.users('1001', voicemail={'enabled': True})
    number, _ = tenant.own(3, ('extension', one))

    def calls(short, From='+16175551212'):
        everywhere(lambda: tenant.call(number, From=From), short, 6)

    calls('Dial(1001)')
    id = tenant.post('/blocked-callers', {
        'number': '+16175551212', 'action': 'reject'}).must(201).id
    calls('Reject')
    calls('Reject', '16175551212')
    calls('Dial(1001)', '+16175551213')
    tenant.patch(f'/blocked-callers/{id}', {'action': 'busy'}).must(200)
    calls('Reject[busy]')
    tenant.patch(f'/blocked-callers/{id}', {'action': 'voicemail'}).must(200)
    calls('Say Record Hangup')
    tenant.post('/blocked-callers', {
        'number': 'anonymous', 'action': 'reject'}).must(201)
    calls('Reject', 'anonymous')
    calls('Reject', '')
    tenant.delete(f'/blocked-callers/{id}').must(204)
    calls('Dial(1001)')


def rotate(site, tenant, *more):
    key = site.ctl('key', 'rotate', '--org', tenant.slug, *more).strip()
    site.secrets.add(key)
    return key


@scenario
def two_keys_are_valid_while_they_change(site):
    tenant = site.tenant()
    tenant.users('1001', '1002')

    def asks(key, status):
        heard = {(each.status, each.short) for each in at_once(
            lambda: tenant.voice({
                'Domain': tenant.domain, 'From': '1002', 'To': '1001',
                'Direction': 'subscriber'}, headers=[
                    ('Authorization', f'Bearer {key}')]), 8)}
        assert heard == {(200, 'Dial(1001)') if status == 200
                         else (401, 'Reject')}, heard

    old = tenant.key
    asks(old, 200)
    new = rotate(site, tenant)
    asks(old, 200)
    asks(new, 200)
    newer = rotate(site, tenant)
    # Two at most: the one that a rotation replaced twice is worth nothing.
    asks(old, 401)
    asks(new, 200)
    asks(newer, 200)
    new, newer = newer, rotate(site, tenant, '--minutes', '0')
    asks(new, 401)
    asks(newer, 200)
    # By its hash alone, no tenant named.
    tenant.key = newer
    tenant.call('1001', by='1002', Domain=None).must('Dial(1001)')
    tenant.key = new
    tenant.call('1001', by='1002', Domain=None).must('Reject', 401)
    rows = tenant.sql("SELECT COUNT(*) FROM audit_entry WHERE "
                      f"organization_id = {tenant.id} AND "
                      "action = 'rotate_key'")
    assert rows == [['3']], rows


@scenario
def an_old_key_ends_by_itself(site):
    tenant = site.tenant()
    tenant.users('1001', '1002')
    old, new = tenant.key, rotate(site, tenant, '--minutes', '10')
    now = time.time()
    for minutes, key, short in ((0, old, 'Dial(1001)'), (9, old,
                                'Dial(1001)'), (11, old, 'Reject'),
                                (11, new, 'Dial(1001)')):
        clock = time.strftime('%Y-%m-%dT%H:%M:%SZ',
                              time.gmtime(now + minutes * 60))
        heard = site.shell({'Domain': tenant.domain, 'From': '1002',
                            'To': '1001', 'Direction': 'subscriber'},
                           key, clock)
        assert heard.short == short, f'{minutes} {heard}'


@scenario
def a_suspended_organization_reaches_help_alone(site):
    tenant = site.tenant()
    one, _ = tenant.users('1001', '1002')
    number, _ = tenant.own(4, ('extension', one))
    ringing = tenant.call('1001', by='1002').must('Dial(1001)')
    answered = tenant.call(number).must('Dial(1001)')
    set_by_sql(tenant, "UPDATE organization SET status = 'suspended' "
               f'WHERE id = {tenant.id}')
    everywhere(lambda: tenant.call(number), 'Reject')
    everywhere(lambda: tenant.call('1001', by='1002'), SORRY)
    for by in ('1001', '1999', 'nobody'):
        tenant.call('911', by=by).must('Dial[main](911)')
    tenant.call('911').must('Reject')
    tenant.call('*78', by='1001').must(SORRY)
    ringing.then('no-answer').must(SORRY)
    answered.then('completed').must('Hangup')
    set_by_sql(tenant, "UPDATE organization SET status = 'active' "
               f'WHERE id = {tenant.id}')
    everywhere(lambda: tenant.call(number), 'Dial(1001)')
    assert not tenant.get(f'/extensions/{one}').data['do_not_disturb']


@scenario
def a_claim_is_proved_by_the_first_call(site):
    first, second = site.tenant(), site.tenant()
    [one] = first.users('1001')
    [two] = second.users('2001')
    number = first.number(5)
    mine = first.post('/dids', {'number': number, 'target': {
        'type': 'extension', 'id': one}}).must(201)
    assert mine.data['proved_at'] is None
    # No call from outside has come: nobody's from inside either.
    assert first.call(number, by='1001').short != 'Dial(1001)'
    assert first.get(f'/dids/{mine.id}').data['proved_at'] is None
    theirs = second.post('/dids', {'number': number, 'target': {
        'type': 'extension', 'id': two}}).must(201).id
    # A wrong key proves nothing.
    first.call(number, Domain=second.domain).must('Reject', 401)
    assert first.get(f'/dids/{mine.id}').data['proved_at'] is None
    everywhere(lambda: first.call(number), 'Dial(1001)')
    assert first.get(f'/dids/{mine.id}').data['proved_at'] is not None
    proofs = [(before['proved_at'], after['proved_at'] is not None)
              for action, before, after, _, _ in first.audit('did', mine.id)
              if action == 'prove']
    assert proofs == [(None, True)], first.audit('did', mine.id)
    # The second has nothing of it.
    everywhere(lambda: second.call(number), SORRY)
    assert second.get(f'/dids/{theirs}').data['proved_at'] is None
    assert second.call(number, by='2001').short != 'Dial(2001)'
    everywhere(lambda: first.call(number), 'Dial(1001)')
    # Given up by the first it is the second's with its next call.
    first.delete(f'/dids/{mine.id}').must(204)
    everywhere(lambda: first.call(number), SORRY)
    everywhere(lambda: second.call(number), 'Dial(2001)')


@scenario
def a_number_that_another_has_proved_is_an_unknown_one(site):
    """The default target takes it, as with any number that is not ours."""
    first, second = site.tenant(), site.tenant()
    [one] = first.users('1001')
    two, three = second.users('2001', '2002')
    number, _ = first.own(6, ('extension', one), proved=False)
    second.post('/dids', {'number': number, 'target': {
        'type': 'extension', 'id': two}}).must(201)
    everywhere(lambda: first.call(number), 'Dial(1001)')
    set_by_sql(second, "UPDATE setting SET default_type = 'extension', "
               f'default_id = {three} WHERE organization_id = {second.id}')
    everywhere(lambda: second.call(number), 'Dial(2002)', 6)


@scenario
def two_claims_at_the_same_time_prove_one(site):
    tenants = [site.tenant(), site.tenant()]
    number = tenants[0].number(7)
    for n, tenant in enumerate(tenants):
        [id] = tenant.users(f'100{n}')
        tenant.post('/dids', {'number': number, 'target': {
            'type': 'extension', 'id': id}}).must(201)
    turns = iter(tenants * 6)
    calls = at_once(lambda: tenants[0].call(number) if next(turns) is
                    tenants[0] else tenants[1].call(number))
    heard = {call.short for call in calls}
    assert heard in ({'Dial(1000)', SORRY}, {'Dial(1001)', SORRY}), heard
    rows = tenants[0].sql('SELECT COUNT(proved_at) FROM did '
                          f"WHERE number = '{number}'")
    assert rows == [['1']], rows


@scenario
def an_emergency_call_leaves_a_row(site):
    tenant = site.tenant()
    one, two = tenant.users('1001', '1002')
    tenant.patch(f'/extensions/{two}', {'status': 'inactive'}).must(200)
    calls = {by: tenant.call(to, by=by).must(f'Dial[main]({to})')
             for by, to in (('1001', '911'), ('1002', '112'),
                            ('1999', '911'), ('', '911'))}
    site.line(calls[''].id)
    rows = [json.loads(row[2]) | {'id': row[1], 'by': row[0]}
            for row in tenant.sql(
                "SELECT actor_type, COALESCE(object_id, 0), value_after"
                f" FROM audit_entry WHERE organization_id = {tenant.id}"
                " AND action = 'emergency_call' ORDER BY id")]
    assert [row['number'] for row in rows] == ['911', '112', '911', '911']
    assert [row['id'] for row in rows] == [str(one), str(two), '0', '0']
    assert {row['by'] for row in rows} == {'caller'}, rows
    # From outside it is no emergency, and nothing is like 911.
    tenant.call('911').must(SORRY)
    for to in ('9111', '9 1 1', '+911', '091', '91', '999', '911#'):
        assert 'Number>911' not in tenant.call(to, by='1001').text


@scenario
def limits_are_not_for_help(site):
    tenant = site.tenant()
    tenant.users('1001', '1002')
    before = tenant.call('1001', by='1002')
    set_by_sql(tenant, 'UPDATE setting SET voice_rate = 3 '
               f'WHERE organization_id = {tenant.id}')
    heard = [call.short for call in at_once(
        lambda: tenant.call('1001', by='1002'), 24)]
    assert heard.count('Dial(1001)') >= 1, heard
    # Each process counts on its own until it has settled with Redis.
    assert heard.count(SORRY) >= 12, heard
    everywhere(lambda: tenant.call('911', by='1001'), 'Dial[main](911)')
    # A call that began goes on.
    before.then('no-answer').must(SORRY, says='not available')


@scenario
def two_tenants_with_the_same_numbers(site):
    one, two = site.tenant(), site.tenant()
    one.users('1001', '1002', ring_timeout=11)
    two.users('1001', '1003', ring_timeout=22)

    def timeouts(tenant):
        return {call.attribute('Dial', 'timeout') for call in
                at_once(lambda: tenant.call('1001', by='1001'))}

    assert timeouts(one) == {'11'} and timeouts(two) == {'22'}
    one.call('1003', by='1001').must(SORRY)
    two.call('1002', by='1001').must(SORRY)
    number, _ = one.own(8)
    two.call(number).must(SORRY)
    two.call('1001', by='1001', Session='same').must('Dial(1001)')
    one.call('1001', by='1001', Session='same').must('Dial(1001)')


@scenario
def the_id_of_a_request(site):
    tenant = site.tenant()
    tenant.users('1001')
    said = json.dumps({'Domain': tenant.domain, 'To': '1001',
                       'From': '1001', 'Direction': 'subscriber'}).encode()

    def ask(id):
        return site.http('POST', '/cgi-bin/voice', said, tenant.headers() + [
            ('Content-Type', 'application/json'),
            ('X-Correlation-ID', id)], lined=False).headers['x-request-id']

    for id in ('abc', 'A-b_c.9', 'x' * 64):
        assert ask(id) == id
        assert site.line(id)['request_id'] == id
    for id in ('', 'a b', 'x' * 65, '<script>', 'a"b', 'a\\n', 'ü'.encode()):
        given = ask(id)
        assert len(given) == 36 and given.count('-') == 4, given
        site.line(given)


@scenario
def a_line_tells_the_call(site):
    tenant = site.tenant()
    one, _ = tenant.users('1001', '1002')
    id = group(tenant, 'Line', [one])
    number, _ = tenant.own(9, ('ring_group', id))
    for call, route, target in (
            (tenant.call('1001', by='1002'), 'extension', '1001'),
            (tenant.call(number), 'ring_group', None),
            (tenant.call('911', by='1001'), 'emergency', '911'),
            (tenant.call('*78', by='1002'), 'feature_code', '*78'),
            (tenant.call('+15005550123'), 'unassigned', '+15005550123')):
        line = site.line(call.id)
        assert line['route'] == route, line
        assert target is None or line['target'] == target, line
        assert line['organization_id'] == tenant.id, line
        assert line['call_id'] == call.said['Session'], line
        assert line['level'] == 'info' and line['ms'] >= 0, line
        assert line['source'] in ('memory', 'redis', 'database'), line
    # Warm, nobody is asked.
    for _ in range(8):
        tenant.call('1001', by='1002')
    sources = [site.line(tenant.call('1001', by='1002').id)['source']
               for _ in range(4)]
    assert set(sources) <= {'memory', 'redis'}, sources


@scenario
def the_carriers_own_request(site):
    """As it was captured: what we do not read does no harm."""
    tenant = site.tenant()
    [one] = tenant.users('1001')
    number, _ = tenant.own(10, ('extension', one))
    site.http('POST', '/cgi-bin/voice', json.dumps({
        'ApiVersion': '1', 'AccountSid': tenant.domain,
        'ApplicationSid': '5a5a', 'CallSid': '8d67' * 8,
        'CallStatus': 'in-progress', 'From': '972546982826',
        'To': number[1:], 'Direction': 'inbound', 'CallerName': 'Ünï ☎',
        'Domain': tenant.domain, 'Session': '8d67' * 8,
        'Application': {'id': 7, 'domainId': 9, 'name': 'OpBX',
                        'profile': {}, 'type': 'cxml', 'llm-tools': []},
        'SessionData': {'id': 1, 'token': '8d67' * 8, 'profile': {
            'callId': ['a@b'], 'trunk-sip-headers': {'To': '1001'}},
            'callStartTime': 1767225600000, 'status': 'NEW',
            'ringing': False, 'answerTime': None}}).encode(), [
                ('Content-Type', 'application/json; charset=utf-8'),
                ('X-Cx-Apikey', 'XI-application'),
                ('X-Cx-Domain', tenant.domain), ('X-Cx-Source', 'TRUNK'),
                *tenant.headers()]).must('Dial(1001)')


@scenario
def a_killed_process_is_replaced(site):
    tenant = site.tenant()
    tenant.users('1001', '1002')
    everywhere(lambda: tenant.call('1001', by='1002'), 'Dial(1001)')
    before = site.children()
    assert len(before) == 3, before
    for pid in before:
        os.kill(pid, KILL)
    everywhere(lambda: tenant.call('1001', by='1002'), 'Dial(1001)')
    until = time.monotonic() + 5
    while len(site.children()) < 3 or set(site.children()) & set(before):
        assert time.monotonic() < until, site.children()
        time.sleep(0.05)


if __name__ == '__main__':
    finish(*run(Site()))
