"""Health: what everybody may know, what only this machine and people who are
signed in may, and that it tells the truth.  The linter: linter.py."""
import os
import re
import signal
import time

from support import main, scenario

R = '/health'
ELSEWHERE = {'X-Forwarded-For': '203.0.113.7'}


def numbers(org):
    """Every sample of the metrics, by its name and labels."""
    answer = org.get(f'{R}/metrics', token='').must(200)
    assert answer.headers['content-type'].startswith('text/plain')
    samples = {}
    for line in answer.text.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) opbx_\w+ .+|'
            r'opbx_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.]+', line), line
        if not line.startswith('#'):
            name, _, value = line.rpartition(' ')
            assert name not in samples, name
            samples[name] = float(value)
    return samples


def requests(samples, responder, status):
    return samples.get(f'opbx_requests_total{{responder="{responder}",'
                       f'status="{status}"}}', 0)


def seen(org, wanted):
    """A request is counted right after its answer."""
    until = time.monotonic() + 10
    while True:
        samples = numbers(org)
        if wanted(samples):
            return samples
        assert time.monotonic() < until, samples
        time.sleep(0.02)


@scenario
def alive_tells_nothing(org):
    for token in ('', '7|nonsense', None):
        for headers in ({}, ELSEWHERE):
            answer = org.get(R, token=token, headers=headers).must(200)
            assert answer.json == {'data': {'status': 'ok'}}, answer.text
    assert 'ok' in org.page(R, token='').must(200).text
    for method in ('POST', 'PUT', 'DELETE'):
        org.ask(method, R, {}).must(405)
    org.get(f'{R}/nothing').must(404)


@scenario
def ready_says_what_works(org):
    data = org.get(f'{R}/ready', token='').must(200).data
    assert [each['name'] for each in data['checks']] == [
        'mariadb', 'schema', 'redis', 'worker']
    assert {each['name']: each['detail'] for each in data['checks']
            if not each['ok']} in ({}, {
                'worker': 'was not heard of for a second'}), data
    assert 'mariadb: ok' in org.page(f'{R}/ready', token='').must(200).text


@scenario
def from_elsewhere_one_has_to_say_who(org):
    for path in ('ready', 'metrics'):
        org.get(f'{R}/{path}', token='', headers=ELSEWHERE).must(401)
        org.get(f'{R}/{path}', token='7|x', headers=ELSEWHERE).must(401)
        # Who says who he is, is that also here.
        org.get(f'{R}/{path}', token='7|x').must(401)
        org.get(f'{R}/{path}', token='', headers={
            'Forwarded': 'for=127.0.0.1'}).must(401)
        org.as_('owner', 'extensions:read').get(
            f'{R}/{path}', headers=ELSEWHERE).must(403)
    for role in ('owner', 'admin', 'agent', 'user'):
        org.as_(role).get(f'{R}/ready', headers=ELSEWHERE).must(200)
        org.as_(role).get(f'{R}/metrics', headers=ELSEWHERE).must(403)
        org.as_(role).get(f'{R}/metrics').must(200)


@scenario
def an_owner_of_any_tenant_saw_the_metrics_of_all(org):
    email = org.sql('SELECT email FROM user WHERE id ='
                    f" {org.user_of('agent')}")[0][0]

    def token(abilities):
        return org.instance.ctl('token', 'create', '--org', org.slug,
                                '--email', email, '--abilities',
                                abilities).strip()

    watch = token('health:read,metrics:read')
    org.get(f'{R}/metrics', token=watch, headers=ELSEWHERE).must(200)
    org.get('/extensions', token=watch).must(403)
    for less in ('metrics:read', 'health:read', '*', '*,metrics:read'):
        org.get(f'{R}/metrics', token=token(less),
                headers=ELSEWHERE).must(403)
    # Nobody can give himself one.
    org.post('/tokens', {'name': 'x', 'abilities': [
        'health:read', 'metrics:read']}).must(422)


@scenario
def what_waits_is_measured(org):
    def states(now):
        return {state: now[f'opbx_calls{{state="{state}"}}']
                for state in ('initiated', 'ringing', 'answered')}

    before = numbers(org)
    for key, state in enumerate(('ringing', 'ringing', 'answered', 'failed')):
        org.insert('`call`', call_key=f'metrics-{org.by}-{key}', state=state,
                   started_at='2026-11-20 12:00:00')
    org.insert('parked_job', queue='fold', job_key=f'm{org.by}', payload='{}',
               parked_at='2026-11-20 12:00:00')
    now = numbers(org)
    assert states(now) == {
        'initiated': states(before)['initiated'],
        'ringing': states(before)['ringing'] + 2,
        'answered': states(before)['answered'] + 1}
    fold = '{queue="fold"}'
    assert now[f'opbx_jobs_parked{fold}'] == before.get(
        f'opbx_jobs_parked{fold}', 0) + 1
    assert now[f'opbx_jobs_parked_age_seconds{fold}'] > 86400
    for name in ('opbx_queue_jobs{queue="events"}', 'opbx_events_unfolded',
                 'opbx_queue_age_seconds{queue="events"}',
                 'opbx_events_unfolded_age_seconds',
                 'opbx_deliveries_waiting{kind="mail"}',
                 'opbx_deliveries_waiting_age_seconds{kind="https"}',
                 'opbx_spool_files', 'opbx_spool_bytes',
                 'opbx_spool_age_seconds'):
        assert name in now, (name, now)
    org.sql(f"DELETE FROM parked_job WHERE job_key = 'm{org.by}'; DELETE FROM"
            f" `call` WHERE call_key LIKE 'metrics-{org.by}-%'")


@scenario
def a_damaged_file_of_the_spool_aged_for_ever(org):
    if not org.instance.ours:
        return
    spool = org.instance.var / 'spool'
    made = not spool.exists()
    spool.mkdir(exist_ok=True)
    bad = spool / f'000001795356000-1-{org.by}.spool.bad'
    bad.write_text('rubbish')
    os.utime(bad, (1, 1))
    try:
        now = numbers(org)
        assert now['opbx_spool_bad_files'] == 1, now
        assert now['opbx_spool_age_seconds'] < 86400, now
        assert now['opbx_spool_files'] == now['opbx_spool_bytes'] == 0, now
    finally:
        bad.unlink()
        if made:
            spool.rmdir()
    assert numbers(org)['opbx_spool_bad_files'] == 0


@scenario
def requests_are_counted_by_responder_and_status(org):
    before = numbers(org)
    for _ in range(5):
        org.get('/extensions').must(200)
    for _ in range(3):
        org.get('/extensions', token='').must(401)
    org.get('/extensions/999999').must(404)

    def all_there(now):
        return [requests(now, 'extensions', status) -
                requests(before, 'extensions', status)
                for status in (200, 401, 404)] == [5, 3, 1]

    after = seen(org, all_there)
    count = 'opbx_request_seconds_count{responder="extensions"}'
    assert after[count] - before.get(count, 0) == 9
    buckets = [value for name, value in after.items() if name.startswith(
        'opbx_request_seconds_bucket{responder="extensions"')]
    assert buckets == sorted(buckets) and buckets[-1] == after[count]
    assert after['opbx_request_seconds_sum{responder="extensions"}'] > 0


@scenario
def what_calls_look_up_is_counted(org):
    if org.by == 'cgi':
        return  # a process of its own remembers nothing
    key = re.search(r'(\S{30,})', org.instance.ctl(
        'key', 'rotate', '--org', org.slug))[1]
    org.extension('1001')
    said = {'From': '1001', 'To': '1001', 'Direction': 'subscriber'}

    def level(samples, name):
        return samples.get(f'opbx_lookups_total{{level="{name}"}}', 0)

    before = numbers(org)
    for _ in range(40):
        org.post('/voice', said, token=key)
    after = seen(org, lambda now: requests(now, 'voice', 200) -
                 requests(before, 'voice', 200) >= 40)
    for name in ('memory', 'database'):
        assert level(after, name) > level(before, name), (name, after)
    assert 'opbx_stale_answers_total' in after


def ready_once(org, wanted):
    """A server that was stopped may answer for a moment yet."""
    until = time.monotonic() + 10
    while True:
        answer = org.get(f'{R}/ready', token='')
        if wanted(answer):
            return answer
        assert time.monotonic() < until, answer.text
        time.sleep(0.02)


@scenario
def what_is_down_is_said(org):
    """Last: it stops what the others need."""
    if org.by == 'cgi' or not org.instance.ours:
        return
    redis, mariadb = (org.instance.pid(part) for part in ('redis', 'mariadb'))
    os.kill(redis, signal.SIGSTOP)
    try:
        data = ready_once(org, lambda answer: answer.status == 200 and any(
            each['name'] == 'redis' and not each['ok']
            for each in answer.data['checks'])).data
        assert data['status'] == 'degraded', data
        states = seen(org, lambda now: now[
            'opbx_breaker_opened_total{dependency="redis"}'] > 0)
        assert states['opbx_breaker_state{dependency="redis",'
                      'state="closed"}'] == 0, states
    finally:
        os.kill(redis, signal.SIGCONT)
    os.kill(mariadb, signal.SIGSTOP)
    try:
        answer = ready_once(org, lambda answer: answer.status == 503).must(
            503, 'UNAVAILABLE', mariadb='does not answer')
        assert int(answer.headers['retry-after']) > 0
        org.get(R, token='').must(200)
        org.get(f'{R}/configuration').must(503)
        states = numbers(org)
        assert states['opbx_breaker_state{dependency="mariadb",'
                      'state="closed"}'] == 0, states
    finally:
        os.kill(mariadb, signal.SIGCONT)
    until = time.monotonic() + 20
    while True:
        # Each process closes its own breaker, when it is asked something.
        answer = org.get(f'{R}/ready', token='')
        now = numbers(org)
        if (answer.status == 200 and answer.data['status'] == 'ok' and all(
                now[f'opbx_breaker_state{{dependency="{name}",'
                    f'state="closed"}}'] == 1
                for name in ('redis', 'mariadb'))):
            break
        assert time.monotonic() < until, f'{answer.text} {now}'
        time.sleep(0.05)


if __name__ == '__main__':
    main()
