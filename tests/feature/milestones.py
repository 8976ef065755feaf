"""Pages of long lists, which are found from milestones: they are what the
whole list would give, in every order, whatever changed, and the milestones
are where they say (sql/milestones.sql)."""
import re

from many import EXTENSIONS, fill, unlimited
from support import ids, main, scenario

ROWS = 2345
MADE = {
    'user': 'INSERT INTO user (organization_id, name, email, role,'
            " password_hash) SELECT {org}, CONCAT('N', seq % 9), CONCAT('p',"
            " seq, '@long.example'), ELT(1 + seq % 2, 'user', 'agent'), 'x'",
    'prompt': 'INSERT INTO prompt (organization_id, name, text) SELECT {org},'
              " CONCAT('Prompt ', MD5(seq)), 'Hello'",
    'did': 'INSERT INTO did (organization_id, number, name) SELECT {org},'
           " CONCAT('+1212', 2000000 + 10000 * {org} + seq),"
           " IF(seq % 2, '', MD5(seq))",
    'blocked_caller': 'INSERT INTO blocked_caller (organization_id, pattern,'
                      " action) SELECT {org}, CONCAT('+1646', 2000000 + seq),"
                      " ELT(1 + seq % 3, 'reject', 'busy', 'voicemail')",
}


asked = {}


def orders(org, table):
    """What the list can be sorted by, and the columns: those never NULL."""
    if table not in asked:
        parameters = org.get('/schema', token='').must(200).json['paths'][
            f'/{table.replace("_", "-")}s']['get']['parameters']
        [sort] = [each['schema']['pattern'] for each in parameters
                  if each.get('name') == 'sort']
        names = re.match(r'\^-\?\(([a-z_|]+)\)', sort)[1].split('|')
        columns = {row[0] for row in org.sql(
            'SELECT column_name FROM information_schema.columns WHERE'
            f" table_schema = DATABASE() AND table_name = '{table}' AND"
            " is_nullable = 'NO'")}
        other = {'number': 'pattern'} if table == 'blocked_caller' else {}
        asked[table] = {name: other.get(name, name) for name in names
                        if other.get(name, name) in columns}
    return asked[table]


def whole(org, table, sort):
    """The ids of all that is living, as one long list."""
    down = ' DESC' if sort[0] == '-' else ''
    return [row[0] for row in org.sql(
        f"SELECT id FROM {table} WHERE organization_id = {org.id} AND"
        f" deleted_at IS NULL ORDER BY {sort.strip('-')}{down}, id{down}")]


def check_pages(org, table, path, sorts, per_page=100):
    for sort in sorts:
        rows = whole(org, table, sort)
        last = -(-len(rows) // per_page)
        for page in sorted({1, 6, last // 2, last - 1, last}):
            answer = org.get(f'/{path}?sort={sort}&page={page}'
                             f'&per_page={per_page}').must(200)
            assert answer.json['meta']['total'] == len(rows), (path, sort)
            found = [str(id) for id in ids(answer)]
            assert found == rows[(page - 1) * per_page:page * per_page], (
                path, sort, page)


def check_milestones(org, table, path):
    """So many rows are before each as those before it say."""
    for order in orders(org, table).values():
        value = 'm.name' if order == 'name' else 'm.plain'
        same = 'TRUE' if order == 'id' else f't.{order} = {value}'
        less = '' if order == 'id' else f't.{order} < {value} OR'
        wrong = org.sql(
            'SELECT * FROM (SELECT m.row_id, ahead, COALESCE(SUM(ahead) OVER'
            ' (ORDER BY plain, name, row_id ROWS BETWEEN UNBOUNDED PRECEDING'
            ' AND 1 PRECEDING), 0) AS passed,'
            f' (SELECT COUNT(*) FROM {table} t WHERE t.organization_id ='
            f' {org.id} AND t.deleted_at IS NULL AND ({less} ({same} AND'
            ' t.id < m.row_id))) AS really FROM milestone m WHERE'
            f" organization_id = {org.id} AND list = '{path}' AND"
            f" sorted_by = '{order}') x WHERE passed <> really OR"
            ' ahead > 1000 OR (ahead < 1 AND row_id > 0)')
        assert wrong == [], (table, order, wrong)
        assert org.sql(
            f"SELECT SUM(ahead) = (SELECT COUNT(*) FROM {table} WHERE"
            f' organization_id = {org.id} AND deleted_at IS NULL),'
            ' COUNT(*) > 2 FROM milestone WHERE'
            f" organization_id = {org.id} AND list = '{path}' AND"
            f" sorted_by = '{order}'") == [['1', '1']], (table, order)


def check_followed(org, table, path):
    """Where they are one row off pages are, too: each order goes by them."""
    sorts = orders(org, table)
    org.sql(';'.join(
        f'UPDATE milestone SET ahead = ahead {change} WHERE organization_id ='
        f" {org.id} AND list = '{table}s' AND sorted_by = '{column}'"
        f' ORDER BY plain {way}, name {way}, row_id {way} LIMIT 1'
        for column in sorts.values()
        for change, way in (('+ 1', 'ASC'), ('- 1', 'DESC'))))
    for name, column in sorts.items():
        answer = org.get(f'/{path}?sort={name}&page=13&per_page=100')
        found = [str(id) for id in ids(answer)]
        assert found == whole(org, table, column)[1199:1299], (table, name)


def both(columns):
    return [way + column for column in columns for way in ('', '-')]


@scenario
def pages_of_a_long_list_are_parts_of_the_whole(org):
    unlimited(org)
    fill(org.sql, org.id, ROWS, EXTENSIONS)
    check_milestones(org, 'extension', 'extensions')
    check_pages(org, 'extension', 'extensions', both(orders(org, 'extension')))
    check_pages(org, 'extension', 'extensions', ('-name', 'status'), 77)
    check_followed(org, 'extension', 'extensions')


@scenario
def they_are_after_every_kind_of_change(org):
    unlimited(org)
    fill(org.sql, org.id, ROWS, EXTENSIONS)
    id = whole(org, 'extension', 'number')[1200]

    def still(*sorts):
        check_milestones(org, 'extension', 'extensions')
        check_pages(org, 'extension', 'extensions', sorts)
    org.extension('99', name='Aaron')
    still('number', 'name')
    org.patch(f'/extensions/{id}', {'number': '999999', 'name': 'zoe'}).must(
        200)
    still('-number', '-updated_at')
    org.patch(f'/extensions/{id}', {'name': 'Zoe'}).must(200)
    org.delete(f'/extensions/{id}').must(204)
    still('-name', 'created_at')
    org.post(f'/extensions/{id}/restore').must(200)
    # What is refused in the end moved nothing.
    org.patch(f'/extensions/{id}', {'number': '99'}).must(422)
    still('number', 'status')


@scenario
def they_are_after_rows_by_the_hundred_came_and_went(org):
    unlimited(org)
    fill(org.sql, org.id, ROWS, EXTENSIONS)
    of = f'WHERE organization_id = {org.id}'
    for change in (
            f"UPDATE extension SET status = 'inactive' {of} AND id % 3 = 0",
            f"UPDATE extension SET name = CONCAT('x', name) {of} AND"
            " number < '101500'",
            f'UPDATE extension SET deleted_at = NOW() {of} AND'
            " number BETWEEN '100900' AND '101700'",
            f'UPDATE extension SET deleted_at = NULL {of} AND'
            " number BETWEEN '101000' AND '101100'",
            f"BEGIN; UPDATE extension SET name = 'gone' {of}; ROLLBACK"):
        org.sql(change)
        check_milestones(org, 'extension', 'extensions')
    check_pages(org, 'extension', 'extensions', ('-status', 'name', 'id'))
    # Of nearly nothing, and of many again.
    org.sql(f'UPDATE extension SET deleted_at = NOW() {of} AND number >'
            " '100002' AND deleted_at IS NULL")
    assert len(org.get('/extensions?sort=-name').data) == 2
    org.sql(f'UPDATE extension SET deleted_at = NULL {of}')
    check_milestones(org, 'extension', 'extensions')
    check_pages(org, 'extension', 'extensions', ('-number',))


@scenario
def what_an_operator_deletes_himself_stops_nobody(org):
    """Nothing counts a DELETE: milestones tell of rows that are not there."""
    unlimited(org)
    fill(org.sql, org.id, ROWS, EXTENSIONS)
    org.sql(f'DELETE FROM extension WHERE organization_id = {org.id} AND'
            " number > '100500'")
    there = whole(org, 'extension', 'number')
    id = org.extension('99', name='Aaron')
    org.patch(f'/extensions/{id}', {'name': 'Zoe', 'number': '98'}).must(200)
    org.sql(f"UPDATE extension SET name = 'x' WHERE organization_id = {org.id}")
    org.delete(f'/extensions/{id}').must(204)
    assert whole(org, 'extension', 'number') == there
    assert ids(org.get('/extensions?sort=number&per_page=2')) == [
        int(each) for each in there[:2]]


@scenario
def every_list_that_gets_long_has_them(org):
    unlimited(org)
    for table, statement in MADE.items():
        path = f'{table}s'.replace('_', '-')
        # One row after the other, past the thousandth.
        org.sql(statement.format(org=org.id) + f' FROM seq_1_to_{ROWS - 1000}')
        org.sql(statement.format(org=org.id)
                + f' FROM seq_{ROWS - 999}_to_{ROWS}')
        check_milestones(org, table, f'{table}s')
        check_pages(org, table, path, ('-id', 'updated_at'))
        check_followed(org, table, path)
        there = org.instance.organization(org.by)
        assert there.sql('SELECT COUNT(*) FROM milestone WHERE'
                         f' organization_id = {there.id}') == [['0']]


@scenario
def a_list_without_them_is_the_same_but_slower(org):
    unlimited(org)
    fill(org.sql, org.id, ROWS, EXTENSIONS)
    org.sql(f'DELETE FROM milestone WHERE organization_id = {org.id}')
    check_pages(org, 'extension', 'extensions', ('number', '-name'))
    # It gets them with the next row, and one that is wrong is not followed.
    org.extension('99')
    check_milestones(org, 'extension', 'extensions')
    org.sql('UPDATE milestone SET ahead = ahead + 1 WHERE sorted_by = "name"'
            f' AND organization_id = {org.id} LIMIT 1')
    check_pages(org, 'extension', 'extensions', ('-name',))


if __name__ == '__main__':
    main()
