#include "db_setup.h"

#include <criterion/hooks.h>

TestSuite(db, .init = start, .fini = stop, .timeout = 60);

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

Test(db, rows_in_order_are_found_by_their_id)
{
	static const char *const numbers[] = {"2", "2", "5"};
	struct str cells[3];
	struct rows rows = {3, 1, NULL, cells};

	for (size_t i = 0; i < 3; i++)
		cells[i] = str_of(numbers[i]);
	cr_assert_eq(rows_first(&rows, 1), 0);
	cr_assert_eq(rows_first(&rows, 2), 0);
	cr_assert_eq(rows_first(&rows, 3), 2);
	cr_assert_eq(rows_first(&rows, 5), 2);
	cr_assert_eq(rows_first(&rows, 6), 3);
	rows.count = 0;
	cr_assert_eq(rows_first(&rows, 2), 0);
}

Test(db, big_cells_come_whole)
{
	size_t n = (size_t)3 << 20;
	char *big = pool_alloc(request, n);
	struct rows *rows;

	for (size_t i = 0; i < n; i++)
		big[i] = (char)(i * 2654435761u >> 13);
	/* How long 3 MiB take is not what is asked here. */
	db = db_new(process, servers_conf(process, &servers, ""), &master,
	    "voice", 20000);
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
