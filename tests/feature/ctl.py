#!/usr/bin/env python3
"""opbxctl: what an operator types, and what it says when that cannot be done.
"""
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time

from carrier import GO, STOP, Site, everywhere, finish, run, scenario
from labour import certificate
from receivers import Mail

SORRY = 'Say Hangup'


def ok(site, *words, **more):
    status, out, err = site.opbxctl(*words, **more)
    assert status == 0, f'{words}: {status} {err}'
    return out


def refused(site, status, said, *words, **more):
    """Exit status 1: could not; 2: called wrongly.  It says why."""
    got, out, err = site.opbxctl(*words, **more)
    assert got == status, f'{words}: {got} {out} {err}'
    assert re.search(said, err, re.I), f'{words}: {err}'
    assert out == '', f'{words}: {out}'
    assert 'runtime error' not in err and 'Sanitizer' not in err, err


ORG = ['org', 'create', '--name', 'Acme Phones, Inc.', '--country', 'US',
       '--timezone', 'America/New_York', '--owner-email', 'Ann@Acme.example']


@scenario
def an_organization(site):
    out = ok(site, *ORG, '--domain', 'Acme.OpBX.example')
    key = re.search(r'voice key +(\S+)', out)[1]
    secret = re.search(r'webhook secret +(\S+)', out)[1]
    link = re.search(rf"owner's link +{site.base}/cgi-bin/session/link\?token=(\S+)", out)
    assert len(key) >= 43 and len(secret) >= 43 and len(link[1]) >= 43, out
    site.secrets.update({key, secret, link[1]})
    assert 'acme-phones-inc' in out and 'ann@acme.example' in out.lower()
    assert f'{site.base}/cgi-bin/voice' in out
    # It works at once, whatever the domain's case.
    site.http('GET', '/cgi-bin/voice?To=1001&Domain=ACME.opbx.EXAMPLE', None,
              [('Authorization', f'Bearer {key}')]).must(SORRY)
    # Nothing of it lies readable in the database.
    dump = subprocess.run(
        ['mariadb-dump', '--no-defaults', '-S', site.socket, '--hex-blob',
         '--skip-triggers', 'opbx'], capture_output=True, text=True).stdout
    assert 'ann@acme.example' in dump
    for each in (key, secret, link[1]):
        assert each not in dump and each.encode().hex().upper() not in dump
    id = re.search(r'id (\d+)', out)[1]
    rows = site.sql(f"SELECT COUNT(*) FROM audit_entry WHERE organization_id "
                    f"= {id} AND action = 'create' "
                    "AND object_type = 'organization'")
    assert rows == [['1']], rows


@scenario
def organizations_that_cannot_be(site):
    taken = site.tenant()
    for change, said in (
            (['--country', 'XX1'], 'country'), (['--country', ''], 'country'),
            (['--timezone', 'Mars/Olympus'], 'timezone'),
            (['--timezone', '../../etc/passwd'], 'timezone'),
            (['--owner-email', 'nobody'], 'owner.email'),
            (['--name', 'x' * 101], 'name'),
            (['--slug', taken.slug], 'slug'),
            (['--domain', taken.domain], 'domain'),
            (['--domain', taken.domain.upper()], 'domain')):
        before = site.sql('SELECT COUNT(*) FROM organization')
        words = ORG + ['--slug', 'other'] + change
        status, out, err = site.opbxctl(*words)
        # Without a value, or with an empty one where one must be: usage.
        assert status in ((2,) if change[1] == '' else (1,)), err
        assert said in err.lower(), f'{change}: {err}'
        assert out == '' and 'error 1' not in err, err
        assert site.sql('SELECT COUNT(*) FROM organization') == before
    # All complaints at once.
    refused(site, 1, r'(?s)owner\.email.*country.*timezone', 'org', 'create',
            '--name', 'x', '--country', 'X', '--timezone', 'X',
            '--owner-email', 'x')


@scenario
def wrong_usage(site):
    for words, said in (
            ([], 'usage'), (['nonsense'], 'no command'),
            (['org'], 'usage'), (['org', 'destroy'], 'usage'),
            (['org', 'create'], 'required'),
            (ORG + ['--colour', 'red'], 'no option --colour'),
            (ORG + ['extra'], 'no option'), (ORG + ['--slug'], 'needs a'),
            (['user'], 'usage'), (['user', 'create'], 'required'),
            (['token'], 'usage'), (['token', 'create'], 'required'),
            (['token', 'create', '--email', 'x@y', '--days', 'x'], 'days'),
            (['key'], 'usage'), (['key', 'rotate', '--minutes', 'x'],
                                 'minutes'),
            (['key', 'rotate', '--minutes', '-1'], 'minutes'),
            (['route'], 'required'), (['route', '--from', '1'], 'required'),
            (['route', '--from', '1', '--to', '2', '--at', 'noon'], '--at'),
            (['migrate', 'x'], 'no arguments'),
            (['doctor', 'x'], 'no arguments'), (['demo'], 'required'),
            (['user', 'create', '--name', 'x', '--email', 'x@y.example',
              '--role', 'king'], 'role')):
        refused(site, 2, said, *words)
    for words in (['help'], ['--help']):
        assert 'org create' in ok(site, *words)


@scenario
def every_command_says_how_it_is_called(site):
    commands = re.findall(r'(?m)^  (\S+) ', ok(site, 'help'))
    assert {'org', 'migrate', 'doctor', 'demo', 'sync'} <= set(commands)
    for name in commands:
        for words in (['--help'], ['-h'], ['create', '--help'],
                      ['x', '--org', 'nobody', '-h']):
            said = ok(site, name, *words)
            assert said.startswith(f'usage: opbxctl {name}'), said
    tables = ('organization', 'user', 'token', 'voice_key')
    count = [site.sql(f'SELECT COUNT(*) FROM {each}') for each in tables]
    assert '--file FILE' in ok(site, 'org', 'import', '--help')
    ok(site, *ORG, '--slug', 'helped', '--help')
    ok(site, 'key', 'rotate', '-h')
    assert count == [site.sql(f'SELECT COUNT(*) FROM {each}')
                     for each in tables]
    # Without an installation, too.
    status, out, err = site.opbxctl('org', '--help', conf='/nowhere')
    assert (status, err) == (0, '') and 'org create' in out
    refused(site, 2, 'no command', 'nonsense', '--help')


@scenario
def users_and_tokens(site):
    tenant = site.tenant()
    words = ['user', 'create', '--org', tenant.slug, '--name', 'Bob',
             '--email', 'bob@x.example', '--role', 'admin']
    ok(site, *words, given='a long enough password\n')
    refused(site, 1, 'email', *words, given='a long enough password\n')
    words[words.index('bob@x.example')] = 'eve@x.example'
    refused(site, 1, 'password', *words, given='short\n')
    token = ok(site, 'token', 'create', '--org', tenant.slug, '--email',
               'bob@x.example').strip()
    site.secrets.add(token)
    tenant.get('/extensions', token=token).must(200)
    read = ok(site, 'token', 'create', '--org', tenant.slug, '--email',
              'bob@x.example', '--abilities', 'extensions:read').strip()
    tenant.get('/extensions', token=read).must(200)
    tenant.post('/extensions', {'number': '1001', 'name': 'A'},
                token=read).must(403)
    tenant.get('/ring-groups', token=read).must(403)
    refused(site, 1, 'no user', 'token', 'create', '--org', tenant.slug,
            '--email', 'nobody@x.example')
    refused(site, 1, 'no organization', 'token', 'create', '--org', 'nobody',
            '--email', 'bob@x.example')
    # With several organizations one must be named.
    refused(site, 1, 'several', 'key', 'rotate')
    refused(site, 1, 'no organization', 'key', 'rotate', '--org', 'nobody')
    ok(site, 'user', 'passwd', '--org', tenant.slug, '--email',
       'bob@x.example', given='another long password\n')
    refused(site, 1, '10', 'user', 'passwd', '--org', tenant.slug, '--email',
            'bob@x.example', given='short\n')


def routed(site, tenant, *words):
    return ok(site, 'route', '--org', tenant.slug, *words).splitlines()


@scenario
def a_route_tells_its_steps(site):
    demo = site.demo
    lines = routed(site, demo, '--from', '+16175551212', '--to',
                   '+12125550102', '--then',
                   'no-answer,busy,failed,no-answer,no-answer')
    documents = [line for line in lines if line.startswith('<?xml')]
    numbers = [re.findall(r'<Number>(\d+)', each) for each in documents]
    assert numbers == [['1001'], ['1002'], ['1001'], ['1002'], ['1004'], []]
    assert any('+12125550102' in line for line in lines[:3]), lines
    assert any('ring_group' in line for line in lines), lines
    lines = routed(site, demo, '--from', '1001', '--to', '4000',
                   '--direction', 'subscriber', '--then',
                   'digits=9,digits=1,recorded')
    assert '<Record' in lines[-3] or '<Record' in '\n'.join(lines), lines
    lines = routed(site, demo, '--from', '1004', '--to', '2001',
                   '--when', '1001=busy, 1002=declines,1004=answers',
                   '--then', '')
    assert '1004 answers' in lines, lines
    assert sum(line.startswith('<?xml') for line in lines) == 6, lines
    lines = routed(site, demo, '--from', '1001', '--to', '+18765550123',
                   '--direction', 'subscriber')
    assert '<Hangup' in lines[-1] and len(lines) >= 2, lines
    for then in ('nonsense', 'busy,busy,busy,busy,busy', 'digits=1'):
        status, _, err = site.opbxctl(
            'route', '--org', 'demo', '--from', '1003', '--to', '1001',
            '--direction', 'subscriber', '--then', then)
        assert status == 1 and err, f'{then}: {status} {err}'


@scenario
def a_route_writes_nothing(site):
    demo = site.demo
    first = demo.call('+12125550103').numbers[0]
    before = site.sql('SELECT (SELECT COUNT(*) FROM audit_entry), '
                      '(SELECT COUNT(*) FROM counter), '
                      '(SELECT MAX(number) FROM generation)')
    heard = {tuple(re.findall(r'<Number>(\d+)', routed(
        site, demo, '--from', '+16175551212', '--to', '+12125550103')[-1]))
        for _ in range(4)}
    assert len(heard) == 1, heard
    following = {'1001': '1002', '1002': '1003', '1003': '1001'}[first]
    assert demo.call('+12125550103').numbers == [following]
    for to in ('911', '*78', '*73', '*721002'):
        routed(site, demo, '--from', '1001', '--to', to, '--direction',
               'subscriber')
    after = site.sql('SELECT (SELECT COUNT(*) FROM audit_entry), '
                     '(SELECT COUNT(*) FROM counter), '
                     '(SELECT MAX(number) FROM generation)')
    assert after == before, f'{before} {after}'
    everywhere(lambda: demo.call('1001', by='1003'), 'Dial(1001)')
    # Nor is a claim proved.
    tenant = site.tenant()
    [one] = tenant.users('1001')
    number = tenant.number(1)
    id = tenant.post('/dids', {'number': number, 'target': {
        'type': 'extension', 'id': one}}).must(201).id
    assert '<Number>1001' in routed(site, tenant, '--from', '+16175551212',
                                    '--to', number)[-1]
    assert tenant.get(f'/dids/{id}').data['proved_at'] is None


@scenario
def a_route_takes_the_tenants_clock_and_direction(site):
    demo = site.demo
    office = ('--from', '+16175551212', '--to', '+12125550105', '--at')
    for at, verb in (('2026-12-23T08:59', 'Record'),
                     ('2026-12-23T09:00', 'Dial'),
                     ('2026-12-23 16:59:59', 'Dial'),
                     ('2026-12-23T17:00', 'Record'),
                     ('2026-12-23T14:00Z', 'Dial'),
                     ('2026-12-23T13:59Z', 'Record'),
                     ('2026-12-23T09:00-08:00', 'Dial'),
                     ('2026-12-25T10:00', 'Record'),
                     ('2026-07-01T09:00', 'Dial')):
        assert f'<{verb}' in routed(site, demo, *office, at)[-1], at
    lines = routed(site, demo, '--from', '1001', '--to', '911')
    assert 'subscriber' in lines[0] and '<Number>911' in lines[-1], lines
    lines = routed(site, demo, '--from', '+16175551212', '--to', '911')
    assert 'inbound' in lines[0] and '<Dial' not in lines[-1], lines


@scenario
def an_organization_is_suspended_and_resumed(site):
    tenant = site.tenant()
    tenant.users('1001', '1002')
    tenant.call('1001', by='1002').must('Dial(1001)')
    refused(site, 2, 'org is required', 'org', 'suspend')
    refused(site, 1, 'no organization', 'org', 'suspend', '--org', 'nobody')
    ok(site, 'org', 'suspend', '--org', tenant.slug)
    refused(site, 1, 'already', 'org', 'suspend', '--org', tenant.slug)
    assert re.search(rf'(?m)^{tenant.slug} +suspended ', ok(
        site, 'org', 'list'))
    everywhere(lambda: tenant.call('1001', by='1002'), SORRY)
    everywhere(lambda: tenant.call('911', by='1002'), 'Dial[main](911)')
    ok(site, 'org', 'resume', '--org', tenant.slug)
    refused(site, 1, 'not suspended', 'org', 'resume', '--org', tenant.slug)
    everywhere(lambda: tenant.call('1001', by='1002'), 'Dial(1001)')
    rows = site.sql('SELECT action FROM audit_entry WHERE organization_id = '
                    f"{tenant.id} AND action IN ('suspend', 'resume')"
                    ' ORDER BY id')
    assert rows == [['suspend'], ['resume']], rows


@scenario
def a_suspension_by_sql_is_heard_of(site):
    tenant = site.tenant()
    tenant.users('1001', '1002')
    tenant.call('1001', by='1002').must('Dial(1001)')
    site.sql("UPDATE organization SET status = 'suspended' WHERE id = "
             f'{tenant.id}')
    deadline = time.time() + 10
    while (tenant.call('1001', by='1002').short != SORRY
           and time.time() < deadline):
        time.sleep(0.1)
    everywhere(lambda: tenant.call('1001', by='1002'), SORRY)


@scenario
def a_rotated_key_is_shown_once(site):
    tenant = site.tenant()
    key = ok(site, 'key', 'rotate', '--org', tenant.slug).strip()
    site.secrets.add(key)
    assert len(key) >= 43 and '\n' not in key
    assert key != tenant.key


@scenario
def migrate_again_changes_nothing(site):
    def schema():
        return site.sql("SELECT COUNT(*), MAX(create_time) FROM "
                        "information_schema.tables WHERE table_schema = "
                        "'opbx'")
    before = schema()
    ok(site, 'migrate')
    assert schema() == before
    site.demo.call('+12125550100').must('Dial(1001)')


@scenario
def the_demo_comes_back_when_its_file_was_lost(site):
    demo, file = site.demo, site.var / 'demo.env'
    old = dict(demo.env)
    os.unlink(file)
    status, _, err = site.opbxctl('demo', '--write', str(file))
    assert status == 0 and 'new key' in err, err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    new = dict(re.findall(r"^(\w+)='(.*)'$", file.read_text(), re.M))
    site.secrets.update({new['VOICE_KEY'], new['WEBHOOK_SECRET'],
                         new['OWNER_PASSWORD']})
    for name in ('BASE_URL', 'OWNER_EMAIL', 'ORGANIZATION', 'DOMAIN'):
        assert new[name] == old[name], f'{name}: {new[name]}'
    for name in ('VOICE_KEY', 'WEBHOOK_SECRET', 'OWNER_PASSWORD'):
        assert new[name] and new[name] != old[name], name
    everywhere(lambda: demo.call('+12125550100'), 'Reject')
    demo.key = new['VOICE_KEY']
    everywhere(lambda: demo.call('+12125550100'), 'Dial(1001)')
    rows = site.sql(f'SELECT COUNT(*) FROM extension WHERE organization_id '
                    f'= {demo.id}')
    assert rows == [['13']] or rows == [['12']], rows
    refused(site, 1, 'nowhere', 'demo', '--write', '/nowhere/demo.env')


@scenario
def a_demo_that_was_cut_short_is_completed(site):
    """Killed between the organization and its things."""
    site.sql("UPDATE organization SET deleted_at = UTC_TIMESTAMP(3) "
             f'WHERE id = {site.demo.id}; '
             f'UPDATE did SET proved_at = NULL WHERE organization_id = '
             f'{site.demo.id}')
    ok(site, 'org', 'create', '--name', 'Demo', '--slug', 'demo', '--country',
       'US', '--timezone', 'America/New_York', '--owner-email',
       'owner@demo.opbx.example', '--domain', 'demo.opbx.example')
    os.unlink(site.var / 'demo.env')
    status, _, err = site.opbxctl('demo', '--write',
                                  str(site.var / 'demo.env'))
    assert status == 0, err
    site.demo = type(site.demo).of_demo(site)
    until = time.monotonic() + 10
    while site.demo.call('+12125550101').short != 'Dial(1001 1002 1003)':
        assert time.monotonic() < until
        time.sleep(0.1)


@scenario
def a_doctor_finds_nothing(site):
    out = ok(site, 'doctor')
    assert 'fail' not in out, out
    for part in ('configuration', 'secret', 'redis', 'mariadb', 'accounts',
                 'migrations', 'tzdata'):
        assert re.search(f'^ok +{part}', out, re.M), f'{part}: {out}'
    for secret in site.secrets:
        assert secret not in out


@scenario
def a_doctor_says_whether_mail_can_be_sent(site):
    conf = site.var / 'etc' / 'opbx.conf'
    text = conf.read_text()
    folder = tempfile.mkdtemp(prefix='opbx-mail-')
    path = certificate(folder)
    mail, plain = Mail(path), Mail()

    def says(pattern, *lines):
        conf.write_text(text + ''.join(f'{line}\n' for line in lines))
        found = re.findall('(?m)^.* mail.*$', ok(site, 'doctor'))
        assert len(found) == 1 and re.search(pattern, found[0]), found
        assert 'hush hush' not in found[0]

    sender = 'smtp.from = OpBX <opbx@pbx.example>'
    url = f'smtp.url = {mail.url}'
    ca = f'net.ca_file = {path}.crt'
    account = ('smtp.user = me', 'smtp.password = hush hush')
    try:
        says(r'^warn mail: is not set up.*smtp\.url')
        says(r'^warn mail: is not set up', url)
        says(r'^warn mail: is not set up', sender)
        says(r'^warn mail: smtp\.from', url, 'smtp.from = nobody')
        says(r'^ok +mail by smtp://127', url, sender, ca, *account)
        mail.answers.append('refuse 554')
        says(r'^warn mail: .*answered 554', url, sender, ca)
        mail.answers.append('at-auth 535')
        says(r'^warn mail: ', url, sender, ca, *account)
        mail.answers.append('close')
        says(r'^warn mail: ', url, sender, ca)
        # Without its certificate, or without TLS at all, it gets nothing.
        says(r'^warn mail: .*certificate', url, sender)
        says(r'^warn mail: ', f'smtp.url = {plain.url}', sender)
        says(r'^ok +mail', f'smtp.url = {plain.url}', sender,
             'smtp.starttls = no')
        says(r'^warn mail: .*take connections',
             'smtp.url = smtp://127.0.0.1:1', sender)
        assert mail.letters == [] and plain.letters == []
    finally:
        conf.write_text(text)
        mail.__exit__()
        plain.__exit__()
        shutil.rmtree(folder)


@scenario
def a_doctor_names_what_is_wrong(site):
    def says(pattern, status=1, **more):
        got, out, err = site.opbxctl('doctor', **more)
        assert re.search(pattern, out, re.M), f'{pattern}: {out}'
        assert got == status, f'{pattern}: {got} {out} {err}'

    site.signal(STOP, 'redis')
    try:
        says(r'^warn redis: .*start it', 0)
        time.sleep(1.1)  # as long as the worker is believed
        says(r'^warn worker: .*start opbx-worker', 0)
    finally:
        site.signal(GO, 'redis')
    site.signal(STOP, 'mariadb')
    try:
        says(r'^fail mariadb: .*start it')
    finally:
        site.signal(GO, 'mariadb')
    secret = site.var / 'etc' / 'secret'
    mode = stat.S_IMODE(secret.stat().st_mode)
    text = secret.read_text()
    try:
        os.chmod(secret, 0o644)
        says(r'^fail secret: .*chmod 600')
        os.chmod(secret, mode)
        secret.write_text('short')
        says(r'^fail secret: ')
        os.unlink(secret)
        says(r'^fail secret: .*(restore|openssl)')
    finally:
        secret.write_text(text)
        os.chmod(secret, mode)
    says(r'^fail configuration: .*OPBX_CONF', conf='/nowhere/opbx.conf')
    conf = site.var / 'etc' / 'opbx.conf'
    text = conf.read_text()
    try:
        conf.write_text(text + '\npassword.cheap = yes\n')
        says(r'^fail password.cheap: .*set anew')
    finally:
        conf.write_text(text)
    says(r'^warn clock: ', 0, clock='2026-12-25T10:00:00Z')
    refused(site, 1, 'secret|nowhere|open', 'migrate',
            conf='/nowhere/opbx.conf')
    a_doctor_finds_nothing(site)


@scenario
def without_mariadb_it_says_so(site):
    site.signal(STOP, 'mariadb')
    try:
        refused(site, 1, 'mariadb', 'key', 'rotate', '--org', 'demo')
    finally:
        site.signal(GO, 'mariadb')


if __name__ == '__main__':
    finish(*run(Site()))
