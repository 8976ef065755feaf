#!/usr/bin/env python3
"""tests/e2e/run.py lighttpd|apache: the pages in a real browser, behind one of
the servers: how they work, or how they look (run.mjs).  "install" only fetches
what drives the browser.

Makes an instance, an organization with something of everything and some with
less, and lets run.mjs drive Chromium over it.  Ends in "N passed, N failed";
how the pages looked stays in build/screens.
"""
from datetime import datetime, timezone
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys

# What people feel is the build that they use.
os.environ['MODE'] = 'release'
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'feature'))
import many  # noqa: E402
from sounds import wav  # noqa: E402
from support import ROOT, Instance  # noqa: E402

NPM = ROOT / 'build' / 'npm-e2e'
SCREENS = ROOT / 'build' / 'screens'
# Markup, a formula, a right-to-left mark, four bytes a character, and long.
HOSTILE = '=<b onclick=x>\'"&amp; \u202eevil \U0001f600\U0001f600 <script>'
LONG = HOSTILE + 'W' * (100 - len(HOSTILE))
LONGER = HOSTILE + 'W' * (200 - len(HOSTILE))
PARTS = {'lighttpd': 'works', 'apache': 'looks'}


def furnish(org):
    """Something of everything, with names as hostile as names can be."""
    org.patch('/settings', {'rates': {'api': 0}}).must(200)
    ann = org.extension('1001', name='Ann')
    org.extension('1002', name=LONG, voicemail={'enabled': True,
                                                'pin': '1234'})
    for number, role in (('1003', 'agent'), ('1004', 'user')):
        org.extension(number, name=f'Of the {role}',
                      user_id=org.user_of(role))
    org.extension('1999', name='Used by nothing')
    group = org.post('/ring-groups', {
        'name': LONG, 'members': [{'extension_id': ann}]}).must(201).id
    org.post('/prompts', {'name': LONG, 'text': HOSTILE}).must(201)
    for n in (1, 2):
        did = org.did(org.number(n))
        org.patch(f'/dids/{did}', {'name': LONG if n == 1 else 'Front', 'target': {
            'type': 'ring_group', 'id': group}}).must(200)
    org.post('/conference-rooms', {'name': LONG}).must(201)
    org.post('/blocked-callers', {'number': 'anonymous',
                                  'note': LONGER}).must(201)
    org.insert('carrier_list', name='trunks',
               document='[{"name": "main"}]', fetched_at='2026-07-01')
    org.insert('voicemail', extension_id=ann, call_key='a', leg='a',
               seconds=7, state='ready', caller_name=LONGER,
               media_type='audio/wav', bytes=1000, audio_token='e2e',
               from_number='+12025550111', received_at='2026-07-01 12:00:00')
    sound = wav(30)
    recorded = org.insert(
        'recording', call_key='a', state='ready', seconds=30,
        media_type='audio/wav', bytes=len(sound),
        recorded_at='2026-07-01 12:00:05')
    folder = org.instance.var / 'audio' / str(org.id) / 'recording'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(recorded)).write_bytes(sound)
    org.insert('`call`', call_key='a', direction='inbound',
               state='completed', from_raw='+12025550111',
               to_raw=org.number(1), caller_name=LONGER, duration=67,
               started_at='2026-07-01 12:00:00')
    org.insert('cdr', record_key='r', call_key='a', document='{"a": 1}',
               disposition='answered', duration=67,
               started_at='2026-07-01 12:00:00')


def operator(org):
    """Somebody of the platform."""
    email = f'operator@{org.slug}.example'
    password = org.password_of('owner')
    org.sql(f"INSERT INTO operator (name, email, password_hash) SELECT"
            f" 'Operator', '{email}', password_hash FROM user WHERE"
            f" organization_id = {org.id} AND id = {org.user_of('owner')}")
    return {'email': email, 'password': password}


def install():
    """What drives Chromium, by whoever comes first."""
    NPM.parent.mkdir(exist_ok=True)
    with open(f'{NPM}.lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run([ROOT / 'tools' / 'npm', HERE, NPM], check=True,
                       stdin=subprocess.DEVNULL)
        link = HERE / 'node_modules'
        if not link.is_symlink():
            link.symlink_to(os.path.relpath(NPM / 'node_modules', HERE))


def account(org, role='owner'):
    password = org.password_of(role)
    org.user_of(role)
    return {'email': f'{role}@{org.slug}.example', 'password': password,
            'number': org.number(1)}


def objects(org):
    """The page of one of each kind."""
    found = {}
    for name in ('extensions', 'dids', 'ring-groups', 'prompts',
                 'voicemails', 'recordings', 'calls', 'cdrs', 'audit'):
        rows = org.get(f'/{name}').must(200).data
        found[f'{name}-one'] = f'/{name}.html?id={rows[0]["id"]}'
    return found


def main(server):
    install()
    if server == 'install':
        return 0
    part = os.environ.get('PART', PARTS[server])
    os.environ['SERVER'] = server
    if part == 'looks':
        shutil.rmtree(SCREENS, ignore_errors=True)
        SCREENS.mkdir(parents=True)
    instance = Instance()
    org = instance.organization(domain='e2e.opbx.example')
    org.domain = 'e2e.opbx.example'
    furnish(org)
    who = {'full': account(org), 'begin': account(instance.organization()),
           'operator': operator(org)}
    if part == 'looks':
        who['bare'] = account(instance.organization())
    else:
        staff = instance.organization()
        furnish(staff)
        who['staff'] = account(staff)
        who.update((role, account(staff, role))
                   for role in ('admin', 'agent', 'user'))
        # Where hours begin at half past those of the browser.
        far = instance.organization(timezone='Asia/Kolkata')
        far.patch('/settings', {'rates': {'api': 0}}).must(200)
        many.fill(far.sql, far.id, 10000, many.EXTENSIONS)
        begun = datetime.now(timezone.utc).strftime('%Y-%m-%d %H:%M:%S')
        far.insert('`call`', call_key='far', direction='inbound',
                   state='answered', from_raw='+12025550199',
                   to_raw=far.number(1), started_at=begun)
        who['far'] = account(far)
    done = subprocess.run(
        ['node', HERE / 'run.mjs'], check=False, text=True,
        stdin=subprocess.DEVNULL, env=dict(
            os.environ, BASE_URL=f'http://127.0.0.1:{instance.port}',
            PART=part, PEOPLE=json.dumps(who), SCREENS=str(SCREENS),
            HOSTILE=HOSTILE, OBJECTS=json.dumps(objects(org)),
            DID=org.number(2), GROUP=org.number(1),
            DOMAIN=org.domain, VOICE_KEY=org.post(
                '/settings/voice-key', {}).must(200).data['voice_key']))
    return done.returncode


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
