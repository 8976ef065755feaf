"""Rows by the hundred thousand, straight into the base tables: for tests of
what a page costs, and for the benchmark."""

kept = {}

# A tenant's calls: one every 20 seconds from 2026-01-01 on.  Extensions 1 to
# 1000 call, 1 to 997 are called; 'failed' happened only in the beginning.
CALLS = '''INSERT INTO `call` (organization_id, call_key, direction, state,
    from_raw, to_raw, from_number, to_number, did_id, from_extension_id,
    extension_id, missed, started_at, answered_at, ended_at, duration, billed)
SELECT {org}, MD5(seq), ELT(1 + seq % 3, 'inbound', 'outbound', 'internal'),
    IF(seq < 3000, 'failed', ELT(1 + seq % 4, 'completed', 'completed',
    'busy', 'no_answer')), 'from', 'to', CONCAT('+1212', 2000000 + seq % 5000),
    CONCAT('+1646', 2000000 + seq % 100), 1 + seq % 100,
    IF(seq % 3 = 0, NULL, 1 + seq % 1000), 1 + seq % 997, seq % 4 = 3,
    '2026-01-01' + INTERVAL seq * 20 SECOND,
    IF(seq % 4 < 2, '2026-01-01' + INTERVAL seq * 20 + 5 SECOND, NULL),
    '2026-01-01' + INTERVAL seq * 20 + 30 SECOND, 25, 25
FROM seq_{first}_to_{last}'''

CDRS = '''INSERT INTO cdr (organization_id, record_key, call_key, direction,
    disposition, from_raw, to_raw, from_number, to_number, did_id,
    extension_id, started_at, duration, billed, document, unfolded)
SELECT {org}, MD5(seq), MD5(seq), ELT(1 + seq % 3, 'inbound', 'outbound',
    'internal'), IF(seq < 3000, 'failed', ELT(1 + seq % 3, 'answered', 'busy',
    'no_answer')), 'from', 'to', CONCAT('+1212', 2000000 + seq % 5000),
    CONCAT('+1646', 2000000 + seq % 100), 1 + seq % 100, 1 + seq % 997,
    '2026-01-01' + INTERVAL seq * 20 SECOND, 25, 25, '{{}}', NULL
FROM seq_{first}_to_{last}'''

# What the worker would have counted in a year of 100 own numbers.
HOURS = '''INSERT INTO cdr_hour (organization_id, hour, direction, disposition,
    calls, duration, billed)
SELECT {org}, '2026-01-01' + INTERVAL (seq - 1) DIV 12 HOUR,
    ELT(1 + (seq - 1) DIV 4 % 3, 'inbound', 'outbound', 'internal'),
    ELT(1 + (seq - 1) % 4, 'answered', 'busy', 'no_answer', 'failed'), 15, 375, 375
FROM seq_{first}_to_{last}'''

DAYS = '''INSERT INTO cdr_day (organization_id, day, number, direction, calls,
    answered, duration)
SELECT {org}, '2026-01-01' + INTERVAL (seq - 1) DIV 300 DAY,
    CONCAT('+1646', 2000000 + (seq - 1) DIV 3 % 100),
    ELT(1 + (seq - 1) % 3, 'inbound', 'outbound', 'internal'), 15, 5, 375
FROM seq_{first}_to_{last}'''

AUDIT = '''INSERT INTO audit_entry (organization_id, actor_type, actor_id,
    actor_name, action, object_type, object_id, object_name, created_at)
SELECT {org}, IF(seq < 3000, 'operator', 'user'), 1 + seq % 50,
    CONCAT('user', seq % 50), ELT(1 + seq % 3, 'create', 'update', 'delete'),
    ELT(1 + seq % 5, 'extension', 'did', 'user', 'ring_group', 'prompt'),
    1 + seq % 2000, CONCAT('Object ', seq % 2000),
    '2026-01-01' + INTERVAL seq * 20 SECOND
FROM seq_{first}_to_{last}'''

EXTENSIONS = '''INSERT INTO extension (organization_id, number, name, status,
    do_not_disturb, created_at, updated_at)
SELECT {org}, 100000 + seq, CONCAT('Person ', MD5(seq)),
    IF(seq % 10 = 0, 'inactive', 'active'), seq % 7 = 0,
    '2026-01-01' + INTERVAL seq SECOND, '2026-01-01' + INTERVAL seq SECOND
FROM seq_{first}_to_{last}'''


def fill(sql, organization, count, statement, batch=100000):
    """sql: runs a text as the administrator."""
    for first in range(1, count, batch):
        sql('SET foreign_key_checks = 0, unique_checks = 0,'
            ' check_constraint_checks = 0, innodb_lock_wait_timeout = 300,'
            ' @rows_in_bulk = 1; '
            + statement.format(org=organization, first=first,
                               last=min(count - 1, first + batch - 1)))
    # With the last row a long list gets its milestones.
    sql(statement.format(org=organization, first=count, last=count))
    # What the server itself does a little later, in the background.
    sql('ANALYZE TABLE ' + statement.split()[2])


def unlimited(org):
    """More than so many requests a minute."""
    org.sql(f'UPDATE setting SET api_rate = 0 WHERE organization_id = {org.id}')


def tenant(org, name, count, statement):
    """One tenant for all scenarios that only read."""
    if name not in kept:
        kept[name] = org.id
        unlimited(org)
        fill(org.sql, org.id, count, statement)
    big = object.__new__(type(org))
    big.__dict__.update(org.__dict__)
    big.id = kept[name]
    big.slug = org.sql('SELECT slug FROM organization'
                       f' WHERE id = {big.id}')[0][0]
    big.people, big.tokens = {}, {}
    big.token = big.token_of('owner')
    return big


def rows_read(org, account):
    """By one responder's account: the worker has its own."""
    org.sql('SET GLOBAL userstat = 1')
    return int(org.sql('SELECT COALESCE(SUM(rows_read), 0) FROM'
                       ' information_schema.user_statistics'
                       f" WHERE user LIKE '%{account}'")[0][0])


def cost(org, path):
    """The answer, and the rows that were read for it."""
    account = path.split('?')[0].strip('/').replace('-', '_')
    before = rows_read(org, account)
    answer = org.get(path).must(200)
    read = rows_read(org, account) - before
    assert read > 0, f'nothing was read by {account}'
    return answer, read


def check(org, path, most, rows=25):
    answer, read = cost(org, path)
    assert read <= most, f'{path}: {read} rows were read, not {most}'
    if rows is not None:
        assert len(answer.data) == rows, f'{path}: {len(answer.data)}'
    return answer
