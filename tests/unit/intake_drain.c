#include "intake_setup.h"

TestSuite(intake_drain, .init = start, .fini = finish, .timeout = 120);
TestSuite(intake_drain_own, .init = start_own, .fini = finish, .timeout = 120);

Test(intake_drain, a_batch_of_several_tenants_in_order)
{
	char key[16];

	for (int i = 0; i < 1203; i++) {
		struct event event;
		enum accepted accepted;

		snprintf(key, sizeof key, "%d", i);
		event = event_of(i % 3 == 0 ? 8 : 7, key);
		OK(intake_put(intake, request, &event, &accepted));
	}
	cr_assert_eq(drain(), 1203);
	cr_assert(str_is(
	    cell("SELECT GROUP_CONCAT(n) FROM (SELECT CONCAT("
		 "organization_id, ':', COUNT(*)) AS n FROM call_event"
		 " GROUP BY organization_id ORDER BY organization_id) t"),
	    "7:802,8:401"));
	cr_assert(str_is(
	    cell("SELECT COUNT(*) FROM call_event a JOIN call_event b"
		 " ON b.organization_id = a.organization_id AND b.id > a.id"
		 " AND CAST(JSON_VALUE(b.body, '$.n') AS INT) <"
		 " CAST(JSON_VALUE(a.body, '$.n') AS INT)"),
	    "0"));
}

Test(intake_drain, large_events_go_in_small_batches)
{
	size_t n = 900000;
	char *large = memset(pool_alloc(request, n + 1), 'x', n);

	for (int i = 0; i < 20; i++) {
		char key[16];
		struct event event;
		enum accepted accepted;

		snprintf(key, sizeof key, "%d", i);
		event = event_of(7, key);
		event.body = pool_printf(request, "{\"x\":\"%s\"}", large);
		OK(intake_put(intake, request, &event, &accepted));
	}
	cr_assert_eq(drain(), 20);
	cr_assert(str_is(
	    cell("SELECT SUM(LENGTH(body)) FROM call_event"), "18000160"));
}

Test(intake_drain_own, mariadb_dies_while_it_is_drained)
{
	size_t taken;

	put("a");
	put("b");
	servers_kill(&servers, SERVER_MARIADB);
	for (int i = 0; i < 3; i++) {
		cr_assert_not_null(
		    intake_drain_stream(worker, request, 0, &taken));
		cr_assert_eq(taken, 0);
	}
	put("c");
	servers_start(&servers, SERVER_MARIADB);
	usleep(1100000); /* the breaker's pause */
	cr_assert_eq(drain(), 3);
	rows_are("{\"n\":\"a\"} {\"n\":\"b\"} {\"n\":\"c\"}");
	cr_assert_eq(queued(), 0);
}

/* It dies after the rows are there and before the queue knows. */
Test(intake_drain, what_a_dead_worker_took_is_taken_again)
{
	size_t taken;
	struct reply reply;

	put("a");
	put("b");
	cr_assert_eq(drain(), 2);
	put("c");
	put("d");
	OK(redis_call(redis, request, &reply,
	    "XREADGROUP GROUP workers dead COUNT 9 STREAMS"
	    " opbx:queue:events >"));
	OK(intake_drain_stream(worker, request, 0, &taken));
	cr_assert_eq(taken, 0); /* not for 90 s */
	/* Time passes; another worker looks for such at once. */
	OK(redis_call(redis, request, &reply,
	    "XPENDING opbx:queue:events workers - + 10"));
	cr_assert_eq(reply.count, 2);
	for (size_t i = 0; i < reply.count; i++) {
		struct reply claimed;

		OK(redis_call(redis, request, &claimed,
		    "XCLAIM opbx:queue:events workers dead 0 %s IDLE 95000",
		    reply.list[i].list[0].text.p));
	}
	worker = intake_new(process, conf, admin, redis_new(process, conf));
	OK(intake_drain_stream(worker, request, 0, &taken));
	cr_assert_eq(taken, 2);
	rows_are("{\"n\":\"a\"} {\"n\":\"b\"} {\"n\":\"c\"} {\"n\":\"d\"}");
	cr_assert_eq(queued(), 0);
}

#define RETRY                                    \
	"SET @id = (SELECT id FROM parked_job);" \
	"SET @retried = parked_job_retry(@id)"

Test(intake_drain, an_event_that_mariadb_refuses_does_not_hold_up_others)
{
	struct event event = event_of(7, "b");
	enum accepted accepted;

	put("a");
	event.kind = STR("a kind of more than thirty-two bytes");
	OK(intake_put(intake, request, &event, &accepted));
	put("c");
	cr_assert_eq(drain(), 3);
	rows_are("{\"n\":\"a\"} {\"n\":\"c\"}");
	cr_assert(str_is(cell("SELECT JSON_VALUE(payload, '$.body') FROM"
			      " parked_job WHERE organization_id = 7 AND"
			      " queue = 'events'"),
	    "{\"n\":\"b\"}"));
	cr_assert_eq(queued(), 0);
	OK(db_script(admin, request, STR(RETRY)));
	cr_assert(str_is(cell("SELECT COUNT(*) FROM parked_job"), "1"));
	/* A later release takes it. */
	OK(db_script(admin, request,
	    STR("ALTER TABLE call_event MODIFY kind VARCHAR(64) NOT "
		"NULL;" RETRY)));
	rows_are("{\"n\":\"a\"} {\"n\":\"c\"} {\"n\":\"b\"}");
	cr_assert(str_is(cell("SELECT COUNT(*) FROM parked_job"), "0"));
	cr_assert(
	    str_is(cell("SELECT COUNT(DISTINCT kind, call_key, occurred_at,"
			" LENGTH(event_hash)) FROM call_event"),
		"2"));
}

Test(intake_drain, what_nobody_can_read_is_kept_aside)
{
	ask("XADD opbx:queue:events * event rubbish");
	put("a");
	drain();
	rows_are("{\"n\":\"a\"}");
	cr_assert_eq(queued(), 0);
	cr_assert_eq(ask("XLEN opbx:queue:events:unread").number, 1);
}

Test(intake_drain, the_queue_is_gone_with_its_group)
{
	put("a");
	cr_assert_eq(drain(), 1);
	ask("FLUSHALL");
	put("b");
	cr_assert_eq(drain(), 1);
	rows_are("{\"n\":\"a\"} {\"n\":\"b\"}");
}

Test(intake_drain, waits_for_the_first_event_and_not_for_long)
{
	int64_t since = clock_monotonic();
	size_t taken;

	OK(intake_drain_stream(worker, request, 100, &taken));
	cr_assert_eq(taken, 0);
	cr_assert_geq(clock_monotonic() - since, 90000);
	cr_assert_lt(clock_monotonic() - since, PATIENCE_US);
}
