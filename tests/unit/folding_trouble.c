/* Calls that cannot be folded: what becomes of them, and of all others. */
#include "folding_setup.h"

TestSuite(folding_trouble, .init = begin, .fini = finish, .timeout = 120);

#define TROUBLE(number)                                                      \
	"CREATE OR REPLACE TRIGGER trouble BEFORE INSERT ON `call` FOR EACH" \
	" ROW BEGIN IF NEW.call_key = 'flood' THEN SIGNAL SQLSTATE '70100'"  \
	" SET MYSQL_ERRNO = " #number "; END IF; END"

#define OTHERS(from, to)                                                  \
	"INSERT INTO call_event (organization_id, call_key, kind, body,"  \
	" event_hash) SELECT 8, CONCAT('other ', seq), 'session-update'," \
	" '{\"status\":\"ringing\"}', UNHEX(SHA2(CONCAT('o', seq), 256))" \
	" FROM seq_" #from "_to_" #to ";"

static void
trouble(void)
{
	sql("DELIMITER $$\n" TROUBLE(1969) " $$\nDELIMITER ;");
}

/* The pauses are over. */
static void
again(void)
{
	for (size_t i = 0; i < folding.troubles->count; i++)
		folding.troubles->list[i].again = 0;
}

/* So many rounds in which something fails. */
static void
fail(int rounds)
{
	size_t done;

	while (rounds-- > 0) {
		cr_assert_not_null(folding_round(&folding, request, 0, &done));
		again();
	}
}

static void
retry(void)
{
	sql("SET @id = (SELECT id FROM parked_job);"
	    "SET @retried = parked_job_retry(@id)");
	is("SELECT COUNT(*) FROM parked_job", "0");
}

Test(folding_trouble, one_call_in_trouble_held_up_all_tenants)
{
	size_t done;

	trouble();
	sql(UPDATES(1,
	    2) "INSERT INTO call_event (organization_id, call_key,"
	       " kind, body, event_hash) SELECT IF(seq > 10, 8, 7),"
	       " CONCAT('other ', seq), 'session-update',"
	       " '{\"status\":\"ringing\"}', UNHEX(SHA2(CONCAT('o', seq), 256))"
	       " FROM seq_1_to_20;");
	cr_assert_not_null(folding_round(&folding, request, 0, &done));
	is("SELECT COUNT(*) FROM `call` WHERE state = 'ringing'", "20");
	is("SELECT GROUP_CONCAT(DISTINCT call_key) FROM call_event"
	   " WHERE unfolded = 1",
	    "flood");
	/* It comes again less and less often, and is folded when it can be. */
	cr_assert_eq(folding.troubles->count, 1);
	OK(folding_round(&folding, request, 0, &done));
	cr_assert_eq(done, 0);
	sql("DROP TRIGGER trouble");
	folding.troubles->list[0].again = 0;
	fold();
	is("SELECT state FROM `call` WHERE call_key = 'flood'", "answered");
	cr_assert_eq(folding.troubles->count, 0);
}

Test(folding_trouble, one_that_fails_five_times_while_others_do_not_is_parked)
{
	size_t done;

	trouble();
	sql(UPDATES(
	    1, 2) "INSERT INTO call_event (organization_id, call_key,"
		  " kind, body, event_hash) SELECT 8, CONCAT('other ', seq),"
		  " 'session-update', '{}', UNHEX(SHA2(CONCAT('o', seq), 256))"
		  " FROM seq_1_to_2;");
	fail(4);
	is("SELECT COUNT(*) FROM parked_job", "0");
	OK(folding_round(&folding, request, 0, &done));
	is("SELECT attempts FROM parked_job WHERE queue = 'fold' AND"
	   " payload = 'flood'",
	    "5");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
	cr_assert_eq(folding.troubles->count, 0);
}

/* Then it is not the calls that are to blame. */
Test(folding_trouble, when_no_call_can_be_folded_none_is_parked)
{
	sql("DELIMITER $$\nCREATE TRIGGER trouble BEFORE INSERT ON `call` FOR"
	    " EACH ROW SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = 1969 $$\n"
	    "DELIMITER ;");
	sql(UPDATES(1,
	    2) "INSERT INTO call_event (organization_id, call_key,"
	       " kind, body, event_hash) VALUES (8, 'other', 'session-update',"
	       " '{\"status\":\"ringing\"}', UNHEX(SHA2('o', 256)));");
	fail(14);
	is("SELECT COUNT(*) FROM parked_job", "0");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "3");
	sql("DROP TRIGGER trouble");
	fold();
	is("SELECT COUNT(*) FROM `call`", "2");
}

Test(folding_trouble, a_lone_call_was_parked)
{
	trouble();
	sql(UPDATES(1, 2));
	fail(9);
	is("SELECT COUNT(*) FROM parked_job", "0");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "2");
	sql("DROP TRIGGER trouble");
	fold();
	is("SELECT state FROM `call`", "answered");
}

Test(folding_trouble, one_call_hid_all_others_behind_its_events)
{
	size_t done;

	trouble();
	sql(UPDATES(1, 10100) OTHERS(1, 2));
	fail(1);
	is("SELECT COUNT(*) FROM `call`", "0");
	fail(1);
	is("SELECT COUNT(*) FROM `call` WHERE state = 'ringing'", "2");
	fail(2);
	is("SELECT COUNT(*) FROM parked_job", "0");
	OK(folding_round(&folding, request, 0, &done));
	is("SELECT COUNT(*) FROM parked_job", "1");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "0");
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 2", "10100");
}

Test(folding_trouble, the_retry_of_a_parked_call_lost_what_it_had)
{
	size_t done;

	sql(UPDATES(1, 1));
	fold();
	trouble();
	sql(CDR("r1") OTHERS(1, 2));
	fail(4);
	OK(folding_round(&folding, request, 0, &done));
	is("SELECT COUNT(*) FROM parked_job", "1");
	sql("DROP TRIGGER trouble");
	fold();
	is("SELECT state FROM `call` WHERE call_key = 'flood'", "answered");
	retry();
	fold();
	is("SELECT CONCAT(state, duration, event_count) FROM `call`"
	   " WHERE call_key = 'flood'",
	    "completed72");
	is("SELECT COUNT(*) FROM cdr", "1");
	is("SELECT COUNT(unfolded) FROM call_event", "0");
}

Test(folding_trouble, what_is_parked_goes_into_the_call_with_the_next_event)
{
	size_t done;

	trouble();
	sql(CDR("r1") OTHERS(1, 2));
	fail(4);
	OK(folding_round(&folding, request, 0, &done));
	sql("UPDATE parked_job SET attempts = 1, failure = 'older',"
	    " parked_at = '2026-01-01'");
	/* It fails as before: the job tells of the last time. */
	sql(UPDATES(1, 1));
	fail(1);
	sql(OTHERS(3, 3));
	fail(3);
	OK(folding_round(&folding, request, 0, &done));
	is("SELECT CONCAT(COUNT(*), MIN(attempts), MIN(failure <> 'older'),"
	   " MIN(parked_at > '2026-01-02')) FROM parked_job",
	    "1511");
	sql("DROP TRIGGER trouble");
	sql(UPDATES(2, 2));
	fold();
	is("SELECT CONCAT(state, event_count) FROM `call`"
	   " WHERE call_key = 'flood'",
	    "completed3");
	is("SELECT COUNT(unfolded) FROM call_event", "0");
	is("SELECT COUNT(*) FROM parked_job", "0");
}

Test(folding_trouble, giving_up_failed_and_it_was_folded_once_more_each_time)
{
	size_t done;

	trouble();
	sql("DELIMITER $$\nCREATE TRIGGER full BEFORE INSERT ON parked_job FOR"
	    " EACH ROW SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = 1969 $$\n"
	    "DELIMITER ;");
	sql(UPDATES(1, 1) OTHERS(1, 2));
	fail(5);
	cr_assert_eq(folding.troubles->count, 1);
	sql("DROP TRIGGER full");
	/* Whatever it would come to. */
	sql("DROP TRIGGER trouble");
	OK(folding_round(&folding, request, 0, &done));
	cr_assert_eq(done, 1);
	is("SELECT CONCAT(attempts, ' ', failure LIKE '%1969%') FROM"
	   " parked_job",
	    "5 1");
	is("SELECT COUNT(*) FROM `call` WHERE call_key = 'flood'", "0");
	cr_assert_eq(folding.troubles->count, 0);
}

Test(folding_trouble, a_locked_row_was_taken_for_a_meeting)
{
	struct db *holder = db_new(process, conf, &master, "admin", 20000);
	struct pool *pool = pool_new();
	size_t done;

	sql(UPDATES(1, 1));
	fold();
	OK(db_begin(db, request, DB_WRITE, 7));
	OK(EXEC(db, "SET innodb_lock_wait_timeout = ?", NULL, INT(0)));
	OK(db_commit(db));
	OK(db_begin(holder, pool, DB_WRITE, 7));
	OK(EXEC(holder,
	    "UPDATE `call` SET caller_name = 'x' WHERE call_key = ?", NULL,
	    TEXT(STR("flood"))));
	sql(CDR("r1") "INSERT INTO call_event (organization_id, call_key,"
		      " kind, body, event_hash) SELECT 7, CONCAT('near ', seq),"
		      " 'session-update', '{\"status\":\"ringing\"}',"
		      " UNHEX(SHA2(CONCAT('n', seq), 256)) FROM seq_1_to_3;");
	cr_assert_not_null(folding_round(&folding, request, 0, &done));
	cr_assert_eq(done, 3);
	is("SELECT COUNT(*) FROM `call` WHERE state = 'ringing'", "3");
	cr_assert_eq(folding.troubles->count, 1);
	OK(folding_round(&folding, request, 0, &done));
	cr_assert_eq(done, 0);
	OK(db_commit(holder));
	pool_free(pool);
	again();
	fold();
	is("SELECT state FROM `call` WHERE call_key = 'flood'", "completed");
}

Test(folding_trouble, a_full_call_behind_2000_events_was_folded_for_ever)
{
	struct str key = STR("flood");
	uint64_t folded;
	size_t done;

	sql(UPDATES(1, 5000));
	fold();
	/* As if they had failed for long. */
	sql("INSERT INTO call_event (organization_id, call_key, kind, body,"
	    " event_hash) SELECT 8, 'stuck', 'session-update', '{}',"
	    " UNHEX(SHA2(CONCAT('s', seq), 256)) FROM seq_1_to_3000;");
	folding_trouble_add(folding.troubles, 8, STR("stuck"));
	folding.troubles->list[0].again = INT64_MAX;
	sql(UPDATES(5001, 5002));
	OK(folding_round(&folding, request, 0, &done));
	cr_assert_eq(done, 1);
	is("SELECT COUNT(*) FROM call_event WHERE unfolded = 1", "3000");
	folded = folding.troubles->folded;
	OK(folding_round(&folding, request, 0, &done));
	cr_assert_eq(done, 0);
	/* Of which nothing is left to do is not folded. */
	OK(folding_calls(&folding, request, 7, &key, 1, &done));
	cr_assert_eq(done, 0);
	cr_assert_eq(folding.troubles->folded, folded);
}
