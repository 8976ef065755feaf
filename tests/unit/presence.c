#include "presence.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
open_pool(void)
{
	pool = pool_new();
}

static void
close_pool(void)
{
	pool_free(pool);
}

TestSuite(presence, .init = open_pool, .fini = close_pool);

/* "ringing:2 3 talking:1" */
static const char *
of(enum call_state state, uint64_t from, uint64_t extension, const char *legs)
{
	struct presence_sides sides;
	struct buf out = buf_new(pool, 64);
	const struct json *json;

	cr_assert_null(json_parse(pool, str_of(legs), &json));
	presence_of_call(state, from, extension, json, &sides);
	buf_add_text(&out, "ringing:");
	for (size_t i = 0; i < sides.ringing_count; i++)
		buf_printf(
		    &out, "%s%d", i > 0 ? " " : "", (int)sides.ringing[i]);
	buf_add_text(&out, " talking:");
	for (size_t i = 0; i < sides.talking_count; i++)
		buf_printf(
		    &out, "%s%d", i > 0 ? " " : "", (int)sides.talking[i]);
	return buf_str(&out).p;
}

static const char ring_two[] =
    "[{\"extension_id\": 2, \"state\": \"ringing\"},"
    " {\"extension_id\": 3, \"state\": \"ringing\"}]";

Test(presence, who_is_rung_and_who_calls)
{
	cr_assert_str_eq(
	    of(CALL_INITIATED, 1, 2, ring_two), "ringing:2 3 talking:1");
	cr_assert_str_eq(
	    of(CALL_RINGING, 0, 2, ring_two), "ringing:2 3 talking:");
	cr_assert_str_eq(of(CALL_RINGING, 0, 2, "[]"), "ringing:2 talking:");
	cr_assert_str_eq(of(CALL_INITIATED, 0, 2, "[]"), "ringing: talking:");
}

Test(presence, of_a_group_that_was_answered_one_talks)
{
	cr_assert_str_eq(
	    of(CALL_ANSWERED, 0, 2, ring_two), "ringing: talking:2");
	cr_assert_str_eq(
	    of(CALL_ANSWERED, 1, 3,
		"[{\"extension_id\": 2, \"state\": \"canceled\"},"
		" {\"extension_id\": 3, \"state\": \"answered\"}]"),
	    "ringing: talking:1 3");
	cr_assert_str_eq(of(CALL_ANSWERED, 0, 2, "[]"), "ringing: talking:2");
}

Test(presence, who_had_a_turn_and_did_not_answer_is_free)
{
	/* The caller talks to a mailbox. */
	cr_assert_str_eq(
	    of(CALL_ANSWERED, 0, 2,
		"[{\"extension_id\": 2, \"state\": \"no_answer\"}]"),
	    "ringing: talking:");
	cr_assert_str_eq(of(CALL_RINGING, 0, 2,
			     "[{\"extension_id\": 2, \"state\": \"busy\"},"
			     " {\"extension_id\": 3, \"state\": \"ringing\"}]"),
	    "ringing:3 talking:");
}

Test(presence, nobody_is_in_a_call_that_is_over)
{
	static const enum call_state ends[] = {CALL_COMPLETED, CALL_CANCELED,
	    CALL_BUSY, CALL_NO_ANSWER, CALL_FAILED};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		cr_assert_str_eq(
		    of(ends[i], 1, 2, ring_two), "ringing: talking:");
}

Test(presence, nonsense_is_nobody)
{
	cr_assert_str_eq(of(CALL_RINGING, 0, 0, "{}"), "ringing: talking:");
	cr_assert_str_eq(of(CALL_RINGING, 0, 0,
			     "[1, null, {\"state\": \"ringing\"},"
			     " {\"extension_id\": \"x\"}]"),
	    "ringing: talking:");
	cr_assert_str_eq(
	    of(CALL_INITIATED, 1, 1,
		"[{\"extension_id\": 1, \"state\": \"answered\"}]"),
	    "ringing: talking:1");
}
