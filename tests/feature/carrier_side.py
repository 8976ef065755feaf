"""What the tests of the carrier's side share: an instance whose worker tells
all to a stand-in, which a scenario watches.

The carrier counts its requests within a second here, not ten, and is waited
for two seconds, not ten.
"""
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'mocks'))
from cloudonix import Cloudonix  # noqa: E402

os.environ.pop('OPBX_VAR', None)  # the worker has to know the stand-in
SECONDS, TIMEOUT = 1, 2
# A little less: what is sent in time may come late.
CARRIER = Cloudonix(window=SECONDS * 0.8)
os.environ['CARRIER'] = CARRIER.url

import support  # noqa: E402
from support import Instance  # noqa: E402

STEPS = ['domain_profile', 'voice_application', 'default_application']


class Site(Instance):
    def __init__(self, patient=True):
        super().__init__(patient)
        with open(self.conf, 'a', encoding='utf-8') as conf:
            conf.write(f'carrier.seconds = {SECONDS}\n'
                       f'carrier.timeout = {TIMEOUT}\n')
        self.tool('stop')
        self.tool('start')


def key_of(org):
    return f'XI{org.slug:z<32}'.replace('-', 'q')


def connect(org, key=None, wait=True):
    """A domain at the carrier, and its key in the settings."""
    domain = CARRIER.domain(f'{org.slug}.example.net', key_of(org))
    org.sql(f"UPDATE organization SET domain = '{domain.name}'"
            f" WHERE id = {org.id}")
    org.patch('/settings', {'carrier_api_key': key or domain.key}).must(200)
    if wait:
        wired(org)
        must(lambda: org.sql('SELECT COUNT(*) FROM carrier_list WHERE'
                             f' organization_id = {org.id}') == [['2']])
        fresh(org, domain)
    return domain


def steps(org):
    rows = org.get('/settings/carrier').must(200).data['steps']
    assert [row['step'] for row in rows] == STEPS
    return {row['step']: (row['state'], row['failure']) for row in rows}


def must(holds, what='', seconds=40):
    """It comes to hold; asked so seldom that no limit is met."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, \
            what() if callable(what) else what
        time.sleep(0.1)


def fresh(org, domain):
    """What was asked so far is forgotten, and counts for nothing; nobody is
    asking just now."""
    must(lambda: not org.sql('SELECT 1 FROM carrier_due WHERE leased_until >='
                             ' UTC_TIMESTAMP(3) AND organization_id ='
                             f' {org.id}'), 'a turn has no end')
    domain.forget()
    org.instance.redis('DEL', f'opbx:{org.id}:carrier:requests')


def wired(org):
    must(lambda: {state for state, _ in steps(org).values()} == {'done'},
         lambda: steps(org))


def state_of(org, id):
    return org.get(f'/extensions/{id}').must(200).data['carrier']


def in_step(org, *ids):
    must(lambda: all(state_of(org, id)['state'] == 'done' for id in ids),
         lambda: [state_of(org, id) for id in ids])


def due(org):
    """What waits after a failure is tried now."""
    org.sql(f'UPDATE carrier_due SET due_at = UTC_TIMESTAMP(3)'
            f' WHERE organization_id = {org.id}')


def live_call(org, key, state='answered', **more):
    return org.insert('`call`', call_key=key, state=state,
                      started_at=org.sql('SELECT UTC_TIMESTAMP()')[0][0],
                      **more)


def run():
    support.Instance = Site
    support.main()
