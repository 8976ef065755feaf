"""The carrier's side follows whatever goes wrong on the way: refusals, too many
requests, half answers and none, and a key that is for the carrier alone.
"""
import os
import subprocess

from carrier_side import (SECONDS, connect, due, fresh, in_step, live_call,
                          must, run, state_of, steps, wired)
from support import BUILD, by_http_alone
from receivers import Web


@by_http_alone
def a_step_that_fails_says_why_and_is_tried_again(org):
    domain = connect(org, key='XI-of-somebody-else-entirely', wait=False)
    must(lambda: steps(org)['domain_profile'][0] == 'failed')
    _, failure = steps(org)['domain_profile']
    assert 'API key (401)' in failure, failure
    assert 'somebody-else' not in failure, failure
    assert steps(org)['voice_application'] == ('pending', None)
    assert len(domain.requests) == 1, domain.lines()
    fresh(org, domain)
    org.patch('/settings', {'carrier_api_key': domain.key}).must(200)
    wired(org)
    # One step does not hold up the others.
    fresh(org, domain)
    domain.answers = ['400 the profile is odd']
    org.post('/settings/carrier/wire').must(202)
    must(lambda: steps(org)['default_application'][0] == 'done',
         lambda: steps(org))
    state, failure = steps(org)['domain_profile']
    assert state == 'failed' and 'the profile is odd' in failure, failure
    due(org)
    wired(org)


@by_http_alone
def faults_are_survived(org):
    domain = connect(org)
    for fault in ('500', '429', 'close', 'half', 'garbage', '403',
                  'done and half', 'done and 500', '301 http://127.0.0.1:9/'):
        fresh(org, domain)
        domain.answers = [fault]
        org.post('/settings/carrier/wire').must(202)
        must(lambda d=domain: len(d.requests) > 0)
        if fault == '429':
            must(lambda: int(org.sql(
                'SELECT attempts FROM carrier_due WHERE organization_id ='
                f' {org.id}')[0][0]) > 0)
            assert steps(org)['domain_profile'][0] == 'pending'
            assert len(domain.requests) == 1
            org.instance.redis('DEL', f'opbx:{org.id}:carrier:requests')
        else:
            must(lambda: steps(org)['domain_profile'][0] == 'failed',
                 lambda f=fault: f'{f}: {steps(org)}')
        due(org)
        wired(org)
    # A list or an object where the other belongs.
    fresh(org, domain)
    domain.answers = ['', 'list']
    org.post('/settings/carrier/wire').must(202)
    must(lambda: 'no sense' in (steps(org)['voice_application'][1] or ''),
         lambda: steps(org))
    due(org)
    wired(org)


@by_http_alone
def a_subscriber_that_fails_is_shown_and_retried(org):
    domain = connect(org)
    domain.odd.add('1001')
    bad = org.extension('1001')
    good = org.extension('1002')
    in_step(org, good)
    must(lambda: state_of(org, bad)['state'] == 'failed')
    said = state_of(org, bad)
    assert 'not wanted here' in said['error'] and said['at'], said
    assert 'not wanted here' in org.page(f'/extensions/{bad}').text
    assert org.get('/extensions?carrier.state=failed').data[0]['id'] == bad
    domain.odd.clear()
    due(org)
    in_step(org, bad)
    assert '1001' in domain.subscribers
    assert state_of(org, bad)['error'] is None
    for fault in ('500', 'half', 'done and half', 'done and close',
                  'garbage'):
        fresh(org, domain)
        domain.answers = [fault]
        id = org.extension('1100')
        must(lambda i=id: state_of(org, i)['state'] == 'failed',
             lambda f=fault: f)
        due(org)
        in_step(org, id)
        assert domain.subscribers['1100']['sipPassword'] == \
            org.get(f'/extensions/{id}').data['sip_password']
        org.delete(f'/extensions/{id}').must(204)
        must(lambda: '1100' not in domain.subscribers)


@by_http_alone
def no_answer_in_time(org):
    domain = connect(org)
    domain.answers = ['hold']
    org.post('/settings/carrier/wire').must(202)
    must(lambda: steps(org)['domain_profile'][0] == 'failed',
         lambda: steps(org))
    assert 'cannot be asked' in steps(org)['domain_profile'][1], steps(org)
    domain.gate.set()
    due(org)
    wired(org)


@by_http_alone
def who_fails_again_and_again_is_left_alone(org):
    other = org.instance.organization('http')
    domain = connect(org)
    spare = connect(other)
    domain.answers = ['500'] * 50
    org.post('/settings/carrier/wire').must(202)
    for n in range(1, 4):
        must(lambda n=n: len(domain.requests) >= n)
        if n < 3:
            must(lambda: org.sql('SELECT leased_until FROM carrier_due WHERE'
                                 f' organization_id = {org.id}')
                 == [['NULL']])
            due(org)
    # Nobody's requests go out now: it is the same carrier.
    due(org)
    other.post('/settings/carrier/wire').must(202)
    must(lambda: spare.requests or len(domain.requests) > 3)
    last = domain.requests[2].at
    again = min(each.at for each in domain.requests[3:] + spare.requests)
    assert again - last > SECONDS * 0.9, (last, again)
    # One request tells whether it is well again.
    domain.answers.clear()
    wired(other)
    due(org)
    wired(org)


@by_http_alone
def never_too_many_requests(org):
    domain = connect(org)
    for n in range(15):
        org.extension(f'10{n:02}')
    must(lambda: len(domain.subscribers) == 15, seconds=60,
         what=lambda: domain.lines())
    assert domain.too_many == 0
    assert len(domain.requests) == 15, domain.lines()


@by_http_alone
def a_hang_up_is_tried_again(org):
    domain = connect(org)
    for fault in ('500', 'half', '429', 'done and half'):
        fresh(org, domain)
        domain.sessions.add(fault)
        domain.answers = [fault]
        id = live_call(org, fault)
        org.post(f'/calls/{id}/hang-up').must(202)
        if fault == '429':
            must(lambda d=domain: d.requests)
            must(lambda: not org.sql(
                'SELECT 1 FROM hang_up WHERE next_at > UTC_TIMESTAMP(3) +'
                ' INTERVAL 20 SECOND'))
            org.instance.redis('DEL', f'opbx:{org.id}:carrier:requests')
        must(lambda f=fault: f not in domain.sessions, fault)
        must(lambda: not org.sql('SELECT 1 FROM hang_up WHERE'
                                 f' organization_id = {org.id}'))
        # Nothing else is ever told of it, and it is over.
        must(lambda i=id: org.get(f'/calls/{i}').data['ended_at'], fault)
    # A key that is refused is not tried again: whoever wished is told.
    domain.answers = ['403 no']
    id = live_call(org, 'never')
    org.post(f'/calls/{id}/hang-up').must(202)
    must(lambda: [row[0] for row in org.audit('call', id)] ==
         ['hang_up', 'hang_up_failed'])
    assert '403' in org.audit('call', id)[1][2]['failure']
    assert not org.sql('SELECT 1 FROM hang_up WHERE organization_id ='
                       f' {org.id}')
    org.patch('/settings', {'carrier_api_key': None}).must(200)
    org.post(f'/calls/{id}/hang-up').must(409, 'CONFLICT')


@by_http_alone
def an_operator_waited_for_a_carrier_that_hung_and_was_told_nothing(org):
    domain = connect(org)
    fresh(org, domain)
    domain.answers = ['503']
    env = dict(os.environ, OPBX_CONF=str(org.instance.conf))
    done = subprocess.run(
        [BUILD / 'sbin' / 'opbxctl', 'sync', '--org', org.slug, '--dry-run'],
        env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and 'in step' in done.stdout, done
    said = done.stderr.splitlines()
    assert said[0] == f'opbxctl: asking the carrier about {domain.name}', said
    assert '503' in said[1] and 'asking again in 1 s' in said[1], said


@by_http_alone
def the_key_goes_to_the_carrier_alone(org):
    domain = connect(org)
    with Web() as elsewhere:
        domain.answers = ['', f'302 {elsewhere.url}/caught']
        org.post('/settings/carrier/wire').must(202)
        must(lambda: elsewhere.requests)
        for request in elsewhere.requests:
            assert 'authorization' not in request.headers
    log = (org.instance.var / 'log' / 'opbx.log').read_text()
    assert domain.key not in log and 'told the carrier' in log
    for row in org.sql('SELECT CONCAT_WS(" ", failure, state) FROM'
                       ' carrier_step UNION ALL SELECT carrier_error FROM'
                       ' extension'):
        assert domain.key not in row[0]


if __name__ == '__main__':
    run()
