#include "intake_setup.h"

Test(intake, an_event_comes_once_through_the_queue)
{
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert(where("redis"), "%s", intake_where(intake));
	cr_assert_eq(put("a"), EVENT_REPEATED);
	cr_assert_eq(put("b"), EVENT_NEW);
	cr_assert_eq(queued(), 2);
	rows_are("");
	cr_assert_eq(drain(), 2);
	rows_are("{\"n\":\"a\"} {\"n\":\"b\"}");
	cr_assert_eq(queued(), 0);
	cr_assert_eq(put("a"), EVENT_REPEATED);
	cr_assert_eq(drain(), 0);
	cr_assert(str_is(cell("SELECT CONCAT_WS('|', organization_id,"
			      " call_key, kind, occurred_at, unfolded)"
			      " FROM call_event LIMIT 1"),
	    "7|call 1|session-update|2026-01-10 23:58:35.449|1"));
	cr_assert(str_is(cell("SELECT HEX(event_hash) = SHA2("
			      "CONCAT('session-update', '\\n', 'a'), 256)"
			      " FROM call_event LIMIT 1"),
	    "1"));
}

Test(intake, the_same_key_of_another_tenant_or_kind_is_another_event)
{
	struct event other = event_of(8, "a"), kind = event_of(7, "a");
	enum accepted accepted;

	kind.kind = STR("cdr");
	cr_assert_eq(put("a"), EVENT_NEW);
	OK(intake_put(intake, request, &other, &accepted));
	cr_assert_eq(accepted, EVENT_NEW);
	OK(intake_put(intake, request, &kind, &accepted));
	cr_assert_eq(accepted, EVENT_NEW);
	cr_assert_eq(drain(), 3);
	cr_assert(
	    str_is(cell("SELECT GROUP_CONCAT(organization_id, kind ORDER BY"
			" organization_id, id) FROM call_event"),
		"7session-update,7cdr,8session-update"));
}

Test(intake, several_at_once)
{
	struct event events[] = {event_of(7, "a"), event_of(7, "b"),
	    event_of(7, "a"), event_of(7, "c")};
	enum accepted accepted[4];

	cr_assert_eq(put("b"), EVENT_NEW);
	OK(intake_put_all(intake, request, events, 4, accepted));
	cr_assert_eq(accepted[0], EVENT_NEW);
	cr_assert_eq(accepted[1], EVENT_REPEATED);
	cr_assert_eq(accepted[2], EVENT_REPEATED);
	cr_assert_eq(accepted[3], EVENT_NEW);
	cr_assert_eq(drain(), 3);
}

Test(intake, what_does_not_reach_the_disk_is_stored_in_a_row)
{
	ask("CONFIG SET appendonly no");
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert(where("database"));
	rows_are("{\"n\":\"a\"}");
	cr_assert_eq(put("a"), EVENT_REPEATED);
	cr_assert_eq(queued(), 1);
	drain(); /* and the queue's is the same event */
	rows_are("{\"n\":\"a\"}");
}

Test(intake, a_full_redis_takes_nothing)
{
	ask("CONFIG SET maxmemory 1");
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert(where("database"));
	cr_assert_eq(put("a"), EVENT_REPEATED);
	ask("CONFIG SET maxmemory 0");
	drain();
	rows_are("{\"n\":\"a\"}");
}

Test(intake, an_event_on_its_way_is_to_be_asked_for_again)
{
	unsigned char hash[CRYPTO_HASH];
	struct str key;
	struct reply reply;

	crypto_sha256(STR("session-update\na"), hash);
	key = pool_printf(request, "opbx:7:idem:webhook:%s",
	    crypto_hex(request, hash, sizeof hash).p);
	OK(redis_call(redis, request, &reply, "SET %s pending EX 30", key.p));
	cr_assert_eq(put("a"), EVENT_PENDING);
	OK(redis_call(redis, request, &reply, "DEL %s", key.p));
	cr_assert_eq(put("a"), EVENT_NEW);
	OK(redis_call(redis, request, &reply, "TTL %s", key.p));
	cr_assert_gt(reply.number, 3500);
	cr_assert_leq(reply.number, 3600);
}

Test(intake, redis_is_away)
{
	servers_kill(&servers, SERVER_REDIS);
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert(where("database"));
	cr_assert_eq(put("a"), EVENT_REPEATED);
	rows_are("{\"n\":\"a\"}");
	run_redis();
	settled(redis);
	ask("CONFIG SET appendfsync no");
	cr_assert_eq(put("a"), EVENT_NEW); /* Redis did not know it */
	cr_assert_eq(put("b"), EVENT_NEW);
	drain();
	rows_are("{\"n\":\"a\"} {\"n\":\"b\"}");
}

/* What was acknowledged outlives Redis, whenever it is killed. */
Test(intake, redis_is_killed_again_and_again)
{
	char key[32];
	int sent = 0;

	ask("CONFIG SET appendfsync everysec");
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 200; i++, sent++) {
			snprintf(key, sizeof key, "%d", sent);
			cr_assert_eq(put(key), EVENT_NEW);
		}
		servers_kill(&servers, SERVER_REDIS);
		run_redis();
		settled(redis);
	}
	settled(redis);
	for (int i = 0; drain() == 0; i++)
		cr_assert_lt(i, 10);
	cr_assert(str_is(cell("SELECT COUNT(*) FROM call_event"), "1000"),
	    "%s of them", cell("SELECT COUNT(*) FROM call_event").p);
	cr_assert(str_is(
	    cell("SELECT COUNT(DISTINCT event_hash) FROM call_event"), "1000"));
}

Test(intake_own, mariadb_is_away)
{
	servers_kill(&servers, SERVER_MARIADB);
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert(where("redis"));
	cr_assert_eq(put("a"), EVENT_REPEATED);
}

Test(intake_own, both_are_away)
{
	size_t taken;

	servers_kill(&servers, SERVER_REDIS);
	servers_kill(&servers, SERVER_MARIADB);
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert(where("spool"));
	cr_assert_eq(put("b"), EVENT_NEW);
	cr_assert_eq(put("a"), EVENT_NEW); /* nobody could know */
	cr_assert_not_null(intake_drain_spool(worker, request, &taken));
	cr_assert_eq(taken, 0);
	servers_start(&servers, SERVER_MARIADB);
	usleep(1100000); /* the breaker's pause */
	OK(intake_drain_spool(worker, request, &taken));
	cr_assert_eq(taken, 3);
	rows_are("{\"n\":\"a\"} {\"n\":\"b\"}");
	OK(intake_drain_spool(worker, request, &taken));
	cr_assert_eq(taken, 0);
}

/* A caller's carrier waits once, and then no more. */
Test(intake_own, both_hang)
{
	int64_t since;

	put("warm");
	servers_freeze(&servers, SERVER_REDIS);
	servers_freeze(&servers, SERVER_MARIADB);
	since = clock_monotonic();
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert_lt(clock_monotonic() - since, PATIENCE_US);
	cr_assert(where("spool"));
	since = clock_monotonic();
	put("b");
	cr_assert_lt(clock_monotonic() - since, 200000);
	servers_thaw(&servers, SERVER_REDIS);
	servers_thaw(&servers, SERVER_MARIADB);
	settled(redis);
	for (int i = 0; drain() == 0; i++)
		cr_assert_lt(i, 10);
	drain();
	rows_are("{\"n\":\"warm\"} {\"n\":\"a\"} {\"n\":\"b\"}");
}

Test(intake_own, nowhere_is_no_acknowledgement)
{
	struct event event = event_of(7, "a");
	enum accepted accepted;
	char path[100];
	struct err *err;

	servers_kill(&servers, SERVER_REDIS);
	servers_kill(&servers, SERVER_MARIADB);
	snprintf(path, sizeof path, "%s/spool", servers.folder);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	err = intake_put(intake, request, &event, &accepted);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_assert_gt(err->retry_after, 0);
}

/* -- Draining ------------------------------------------------------------- */

Test(intake, a_batch_of_several_tenants_in_order)
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

Test(intake, large_events_go_in_small_batches)
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

Test(intake_own, mariadb_dies_while_it_is_drained)
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
Test(intake, what_a_dead_worker_took_is_taken_again)
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

Test(intake, an_event_that_mariadb_refuses_does_not_hold_up_others)
{
	struct event event = event_of(7, "b");
	enum accepted accepted;

	put("a");
	event.kind = STR("a kind of more than thirty-two bytes");
	OK(intake_put(intake, request, &event, &accepted));
	put("c");
	cr_assert_eq(drain(), 3);
	rows_are("{\"n\":\"a\"} {\"n\":\"c\"}");
	cr_assert(str_is(cell("SELECT payload FROM parked_job WHERE"
			      " organization_id = 7 AND queue = 'events'"),
	    "{\"n\":\"b\"}"));
	cr_assert_eq(queued(), 0);
}

Test(intake, what_nobody_can_read_is_kept_aside)
{
	ask("XADD opbx:queue:events * event rubbish");
	put("a");
	drain();
	rows_are("{\"n\":\"a\"}");
	cr_assert_eq(queued(), 0);
	cr_assert_eq(ask("XLEN opbx:queue:events:unread").number, 1);
}

Test(intake, the_queue_is_gone_with_its_group)
{
	put("a");
	cr_assert_eq(drain(), 1);
	ask("FLUSHALL");
	put("b");
	cr_assert_eq(drain(), 1);
	rows_are("{\"n\":\"a\"} {\"n\":\"b\"}");
}

Test(intake, waits_for_the_first_event_and_not_for_long)
{
	int64_t since = clock_monotonic();
	size_t taken;

	OK(intake_drain_stream(worker, request, 100, &taken));
	cr_assert_eq(taken, 0);
	cr_assert_geq(clock_monotonic() - since, 90000);
	cr_assert_lt(clock_monotonic() - since, PATIENCE_US);
}
