#include "trial.h"
#include "buf.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct pool *pool;
static struct trial_plan plan;

static void
setup(void)
{
	pool = pool_new();
	plan = (struct trial_plan){
	    .base = STR("http://here"),
	    .domain = STR("acme.example"),
	    .key = STR("the-key"),
	    .from = STR("+12025550199"),
	    .to = STR("+12125550100"),
	    .direction = STR("inbound"),
	    .session = STR("s1"),
	    .audio = STR("https://files/1.wav"),
	    .began = 1795388772000,
	};
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(trial, .init = setup, .fini = teardown);

#define BACK "action=\"http://here/cgi-bin/voice?cursor=1\" method=\"POST\""
#define DOCUMENT(verbs) "<Response>" verbs "</Response>"

/*
 * Runs the call; `voice` answers with the documents in turn, the last one for
 * ever.  What was asked of it, in order.
 */
static const char *
run(struct trial **trial, const char *const *documents)
{
	struct buf asked = buf_new(pool, 256);
	struct trial_request request;
	size_t n = 0;

	*trial = trial_new(pool, &plan);
	while (trial_next(*trial, plan.began, &request)) {
		if (request.event != NULL) {
			trial_told(*trial, plan.began, 200, 0, STR("{}"));
			continue;
		}
		trial_told(*trial, plan.began, 200, 0, str_of(documents[n]));
		n += documents[n + 1] != NULL;
		buf_printf(&asked, "[%.*s]",
		    PSTR((*trial)->legs[(*trial)->leg_count - 1].sent));
	}
	return buf_str(&asked).p;
}

#define RUN(trial, ...) run(&(trial), (const char *const[]){__VA_ARGS__, NULL})

/* The kinds of what was told, in order. */
static const char *
told(const struct trial *trial)
{
	struct buf text = buf_new(pool, 256);

	for (size_t i = 0; i < trial->event_count; i++)
		buf_printf(&text, "%s%.*s", i > 0 ? " " : "",
		    PSTR(trial->events[i].kind));
	return buf_str(&text).p;
}

static bool
record_says(const struct trial *trial, const char *text)
{
	const struct trial_event *last = &trial->events[trial->event_count - 1];

	return strstr(last->body.p, text) != NULL;
}

Test(trial, each_end_of_a_dial_is_the_carriers_word)
{
	static const struct {
		const char *answer, *asked, *disposition;
	} ends[] = {
	    {"", "[][DialCallStatus=completed]", "\"ANSWER\""},
	    {"answer=2", "[][DialCallStatus=completed]", "\"ANSWER\""},
	    {"busy", "[][DialCallStatus=busy]", "\"BUSY\""},
	    {"no-answer", "[][DialCallStatus=no-answer]", "\"NOANSWER\""},
	    {"failed", "[][DialCallStatus=failed]", "\"FAILED\""},
	    {"canceled", "[][DialCallStatus=canceled]", "\"CANCEL\""},
	};
	struct trial *trial;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		plan.answer = str_of(ends[i].answer);
		cr_expect_str_eq(
		    RUN(trial,
			DOCUMENT("<Dial " BACK "><Number>1001</Number>"
				 "<Number>1002</Number></Dial>"),
			DOCUMENT("<Hangup/>")),
		    ends[i].asked);
		cr_expect(record_says(trial, ends[i].disposition), "%s",
		    ends[i].answer);
	}
}

Test(trial, the_last_word_stands_for_the_dials_that_follow)
{
	struct trial *trial;

	plan.answer = STR("busy,no-answer");
	cr_expect_str_eq(
	    RUN(trial, DOCUMENT("<Dial " BACK "><Number>1</Number></Dial>"),
		DOCUMENT("<Dial " BACK "><Number>2</Number></Dial>"),
		DOCUMENT("<Dial " BACK "><Number>3</Number></Dial>"),
		DOCUMENT("<Hangup/>")),
	    "[][DialCallStatus=busy][DialCallStatus=no-answer]"
	    "[DialCallStatus=no-answer]");
}

Test(trial, keys_are_taken_as_the_gather_wants_them)
{
	static const char gather[] =
	    DOCUMENT("<Gather " BACK " finishOnKey=\"#\" numDigits=\"4\" "
		     "actionOnEmptyResult=\"true\"><Say>Key!</Say></Gather>");
	struct trial *trial;

	plan.digits = STR("12#34,,99999");
	cr_expect_str_eq(
	    RUN(trial, gather, gather, gather, gather, DOCUMENT("<Hangup/>")),
	    "[][Digits=12][Digits=][Digits=9999][Digits=]");
	/* Words were heard: the call was answered. */
	cr_expect(record_says(trial, "\"ANSWER\""));
}

Test(trial, silence_falls_through_to_the_next_verb)
{
	struct trial *trial;

	cr_expect_str_eq(
	    RUN(trial,
		DOCUMENT("<Gather " BACK "/><Redirect method=\"POST\">"
			 "http://here/cgi-bin/voice?cursor=2</Redirect>"),
		DOCUMENT("<Hangup/>")),
	    "[][]");
}

Test(trial, a_message_is_recorded_or_not)
{
	static const char record[] = DOCUMENT(
	    "<Record " BACK
	    " recordingStatusCallback=\"http://here/cgi-bin/webhook/recording\""
	    "/><Hangup/>");
	struct trial *trial;

	cr_expect_str_eq(RUN(trial, record, DOCUMENT("<Hangup/>")), "[]");
	cr_expect_null(strstr(told(trial), "recording"));
	plan.speech = 7;
	cr_expect_str_eq(RUN(trial, record, DOCUMENT("<Hangup/>")),
	    "[][RecordingUrl=https://files/1.wav?session=s1]");
	cr_expect_not_null(strstr(told(trial), "recording"));
}

Test(trial, events_come_in_their_order_and_once)
{
	struct trial *trial;

	RUN(trial, DOCUMENT("<Dial " BACK "><Number>1</Number></Dial>"),
	    DOCUMENT("<Hangup/>"));
	cr_expect_str_eq(told(trial),
	    "call-initiated session-update session-update session-update "
	    "call-status cdr");
	for (size_t i = 0; i < trial->event_count; i++) {
		cr_expect_eq(trial->events[i].sent, 1);
		cr_expect_eq(trial->events[i].taken, 1);
	}
}

Test(trial, repeated_and_shuffled_events_come_after_the_call)
{
	struct trial *trial = trial_new(pool, &plan);
	struct trial_request request;
	struct buf order = buf_new(pool, 256);
	size_t events = 0;

	plan.repeat = 2;
	plan.shuffle = 7;
	trial = trial_new(pool, &plan);
	while (trial_next(trial, plan.began, &request)) {
		events += request.event != NULL;
		cr_assert(request.event == NULL || trial->ends.p != NULL);
		buf_printf(&order, "%.*s ",
		    request.event != NULL ? (int)request.event->kind.n : 0,
		    request.event != NULL ? request.event->kind.p : "");
		trial_told(trial, plan.began, 200, 0,
		    STR(DOCUMENT("<Dial><Number>1</Number></Dial>")));
	}
	cr_expect_eq(events, 2 * trial->event_count);
	for (size_t i = 0; i < trial->event_count; i++)
		cr_expect_eq(trial->events[i].taken, 2);
	cr_expect_null(strstr(order.p, "call-initiated call-initiated "
				       "session-update session-update"));
}

Test(trial, what_was_not_taken_comes_again_when_it_is_due)
{
	struct trial *trial = trial_new(pool, &plan);
	struct trial_request request;
	int64_t now = plan.began;

	cr_assert(trial_next(trial, now, &request));
	cr_assert(str_is(request.event->kind, "call-initiated"));
	trial_told(trial, now, 503, 5, STR(""));
	/* Who calls does not wait for it. */
	cr_assert(trial_next(trial, now, &request));
	cr_assert_null(request.event);
	trial_told(trial, now, 200, 0, STR(DOCUMENT("<Hangup/>")));
	while (trial_next(trial, now, &request)) {
		if (str_is(request.event->kind, "call-initiated")) {
			cr_expect_eq(request.due, plan.began + 5000);
			cr_expect_eq(request.event->sent, 2);
		}
		now = request.due > now ? request.due : now;
		trial_told(trial, now, 200, 0, STR("{}"));
	}
	cr_expect_eq(trial->events[0].taken, 1);
	cr_expect_eq(trial->events[0].status, 200);
}

Test(trial, what_was_refused_does_not_come_again)
{
	struct trial *trial = trial_new(pool, &plan);
	struct trial_request request;

	while (trial_next(trial, plan.began, &request))
		trial_told(trial, plan.began, request.event != NULL ? 401 : 200,
		    0, STR(DOCUMENT("<Hangup/>")));
	for (size_t i = 0; i < trial->event_count; i++) {
		cr_expect_eq(trial->events[i].sent, 1);
		cr_expect_eq(trial->events[i].taken, 0);
	}
}

Test(trial, an_event_is_given_up_in_the_end)
{
	struct trial *trial;
	struct trial_request request;
	int64_t now = plan.began;

	plan.patience = 3;
	plan.told = STR("cdr");
	trial = trial_new(pool, &plan);
	while (trial_next(trial, now, &request)) {
		now = request.due > now ? request.due : now;
		trial_told(trial, now, request.event != NULL ? 0 : 200, 0,
		    STR(DOCUMENT("<Hangup/>")));
	}
	cr_assert_eq(trial->event_count, 1);
	cr_expect_eq(trial->events[0].sent, 3);
	cr_expect_eq(trial->events[0].taken, 0);
}

Test(trial, a_circle_ends)
{
	struct trial *trial;

	RUN(trial, DOCUMENT("<Redirect method=\"POST\">"
			    "http://here/cgi-bin/voice?cursor=1</Redirect>"));
	cr_expect_eq(trial->leg_count, TRIAL_LEGS);
	cr_expect(str_is(trial->ends, "it goes round in circles"));
}

Test(trial, what_is_no_document_ends_the_call)
{
	static const char *const texts[] = {"", "<html><body/></html>",
	    "{\"status\":500}", "<Response><Dial>", "<Calls><Hangup/></Calls>"};
	struct trial *trial;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		cr_expect_str_eq(RUN(trial, texts[i]), "[]");
		cr_expect(!trial->legs[0].valid, "%s", texts[i]);
		cr_expect(str_is(trial->ends, "that is no document"));
		cr_expect(record_says(trial, "\"FAILED\""));
	}
}

Test(trial, a_key_is_sent_to_nobody_else)
{
	struct trial *trial;

	cr_expect_str_eq(
	    RUN(trial, DOCUMENT("<Redirect method=\"POST\">"
				"https://elsewhere.example/</Redirect>")),
	    "[]");
	cr_expect(str_is(trial->ends, "another application has the call"));
	cr_expect_str_eq(
	    RUN(trial,
		DOCUMENT("<Redirect>http://here.evil.example/</Redirect>")),
	    "[]");
}

Test(trial, signed_where_there_is_a_secret)
{
	struct trial *trial = trial_new(pool, &plan);
	struct trial_request request;

	cr_assert(trial_next(trial, plan.began, &request));
	cr_expect_null(request.signature.p);
	plan.secret = STR("s");
	trial = trial_new(pool, &plan);
	cr_assert(trial_next(trial, plan.began, &request));
	cr_expect(str_is(request.timestamp, "1795388772"));
	cr_expect_eq(request.signature.n, 64);
}

Test(trial, gists_are_short)
{
	struct trial *trial;

	RUN(trial,
	    DOCUMENT("<Dial trunks=\"main\" callerId=\"+1\">"
		     "<Number>+44</Number></Dial><Say>x</Say>"
		     "<Gather " BACK "><Say>x</Say><Play>y</Play></Gather>"
		     "<Dial><Conference>c</Conference></Dial>"
		     "<Reject reason=\"busy\"/>"));
	cr_expect(str_is(trial->legs[0].gist,
		      "Dial[main +1](+44) Say Gather(Say Play) "
		      "Dial(Conference) Reject[busy]"),
	    "%.*s", PSTR(trial->legs[0].gist));
}
