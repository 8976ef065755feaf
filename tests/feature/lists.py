"""What a page costs: the rows that the database reads for it, whatever the
page, the filter and the size of the table.  Not its time: tests/bench/run."""
import re

import many
from support import ids, main, scenario

MILLION = 1000000
MANY = 200000
THOUSANDS = 100000
PAGE = 26  # and the row that says that there is more
kept = {}


def unlimited(org):
    """More than so many requests a minute."""
    org.sql(f'UPDATE setting SET api_rate = 0 WHERE organization_id = {org.id}')


def tenant(org, name, count, statement):
    """One tenant for all scenarios that only read."""
    if name not in kept:
        kept[name] = org.id
        unlimited(org)
        many.fill(org.sql, org.id, count, statement)
    big = object.__new__(type(org))
    big.__dict__.update(org.__dict__)
    big.id = kept[name]
    big.slug = org.sql('SELECT slug FROM organization'
                       f' WHERE id = {big.id}')[0][0]
    big.people, big.tokens = {}, {}
    big.token = big.token_of('owner')
    return big


def rows_read(org):
    return int(org.sql("SELECT SUM(VARIABLE_VALUE) FROM"
                       " information_schema.GLOBAL_STATUS WHERE"
                       " VARIABLE_NAME LIKE 'HANDLER\\\\_READ\\\\_%'")[0][0])


def cost(org, path):
    """The answer, and the rows that were read for it: less those of the
    question itself and of who is asking."""
    org.get(path).must(200)
    rows_read(org)
    quiet = rows_read(org)
    quiet = rows_read(org) - quiet
    before = rows_read(org)
    answer = org.get(path).must(200)
    return answer, rows_read(org) - before - quiet


# A page is some rows of each way in, each with its DID, CDRs with their call;
# who is asking costs a few.  What is looked through is at most 2500.
FEW = 350
THROUGH = 8500


def check(org, path, most, rows=25):
    answer, read = cost(org, path)
    assert read <= most, f'{path}: {read} rows were read, not {most}'
    if rows is not None:
        assert len(answer.data) == rows, f'{path}: {len(answer.data)}'
    return answer


@scenario
def calls_by_any_filter_cost_a_page(org):
    big = tenant(org, 'calls', MILLION, many.CALLS)
    for query in ('', 'number=%2B12122000007', 'from_number=%2B12122000007',
                  'to_number=%2B16462000007', 'extension_id=5', 'did_id=7',
                  'state=completed', 'state=failed', 'direction=internal',
                  'missed=true', 'missed=false', 'to=2026-01-03',
                  'from=2026-02-01&to=2026-02-02',
                  'state=busy&to=2026-02-01'):
        for order in ('', 'sort=started_at'):
            check(big, f'/calls?{query}&{order}', FEW)
    for query in ('state=failed&direction=internal&did_id=7',
                  'extension_id=5&state=busy', 'did_id=7&missed=true',
                  'state=busy&missed=true', 'missed=true&direction=internal',
                  'number=%2B16462000007&extension_id=5&state=no_answer',
                  'state=failed&to=2026-06-01&missed=true',
                  'direction=inbound&state=failed'):
        check(big, f'/calls?{query}', THROUGH, rows=None)


@scenario
def a_page_at_any_depth_costs_a_page(org):
    big = tenant(org, 'calls', MILLION, many.CALLS)
    # Row 999,975: what is left is the first 25 calls.
    answer = check(big, '/calls?to=2026-01-01T00:09:00Z&per_page=1', FEW,
                   rows=1)
    cursor = answer.json['meta']['next']
    check(big, f'/calls?to=2026-01-01T00:09:00Z&cursor={cursor}', FEW)
    cursor, seen = '', set()
    for _ in range(20):
        answer = check(big, f'/calls?state=no_answer{cursor}', FEW)
        cursor = '&cursor=' + answer.json['meta']['next']
        assert not seen & set(ids(answer))
        seen |= set(ids(answer))


@scenario
def cdrs_by_any_filter_cost_a_page(org):
    big = tenant(org, 'cdrs', MANY, many.CDRS)
    for query in ('', 'number=%2B12122000007', 'extension_id=5', 'did_id=7',
                  'disposition=answered', 'disposition=failed',
                  'direction=inbound', 'to=2026-01-03',
                  'disposition=busy&to=2026-02-01'):
        for order in ('', 'sort=started_at'):
            check(big, f'/cdrs?{query}&{order}', FEW)
    key = big.sql('SELECT call_key FROM cdr WHERE organization_id = '
                  f'{big.id} ORDER BY id LIMIT 1')[0][0]
    check(big, f'/cdrs?call={key}', FEW, rows=1)
    for query in ('disposition=failed&direction=internal&did_id=7',
                  'extension_id=5&disposition=busy&direction=inbound',
                  'number=%2B16462000007&disposition=failed'):
        check(big, f'/cdrs?{query}', THROUGH, rows=None)


@scenario
def the_audit_by_any_filter_costs_a_page(org):
    big = tenant(org, 'audit', MANY, many.AUDIT)
    for query in ('', 'actor_id=7', 'actor_type=user', 'actor_type=operator',
                  'object_type=did', 'object_id=7', 'action=update',
                  'to=2026-01-03', 'q=Object'):
        for order in ('', 'sort=created_at'):
            check(big, f'/audit?{query}&{order}', THROUGH
                  if query.startswith('q') else FEW)
    for query in ('q=nothing', 'actor_type=operator&object_type=did',
                  'object_type=did&object_id=7', 'action=update&q=nothing',
                  'actor_id=7&actor_type=operator'):
        check(big, f'/audit?{query}', THROUGH, rows=None)


@scenario
def any_page_of_a_list_costs_at_most_half_of_it(org):
    big = tenant(org, 'extensions', THOUSANDS, many.EXTENSIONS)
    # Each row with its targets' and numbers' keys, and the audit of nobody.
    for sort in ('', '&sort=-number', '&sort=name', '&sort=-created_at',
                 '&sort=id', '&sort=-updated_at', '&sort=status'):
        for page, most in ((1, 700), (4000, 700), (401, 10800),
                           (2000, 51500)):
            answer = check(big, f'/extensions?page={page}{sort}', most)
            assert answer.json['meta'] == {
                'page': page, 'per_page': 25, 'total': THOUSANDS,
                'last_page': 4000}
    assert check(big, '/extensions?page=4001', 200, rows=0).json['meta'][
        'total'] == THOUSANDS
    check(big, '/extensions?number=150000', 200, rows=1)
    check(big, '/extensions?deleted=only', 200, rows=0)


@scenario
def pages_from_either_end_are_the_same_list(org):
    unlimited(org)
    many.fill(org.sql, org.id, 217, many.EXTENSIONS)
    gone = org.get('/extensions?number=100100').data[0]['id']
    org.delete(f'/extensions/{gone}').must(204)
    lists = [(sort, '') for sort in (
        'number', '-number', 'name', '-name', 'status', '-status',
        'created_at', 'id', '-id', 'status,-number', '-type,name')]
    for more in ('&status=active', '&deleted=with', '&q=Person'):
        lists += [('number', more), ('-name', more)]
    for sort, more in lists:
        pages = [org.get(f'/extensions?per_page=44&page={n}'
                         f'&sort={sort}{more}').must(200)
                 for n in range(1, 6)]
        total = pages[0].json['meta']['total']
        found = sum((ids(page) for page in pages), [])
        assert len(found) == len(set(found)) == total, (sort, more)
        whole = sum((ids(org.get(
            f'/extensions?per_page=100&page={n}&sort={sort}{more}'))
            for n in (1, 2, 3)), [])
        assert found == whole, (sort, more)
        columns = [[row[name.strip('-')] for name in sort.split(',')]
                   for page in pages for row in page.data]
        first = [column[0] for column in columns]
        if sort not in ('status', '-status', 'status,-number',
                        '-type,name'):
            assert first == sorted(first, reverse=sort[0] == '-')


@scenario
def rows_are_counted_as_they_come_and_go(org):
    def total(query=''):
        return org.get(f'/extensions?{query}').json['meta']['total']
    assert total() == 0 and total('deleted=with') == 0
    made = [org.extension(str(1000 + n)) for n in range(3)]
    assert total() == 3 and total('deleted=only') == 0
    org.delete(f'/extensions/{made[0]}').must(204)
    assert (total(), total('deleted=only'), total('deleted=with')) == (
        2, 1, 3)
    org.post(f'/extensions/{made[0]}/restore').must(200)
    assert (total(), total('deleted=only')) == (3, 0)
    # What is refused in the end was not counted.
    org.post('/extensions', {'number': '1000', 'name': 'x'}).must(422)
    org.patch(f'/extensions/{made[1]}', {'name': 'Bob'}).must(200)
    assert total() == 3
    there = org.instance.organization(org.by)
    assert there.get('/extensions').json['meta']['total'] == 0
    for table, view in org.sql(
            'SELECT DISTINCT REPLACE(trigger_name, "_counted", ""),'
            ' REGEXP_SUBSTR(action_statement, "(?<=\')[a-z_]+(?=\')")'
            ' FROM information_schema.triggers WHERE trigger_schema ='
            ' DATABASE() AND trigger_name LIKE "%\\\\_counted"'):
        wrong = org.sql(
            'SELECT c.organization_id FROM row_count c LEFT JOIN (SELECT'
            ' organization_id, SUM(deleted_at IS NULL) AS a,'
            f' SUM(deleted_at IS NOT NULL) AS d FROM {table}'
            ' GROUP BY organization_id) t USING (organization_id)'
            f" WHERE c.name = '{view}' AND (c.alive <> COALESCE(t.a, 0) OR"
            ' c.dead <> COALESCE(t.d, 0))')
        assert re.fullmatch('[a-z_]+', view) and wrong == [], (view, wrong)


if __name__ == '__main__':
    main()
