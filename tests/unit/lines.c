/* How many calls at once: several processes, with one Redis. */
#include "lines.h"

#include "clock.h"
#include "redis_setup.h"

enum { PROCESSES = 8, FEW = 3, MANY = 100 };

static struct lines *all[PROCESSES];
static int64_t now = INT64_C(1795356000000);
static int calls; /* that were made */

static void
start_all(void)
{
	start();
	for (int i = 0; i < PROCESSES; i++)
		all[i] = lines_new(process, connection(), NULL);
}

TestSuite(lines, .init = start_all, .fini = stop, .timeout = 60);

/* One more call, at this process. */
static bool
let_in(struct lines *lines, int most)
{
	struct call call = {
	    .key = pool_printf(request, "call %d", calls++), .now = now};
	bool yes = lines_allow(lines, request, 7, most, &call);

	lines_settle(lines, request, now);
	return yes;
}

static void
all_hang_up(void)
{
	struct reply reply;

	cr_assert_null(redis_call(redis, request, &reply, "DEL opbx:7:coming"));
}

/* Each handled a short call just now, and knows of no other. */
static void
each_knows_one(int most)
{
	for (int i = 0; i < PROCESSES; i++) {
		cr_assert(let_in(all[i], most));
		all_hang_up();
	}
	now += 100;
}

Test(lines, processes_that_had_just_counted_passed_the_limit)
{
	int good = 0;

	each_knows_one(FEW);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < PROCESSES; i++)
			good += let_in(all[i], FEW);
	cr_assert_eq(good, FEW, "%d calls for %d lines", good, FEW);
	all_hang_up();
	cr_assert(let_in(all[0], FEW));
}

/* At worst each of them lets in one, when all lines were taken in no time. */
Test(lines, many_lines_are_passed_by_one_call_a_process_at_most)
{
	int good = 0;

	each_knows_one(MANY);
	for (int i = 0; i < 2 * MANY; i++)
		good += let_in(all[0], MANY);
	cr_assert_eq(good, MANY);
	for (int round = 0; round < 3; round++)
		for (int i = 1; i < PROCESSES; i++)
			good += let_in(all[i], MANY);
	cr_assert_leq(good, MANY + PROCESSES - 1);
}

Test(lines, nobody_waits_while_most_of_many_lines_are_free)
{
	int64_t since;
	struct call call = {.key = STR("x")};

	cr_assert(let_in(all[0], MANY));
	servers_freeze(&servers, SERVER_REDIS);
	since = clock_monotonic();
	call.now = now + 100;
	cr_assert(lines_allow(all[0], request, 7, MANY, &call));
	cr_assert_lt(clock_monotonic() - since, 200000);
	servers_thaw(&servers, SERVER_REDIS);
}

Test(lines, a_request_that_comes_again_is_no_call_more)
{
	struct call call = {.key = STR("again"), .now = now};

	for (int i = 0; i < PROCESSES; i++)
		cr_assert(lines_allow(all[i], request, 7, 1, &call));
	cr_assert_not(let_in(all[0], 1));
}

/* Also in the same millisecond. */
Test(lines, calls_without_a_key_were_one_call)
{
	struct call call = {.now = now};
	int good = 0;

	for (int i = 0; i < 2 * PROCESSES; i++)
		good += lines_allow(all[i % PROCESSES], request, 7, FEW, &call);
	cr_assert_eq(good, FEW, "%d calls for %d lines", good, FEW);
}

Test(lines, no_limit_is_no_limit)
{
	servers_kill(&servers, SERVER_REDIS);
	for (int i = 0; i < 100; i++)
		cr_assert(let_in(all[i % PROCESSES], 0));
}
