#!/usr/bin/env python3
"""What is killed while calls come in: Redis, MariaDB, both, the responders'
processes, the worker.  Counted is that every caller got the right document,
that every event that was acknowledged is there once afterwards, that every
call has its row, and that no job was lost.

    CHAOS_SECONDS=3     how long calls come in while one thing is killed;
                        `make chaos` takes more
    CHAOS_RATE=200      new calls a second
"""
import collections
import itertools
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from carrier import (BUILD, KILL, ROOT, Document, Site, finish, parent_of, run,
                     scenario, scenarios)
from crowd import Crowd, Office
from sounds import wav
from voice_outage import Part

sys.path.insert(0, str(ROOT / 'tests' / 'mocks'))
from receivers import Web, WebHandler, certificate  # noqa: E402

SECONDS = float(os.environ.get('CHAOS_SECONDS', '3'))
RATE = float(os.environ.get('CHAOS_RATE', '200'))
TOLD = 'session-update cdr recording'
WARM = 40   # times each way is called first: every process must have seen it
LEASE = 90  # seconds that the worker's silence is no death
# What changes something, or asks for a secret that no process keeps.
NEEDS_MARIADB = ('code *78', 'code *79', 'code *721002', 'code *73',
                 'a mailbox by phone', 'a room with a PIN')
TERM = 15


class AudioHandler(WebHandler):
    audio = wav()

    def misbehave(self, answer):
        self.send_response(200)
        self.send_header('Content-Type', 'audio/wav')
        self.send_header('Content-Length', str(len(self.audio)))
        self.end_headers()
        self.wfile.write(self.audio)


class ChaosSite(Site):
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='opbx-chaos-')
        path = certificate(self.folder)
        self.web = Web(tls=path)
        self.web.RequestHandlerClass = AudioHandler
        super().__init__(children=2, patient=False)
        with open(self.conf, 'a', encoding='utf-8') as conf:
            conf.write('net.allow_private = 127.0.0.1\n'
                       f'net.ca_file = {path}.crt\n')
        self.behind('lighttpd')
        self.office = Office(self)
        self.ways = [case for case in self.office.cases
                     if case.name not in NEEDS_MARIADB]
        # All at once, so that every process is busy with some.
        calls = self.crowd(WARM * len(self.ways), told='cdr',
                           rate=1000).finish()
        wrong = [str(call) for call in calls if not call.right()]
        assert not wrong, wrong[:5]
        self.placed = list(calls)

    def stop(self):
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def crowd(self, count=None, seconds=0, rate=RATE, **more):
        lines = self.office.lines(
            count, cases=self.ways, audio=f'{self.web.url}/1.wav', **more)
        return Crowd(self, lines, rate, seconds)

    def worker(self):
        """As tools/instance starts it."""
        env = {**os.environ, 'OPBX_INSTANCE': str(self.var),
               'OPBX_CONF': str(self.conf)}
        with open(self.var / 'log' / 'opbx.log', 'ab') as log:
            process = subprocess.Popen(
                [BUILD / 'sbin' / 'opbx-worker'], env=env, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                umask=0o007)
        stat = pathlib.Path(f'/proc/{process.pid}/stat').read_text()
        (self.var / 'pid' / 'worker').write_text(
            f'{process.pid} {stat.rsplit(")")[-1].split()[19]}\n')

    def kill(self, *pids, signal=KILL):
        for pid in pids:
            try:
                os.kill(pid, signal)
            except ProcessLookupError:
                pass

    def working(self, name):
        """The processes of a responder that answer."""
        all_ = self.processes(name)
        found = []
        for pid in all_:
            try:
                if parent_of(pid) in all_:
                    found.append(pid)
            except OSError:
                pass
        return found

    def later(self):
        """So long after, that what a dead worker had is anybody's."""
        alive = {str(pid) for pid in self.processes('opbx-worker')}
        lines = self.redis('--raw', 'XPENDING', 'opbx:queue:events',
                           'workers', '-', '+', '20000').split('\n')
        ids = [id for id, who in zip(lines[0::4], lines[1::4])
               if who.rsplit('-')[-1] not in alive]
        for n in range(0, len(ids), 500):
            self.redis('XCLAIM', 'opbx:queue:events', 'workers', 'gone-0',
                       '0', *ids[n:n + 500], 'IDLE', str(LEASE * 2000),
                       'JUSTID')
        for queue in ('recordings', 'cdr', 'cache', 'notifications'):
            key = f'opbx:queue:{queue}:due'
            for id in self.redis('--raw', 'ZRANGE', key, '0', '-1').split():
                self.redis('ZADD', key, 'XX', '0', id)
        # And it looks for rows whose jobs Redis forgot.
        subprocess.run([BUILD / 'sbin' / 'opbx-worker', '--once'],
                       env={**os.environ, 'OPBX_CONF': str(self.conf)},
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=False)


def storm(site, harm):
    """Calls come in while harm(seconds) is done; the calls."""
    crowd = site.crowd(None, SECONDS, told=TOLD)
    began = time.monotonic()
    harm(began + SECONDS)
    calls = crowd.finish(SECONDS + 90)
    print(f'    {len(calls)} calls, {crowd.rate:.0f} a second, '
          f'{sum(len(call.legs) for call in calls)} documents, '
          f'{sum(len(call.events) for call in calls)} events')
    for call in calls:
        for leg in call.legs:
            document = Document(leg['status'], {}, leg['document'].encode(),
                                call.session, str(call))
            document.lined = False
            site.sent.append(document)
    site.placed += calls
    return calls


def all_right(site, calls, lost=0):
    """Each caller was told what is right; so many requests may have died
    with the process that had them, and even those got a document."""
    broken = [str(call) for call in calls
              if not all(leg['valid'] for leg in call.legs)]
    assert not broken, f'{len(broken)} got no document: ' + '\n'.join(
        broken[:5])
    wrong = [call for call in calls if not call.right()]
    if len(wrong) > lost:
        sessions = {call.session for call in wrong[:10]}
        for line in site.log():
            if line.get('call_id') in sessions and line.get(
                    'responder') == 'voice':
                print('   ', line)
    assert len(wrong) <= lost, (
        f'{len(wrong)} of {len(calls)} calls went wrong: ' +
        '\n'.join(map(str, wrong[:10])))
    for call in wrong:
        assert call.legs[-1]['status'] != 200, str(call)


def lives(pid):
    try:
        stat = pathlib.Path(f'/proc/{pid}/stat').read_text()
        return stat.rsplit(')')[-1].split()[0] != 'Z'
    except OSError:
        return False


def until(holds, what, patience):
    deadline = time.monotonic() + patience
    while True:
        left = holds()
        if not left:
            return
        assert time.monotonic() < deadline, f'{what}: {left}'
        time.sleep(0.2)


def nothing_lost(site, patience=60 + 2 * SECONDS):
    """Every acknowledged event once, every call one row, every job done."""
    calls = site.placed
    for call in calls:
        for event in call.events:
            assert event['taken'] > 0, (str(call), event)
    tenant = site.office.tenant
    mine = f'organization_id = {tenant.id}'

    looks = itertools.count()

    def unfinished():
        if next(looks) % 25 == 10:
            site.later()
        left = {
            'queue': site.redis('XLEN', 'opbx:queue:events'),
            'spool': str(len([file for file in (site.var / 'spool').rglob('*')
                              if file.is_file() and file.stat().st_size])
                         if (site.var / 'spool').exists() else 0),
            'unfolded': tenant.sql('SELECT COUNT(*) FROM call_event WHERE'
                                   f' unfolded = 1 AND {mine}')[0][0],
            'records': tenant.sql('SELECT COUNT(*) FROM cdr WHERE'
                                  f' unfolded = 1 AND {mine}')[0][0],
            'recordings': tenant.sql("SELECT COUNT(*) FROM recording WHERE"
                                     f" state = 'pending' AND {mine}")[0][0],
            'messages': tenant.sql("SELECT COUNT(*) FROM voicemail WHERE"
                                   f" state = 'pending' AND {mine}")[0][0]}
        return {name: n for name, n in left.items() if n != '0'}
    try:
        until(unfinished, 'left undone', patience)
    except AssertionError:
        for line in site.log()[-20000:]:
            if line.get('responder') == 'worker' and line['level'] not in (
                    'debug', 'info'):
                print('   ', line)
        raise

    told = collections.Counter(
        (call.session, event['kind']) for call in calls
        for event in call.events)
    found = collections.Counter({
        (key, kind): int(count) for key, kind, count in tenant.sql(
            'SELECT call_key, kind, COUNT(*) FROM call_event WHERE'
            f" {mine} AND kind <> 'voice' GROUP BY call_key, kind")})
    assert found == told, (
        f'missing {list((told - found).items())[:5]}, '
        f'too many {list((found - told).items())[:5]}')
    rows = {key: (int(count), state) for key, count, state in tenant.sql(
        'SELECT call_key, COUNT(*), MAX(state) FROM `call` WHERE'
        f' {mine} GROUP BY call_key')}
    wrong = [(str(call), rows.get(call.session)) for call in calls
             if rows.get(call.session, (0,))[0] != 1 or
             call.right() and
             rows[call.session][1] != call.case.row['state']]
    assert not wrong, f'{len(wrong)} rows are wrong: {wrong[:5]}'
    for table, kind in (('recording', 'recordings'),
                        ('voicemail', 'messages')):
        states = collections.Counter(
            (key, state) for key, state in tenant.sql(
                f'SELECT call_key, state FROM {table} WHERE {mine}'))
        due = collections.Counter(
            (call.session, 'ready') for call in calls
            if getattr(call.case, kind) and call.reached(kind) and (
                kind == 'messages' or any(
                event['kind'] == 'recording' for event in call.events)))
        assert states == due, (kind, list((due - states).items())[:3],
                               list((states - due).items())[:3])
    counted = tenant.sql('SELECT COALESCE(SUM(calls), 0) FROM cdr_hour WHERE '
                         + mine)[0][0]
    assert int(counted) == len(calls), (counted, len(calls))
    parked = tenant.sql('SELECT queue, job_key, failure FROM parked_job')
    assert parked == [], parked[:5]
    voice = int(tenant.sql("SELECT COUNT(*) FROM call_event WHERE kind = "
                           f"'voice' AND {mine}")[0][0])
    made = sum(len(call.legs) for call in calls)
    print(f'    {sum(told.values())} events once each, {len(calls)} rows, '
          f'{voice} of {made} decisions kept')


def away(site, names, end, how=KILL):
    """Down for a third of the time, again and again when there is time."""
    parts = [Part(site, name) for name in names]
    while True:
        pause = min(2.0, max(0.5, (end - time.monotonic()) / 5))
        time.sleep(pause)
        site.signal(how, *names)
        time.sleep(pause)
        for part in parts:
            part.start()
        if end - time.monotonic() < 12:
            return


@scenario
def redis_and_mariadb_are_killed(site):
    all_right(site, storm(site, lambda end: away(
        site, ['redis', 'mariadb'], end)))
    nothing_lost(site)


@scenario
def mariadb_is_killed(site):
    all_right(site, storm(site, lambda end: away(site, ['mariadb'], end)))
    nothing_lost(site)


@scenario
def redis_is_killed(site):
    all_right(site, storm(site, lambda end: away(site, ['redis'], end)))
    nothing_lost(site)


@scenario
def the_worker_is_killed(site):
    def harm(end):
        while time.monotonic() < end:
            time.sleep(0.5)
            site.kill(*site.processes('opbx-worker'))
            time.sleep(0.5)
            site.worker()
            time.sleep(0.5)
            # One of its processes, which it replaces.
            site.kill(*random.sample(site.working('opbx-worker'), 3))
    all_right(site, storm(site, harm))
    nothing_lost(site)


@scenario
def processes_of_each_responder_are_killed(site):
    killed = []

    def harm(end):
        names = sorted(file.stem for file in (ROOT / 'cgi-bin').glob('*.c'))
        while time.monotonic() < end:
            for name in ('voice', 'webhook', random.choice(names)):
                found = site.working(name)
                if found:
                    site.kill(random.choice(found))
                    killed.append(name)
                time.sleep(0.15)
    calls = storm(site, harm)
    assert killed.count('voice') > 1 and killed.count('webhook') > 1, killed
    all_right(site, calls, lost=killed.count('voice'))
    nothing_lost(site)


@scenario
def all_is_restarted_in_order(site):
    def harm(end):
        while True:
            for name in ('redis', 'mariadb'):
                time.sleep(0.3)
                pid = site.pid(name)
                site.signal(TERM, name)
                until(lambda: lives(pid), name, 30)
                Part(site, name).start()
            site.signal(TERM, 'worker')
            time.sleep(0.3)
            site.worker()
            if end - time.monotonic() < 12:
                return
    all_right(site, storm(site, harm))
    nothing_lost(site)


if __name__ == '__main__':
    # voice_outage has scenarios, too.
    finish(*run(ChaosSite(), [each for each in scenarios
                              if each.__module__ == '__main__']))
