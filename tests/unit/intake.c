#include "intake_setup.h"

TestSuite(intake, .init = start, .fini = finish, .timeout = 120);
TestSuite(intake_own, .init = start_own, .fini = finish, .timeout = 120);

Test(intake, an_event_comes_once_through_the_queue)
{
	cr_assert_eq(put("a"), EVENT_NEW);
	cr_assert(where("redis"), "%s", went);
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
	struct parcel parcel = {request, events, 4, accepted, NULL, NULL};

	cr_assert_eq(put("b"), EVENT_NEW);
	intake_put_parcels(intake, &parcel, 1);
	OK(parcel.err);
	cr_assert_eq(accepted[0], EVENT_NEW);
	cr_assert_eq(accepted[1], EVENT_REPEATED);
	cr_assert_eq(accepted[2], EVENT_REPEATED);
	cr_assert_eq(accepted[3], EVENT_NEW);
	cr_assert_eq(drain(), 3);
}

/* "a" of one tenant twice, of another, and two more. */
static void
put_three(struct parcel parcels[3], enum accepted accepted[5])
{
	struct event *events = NEW_ARRAY(request, struct event, 5);

	events[0] = event_of(7, "a");
	events[1] = event_of(7, "b");
	events[2] = event_of(8, "a");
	events[3] = event_of(7, "a");
	events[4] = event_of(7, "c");
	parcels[0] = (struct parcel){request, events, 2, accepted, NULL, NULL};
	parcels[1] =
	    (struct parcel){request, events + 2, 1, accepted + 2, NULL, NULL};
	parcels[2] =
	    (struct parcel){request, events + 3, 2, accepted + 3, NULL, NULL};
	intake_put_parcels(intake, parcels, 3);
}

Test(intake, what_several_bring_at_once)
{
	enum accepted accepted[5];
	struct parcel parcels[3];

	put_three(parcels, accepted);
	for (int i = 0; i < 3; i++) {
		OK(parcels[i].err);
		cr_assert_str_eq(parcels[i].where, "redis");
	}
	for (int i = 0; i < 5; i++)
		cr_assert_eq(
		    accepted[i], i == 3 ? EVENT_REPEATED : EVENT_NEW, "%d", i);
	cr_assert_eq(queued(), 4);
	cr_assert_eq(drain(), 4);
	cr_assert(str_is(
	    cell("SELECT GROUP_CONCAT(organization_id, JSON_VALUE(body,"
		 " '$.n') ORDER BY organization_id, id) FROM call_event"),
	    "7a,7b,7c,8a"));
}

Test(intake, what_several_bring_while_nothing_reaches_the_disk)
{
	enum accepted accepted[5];
	struct parcel parcels[3];

	ask("CONFIG SET appendonly no");
	put_three(parcels, accepted);
	for (int i = 0; i < 3; i++) {
		OK(parcels[i].err);
		cr_assert_str_eq(parcels[i].where, "database");
	}
	/* The first of the two was not stored yet when both were looked at. */
	for (int i = 0; i < 5; i++)
		cr_assert_eq(
		    accepted[i], i == 3 ? EVENT_PENDING : EVENT_NEW, "%d", i);
	cr_assert(str_is(cell("SELECT COUNT(*) FROM call_event"), "4"));
	drain();
	cr_assert(str_is(cell("SELECT COUNT(*) FROM call_event"), "4"));
	cr_assert_eq(put("a"), EVENT_REPEATED);
}

/* Of this connection; asking for it is one. */
static int64_t
transactions(void)
{
	struct rows *rows;
	int64_t count;

	OK(db_begin(db, request, DB_READ, 0));
	OK(db_query(db,
	    "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM"
	    " information_schema.SESSION_STATUS"
	    " WHERE VARIABLE_NAME = 'COM_COMMIT'",
	    NULL, 0, &rows));
	count = rows_int(rows, 0, 0);
	OK(db_commit(db));
	return count;
}

/* The first answer waited for all of them. */
Test(intake, what_several_bring_of_one_tenant_was_stored_one_by_one)
{
	enum accepted accepted[5];
	struct parcel parcels[3];
	int64_t before;

	ask("CONFIG SET appendonly no");
	before = transactions();
	put_three(parcels, accepted);
	cr_assert_eq(transactions() - before - 1, 2); /* of 7 and 8 */
	for (int i = 0; i < 3; i++)
		cr_assert_str_eq(parcels[i].where, "database");
}

Test(intake, what_mariadb_refuses_keeps_nothing_else_out)
{
	struct event events[] = {
	    event_of(7, "a"), event_of(7, "b"), event_of(7, "c")};
	enum accepted accepted[3];
	struct parcel parcels[3];

	ask("CONFIG SET appendonly no");
	events[1].kind = STR("a kind that is longer than any kind can be");
	for (int i = 0; i < 3; i++)
		parcels[i] = (struct parcel){
		    request, &events[i], 1, &accepted[i], NULL, NULL};
	intake_put_parcels(intake, parcels, 3);
	for (int i = 0; i < 3; i++) {
		OK(parcels[i].err);
		cr_assert_eq(accepted[i], EVENT_NEW);
		cr_assert_str_eq(
		    parcels[i].where, i == 1 ? "spool" : "database");
	}
	rows_are("{\"n\":\"a\"} {\"n\":\"c\"}");
}

Test(intake_own, what_several_bring_goes_to_the_spool)
{
	enum accepted accepted[5];
	struct parcel parcels[3];

	servers_kill(&servers, SERVER_REDIS);
	servers_kill(&servers, SERVER_MARIADB);
	put_three(parcels, accepted);
	for (int i = 0; i < 3; i++) {
		OK(parcels[i].err);
		cr_assert_str_eq(parcels[i].where, "spool");
	}
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
