#include "redis.h"

#include "clock.h"
#include "redis_setup.h"

/* What a wait may cost at most, with some room for a busy machine. */
enum { PATIENCE = 300000 };

TestSuite(redis, .init = start, .fini = stop, .timeout = 60);

static struct reply
call(const char *command)
{
	struct reply reply;
	struct err *err = redis_call(redis, request, &reply, command);

	cr_assert_null(err, "%s: %s", command, err->cause.p);
	return reply;
}

/* True when it failed within the time a wait may cost. */
static bool
fails_in_time(struct err *err, int64_t since)
{
	int64_t took = clock_monotonic() - since;

	cr_assert_lt(took, PATIENCE, "took %lld us", (long long)took);
	return err != NULL && err->code == UNAVAILABLE;
}

Test(redis, sets_and_gets_any_bytes)
{
	struct str bytes = STR("\0\xff\r\n%s");
	struct reply reply;

	cr_assert_null(redis_call(redis, request, &reply, "SET %s %b EX %d",
	    "key", bytes.p, bytes.n, 60));
	cr_assert(str_is(reply.text, "OK"));
	reply = call("GET key");
	cr_assert_eq(reply.kind, REPLY_TEXT);
	cr_assert(str_equal(reply.text, bytes));
}

Test(redis, tells_all_kinds_of_replies_apart)
{
	struct reply reply;

	cr_assert_eq(call("GET nothing").kind, REPLY_NIL);
	cr_assert_eq(call("INCRBY n -7").number, -7);
	call("RPUSH list a");
	call("RPUSH list b");
	reply = call("LRANGE list 0 -1");
	cr_assert_eq(reply.kind, REPLY_LIST);
	cr_assert_eq(reply.count, 2);
	cr_assert(str_is(reply.list[1].text, "b"));
	cr_assert_null(
	    redis_call(redis, request, &reply, "SET empty %b", "", (size_t)0));
	reply = call("GET empty");
	cr_assert_not_null(reply.text.p);
	cr_assert_eq(reply.text.n, 0);
}

Test(redis, replies_come_in_the_order_of_the_commands)
{
	struct reply reply;

	for (int i = 0; i < 500; i++)
		cr_assert_null(redis_send(redis, request, "ECHO %d", i));
	for (int i = 0; i < 500; i++) {
		cr_assert_null(redis_receive(redis, request, &reply));
		cr_assert(str_equal(reply.text, pool_printf(request, "%d", i)));
	}
}

Test(redis, an_error_reply_does_not_disturb_the_pipeline)
{
	struct reply reply;

	cr_assert_null(redis_send(redis, request, "NONSENSE"));
	cr_assert_null(redis_send(redis, request, "ECHO fine"));
	cr_assert_null(redis_receive(redis, request, &reply));
	cr_assert_eq(reply.kind, REPLY_ERROR);
	cr_assert_null(redis_receive(redis, request, &reply));
	cr_assert(str_is(reply.text, "fine"));
}

Test(redis, an_error_reply_to_a_call_is_an_error)
{
	struct reply reply;
	struct err *err = redis_call(redis, request, &reply, "NONSENSE x");

	cr_assert_not_null(err);
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_assert(str_starts(err->cause, STR("redis: NONSENSE: ERR")));
}

Test(redis, receiving_more_than_was_sent_is_refused)
{
	struct reply reply;

	cr_assert_not_null(redis_receive(redis, request, &reply));
	call("PING");
	cr_assert_not_null(redis_receive(redis, request, &reply));
	cr_assert(str_is(call("PING").text, "PONG"), "and harms nothing");
}

Test(redis, what_a_request_left_unread_is_not_the_next_one_s)
{
	for (int i = 0; i < 100; i++) {
		cr_assert_null(redis_send(redis, request, "ECHO old"));
		cr_assert_null(redis_send(redis, request, "INCR n"));
		pool_clear(request);
		cr_assert(str_is(call("ECHO new").text, "new"));
		pool_clear(request);
	}
	cr_assert(str_is(call("GET n").text, "100"), "but it was done");
}

Test(redis, a_call_gives_up_what_was_due)
{
	struct reply reply;

	cr_assert_null(redis_send(redis, request, "ECHO old"));
	cr_assert_null(redis_send(redis, request, "ECHO older"));
	cr_assert(str_is(call("ECHO new").text, "new"));
	cr_assert_not_null(redis_receive(redis, request, &reply));
	cr_assert_null(redis_send(redis, request, "ECHO lost"));
	redis_close(redis);
	cr_assert(str_is(call("ECHO next").text, "next"));
	cr_assert_not_null(redis_receive(redis, request, &reply));
}

Test(redis, a_restarted_server_is_no_failure)
{
	call("PING");
	servers_kill(&servers, SERVER_REDIS);
	servers_start(&servers, SERVER_REDIS);
	cr_assert(str_is(call("PING").text, "PONG"));
}

Test(redis, a_dead_server_fails_at_once_and_comes_back)
{
	struct reply reply;
	int64_t since;

	call("PING");
	servers_kill(&servers, SERVER_REDIS);
	for (int i = 0; i < 5; i++) {
		since = clock_monotonic();
		cr_assert(fails_in_time(
		    redis_call(redis, request, &reply, "PING"), since));
	}
	cr_assert_eq(redis_state(redis), BREAKER_OPEN);
	servers_start(&servers, SERVER_REDIS);
	while (redis_state(redis) == BREAKER_OPEN)
		usleep(10000);
	cr_assert(str_is(call("PING").text, "PONG"));
	cr_assert_eq(redis_state(redis), BREAKER_CLOSED);
}

Test(redis, a_server_that_is_back_is_there_at_once_for_who_needs_it)
{
	struct reply reply;

	call("PING");
	servers_kill(&servers, SERVER_REDIS);
	for (int i = 0; i < 5; i++)
		(void)redis_call(redis, request, &reply, "PING");
	cr_assert_eq(redis_state(redis), BREAKER_OPEN);
	cr_assert(redis_hurry(redis));
	cr_assert_not_null(redis_call(redis, request, &reply, "PING"));
	servers_start(&servers, SERVER_REDIS);
	cr_assert(redis_hurry(redis));
	cr_assert(str_is(call("PING").text, "PONG"));
	cr_assert_eq(redis_state(redis), BREAKER_CLOSED);
}

Test(redis, a_stopped_server_costs_250_ms_once_and_then_nothing)
{
	struct reply reply;
	int64_t since;

	call("PING");
	servers_freeze(&servers, SERVER_REDIS);
	since = clock_monotonic();
	cr_assert(
	    fails_in_time(redis_call(redis, request, &reply, "PING"), since));
	cr_assert_geq(clock_monotonic() - since, 240000);
	since = clock_monotonic();
	for (int i = 0; i < 1000; i++)
		cr_assert(fails_in_time(
		    redis_call(redis, request, &reply, "PING"), since));
	cr_assert_not(redis_hurry(redis));
	cr_assert_lt(clock_monotonic() - since, 50000);
	servers_thaw(&servers, SERVER_REDIS);
	while (redis_state(redis) == BREAKER_OPEN)
		usleep(10000);
	cr_assert(str_is(call("ECHO back").text, "back"));
}

Test(redis, a_pipeline_has_one_deadline_for_all_its_replies)
{
	struct reply reply;
	int64_t since;

	call("PING");
	servers_freeze(&servers, SERVER_REDIS);
	for (int i = 0; i < 8; i++)
		cr_assert_null(redis_send(redis, request, "PING"));
	since = clock_monotonic();
	for (int i = 0; i < 8; i++)
		cr_assert(fails_in_time(
		    redis_receive(redis, request, &reply), since));
	cr_assert_not_null(redis_receive(redis, request, &reply));
	servers_thaw(&servers, SERVER_REDIS);
	while (redis_state(redis) == BREAKER_OPEN)
		usleep(10000);
	cr_assert(str_is(call("ECHO next").text, "next"));
}

Test(redis, a_reply_lost_with_its_connection_is_not_taken_from_the_next)
{
	struct reply reply;

	cr_assert_null(redis_send(redis, request, "ECHO one"));
	cr_assert_null(redis_send(redis, request, "ECHO two"));
	redis_close(redis);
	cr_assert_null(redis_send(redis, request, "ECHO three"));
	cr_assert_not_null(redis_receive(redis, request, &reply));
	cr_assert_not_null(redis_receive(redis, request, &reply));
	cr_assert_null(redis_receive(redis, request, &reply));
	cr_assert(str_is(reply.text, "three"));
}

Test(redis, commands_nobody_waits_for_notice_a_stopped_server_too)
{
	int64_t since = clock_monotonic();
	struct err *err = NULL;

	call("PING");
	servers_freeze(&servers, SERVER_REDIS);
	while (err == NULL && clock_monotonic() - since < 5000000) {
		int64_t before = clock_monotonic();

		err = redis_send(redis, request, "INCR n");
		cr_assert_lt(clock_monotonic() - before, 50000, "it waited");
		pool_clear(request);
		usleep(10000);
	}
	cr_assert_not_null(err);
}

Test(redis, a_password_is_asked_for_once_a_connection)
{
	struct redis *other = redis_new(process,
	    servers_conf(process, &servers, "redis.password = se cret"));
	struct redis *wrong = redis_new(
	    process, servers_conf(process, &servers, "redis.password = wrong"));
	struct reply reply;
	struct str secret = STR("se cret");

	cr_assert_null(redis_call(redis, request, &reply,
	    "CONFIG SET requirepass %b", secret.p, secret.n));
	cr_assert_null(redis_call(other, request, &reply, "PING"));
	cr_assert(str_is(reply.text, "PONG"));
	cr_assert_not_null(redis_call(wrong, request, &reply, "PING"));
}

Test(redis, no_server_at_all_is_unavailable)
{
	struct redis *other = redis_new(
	    process, servers_conf(process, &servers, "redis.port = 1"));
	struct reply reply;
	int64_t since;

	servers_kill(&servers, SERVER_REDIS);
	since = clock_monotonic();
	cr_assert(
	    fails_in_time(redis_call(other, request, &reply, "PING"), since));
}

Test(redis, a_subscriber_hears_what_others_publish)
{
	struct redis *other =
	    redis_new(process, servers_conf(process, &servers, ""));
	struct reply reply;
	bool got;

	cr_assert_null(redis_call(redis, request, &reply, "SUBSCRIBE news"));
	cr_assert_eq(reply.list[2].number, 1);
	cr_assert_null(redis_wait(redis, request, 1, &reply, &got));
	cr_assert_not(got);
	cr_assert_null(
	    redis_call(other, request, &reply, "PUBLISH news hello"));
	cr_assert_null(redis_wait(redis, request, 5000, &reply, &got));
	cr_assert(got);
	cr_assert(str_is(reply.list[2].text, "hello"));
	cr_assert_null(redis_send(redis, request, "PING here"));
	pool_clear(request);
	cr_assert_null(redis_wait(redis, request, 5000, &reply, &got));
	cr_assert(got);
	cr_assert(str_is(reply.list[1].text, "here"));
	servers_kill(&servers, SERVER_REDIS);
	cr_assert_not_null(redis_wait(redis, request, 5000, &reply, &got));
}
