"""Every route of the control plane at once, generated from the document that
the route tables make, so that a new route cannot escape: who may not, does
not; what is another tenant's is not there; nothing that is sent breaks it.
"""
from fixtures import (BODIES, METHODS, Document, Tenant, ask, dotted,
                      everything, forget_attempts, operator, put, refused,
                      unchanged)
from sounds import wav
from support import main, scenario

ROLES = ('owner', 'admin', 'agent', 'user')


def closed(doc):
    return [each for each in doc.operations if not each.public]


def two_tenants(org):
    """Ours, and another one that has one of everything."""
    return Tenant(org), Tenant(org.instance.organization(org.by))


@scenario
def nobody_gets_in(org):
    for n, operation in enumerate(closed(Document(org))):
        # Sixty guesses a minute are told that they are none.
        if n % 15 == 0:
            forget_attempts(org)
        for token in ('', '1|x', '999999999|' + 'x' * 43, 'x'):
            # This is the machine itself, which needs no name there.
            if token == '' and 'loopback' in operation.roles:
                continue
            answer = ask(org, operation, token=token)
            refused(answer, operation, 401)
            assert answer.json['code'] == 'UNAUTHENTICATED'
            assert 'www-authenticate' in answer.headers, operation
    forget_attempts(org)


@scenario
def no_role_does_more_than_it_may(org):
    people = {role: org.as_(role) for role in ROLES}
    people['operator'] = operator(org)
    count = 0
    for operation in closed(Document(org)):
        for role, they in people.items():
            if role in operation.roles:
                continue
            count += 1
            refused(ask(they, operation), f'{operation} by {role}', 403)
    assert count > 100, count


@scenario
def an_operator_names_the_organization(org):
    """Who may act for several is not taken to mean any of them."""
    they = operator(org)
    for operation in closed(Document(org)):
        if 'operator' not in operation.roles or not (
                operation.roles & set(ROLES)) or operation.changes:
            continue
        if operation.responder in ('session', 'organizations') or \
                'loopback' in operation.roles:
            continue
        refused(ask(they, operation), operation, 400, 404)


@scenario
def anothers_objects_are_not_there(org):
    ours, theirs = two_tenants(org)
    before = everything(theirs)
    doc = Document(org)
    for operation in closed(doc):
        if not operation.has_id or 'owner' not in operation.roles:
            continue
        if operation.responder == 'session':
            continue  # its ids are one's own sessions
        assert operation.responder in theirs.ids, \
            f'fixtures.py makes no {operation.responder}'
        id = theirs.ids[operation.responder]
        if operation.path.endswith('/audio') and operation.changes:
            refused(org.ask(operation.method, operation.at(id), wav(),
                            type='audio/wav'), operation, 404)
            continue
        bodies = [{}]
        if operation.method == 'PUT' and operation.responder in BODIES:
            bodies.append(ours.body(operation.responder))
        for body in bodies if operation.changes else [None]:
            refused(ask(org, operation, id, body), operation, 404, 422)
        if not operation.changes:
            refused(org.page(operation.at(id)), operation, 404)
    unchanged(theirs, before)


@scenario
def anothers_ids_cannot_be_referred_to(org):
    ours, theirs = two_tenants(org)
    doc = Document(org)
    tried = 0
    for operation in closed(doc):
        name = operation.body_name()
        if name is None or operation.method != 'POST' or \
                operation.path.count('/') != 1 or \
                operation.responder not in BODIES:
            continue
        for path, field in doc.fields(doc.schema(name)):
            value = reference(doc, path, field, theirs)
            if value is None or 'owner' not in operation.roles:
                continue
            where, value = value
            body = put(ours.body(operation.responder), where, value)
            if operation.responder == 'extensions' and where == ('target',):
                body['type'] = 'forward'
            answer = org.post(operation.path, body)
            refused(answer, f'{operation} {dotted(path)}', 422)
            start = dotted(where)
            assert any(key == start or key.startswith(start + '.')
                       for key in answer.errors), (start, answer.text)
            tried += 1
    assert tried > 60, tried


def reference(doc, path, field, tenant):
    """(place, value) of a reference to an object of that tenant."""
    if field.get('x-refers'):
        responder = field['x-refers']
        if field.get('type') in ('string', ['string', 'null']):
            return path, tenant.org.get(
                f'/{responder}/{tenant.ids[responder]}').data['number']
        return path, tenant.ids[responder]
    refers = field.get('properties', {}).get('id', {}).get('x-refers')
    if refers:
        return path[:-1], {'type': path[-1], 'id': tenant.ids[refers]}
    return None


@scenario
def another_organization_cannot_be_named(org):
    there = org.instance.organization(org.by)
    for operation in closed(Document(org)):
        if 'owner' not in operation.roles:
            continue
        for headers, query in (({'X-Organization-Id': str(there.id)}, ''),
                               ({}, f'?organization_id={there.id}'),
                               ({'X-Organization-Id': 'x'}, '')):
            answer = org.ask(operation.method, operation.at() + query,
                             {} if operation.changes else None,
                             headers=headers)
            refused(answer, operation, 403)


@scenario
def a_cookie_alone_changes_nothing(org):
    me = org.sign_in('owner')
    for operation in closed(Document(org)):
        if not operation.changes:
            continue
        for csrf in (None, '', me.csrf[:-1], me.csrf + 'x'):
            answer = ask(me, operation, headers={'X-CSRF-Token': csrf})
            refused(answer, operation, 403)
    me.get('/session').must(200)


@scenario
def a_token_does_what_it_says_alone(org):
    weak = {'extensions': 'dids:read,dids:write'}
    for operation in closed(Document(org)):
        if 'owner' not in operation.roles:
            continue
        other = weak.get(operation.responder, 'extensions:read')
        they = org.as_('owner', other)
        refused(ask(they, operation), f'{operation} by {other}', 403)
        if operation.changes:
            they = org.as_('owner', f'{operation.responder}:read')
            refused(ask(they, operation), f'{operation} by read', 403)


@scenario
def other_methods_are_not_allowed(org):
    for path, methods in Document(org).json['paths'].items():
        there = {method.upper() for method in methods if method in METHODS}
        where = path.replace('{id}', '1').replace('{token}', 'A' * 24)
        for method in METHODS:
            if method.upper() in there:
                continue
            answer = org.ask(method.upper(), where,
                             None if method == 'get' else {})
            answer.must(405, 'METHOD_NOT_ALLOWED')
            allowed = set(answer.headers['allow'].split(', '))
            assert allowed == there | (
                {'HEAD'} if 'GET' in there else set()), (path, allowed)


if __name__ == '__main__':
    main(released=True)
