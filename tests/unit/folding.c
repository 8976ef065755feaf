/* lib/worker/folding.h against real servers: what is read, and what is kept. */
#include "folding_setup.h"

TestSuite(folding, .init = begin, .fini = finish, .timeout = 120);

/* What the server does a little later itself, or plans are those of no rows. */
static void
count_rows(void)
{
	sql("ANALYZE TABLE call_event;");
}

/* Rows that the connection of the worker has read so far. */
static int64_t
rows_read(void)
{
	struct rows *rows;

	OK(db_begin(db, request, DB_READ, 7));
	OK(db_query(db,
	    "SELECT CAST(SUM(variable_value) AS INT) FROM"
	    " information_schema.session_status WHERE variable_name IN"
	    " ('Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd',"
	    " 'Handler_read_rnd_next')",
	    NULL, 0, &rows));
	OK(db_commit(db));
	return rows_int(rows, 0, 0);
}

Test(folding, each_update_of_a_full_call_read_all_of_them)
{
	int64_t before;

	sql(UPDATES(1, 9000));
	fold();
	is("SELECT CONCAT(state, event_count) FROM `call`", "answered5000");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
	count_rows();
	before = rows_read();
	sql(UPDATES(9001, 9001));
	fold();
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
	cr_assert_lt(rows_read() - before, 1000, "%lld",
	    (long long)(rows_read() - before));
	/* What is told once is read, with no more than a row is made of. */
	before = rows_read();
	sql(CDR("r1"));
	fold();
	is("SELECT CONCAT(state, event_count) FROM `call`", "completed5000");
	is("SELECT COUNT(*) FROM cdr", "1");
	cr_assert_lt(rows_read() - before, 7000);
}

static struct folding_call
load(struct str key)
{
	struct folding_call call = {.folding = &folding,
	    .db = db,
	    .pool = request,
	    .organization = 7,
	    .key = key};
	bool too_many;

	OK(folding_load(&call, 1, &too_many));
	return call;
}

Test(folding, a_bill_that_came_while_a_full_call_was_folded_was_lost)
{
	struct folding_call call;

	sql(UPDATES(1, 5000));
	fold();
	sql(UPDATES(5001, 5001));
	OK(db_begin(db, request, DB_WRITE, 7));
	call = load(STR("flood"));
	cr_assert(call.full);
	sql(CDR("r1"));
	OK(folding_mark(&call, 1));
	OK(db_commit(db));
	is("SELECT GROUP_CONCAT(kind) FROM call_event WHERE unfolded = 1",
	    "cdr");
	fold();
	is("SELECT CONCAT(state, duration) FROM `call`", "completed7");
}

Test(folding, a_bill_among_too_many_of_its_sort_is_kept)
{
	int64_t before;

	sql("INSERT INTO call_event (organization_id, call_key, kind, body,"
	    " event_hash) SELECT 7, 'flood', 'recording', '{}',"
	    " UNHEX(SHA2(seq, 256)) FROM seq_1_to_5100;" CDR("r1"));
	fold();
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
	is("SELECT GROUP_CONCAT(record_key) FROM cdr", "r1");
	sql(UPDATES(7001, 7002) CDR("r2"));
	fold();
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
	is("SELECT GROUP_CONCAT(record_key ORDER BY id) FROM cdr", "r1,r2");
	/* Of all those that are in it already none is read. */
	count_rows();
	before = rows_read();
	sql(CDR("r3"));
	fold();
	is("SELECT COUNT(*) FROM cdr", "3");
	cr_assert_lt(rows_read() - before, 1000, "%lld",
	    (long long)(rows_read() - before));
}

Test(folding, large_events_were_all_read_at_once)
{
	struct folding_call call;
	int64_t bytes = 0;

	sql("INSERT INTO call_event (organization_id, call_key, kind, body,"
	    " event_hash) SELECT 7, IF(seq > 20, 'small', 'flood'),"
	    " 'session-update', CONCAT('{\"status\":\"connected\",\"x\":\"',"
	    " REPEAT('x', 1000000), '\"}'), UNHEX(SHA2(seq, 256))"
	    " FROM seq_1_to_21;" CDR("r1"));
	OK(db_begin(db, request, DB_WRITE, 7));
	call = load(STR("flood"));
	OK(db_commit(db));
	cr_assert_eq(call.events.count, 21);
	for (size_t i = 0; i < call.events.count; i++)
		bytes += (int64_t)rows_text(&call.events, i, EVENT_BODY).n;
	cr_assert(bytes > FOLD_BYTES / 2 && bytes <= FOLD_BYTES + 8192, "%lld",
	    (long long)bytes);
	fold();
	is("SELECT GROUP_CONCAT(CONCAT(call_key, ' ', state, ' ',"
	   " event_count) ORDER BY call_key) FROM `call`",
	    "flood completed 21,small answered 1");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
}

Test(folding, large_bills_are_all_kept)
{
	sql("INSERT INTO call_event (organization_id, call_key, kind, body,"
	    " event_hash) SELECT 7, 'flood', 'cdr', CONCAT('{\"id\":\"r', seq,"
	    " '\",\"disposition\":\"ANSWER\",\"x\":\"', REPEAT('x', 1000000),"
	    " '\"}'), UNHEX(SHA2(seq, 256)) FROM seq_1_to_18;");
	fold();
	is("SELECT CONCAT(COUNT(*), ' ', SUM(LENGTH(document) > 1000000))"
	   " FROM cdr",
	    "18 18");
	is("SELECT state FROM `call`", "completed");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
}

/* Somebody wrote the row in between, whatever the locks are worth. */
static void
another_version_refuses(size_t count, size_t which)
{
	struct folding_call calls[FOLD_TOGETHER] = {0};
	struct err *err;
	bool too_many;

	OK(db_begin(db, request, DB_WRITE, 7));
	for (size_t i = 0; i < count; i++)
		calls[i] = (struct folding_call){.folding = &folding,
		    .db = db,
		    .pool = request,
		    .organization = 7,
		    .key = pool_printf(request, "call %zu", i)};
	OK(folding_load(calls, count, &too_many));
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(calls[i].was.count, 1);
		calls[i].news = true;
		calls[i].folded = (struct folded_call){.exists = true,
		    .direction = STR("inbound"),
		    .state = CALL_BUSY,
		    .from_raw = STR(""),
		    .to_raw = STR(""),
		    .caller_name = STR(""),
		    .legs = STR("[]"),
		    .steps = STR("[]"),
		    .started = 1768089515449};
	}
	if (which < count)
		OK(EXEC(db,
		    "UPDATE calls SET version = version + 1 WHERE"
		    " organization_id = 7 AND call_key = ?",
		    NULL, TEXT(calls[which].key)));
	err = folding_write(calls, count);
	db_rollback(db);
	if (which >= count) {
		OK(err);
		return;
	}
	cr_assert_not_null(err);
	cr_assert_eq(err->code, VALIDATION_ERROR);
	cr_assert(str_is(err->complaints->field, "version"));
}

Test(folding, a_row_of_another_version_was_overwritten)
{
	sql("INSERT INTO `call` (organization_id, call_key, started_at)"
	    " SELECT 7, CONCAT('call ', seq), UTC_TIMESTAMP(3)"
	    " FROM seq_0_to_20;");
	another_version_refuses(21, 99);
	another_version_refuses(1, 0);
	another_version_refuses(4, 2);
	another_version_refuses(16, 15);
	another_version_refuses(21, 20);
}

Test(folding, what_waited_as_a_row_was_not_late)
{
	size_t done;

	put("a");
	sql(UPDATES(1, 1) "UPDATE call_event SET created_at = UTC_TIMESTAMP(3)"
			  " - INTERVAL 9 SECOND;");
	OK(folding_round(&folding, request, 0, &done));
	cr_assert(folding.age >= 9000 && folding.age < 60000);
	cr_assert_gt(intake_age(folding.intake), 0);
	fold();
	/* Nothing waits any more. */
	cr_assert_eq(folding.age, 0);
	cr_assert_eq(intake_age(folding.intake), 0);
}
