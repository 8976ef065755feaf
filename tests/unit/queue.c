#include "queue.h"

#include "expect.h"
#include "redis_setup.h"

static struct redis *other;

static void
start_two(void)
{
	start();
	other = connection();
}

TestSuite(queue, .init = start_two, .fini = stop, .timeout = 60);

static void
put(const char *key)
{
	OK(queue_put(redis, request, QUEUE_CDR, 7, str_of(key)));
}

static bool
take(struct queue_job *job)
{
	bool found;

	OK(queue_take(redis, request, QUEUE_CDR, job, &found));
	return found;
}

static int64_t
depth(void)
{
	struct queue_depth all;

	OK(queue_depth(redis, request, QUEUE_CDR, &all));
	cr_assert_eq(all.age > 0, all.waiting > 0);
	return all.waiting;
}

static int64_t
number(const char *command)
{
	struct reply reply;

	OK(redis_call(redis, request, &reply, command));
	return reply.number;
}

/* Milliseconds until the one job that is not new is due again. */
static int64_t
pause_left(void)
{
	struct reply reply;

	OK(redis_call(redis, request, &reply, "EVAL %s 1 opbx:queue:cdr:due",
	    "local time = redis.call('TIME') return "
	    "redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] "
	    "- time[1] * 1000 - math.floor(time[2] / 1000)"));
	return reply.number;
}

static void
pass_time(void)
{
	struct reply reply;

	OK(redis_call(redis, request, &reply, "EVAL %s 1 opbx:queue:cdr:due",
	    "for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do "
	    "redis.call('ZADD', KEYS[1], 1, id) end"));
}

/* Nothing is left of any job. */
static void
must_be_empty(void)
{
	struct queue_job job;

	cr_assert_not(take(&job));
	cr_assert_eq(depth(), 0);
	cr_assert_eq(number("HLEN opbx:queue:cdr:jobs"), 0);
	cr_assert_eq(number("ZCARD opbx:queue:cdr:due"), 0);
	cr_assert_eq(number("HLEN opbx:queue:cdr:tries"), 0);
}

Test(queue, gives_what_was_put_in_order_and_once)
{
	struct queue_job job;

	must_be_empty();
	put("one");
	OK(queue_put(redis, request, QUEUE_CDR, 0, STR("a key: with \"all\"")));
	cr_assert_eq(depth(), 2);
	cr_assert(take(&job));
	cr_assert_eq(job.organization, 7);
	cr_assert(str_is(job.key, "one"));
	cr_assert_eq(job.attempt, 1);
	OK(queue_done(redis, request, &job));
	cr_assert(take(&job));
	cr_assert_eq(job.organization, 0);
	cr_assert(str_is(job.key, "a key: with \"all\""));
	cr_assert_not(take(&job), "it is somebody's");
	cr_assert_eq(depth(), 1);
}

Test(queue, refuses_keys_that_are_none)
{
	char text[QUEUE_KEY + 1];

	memset(text, 'x', sizeof text);
	cr_assert_not_null(queue_put(redis, request, QUEUE_CDR, 7, STR("")));
	cr_assert_not_null(queue_put(redis, request, QUEUE_CDR, 7, NO_STR));
	cr_assert_not_null(queue_put(
	    redis, request, QUEUE_CDR, 7, (struct str){text, sizeof text}));
	OK(queue_put(
	    redis, request, QUEUE_CDR, 7, (struct str){text, QUEUE_KEY}));
}

Test(queue, holds_a_key_once)
{
	struct queue_job job;

	put("one");
	put("one");
	OK(queue_restore(redis, request, QUEUE_CDR, 7, STR("one")));
	cr_assert_eq(depth(), 1);
	OK(queue_put(redis, request, QUEUE_CDR, 8, STR("one")));
	cr_assert_eq(depth(), 2, "another tenant's is another");
	cr_assert(take(&job));
	OK(queue_done(redis, request, &job));
	cr_assert(take(&job));
	OK(queue_done(redis, request, &job));
	must_be_empty();
}

Test(queue, does_again_what_was_put_while_it_was_done)
{
	struct queue_job job;

	put("one");
	cr_assert(take(&job));
	put("one");
	put("one");
	cr_assert_eq(depth(), 1, "never two of a key");
	OK(queue_done(redis, request, &job));
	cr_assert(take(&job));
	cr_assert_eq(job.attempt, 1);
	OK(queue_restore(redis, request, QUEUE_CDR, 7, STR("one")));
	OK(queue_done(redis, request, &job));
	must_be_empty();
}

Test(queue, pauses_after_each_failure)
{
	static const int64_t pauses[] = {1000, 5000, 30000, 120000, 120000};
	struct queue_job job;

	put("one");
	for (int i = 0; i < 5; i++) {
		int64_t left;

		cr_assert(take(&job));
		cr_assert_eq(job.attempt, i + 1);
		OK(queue_failed(redis, request, &job));
		left = pause_left();
		cr_assert(left > pauses[i] - 900 && left <= pauses[i],
		    "%lld in place of %lld", (long long)left,
		    (long long)pauses[i]);
		cr_assert_not(take(&job), "its pause is not over");
		pass_time();
	}
	cr_assert(take(&job));
	OK(queue_done(redis, request, &job));
	must_be_empty();
}

Test(queue, an_attempt_that_is_returned_does_not_count)
{
	struct queue_job job;

	put("one");
	for (int i = 0; i < 3; i++) {
		cr_assert(take(&job));
		cr_assert_eq(job.attempt, 1);
		OK(queue_return(redis, request, &job));
		cr_assert_not(take(&job));
		pass_time();
	}
}

Test(queue, silence_gives_a_job_to_another)
{
	struct queue_job mine, theirs;
	bool found;

	put("one");
	cr_assert(take(&mine));
	cr_assert(pause_left() > QUEUE_LEASE - 900);
	OK(queue_take(other, request, QUEUE_CDR, &theirs, &found));
	cr_assert_not(found);
	pass_time();
	OK(queue_take(other, request, QUEUE_CDR, &theirs, &found));
	cr_assert(found);
	cr_assert_eq(theirs.attempt, 2);
	/* Who was taken for dead changes nothing any more. */
	OK(queue_done(redis, request, &mine));
	cr_assert_eq(depth(), 1);
	OK(queue_failed(redis, request, &mine));
	OK(queue_return(redis, request, &mine));
	cr_assert(pause_left() > QUEUE_LEASE - 900);
	OK(queue_done(other, request, &theirs));
	must_be_empty();
}

Test(queue, a_redis_that_forgot_all_takes_jobs_again)
{
	struct queue_job job;

	put("one");
	put("two");
	cr_assert(take(&job));
	number("FLUSHALL");
	OK(queue_done(redis, request, &job));
	OK(queue_failed(redis, request, &job));
	must_be_empty();
	put("one");
	cr_assert(take(&job));
	OK(queue_done(redis, request, &job));
	must_be_empty();
}

Test(queue, an_entry_that_is_gone_blocks_nothing)
{
	struct queue_job job;

	put("one");
	put("two");
	cr_assert(take(&job));
	number("XTRIM opbx:queue:cdr MAXLEN 1");
	pass_time();
	cr_assert(take(&job));
	cr_assert(str_is(job.key, "two"));
	OK(queue_done(redis, request, &job));
	put("one");
	cr_assert(take(&job), "nor its own key");
	cr_assert(str_is(job.key, "one"));
	OK(queue_done(redis, request, &job));
	must_be_empty();
}

Test(queue, fails_without_redis)
{
	struct queue_job job = {.queue = QUEUE_CDR};
	struct queue_depth all;
	bool found = true;
	struct buf out = buf_new(request, 64);

	servers_kill(&servers, SERVER_REDIS);
	cr_assert_not_null(queue_put(redis, request, QUEUE_CDR, 7, STR("one")));
	cr_assert_not_null(queue_take(redis, request, QUEUE_CDR, &job, &found));
	cr_assert_not(found);
	cr_assert_not_null(queue_done(redis, request, &job));
	cr_assert_not_null(queue_depth(redis, request, QUEUE_CDR, &all));
	queue_print(&out, redis, request);
	cr_assert_eq(buf_str(&out).n, 0);
}

Test(queue, is_measured)
{
	struct buf out = buf_new(request, 64);
	const char *text;

	put("one");
	queue_print(&out, redis, request);
	text = buf_str(&out).p;
	cr_assert_not_null(strstr(text, "opbx_queue_jobs{queue=\"cdr\"} 1\n"));
	cr_assert_not_null(
	    strstr(text, "opbx_queue_jobs{queue=\"cache\"} 0\n"));
	cr_assert_not_null(
	    strstr(text, "opbx_queue_age_seconds{queue=\"cache\"} 0.000\n"));
}
