"""What the tests that are made from the OpenAPI document share: the document,
a tenant with an object of every kind, a body that every resource takes, and a
walk over what a schema says.
"""
import re
import subprocess

from support import Browser

METHODS = ('get', 'post', 'put', 'patch', 'delete')


class Operation:
    """A route: its method, its path and what the document says of it."""

    def __init__(self, path, method, said):
        self.path = path
        self.method = method.upper()
        self.said = said
        self.responder = path.split('/')[1]
        self.roles = set(said['x-roles'])
        self.public = 'anybody' in self.roles
        self.changes = method != 'get'

    def __str__(self):
        return f'{self.method} {self.path}'

    @property
    def has_id(self):
        return '{id}' in self.path

    def at(self, id=1):
        return self.path.replace('{id}', str(id)).replace(
            '{token}', 'A' * 24)

    def body_name(self):
        """The name of the schema of its JSON body."""
        content = self.said.get('requestBody', {}).get('content', {})
        ref = content.get('application/json', {}).get('schema', {}).get('$ref')
        return ref.split('/')[-1] if ref else None


class Document:
    def __init__(self, org):
        self.json = org.get('/schema', token='').must(200).json
        self.operations = [
            Operation(path, method, methods[method])
            for path, methods in self.json['paths'].items()
            for method in METHODS if method in methods]
        assert len(self.operations) > 70
        unlimited(org)

    def schema(self, name):
        return self.json['components']['schemas'][name]

    def deref(self, schema):
        while '$ref' in schema:
            schema = self.schema(schema['$ref'].split('/')[-1])
        return schema

    def fields(self, schema, path=()):
        """(path, schema) of everything that can be said in a body; a place
        in a list is 0, the variants of a target come one by one."""
        schema = self.deref(schema)
        if 'oneOf' in schema:
            yield path, schema
            for each in schema['oneOf']:
                variant = self.deref(each)
                if 'type' in variant.get('properties', {}):
                    yield path + (variant['properties']['type']['const'],), \
                        variant
            return
        if path:
            yield path, schema
        for name, each in schema.get('properties', {}).items():
            if not each.get('readOnly'):
                yield from self.fields(each, path + (name,))
        if 'items' in schema:
            yield from self.fields(schema['items'], path + (0,))


def dotted(path):
    return '.'.join(str(part) for part in path)


def put(body, path, value):
    """A copy of the body with the value at its place."""
    if not path:
        return value
    head, *rest = path
    if head == 0:
        old = body[0] if isinstance(body, list) and body else None
        return [put(old, rest, value)]
    old = body if isinstance(body, dict) else {}
    return {**old, head: put(old.get(head), rest, value)}


class Tenant:
    """An organization that has one of everything."""

    def __init__(self, org):
        self.org = org
        self.count = 0
        self.ids = {}
        make(self)

    def id_of(self, responder):
        return self.ids.get(responder, 1)

    def body(self, responder):
        """What POST takes, another each time."""
        self.count += 1
        return BODIES[responder](self, self.count)


def target(tenant):
    return {'type': 'extension', 'id': tenant.ids['extensions']}


BODIES = {
    'extensions': lambda t, n: {'number': str(2000 + n), 'name': f'X{n}'},
    'ring-groups': lambda t, n: {'name': f'G{n}', 'members': [
        {'extension_id': t.ids['extensions']}]},
    'conference-rooms': lambda t, n: {'name': f'C{n}'},
    'ivr-menus': lambda t, n: {
        'name': f'M{n}', 'greeting': {'text': 'Hello'},
        'options': [{'digits': '1', 'target': target(t)}]},
    'business-hours': lambda t, n: {
        'name': f'H{n}', 'open': target(t), 'closed': {'type': 'hangup'},
        'periods': [{'day': 1, 'from': '09:00', 'to': '17:00'}],
        'exceptions': [{'name': 'E', 'from': '12-24', 'to': '12-26',
                        'yearly': True, 'periods': [
                            {'from': '10:00', 'to': '12:00'}]}]},
    'dids': lambda t, n: {'number': t.org.number(n)},
    'outbound-rules': lambda t, n: {'name': f'R{n}', 'countries': ['US'],
                                    'prefixes': ['+4420'], 'trunk': 'main'},
    'blocked-callers': lambda t, n: {'number': f'+1202555{1000 + n}'},
    'prompts': lambda t, n: {'name': f'P{n}', 'text': 'Hello'},
    'notifications': lambda t, n: {'name': f'N{n}', 'event': 'missed_call',
                                   'email': f'n{n}@example.com'},
    'users': lambda t, n: {'name': f'U{n}', 'role': 'user',
                           'email': f'u{n}@{t.org.slug}.example'},
    'tokens': lambda t, n: {'name': f'T{n}', 'abilities': ['*']},
    'organizations': lambda t, n: {
        'name': f'O{n}', 'slug': f'{t.org.slug}-{n}', 'country': 'US',
        'timezone': 'America/New_York',
        'owner': {'name': 'Own', 'email': f'o{n}@{t.org.slug}.example'}},
}

# What nobody makes by POST: rows as the carrier's messages leave them.
ROWS = {
    'recordings': ('recording', {
        'call_key': 'call-1', 'state': 'ready',
        'recorded_at': '2026-11-20 12:00:00'}),
    'voicemails': ('voicemail', {
        'call_key': 'call-1', 'state': 'ready',
        'received_at': '2026-11-20 12:00:00'}),
    'calls': ('`call`', {
        'call_key': 'call-1', 'state': 'completed',
        'started_at': '2026-11-20 12:00:00'}),
    'cdrs': ('cdr', {
        'record_key': 'record-1', 'started_at': '2026-11-20 12:00:00',
        'document': '{}'}),
    'audit': ('audit_entry', {'actor_type': 'user', 'action': 'create'}),
}


def make(tenant):
    org = tenant.org
    unlimited(org)
    for responder in BODIES:
        if responder not in ('organizations', 'users', 'tokens'):
            tenant.ids[responder] = org.post(
                f'/{responder}', tenant.body(responder)).must(201).id
    tenant.ids['organizations'] = org.id
    tenant.ids['users'] = org.user_of('user')
    tenant.ids['tokens'] = int(org.token_of('owner').split('|')[0])
    for responder, (table, values) in ROWS.items():
        more = ({'extension_id': tenant.ids['extensions']}
                if responder == 'voicemails' else {})
        tenant.ids[responder] = org.insert(table, **values, **more)
    org.sql(f'UPDATE did SET proved_at = UTC_TIMESTAMP(3) WHERE '
            f'organization_id = {org.id}')
    there = {path.split('/')[1] for path in
             org.get('/schema', token='').json['paths']}
    tenant.ids = {responder: id for responder, id in tenant.ids.items()
                  if responder in there}


def forget_attempts(org):
    """Nobody has guessed passwords and tokens in vain."""
    socket = re.search(r'^redis\.socket *= *(\S+)',
                       org.instance.conf.read_text(), re.M).group(1)
    subprocess.run(
        ['redis-cli', '-s', socket, 'EVAL',
         "for _, key in ipairs(redis.call('KEYS', 'opbx:0:attempts:*')) do "
         "redis.call('DEL', key) end", '0'], check=True,
        capture_output=True)


def unlimited(org):
    """May ask as often as these tests do."""
    org.sql(f'UPDATE setting SET api_rate = 0 WHERE organization_id ='
            f' {org.id}')


def operator(org, name='operator'):
    """The same client as somebody of the platform, signed in."""
    password = org.password_of('owner')
    email = f'{name}@{org.slug}.example'
    org.sql(f"INSERT INTO operator (name, email, password_hash) SELECT"
            f" 'Operator', '{email}', password_hash FROM user WHERE"
            f" organization_id = {org.id} AND id = {org.user_of('owner')}")
    other = object.__new__(Browser)
    other.__dict__.update(org.__dict__)
    return other.keep(org.post('/session', {
        'email': email, 'password': password}, token='').must(201))


def refused(answer, operation, *statuses):
    assert answer.status in statuses, \
        f'{operation}: {answer.status} instead of {statuses}: ' \
        f'{answer.text[:1000]}'
    return answer


def ask(org, operation, id=1, body=None, **more):
    if body is None and operation.changes:
        body = {}
    return org.ask(operation.method, operation.at(id), body, **more)


def everything(tenant):
    """What a tenant has, as its owner sees it."""
    shown = {}
    for responder, id in tenant.ids.items():
        path = {'settings': '/settings'}.get(responder, f'/{responder}/{id}')
        answer = tenant.org.get(path)
        data = dict(answer.json.get('data') or {})
        # To ask is to use a token.
        for seen in ('last_used_at', 'last_sign_in_at') + (
                ('updated_at',) if responder == 'tokens' else ()):
            data.pop(seen, None)
        shown[responder] = (answer.status, data)
    return shown


def unchanged(tenant, before):
    after = everything(tenant)
    for responder, was in before.items():
        assert after[responder] == was, \
            f'{responder}: {was} became {after[responder]}'
