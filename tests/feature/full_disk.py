#!/usr/bin/env python3
"""The spool's disk is full while Redis and MariaDB are away: events are
refused, never acknowledged and lost, and callers hear what they always hear.

The disk is a tmpfs of its own below var_dir/spool; where nothing may be
mounted, spool.bytes bounds the folder instead.
"""
import collections
import concurrent.futures
import itertools
import json
import subprocess
import time

from carrier import Site, finish, run
from voice_outage import parts

SMALL, LARGE = 256 << 10, 16 << 20  # bytes
NUMBERED = itertools.count(1)


class Disk:
    def __init__(self, site):
        self.folder = site.var / 'spool'
        self.folder.mkdir(mode=0o770, exist_ok=True)
        self.mounted = self.mount(f'size={SMALL},mode=0770', 'tmpfs')
        if not self.mounted:
            with open(site.conf, 'a', encoding='utf-8') as conf:
                conf.write(f'spool.bytes = {SMALL}\n')
            site.behind(site.server)

    def mount(self, options, *what):
        return subprocess.run(
            ['mount', '-t', 'tmpfs', '-o', options, *what, self.folder],
            stderr=subprocess.DEVNULL).returncode == 0

    def room(self):
        """False: there will be when it is drained."""
        return self.mounted and self.mount(f'remount,size={LARGE}', 'tmpfs')

    def files(self):
        return list(self.folder.iterdir())

    def gone(self):
        if self.mounted:
            subprocess.run(['umount', '-l', self.folder], check=True)


def event(filler=0):
    return json.dumps({'token': f'call-{next(NUMBERED)}', 'status': 'ringing',
                       'filler': 'x' * filler})


def tell(tenant, body):
    """True: it is acknowledged."""
    answer = tenant.site.http(
        'POST', '/cgi-bin/webhook/session-update', body.encode(),
        tenant.headers() + [('Content-Type', 'application/json'),
                            ('X-Cx-Domain', tenant.domain)], lined=False)
    if answer.status == 200:
        assert json.loads(answer.text)['status'] == 'accepted', answer.text
        return True
    assert answer.status == 503, answer
    assert int(answer.headers['retry-after']) > 0, answer.headers
    assert json.loads(answer.text)['code'] == 'UNAVAILABLE', answer.text
    return False


def known_everywhere(tenant):
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        bodies = [event() for _ in range(24)]
        assert all(pool.map(lambda body: tell(tenant, body), bodies))
    return bodies


def fill(tenant, acknowledged):
    """Until nothing fits any more, not even a word; what was refused."""
    refused = []
    for size in (20000, 2000, 0):
        in_a_row = 0
        while in_a_row < 12:
            bodies = [event(size) for _ in range(6)]
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                said = list(pool.map(lambda each: tell(tenant, each), bodies))
            for body, accepted in zip(bodies, said):
                (acknowledged if accepted else refused).append(body)
            in_a_row = 0 if any(said) else in_a_row + 6
            assert len(acknowledged) < 5000, 'it never fills'
    return refused


def told(tenant, bodies, patience=60):
    """Each of them once, and no others."""
    wanted = collections.Counter(bodies)
    until = time.monotonic() + patience
    while True:
        found = collections.Counter(row[0] for row in tenant.sql(
            "SELECT body FROM call_event WHERE kind = 'session-update' AND"
            f' organization_id = {tenant.id}'))
        if found == wanted:
            return
        twice = {body[:40]: n for body, n in found.items() if n > 1}
        assert not twice, f'more than once: {twice}'
        assert time.monotonic() < until, (
            f'{len(wanted - found)} are missing, {len(found - wanted)} '
            f'are besides')
        time.sleep(0.1)


def a_full_disk_is_no_acknowledgement(site):
    disk = Disk(site)
    try:
        is_filled(site, disk)
    finally:
        disk.gone()


def is_filled(site, disk):
    tenant = site.tenant()
    one, _ = tenant.users('1001', '1002')
    number, _ = tenant.own(1, ('extension', one))
    acknowledged = known_everywhere(tenant)
    both = parts(site, ['redis', 'mariadb'])
    try:
        # Of which each process has heard: many at once are of all of them.
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            for _ in pool.map(lambda _: (
                    tenant.call(number).must('Dial(1001)'),
                    tenant.call('1002', by='1001').must('Dial(1002)')),
                    range(72)):
                pass
        for part in both:
            part.away('killed')
        refused = fill(tenant, acknowledged)
        assert len(refused) >= 36, len(refused)
        # However often it is tried: no files of nothing.
        assert len(disk.files()) <= 40, len(disk.files())
        for _ in range(8):
            tenant.call(number).must('Dial(1001)')
            tenant.call('1002', by='1001').must('Dial(1002)')
        if disk.room():
            # At once, with both still away; what came again is new.
            for body in refused[:12]:
                assert tell(tenant, body), body[:60]
                acknowledged.append(body)
            refused = refused[12:]
    finally:
        for part in both:
            part.back()
    until = time.monotonic() + 30
    for body in refused[:12]:
        while not tell(tenant, body):
            assert time.monotonic() < until, 'still refused'
            time.sleep(0.2)
        acknowledged.append(body)
    told(tenant, acknowledged)
    until = time.monotonic() + 30
    while disk.files():
        assert time.monotonic() < until, disk.files()
        time.sleep(0.1)


if __name__ == '__main__':
    finish(*run(Site(children=2, patient=False),
                [a_full_disk_is_no_acknowledgement]))
