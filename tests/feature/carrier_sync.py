"""The carrier's side follows: wiring, subscribers, lists and the end of calls,
told by the worker to a stand-in.
"""
import json

from carrier_side import (CARRIER, STEPS, connect, due, fresh, in_step, key_of,
                          live_call, must, run, state_of, steps, wired)
from support import by_http_alone, only, scenario


@scenario
def a_tenant_is_wired_step_by_step(org):
    domain = connect(org, wait=False)
    wired(org)
    base = org.get('/settings/carrier').data['voice_application']['url']
    profile = domain.profile
    assert profile['theirs'] == 'kept'
    assert profile['session-update-endpoint'] == base.replace(
        '/voice', '/webhook/session-update')
    assert profile['cdr-endpoint'] == base.replace('/voice', '/webhook/cdr')
    assert profile['call-timeout'] == 30
    assert profile['redirect-unknown-to-border'] is False
    [app] = domain.applications.values()
    assert (app['name'], app['type'], app['url'], app['method']) == (
        'opbx', 'cxml', base, 'POST')
    assert domain.default == app['id']
    # It is the key that calls are let in with.
    answer = org.ask('POST', '/voice', {
        'Domain': domain.name, 'From': '+16175551212', 'To': '+12125550100',
        'Direction': 'inbound', 'Session': '1'}, token='', headers={
            'Authorization': f"Bearer {profile['authorization-api-key']}"})
    assert answer.status == 200 and 'Hangup' in answer.text
    for row in org.get('/settings/carrier').data['steps']:
        assert row['failure'] is None and row['updated_at']
    assert 'domain_profile' in org.page('/settings/carrier').must(200).text


@scenario
def without_a_key_nothing_is_asked(org):
    domain = CARRIER.domain(f'{org.slug}.example.net', key_of(org))
    org.sql(f"UPDATE organization SET domain = '{domain.name}'"
            f" WHERE id = {org.id}")
    id = org.extension('1001')
    org.post('/settings/carrier/wire').must(409, 'CONFLICT')
    must(lambda: org.sql('SELECT due_at FROM carrier_due WHERE'
                         f' organization_id = {org.id}') == [['NULL']])
    assert not domain.requests
    assert steps(org) == {step: ('pending', None) for step in STEPS}
    assert state_of(org, id) == {'state': 'pending', 'error': None,
                                 'at': None}
    for what in ('voices', 'trunks'):
        data = org.get(f'/settings/{what}').must(200).data
        assert data[what] == [] and 'API key' in data['note']
        assert 'API key' in org.page(f'/settings/{what}').must(200).text
    # Another carrier's has no such client.
    org.patch('/settings', {'carrier': 'twilio',
                            'carrier_api_key': domain.key}).must(200)
    org.post('/settings/carrier/wire').must(409, 'CONFLICT')
    due(org)
    must(lambda: org.sql('SELECT due_at FROM carrier_due WHERE'
                         f' organization_id = {org.id}') == [['NULL']])
    assert not domain.requests


@by_http_alone
def it_is_wired_anew_when_something_changes(org):
    domain = connect(org)
    app = next(iter(domain.applications.values()))
    old = domain.profile['authorization-api-key']
    new = org.post('/settings/voice-key', {}).must(200).data['voice_key']
    must(lambda: domain.profile['authorization-api-key'] == new)
    assert old != new
    wired(org)
    assert domain.lines() == ['PUT '], domain.lines()
    fresh(org, domain)
    org.patch('/settings', {'base_url': 'https://pbx.example.com/a',
                            'default_ring_timeout': 45}).must(200)
    must(lambda: app['url'] == 'https://pbx.example.com/a/cgi-bin/voice')
    wired(org)
    assert domain.profile['call-timeout'] == 45
    assert domain.profile['cdr-endpoint'] == \
        'https://pbx.example.com/a/cgi-bin/webhook/cdr'
    fresh(org, domain)
    # What the carrier need not know is not told.
    org.patch('/settings', {'language': 'en-GB'}).must(200)
    id = org.extension('1001')
    in_step(org, id)
    assert domain.lines() == ['POST /subscribers']
    fresh(org, domain)
    other = CARRIER.domain(f'new-{org.slug}.example.net', domain.key)
    org.sql(f"UPDATE organization SET domain = '{other.name}'"
            f" WHERE id = {org.id}")
    must(lambda: other.default is not None and '1001' in other.subscribers)
    wired(org)
    in_step(org, id)
    assert not domain.requests


@scenario
def it_is_wired_again_on_request(org):
    domain = connect(org)
    domain.applications.clear()
    domain.profile.clear()
    for role in ('agent', 'user'):
        org.as_(role).post('/settings/carrier/wire').must(403)
    answer = org.as_('admin').post('/settings/carrier/wire').must(202)
    assert [row['state'] for row in answer.data['steps']] == ['pending'] * 3
    wired(org)
    assert domain.profile['authorization-api-key']
    assert domain.default == domain.applications['opbx']['id']
    assert org.audit('setting', org.id)[-1][0] == 'wire'
    org.form('/settings/carrier/wire', {}).must(303)


@by_http_alone
def subscribers_follow_extensions(org):
    domain = connect(org)
    id = org.extension('1001')
    group = org.post('/ring-groups', {
        'name': 'Sales', 'strategy': 'simultaneous',
        'fallback': {'type': 'hangup'},
        'members': [{'extension_id': id}]}).must(201).id
    other = org.extension('2000', type='ring_group',
                          target={'type': 'ring_group', 'id': group})
    in_step(org, id)
    assert state_of(org, other)['state'] == 'none'
    password = org.get(f'/extensions/{id}').data['sip_password']
    row = domain.subscribers['1001']
    assert row['sipPassword'] == password and row['active'] is True
    assert list(domain.subscribers) == ['1001']
    assert state_of(org, id)['at'] and not state_of(org, id)['error']

    org.post(f'/extensions/{id}/sip-password').must(200)
    must(lambda: domain.subscribers['1001']['sipPassword'] != password)
    in_step(org, id)
    assert domain.subscribers['1001']['sipPassword'] == \
        org.get(f'/extensions/{id}').data['sip_password']

    org.patch(f'/extensions/{id}', {'status': 'inactive'}).must(200)
    must(lambda: domain.subscribers['1001']['active'] is False)
    in_step(org, id)
    fresh(org, domain)
    # Nobody there has to know what he is called here.
    org.patch(f'/extensions/{id}', {'name': 'Other'}).must(200)
    assert state_of(org, id)['state'] == 'done'

    org.patch(f'/extensions/{id}', {'number': '1002',
                                    'status': 'active'}).must(200)
    must(lambda: list(domain.subscribers) == ['1002'])
    in_step(org, id)
    assert domain.lines() == ['DELETE /subscribers/1001',
                              'POST /subscribers']

    born = org.extension('1005', status='inactive')
    in_step(org, born)
    assert domain.subscribers['1005']['active'] is False
    org.delete(f'/extensions/{born}').must(204)
    must(lambda: '1005' not in domain.subscribers)
    must(lambda: org.sql(
        'SELECT carrier_state FROM extension WHERE organization_id ='
        f' {org.id} AND id = {born}') == [['none']])
    org.post(f'/extensions/{born}/restore').must(200)
    must(lambda: '1005' in domain.subscribers)
    in_step(org, born)
    fresh(org, domain)
    org.patch(f'/extensions/{born}', {
        'type': 'forward', 'target': {'type': 'hangup'}}).must(200)
    must(lambda: '1005' not in domain.subscribers)
    must(lambda: state_of(org, born)['state'] == 'none')
    found = org.get('/extensions?carrier.state=done').must(200).data
    assert [row['id'] for row in found] == [id]


@by_http_alone
def a_number_that_changes_hands(org):
    domain = connect(org)
    first = org.extension('1001')
    in_step(org, first)
    fresh(org, domain)
    # All of it before the worker sees any.
    org.sql(f'UPDATE carrier_due SET leased_until = UTC_TIMESTAMP(3) +'
            f' INTERVAL 60 SECOND WHERE organization_id = {org.id}')
    org.patch(f'/extensions/{first}', {'number': '1002'}).must(200)
    second = org.extension('1001', name='Bob')
    gone = org.extension('1003')
    org.delete(f'/extensions/{gone}').must(204)
    assert not domain.requests
    org.sql('UPDATE carrier_due SET leased_until = NULL'
            f' WHERE organization_id = {org.id}')
    in_step(org, first, second)
    for id, number in ((first, '1002'), (second, '1001')):
        assert domain.subscribers[number]['sipPassword'] == \
            org.get(f'/extensions/{id}').data['sip_password']
    assert sorted(domain.subscribers) == ['1001', '1002']
    assert 'DELETE /subscribers/1001' not in domain.lines()
    assert 'POST /subscribers' in domain.lines()


@by_http_alone
def what_the_carrier_has_already_is_taken_over(org):
    domain = connect(org)
    domain.subscribers['1001'] = {'id': 1, 'msisdn': '1001', 'active': False,
                                  'sipPassword': 'old'}
    id = org.extension('1001')
    in_step(org, id)
    assert domain.subscribers['1001']['active'] is True
    assert domain.subscribers['1001']['sipPassword'] == \
        org.get(f'/extensions/{id}').data['sip_password']
    # And what vanished there is made anew.
    domain.subscribers.clear()
    fresh(org, domain)
    org.post(f'/extensions/{id}/sip-password').must(200)
    must(lambda: '1001' in domain.subscribers)
    in_step(org, id)
    assert domain.lines() == ['PUT /subscribers/1001', 'POST /subscribers']
    # What has gone there need not be deleted.
    domain.subscribers.clear()
    org.delete(f'/extensions/{id}').must(204)
    must(lambda: org.sql(
        'SELECT carrier_state FROM extension WHERE organization_id ='
        f' {org.id} AND id = {id}') == [['none']])


@by_http_alone
def nobody_waits_for_the_carrier(org):
    domain = connect(org)
    domain.answers = ['hold'] * 3
    id = org.extension('1001')
    must(lambda: len(domain.requests) == 1)
    # Its ETag stays good, and what changes meanwhile is told, too.
    tag = org.get(f'/extensions/{id}').headers['etag']
    org.patch(f'/extensions/{id}', {'status': 'inactive'},
              headers={'If-Match': tag}).must(200)
    assert state_of(org, id)['state'] == 'pending'
    tag = org.get(f'/extensions/{id}').headers['etag']
    before = org.get(f'/extensions/{id}').data['updated_at']
    domain.answers.clear()
    domain.gate.set()
    must(lambda: domain.subscribers.get('1001', {}).get('active') is False)
    in_step(org, id)
    after = org.get(f'/extensions/{id}')
    assert after.headers['etag'] == tag
    assert after.data['updated_at'] == before


@by_http_alone
def lists_to_choose_from(org):
    domain = connect(org, wait=False)
    domain.trunks = [{'id': 1, 'name': 'main', 'direction': 'public-outbound',
                      'transport': 'tls', 'ip': '192.0.2.1', 'profile': {
                          'authentication': {'password': 'very secret'}}}]
    must(lambda: org.get('/settings/trunks').data['fetched_at'])
    answer = org.as_('user').get('/settings/trunks').must(200)
    assert answer.data['trunks'] == [
        {'name': 'main', 'direction': 'public-outbound', 'transport': 'tls'}]
    assert answer.data['note'] is None
    assert 'very secret' not in json.dumps(org.sql(
        f'SELECT document FROM carrier_list WHERE organization_id = {org.id}'))
    voices = org.get('/settings/voices').must(200).data
    assert voices['voices'][1] == {
        'voice': 'Google:de-DE-A', 'gender': 'male', 'provider': 'Google',
        'languages': ['de-DE', 'de-AT']}
    assert 'Polly:Joanna' in org.page('/settings/voices').must(200).text
    # No trunks is a 404 there; voices are not everybody's.
    domain.trunks, domain.voices = [], None
    org.post('/settings/carrier/wire').must(202)
    must(lambda: org.get('/settings/trunks').data['fetched_at'] and
         org.get('/settings/voices').data['note'])
    assert org.get('/settings/trunks').data['trunks'] == []
    must(lambda: '403' in org.get('/settings/voices').data['note'])


@scenario
def a_live_call_is_hung_up(org):
    domain = connect(org)
    domain.sessions = {'one', 'two/../odd', 'three'}
    for key in sorted(domain.sessions):
        id = live_call(org, key)
        answer = org.post(f'/calls/{id}/hang-up').must(202)
        assert answer.data['call_key'] == key
        assert answer.data['state'] == 'answered'
        must(lambda k=key: k not in domain.sessions, seconds=5)
        assert org.audit('call', id)[0][0] == 'hang_up'
    # What the carrier does not know any more is over.
    id = live_call(org, 'gone')
    assert 'hang-up' in org.page(f'/calls/{id}').must(200).text
    org.form(f'/calls/{id}/hang-up', {}).must(303)
    must(lambda: not org.sql('SELECT 1 FROM hang_up WHERE organization_id ='
                             f' {org.id}'))
    assert [row[0] for row in org.audit('call', id)] == ['hang_up']
    over = live_call(org, 'over', 'completed')
    org.post(f'/calls/{over}/hang-up').must(409, 'CONFLICT')
    assert 'hang-up' not in org.page(f'/calls/{over}').must(200).text
    org.post('/calls/999999/hang-up').must(404)
    org.as_('user').post(f'/calls/{id}/hang-up').must(403)
    # Agents end their own.
    org.as_('agent').post(f'/calls/{id}/hang-up').must(404)
    own = live_call(org, 'mine', extension_id=org.extension(
        '1001', user_id=org.user_of('agent')))
    domain.sessions.add('mine')
    org.as_('agent').post(f'/calls/{own}/hang-up').must(202)
    must(lambda: 'mine' not in domain.sessions, seconds=5)


@by_http_alone
def the_operator_compares_and_mends(org):
    def sync(*more):
        return org.instance.ctl('sync', '--org', org.slug, *more)

    domain = connect(org)
    ids = [org.extension(number) for number in ('1001', '1002', '1003')]
    in_step(org, *ids)
    domain.asked.clear()
    org.instance.redis('DEL', f'opbx:{org.id}:carrier:requests')
    assert 'in step' in sync('--dry-run')
    del domain.subscribers['1001']
    domain.subscribers['1002']['sipPassword'] = 'theirs'
    domain.subscribers['1003']['active'] = False
    domain.subscribers['9000'] = {'id': 9, 'msisdn': '9000', 'active': True,
                                  'sipPassword': 'x'}
    domain.profile['cdr-endpoint'] = 'https://elsewhere.example'
    domain.applications['opbx']['method'] = 'GET'
    domain.default = None
    fresh(org, domain)
    said = sync('--dry-run')
    for word in ('domain_profile', 'voice_application', 'default_application',
                 '1001', '1002', '1003', '9000'):
        assert word in said, (word, said)
    assert 'theirs' not in said and domain.key not in said
    assert not [line for line in domain.lines() if 'GET' not in line]
    assert '1001' not in domain.subscribers
    sync()
    assert domain.profile['cdr-endpoint'].endswith('/cgi-bin/webhook/cdr')
    assert domain.applications['opbx']['method'] == 'POST'
    assert domain.default == domain.applications['opbx']['id']
    for id, number in zip(ids, ('1001', '1002', '1003')):
        assert domain.subscribers[number]['sipPassword'] == \
            org.get(f'/extensions/{id}').data['sip_password']
        assert domain.subscribers[number]['active'] is True
    assert '9000' in domain.subscribers, 'what is not ours stays'
    assert domain.too_many == 0
    fresh(org, domain)
    assert 'in step' in sync('--dry-run')
    org.patch('/settings', {'carrier_api_key': None}).must(200)
    try:
        sync()
        raise AssertionError('without a key')
    except RuntimeError as e:
        assert 'API key' in str(e), e


@scenario
def nonsense_is_refused(org):
    id = org.extension('1001')
    # As with all that the server sets: never given, not taken back either.
    only(org.post('/extensions', {'number': '1002', 'name': 'Bob', 'carrier': {
        'state': 'done'}}).must(422), 'carrier.state')
    org.patch(f'/extensions/{id}', {'carrier': {'state': 'done'}}).must(200)
    assert state_of(org, id)['state'] == 'pending'
    org.get('/extensions?carrier.state=sometimes').must(422)
    org.put('/settings/carrier/wire', {}).must(405)
    org.get('/calls/1/hang-up').must(405)


if __name__ == '__main__':
    run()
