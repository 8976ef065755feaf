"""A carrier for the tests of the execution plane: it asks over real HTTP what
to do with a call and follows the documents as Cloudonix would.

    site = Site()                       # an instance of its own
    tenant = site.tenant()              # an organization with domain and key
    call = tenant.call('+12125550100')  # a call from outside
    call.must('Dial(1001)')             # the document in short, see Document
    call.back(DialCallStatus='busy')    # what its action URL answers

Every request carries an X-Correlation-ID.  run() looks at the end that each
left exactly one line in the log with what a line must have, that no line
holds a secret, and that every document is CXML.
"""
import collections
import concurrent.futures
import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import xml.etree.ElementTree

import logs
from support import BUILD, FORM, MODE, ROOT, Instance, Organization, free_port

assert Instance and Organization and MODE and free_port
NUMBERED = itertools.count(1)
STOP, GO, KILL = signal.SIGSTOP, signal.SIGCONT, signal.SIGKILL
XSD = ROOT / 'tests' / 'voice' / 'cxml.xsd'


class Document:
    """One answer.  `short` tells the verbs and nouns in a few words:

        Say Hangup                      words, and the end
        Dial(1001 1002)                 numbers called
        Dial[main +12125550100](+44…)   over a trunk, showing a number
        Dial(Conference) Dial(Service)  Gather(Say) Redirect
        Say Record Hangup               Reject
    """

    def __init__(self, status, headers, body, id, asked):
        self.status = status
        self.headers = headers
        self.text = body.decode('utf-8')
        self.id = id
        self.asked = asked
        self.root = None
        if self.text.startswith('<?xml'):
            self.root = xml.etree.ElementTree.fromstring(self.text)

    def __str__(self):
        return f'{self.asked}: {self.status} {self.text}'

    @property
    def short(self):
        if self.root is None or self.root.tag != 'Response':
            return f'not CXML: {self.text[:300]}'
        return ' '.join(map(short_verb, self.root))

    def must(self, short, status=200, says=None):
        """says: a pattern that what is said must hold."""
        kind = self.headers.get('content-type', '')
        if self.status != status or self.short != short:
            raise AssertionError(f'{self.asked}\n  gave {self.status} '
                                 f'"{self.short}" instead of {status} '
                                 f'"{short}"\n  {self.text[:600]}')
        assert kind.startswith('application/xml'), f'{self}: {kind}'
        if says is not None and not re.search(says, self.words, re.I):
            raise AssertionError(f'"{says}" is not said in {self}')
        return self

    @property
    def words(self):
        return ' '.join(''.join(say.itertext())
                        for say in self.root.iter('Say'))

    @property
    def numbers(self):
        return [number.text for number in self.root.iter('Number')]

    def attribute(self, tag, name):
        return next(self.root.iter(tag)).get(name)

    @property
    def action(self):
        """Where the carrier comes back to."""
        for verb in self.root:
            if verb.get('action'):
                return verb.get('action')
            if verb.tag == 'Redirect':
                return verb.text
        raise AssertionError(f'nowhere to come back to: {self}')

    @property
    def cursor(self):
        query = urllib.parse.urlsplit(self.action).query
        return urllib.parse.parse_qs(query)['cursor'][0]


def short_verb(verb):
    if verb.tag == 'Gather':
        return 'Gather(' + ' '.join(each.tag for each in verb) + ')'
    if verb.tag == 'Reject' and verb.get('reason'):
        return f'Reject[{verb.get("reason")}]'
    if verb.tag != 'Dial':
        return verb.tag
    what = ' '.join(each.text if each.tag in ('Number', 'Sip') else each.tag
                    for each in verb)
    by = [verb.get(name) for name in ('trunks', 'callerId') if verb.get(name)]
    return f'Dial{"[" + " ".join(by) + "]" if by else ""}({what})'


class Site(Instance):
    """An instance of the product; secrets it was told are not to be seen."""

    def __init__(self, server='lighttpd', children=3, patient=True):
        self.server = server
        self.secrets = set()
        self.sent = []
        super().__init__(patient)
        with open(self.conf, 'a', encoding='utf-8') as conf:
            conf.write(f'children = {children}\n')
        self.behind(server)
        self.demo = Tenant.of_demo(self)

    def tool(self, verb):
        before = dict(os.environ)
        os.environ['SERVER'] = self.server
        try:
            super().tool(verb)
        finally:
            os.environ.clear()
            os.environ.update(before)

    def behind(self, server):
        """The same instance behind another server."""
        self.tool('stop')
        self.server = server
        self.tool('start')

    @property
    def base(self):
        return f'http://127.0.0.1:{self.port}'

    def opbxctl(self, *words, given='', clock=None, conf=None):
        """Exit status, what it printed, what it complained of."""
        env = dict(os.environ, OPBX_CONF=str(conf or self.conf))
        if clock:
            env['OPBX_CLOCK'] = clock
        done = subprocess.run([BUILD / 'sbin' / 'opbxctl', *words], env=env,
                              input=given, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def shell(self, said, key, clock=None, path='/cgi-bin/voice'):
        """One request to the responder as a command, at that time."""
        env = dict(os.environ, OPBX_CONF=str(self.conf))
        if clock:
            env['OPBX_CLOCK'] = clock
        done = subprocess.run(
            [BUILD / 'cgi-bin' / 'voice', 'POST', path, '-H',
             'Content-Type: application/json', '-H',
             f'Authorization: Bearer {key}', '-d', json.dumps(said)],
            env=env, stdin=subprocess.DEVNULL, capture_output=True)
        head, _, body = done.stdout.partition(b'\r\n\r\n')
        assert head, done.stderr.decode()[-3000:]
        headers = dict(line.lower().split(': ', 1)
                       for line in head.decode().split('\r\n'))
        document = Document(int(headers['status'].split()[0]), headers, body,
                            headers['x-request-id'], f'{clock} {said}')
        document.lined = False
        self.sent.append(document)
        return document

    def tenant(self, domain=True, **more):
        """A new organization, its carrier's domain and key."""
        slug = f'v{next(NUMBERED)}'
        words = {'name': slug, 'slug': slug, 'country': 'US',
                 'timezone': 'America/New_York',
                 'owner-email': f'owner@{slug}.example',
                 'emergency-trunk': 'main', **more}
        if domain:
            words.setdefault('domain', f'{slug}.opbx.example')
        said = self.ctl('org', 'create', *[
            word for key, value in words.items()
            for word in (f'--{key}', value)])
        for secret in re.findall(r'(?:key|secret) +(\S{30,})|#(\S+)', said):
            self.secrets.update(filter(None, secret))
        tenant = Tenant(self, slug, int(re.search(r'id (\d+)', said)[1]),
                        words.get('domain'),
                        re.search(r'voice key +(\S+)', said)[1])
        return tenant

    def log(self):
        """The lines of the responders' log, parsed."""
        return logs.lines(self.var / 'log' / 'opbx.log', shared=True)

    def line(self, id, patience=60):
        """The log line of a request; it comes after the answer."""
        until = time.monotonic() + patience
        while True:
            lines = [line for line in self.log() if line['message'] !=
                     'started' and line.get('request_id') == id]
            if lines or time.monotonic() > until:
                assert len(lines) == 1, f'{id}: {lines}'
                return lines[0]
            time.sleep(0.02)

    def pid(self, part):
        return int((self.var / 'pid' / part).read_text().split()[0])

    def signal(self, number, *parts):
        for part in parts:
            os.kill(self.pid(part), number)

    def processes(self, name):
        """Those of this instance that run a program of this name."""
        mark = f'OPBX_INSTANCE={self.var}'.encode()
        found = []
        for folder in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                words = (folder / 'cmdline').read_bytes().split(b'\0')
                if (pathlib.Path(words[0].decode()).name == name and mark in
                        (folder / 'environ').read_bytes().split(b'\0')):
                    found.append(int(folder.name))
            except OSError:
                pass
        return found

    def children(self):
        """The processes that answer."""
        all_ = self.processes('voice')
        return [pid for pid in all_ if parent_of(pid) in all_]

    def http(self, method, path, body=None, headers=(), asked=None,
             lined=True):
        """headers: pairs, sent as they are.  lined: a log line is due."""
        headers = list(headers)
        id = f'req-{os.getpid()}-{next(NUMBERED)}'
        if not any(name.lower() == 'x-correlation-id'
                   for name, _ in headers):
            headers.append(('X-Correlation-ID', id))
        connection = http.client.HTTPConnection('127.0.0.1', self.port,
                                                timeout=30)
        began = time.monotonic()
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader('Content-Length', str(len(body)))
            connection.endheaders()
            try:
                connection.send(body or b'')
            except OSError:
                pass  # refused before it was read
            answer = connection.getresponse()
            said = {key.lower(): value
                    for key, value in answer.getheaders()}
            document = Document(answer.status, said, answer.read(), id,
                                asked or f'{method} {path[:120]}')
        finally:
            connection.close()
        document.seconds = time.monotonic() - began
        document.lined = lined and '/cgi-bin/voice' in path
        self.sent.append(document)
        return document


def parent_of(pid):
    with open(f'/proc/{pid}/stat', encoding='utf-8') as stat:
        return int(stat.read().rsplit(')')[-1].split()[1])


class Tenant(Organization):
    """An organization and the carrier that asks for it."""

    def __init__(self, site, slug, id, domain, key):
        self.site = site
        self.domain = domain
        self.key = key
        site.secrets.add(key)
        super().__init__(site, 'http', slug, id)
        site.secrets.add(self.token)

    @classmethod
    def of_demo(cls, site):
        env = dict(re.findall(r"^(\w+)='(.*)'$",
                              (site.var / 'demo.env').read_text(), re.M))
        tenant = object.__new__(cls)
        site.secrets.update({env['VOICE_KEY'], env['WEBHOOK_SECRET'],
                             env['OWNER_PASSWORD']})
        tenant.env = env
        tenant.site = tenant.instance = site
        tenant.by = 'http'
        tenant.slug = env['ORGANIZATION']
        tenant.id = int(site.sql("SELECT id FROM organization WHERE slug = "
                                 f"'{tenant.slug}' AND living = 1")[0][0])
        tenant.domain, tenant.key = env['DOMAIN'], env['VOICE_KEY']
        tenant.people, tenant.tokens = {}, {}
        tenant.token = site.ctl('token', 'create', '--org', tenant.slug,
                                '--email', env['OWNER_EMAIL']).strip()
        site.secrets.add(tenant.token)
        return tenant

    def users(self, *numbers, **more):
        """User extensions; their ids."""
        return [self.post('/extensions', {
            'number': number, 'name': f'User {number}', **more}
        ).must(201).id for number in numbers]

    def own(self, n, target=None, proved=True, **more):
        """A number of our own; its E.164 text and id."""
        body = {'number': self.number(n), **more}
        if target:
            body['target'] = {'type': target[0], 'id': target[1]}
        id = self.post('/dids', body).must(201).id
        if proved:
            self.call(body['number'])
        return body['number'], id

    def call(self, to, by=None, session=None, how='json', **more):
        """A call from outside; by='1001': from that extension."""
        inside = by is not None
        said = {'From': by if inside else '+16175551212', 'To': to,
                'Direction': 'subscriber' if inside else 'inbound',
                'Session': session or f'session-{next(NUMBERED)}', **more}
        return Call(self, said, how).ask()

    def headers(self):
        return [('Authorization', f'Bearer {self.key}')]

    def voice(self, said, how='json', path='/cgi-bin/voice', headers=None,
              lined=True):
        """One request with these parameters."""
        headers = list(self.headers() if headers is None else headers)
        asked = f'{how} {said} {path[:60]}'
        pairs = urllib.parse.urlencode(said)
        if how == 'json':
            return self.site.http(
                'POST', path, json.dumps(said).encode(),
                headers + [('Content-Type', 'application/json')], asked,
                lined)
        if how == 'form':
            return self.site.http(
                'POST', path, pairs.encode(),
                headers + [('Content-Type', FORM)], asked, lined)
        path += ('&' if '?' in path else '?') + pairs
        method = 'POST' if how == 'query' else 'GET'
        return self.site.http(method, path, b'' if how == 'query' else None,
                              headers, asked, lined)


class Call:
    """A call with its session; it stays the same while it is followed."""

    def __init__(self, tenant, said, how):
        self.tenant = tenant
        self.said = {'Domain': tenant.domain, 'CallStatus': 'in-progress',
                     **said}
        self.said = {key: value for key, value in self.said.items()
                     if value is not None}
        self.how = how
        self.document = None

    def __getattr__(self, name):
        return getattr(self.document, name)

    def ask(self, path='/cgi-bin/voice', **more):
        self.document = self.tenant.voice({**self.said, **more}, self.how,
                                          path)
        return self

    def back(self, **more):
        """Goes to the action of the document that was answered."""
        action = self.document.action
        assert action.startswith(f'{self.tenant.site.base}/cgi-bin/voice?'), \
            action
        return self.ask(action[len(self.tenant.site.base):], **more)

    def then(self, status, **more):
        """The Dial ended so."""
        return self.back(DialCallStatus=status, **more)

    def press(self, digits):
        return self.back(Digits=digits)

    def silence(self):
        return self.back(Digits='')

    def must(self, *words, **more):
        self.document.must(*words, **more)
        return self


def at_once(ask, times=12, threads=6):
    """So many at the same time that every child process gets some."""
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return [each.result() for each in
                [pool.submit(ask) for _ in range(times)]]


def everywhere(ask, short, times=12):
    """The same answer by every process."""
    found = collections.Counter(call.short for call in at_once(ask, times))
    assert set(found) == {short}, f'{dict(found)} instead of {short}'


def validate(documents):
    """All at once: xmllint takes its time to start."""
    texts = sorted({re.sub(r'^<\?xml[^>]*\?>', '', each.text).strip()
                    for each in documents if each.root is not None})
    if not texts:
        return
    with tempfile.NamedTemporaryFile('w', suffix='.xml',
                                     encoding='utf-8') as file:
        file.write('<Calls>\n' + '\n'.join(texts) + '\n</Calls>\n')
        file.flush()
        done = subprocess.run(['xmllint', '--noout', '--schema', XSD,
                               file.name], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def one_line_each(site):
    """What every line must have; `lined` says that one is due."""
    due = {each.id: each for each in site.sent if each.lined}
    until = time.monotonic() + 5
    while True:
        lines = collections.defaultdict(list)
        for line in site.log():
            lines[line.get('request_id')].append(line)
        missing = [id for id in due if not lines[id]]
        if not missing or time.monotonic() > until:
            break
        time.sleep(0.1)
    assert not missing, [str(due[id]) for id in missing[:5]]
    for id, document in due.items():
        assert len(lines[id]) == 1, f'{document}: {lines[id]}'
        line = lines[id][0]
        for key in ('time', 'level', 'message', 'responder', 'ms', 'status',
                    'route'):
            assert key in line, f'{key} is missing: {line}'
        assert line['responder'] == 'voice', line
        assert line['status'] == document.status, f'{document}: {line}'
        if document.status == 401:
            assert line['cause'] and 'organization_id' not in line, line
        assert document.headers.get('x-request-id') == id, document.headers


def nothing_secret(site):
    for file in (site.var / 'log').iterdir():
        text = file.read_text(errors='replace')
        for secret in site.secrets:
            assert secret not in text, f'{file.name} holds {secret}'
        assert 'AddressSanitizer' not in text, text[-3000:]
        assert 'runtime error' not in text, text[-3000:]


scenarios = []


def scenario(function):
    scenarios.append(function)
    return function


def run(site, chosen=None, also=()):
    """Runs the scenarios, then the checks of the whole; prints the count."""
    passed = failed = 0
    wanted = os.environ.get('OPBX_ONLY', '')
    checks = [lambda: validate(site.sent), lambda: one_line_each(site),
              lambda: nothing_secret(site)]
    names = ['every document is CXML', 'one log line each',
             'no secret, no complaint of a sanitizer']
    jobs = [(each.__name__, lambda each=each: each(site))
            for each in (scenarios if chosen is None else chosen)
            if wanted in each.__name__]
    for name, job in jobs + list(zip(names, checks)) + list(also):
        began = time.monotonic()
        try:
            job()
            passed += 1
        except Exception:  # a failed scenario must not end the others
            failed += 1
            print(f'FAILED {name} ({site.server})')
            traceback.print_exc(file=sys.stdout)
        if os.environ.get('OPBX_TIMES'):
            print(f'{time.monotonic() - began:6.2f} s  {name}')
        sys.stdout.flush()
    return passed, failed


def finish(passed, failed):
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed else 0)
