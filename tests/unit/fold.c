/*
 * The fold of a call's events: the same row whatever their order and however
 * often they come, and what the row is.
 */
#include "fold_setup.h"

Test(fold, one_row_under_every_permutation_of_six_events_each_doubled)
{
	int order[SIX] = {0, 1, 2, 3, 4, 5}, tried = 0;
	struct pool *kept = pool_new();
	struct str first = pool_copy(kept, fold_in_order(order, SIX, 2));

	do {
		struct str other = fold_in_order(order, SIX, 2);

		cr_assert(str_equal(first, other), "%.*s\nis not\n%.*s",
		    PSTR(other), PSTR(first));
		pool_clear(pool);
		tried++;
	} while (next_permutation(order, SIX));
	cr_assert_eq(tried, 720);
	pool_free(kept);
}

/* All orders of twelve would be too many: the second of each anywhere. */
Test(fold, one_row_wherever_the_repeats_come)
{
	struct pool *kept = pool_new();
	int straight[SIX] = {0, 1, 2, 3, 4, 5};
	struct str first = pool_copy(kept, fold_in_order(straight, SIX, 1));
	uint64_t seed = 1;

	for (int round = 0; round < 5000; round++) {
		struct fold *fold = fold_new(pool, &facts);
		struct folded_call call;
		int order[TWELVE];

		for (int i = 0; i < TWELVE; i++)
			order[i] = i % SIX;
		for (int i = TWELVE - 1; i > 0; i--) {
			int kept_, j;

			seed = seed * UINT64_C(6364136223846793005) + 1;
			j = (int)((seed >> 33) % (uint64_t)(i + 1));
			kept_ = order[i];
			order[i] = order[j];
			order[j] = kept_;
		}
		for (int i = 0; i < TWELVE; i++) {
			struct call_event one =
			    event(six[order[i]], T0 + order[i] * INT64_C(1000));

			fold_add(fold, &one);
		}
		fold_result(fold, &call);
		cr_assert(str_equal(first, text_of(&call)), "round %d", round);
		pool_clear(pool);
	}
	pool_free(kept);
}

Test(fold, what_the_six_say)
{
	struct folded_call call = fold_of(six, SIX);

	cr_assert(call.exists);
	cr_assert_eq(call.state, CALL_COMPLETED);
	cr_assert(str_is(call.direction, "inbound"));
	cr_assert(str_is(call.from_number, "+12025550199"));
	cr_assert(str_is(call.to_number, "+12125550100"));
	cr_assert(str_is(call.caller_name, "Ann"));
	cr_assert_eq(call.did, 5);
	cr_assert_eq(call.extension, 1);
	cr_assert_eq(call.target.type, TARGET_EXTENSION);
	cr_assert_eq(call.started, INT64_C(1768089515449));
	cr_assert_eq(call.ringing, INT64_C(1768089516000));
	cr_assert_eq(call.answered, INT64_C(1768089520000));
	cr_assert_eq(call.ended, INT64_C(1768089551000));
	cr_assert_eq(call.duration, 33);
	cr_assert_eq(call.billed, 31);
	cr_assert_not(call.missed);
	cr_assert_eq(call.cdr_count, 1);
	cr_assert(str_is(call.cdrs[0].disposition, "answered"));
	cr_assert(str_is(call.cdrs[0].evidence->trunk, "7"));
	cr_assert(str_is(call.cdrs[0].evidence->cost, "0.0125"));
	cr_assert(
	    str_is(call.legs, "[{\"key\":\"1\",\"to\":\"1001\",\"state\":"
			      "\"completed\",\"extension_id\":1,\"started_at\":"
			      "\"2026-01-10T23:58:35.600Z\",\"ended_at\":"
			      "\"2026-01-10T23:59:11Z\"}]"),
	    "%.*s", PSTR(call.legs));
	cr_assert(str_is(call.steps,
		      "[{\"at\":\"2026-01-10T23:58:35.600Z\",\"text\":"
		      "\"own number +12125550100\"},{\"at\":"
		      "\"2026-01-10T23:58:35.600Z\",\"text\":\"ring 1001\","
		      "\"type\":\"extension\",\"id\":1}]"),
	    "%.*s", PSTR(call.steps));
}

/* -- State ----------------------------------------------------------------- */

#define SESSION(status)                                         \
	{                                                       \
		"session-update", "{\"status\":\"" status "\"}" \
	}
#define STATUS(status)                                           \
	{                                                        \
		"call-status", "{\"CallStatus\":\"" status "\"}" \
	}

Test(fold, the_first_status_of_a_call_answers_nothing)
{
	struct folded_call call = FOLD(INITIATED);

	cr_assert_eq(call.state, CALL_INITIATED);
	cr_assert_eq(call.answered, 0);
	cr_assert_eq(call.ended, 0);
	cr_assert_eq(call.duration, -1);
	call = FOLD(INITIATED, VOICE);
	cr_assert_eq(call.state, CALL_INITIATED);
	call = FOLD(INITIATED, SESSION("NEW"), SESSION("ringing"));
	cr_assert_eq(call.state, CALL_RINGING);
	call = FOLD(STATUS("in-progress"), SESSION("ringing"));
	cr_assert_eq(call.state, CALL_ANSWERED);
	call = FOLD(CONNECTED, SESSION("ringing"));
	cr_assert_eq(call.state, CALL_ANSWERED);
}

Test(fold, an_end_stays_and_the_stronger_counts)
{
	static const struct {
		struct said a, b;
		enum call_state state;
	} cases[] = {
	    {SESSION("noanswer"), SESSION("ringing"), CALL_NO_ANSWER},
	    {SESSION("busy"), SESSION("noanswer"), CALL_BUSY},
	    {SESSION("cancel"), SESSION("busy"), CALL_CANCELED},
	    {SESSION("error"), SESSION("noanswer"), CALL_NO_ANSWER},
	    {SESSION("nocredit"), SESSION("new"), CALL_FAILED},
	    {SESSION("connected"), SESSION("cancel"), CALL_COMPLETED},
	    {STATUS("completed"), STATUS("failed"), CALL_COMPLETED},
	    {STATUS("no-answer"), SESSION("processing"), CALL_NO_ANSWER},
	    {STATUS("canceled"), STATUS("busy"), CALL_CANCELED},
	    {SESSION("congestion"), SESSION("failed"), CALL_FAILED},
	    {SESSION("weather"), SESSION("ringing"), CALL_RINGING},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct folded_call one = FOLD(cases[i].a, cases[i].b);
		struct folded_call other = FOLD(cases[i].b, cases[i].a);

		cr_expect_eq(one.state, cases[i].state, "%zu: %s", i,
		    call_state_name(one.state));
		cr_expect_eq(other.state, cases[i].state, "%zu", i);
	}
}

Test(fold, the_disposition_overrules)
{
	static const struct {
		struct said cdr;
		enum call_state state;
		const char *disposition;
	} cases[] = {
	    {CDR_OF("ANSWER"), CALL_COMPLETED, "answered"},
	    {CDR_OF("CONNECTED"), CALL_COMPLETED, "answered"},
	    {CDR_OF("Answered"), CALL_COMPLETED, "answered"},
	    {CDR_OF("NO ANSWER"), CALL_NO_ANSWER, "no_answer"},
	    {CDR_OF("NOANSWER"), CALL_NO_ANSWER, "no_answer"},
	    {CDR_OF("BUSY"), CALL_BUSY, "busy"},
	    {CDR_OF("CANCEL"), CALL_CANCELED, "canceled"},
	    {CDR_OF("CONGESTION"), CALL_FAILED, "failed"},
	    {CDR_OF("ERROR"), CALL_FAILED, "failed"},
	    {CDR_OF("FAILED"), CALL_FAILED, "failed"},
	    /* Then the rest tells: it was answered. */
	    {CDR_OF("EXTERNAL"), CALL_COMPLETED, "unknown"},
	    {CDR_OF(""), CALL_COMPLETED, "unknown"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct folded_call call =
		    FOLD(VOICE, CONNECTED, COMPLETED, cases[i].cdr);

		cr_expect_eq(call.state, cases[i].state, "%zu: %s", i,
		    call_state_name(call.state));
		cr_expect(
		    str_is(call.cdrs[0].disposition, cases[i].disposition),
		    "%zu: %.*s", i, PSTR(call.cdrs[0].disposition));
		if (call.state != CALL_COMPLETED)
			cr_expect_eq(call.answered, 0, "%zu", i);
	}
}

Test(fold, a_call_that_never_asked_us_is_a_call)
{
	struct folded_call call = FOLD(CDR);

	cr_assert(call.exists);
	cr_assert(str_is(call.direction, "inbound"), "by the own number");
	cr_assert_eq(call.did, 5);
	cr_assert_eq(call.duration, 33);
	cr_assert(str_is(call.legs, "[]"));
	cr_assert(str_is(call.steps, "[]"));
	cr_assert_not(call.missed);
	call = FOLD(
	    {"session-update", "{\"status\":\"ringing\",\"callerId\":\"1001\","
			       "\"destination\":\"1002\"}"});
	cr_assert(str_is(call.direction, "internal"));
	cr_assert_eq(call.from_extension, 1);
	cr_assert_eq(call.extension, 2);
	cr_assert_eq(call.from_number.n, 0);
	call = FOLD(
	    {"session-update", "{\"status\":\"ringing\",\"callerId\":\"1001\","
			       "\"destination\":\"+442079460000\"}"});
	cr_assert(str_is(call.direction, "outbound"));
}

Test(fold, what_nobody_understands_is_no_call)
{
	static const struct said nothing[] = {
	    {"session-update", "{}"},
	    {"session-update", "{\"status\":7,\"callStartTime\":\"soon\"}"},
	    {"session-update", "[]"},
	    {"session-update", "null"},
	    {"session-update", ""},
	    {"cdr", "{\"a\":{\"b\":[1,2,3]}}"},
	    {"cdr", "{\"disposition\":"},
	    {"call-status", "{\"CallStatus\":null,\"To\":\"\"}"},
	    {"voice", "[1]"},
	    {"recording", "{}"},
	    {"call-initiated", "{\"Session\":\"token\"}"},
	    {"session-update", "{\"token\":\"t\",\"status\":7,"
			       "\"callStartTime\":\"soon\","
			       "\"disposition\":7,\"RecordingUrl\":null,"
			       "\"CallStatus\":[1,{\"a\":null}]}"},
	    {"cdr", "{\"token\":\"t\",\"status\":7,"
		    "\"callStartTime\":\"soon\","
		    "\"disposition\":7,\"RecordingUrl\":null,"
		    "\"CallStatus\":[1,{\"a\":null}]}"},
	    {"call-status", "{\"token\":\"t\",\"status\":7,"
			    "\"callStartTime\":\"soon\","
			    "\"CallStatus\":[1,{\"a\":null}]}"},
	    {"weather", "{\"status\":\"ringing\"}"},
	    {"", "{}"},
	};

	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		struct folded_call call = FOLD(nothing[i]);

		cr_expect_not(call.exists, "%zu", i);
		cr_expect_eq(call.cdr_count, 0, "%zu", i);
		cr_expect_eq(call.recording_count, 0, "%zu", i);
		call = FOLD(nothing[i], SESSION("ringing"));
		cr_expect_eq(call.state, CALL_RINGING, "%zu", i);
	}
}

/* -- Legs, misses ---------------------------------------------------------- */

#define BACK(outcome, more)                                             \
	{                                                               \
		"voice", "{\"at\":1768089540000,\"outcome\":\"" outcome \
			 "\"" more "}"                                  \
	}

Test(fold, a_call_that_nobody_took_was_missed)
{
	struct folded_call call =
	    FOLD(VOICE, BACK("no_answer", ",\"ends\":\"completed\""), CDR);

	cr_assert_eq(call.state, CALL_COMPLETED);
	cr_assert(call.missed);
	cr_assert_eq(call.extension, 1, "whom it rang");
	cr_assert(strstr(call.legs.p, "\"state\":\"no_answer\"") != NULL);
	call = FOLD(VOICE, BACK("canceled", ",\"missed\":true"));
	cr_assert(call.missed);
	call = FOLD(VOICE, CDR_OF("CANCEL"));
	cr_assert(call.missed);
	call = FOLD(VOICE);
	cr_assert_not(call.missed, "it rings");
	call = FOLD(VOICE, BACK("completed", ",\"ends\":\"completed\""), CDR);
	cr_assert_not(call.missed);
}

Test(fold, the_first_request_is_first_whatever_the_clock_says)
{
	/* Their hashes stand in either order. */
	for (char c = 'a'; c <= 'p'; c++) {
		struct str more = pool_printf(pool,
		    "{\"at\":1768089515500,\"outcome\":\"completed\","
		    "\"ends\":\"completed\",\"x\":\"%c\"}",
		    c);
		struct folded_call call =
		    FOLD({"voice", "{\"at\":1768089515500,\"first\":true,"
				   "\"direction\":\"inbound\",\"from\":\"1\","
				   "\"to\":\"2\",\"dial\":[\"1001\"]}"},
			{"voice", more.p});
		const struct json *legs;

		cr_assert_null(json_parse(pool, call.legs, &legs));
		cr_assert(str_is(json_text(json_get(json_at(legs, 0), "state")),
			      "completed"),
		    "%.*s", PSTR(call.legs));
	}
}

Test(fold, our_own_word_ends_a_call_that_nobody_else_ends)
{
	struct folded_call call =
	    FOLD(VOICE, BACK("no_answer", ",\"ends\":\"completed\""));

	cr_assert_eq(call.state, CALL_COMPLETED);
	cr_assert_eq(call.ended, INT64_C(1768089540000));
	call = FOLD(VOICE, BACK("canceled", ",\"ends\":\"canceled\""));
	cr_assert_eq(call.state, CALL_CANCELED);
	call =
	    FOLD(VOICE, BACK("canceled", ",\"ends\":\"canceled\""), CONNECTED);
	cr_assert_eq(call.state, CALL_COMPLETED);
}

#define RING_ALL                                                               \
	{                                                                      \
		"voice", "{\"at\":1768089516000,\"first\":true,\"direction\":" \
			 "\"inbound\",\"dial\":[\"1001\",\"1002\",\"1003\"],"  \
			 "\"target\":{\"type\":\"ring_group\",\"id\":3}}"      \
	}

Test(fold, who_of_a_group_took_it)
{
	struct folded_call call = FOLD(RING_ALL, CONNECTED);

	cr_assert(str_equal(call.legs,
		      STR("[{\"key\":\"1.1\",\"to\":\"1001\",\"state\":"
			  "\"ringing\",\"extension_id\":1,\"started_at\":"
			  "\"2026-01-10T23:58:36Z\"},{\"key\":\"1.2\",\"to\":"
			  "\"1002\",\"state\":\"ringing\",\"extension_id\":2,"
			  "\"started_at\":\"2026-01-10T23:58:36Z\"},{\"key\":"
			  "\"1.3\",\"to\":\"1003\",\"state\":\"ringing\","
			  "\"extension_id\":3,\"started_at\":"
			  "\"2026-01-10T23:58:36Z\"}]")),
	    "%.*s", PSTR(call.legs));
	/* The carrier does not say who. */
	call = FOLD(RING_ALL, BACK("completed", ""), COMPLETED);
	cr_assert_not(call.missed);
	cr_assert(strstr(call.legs.p, "\"state\"") == NULL);
	/* Its record does. */
	call = FOLD(RING_ALL, BACK("completed", ""),
	    {"cdr", "{\"disposition\":\"ANSWER\",\"subscriber\":\"1002\"}"});
	cr_assert_eq(call.extension, 2);
	cr_assert(
	    strstr(call.legs.p, "\"1002\",\"state\":\"completed\"") != NULL);
	cr_assert(
	    strstr(call.legs.p, "\"1003\",\"state\":\"canceled\"") != NULL);
}

#define CHILD(sid, to, status)                                              \
	{                                                                   \
		"call-status",                                              \
		    "{\"CallSid\":\"" sid "\",\"ParentCallSid\":\"token\"," \
		    "\"To\":\"" to "\",\"CallStatus\":\"" status "\"}"      \
	}

Test(fold, legs_of_the_carrier_join_those_we_dialled)
{
	struct folded_call call = FOLD(VOICE, CHILD("leg-1", "1001", "ringing"),
	    CHILD("leg-2", "+442079460000", "ringing"),
	    CHILD("leg-1", "1001", "completed"));
	const struct json *legs;

	cr_assert_eq(call.state, CALL_INITIATED, "a leg is not the call");
	cr_assert_null(json_parse(pool, call.legs, &legs));
	cr_assert_eq(json_count(legs), 2);
	cr_assert(
	    str_is(json_text(json_get(json_at(legs, 0), "key")), "leg-1"));
	cr_assert(str_is(
	    json_text(json_get(json_at(legs, 0), "state")), "completed"));
	cr_assert_eq(json_int(json_get(json_at(legs, 0), "extension_id")), 1);
	cr_assert(
	    str_is(json_text(json_get(json_at(legs, 1), "key")), "leg-2"));
	cr_assert_eq(call.extension, 1);
}

/* -- Recordings and messages ----------------------------------------------- */

#define MAILBOX                                                             \
	{                                                                   \
		"voice", "{\"at\":1768089530000,\"outcome\":\"no_answer\"," \
			 "\"decision\":\"voicemail\",\"mailbox\":1}"        \
	}
#define RECORDED(more)                                                    \
	{                                                                 \
		"recording",                                              \
		    "{\"RecordingUrl\":\"https://c.example/a.wav?sig=1\"" \
		    ",\"RecordingDuration\":\"12\"" more "}"              \
	}
#define LEFT                                                     \
	{                                                        \
		"voice", "{\"at\":1768089545000,\"recording\":"  \
			 "\"https://c.example/"                  \
			 "a.wav?sig=2\",\"ends\":\"completed\"}" \
	}

Test(fold, recordings_and_messages)
{
	struct folded_call call = FOLD(VOICE, RECORDED(""), CDR);

	cr_assert_eq(call.recording_count, 1);
	cr_assert_null(call.message);
	cr_assert_eq(call.recordings[0].seconds, 12);
	/* A message, told of twice. */
	for (int i = 0; i < 2; i++) {
		call = i == 0 ? FOLD(VOICE, MAILBOX, RECORDED(""), LEFT)
			      : FOLD(LEFT, RECORDED(""), MAILBOX, VOICE);
		cr_assert_eq(call.recording_count, 0);
		cr_assert_not_null(call.message);
		cr_assert_eq(call.message->mailbox, 1);
		cr_assert_eq(call.message->seconds, 12);
		cr_assert(
		    str_is(call.message->url, "https://c.example/a.wav?sig=1"));
	}
	/* By the address that we gave, and by the verb. */
	call = FOLD(VOICE, MAILBOX, RECORDED(",\"mailbox\":\"9\""));
	cr_assert_eq(call.message->mailbox, 9);
	call = FOLD(
	    VOICE, MAILBOX, RECORDED(",\"RecordingSource\":\"RecordVerb\""));
	cr_assert_eq(call.message->mailbox, 1);
	/* Not there yet, or never. */
	call = FOLD(VOICE, RECORDED(",\"RecordingStatus\":\"in-progress\""));
	cr_assert_eq(call.recording_count, 0);
	call = FOLD(VOICE, RECORDED(",\"RecordingStatus\":\"absent\""));
	cr_assert_eq(call.recording_count, 0);
	call = FOLD(VOICE, RECORDED(",\"RecordingStatus\":\"completed\""));
	cr_assert_eq(call.recording_count, 1);
	/* Of no call that is known. */
	call = FOLD(RECORDED(""));
	cr_assert_not(call.exists);
	cr_assert_eq(call.recording_count, 1);
}

Test(fold, the_record_names_the_same_recording)
{
	struct folded_call call = FOLD(VOICE, RECORDED(""),
	    {"cdr", "{\"disposition\":\"ANSWER\",\"recording_url\":"
		    "\"https://c.example/a.wav?sig=9\"}"});

	cr_assert_eq(call.recording_count, 1);
	call = FOLD(VOICE, RECORDED(""),
	    {"cdr", "{\"disposition\":\"ANSWER\",\"recording_url\":"
		    "\"https://c.example/b.wav\"}"});
	cr_assert_eq(call.recording_count, 2);
}

Test(fold, a_record_told_twice_in_other_words_is_two_unless_it_has_an_id)
{
	struct folded_call call =
	    FOLD({"cdr", "{\"id\":7,\"disposition\":\"BUSY\"}"},
		{"cdr", "{\"id\":7,\"disposition\":\"BUSY\",\"x\":1}"},
		{"cdr", "{\"disposition\":\"BUSY\"}"});

	cr_assert_eq(call.cdr_count, 2);
	cr_assert_eq(call.state, CALL_BUSY);
}

/* -- A property, on whatever comes ----------------------------------------- */

static uint64_t
random_below(uint64_t *seed, uint64_t most)
{
	*seed = *seed * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return (*seed >> 33) % most;
}

static struct said
random_said(uint64_t *seed)
{
	static const char *const kinds[] = {"voice", "cdr", "session-update",
	    "call-initiated", "call-status", "recording", "weather"};
	static const char *const names[] = {"at", "first", "from", "to",
	    "direction", "did", "dial", "outcome", "ends", "missed", "mailbox",
	    "recording", "CallStatus", "status", "disposition", "callStartTime",
	    "callAnswerTime", "callEndTime", "modifiedAt", "Timestamp",
	    "CallSid", "ParentCallSid", "To", "From", "callerId", "duration",
	    "billsec", "subscriber", "RecordingUrl", "id", "steps"};
	static const char *const values[] = {"null", "true", "false", "7",
	    "1768089515449", "1768089520", "\"1768089519000\"",
	    "\"2026-01-10T23:58:40Z\"", "\"\"", "\"ringing\"", "\"connected\"",
	    "\"busy\"", "\"NO ANSWER\"", "\"completed\"", "\"canceled\"",
	    "\"inbound\"", "\"subscriber\"", "\"1001\"", "\"+12125550100\"",
	    "\"token\"", "\"leg\"", "\"https://c.example/a\"",
	    "[\"1001\",\"1002\"]", "[{\"text\":\"a\"},{\"text\":\"b\"}]",
	    "[[[]]]", "{}", "-1e9", "99999999999999999999"};
	struct buf body = buf_new(pool, 256);
	size_t count = random_below(seed, 9);

	buf_add_char(&body, '{');
	for (size_t i = 0; i < count; i++)
		buf_printf(&body, "%s\"%s\":%s", i > 0 ? "," : "",
		    names[random_below(seed, sizeof names / sizeof *names)],
		    values[random_below(seed, sizeof values / sizeof *values)]);
	buf_add_char(&body, '}');
	return (struct said){
	    kinds[random_below(seed, sizeof kinds / sizeof *kinds)],
	    buf_str(&body).p};
}

Test(fold, whatever_comes_its_order_does_not_count)
{
	uint64_t seed = 20260110;

	for (int round = 0; round < 3000; round++) {
		size_t count = 1 + random_below(&seed, 9);
		struct call_event events[10];
		struct str first = NO_STR;

		for (size_t i = 0; i < count; i++)
			events[i] = event(random_said(&seed),
			    T0 + (int64_t)random_below(&seed, 5) * 1000);
		for (int shuffle = 0; shuffle < 8; shuffle++) {
			struct fold *fold = fold_new(pool, &facts);
			struct folded_call call;
			const struct json *json;

			for (size_t i = count - 1; i > 0; i--) {
				size_t j = random_below(&seed, i + 1);
				struct call_event kept = events[i];

				events[i] = events[j];
				events[j] = kept;
			}
			for (size_t i = 0; i < count; i++) {
				fold_add(fold, &events[i]);
				if (random_below(&seed, 3) == 0)
					fold_add(fold, &events[random_below(
							   &seed, count)]);
			}
			fold_result(fold, &call);
			if (shuffle == 0)
				first = text_of(&call);
			cr_assert(str_equal(first, text_of(&call)),
			    "round %d\n%.*s\nis not\n%.*s", round,
			    PSTR(text_of(&call)), PSTR(first));
			cr_assert_null(json_parse(pool, call.legs, &json));
			cr_assert_null(json_parse(pool, call.steps, &json));
			cr_assert(
			    call.ended == 0 || call_state_is_end(call.state));
		}
		pool_clear(pool);
	}
}
