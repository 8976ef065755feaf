/*
 * One event as evidence: what carriers write in many ways is one thing here,
 * and what nobody understands says nothing.
 */
#include "evidence.h"

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

TestSuite(evidence, .init = begin, .fini = end);

#define NOW INT64_C(1768089515000)

static struct evidence
read(const char *kind, const char *body)
{
	const struct call_event event = {
	    .kind = str_of(kind),
	    .call_key = STR("token"),
	    .hash = STR("hash"),
	    .received = NOW,
	    .body = str_of(body),
	};
	struct evidence out;

	evidence_read(pool, &event, &out);
	return out;
}

Test(evidence, states_by_their_letters)
{
	static const struct {
		const char *word;
		enum call_state state;
	} words[] = {
	    {"NEW", CALL_INITIATED},
	    {"processing", CALL_INITIATED},
	    {"ringing", CALL_RINGING},
	    {"connected", CALL_ANSWERED},
	    {"in-progress", CALL_ANSWERED},
	    {"ANSWER", CALL_ANSWERED},
	    {"completed", CALL_COMPLETED},
	    {"no-answer", CALL_NO_ANSWER},
	    {"NO ANSWER", CALL_NO_ANSWER},
	    {"noanswer", CALL_NO_ANSWER},
	    {"cancelled", CALL_CANCELED},
	    {"CANCEL", CALL_CANCELED},
	    {"busy", CALL_BUSY},
	    {"nocredit", CALL_FAILED},
	    {"CONGESTION", CALL_FAILED},
	    {"external", CALL_UNKNOWN},
	    {"unknown", CALL_UNKNOWN},
	    {"", CALL_UNKNOWN},
	    {"7", CALL_UNKNOWN},
	    {"answered by a machine in the end", CALL_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		cr_expect_eq(call_state_parse(str_of(words[i].word)),
		    words[i].state, "%s", words[i].word);
	for (enum call_state s = CALL_INITIATED; s <= CALL_FAILED; s++)
		cr_expect_eq(call_state_parse(str_of(call_state_name(s))), s);
}

Test(evidence, times_in_every_form)
{
	static const struct {
		const char *text;
		int64_t instant;
	} times[] = {
	    {"1768089515449", INT64_C(1768089515449)},
	    {"\"1768089515449\"", INT64_C(1768089515449)},
	    {"1768089515", INT64_C(1768089515000)},
	    {"\"2026-01-10T23:58:35.449Z\"", INT64_C(1768089515449)},
	    {"\"2026-01-11 00:58:35+01:00\"", INT64_C(1768089515000)},
	    {"\"Sat, 10 Jan 2026 23:58:35 +0000\"", INT64_C(1768089515000)},
	    {"\"Sat, 10 Jan 2026 18:58:35 -0500\"", INT64_C(1768089515000)},
	    {"\"10 Jan 2026 23:58:35\"", INT64_C(1768089515000)},
	    {"\"10 Jan 2026 23:58:35 GMT\"", INT64_C(1768089515000)},
	    {"0", 0},
	    {"null", 0},
	    {"-1", 0},
	    {"7", 0},
	    {"true", 0},
	    {"\"soon\"", 0},
	    {"\"Sat, 10 Foo 2026 23:58:35 +0000\"", 0},
	    {"\"Sat, 41 Jan 2026 23:58:35 +0000\"", 0},
	    {"\"Sat, 10 Jan 2026 25:58:35 +0000\"", 0},
	    {"\"Sat, 10 Jan 2026 23:58 +0000\"", 0},
	    {"\"Sat, \"", 0},
	    {"\"1999-12-31T23:59:59Z\"", 0},
	    {"\"2100-01-01T00:00:00Z\"", 0},
	    {"9223372036854775807", 0},
	    {"99999999999999999999999", 0},
	};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct evidence e = read("session-update",
		    pool_printf(pool,
			"{\"status\":\"ringing\",\"callStartTime\":%s}",
			times[i].text)
			.p);

		cr_expect_eq(e.start, times[i].instant, "%s: %lld",
		    times[i].text, (long long)e.start);
	}
}

Test(evidence, a_session_as_it_is_sent)
{
	struct evidence e = read("session-update",
	    "{\"id\":1,\"token\":\"token\",\"status\":\"connected\","
	    "\"direction\":\"Incoming\",\"callerId\":\"972546982826\","
	    "\"destination\":\"1004\",\"domain\":{\"name\":\"a\"},"
	    "\"callStartTime\":1768089515449,\"callAnswerTime\":0,"
	    "\"callEndTime\":null,\"modifiedAt\":\"2026-01-10T23:58:40Z\","
	    "\"profile\":{\"callId\":[\"x\"],\"From\":\"no\"}}");

	cr_assert_eq(e.kind, EVIDENCE_SESSION);
	cr_assert_eq(e.state, CALL_ANSWERED);
	cr_assert_not(e.ended);
	cr_assert(str_is(e.from, "972546982826"));
	cr_assert(str_is(e.to, "1004"));
	cr_assert(str_is(e.direction, "inbound"));
	cr_assert_eq(e.answer, 0);
	cr_assert_eq(e.maybe_answer, INT64_C(1768089520000));
	cr_assert_eq(e.end, 0);
	e = read("session-update",
	    "{\"status\":\"processing\",\"callEndTime\":1768089520000}");
	cr_assert(e.ended);
	cr_assert_eq(e.state, CALL_INITIATED);
}

Test(evidence, directions)
{
	static const struct {
		const char *word, *direction;
	} words[] = {
	    {"Inbound", "inbound"},
	    {"incoming", "inbound"},
	    {"internal", "internal"},
	    {"OUTBOUND-API", "outbound"},
	    {"outgoing", "outbound"},
	    {"application", "outbound"},
	    {"subscriber", ""},
	    {"sideways", ""},
	    {"", ""},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct evidence e = read("call-status",
		    pool_printf(pool,
			"{\"CallStatus\":\"ringing\",\"Direction\":\"%s\"}",
			words[i].word)
			.p);

		cr_expect(str_is(e.direction, words[i].direction), "%s",
		    words[i].word);
	}
}

Test(evidence, only_a_child_is_a_leg)
{
	static const struct {
		const char *ids;
		bool leg;
	} cases[] = {
	    {"\"CallSid\":\"token\"", false},
	    {"\"CallSid\":\"x@host\",\"Session\":\"token\"", false},
	    {"\"CallSid\":\"x\",\"ParentCallSid\":\"token\"", true},
	    {"\"CallSid\":\"x\",\"ParentCallSid\":\"other\"", false},
	    {"\"CallSid\":\"token\",\"ParentCallSid\":\"token\"", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct evidence e = read("call-status",
		    pool_printf(
			pool, "{%s,\"CallStatus\":\"ringing\"}", cases[i].ids)
			.p);

		cr_expect_eq(e.leg.n > 0, cases[i].leg, "%zu", i);
	}
}

Test(evidence, costs_and_seconds_that_a_row_takes)
{
	static const struct {
		const char *cost, *read;
	} costs[] = {
	    {"0.0125", "0.0125"},
	    {"\"3\"", "3"},
	    {"null", ""},
	    {"-1", ""},
	    {"1e9", ""},
	    {"\"NaN\"", ""},
	    {"\"1.\"", ""},
	    {"\".5\"", ""},
	    {"12345678", ""},
	    {"\"1.2.3\"", ""},
	};

	for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
		struct evidence e = read(
		    "cdr", pool_printf(pool,
			       "{\"disposition\":\"BUSY\",\"rated_cost\":%s,"
			       "\"duration\":\"33.7\",\"billsec\":-4}",
			       costs[i].cost)
			       .p);

		cr_expect(str_is(e.cost, costs[i].read), "%s", costs[i].cost);
		cr_expect_eq(e.duration, 33);
		cr_expect_eq(e.billed, -1);
	}
}

Test(evidence, a_decision_as_it_is_left_behind)
{
	struct evidence e = read("voice",
	    "{\"at\":1768089515600,\"first\":true,\"from\":\"1001\","
	    "\"to\":\"911\",\"direction\":\"outbound\",\"extension\":4,"
	    "\"target\":{\"type\":\"external\",\"number\":\"911\"},"
	    "\"decision\":\"emergency\",\"dial\":[\"911\"],\"outside\":true,"
	    "\"emergency\":true,\"steps\":[{\"text\":\"a\"},"
	    "{\"text\":\"b\",\"type\":\"did\",\"id\":3}]}");

	cr_assert_eq(e.kind, EVIDENCE_VOICE);
	cr_assert_eq(e.start, INT64_C(1768089515600));
	cr_assert_eq(e.voice->caller, 4);
	cr_assert_eq(e.voice->target.type, TARGET_EXTERNAL);
	cr_assert_eq(e.voice->dialled_count, 1);
	cr_assert(e.voice->outside && e.voice->emergency && e.voice->first);
	cr_assert_eq(e.voice->step_count, 2);
	cr_assert_eq(e.voice->steps[1].id, 3);
	/* What SQL would refuse of it is left out. */
	e = read("voice",
	    "{\"at\":1768089515600,\"direction\":\"up\","
	    "\"target\":{\"type\":\"extension\"},\"ends\":\"ringing\","
	    "\"outcome\":\"completed\",\"steps\":[1,{}]}");
	cr_assert_eq(e.voice->target.type, TARGET_NONE);
	cr_assert_eq(e.voice->ends, CALL_UNKNOWN);
	cr_assert_eq(e.voice->outcome, CALL_ANSWERED);
	cr_assert_eq(e.direction.n, 0U);
	e = read("voice",
	    "{\"target\":{\"type\":\"moon\",\"id\":7},\"dial\":{\"x\":1}}");
	cr_assert_eq(e.voice->target.type, TARGET_NONE);
	cr_assert_eq(e.voice->dialled_count, 0);
	cr_assert_eq(e.at, NOW);
}

Test(evidence, long_texts_are_cut_and_long_addresses_are_none)
{
	char body[8000], text[4000];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	snprintf(body, sizeof body,
	    "{\"CallStatus\":\"ringing\",\"From\":\"%s\"}", text);
	cr_assert_eq(read("call-status", body).from.n, 255U);
	snprintf(body, sizeof body, "{\"RecordingUrl\":\"https://%s\"}", text);
	cr_assert_eq(read("recording", body).recording.n, 0U);
}
