"""Pages of ordinary lists: what they cost in rows that the database reads,
that they are the same from either end, and that rows are counted right."""
import re

import many
from many import check, tenant, unlimited
from support import ids, main, scenario

THOUSANDS = 20000
# Who is asking costs some rows, and so do the milestones and the question.
FEW = 2200


@scenario
def any_page_of_a_list_costs_a_few_hundred_rows(org):
    big = tenant(org, 'extensions', THOUSANDS, many.EXTENSIONS)
    last = THOUSANDS // 25
    # Each row with its targets' and numbers' keys, and the audit of nobody.
    for sort in ('', '&sort=-name', '&sort=-created_at', '&sort=id',
                 '&sort=status', '&sort=updated_at'):
        for page in (1, last // 10 + 1, last // 2, last):
            answer = check(big, f'/extensions?page={page}{sort}', FEW)
            assert answer.json['meta'] == {
                'page': page, 'per_page': 25, 'total': THOUSANDS,
                'last_page': last}
    assert check(big, f'/extensions?page={last + 1}', FEW, rows=0).json[
        'meta']['total'] == THOUSANDS
    check(big, '/extensions?number=110000', FEW, rows=1)
    check(big, '/extensions?deleted=only', FEW, rows=0)


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
