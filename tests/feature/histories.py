"""What a page of calls, CDRs and the audit costs: the rows that the database
reads for it, whatever the page, the filter and the size of the table.  Not its
time: tests/bench/run."""
import many
from many import check, tenant
from support import ids, main, scenario

CALLS = 200000
MANY = 100000

# A page is some rows of each way in, each with its DID, CDRs with their call;
# who is asking costs some, and so does the question itself.  What is looked
# through is at most 1000.
FEW = 1500
THROUGH = 10000


@scenario
def calls_by_any_filter_cost_a_page(org):
    big = tenant(org, 'calls', CALLS, many.CALLS)
    for query in ('', 'number=%2B12122000007', 'from_number=%2B12122000007',
                  'to_number=%2B16462000007', 'extension_id=5', 'did_id=7',
                  'state=completed', 'state=failed', 'direction=internal',
                  'missed=true', 'missed=false', 'to=2026-01-03',
                  'from=2026-02-01&to=2026-02-02',
                  'state=busy&to=2026-02-01', 'sort=started_at',
                  'sort=started_at&state=failed',
                  'sort=started_at&extension_id=5'):
        check(big, f'/calls?{query}', FEW)
    for query in ('state=failed&direction=internal&did_id=7',
                  'extension_id=5&state=busy', 'did_id=7&missed=true',
                  'state=busy&missed=true', 'missed=true&direction=internal',
                  'number=%2B16462000007&extension_id=5&state=no_answer',
                  'state=failed&to=2026-06-01&missed=true',
                  'direction=inbound&state=failed'):
        check(big, f'/calls?{query}', THROUGH, rows=None)


@scenario
def no_two_keys_of_a_history_begin_alike(org):
    """Of two, the optimizer takes the range of one for the rows of the other,
    which it then reads whole and sorts: as its samples fall, not always."""
    for table in ('call', 'cdr', 'audit_entry', 'call_event'):
        keys = org.sql(f"""SELECT GROUP_CONCAT(column_name
            ORDER BY seq_in_index) FROM information_schema.statistics
            WHERE table_schema = DATABASE() AND table_name = '{table}'
            AND seq_in_index <= 2 GROUP BY index_name""")
        begun = [key for key, in keys]
        assert len(begun) == len(set(begun)) > 3, begun


@scenario
def calls_long_ago_cost_a_page(org):
    # Of the steps that look ever farther back one takes in many calls, a
    # fifth of all or nearly all: that alone must not change how they are read.
    big = tenant(org, 'calls', CALLS, many.CALLS)
    for day in (1, 5, 9, 13, 17, 21, 25, 29, 31):
        check(big, f'/calls?to=2026-05-{day:02}', FEW)
        check(big, f'/calls?to=2026-05-{day:02}&state=busy', FEW)


@scenario
def a_page_at_any_depth_costs_a_page(org):
    big = tenant(org, 'calls', CALLS, many.CALLS)
    # What is left is the first calls of all.
    answer = check(big, '/calls?to=2026-01-01T00:09:00Z&per_page=1', FEW,
                   rows=1)
    cursor = answer.json['meta']['next']
    check(big, f'/calls?to=2026-01-01T00:09:00Z&cursor={cursor}', FEW)
    cursor, seen = '', set()
    for _ in range(5):
        answer = check(big, f'/calls?state=no_answer{cursor}', FEW)
        cursor = '&cursor=' + answer.json['meta']['next']
        assert not seen & set(ids(answer))
        seen |= set(ids(answer))


@scenario
def cdrs_by_any_filter_cost_a_page(org):
    big = tenant(org, 'cdrs', MANY, many.CDRS)
    for query in ('', 'number=%2B16462000007', 'extension_id=5', 'did_id=7',
                  'disposition=answered', 'disposition=failed',
                  'direction=inbound', 'to=2026-01-03',
                  'disposition=busy&to=2026-02-01', 'sort=started_at',
                  'sort=started_at&disposition=busy'):
        check(big, f'/cdrs?{query}', FEW)
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
                  'to=2026-01-03', 'sort=created_at'):
        check(big, f'/audit?{query}', FEW)
    check(big, '/audit?q=Object', THROUGH)
    for query in ('q=nothing', 'actor_type=operator&object_type=did',
                  'object_type=did&object_id=7', 'action=update&q=nothing',
                  'actor_id=7&actor_type=operator'):
        check(big, f'/audit?{query}', THROUGH, rows=None)


if __name__ == '__main__':
    main()
