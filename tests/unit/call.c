/*
 * A call as the router meets it: directions, outcomes, and the cursor that
 * travels with the carrier.
 */
#include "call.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
begin(void)
{
	pool = pool_new();
}

static void
end(void)
{
	pool_free(pool);
}

TestSuite(call, .init = begin, .fini = end);

Test(call, directions_by_name)
{
	static const char *const inside[] = {"subscriber", "outbound",
	    "internal", "Subscriber", "OUTBOUND", "Internal"};
	static const char *const applications[] = {
	    "outbound-api", "application", "Outbound-API", "APPLICATION"};

	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
		cr_assert_eq(direction_parse(str_of(inside[i])),
		    DIRECTION_SUBSCRIBER, "%s", inside[i]);
	for (size_t i = 0; i < sizeof applications / sizeof applications[0];
	     i++)
		cr_assert_eq(direction_parse(str_of(applications[i])),
		    DIRECTION_APPLICATION, "%s", applications[i]);
}

/* The direction that may do least. */
Test(call, every_other_direction_is_inbound)
{
	static const char *const other[] = {"inbound", "", "unknown",
	    "subscribers", "subscriber ", " subscriber", "sub-scriber",
	    "outbound_api", "outbound-dial", "outboundapi", "intern", "in",
	    "subscriber,inbound", "\xd1\x95ubscriber"};

	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		cr_assert_eq(direction_parse(str_of(other[i])),
		    DIRECTION_INBOUND, "%s", other[i]);
	cr_assert_eq(direction_parse(NO_STR), DIRECTION_INBOUND);
	cr_assert_eq(direction_parse((struct str){"subscriber\0x", 12}),
	    DIRECTION_INBOUND);
}

Test(call, direction_names_parse_back)
{
	for (int i = DIRECTION_INBOUND; i <= DIRECTION_APPLICATION; i++)
		cr_assert_eq(
		    direction_parse(str_of(direction_name((enum direction)i))),
		    (enum direction)i);
}

Test(call, outcomes_by_their_letters)
{
	static const struct {
		const char *text;
		enum outcome outcome;
	} words[] = {
	    {"answered", OUTCOME_ANSWERED},
	    {"completed", OUTCOME_ANSWERED},
	    {"Completed", OUTCOME_ANSWERED},
	    {"canceled", OUTCOME_CANCELED},
	    {"cancelled", OUTCOME_CANCELED},
	    {"CANCELED", OUTCOME_CANCELED},
	    {"busy", OUTCOME_BUSY},
	    {" b.u-s_y 1", OUTCOME_BUSY},
	    {"no-answer", OUTCOME_NO_ANSWER},
	    {"noanswer", OUTCOME_NO_ANSWER},
	    {"NO ANSWER", OUTCOME_NO_ANSWER},
	    {"No_Answer", OUTCOME_NO_ANSWER},
	    {"failed", OUTCOME_FAILED},
	    {"(failed)", OUTCOME_FAILED},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct str text = str_of(words[i].text);

		cr_assert_eq(outcome_parse(text, NO_STR), words[i].outcome,
		    "%s", words[i].text);
		cr_assert_eq(outcome_parse(NO_STR, text), words[i].outcome,
		    "%s", words[i].text);
	}
}

Test(call, other_words_are_no_outcome)
{
	static const char *const other[] = {"", "unknown", "in-progress",
	    "ringing", "queued", "initiated", "answer", "answeredx", "busybody",
	    "bus", "no", "fail", "complete", "486", "---",
	    "answeredansweredanswered", "b\xc3\xbcsy"};

	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		cr_assert_eq(outcome_parse(str_of(other[i]), NO_STR),
		    OUTCOME_NONE, "%s", other[i]);
	cr_assert_eq(outcome_parse(NO_STR, NO_STR), OUTCOME_NONE);
}

Test(call, dial_call_status_goes_first)
{
	cr_assert_eq(
	    outcome_parse(STR("busy"), STR("completed")), OUTCOME_BUSY);
	cr_assert_eq(
	    outcome_parse(STR("unknown"), STR("completed")), OUTCOME_NONE);
	cr_assert_eq(
	    outcome_parse(STR("muchtoolongtobeanoutcome"), STR("completed")),
	    OUTCOME_NONE);
	cr_assert_eq(
	    outcome_parse(STR(""), STR("completed")), OUTCOME_ANSWERED);
	cr_assert_eq(outcome_parse(STR(" - "), STR("completed")),
	    OUTCOME_ANSWERED, "no letters are no status");
}

static uint64_t
next(uint64_t *x)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return *x >> 33;
}

static struct cursor
any_cursor(uint64_t seed)
{
	static const char *const texts[] = {
	    NULL, "", "+442079460000", "sip:a@b\xff\x01"};
	struct cursor cursor = {0};
	uint64_t x = seed;

	cursor.stage = (enum stage)(next(&x) % (STAGE_LAST + 1));
	cursor.direction =
	    (enum direction)(next(&x) % (DIRECTION_APPLICATION + 1));
	cursor.node = next(&x) << (seed % 34);
	cursor.did = str_of(texts[next(&x) % 4]);
	cursor.mailbox = next(&x);
	cursor.forwarder = next(&x) % 3;
	cursor.position = (int)next(&x) - 1000;
	cursor.start = (int)(next(&x) % 50);
	cursor.external = str_of(texts[next(&x) % 4]);
	cursor.message = next(&x);
	cursor.announced = next(&x) % 2 != 0;
	cursor.entered = (int)(next(&x) % 65);
	cursor.trail_count = (size_t)(next(&x) % (TRAIL + 1));
	for (size_t i = 0; i < cursor.trail_count; i++) {
		cursor.trail[i].type =
		    (enum target_type)(next(&x) % (TARGET_HANGUP + 1));
		cursor.trail[i].id = next(&x);
	}
	cursor.expires = (int64_t)next(&x) - 1000000;
	return cursor;
}

static struct str
packed(struct cursor cursor)
{
	struct buf text = buf_new(pool, 256);
	struct pack pack = pack_writer(&text);

	cursor_pack(&pack, &cursor);
	cr_assert_not(pack.bad);
	return buf_str(&text);
}

static bool
unpack(struct str text, struct cursor *out)
{
	struct pack pack = pack_reader(pool, text);

	*out = (struct cursor){0};
	cursor_pack(&pack, out);
	return pack_done(&pack);
}

Test(call, cursors_come_back)
{
	struct cursor back;

	for (uint64_t seed = 0; seed < 2000; seed++) {
		struct cursor cursor = any_cursor(seed);

		cr_assert(unpack(packed(cursor), &back));
		cr_assert(str_equal(packed(cursor), packed(back)));
		cr_assert_eq(back.stage, cursor.stage);
		cr_assert_eq(back.direction, cursor.direction);
		cr_assert_eq(back.node, cursor.node);
		cr_assert(str_equal(back.did, cursor.did));
		cr_assert_eq(back.mailbox, cursor.mailbox);
		cr_assert_eq(back.forwarder, cursor.forwarder);
		cr_assert_eq(back.position, cursor.position);
		cr_assert_eq(back.start, cursor.start);
		cr_assert(str_equal(back.external, cursor.external));
		cr_assert_eq(back.message, cursor.message);
		cr_assert_eq(back.announced, cursor.announced);
		cr_assert_eq(back.entered, cursor.entered);
		cr_assert_eq(back.trail_count, cursor.trail_count);
		cr_assert_eq(back.expires, cursor.expires);
		for (size_t i = 0; i < back.trail_count; i++) {
			cr_assert_eq(back.trail[i].type, cursor.trail[i].type);
			cr_assert_eq(back.trail[i].id, cursor.trail[i].id);
		}
	}
}

Test(call, a_cut_cursor_is_bad)
{
	struct cursor back;

	for (uint64_t seed = 0; seed < 200; seed++) {
		struct str whole = packed(any_cursor(seed));

		for (size_t n = 0; n < whole.n; n++)
			cr_assert_not(unpack(str_cut(whole, 0, n), &back));
		cr_assert_not(
		    unpack(pool_printf(pool, "%.*s!", PSTR(whole)), &back));
	}
}

/* Whatever a flipped bit makes of it, the result is a cursor or none. */
Test(call, a_spoilt_cursor_stays_in_bounds)
{
	struct str whole = packed(any_cursor(7));
	char *bytes = pool_alloc(pool, whole.n);
	struct cursor back;

	for (size_t bit = 0; bit < whole.n * 8; bit++) {
		memcpy(bytes, whole.p, whole.n);
		bytes[bit / 8] ^= (char)(1 << (bit % 8));
		if (unpack((struct str){bytes, whole.n}, &back))
			cr_assert(str_equal(packed(back),
				      (struct str){bytes, whole.n}),
			    "one text for each cursor");
		cr_assert_leq(back.trail_count, TRAIL);
		cr_assert_leq(back.stage, STAGE_LAST);
		cr_assert_leq(back.direction, DIRECTION_APPLICATION);
	}
}

Test(call, more_trail_than_there_is_room_is_bad)
{
	struct cursor cursor = {.trail_count = TRAIL + 1}, back;
	struct buf text = buf_new(pool, 64);
	struct pack pack = pack_writer(&text);

	cursor_pack(&pack, &cursor);
	cr_assert(pack.bad);
	cr_assert_not(unpack(buf_str(&text), &back));
	cr_assert_eq(back.trail_count, 0);
}
