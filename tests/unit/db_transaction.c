/*
 * Deadlocks, dead connections, dead servers.  Each test has a server of its
 * own, for it disturbs it.
 */
#include "db_setup.h"

#include <pthread.h>

TestSuite(db_transaction, .init = start_own, .fini = stop, .timeout = 60);

static const char turn_more[] =
    "UPDATE ring_groups SET turns = turns + 1 WHERE name = ?";

struct second {
	struct db *db;
	struct err *err;
};

/* Waits for the lock on "a". */
static void *
second_thread(void *argument)
{
	struct second *second = argument;

	second->err = EXEC(second->db, turn_more, NULL, TEXT(STR("a")));
	return NULL;
}

static void
wait_for_lock(void)
{
	struct db *admin = open_admin("");
	struct rows *rows;

	for (;;) {
		OK(db_begin(admin, request, DB_READ, 0));
		OK(db_query(admin,
		    "SELECT COUNT(*) FROM information_schema.innodb_trx"
		    " WHERE trx_state = 'LOCK WAIT'",
		    NULL, 0, &rows));
		OK(db_commit(admin));
		if (rows_int(rows, 0, 0) > 0)
			return;
		/* InnoDB looks anew when nobody asked for 0.1 s. */
		usleep(150000);
	}
}

Test(db_transaction, a_deadlock_s_victim_may_try_again)
{
	const struct conf *conf = servers_conf(process, &servers, "");
	struct pool *pool = pool_new();
	struct second second = {
	    db_new(process, conf, &master, "voice", 20000), NULL};
	struct db *victim;
	struct err *err;
	pthread_t thread;

	db = db_new(process, conf, &master, "voice", 20000);
	begin(DB_WRITE);
	OK(insert("a", 1));
	OK(insert("b", 1));
	OK(db_commit(db));
	begin(DB_WRITE);
	OK(EXEC(db, turn_more, NULL, TEXT(STR("a"))));
	OK(db_begin(second.db, pool, DB_WRITE, tenant()));
	OK(EXEC(second.db, turn_more, NULL, TEXT(STR("b"))));
	pthread_create(&thread, NULL, second_thread, &second);
	wait_for_lock();
	err = EXEC(db, turn_more, NULL, TEXT(STR("b")));
	pthread_join(thread, NULL);
	cr_assert((err == NULL) != (second.err == NULL));
	victim = err != NULL ? db : second.db;
	cr_assert_eq((err != NULL ? err : second.err)->code, UNAVAILABLE);
	cr_assert(db_may_retry(victim));
	cr_assert_not_null(
	    EXEC(victim, turn_more, NULL, TEXT(STR("a"))), "it is over");
	db_rollback(victim);
	cr_assert(db_may_retry(victim));
	OK(db_commit(victim == db ? second.db : db));
	OK(db_begin(victim, request, DB_WRITE, tenant()));
	cr_assert_not(db_may_retry(victim));
	OK(EXEC(victim, turn_more, NULL, TEXT(STR("a"))));
	OK(db_commit(victim));
	pool_free(pool);
}

/* What is open for a second lets nobody through meanwhile. */
static void
wait_for_trial(void)
{
	while (db_state(db) == BREAKER_OPEN)
		usleep(10000);
}

Test(db_transaction, a_slow_statement_is_given_up_in_time)
{
	struct rows *rows;
	int64_t since;
	struct err *err;

	begin(DB_READ);
	since = clock_monotonic();
	err = db_query(db, "SELECT SLEEP(20)", NULL, 0, &rows);
	cr_assert_lt(clock_monotonic() - since, PATIENCE);
	if (err == NULL)
		return; /* the server's own limit cut it short */
	cr_assert_eq(err->code, UNAVAILABLE);
	db_rollback(db);
	wait_for_trial();
	begin(DB_READ);
	cr_assert_eq(count(), 0);
}

Test(db_transaction, a_connection_killed_at_the_server_is_replaced)
{
	struct db *admin = open_admin("");
	struct rows *rows;

	begin(DB_READ);
	OK(db_query(db, "SELECT CONNECTION_ID()", NULL, 0, &rows));
	OK(db_commit(db));
	OK(db_script(admin, request,
	    pool_printf(
		request, "KILL %lld", (long long)rows_int(rows, 0, 0))));
	begin(DB_READ);
	cr_assert_eq(count(), 0);
}

Test(
    db_transaction, a_connection_killed_within_a_transaction_may_be_tried_again)
{
	struct db *admin = open_admin("");
	struct rows *rows;
	struct err *err;

	begin(DB_WRITE);
	OK(insert("a", 1));
	OK(db_query(db, "SELECT CONNECTION_ID()", NULL, 0, &rows));
	OK(db_script(admin, request,
	    pool_printf(
		request, "KILL %lld", (long long)rows_int(rows, 0, 0))));
	err = insert("b", 1);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_assert(db_may_retry(db));
	cr_assert_not_null(insert("c", 1), "there is no transaction any more");
	cr_assert_not_null(db_commit(db));
	begin(DB_WRITE);
	cr_assert_eq(count(), 0);
	OK(insert("b", 1));
	OK(db_commit(db));
}

Test(db_transaction, a_stopped_server_costs_250_ms_once_and_then_nothing)
{
	struct err *err;
	int64_t since;

	begin(DB_READ);
	OK(db_commit(db));
	servers_freeze(&servers, SERVER_MARIADB);
	since = clock_monotonic();
	err = db_begin(db, request, DB_READ, 1);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_assert_lt(clock_monotonic() - since, PATIENCE);
	cr_assert_geq(clock_monotonic() - since, 240000);
	since = clock_monotonic();
	for (int i = 0; i < 1000; i++)
		cr_assert_not_null(db_begin(db, request, DB_READ, 1));
	cr_assert_lt(clock_monotonic() - since, 50000);
	servers_thaw(&servers, SERVER_MARIADB);
	wait_for_trial();
	begin(DB_READ);
	cr_assert_eq(count(), 0);
	OK(db_commit(db));
	cr_assert_eq(db_state(db), BREAKER_CLOSED);
}

Test(db_transaction, every_step_of_a_transaction_ends_in_time)
{
	for (int step = 0; step < 4; step++) {
		int64_t since;
		struct rows *rows;
		struct err *err = NULL;

		begin(DB_WRITE);
		if (step == 1)
			cr_assert_eq(count(), 0);
		servers_freeze(&servers, SERVER_MARIADB);
		since = clock_monotonic();
		if (step <= 1) /* to be prepared, and prepared already */
			err = db_query(db, "SELECT COUNT(*) FROM ring_groups",
			    NULL, 0, &rows);
		else if (step == 2)
			err = db_commit(db);
		else
			db_rollback(db);
		cr_assert_lt(clock_monotonic() - since, PATIENCE);
		cr_assert(step == 3 || err != NULL);
		cr_assert_not(db_may_retry(db), "it waited already");
		servers_thaw(&servers, SERVER_MARIADB);
		db_rollback(db);
		wait_for_trial();
		begin(DB_READ);
		OK(db_commit(db));
	}
}

Test(db_transaction, a_killed_server_fails_at_once_and_comes_back)
{
	int64_t since;

	begin(DB_WRITE);
	OK(insert("a", 1));
	OK(db_commit(db));
	begin(DB_WRITE);
	OK(insert("b", 1));
	servers_kill(&servers, SERVER_MARIADB);
	since = clock_monotonic();
	cr_assert_not_null(db_commit(db));
	cr_assert_not(db_may_retry(db));
	for (int i = 0; i < 10; i++)
		cr_assert_not_null(db_begin(db, request, DB_READ, 1));
	cr_assert_lt(clock_monotonic() - since, 100000);
	servers_start(&servers, SERVER_MARIADB);
	wait_for_trial();
	begin(DB_READ);
	cr_assert_eq(count(), 1);
}

Test(db_transaction, a_restarted_server_is_no_failure)
{
	begin(DB_READ);
	cr_assert_eq(count(), 0);
	OK(db_commit(db));
	servers_kill(&servers, SERVER_MARIADB);
	servers_start(&servers, SERVER_MARIADB);
	begin(DB_READ);
	cr_assert_eq(count(), 0);
	OK(db_commit(db));
}
