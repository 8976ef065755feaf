#!/usr/bin/env python3
"""Redis, MariaDB or both are away, stopped or killed; calls go on.

What was asked before is answered the same; what was not, as far as it can
be.  A process that waits in vain does so once: afterwards nobody waits.  There
is one process, so that what was asked before was asked of it.
"""
import re
import subprocess
import time

from carrier import (GO, KILL, STOP, Site, at_once, everywhere, finish, run,
                     scenario)

SORRY = 'Say Hangup'
APOLOGY = 'system error'
# What one process may wait, and what one that does not wait may take on a
# busy machine, with sanitizers; seconds.
WAIT, SWIFT = 0.9, 0.2


class Part:
    """MariaDB or Redis, that goes away and comes back."""

    def __init__(self, site, name):
        self.site, self.name = site, name
        self.how = None

    def away(self, how):
        self.how = how
        self.site.signal(STOP if how == 'stopped' else KILL, self.name)

    def back(self):
        if self.how == 'stopped':
            self.site.signal(GO, self.name)
        elif self.how == 'killed':
            self.start()
        self.how = None

    def start(self):
        """As tools/instance does, which finds it dead otherwise."""
        var = self.site.var
        run = (var / 'run').resolve()
        command, probe = {
            'redis': (['redis-server', var / 'etc' / 'redis.conf'],
                      ['redis-cli', '-s', run / 'redis.sock', 'get', 'x']),
            'mariadb': (['mariadbd', f'--defaults-file={var}/etc/mariadb.cnf'],
                        ['mariadb', '--no-defaults', '-S',
                         run / 'mariadb.sock', '-e', 'DO 0'])}[self.name]
        env = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin',
               'OPBX_INSTANCE': str(var)}
        with open(var / 'log' / f'{self.name}.log', 'ab') as log:
            process = subprocess.Popen(command, env=env, stdout=log,
                                       stderr=log, start_new_session=True,
                                       stdin=subprocess.DEVNULL)
        stat = open(f'/proc/{process.pid}/stat').read().rsplit(')')[-1]
        (var / 'pid' / self.name).write_text(
            f'{process.pid} {stat.split()[19]}\n')
        until = time.monotonic() + 30
        while True:
            done = subprocess.run(probe, capture_output=True, text=True)
            if done.returncode == 0 and 'LOADING' not in done.stdout:
                return
            assert time.monotonic() < until, done.stderr
            time.sleep(0.05)


def parts(site, names):
    return [Part(site, name) for name in names]


def known(site):
    """A tenant of which every process has seen the calls below."""
    tenant = site.tenant()
    one, two, three = tenant.users('1001', '1002', '1003')
    group = tenant.post('/ring-groups', {
        'name': 'All', 'strategy': 'sequential', 'members': [
            {'extension_id': each, 'priority': 1}
            for each in (one, two)]}).must(201).id
    number, _ = tenant.own(1, ('extension', one))
    many, _ = tenant.own(2, ('ring_group', group))
    tenant.seen = {number: None, many: None, '1002': '1001',
                   '1999': '1001', '911': '1001'}
    tenant.one, tenant.two = one, two
    for to, by in tenant.seen.items():
        tenant.call(to, by=by)
    tenant.before = {to: tenant.call(to, by=by).short
                     for to, by in tenant.seen.items()}
    return tenant


def same_as_before(tenant):
    for to, by in tenant.seen.items():
        call = tenant.call(to, by=by)
        assert call.short == tenant.before[to], \
            (f'{call.asked} gave {call.short}, not {tenant.before[to]}',
             tenant.site.line(call.id))
    return call


def waits(tenant, what):
    """The first call waits; then nobody does for the breaker's second."""
    to = next(iter(tenant.seen))
    first = tenant.call(to).seconds
    assert first < WAIT, f'{what}: the first one took {first}'
    # The next trial comes a second later, and is as long.
    later = [tenant.call(to).seconds for _ in range(40)]
    slow = [each for each in later if each > SWIFT]
    assert len(slow) <= 2, f'{what}: then {later}'
    assert not slow or max(slow) < WAIT, f'{what}: then {later}'


def settle(tenant):
    """Until every process asks MariaDB and Redis again."""
    numbers = iter(range(7000, 8000))
    until = time.monotonic() + 20
    while True:
        calls = [tenant.call(str(next(numbers)), by='1001')]
        if not any(re.search(APOLOGY, call.words, re.I) or
                   tenant.site.line(call.id)['source'] == 'stale'
                   for call in calls):
            return
        assert time.monotonic() < until, [call.words for call in calls]
        time.sleep(0.1)


@scenario
def redis_is_away(site):
    for how in ('stopped', 'killed'):
        tenant = known(site)
        fresh = site.tenant()
        one, two = fresh.users('1001', '1002')
        [redis] = parts(site, ['redis'])
        redis.away(how)
        try:
            waits(tenant, f'Redis {how}')
            same_as_before(tenant)
            # MariaDB knows the rest.
            fresh.call('1001', by='1002').must('Dial(1001)')
            fresh.call('1777', by='1002').must(SORRY, says='not in service')
            # A change is seen by every process within a second.
            tenant.patch(f'/extensions/{tenant.one}',
                         {'status': 'inactive'}).must(200)
            time.sleep(1.0)
            everywhere(lambda: tenant.call('1001', by='1002'), SORRY)
            tenant.call('*78', by='1002').must(SORRY, says='is on')
            time.sleep(1.0)
            everywhere(lambda: tenant.call('1002', by='1003'), SORRY)
            tenant.call('*79', by='1002').must(SORRY, says='is off')
            tenant.patch(f'/extensions/{tenant.one}',
                         {'status': 'active'}).must(200)
        finally:
            redis.back()
        settle(tenant)
        same_as_before(tenant)


@scenario
def round_robin_counts_in_mariadb_while_redis_is_away(site):
    tenant = site.tenant()
    ids = tenant.users('1001', '1002', '1003')
    group = tenant.post('/ring-groups', {
        'name': 'Turn', 'strategy': 'round_robin', 'members': [
            {'extension_id': id, 'priority': n}
            for n, id in enumerate(ids)]}).must(201).id
    number, _ = tenant.own(1, ('ring_group', group))
    [redis] = parts(site, ['redis'])
    redis.away('stopped')
    try:
        calls = [tenant.call(number) for _ in range(6)]
        starts = [call.numbers[0] for call in calls]
        assert sorted(starts[:3]) == ['1001', '1002', '1003'], starts
        assert starts[3:] == starts[:3], starts
        for call in calls:
            first = call.numbers
            assert {each.numbers[0] for each in at_once(
                lambda c=call: tenant.voice(c.said), 4)} == set(first)
        assert tenant.call(number).numbers[0] == starts[0]
    finally:
        redis.back()
    settle(tenant)


@scenario
def wrong_pins_are_counted_while_redis_is_away(site):
    tenant = site.tenant()
    room = tenant.post('/conference-rooms', {'name': 'Room', 'pin': '4711'}
                       ).must(201).id
    number, _ = tenant.own(1, ('conference_room', room))
    [redis] = parts(site, ['redis'])
    redis.away('killed')
    try:
        begun = tenant.call(number)
        for n in range(20):
            assert begun.short == 'Gather(Say) Redirect', begun.text
            wrong = tenant.call(number).press('0000')
            site.line(wrong.id)
        tenant.call(number).must(SORRY, says='locked')
        begun.press('4711').must(SORRY, says='locked')
    finally:
        redis.back()


@scenario
def mariadb_is_away(site):
    for how in ('stopped', 'killed'):
        tenant = known(site)
        half = site.tenant()  # of which Redis and memory know a little
        one, two = half.users('1001', '1002')
        half.call('1001', by='1002').must('Dial(1001)')
        [mariadb] = parts(site, ['mariadb'])
        mariadb.away(how)
        try:
            waits(tenant, f'MariaDB {how}')
            same_as_before(tenant)
            # What one process asked, Redis tells the others.
            everywhere(lambda: half.call('1001', by='1002'), 'Dial(1001)')
            # Nobody knows these.
            call = half.call('1777', by='1002').must(SORRY, says=APOLOGY)
            line = site.line(call.id)
            assert line['outage'] and 'mariadb' in line['failure'], line
            half.call('911', by='1777').must('Dial[main](911)')
            call = half.call('1001', by='1001', Domain='nobody.example')
            assert call.short in ('Reject', SORRY), call.text
            # What the answer would promise cannot be done.
            tenant.call('*78', by='1002').must(SORRY, says=APOLOGY)
            # Callbacks carry their own state.
            walk = tenant.call(list(tenant.seen)[1]).must('Dial(1001)')
            walk.then('busy').must('Dial(1002)')
        finally:
            mariadb.back()
        settle(tenant)
        same_as_before(tenant)
        half.call('1777', by='1002').must(SORRY, says='not in service')
        tenant.patch(f'/extensions/{tenant.one}',
                     {'do_not_disturb': True}).must(200)
        tenant.call('1001', by='1002').must(SORRY)


@scenario
def a_claim_goes_to_the_default_target_while_mariadb_is_away(site):
    tenant = site.tenant()
    one, two = tenant.users('1001', '1002')
    number = tenant.number(3)
    tenant.sql(f'SET @organization_id = {tenant.id}; UPDATE setting SET '
               f"default_type = 'extension', default_id = {two} "
               f'WHERE organization_id = {tenant.id}')
    tenant.post('/dids', {'number': number, 'target': {
        'type': 'extension', 'id': one}}).must(201)
    # From inside it is no proof; now it is known, and where calls go.
    assert tenant.call(number, by='1001').short != 'Dial(1001)'
    tenant.call('1001', by='1002').must('Dial(1001)')
    tenant.call('1002', by='1001').must('Dial(1002)')
    [mariadb] = parts(site, ['mariadb'])
    mariadb.away('killed')
    try:
        everywhere(lambda: tenant.call(number), 'Dial(1002)')
    finally:
        mariadb.back()
    settle(tenant)
    everywhere(lambda: tenant.call(number), 'Dial(1001)')


@scenario
def both_are_away(site):
    for how in ('stopped', 'killed'):
        tenant = known(site)
        unseen = site.tenant()
        unseen.users('1001', '1002')
        default = site.tenant()
        [three] = default.users('1003')
        default.sql(f"UPDATE setting SET default_type = 'extension', "
                    f'default_id = {three} '
                    f'WHERE organization_id = {default.id}')
        default.patch(f'/extensions/{three}', {'name': 'Three'}).must(200)
        number, _ = default.own(1)
        default.call(default.number(77))
        both = parts(site, ['redis', 'mariadb'])
        for part in both:
            part.away(how)
        try:
            waits(tenant, f'both {how}')
            same_as_before(tenant)
            # What was confirmed a moment ago is not stale yet.
            until = time.monotonic() + 5
            while True:
                call = tenant.call('1002', by='1001').must('Dial(1002)')
                if site.line(call.id)['source'] == 'stale':
                    break
                assert time.monotonic() < until, site.line(call.id)
                time.sleep(0.1)
            # Its own number, never asked for: the default target, if known.
            default.call(default.number(88)).must('Dial(1003)')
            tenant.call('1888', by='1001').must(SORRY, says=APOLOGY)
            unseen.call('1001', by='1002').must(SORRY, says=APOLOGY)
            tenant.call('911', by='1001').must(tenant.before['911'])
        finally:
            for part in both:
                part.back()
        settle(tenant)
        same_as_before(tenant)
        unseen.call('1001', by='1002').must('Dial(1001)')


@scenario
def the_worker_is_away(site):
    """Without it nobody follows the generations: Redis is asked."""
    tenant = known(site)
    site.signal(KILL, 'worker')
    time.sleep(1.2)  # the map of this machine is old by then
    for state, short in (('inactive', SORRY), ('active', 'Dial(1002)')) * 2:
        tenant.patch(f'/extensions/{tenant.two}',
                     {'status': state}).must(200)
        everywhere(lambda: tenant.call('1002', by='1001'), short)


if __name__ == '__main__':
    finish(*run(Site(children=1, patient=False)))
