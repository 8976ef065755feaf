#!/usr/bin/env python3
"""tests/openapi/run.py [--all]: what others make of /cgi-bin/schema.

The document as a public validator sees it, every answer that tests saw
(build/seen) against it, and with --all: was every route seen with a success
and every error code at all, and does a client that a public generator makes of
it sign in and create an extension?
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'feature'))
from support import BUILD, ROOT, SEEN, Instance  # noqa: E402

NPM = ROOT / 'build' / 'npm'
BIN = NPM / 'node_modules' / '.bin'
WORK = ROOT / 'build' / 'openapi'


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, check=False, **more)
    if done.returncode != 0:
        raise RuntimeError(f'{words[0]}: {done.stdout[-4000:]}')
    return done.stdout


def fetch_document():
    """As a shell asks for it: nothing needs to run for that."""
    with tempfile.TemporaryDirectory() as folder:
        conf = pathlib.Path(folder) / 'opbx.conf'
        secret = pathlib.Path(folder) / 'secret'
        secret.write_text(os.urandom(32).hex())
        secret.chmod(0o600)
        conf.write_text(f'schema_dir = {BUILD}/schema\n'
                        f'secret_file = {secret}\nlog.level = error\n')
        text = subprocess.run(
            [BUILD / 'cgi-bin' / 'schema', 'GET', '/cgi-bin/schema'],
            env=dict(os.environ, OPBX_CONF=str(conf)), check=True,
            capture_output=True, text=True).stdout
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / 'openapi.json'
    path.write_text(re.split(r'\r?\n\r?\n', text, maxsplit=1)[1])
    return path


def check(document, words):
    """(passed, failed) of check.mjs, which says why."""
    done = subprocess.run(['node', HERE / 'check.mjs', document, SEEN,
                           *words], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    *lines, last = done.stdout.rstrip().split('\n')
    print('\n'.join(lines))
    count = re.fullmatch(r'(\d+) passed, (\d+) failed', last)
    if count is None:
        print(last)
        return 0, 1
    return int(count[1]), int(count[2])


def client(document):
    made = WORK / 'client'
    shutil.rmtree(made, ignore_errors=True)
    run(BIN / 'openapi', '-i', document, '-o', made, '--client', 'fetch',
        '--useOptions')
    run(BIN / 'esbuild', made / 'index.ts', '--bundle', '--platform=node',
        '--format=esm', f'--outfile={WORK}/client.mjs')
    instance = Instance()
    org = instance.organization()
    password = 'a long enough password'
    email = f'ann@{org.slug}.example'
    instance.ctl('user', 'create', '--org', org.slug, '--name', 'Ann',
                 '--email', email, '--role', 'admin', given=password + '\n')
    print(run('node', HERE / 'client.mjs', WORK / 'client.mjs', env=dict(
        os.environ, BASE_URL=f'http://127.0.0.1:{instance.port}',
        EMAIL=email, PASSWORD=password, ORGANIZATION=org.slug)))


def main():
    words = sys.argv[1:]
    subprocess.run([ROOT / 'tools' / 'npm', HERE, NPM], check=True,
                   stdin=subprocess.DEVNULL)
    # Packages are looked for beside who imports them.
    link = HERE / 'node_modules'
    if not link.is_symlink():
        link.symlink_to(os.path.relpath(NPM / 'node_modules', HERE))
    SEEN.mkdir(parents=True, exist_ok=True)
    document = fetch_document()
    passed, failed = check(document, words)
    if '--all' in words:
        try:
            client(document)
            passed += 1
        except (RuntimeError, AssertionError) as error:
            print(f'FAILED client: {error}')
            failed += 1
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
