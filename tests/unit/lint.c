#include "lint.h"

#include <criterion/criterion.h>

/* A tenant with whom nothing is wrong, changed by each test. */
static struct pool *pool;
static struct configuration c;
static struct configured_extension extensions[3];
static struct configured_did dids[2];
static struct ring_group groups[2];
static struct member members[2];
static struct lint result;

static struct target
to(enum target_type type, uint64_t id)
{
	return (struct target){type, id, NO_STR};
}

static void
setup(void)
{
	static const char *const numbers[] = {"1001", "1002", "1003"};

	pool = pool_new();
	c = (struct configuration){.now = INT64_C(1800000000000)};
	c.org.emergency_trunk = STR("main");
	for (uint64_t i = 0; i < 3; i++)
		extensions[i] = (struct configured_extension){
		    .x = {.id = 10 + i,
			.number = str_of(numbers[i]),
			.active = true}};
	dids[0] =
	    (struct configured_did){.x = {.id = 20,
					.number = STR("+12125550100"),
					.active = true,
					.proved = true,
					.target = to(TARGET_EXTENSION, 10)}};
	dids[1] =
	    (struct configured_did){.x = {.id = 21,
					.number = STR("+12125550101"),
					.active = true,
					.proved = true,
					.target = to(TARGET_RING_GROUP, 30)}};
	members[0] = (struct member){.extension_id = 11, .accepting = true};
	members[1] = (struct member){.extension_id = 12, .accepting = true};
	for (uint64_t i = 0; i < 2; i++)
		groups[i] = (struct ring_group){.id = 30 + i,
		    .name = i == 0 ? STR("Sales") : STR("Support"),
		    .active = true,
		    .member_count = 2,
		    .members = members};
	groups[0].fallback = to(TARGET_RING_GROUP, 31);
	c.caller_id = 20;
	c.extensions = extensions;
	c.extension_count = 3;
	c.dids = dids;
	c.did_count = 2;
	c.groups = groups;
	c.group_count = 2;
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(lint, .init = setup, .fini = teardown);

static void
must_be_clean(void)
{
	lint(pool, &c, &result);
	cr_assert_eq(result.count, 0, "%s: %.*s",
	    result.count > 0 ? lint_codes[result.findings[0].code] : "",
	    result.count > 0 ? (int)result.findings[0].reason.n : 0,
	    result.count > 0 ? result.findings[0].reason.p : "");
}

static const struct finding *
must_find(enum lint_code code, const char *type, uint64_t id)
{
	lint(pool, &c, &result);
	for (size_t i = 0; i < result.count; i++) {
		const struct finding *one = &result.findings[i];

		if (one->code != code)
			continue;
		cr_assert_str_eq(one->type, type);
		cr_assert_eq(one->id, id);
		return one;
	}
	cr_assert_fail("%s was not found", lint_codes[code]);
	return NULL;
}

Test(lint, finds_nothing_where_nothing_is_wrong)
{
	must_be_clean();
	c = (struct configuration){.now = 1};
	must_be_clean();
}

Test(lint, names_every_code)
{
	for (int i = 0; i < LINT_CODES; i++)
		cr_assert(lint_codes[i] != NULL && lint_codes[i][0] != '\0');
	cr_assert_null(lint_codes[LINT_CODES]);
}

Test(lint, tells_the_way_round)
{
	const struct finding *loop;

	groups[1].fallback = to(TARGET_RING_GROUP, 30);
	loop = must_find(LINT_LOOP, "ring_group", 30);
	cr_assert_eq(loop->severity, SEVERITY_ERROR);
	cr_assert(strstr(loop->reason.p,
		      "ring group Sales, ring group Support, ring group "
		      "Sales") != NULL,
	    "%s", loop->reason.p);
	cr_assert_eq(result.count, 1);
}

Test(lint, tells_two_circles_apart)
{
	groups[1].fallback = to(TARGET_RING_GROUP, 30);
	extensions[0].x.always = to(TARGET_EXTENSION, 11);
	extensions[1].x.always = to(TARGET_EXTENSION, 10);
	lint(pool, &c, &result);
	cr_assert_eq(result.errors, 2);
	cr_assert_eq(result.findings[0].code, LINT_LOOP);
	cr_assert_eq(result.findings[1].code, LINT_LOOP);
}

Test(lint, says_a_circle_once_and_not_what_leads_into_it)
{
	extensions[0].x.always = to(TARGET_EXTENSION, 11);
	extensions[1].x.always = to(TARGET_EXTENSION, 12);
	extensions[2].x.always = to(TARGET_EXTENSION, 10);
	groups[0].members = groups[1].members = NULL;
	groups[0].member_count = groups[1].member_count = 0;
	groups[0].active = groups[1].active = false;
	groups[1].fallback = to(TARGET_EXTENSION, 10);
	must_find(LINT_LOOP, "extension", 10);
	cr_assert_eq(result.count, 1);
}

Test(lint, knows_what_walks_no_more_for_inactive_ones)
{
	extensions[0].x.always = to(TARGET_EXTENSION, 11);
	extensions[1].x.always = to(TARGET_EXTENSION, 10);
	extensions[1].x.active = false;
	dids[0].x.target = to(TARGET_HANGUP, 0);
	lint(pool, &c, &result);
	for (size_t i = 0; i < result.count; i++)
		cr_assert_neq(result.findings[i].code, LINT_LOOP);
	must_find(LINT_DEAD_END, "extension", 10);
}

Test(lint, does_not_follow_a_busy_forward_behind_one_of_all_calls)
{
	extensions[0].x.always = to(TARGET_EXTENSION, 11);
	extensions[0].x.busy = to(TARGET_EXTENSION, 10);
	must_be_clean();
}

Test(lint, survives_what_is_gone)
{
	dids[0].x.target = to(TARGET_IVR_MENU, 99);
	must_find(LINT_NUMBER_WITHOUT_TARGET, "did", 20);
	groups[1].members[0].extension_id = 99;
	groups[1].members[1].extension_id = 98;
	must_find(LINT_EMPTY_GROUP, "ring_group", 30);
	c.caller_id = 99;
	must_find(LINT_EMERGENCY_WITHOUT_CALLER_ID, "settings", 0);
}

Test(lint, puts_errors_first)
{
	struct conference_room room = {.id = 40, .name = STR("R")};

	c.rooms = &room;
	c.room_count = 1;
	c.org.emergency_trunk = NO_STR;
	lint(pool, &c, &result);
	cr_assert_eq(result.count, 2);
	cr_assert_eq(result.errors, 1);
	cr_assert_eq(result.warnings, 1);
	cr_assert_eq(result.findings[0].code, LINT_EMERGENCY_WITHOUT_TRUNK);
	cr_assert_eq(result.findings[1].code, LINT_UNREACHABLE);
}

Test(lint, ends_in_a_chain_as_long_as_the_configuration)
{
	enum { LONG = 50000 };
	struct configured_extension *chain =
	    NEW_ARRAY(pool, struct configured_extension, LONG);

	for (uint64_t i = 0; i < LONG; i++)
		chain[i] = (struct configured_extension){
		    .x = {.id = i + 1,
			.number = pool_printf(
			    pool, "%llu", 100000ULL + (unsigned long long)i),
			.type = EXTENSION_FORWARD,
			.active = true,
			.target = to(TARGET_EXTENSION, i + 2)}};
	c.extensions = chain;
	c.extension_count = LONG;
	c.group_count = 0;
	c.did_count = 1;
	dids[0].x.target = to(TARGET_EXTENSION, 1);
	/* Nobody at its end: every link of it leads nowhere. */
	chain[LONG - 1].x.target = to(TARGET_EXTENSION, LONG + 1);
	must_find(LINT_NUMBER_WITHOUT_TARGET, "did", 20);
	cr_assert_eq(result.errors, LONG + 1);
	/* Somebody at its end. */
	chain[LONG - 1].x.type = EXTENSION_USER;
	chain[LONG - 1].x.target = to(TARGET_NONE, 0);
	must_be_clean();
	/* A circle of all. */
	chain[LONG - 1].x.always = to(TARGET_EXTENSION, 1);
	must_find(LINT_LOOP, "extension", 1);
	cr_assert_eq(result.count, 1);
}
