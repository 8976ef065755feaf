"""A stand-in for the carrier's REST API (Cloudonix), with its habits: a list
that is empty is a 404, a key of another domain is a 403, an eleventh request
within its window is a 429.

    with Cloudonix(window=10) as carrier:
        domain = carrier.domain('acme.example', key='XI…')
        domain.answers = ['500', '']     # faults, one after the other
        ...
        assert domain.subscribers['1001']['active']

Faults: a status ("429", "500", "403"), "hold" (until domain.gate is set, and
then as ever),
"close" (no word), "half" (and hang up), "done and half" (it does what was
asked and the answer is lost), "garbage" (200 and no JSON), "list" and
"object" (200 and JSON of the wrong kind), "301 URL".
"""
import itertools
import json
import re
import threading
import time
import urllib.parse
import uuid

from receivers import Listener, Server

MOST = 10
PLACE = re.compile(r'(/customers/self)?/domains/([^/]+)(/.*)?')
VOICES = [{'voice': 'Polly:Joanna', 'gender': 'female',
           'languages': ['en-US'], 'provider': 'Polly', 'pricing': 'x'},
          {'voice': 'Google:de-DE-A', 'gender': 'male',
           'languages': ['de-DE', 'de-AT'], 'provider': 'Google'}]


class Domain:
    numbers = itertools.count(100)

    def __init__(self, name, key):
        self.name, self.key = name, key
        self.id = next(self.numbers)
        self.uuid = str(uuid.uuid4())
        self.profile = {'call-timeout': 60, 'theirs': 'kept'}
        self.default = None
        self.subscribers = {}
        self.applications = {}
        self.sessions = set()
        self.said = {}       # of some of them, besides
        self.trunks = []
        self.voices = VOICES
        self.asked = []      # when
        self.requests = []
        self.answers = []
        self.odd = set()     # numbers it does not take
        self.too_many = 0    # that were answered with 429
        self.gate = threading.Event()

    def lines(self):
        return [f'{each.method} {each.path.split(self.name)[-1]}'
                for each in list(self.requests)]

    def forget(self):
        """What was asked so far, its limits and its faults."""
        self.asked.clear()
        self.requests.clear()
        self.answers.clear()

    def show(self):
        return {'id': self.id, 'domain': self.name, 'uuid': self.uuid,
                'active': True, 'defaultApplication': self.default,
                'profile': self.profile, 'aliases': []}


class Handler(Listener):
    def take(self):
        request = self.request_of()
        found = PLACE.fullmatch(urllib.parse.unquote(self.path))
        domain = self.server.domains.get(found[2]) if found else None
        fault = ''
        with self.server.lock:
            (domain or self.server).requests.append(request)
            request.at = time.monotonic()
            if domain and domain.answers:
                fault = domain.answers.pop(0)
        word, _, more = fault.partition(' ')
        if word == 'hold':
            domain.gate.wait(30)
            word = ''
        if word == 'done':
            self.work(request)
            word = more.split()[-1]
        if word == 'close':
            self.close_connection = True
        elif word == 'half':
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n'
                             b'\r\n{"id": 1, ')
            self.close_connection = True
        elif word == 'garbage':
            self.send(200, b'<html>sorry</html>')
        elif word == 'list':
            self.send(200, b'[1]')
        elif word == 'object':
            self.send(200, b'{"data": []}')
        elif word.startswith('3'):
            self.send(int(word), b'', [('Location', more)])
        elif word:
            self.fail(int(word), more or 'told to fail')
        else:
            self.answer(*self.work(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = take

    def send(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def answer(self, status, body=None):
        if isinstance(body, str):
            self.fail(status, body)
        else:
            self.send(status, b'' if body is None
                      else json.dumps(body).encode())

    def fail(self, status, message):
        self.send(status, json.dumps({'status': False,
                                      'message': message}).encode())

    # -- What it does ------------------------------------------------------

    def work(self, request):
        found = PLACE.fullmatch(urllib.parse.unquote(request.path))
        if not found:
            return 404, 'no such place'
        with self.server.lock:
            domain = self.server.domains.get(found[2])
            key = request.headers.get('authorization', '')
            if key not in [f'Bearer {each.key}'
                           for each in self.server.domains.values()]:
                return 401, f'unknown key {key}'
            if domain is None or key != f'Bearer {domain.key}':
                return 403, 'not yours'
            now = time.monotonic()
            domain.asked = [each for each in domain.asked
                            if each > now - self.server.window] + [now]
            if len(domain.asked) > MOST:
                domain.too_many += 1
                return 429, 'Too many requests'
            try:
                body = json.loads(request.body) if request.body else {}
            except ValueError:
                return 400, 'no JSON'
            place = found[3] or ''
            if not found[1]:
                if place == '/resources/voices':
                    return ((200, domain.voices) if domain.voices is not None
                            else (403, 'not entitled'))
                return 404, 'no such place'
            return self.of_domain(domain, request.method, place, body)

    def of_domain(self, domain, method, place, body):
        if place == '':
            return self.itself(domain, method, body)
        kind, _, name = place[1:].partition('/')
        do = {'subscribers': self.subscriber,
              'applications': self.application,
              'sessions': self.session, 'trunks': self.trunk}.get(kind)
        return do(domain, method, name, body) if do else (404, 'what?')

    def itself(self, domain, method, body):
        if method == 'PUT':
            if not isinstance(body.get('profile', {}), dict):
                return 400, 'profile'
            for name, value in body.get('profile', {}).items():
                if name == 'call-timeout' and not isinstance(value, int) or \
                        name.startswith('redirect') and \
                        not isinstance(value, bool):
                    return 400, f'{name} has the wrong type'
                domain.profile[name] = value
            if 'defaultApplication' in body:
                if body['defaultApplication'] not in [
                        each['id'] for each in domain.applications.values()]:
                    return 400, 'no such application'
                domain.default = body['defaultApplication']
        elif method != 'GET':
            return 405, 'no'
        return 200, domain.show()

    def subscriber(self, domain, method, name, body):
        has = domain.subscribers
        if not name and method == 'GET':
            return (200, list(has.values())) if has else (404, 'none')
        if not name:
            number = body.get('msisdn')
            if not isinstance(number, str) or not body.get('sipPassword'):
                return 400, 'msisdn and sipPassword'
            if number in has:
                return 409, 'is there already'
            if number in domain.odd:
                return 400, f'{number} is not wanted here'
            has[number] = {'id': next(Domain.numbers), 'msisdn': number,
                           'uuid': str(uuid.uuid4()), 'active': True,
                           'sipPassword': body['sipPassword'], 'profile': {}}
            return 200, has[number]
        if name not in has:
            return 404, 'no such subscriber'
        if method == 'DELETE':
            del has[name]
            return 204, None
        if method == 'PUT':
            if not isinstance(body.get('active', True), bool):
                return 400, 'active'
            has[name].update({key: body[key]
                              for key in ('active', 'sipPassword')
                              if key in body})
        return 200, has[name]

    def application(self, domain, method, name, body):
        has = domain.applications
        if not name and method == 'GET':
            return (200, list(has.values())) if has else (404, 'none')
        if not name:
            if body.get('name') in has:
                return 409, 'is there already'
            has[body['name']] = {
                'id': next(Domain.numbers), 'uuid': str(uuid.uuid4()),
                'domainId': domain.id, 'active': True, 'method': 'GET',
                **body}
            return 200, has[body['name']]
        if name not in has:
            return 404, 'no such application'
        if method == 'PUT':
            if 'name' in body:
                return 400, 'cannot be renamed'
            has[name].update(body)
            return 204, None
        return 200, has[name]

    def session(self, domain, method, name, _body):
        if method == 'DELETE' and name in domain.sessions:
            domain.sessions.remove(name)
            return 204, None
        if method == 'GET' and name in domain.sessions:
            return 200, {'id': 1, 'token': name, 'status': 'connected',
                         'domain': domain.name,
                         **domain.said.get(name, {})}
        return 404, 'no such session'

    def trunk(self, domain, method, _name, _body):
        if method != 'GET':
            return 405, 'no'
        return (200, domain.trunks) if domain.trunks else (404, 'none')


class Cloudonix(Server):
    def __init__(self, window=10):
        self.window = window  # seconds
        self.domains = {}
        self.requests = []    # for no domain that there is
        super().__init__(Handler)
        self.url = f'http://127.0.0.1:{self.port}'

    def domain(self, name, key):
        with self.lock:
            self.domains[name] = Domain(name, key)
        return self.domains[name]
