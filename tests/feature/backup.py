"""opbxctl backup and restore: what a machine was lost with comes back."""
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tarfile
import tempfile

from sounds import wav
from support import BUILD, ROOT, main, scenario

COUNTED = ('organization', 'user', 'extension', 'ring_group', 'prompt', 'did',
           'audit_entry', 'voice_key', 'token', 'row_count', 'operator')


STARTED = ('mariadb', 'mariadb-dump', 'tar')


def command(function):
    """opbxctl is a command: how the responders run makes no difference."""
    def run(org):
        if org.by == 'cgi':
            with tempfile.TemporaryDirectory() as folder:
                function(org, pathlib.Path(folder))
    run.__name__ = function.__name__
    return scenario(run)


def ctl(org, *words):
    env = dict(os.environ, OPBX_CONF=str(org.instance.conf))
    return subprocess.run([BUILD / 'sbin' / 'opbxctl', *map(str, words)],
                          env=env, capture_output=True, text=True)


def ok(org, *words):
    done = ctl(org, *words)
    assert done.returncode == 0, f'{words}: {done.stderr}'
    return done.stdout


def refused(org, said, *words, status=1):
    done = ctl(org, *words)
    assert done.returncode == status, f'{words}: {done.stdout} {done.stderr}'
    assert re.search(said, done.stderr), done.stderr
    assert 'Sanitizer' not in done.stderr and 'runtime' not in done.stderr


def var_dir(org):
    said = re.search(r'^var_dir *= *(\S+)', org.instance.conf.read_text(),
                     re.M).group(1)
    return (org.instance.conf.parent / said).resolve()


def secret(org):
    said = re.search(r'^secret_file *= *(\S+)', org.instance.conf.read_text(),
                     re.M).group(1)
    return (org.instance.conf.parent / said).resolve()


def files(org):
    root = var_dir(org) / 'audio'
    return {str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob('*') if path.is_file()}


def wipe(org):
    tables = [row[0] for row in org.sql(
        'SELECT table_name FROM information_schema.tables WHERE'
        " table_schema = 'opbx' AND table_type = 'BASE TABLE'")]
    views = [row[0] for row in org.sql(
        'SELECT table_name FROM information_schema.tables WHERE'
        " table_schema = 'opbx' AND table_type = 'VIEW'")]
    org.sql('SET FOREIGN_KEY_CHECKS = 0; '
            + '; '.join(f'DROP VIEW `{each}`' for each in views) + '; '
            + '; '.join(f'DROP TABLE `{each}`' for each in tables))
    shutil.rmtree(var_dir(org) / 'audio', ignore_errors=True)


def counts(org):
    return [org.sql(f'SELECT COUNT(*) FROM {each}') for each in COUNTED]


def doctor(org):
    """What it finds, but for what goes with time."""
    return sorted(line for line in ctl(org, 'doctor').stdout.splitlines()
                  if ' worker' not in line and ' clock' not in line)


def fill(org):
    ann = org.extension('1001', voicemail={'enabled': True, 'pin': '4711'})
    org.post('/ring-groups', {'name': 'Sales “1”', 'members': [
        {'extension_id': ann}]}).must(201)
    org.post('/conference-rooms', {'name': 'B', 'pin': '2718'}).must(201)
    prompt = org.post('/prompts', {'name': 'Hello', 'text': 'x'}).must(201).id
    org.ask('PUT', f'/prompts/{prompt}/audio', wav(), type='audio/wav').must(
        200)
    domain = f'{org.slug}.backup.example'
    org.sql(f"UPDATE organization SET domain = '{domain}' WHERE id = "
            f'{org.id}')
    key = org.instance.ctl('key', 'rotate', '--org', org.slug,
                           '--minutes', '0').strip()
    return domain, key


def call(org, domain, key):
    return org.by_cgi('GET', '/cgi-bin/voice?To=1001&From=1001&Direction='
                      f'internal&Domain={domain}', None,
                      {'Authorization': f'Bearer {key}'}).must(200).text


@command
def a_new_machine_had_nothing_to_restore_with(org, folder):
    """What backup and restore start comes with what running needs, not with
    the tests; doctor says so when it is not there all the same."""
    listed = {line.split()[0].split('|')[0] for line in
              (ROOT / 'etc' / 'packages.debian').read_text().splitlines()
              if line and line[0] != '#' and len(line.split()) == 1}
    for name in STARTED[:2]:
        package = subprocess.run(
            ['dpkg', '-S', f'/usr/bin/{name}'], capture_output=True,
            text=True, check=True).stdout.split(':')[0]
        assert package.removesuffix('-core') in listed, (name, package)
    assert 'ok   backup and restore' in ctl(org, 'doctor').stdout
    env = dict(os.environ, OPBX_CONF=str(org.instance.conf),
               PATH=str(folder))
    said = subprocess.run([BUILD / 'sbin' / 'opbxctl', 'doctor'], env=env,
                          capture_output=True, text=True).stdout
    for name in STARTED:
        assert f'warn backup: there is no {name}: install' in said, said


@command
def what_was_lost_comes_back(org, folder):
    domain, key = fill(org)
    there = org.instance.organization(org.by)
    there.extension('1009', 'Somebody else')
    text = ok(org, 'org', 'export', '--org', org.slug, '--secrets')
    before = counts(org), files(org), doctor(org)
    assert '4711' in text and before[1]
    answer = call(org, domain, key)
    assert '<Number>1001</Number>' in answer
    file = folder / 'all.tar'
    assert ok(org, 'backup', file).strip() == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(folder) == ['all.tar']
    generation = org.generation()
    # Gone: the rows, the files, and what was made since.
    org.extension('1002', 'Too late')
    wipe(org)
    ok(org, 'restore', file)
    assert ok(org, 'org', 'export', '--org', org.slug, '--secrets') == text
    assert (counts(org), files(org)) == before[:2]
    assert doctor(org) == before[2], doctor(org)
    assert org.generation() > generation
    assert '<Number>1001</Number>' in call(org, domain, key)
    # Who had a token has it still, and sees what there is.
    assert [row['number'] for row in org.get('/extensions').must(200).data
            ] == ['1001']
    assert there.get('/extensions').must(200).data[0]['number'] == '1009'
    org.extension('1003', 'After')
    assert not [each for each in os.listdir(var_dir(org))
                if each.startswith('.opbx')]


@command
def what_is_there_is_not_written_over(org, folder):
    fill(org)
    file = folder / 'all.tar'
    ok(org, 'backup', file)
    refused(org, 'there already', 'backup', file)
    refused(org, 'not empty', 'restore', file)
    assert org.get('/extensions').must(200).data
    late = org.extension('1002', 'Too late')
    ok(org, 'restore', file, '--force')
    org.get(f'/extensions/{late}').must(404)
    assert org.get('/extensions?number=1001').json['meta']['total'] == 1


@command
def a_folder_gets_a_name_of_the_time(org, folder):
    name = ok(org, 'backup', '--to', folder).strip()
    assert re.search(r'/opbx-\d{8}T\d{6}Z\.tar$', name), name
    assert os.listdir(folder) == [os.path.basename(name)]
    with tarfile.open(name) as tar:
        names = tar.getnames()
        dump = tar.extractfile('opbx.sql').read().decode('utf-8', 'replace')
    assert {'manifest', 'opbx.sql'} <= set(names)
    # Keys are there for those who ask, and a password nowhere.
    assert 'secret' not in names and 'opbx.conf' not in names
    assert 'defaults' not in names and secret(org).read_text(
        ).strip() not in dump
    full = folder / 'full.tar'
    ok(org, 'backup', full, '--with-keys')
    with tarfile.open(full) as tar:
        assert tar.extractfile('secret').read() == secret(org).read_bytes()
        assert tar.extractfile('opbx.conf').read() == \
            org.instance.conf.read_bytes()


@command
def another_key_opens_nothing_unless_it_comes_along(org, folder):
    domain, key = fill(org)
    text = ok(org, 'org', 'export', '--org', org.slug, '--secrets')
    bare, full = folder / 'bare.tar', folder / 'full.tar'
    ok(org, 'backup', bare)
    ok(org, 'backup', full, '--with-keys')
    old = secret(org).read_text()
    wipe(org)
    secret(org).write_text(os.urandom(32).hex() + '\n')
    refused(org, 'another key', 'restore', bare)
    refused(org, 'without --with-keys', 'restore', bare, '--with-keys')
    refused(org, 'another key', 'restore', full)
    ok(org, 'restore', full, '--with-keys')
    assert secret(org).read_text() == old
    assert stat.S_IMODE(secret(org).stat().st_mode) & 0o137 == 0
    assert ok(org, 'org', 'export', '--org', org.slug, '--secrets') == text
    assert '<Number>1001</Number>' in call(org, domain, key)


@command
def what_is_no_backup_is_refused(org, folder):
    (folder / 'text').write_text('no archive')
    for words in (['restore'], ['backup'], ['restore', '--force'],
                  ['backup', folder / 'x.tar', '--to', folder]):
        refused(org, 'usage', *words, status=2)
    refused(org, 'no option', 'backup', folder / 'x.tar', '--colour',
            status=2)
    refused(org, 'tar', 'restore', folder / 'text')
    refused(org, 'tar', 'restore', folder / 'nowhere')
    refused(org, 'cannot', 'backup', folder / 'no' / 'such' / 'x.tar')
    other = folder / 'other.tar'
    (folder / 'manifest').write_text('something else 1\n')
    with tarfile.open(other, 'w') as tar:
        tar.add(folder / 'manifest', 'manifest')
    refused(org, 'no backup', 'restore', other)
    whole, half = folder / 'whole.tar', folder / 'half.tar'
    ok(org, 'backup', whole)
    half.write_bytes(whole.read_bytes()[:100000])
    refused(org, 'tar', 'restore', half, '--force')
    assert org.get('/extensions').must(200)


if __name__ == '__main__':
    main()
