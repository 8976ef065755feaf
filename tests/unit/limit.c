#include "limit.h"

#include "redis_setup.h"

static const int64_t noon = INT64_C(1795356000000);

TestSuite(limit, .init = start, .fini = stop, .timeout = 60);

static struct limits *
new_process(void)
{
	return limits_new(process, redis, "voice");
}

Test(limit, holds_within_a_minute)
{
	struct limits *limits = new_process();

	for (int i = 0; i < 5; i++)
		cr_expect(limits_allow(limits, 7, 5, noon + i));
	cr_expect_not(limits_allow(limits, 7, 5, noon + 5));
	cr_expect_not(limits_allow(limits, 7, 5, noon + 59999));
}

Test(limit, begins_anew_every_minute)
{
	struct limits *limits = new_process();

	cr_expect(limits_allow(limits, 7, 1, noon));
	cr_expect_not(limits_allow(limits, 7, 1, noon));
	cr_expect(limits_allow(limits, 7, 1, noon + 60000));
}

Test(limit, none_is_no_limit)
{
	struct limits *limits = new_process();

	for (int i = 0; i < 1000; i++)
		cr_expect(limits_allow(limits, 7, 0, noon));
}

Test(limit, tenants_are_counted_apart)
{
	struct limits *limits = new_process();

	for (uint64_t tenant = 1; tenant <= 5000; tenant++)
		cr_expect(limits_allow(limits, tenant, 1, noon));
	for (uint64_t tenant = 1; tenant <= 5000; tenant++)
		cr_expect_not(limits_allow(limits, tenant, 1, noon),
		    "tenant %d", (int)tenant);
}

Test(limit, processes_learn_of_each_other)
{
	struct limits *one = new_process(), *two = new_process();

	for (int i = 0; i < 8; i++)
		cr_expect(limits_allow(one, 7, 10, noon));
	limits_settle(one, request, noon + 300);
	cr_expect(limits_allow(two, 7, 10, noon + 300));
	limits_settle(two, request, noon + 600);
	cr_expect(limits_allow(two, 7, 10, noon + 600));
	cr_expect_not(limits_allow(two, 7, 10, noon + 600));
}

Test(limit, several_tenants_are_settled_at_once)
{
	struct limits *one = new_process(), *two = new_process();

	for (uint64_t tenant = 1; tenant <= 16; tenant++)
		for (uint64_t i = 0; i < tenant; i++)
			cr_expect(limits_allow(one, tenant, 20, noon));
	limits_settle(one, request, noon + 300);
	for (uint64_t tenant = 1; tenant <= 16; tenant++)
		cr_expect(limits_allow(two, tenant, 20, noon + 300));
	limits_settle(two, request, noon + 600);
	for (uint64_t tenant = 1; tenant <= 16; tenant++) {
		for (uint64_t i = tenant; i < 19; i++)
			cr_expect(limits_allow(two, tenant, 20, noon + 600));
		cr_expect_not(limits_allow(two, tenant, 20, noon + 600),
		    "tenant %d", (int)tenant);
	}
}

Test(limit, who_was_not_settled_is_so_next_time)
{
	struct limits *one = new_process(), *two = new_process();

	for (uint64_t tenant = 1; tenant <= 17; tenant++)
		cr_expect(limits_allow(one, tenant, 3, noon));
	limits_settle(one, request, noon + 300);
	cr_expect(limits_allow(one, 17, 3, noon + 300));
	limits_settle(one, request, noon + 300);
	cr_expect(limits_allow(two, 17, 3, noon + 300));
	limits_settle(two, request, noon + 600);
	cr_expect_not(limits_allow(two, 17, 3, noon + 600));
}

Test(limit, is_local_without_redis)
{
	struct limits *limits = new_process();

	servers_kill(&servers, SERVER_REDIS);
	for (int i = 0; i < 3; i++) {
		cr_expect(limits_allow(limits, 7, 3, noon + i * 300));
		limits_settle(limits, request, noon + i * 300);
	}
	cr_expect_not(limits_allow(limits, 7, 3, noon + 1000));
}
