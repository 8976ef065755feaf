"""What no body means, sent to every route: it is refused with the right words
and changes nothing, and never is it an error of ours.
"""
from fixtures import Document, Tenant, everything, refused, unchanged
from support import main, scenario

BROKEN = ((b'{', 400), (b'[]', 400), (b'"x"', 400), (b'7', 400),
          (b'{"name": "\\u0000"}', 400), (b'{"name": "\xff"}', 400),
          (b'{"a": 1, "a": 2}', 400), (b'{"a":' * 40 + b'1' + b'}' * 40, 400),
          (b'{}x', 400), (b'null', 400))


@scenario
def what_cannot_be_read_is_refused(org):
    ours = Tenant(org)
    before = everything(ours)
    # Signing in counts who tries; what cannot be read is no try.
    for operation in Document(org).operations:
        if not operation.changes or not (
                operation.public or 'owner' in operation.roles):
            continue
        where = operation.at(ours.id_of(operation.responder))
        for body, status in BROKEN:
            refused(org.ask(operation.method, where, body), operation,
                    status, 429)
        refused(org.ask(operation.method, where, b'a=1',
                        type='text/plain'), operation, 415)
        most = 11 if operation.responder == 'prompts' else 1
        refused(org.ask(operation.method, where,
                        b'{"name": "' + b'x' * (most << 20) + b'"}'),
                operation, 413)
    unchanged(ours, before)


@scenario
def what_means_nothing_is_complained_of(org):
    ours = Tenant(org)
    before = everything(ours)
    wrong = (7, 'x', None, True, [], {}, -1, 1.5, [[]], [{'x': {}}],
             {'x': [1]}, 1 << 62, '\n', 'x' * 3000)
    doc = Document(org)
    me = org.sign_in('owner')
    for operation in doc.operations:
        name = operation.body_name()
        if name is None or not operation.changes or operation.public or \
                'owner' not in operation.roles:
            continue
        if operation.path.endswith('/audio'):
            continue  # a file; tests/feature/prompts.py
        they = me if operation.responder == 'session' else org
        where = operation.at(ours.id_of(operation.responder))
        answer = they.ask(operation.method, where, {'zzz': 1})
        refused(answer, operation, 422)
        assert 'zzz' in answer.errors, (str(operation), answer.text)
        for value in wrong:
            body = {key: value for key in doc.schema(name)['properties']}
            refused(they.ask(operation.method, where, {**body, 'zzz': 1}),
                    f'{operation} {value!r:.20}', 422)
    unchanged(ours, before)

if __name__ == '__main__':
    main()
