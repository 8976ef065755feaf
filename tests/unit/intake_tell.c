#include "intake_setup.h"

TestSuite(intake_tell, .init = start, .fini = finish, .timeout = 120);

static void
tell(int from, int to)
{
	for (int i = from; i < to; i++) {
		struct event event = event_of(
		    i % 2 == 0 ? 7 : 8, pool_printf(request, "%d", i).p);

		OK(intake_tell(intake, request, &event));
	}
}

static void
flush(void)
{
	OK(intake_flush(intake, request));
	OK(redis_call(
	    redis, request, &(struct reply){.kind = REPLY_NIL}, "PING"));
}

static void
are_there(const char *count)
{
	struct str all = cell("SELECT COUNT(*) FROM call_event");

	cr_assert(str_is(all, count), "%.*s", PSTR(all));
	/* Each as it was told. */
	cr_assert(str_is(cell("SELECT COUNT(*) FROM call_event WHERE"
			      " organization_id = 7 + MOD(CAST(JSON_VALUE(body,"
			      " '$.n') AS INT), 2)"),
	    count));
	cr_assert_eq(queued(), 0);
}

Test(intake_tell, nothing_goes_out_before_it_must)
{
	tell(0, 5);
	cr_assert_eq(queued(), 0);
	flush();
	cr_assert_eq(queued(), 1, "one entry");
	flush();
	cr_assert_eq(queued(), 1, "and nothing twice");
	drain();
	are_there("5");
}

Test(intake_tell, one_alone_is_an_event_as_any)
{
	tell(0, 1);
	flush();
	cr_assert_eq(queued(), 1);
	drain();
	are_there("1");
}

Test(intake_tell, many_go_out_by_themselves)
{
	tell(0, 100);
	cr_assert_geq(queued(), 6);
	flush();
	drain();
	are_there("100");
}

Test(intake_tell, what_is_large_does_not_wait_for_more)
{
	size_t n = 100000;
	char *large = memset(pool_alloc(request, n + 1), 'x', n);
	struct event event = event_of(7, "2");

	event.body =
	    pool_printf(request, "{\"n\":\"2\",\"x\":\"%.*s\"}", (int)n, large);
	OK(intake_tell(intake, request, &event));
	cr_assert_eq(queued(), 1);
	drain();
	are_there("1");
}

Test(intake_tell, what_was_told_long_ago_does_not_wait_for_more)
{
	tell(0, 1);
	usleep(150000);
	tell(1, 2);
	cr_assert_eq(queued(), 1);
	drain();
	are_there("2");
}

Test(intake_tell, it_outlives_the_request)
{
	tell(0, 3);
	pool_clear(request);
	memset(pool_alloc(request, 100000), 'y', 100000);
	pool_clear(request);
	tell(3, 4);
	flush();
	drain();
	are_there("4");
}

Test(intake_tell, without_redis_it_is_in_the_spool)
{
	servers_kill(&servers, SERVER_REDIS);
	tell(0, 20);
	OK(intake_flush(intake, request));
	run_redis();
	settled(redis);
	for (int i = 0; i < 50 && !str_is(cell("SELECT COUNT(*) FROM"
					       " call_event"),
				      "20");
	     i++) {
		drain();
		usleep(100000);
	}
	are_there("20");
}

Test(intake_tell, a_text_that_nobody_made_is_put_aside)
{
	ask("XADD opbx:queue:events * events rubbish");
	ask("XADD opbx:queue:events * events ''");
	tell(0, 3);
	flush();
	drain();
	are_there("3");
	cr_assert_eq(ask("XLEN opbx:queue:events:unread").number, 2);
}
