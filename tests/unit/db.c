#include "db.h"

#include "clock.h"
#include "servers.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <pthread.h>

/* What a wait may cost at most, with some room for a busy machine. */
enum { PATIENCE = 300000 };

static const char schema[] =
    "CREATE DATABASE opbx CHARACTER SET utf8mb4; USE opbx;\n"
    "CREATE TABLE ring_group (\n"
    " id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,\n"
    " organization_id BIGINT UNSIGNED NOT NULL,\n"
    " name VARCHAR(10) NOT NULL, turns TINYINT UNSIGNED NOT NULL DEFAULT 1,\n"
    " pin_sealed VARBINARY(4), note LONGTEXT, made DATETIME(3),\n"
    " big LONGBLOB, price DECIMAL(10,2), signed_one BIGINT,\n"
    " fallback_id BIGINT UNSIGNED,\n"
    " CONSTRAINT uq__ring_group__name UNIQUE (organization_id, name),\n"
    " CONSTRAINT ck__ring_group__turns CHECK (turns <= 9),\n"
    " CONSTRAINT fk__ring_group__fallback__ring_group\n"
    "  FOREIGN KEY (fallback_id) REFERENCES ring_group (id));\n"
    "DELIMITER $$\n"
    "CREATE FUNCTION current_tenant() RETURNS BIGINT UNSIGNED\n"
    " DETERMINISTIC NO SQL SQL SECURITY INVOKER BEGIN\n"
    "  IF @organization_id IS NULL THEN\n"
    "   SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no tenant';\n"
    "  END IF; RETURN @organization_id; END $$\n"
    "CREATE PROCEDURE two_results(IN a BIGINT) BEGIN\n"
    " SELECT a AS first; SELECT a + 1 AS second; END $$\n"
    "DELIMITER ;\n"
    "CREATE VIEW ring_groups AS SELECT * FROM ring_group\n"
    " WHERE organization_id = current_tenant() WITH CASCADED CHECK OPTION;\n";

/* Where a stopped or killed server must not disturb others: one's own. */
static struct servers servers;
static bool own;
static struct pool *process, *request;
static struct crypto_key master;

static struct db *
open_account(const char *account, const char *conf)
{
	return db_new(process, servers_conf(process, &servers, conf), &master,
	    account, 250);
}

static struct db *
open_admin(const char *conf)
{
	return open_account("admin", conf);
}

static struct db *db;

static struct str
cause(const struct err *err)
{
	return err->cause.p != NULL ? err->cause : err->message;
}

#define OK(expression)                                               \
	do {                                                         \
		struct err *ok_ = (expression);                      \
		cr_assert_null(                                      \
		    ok_, "%s: %.*s", #expression, PSTR(cause(ok_))); \
	} while (0)

static void
prepare_server(void)
{
	struct db *admin = db_new(process, servers_conf(process, &servers, ""),
	    &master, "admin", 20000);
	struct str password = crypto_hex(process,
	    crypto_derive(&master, "database voice").bytes, CRYPTO_KEY);
	struct err *err = db_script(admin, process, str_of(schema));

	if (err == NULL)
		err = db_script(admin, process,
		    pool_printf(process,
			"CREATE USER opbx_voice@localhost IDENTIFIED BY '%s';"
			"GRANT SELECT, INSERT, UPDATE, DELETE "
			"ON opbx.ring_groups TO opbx_voice@localhost;"
			"GRANT EXECUTE ON FUNCTION opbx.current_tenant TO "
			"opbx_voice@localhost;",
			password.p));
	if (err != NULL)
		servers_fail(cause(err).p, servers.folder);
	db_script(admin, process, STR("COMMIT"));
}

static void
start(void)
{
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	memset(master.bytes, 7, sizeof master.bytes);
	process = pool_new();
	request = pool_new();
	if (own) {
		servers = servers_new(SERVER_MARIADB);
		prepare_server();
	} else {
		servers = servers_shared();
	}
	db = open_account("voice", "");
}

static void
start_own(void)
{
	own = true;
	start();
}

static void
stop(void)
{
	pool_free(request);
	pool_free(process);
	if (own)
		servers_free(&servers);
}

TestSuite(db, .init = start, .fini = stop, .timeout = 60);
TestSuite(db_away, .init = start_own, .fini = stop, .timeout = 60);

static struct servers shared;

ReportHook(PRE_ALL)(struct criterion_test_set *set)
{
	(void)set;
	crypto_start();
	memset(master.bytes, 7, sizeof master.bytes);
	process = pool_new();
	shared = servers = servers_new(SERVER_MARIADB);
	prepare_server();
	pool_free(process);
	servers_share(&servers);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	(void)stats;
	servers_free(&shared);
}

/* An organization of this test's own, so that tests do not meet. */
static uint64_t
tenant(void)
{
	return (uint64_t)getpid();
}

static void
begin(enum db_mode mode)
{
	OK(db_begin(db, request, mode, tenant()));
}

static struct err *
insert(const char *name, int turns)
{
	return EXEC(db,
	    "INSERT INTO ring_groups (organization_id, name, turns)"
	    " VALUES (?, ?, ?)",
	    NULL, INT(tenant()), TEXT(str_of(name)), INT(turns));
}

static size_t
count(void)
{
	struct rows *rows;

	OK(db_query(db, "SELECT COUNT(*) FROM ring_groups", NULL, 0, &rows));
	return (size_t)rows_int(rows, 0, 0);
}

/* The complaint's field and text: "name is taken already". */
static struct str
complaint(const struct err *err)
{
	cr_assert_not_null(err);
	cr_assert_eq(err->code, VALIDATION_ERROR, "%.*s", PSTR(cause(err)));
	cr_assert_not_null(err->complaints);
	return pool_printf(request, "%.*s %.*s", PSTR(err->complaints->field),
	    PSTR(err->complaints->text));
}

Test(db, keeps_what_was_committed)
{
	uint64_t affected;

	begin(DB_WRITE);
	OK(EXEC(db,
	    "INSERT INTO ring_groups (organization_id, name) VALUES (?, ?)",
	    &affected, INT(tenant()), TEXT(STR("Sales"))));
	cr_assert_eq(affected, 1);
	cr_assert_gt(db_last_id(db), 0);
	OK(db_commit(db));
	begin(DB_READ);
	cr_assert_eq(count(), 1);
	OK(db_commit(db));
}

Test(db, forgets_what_was_rolled_back)
{
	begin(DB_WRITE);
	OK(insert("Sales", 1));
	db_rollback(db);
	db_rollback(db);
	begin(DB_READ);
	cr_assert_eq(count(), 0);
}

Test(db, clearing_the_request_rolls_back)
{
	begin(DB_WRITE);
	OK(insert("Sales", 1));
	pool_clear(request);
	cr_assert_not(db_in_transaction(db));
	begin(DB_READ);
	cr_assert_eq(count(), 0);
	OK(db_commit(db));
	begin(DB_WRITE);
	cr_assert(db_in_transaction(db));
}

Test(db, refuses_to_write_in_a_reading_transaction)
{
	struct err *err;

	begin(DB_READ);
	err = insert("Sales", 1);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, INTERNAL);
}

Test(db, a_read_sees_one_moment_only)
{
	struct db *other = open_account("voice", "");

	begin(DB_READ);
	OK(db_begin(other, request, DB_WRITE, tenant()));
	OK(EXEC(other,
	    "INSERT INTO ring_groups (organization_id, name) VALUES (?, ?)",
	    NULL, INT(tenant()), TEXT(STR("later"))));
	OK(db_commit(other));
	cr_assert_eq(count(), 0);
	OK(db_commit(db));
	begin(DB_READ);
	cr_assert_eq(count(), 1);
}

Test(db, another_tenant_sees_nothing_and_writes_nothing)
{
	struct err *err;

	begin(DB_WRITE);
	OK(insert("Sales", 1));
	OK(db_commit(db));
	OK(db_begin(db, request, DB_WRITE, tenant() + 1000000));
	cr_assert_eq(count(), 0);
	err = insert("mine", 1);
	cr_assert_not_null(err, "a row of another tenant was stored");
	cr_assert_eq(err->code, INTERNAL);
}

Test(db, no_tenant_is_an_error_and_not_an_empty_list)
{
	struct rows *rows;
	struct err *err;

	begin(DB_READ);
	OK(db_commit(db));
	OK(db_begin(db, request, DB_READ, 0));
	err = db_query(db, "SELECT name FROM ring_groups", NULL, 0, &rows);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, INTERNAL);
	cr_assert(str_starts(err->cause, STR("mariadb: error 1644: no tenant")),
	    "%s", err->cause.p);
}

Test(db, an_account_reaches_no_base_table)
{
	struct rows *rows;
	struct err *err;

	begin(DB_READ);
	err = db_query(db, "SELECT name FROM ring_group", NULL, 0, &rows);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, INTERNAL);
	cr_assert_eq(count(), 0, "and the transaction goes on");
}

Test(db, a_duplicate_names_its_field)
{
	begin(DB_WRITE);
	OK(insert("a' for b", 1));
	cr_assert_str_eq(
	    complaint(insert("a' for b", 1)).p, "name is taken already");
	OK(insert("other", 1));
	OK(db_commit(db));
}

Test(db, a_failed_check_names_its_field)
{
	begin(DB_WRITE);
	cr_assert_str_eq(
	    complaint(insert("Sales", 10)).p, "turns is not valid");
}

Test(db, columns_that_do_not_fit_are_named)
{
	begin(DB_WRITE);
	cr_assert_str_eq(
	    complaint(insert("more than ten", 1)).p, "name is too long");
	cr_assert_str_eq(
	    complaint(insert("Sales", 256)).p, "turns is out of range");
	cr_assert_str_eq(
	    complaint(insert("Sales", -1)).p, "turns is out of range");
	cr_assert_str_eq(
	    complaint(insert(NULL, 1)).p, "name must not be empty");
	cr_assert_str_eq(
	    complaint(EXEC(db,
			  "INSERT INTO ring_groups (organization_id, name,"
			  " turns) VALUES (?, 'a', ?)",
			  NULL, INT(tenant()), TEXT(STR("many"))))
		.p,
	    "turns is not valid");
	cr_assert_str_eq(
	    complaint(EXEC(db,
			  "INSERT INTO ring_groups (organization_id, name,"
			  " pin_sealed) VALUES (?, 'a', ?)",
			  NULL, INT(tenant()), TEXT(STR("12345"))))
		.p,
	    "pin is too long");
	cr_assert_str_eq(
	    complaint(EXEC(db,
			  "INSERT INTO ring_groups (organization_id, name,"
			  " made) VALUES (?, 'a', ?)",
			  NULL, INT(tenant()), TEXT(STR("2026-02-30"))))
		.p,
	    "made is not valid");
}

Test(db, a_reference_to_nothing_names_its_field)
{
	begin(DB_WRITE);
	cr_assert_str_eq(
	    complaint(EXEC(db,
			  "INSERT INTO ring_groups (organization_id, name,"
			  " fallback_id) VALUES (?, 'a', ?)",
			  NULL, INT(tenant()), INT(999999999)))
		.p,
	    "fallback does not exist");
}

Test(db, what_is_in_use_is_a_conflict_that_names_who)
{
	struct err *err;

	begin(DB_WRITE);
	OK(insert("a", 1));
	OK(EXEC(db,
	    "INSERT INTO ring_groups (organization_id, name, fallback_id)"
	    " VALUES (?, 'b', ?)",
	    NULL, INT(tenant()), INT(db_last_id(db))));
	err = db_exec(
	    db, "DELETE FROM ring_groups WHERE name = 'a'", NULL, 0, NULL);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, CONFLICT);
	cr_assert_not_null(err->references);
	cr_assert(str_is(err->references->type, "ring_group"));
}

Test(db, an_error_s_cause_holds_no_value)
{
	struct err *err;

	begin(DB_WRITE);
	err = EXEC(db, "SELECT name FROM ring_groups WHERE no_such = ?", NULL,
	    TEXT(STR("secret")));
	cr_assert_not_null(err);
	cr_assert_eq(err->code, INTERNAL);
	cr_assert_not_null(strstr(err->cause.p, "1054"));
	cr_assert_not_null(strstr(err->cause.p, "no_such = ?"));
	cr_assert_null(strstr(err->cause.p, "secret"));
	cr_assert_null(strstr(err->message.p, "no_such"));
}

Test(db, a_refused_statement_may_be_tried_again)
{
	struct rows *rows;

	begin(DB_READ);
	for (int i = 0; i < 3; i++)
		cr_assert_not_null(
		    db_query(db, "SELECT nonsense()", NULL, 0, &rows));
	cr_assert_eq(count(), 0);
}

Test(db, gives_every_type_as_text)
{
	struct rows *rows;

	begin(DB_WRITE);
	OK(EXEC(db,
	    "INSERT INTO ring_groups (organization_id, name, turns,"
	    " pin_sealed, note, made, price, signed_one)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    NULL, INT(tenant()), TEXT(STR("Zoë \xf0\x9f\x93\x9e")), INT(9),
	    TEXT(STR("\0\xff'\\")), TEXT(STR("")),
	    TEXT(STR("2026-11-22 15:56:38.123")), TEXT(STR("12.50")),
	    INT(INT64_MIN)));
	OK(db_query(db,
	    "SELECT name, turns, pin_sealed, note, made, price, signed_one,"
	    " big, 18446744073709551615 AS most FROM ring_groups",
	    NULL, 0, &rows));
	cr_assert_eq(rows->count, 1);
	cr_assert_eq(rows->columns, 9);
	cr_assert(str_is(rows->names[8], "most"));
	cr_assert_str_eq(rows_text(rows, 0, 0).p, "Zoë \xf0\x9f\x93\x9e");
	cr_assert_eq(rows_int(rows, 0, 1), 9);
	cr_assert(str_equal(rows_text(rows, 0, 2), STR("\0\xff'\\")));
	cr_assert_not_null(rows_text(rows, 0, 3).p);
	cr_assert_eq(rows_text(rows, 0, 3).n, 0);
	cr_assert_str_eq(rows_text(rows, 0, 4).p, "2026-11-22 15:56:38.123");
	cr_assert_str_eq(rows_text(rows, 0, 5).p, "12.50");
	cr_assert_eq(rows_int(rows, 0, 6), INT64_MIN);
	cr_assert_null(rows_text(rows, 0, 7).p);
	cr_assert_eq(rows_int(rows, 0, 7), 0);
	cr_assert_str_eq(rows_text(rows, 0, 8).p, "18446744073709551615");
}

Test(db, big_cells_come_whole)
{
	size_t n = (size_t)3 << 20;
	char *big = pool_alloc(request, n);
	struct rows *rows;

	for (size_t i = 0; i < n; i++)
		big[i] = (char)(i * 2654435761u >> 13);
	begin(DB_WRITE);
	OK(EXEC(db,
	    "INSERT INTO ring_groups (organization_id, name, big)"
	    " VALUES (?, 'a', ?)",
	    NULL, INT(tenant()), TEXT(((struct str){big, n}))));
	OK(insert("small", 1));
	OK(db_query(db, "SELECT big FROM ring_groups WHERE name = 'a'", NULL, 0,
	    &rows));
	cr_assert_eq(rows_text(rows, 0, 0).n, n);
	cr_assert_eq(memcmp(rows_text(rows, 0, 0).p, big, n), 0);
}

Test(db, many_rows_and_no_row)
{
	struct rows *rows;

	begin(DB_READ);
	OK(QUERY(
	    db, "SELECT name FROM ring_groups WHERE id = ?", &rows, INT(0)));
	cr_assert_eq(rows->count, 0);
	cr_assert_eq(rows->columns, 1);
	db = open_admin("");
	begin(DB_READ);
	OK(db_query(db, "SELECT seq, NULL FROM seq_1_to_5000", NULL, 0, &rows));
	cr_assert_eq(rows->count, 5000);
	for (size_t i = 0; i < 5000; i++)
		cr_assert_eq(rows_int(rows, i, 0), (int64_t)i + 1);
}

Test(db, an_absent_text_is_null)
{
	struct rows *rows;

	begin(DB_READ);
	OK(QUERY(db, "SELECT ? IS NULL, ? IS NULL, ? IS NULL", &rows, NIL,
	    TEXT(NO_STR), TEXT(STR(""))));
	cr_assert_eq(rows_int(rows, 0, 0), 1);
	cr_assert_eq(rows_int(rows, 0, 1), 1);
	cr_assert_eq(rows_int(rows, 0, 2), 0);
}

Test(db, of_a_procedure_s_results_the_first_counts)
{
	struct rows *rows;

	db = open_admin("");
	begin(DB_READ);
	for (int i = 0; i < 3; i++) {
		OK(QUERY(db, "CALL two_results(?)", &rows, INT(i)));
		cr_assert(str_is(rows->names[0], "first"));
		cr_assert_eq(rows_int(rows, 0, 0), i);
	}
}

Test(db, text_from_a_pool_is_never_taken_for_another_statement)
{
	struct rows *rows;

	begin(DB_READ);
	for (int i = 0; i < 1000; i++) {
		char sql[64];

		snprintf(sql, sizeof sql, "SELECT %d", i % 300);
		OK(db_query(db, sql, NULL, 0, &rows));
		cr_assert_eq(rows_int(rows, 0, 0), i % 300);
	}
}

Test(db, strict_and_in_utc)
{
	struct rows *rows;

	begin(DB_READ);
	OK(db_query(db,
	    "SELECT @@sql_mode LIKE '%STRICT_ALL_TABLES%', @@time_zone,"
	    " @@character_set_client, @@character_set_results,"
	    " @@max_statement_time",
	    NULL, 0, &rows));
	cr_assert_eq(rows_int(rows, 0, 0), 1);
	cr_assert_str_eq(rows_text(rows, 0, 1).p, "+00:00");
	cr_assert_str_eq(rows_text(rows, 0, 2).p, "utf8mb4");
	cr_assert_str_eq(rows_text(rows, 0, 3).p, "utf8mb4");
	cr_assert_str_eq(rows_text(rows, 0, 4).p, "0.250000");
}

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

Test(db, a_deadlock_s_victim_may_try_again)
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

Test(db, a_slow_statement_is_given_up_in_time)
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
	begin(DB_READ);
	cr_assert_eq(count(), 0);
}

Test(db, a_connection_killed_at_the_server_is_replaced)
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

Test(db, a_connection_killed_within_a_transaction_may_be_tried_again)
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

Test(db, wrong_passwords_and_unknown_accounts_are_unavailable)
{
	struct err *err;

	memset(master.bytes, 8, sizeof master.bytes);
	err = db_begin(open_account("voice", ""), request, DB_READ, 1);
	cr_assert_eq(err->code, UNAVAILABLE);
	err = db_begin(open_account("nobody", ""), request, DB_READ, 1);
	cr_assert_eq(err->code, UNAVAILABLE);
	err = db_begin(
	    open_account("voice", "db.name = nothing"), request, DB_READ, 1);
	cr_assert_eq(err->code, UNAVAILABLE);
}

Test(db, one_account_for_all_works_too)
{
	db = open_account("voice", "db.accounts = one\ndb.user = root");
	begin(DB_READ);
	cr_assert_eq(count(), 0);
}

Test(db, the_administrator_gets_in_before_there_is_a_database)
{
	struct db *admin = open_admin("db.name = not_yet");

	OK(db_script(admin, request, STR("SELECT 1; SELECT 2")));
}

Test(db, a_script_s_error_names_its_line)
{
	struct err *err = db_script(open_admin(""), request,
	    STR("-- one\nSELECT 1;\n\nDELIMITER //\nSELECT 'a;//b'//\n"
		"/* two\n lines */ SELECT nonsense //"));

	cr_assert_not_null(err);
	cr_assert_eq(err->code, INTERNAL);
	cr_assert(str_starts(err->cause, STR("line 7: error 1054: ")), "%s",
	    err->cause.p);
}

Test(db_away, a_stopped_server_costs_250_ms_thrice_and_then_nothing)
{
	int64_t since;

	begin(DB_READ);
	OK(db_commit(db));
	servers_freeze(&servers, SERVER_MARIADB);
	for (int i = 0; i < 3; i++) {
		struct err *err;

		since = clock_monotonic();
		err = db_begin(db, request, DB_READ, 1);
		cr_assert_not_null(err);
		cr_assert_eq(err->code, UNAVAILABLE);
		cr_assert_lt(clock_monotonic() - since, PATIENCE);
		cr_assert_geq(clock_monotonic() - since, 240000);
	}
	since = clock_monotonic();
	for (int i = 0; i < 1000; i++)
		cr_assert_not_null(db_begin(db, request, DB_READ, 1));
	cr_assert_lt(clock_monotonic() - since, 50000);
	servers_thaw(&servers, SERVER_MARIADB);
	while (db_state(db) == BREAKER_OPEN)
		usleep(10000);
	begin(DB_READ);
	cr_assert_eq(count(), 0);
	OK(db_commit(db));
	cr_assert_eq(db_state(db), BREAKER_CLOSED);
}

Test(db_away, every_step_of_a_transaction_ends_in_time)
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
		begin(DB_READ);
		OK(db_commit(db));
	}
}

Test(db_away, a_killed_server_fails_at_once_and_comes_back)
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
	while (db_state(db) == BREAKER_OPEN)
		usleep(10000);
	begin(DB_READ);
	cr_assert_eq(count(), 1);
}

Test(db_away, a_restarted_server_is_no_failure)
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
