"""The audit: who changed what, found by who, by what and by name."""
import csv
import io

from support import ids, main, only, scenario, walk

R = '/audit'


@scenario
def a_change_is_told_with_what_was_and_what_became(org):
    id = org.extension('1001', name='Ann')
    org.patch(f'/extensions/{id}', {'name': 'Bob'}).must(200)
    org.delete(f'/extensions/{id}').must(204)
    rows = org.get(f'{R}?object_type=extension&object_id={id}').must(200).data
    assert [row['action'] for row in rows] == ['delete', 'update', 'create']
    assert rows[0]['after'] is None and rows[2]['before'] is None
    assert rows[1]['before']['name'] == 'Ann'
    assert rows[1]['after']['name'] == 'Bob'
    assert rows[1]['after']['sip_password'] == '***'
    assert rows[1]['actor'] == {'type': 'user', 'id': org.user_of('owner'),
                                'name': f'owner@{org.slug}.example'}
    assert rows[1]['object'] == {'type': 'extension', 'id': id,
                                 'name': 'Bob'}
    assert rows[1]['remote'] == '127.0.0.1'
    one = org.get(f'{R}/{rows[1]["id"]}').must(200).data
    assert one == rows[1]
    page = org.page(f'{R}/{rows[1]["id"]}').must(200).text
    assert 'Bob' in page and '<form' not in page
    there = org.instance.organization(org.by)
    there.get(f'{R}/{rows[1]["id"]}').must(404)
    org.get(f'{R}/999999999').must(404)
    for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
        org.ask(method, R, {}).must(405)
        org.ask(method, f'{R}/{rows[0]["id"]}', {}).must(405)


def add(org, n, **more):
    return org.insert('audit_entry', **{
        'actor_type': 'user', 'actor_id': 7, 'actor_name': 'ann@x.example',
        'action': 'create', 'object_type': 'extension', 'object_id': 5,
        'object_name': f'N{n}', 'created_at': f'2031-03-10 12:{n:02}:00',
        **more})


@scenario
def each_filter_finds_its_entries(org):
    a = add(org, 1)
    b = add(org, 2, actor_type='operator')
    c = add(org, 3, object_type='did', action='update')
    d = add(org, 4, actor_id=8, actor_name='100%@x.example', object_id=6)

    def found(query):
        return ids(org.get(f'{R}?from=2031-01-01&{query}'))
    assert found('') == [d, c, b, a]
    assert found('actor_type=operator') == [b]
    assert found('actor_id=7') == [c, b, a]
    assert found('actor_id=7&actor_type=user') == [c, a]
    assert found('object_type=did') == [c]
    assert found('object_id=5') == [c, b, a]
    assert found('object_type=extension&object_id=5') == [b, a]
    assert found('action=update') == [c]
    assert found('q=n3') == [c] and found('q=ANN') == [c, b, a]
    assert found('q=100%25') == [d] and found('q=%25') == [d]
    assert found('q=_') == []
    assert found('q=n&action=create&actor_id=7') == [b, a]
    assert found('to=2031-03-10T12:02:00Z') == [a]
    assert found('sort=created_at&actor_id=7') == [a, b, c]
    assert walk(org, f'{R}?from=2031-01-01&actor_id=7&per_page=1') == [
        [c], [b], [a]]
    for query, field in (
            ('actor_type=x', 'actor_type'), ('actor_id=x', 'actor_id'),
            ('object_id=0', 'object_id'), ('sort=started_at', 'sort'),
            ('sort=-id', 'sort'), ('page=1', 'page'), ('per_page=0',
                                                       'per_page'),
            ('q=' + 'x' * 201, 'q'), ('object=1', 'object'),
            ('action=' + 'x' * 33, 'action'), ('cursor=x', 'cursor')):
        only(org.get(f'{R}?{query}').must(422), field)


@scenario
def owner_and_admin_alone_read_it(org):
    id = add(org, 1)
    for role, status in (('owner', 200), ('admin', 200), ('agent', 403),
                         ('user', 403)):
        org.as_(role).get(R).must(status)
        org.as_(role).get(f'{R}/{id}').must(status)
    org.as_('owner', 'calls:read').get(R).must(403)
    org.as_('owner', 'audit:read').get(R).must(200)


@scenario
def pages_end_where_there_is_no_more(org):
    there = org.instance.organization(org.by)
    made = [add(org, n) for n in range(5)]
    assert walk(org, f'{R}?from=2031-01-01&per_page=2') == [
        made[:2:-1], made[2:0:-1], made[:1]]
    cursor = org.get(f'{R}?per_page=2').must(200).json['meta']['next']
    for who, path in ((there, f'{R}?cursor={cursor}'),
                      (org, f'{R}?cursor={cursor}&action=create'),
                      (org, f'{R}?cursor={cursor}&sort=created_at'),
                      (org, f'/calls?cursor={cursor}')):
        only(who.get(path).must(422), 'cursor')
    rows = list(csv.DictReader(io.StringIO(org.get(
        f'{R}?from=2031-01-01', accept='text/csv').must(200).text)))
    assert [int(row['id']) for row in rows] == made[::-1]
    page = org.page(f'{R}?from=2031-01-01&per_page=2').must(200).text
    assert page.count('<tr>') == 3 and 'Next' in page


@scenario
def what_is_rare_is_looked_for_page_by_page(org):
    """A filter without an index of its own looks at so many rows at a time,
    and says where the next page goes on."""
    org.sql('INSERT INTO audit_entry (organization_id, actor_type, action,'
            f" object_name, created_at) SELECT {org.id}, 'system',"
            " IF(seq MOD 3 = 0, 'a', 'b'),"
            " IF(seq IN (10, 3999, 9000), 'needle', 'hay'),"
            " '2031-01-02' + INTERVAL seq SECOND FROM seq_1_to_10000")
    for order in ('-created_at', 'created_at'):
        pages = walk(org, f'{R}?q=needle&from=2031-01-01&sort={order}')
        assert len(pages) >= 3 and len(sum(pages, [])) == 3
        assert len(sum(walk(org, f'{R}?q=needle&action=a&sort={order}'),
                       [])) == 2
    rows = csv.DictReader(io.StringIO(org.get(
        f'{R}?q=needle', accept='text/csv').must(200).text))
    assert len(list(rows)) == 3


if __name__ == '__main__':
    main()
