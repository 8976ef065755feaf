#!/usr/bin/env python3
"""MariaDB, Redis or both hang (SIGSTOP): each process waits once, and then
nobody waits while the breaker is open; afterwards all is as it was.

What counts is how much longer an answer takes than the same one took before,
so a busy machine is no failure; where the machine was too busy to tell, it is
measured again.
"""
import collections
import concurrent.futures
import itertools
import json
import time

from carrier import Site, finish, run
from voice_outage import known, parts, settle

CHILDREN, SECONDS = 3, 2.2
# What a wait may cost: two dependencies of 250 ms each; an administrator's
# MariaDB has a second.  And what one that did not wait may take.
CALLER, ADMINISTRATOR, SWIFT = 0.5, 1.0, 0.1
NUMBERED = itertools.count(1)


class Asked:
    """Requests of some seconds, as many at once as there are processes."""

    def __init__(self, ask, seconds):
        began = time.monotonic()

        def one(_):
            heard = []
            while time.monotonic() < began + seconds:
                at = time.monotonic()
                said = ask()
                now = time.monotonic()
                heard.append((at - began, now - at, said))
                time.sleep(0.004)  # others work here, too
            return heard
        with concurrent.futures.ThreadPoolExecutor(CHILDREN) as pool:
            self.heard = [each for some in pool.map(one, range(CHILDREN))
                          for each in some]
        self.slowest = max(took for _, took, _ in self.heard)
        self.said = collections.Counter(said for _, _, said in self.heard)

    def slow(self, than):
        return sorted((round(at, 3), round(took, 3))
                      for at, took, _ in self.heard if took > than)


def too_slow(before, during, most):
    """Why it is; None: each process waited at most once a pause."""
    limit = max(SWIFT, 1.5 * before.slowest)
    slow = during.slow(limit)
    # A pause of a second lies between the trials, then one of two.
    allowed = CHILDREN * 2
    first = [each for each in slow if each[0] < 0.9]
    if len(first) > CHILDREN or len(slow) > allowed:
        return f'too often: {slow} of {len(during.heard)}, {limit}'
    if slow and max(took for _, took in slow) > most + limit:
        return f'too long: {slow}, {limit}'
    if len(during.heard) < len(before.heard):
        return f'{len(during.heard)} answers instead of {len(before.heard)}'
    return None


def hang(tenant, names, ask, most):
    """What was said meanwhile, and by whom nobody was kept waiting."""
    why = None
    for _ in range(4):
        before = Asked(ask, 0.7)
        away = parts(tenant.site, names)
        for part in away:
            part.away('stopped')
        try:
            during = Asked(ask, SECONDS)
        finally:
            for part in away:
                part.back()
        settle(tenant)
        why = too_slow(before, during, most)
        if why is None:
            return before, during
    raise AssertionError(f'{names}: {why}')


ALL = (['redis'], ['mariadb'], ['redis', 'mariadb'])


def callers_wait_once(site):
    tenant = known(site)
    [number, many, inside, nobody, emergency] = tenant.seen

    def ask():
        to = next(turn)
        return to, tenant.call(to, by=tenant.seen[to]).short
    for names in ALL:
        turn = itertools.cycle([number, many, inside, emergency])
        before, during = hang(tenant, names, ask, CALLER)
        assert set(during.said) == set(before.said), during.said
        assert set(during.said) == {
            (to, tenant.before[to]) for to in tenant.seen if to != nobody}
        after = Asked(ask, 0.5)
        assert set(after.said) == set(before.said), after.said


def carriers_wait_once_and_nothing_is_lost(site):
    tenant = known(site)
    tenant.patch('/settings', {'rates': {'webhook': 0}}).must(200)
    acknowledged = []

    def ask():
        body = json.dumps({'token': f'hung-{next(NUMBERED)}',
                           'status': 'ringing'})
        answer = site.http(
            'POST', '/cgi-bin/webhook/session-update', body.encode(),
            tenant.headers() + [('Content-Type', 'application/json'),
                                ('X-Cx-Domain', tenant.domain)], lined=False)
        if answer.status == 200:
            acknowledged.append(body)
        return answer.status
    for names in ALL:
        _, during = hang(tenant, names, ask, CALLER)
        assert set(during.said) == {200}, during.said
    until = time.monotonic() + 60
    while True:
        rows = tenant.sql("SELECT body FROM call_event WHERE kind ="
                          " 'session-update' AND organization_id ="
                          f' {tenant.id}')
        if sorted(row[0] for row in rows) == sorted(acknowledged):
            return
        assert len(rows) <= len(acknowledged), 'more than were told'
        assert time.monotonic() < until, (len(rows), len(acknowledged))
        time.sleep(0.2)


def administrators_are_told_so(site):
    tenant = known(site)
    tenant.patch('/settings', {'rates': {'api': 0}}).must(200)
    path = f'/extensions/{tenant.one}'
    saved = []

    def answer(method, body=None):
        got = tenant.ask(method, path, body)
        if got.status != 200:
            got.must(503, 'UNAVAILABLE')
            assert int(got.headers['retry-after']) > 0
        elif body:
            saved.append(body['name'])
        return got.status

    def look():
        return answer('GET')

    def change():
        return answer('PATCH', {'name': f'Name {next(NUMBERED)}'})
    _, during = hang(tenant, ['redis'], change, CALLER)
    assert set(during.said) == {200}, during.said
    for names, ask in ((ALL[1], look), (ALL[1], change), (ALL[2], change)):
        _, during = hang(tenant, names, ask, ADMINISTRATOR)
        assert set(during.said) == {503}, during.said
        until = time.monotonic() + 10
        while look() != 200:
            assert time.monotonic() < until, 'still refused'
        # Nothing of what was refused was written.
        name = tenant.get(path).must(200).data['name']
        assert name in saved[-2 * CHILDREN:], (name, saved[-8:])
        assert change() == 200


if __name__ == '__main__':
    finish(*run(Site(children=CHILDREN, patient=False), [
        callers_wait_once, carriers_wait_once_and_nothing_is_lost,
        administrators_are_told_so]))
