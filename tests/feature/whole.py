"""What every resource does alike, tried on each of them by the document: what
is shown can be sent back, every page opens, deleted is restored.
"""
from fixtures import Document, Tenant, ask, operator, refused
from support import main, scenario


def needs_more(operation):
    return any(each.get('required') and each.get('in') == 'query'
               for each in operation.said['parameters'])


@scenario
def each_page_and_each_object_is_shown(org):
    ours = Tenant(org)
    people = {'owner': org.sign_in('owner'), 'operator': operator(org)}
    for operation in Document(org).operations:
        if operation.changes or needs_more(operation) or \
                '{token}' in operation.path:
            continue
        if operation.responder == 'session' and operation.has_id:
            continue
        role = 'owner' if operation.public or 'owner' in operation.roles \
            else 'operator'
        content = operation.said['responses']['200'].get('content', {})
        where = operation.at(ours.id_of(operation.responder))
        for accept in ('application/json', 'text/html', 'text/csv'):
            if accept not in content and '*/*' not in content:
                continue
            answer = people[role].get(where, accept=accept)
            # A prompt of words has no file; a gate may be shut.
            refused(answer, f'{operation} {accept}', *(
                (200, 404, 409, 503) if '*/*' in content or
                operation.responder == 'health' else (200,)))
            if answer.status == 200 and accept in content:
                assert answer.headers['content-type'].startswith(accept), \
                    (str(operation), answer.headers)


@scenario
def what_is_shown_can_be_sent_back_whole(org):
    ours = Tenant(org)
    count = 0
    for operation in Document(org).operations:
        if operation.method != 'PUT' or operation.path.endswith('/audio') or \
                'owner' not in operation.roles or operation.body_name() is \
                None:
            continue
        where = operation.at(ours.id_of(operation.responder))
        before = org.get(where).must(200).data
        after = refused(org.put(where, before), operation, 200).data
        # To ask is to use a token, and a change is a change.
        same = [key for key in before if key != 'updated_at']
        assert [after[key] for key in same] == \
            [before[key] for key in same], (str(operation), before, after)
        count += 1
    assert count >= 10, count


@scenario
def what_was_deleted_is_restored(org):
    ours = Tenant(org)
    there = {str(each): each for each in Document(org).operations}
    # What refers goes before what it refers to.
    last = ('ivr-menus', 'business-hours', 'ring-groups', 'extensions')
    names = [name for name in ours.ids if f'DELETE /{name}/{{id}}' in there
             and f'POST /{name}/{{id}}/restore' in there and
             'owner' in there[f'DELETE /{name}/{{id}}'].roles]
    names.sort(key=lambda name: last.index(name) if name in last else -1)
    for name in names:
        where = f'/{name}/{ours.ids[name]}'
        org.page(f'{where}/delete').must(200)
        org.delete(where).must(204)
        org.get(where).must(404)
        org.delete(where).must(404)
        assert org.get(f'{where}?deleted=only').must(200).data[
            'deleted_at'], name
    for name in reversed(names):
        where = f'/{name}/{ours.ids[name]}'
        assert ask(org, there[f'POST /{name}/{{id}}/restore'],
                   ours.ids[name]).must(200).data['deleted_at'] is None
        org.get(where).must(200)
        org.post(f'{where}/restore').must(404)
    assert len(names) > 10, names


if __name__ == '__main__':
    main()
