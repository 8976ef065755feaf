#include "lock.h"

#include "crypto.h"
#include "servers.h"

#include <criterion/criterion.h>

static struct servers servers;
static struct pool *process, *request;
static struct redis *one, *two;

enum { ORGANIZATION = 7, OTHER = 8 };

static void
start(void)
{
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	servers = servers_new(SERVER_REDIS);
	process = pool_new();
	request = pool_new();
	one = redis_new(process, servers_conf(process, &servers, ""));
	two = redis_new(process, servers_conf(process, &servers, ""));
}

static void
stop(void)
{
	pool_free(request);
	pool_free(process);
	servers_free(&servers);
}

TestSuite(lock, .init = start, .fini = stop, .timeout = 60);

static struct reply
call(const char *command)
{
	struct reply reply;
	struct err *err = redis_call(one, request, &reply, command);

	cr_assert_null(err, "%s: %s", command, err->cause.p);
	return reply;
}

static struct lock
take(struct redis *redis, uint64_t organization, struct str token)
{
	struct lock lock = {.name = STR("call:a b")};
	struct err *err =
	    locks_take(redis, request, organization, token, &lock, 1);

	cr_assert_null(err, "%s", err->cause.p);
	return lock;
}

static void
release(struct redis *redis, struct str token, struct lock *lock)
{
	locks_release(redis, request, ORGANIZATION, token, lock, 1);
	/* It is not awaited: what follows it on its way is. */
	(void)redis_call(redis, request, &(struct reply){0}, "PING");
}

Test(lock, one_of_two_has_it)
{
	struct str mine = lock_token(request), theirs = lock_token(request);
	struct lock first = take(one, ORGANIZATION, mine), second;

	cr_assert(first.ours);
	cr_assert_not(str_equal(mine, theirs));
	second = take(two, ORGANIZATION, theirs);
	cr_assert_not(second.ours);
	cr_assert_geq(second.age, 0);
	cr_assert_leq(second.age, LOCK_MS);
	/* Not even he who has it takes it again. */
	cr_assert_not(take(one, ORGANIZATION, mine).ours);
	release(one, mine, &first);
	cr_assert_not(first.ours);
	cr_assert(take(two, ORGANIZATION, theirs).ours);
}

Test(lock, only_its_owner_releases_it)
{
	struct str mine = lock_token(request), theirs = lock_token(request);
	struct lock first = take(one, ORGANIZATION, mine);
	struct lock forged = {.name = first.name, .ours = true};

	release(two, theirs, &forged);
	cr_assert_not(take(two, ORGANIZATION, theirs).ours);
	/* Who has none has nothing to release. */
	forged = (struct lock){.name = first.name};
	release(two, mine, &forged);
	cr_assert_not(take(two, ORGANIZATION, theirs).ours);
}

Test(lock, who_comes_back_too_late_leaves_his_successor_alone)
{
	struct str mine = lock_token(request), theirs = lock_token(request);
	struct lock first = take(one, ORGANIZATION, mine), second;

	/* Its time is over. */
	cr_assert_eq(call("DEL opbx:7:lock:call:a").number, 0);
	cr_assert_eq(redis_call(one, request, &(struct reply){0}, "DEL %s",
			 "opbx:7:lock:call:a b"),
	    NULL);
	second = take(two, ORGANIZATION, theirs);
	cr_assert(second.ours);
	release(one, mine, &first);
	cr_assert_not(take(one, ORGANIZATION, mine).ours);
	release(two, theirs, &second);
	cr_assert(take(one, ORGANIZATION, mine).ours);
}

Test(lock, ends_by_itself)
{
	struct str mine = lock_token(request), theirs = lock_token(request);
	struct reply left, set;
	struct lock second;

	cr_assert(take(one, ORGANIZATION, mine).ours);
	cr_assert_null(
	    redis_call(one, request, &left, "PTTL %s", "opbx:7:lock:call:a b"));
	cr_assert_gt(left.number, LOCK_MS - 10000);
	cr_assert_leq(left.number, LOCK_MS);
	/* As if it had been taken ten seconds ago, and then for good. */
	cr_assert_null(redis_call(one, request, &set, "PEXPIRE %s %d",
	    "opbx:7:lock:call:a b", LOCK_MS - 10000));
	second = take(two, ORGANIZATION, theirs);
	cr_assert_not(second.ours);
	cr_assert_geq(second.age, 10000);
	cr_assert_null(redis_call(
	    one, request, &set, "PEXPIRE %s 1", "opbx:7:lock:call:a b"));
	usleep(20000);
	cr_assert(take(two, ORGANIZATION, theirs).ours);
}

Test(lock, many_at_once_each_by_itself)
{
	struct str mine = lock_token(request), theirs = lock_token(request);
	struct lock a[3] = {{.name = STR("call:1")}, {.name = STR("call:2")}};
	struct lock b[3] = {{.name = STR("call:2")}, {.name = STR("call:3")},
	    {.name = STR("call:1")}};

	cr_assert_null(locks_take(one, request, ORGANIZATION, mine, a, 2));
	cr_assert(a[0].ours && a[1].ours);
	cr_assert_null(locks_take(two, request, ORGANIZATION, theirs, b, 3));
	cr_assert(!b[0].ours && b[1].ours && !b[2].ours);
	locks_release(one, request, ORGANIZATION, mine, a, 2);
	cr_assert(str_is(call("PING").text, "PONG"));
	locks_release(two, request, ORGANIZATION, theirs, b, 3);
	cr_assert_null(redis_call(two, request, &(struct reply){0}, "PING"));
	cr_assert_eq(call("DBSIZE").number, 0);
}

Test(lock, tenants_do_not_meet)
{
	struct str mine = lock_token(request), theirs = lock_token(request);

	cr_assert(take(one, ORGANIZATION, mine).ours);
	cr_assert(take(two, OTHER, theirs).ours);
}

Test(lock, without_redis_nobody_has_any)
{
	struct str mine = lock_token(request);
	struct lock lock = take(one, ORGANIZATION, mine);
	struct err *err;

	servers_kill(&servers, SERVER_REDIS);
	err = locks_take(two, request, ORGANIZATION, mine, &lock, 1);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_assert_not(lock.ours);
	lock.ours = true;
	locks_release(one, request, ORGANIZATION, mine, &lock, 1);
	locks_release(two, request, ORGANIZATION, mine, &lock, 1);
}

Test(lock, a_redis_that_hangs_gives_none)
{
	struct str mine = lock_token(request);
	struct lock lock = take(one, ORGANIZATION, mine);

	servers_freeze(&servers, SERVER_REDIS);
	lock.ours = true;
	cr_assert_not_null(
	    locks_take(two, request, ORGANIZATION, mine, &lock, 1));
	cr_assert_not(lock.ours);
	servers_thaw(&servers, SERVER_REDIS);
}

Test(lock, more_than_go_together)
{
	struct str mine = lock_token(request);
	struct lock locks[21];

	for (int i = 0; i < 21; i++)
		locks[i] =
		    (struct lock){.name = pool_printf(request, "call:%d", i)};
	cr_assert_null(locks_take(one, request, ORGANIZATION, mine, locks, 21));
	cr_assert_eq(call("DBSIZE").number, 21);
	/* Some of them were another's all the time. */
	for (int i = 0; i < 21; i += 3)
		locks[i].ours = false;
	locks_release(one, request, ORGANIZATION, mine, locks, 21);
	cr_assert_eq(call("DBSIZE").number, 7);
	for (int i = 0; i < 21; i += 3)
		locks[i].ours = true;
	locks_release(one, request, ORGANIZATION, mine, locks, 21);
	cr_assert_eq(call("DBSIZE").number, 0);
	locks_release(one, request, ORGANIZATION, mine, locks, 0);
}
