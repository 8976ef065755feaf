"""What all feature tests share: an instance of the product, a client, and an
organization for each scenario.

    from support import main, scenario

    @scenario
    def a_number_is_taken_once(org):
        org.post('/extensions', {'number': '1001', 'name': 'Ann'}).must(201)
        org.post('/extensions', {'number': '1001', 'name': 'Bob'}).must(
            422, number='taken')

    if __name__ == '__main__':
        main()

Every scenario runs in an organization of its own, once by plain CGI (the
responder is a command) and once by HTTP (FastCGI behind the web server that
tools/instance starts).  Environment:

    MODE        which build (asan)
    OPBX_BUILD  the build's folder (build/MODE)
    OPBX_VAR    an instance that runs already, instead of one of our own; what
                it has no site for is tried by plain CGI alone
    OPBX_ONLY   run only the scenarios whose name holds this text
    OPBX_TIMES  say how long each took
"""
import atexit
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODE = os.environ.get('MODE', 'asan')
BUILD = pathlib.Path(os.environ.get('OPBX_BUILD', ROOT / 'build' / MODE))
COMMANDS = [BUILD]  # where by_cgi() finds them: main(released=True)
SEEN = ROOT / 'build' / 'seen'
FORM = 'application/x-www-form-urlencoded'


class Answer:
    """Status, headers (by lower-case name) and body of one answer."""

    def __init__(self, asked, status, headers, body):
        self.asked = asked
        self.status = status
        self.pairs = [(key.lower(), value) for key, value in headers]
        self.headers = dict(self.pairs)
        self.body = body
        kind = self.headers.get('content-type', '')
        self.text = body.decode(
            'latin-1' if kind.startswith(('audio/', 'application/octet'))
            else 'utf-8')
        self.json = (json.loads(self.text)
                     if 'json' in kind and self.text else None)

    def lines(self, name):
        """What each header line of that name says."""
        return [value for key, value in self.pairs if key == name]

    @property
    def data(self):
        return self.json['data']

    @property
    def id(self):
        return self.json['data']['id']

    @property
    def errors(self):
        return (self.json or {}).get('errors', {})

    def must(self, status, code=None, **errors):
        """Asserts the status, the code, and that each field named was
        complained of with this text ('__' in a name stands for '.')."""
        if self.status != status:
            raise AssertionError(f'{self.asked}: {self.status} instead of '
                                 f'{status}: {self.text[:1500]}')
        if code is not None:
            assert self.json['code'] == code, self.text
        if status >= 400 and self.json is not None:
            for key in ('message', 'errors', 'code', 'status',
                        'request_id'):
                assert key in self.json, f'{key} is missing: {self.text}'
            assert self.json['status'] == status, self.text
            assert 'problem+json' in self.headers['content-type']
        for name, text in errors.items():
            field = name.replace('__', '.')
            assert field in self.errors, f'no complaint of {field}: ' + \
                self.text
            assert any(text in each for each in self.errors[field]), \
                f'{field}: {self.errors[field]} instead of {text}'
        return self


def note_seen(method, path, body, type, answer):
    """What tests/openapi validates: a line of build/seen for each answer."""
    if re.match(r'/(voice|webhook)([/?]|$)', path):
        return  # what a carrier asks is not in the document
    if method == 'POST' and type == FORM and body:
        method = dict(urllib.parse.parse_qsl(
            body.decode('latin-1'))).get('_method', method)
    elif method == 'POST' and body and (type or '').startswith('multipart/'):
        said = re.search(rb'name="_method"\r\n\r\n([A-Z]+)', body)
        method = said.group(1).decode() if said else method
    line = json.dumps({
        'by': pathlib.Path(sys.argv[0]).stem, 'method': method, 'path': path,
        'status': answer.status,
        'type': answer.headers.get('content-type', ''), 'body': answer.json})
    SEEN.mkdir(parents=True, exist_ok=True)
    with open(SEEN / f'{os.getpid()}.jsonl', 'a', encoding='utf-8') as file:
        file.write(line + '\n')


def only(answer, *fields):
    """Asserts that these fields were complained of and no others."""
    assert sorted(answer.errors) == sorted(fields), answer.text
    return answer


def ids(answer):
    """Of the objects of a list."""
    return [row['id'] for row in answer.must(200).data]


def walk(org, path, most=100):
    """The ids of each page of a list that has cursors."""
    pages = []
    more = ''
    join = '&' if '?' in path else '?'
    while len(pages) < most:
        answer = org.get(path + more)
        pages.append(ids(answer))
        cursor = answer.json['meta']['next']
        if cursor is None:
            return pages
        more = f'{join}cursor={cursor}'
    raise AssertionError(f'{path} does not end')


class Instance:
    """MariaDB, Redis and the site, with all state below one folder."""

    def __init__(self, patient=True):
        """patient: no deadline of a server is what the tests are about."""
        self.patient = patient
        self.ours = 'OPBX_VAR' not in os.environ
        if self.ours:
            self.var = pathlib.Path(tempfile.mkdtemp(prefix='opbx-feature-'))
            os.chmod(self.var, 0o755)
            self.port = free_port()
            atexit.register(self.stop)
            self.tool('start')
        else:
            self.var = pathlib.Path(os.environ['OPBX_VAR'])
            site = self.var / 'pid' / '.site'
            self.port = (int(site.read_text().split()[0])
                         if site.exists() else None)
        self.conf = self.var / 'etc' / 'opbx.conf'
        self.socket = re.search(r'^db\.socket *= *(\S+)',
                                self.conf.read_text(), re.M).group(1)
        self.count = 0

    def tool(self, verb):
        env = dict(os.environ, VAR=str(self.var), PORT=str(self.port),
                   MODE=MODE, CHEAP='yes',
                   PATIENT='yes' if self.patient else 'no')
        env.setdefault('CARRIER', 'https://carrier.invalid')
        done = subprocess.run([ROOT / 'tools' / 'instance', verb], env=env,
                              stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode != 0 and verb == 'start':
            raise RuntimeError(done.stdout)

    def stop(self):
        self.tool('stop')
        shutil.rmtree(self.var, ignore_errors=True)

    def pid(self, part):
        """Of "mariadb" or "redis"."""
        return int((self.var / 'pid' / part).read_text().split()[0])

    def ctl(self, *words, given=''):
        env = dict(os.environ, OPBX_CONF=str(self.conf))
        done = subprocess.run([BUILD / 'sbin' / 'opbxctl', *words], env=env,
                              input=given, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f'opbxctl {words}: {done.stderr}')
        return done.stdout

    def sql(self, text):
        """Runs SQL as the administrator; rows as lists of texts."""
        done = subprocess.run(
            ['mariadb', '--no-defaults', '-S', self.socket, '-N', '-B', '-r',
             '--default-character-set=utf8mb4', 'opbx', '-e', text],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f'{text}: {done.stderr}')
        return [line.split('\t') for line in done.stdout.splitlines()]

    def redis(self, *words):
        return subprocess.run(
            ['redis-cli', '-s', re.search(
                r'^redis\.socket *= *(\S+)', self.conf.read_text(),
                re.M).group(1), *words],
            check=True, capture_output=True, text=True).stdout.strip()

    def organization(self, by='cgi', **more):
        self.count += 1
        slug = f't{os.getpid()}-{self.count}'
        words = {'name': slug, 'slug': slug, 'country': 'US',
                 'timezone': 'America/New_York',
                 'owner-email': f'owner@{slug}.example',
                 'owner-name': 'Owner', **more}
        said = self.ctl('org', 'create', *[
            word for key, value in words.items()
            for word in (f'--{key}', value)])
        return Organization(self, by, slug,
                            int(re.search(r'id (\d+)\)', said).group(1)))


class Organization:
    """One tenant; it asks as its owner unless told otherwise."""

    def __init__(self, instance, by, slug, id):
        self.instance = instance
        self.by = by
        self.slug = slug
        self.id = id
        self.people = {}
        self.tokens = {}
        self.passwords = {}
        self.token = self.token_of('owner')

    def user_of(self, role):
        """The id of a user of that role."""
        if role not in self.people:
            email = f'{role}@{self.slug}.example'
            if role != 'owner':
                self.instance.ctl('user', 'create', '--org', self.slug,
                                  '--name', role.title(), '--email', email,
                                  '--role', role,
                                  given='a long enough password\n')
            self.people[role] = int(self.sql(
                f"SELECT id FROM user WHERE organization_id = {self.id} "
                f"AND email = '{email}'")[0][0])
        return self.people[role]

    def token_of(self, role, abilities='*'):
        """A token of a user of that role."""
        if (role, abilities) not in self.tokens:
            self.user_of(role)
            self.tokens[role, abilities] = self.instance.ctl(
                'token', 'create', '--org', self.slug, '--email',
                f'{role}@{self.slug}.example', '--abilities',
                abilities).strip()
        return self.tokens[role, abilities]

    def as_(self, role, abilities='*'):
        """The same organization, asked by somebody else."""
        other = object.__new__(Organization)
        other.__dict__.update(self.__dict__)
        other.token = self.token_of(role, abilities)
        return other

    def password_of(self, role):
        """What signs user_of(role) in; tokens stay good."""
        self.user_of('agent' if role == 'owner' else role)
        if role == 'owner' and role not in self.passwords:
            # Who came by a link has none yet.
            [[same]] = self.sql(
                f"SELECT password_hash FROM user WHERE organization_id ="
                f" {self.id} AND id = {self.people['agent']}")
            self.sql(f"UPDATE user SET password_hash = '{same}' WHERE"
                     f" organization_id = {self.id} AND"
                     f" id = {self.user_of(role)}")
            self.passwords[role] = True
        return 'a long enough password'

    def sign_in(self, role='owner', **more):
        """The same organization, asked by a browser that signed in: it sends
        the session's cookie, and with every change its token."""
        answer = self.post('/session', {
            'email': f'{role}@{self.slug}.example',
            'password': self.password_of(role), **more},
            token='').must(201)
        other = object.__new__(Browser)
        other.__dict__.update(self.__dict__)
        other.keep(answer)
        return other

    def sql(self, text):
        return self.instance.sql(text)

    def insert(self, table, **values):
        """A row that no responder makes yet; its id."""
        values = {'organization_id': self.id, **values}
        quoted = [str(v) if isinstance(v, int) else 'NULL' if v is None
                  else "'" + v.replace("'", "''") + "'"
                  for v in values.values()]
        return int(self.sql(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES "
            f"({', '.join(quoted)}); SELECT LAST_INSERT_ID()")[0][0])

    def number(self, n):
        """One of a hundred telephone numbers that no other test has."""
        return f'+1212{2000000 + self.id % 70000 * 100 + n}'

    def did(self, number, proved=True, status='active'):
        id = self.insert('did', number=number, status=status)
        if proved:
            self.sql(f'UPDATE did SET proved_at = UTC_TIMESTAMP(3) '
                     f'WHERE organization_id = {self.id} AND id = {id}')
        return id

    def rule(self, name, countries=(), prefixes=(), extensions=(),
             status='active'):
        id = self.insert('outbound_rule', name=name, trunk='main',
                         status=status)
        for country in countries:
            self.sql(f"INSERT INTO outbound_rule_country (organization_id,"
                     f" outbound_rule_id, country) VALUES ({self.id}, {id},"
                     f" '{country}')")
        for prefix in prefixes:
            self.sql(f"INSERT INTO outbound_rule_prefix (organization_id,"
                     f" outbound_rule_id, prefix) VALUES ({self.id}, {id},"
                     f" '{prefix}')")
        for extension in extensions:
            self.sql(f"INSERT INTO outbound_rule_extension"
                     f" (organization_id, outbound_rule_id, extension_id)"
                     f" VALUES ({self.id}, {id}, {extension})")
        return id

    def extension(self, number, name='Ann', **more):
        """The id of a new extension."""
        return self.post('/extensions', {'number': number, 'name': name,
                                         **more}).must(201).id

    def audit(self, type, id):
        """(action, before, after, actor_id, token_id), oldest first."""
        rows = self.sql(
            "SELECT action, COALESCE(value_before, 'null'),"
            " COALESCE(value_after, 'null'), COALESCE(actor_id, 0),"
            f" COALESCE(token_id, 0) FROM audit_entry"
            f" WHERE organization_id = {self.id} AND object_type = '{type}'"
            f" AND object_id = {id} ORDER BY id")
        return [(action, json.loads(before), json.loads(after), int(actor),
                 int(token)) for action, before, after, actor, token in rows]

    def generation(self):
        return int(self.sql(f'SELECT number FROM generation WHERE '
                            f'organization_id = {self.id}')[0][0])

    def get(self, path, **more):
        return self.ask('GET', path, **more)

    def post(self, path, body=None, **more):
        return self.ask('POST', path, body, **more)

    def put(self, path, body, **more):
        return self.ask('PUT', path, body, **more)

    def patch(self, path, body, **more):
        return self.ask('PATCH', path, body, **more)

    def delete(self, path, **more):
        return self.ask('DELETE', path, **more)

    def form(self, path, fields, **more):
        """A form as a browser posts it."""
        return self.ask('POST', path, urllib.parse.urlencode(fields),
                        type=FORM, accept='text/html', **more)

    def page(self, path, **more):
        return self.get(path, accept='text/html', **more)

    def ask(self, method, path, body=None, type='application/json',
            accept='application/json', token=None, headers=None):
        """body: bytes or text as they are, anything else as JSON."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode('utf-8')
        said = {'Accept': accept}
        token = self.token if token is None else token
        if token:
            said['Authorization'] = f'Bearer {token}'
        if body is not None:
            said['Content-Type'] = type
        said.update(headers or {})
        by = {'cgi': self.by_cgi, 'http': self.by_http}[self.by]
        answer = by(method, '/cgi-bin' + path, body, said)
        note_seen(method, path, body, said.get('Content-Type'), answer)
        return answer

    def by_cgi(self, method, path, body, headers):
        path, _, query = path.partition('?')
        name = path.split('/')[2]
        env = {'OPBX_CONF': str(self.instance.conf),
               'GATEWAY_INTERFACE': 'CGI/1.1', 'REQUEST_METHOD': method,
               'SERVER_PROTOCOL': 'HTTP/1.1', 'REMOTE_ADDR': '127.0.0.1',
               'SCRIPT_NAME': f'/cgi-bin/{name}',
               'PATH_INFO': urllib.parse.unquote(
                   path[len(f'/cgi-bin/{name}'):]),
               'QUERY_STRING': query}
        env.update({key: value for key, value in os.environ.items()
                    if key.endswith('SAN_OPTIONS')})
        for key, value in headers.items():
            key = key.upper().replace('-', '_')
            env[key if key == 'CONTENT_TYPE' else f'HTTP_{key}'] = value
        if body is not None:
            env['CONTENT_LENGTH'] = str(len(body))
        done = subprocess.run([COMMANDS[0] / 'cgi-bin' / name], env=env,
                              input=body or b'', capture_output=True)
        head, _, text = done.stdout.partition(b'\r\n\r\n')
        if done.returncode != 0 or not head:
            raise AssertionError(f'{method} {path}: exit code '
                                 f'{done.returncode}: '
                                 f'{done.stderr.decode()[-3000:]}')
        lines = [line.split(': ', 1) for line in
                 head.decode('utf-8').split('\r\n')]
        status = next(value for key, value in lines if key == 'Status')
        return Answer(f'{method} {path}', int(status.split()[0]), lines,
                      text)

    def by_http(self, method, path, body, headers):
        connection = http.client.HTTPConnection(
            '127.0.0.1', self.instance.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(f'{method} {path}', answer.status,
                          answer.getheaders(), answer.read())
        finally:
            connection.close()


class Browser(Organization):
    """Asks with a session instead of a token."""

    def keep(self, answer):
        """Takes over the session that an answer begins."""
        said = answer.headers['set-cookie']
        self.cookie = said.split(';')[0]
        self.csrf = answer.data['csrf_token']
        self.session = answer.data
        return self

    def ask(self, method, path, body=None, headers=None, token=None,
            **more):
        said = {}
        if not token:
            said['Cookie'] = self.cookie
            if method != 'GET':
                said['X-CSRF-Token'] = self.csrf
        said.update(headers or {})
        return super().ask(method, path, body, token=token or '',
                           headers={name: value for name, value
                                    in said.items() if value is not None},
                           **more)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


scenarios = []


def scenario(function):
    """Marks a test; it gets an organization of its own."""
    scenarios.append(function)
    return function


def by_http_alone(function):
    """The same, of what does not depend on how a responder is started."""
    function.ways = ['http']
    return scenario(function)


def main(patient=True, released=False):
    """Runs every scenario by every way there is, and exits.

    released: of what starts thousands of commands.  They are those that are
    installed, which begin in a fifth of the time that MODE's need; behind the
    web server runs MODE all the same.
    """
    if released and 'OPBX_BUILD' not in os.environ:
        COMMANDS[0] = ROOT / 'build' / 'release'
    wanted = os.environ.get('OPBX_ONLY', '')
    instance = Instance(patient)
    ways = ['cgi'] + (['http'] if instance.port else [])
    passed = failed = 0
    for function in scenarios:
        if wanted not in function.__name__:
            continue
        for by in getattr(function, 'ways', ways):
            began = time.monotonic()
            try:
                function(instance.organization(by))
                passed += 1
            except Exception:  # a failed scenario must not end the others
                failed += 1
                print(f'FAILED {function.__name__} ({by})')
                traceback.print_exc(file=sys.stdout)
            if os.environ.get('OPBX_TIMES'):
                print(f'{time.monotonic() - began:6.2f} s '
                      f' {function.__name__} ({by})')
            sys.stdout.flush()
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed else 0)
