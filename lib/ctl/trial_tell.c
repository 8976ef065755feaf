#include "trial_private.h"

#include "clock.h"
#include "crypto.h"
#include "json.h"

/* The call as the carrier's clock saw it, in milliseconds after its begin. */
enum { RINGS = 1000, ANSWERS = 3000, ENDS = 33000 };

/* A number of a sequence that a seed begins (splitmix64). */
static uint64_t
chance(struct trial_work *work)
{
	uint64_t z = work->chance += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static bool
is_wanted(const struct trial_plan *plan, const char *kind)
{
	struct str rest = plan->told, word;

	if (rest.n == 0)
		return true;
	while (str_next(&rest, ' ', &word))
		if (str_is(word, kind))
			return true;
	return false;
}

/* Puts an event in the queue, as often as it is to be sent. */
static void
tell(struct trial *trial, const char *kind, struct str id, struct str body,
    int64_t due)
{
	struct trial_work *work = trial->work;
	struct trial_event *event;

	if (trial->event_count == TRIAL_EVENTS || !is_wanted(&work->plan, kind))
		return;
	event = &trial->events[trial->event_count++];
	event->kind = str_of(kind);
	event->id = id;
	event->body = body;
	for (int i = 0; i < work->plan.repeat && work->queued < TRIAL_QUEUE;
	     i++) {
		work->queue[work->queued].event = event;
		work->queue[work->queued++].due = due;
	}
}

/* The session as it is now; status is the carrier's word. */
static void
put_session(struct json_out *out, const struct trial_plan *plan,
    const char *status, bool answered, bool ended)
{
	json_put_text(out, "token", plan->session);
	json_put_text(out, "domain", plan->domain);
	json_put_text(out, "callerId", plan->from);
	json_put_text(out, "destination", plan->to);
	json_put_text(out, "status", str_of(status));
	json_put_int(out, "callStartTime", plan->began);
	if (answered)
		json_put_int(out, "callAnswerTime", plan->began + ANSWERS);
	else
		json_put_null(out, "callAnswerTime");
	json_put_int(out, "callEndTime", ended ? plan->began + ENDS : 0);
	json_put_null(out, "lastError");
}

static void
tell_session(struct trial *trial, const char *status, int64_t after, bool ended)
{
	struct trial_work *work = trial->work;
	struct buf text = buf_new(work->pool, 512);
	struct json_out out = {&text, false};
	struct str id = crypto_token(work->pool, 12);

	json_open(&out, NULL, '{');
	json_put_text(&out, "eventId", id);
	json_put_text(&out, "modifiedAt",
	    clock_print(work->pool, work->plan.began + after));
	put_session(&out, &work->plan, status, work->heard, ended);
	json_close(&out, '}');
	tell(trial, "session-update", id, buf_str(&text), 0);
}

/* call-initiated and call-status. */
static void
tell_status(
    struct trial *trial, const char *kind, const char *status, int64_t after)
{
	struct trial_work *work = trial->work;
	const struct trial_plan *plan = &work->plan;
	struct buf text = buf_new(work->pool, 512);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "Domain", plan->domain);
	json_put_text(&out, "Session", plan->session);
	json_put_text(&out, "CallSid", plan->session);
	json_put_text(&out, "From", plan->from);
	json_put_text(&out, "To", plan->to);
	json_put_text(&out, "Direction", plan->direction);
	json_put_text(&out, "CallStatus", str_of(status));
	json_put_text(
	    &out, "Timestamp", clock_print(work->pool, plan->began + after));
	json_close(&out, '}');
	tell(trial, kind, NO_STR, buf_str(&text), 0);
}

void
trial_tell_begin(struct trial *trial)
{
	tell_status(trial, "call-initiated", "queued", 0);
}

void
trial_tell_ringing(struct trial *trial)
{
	if (!trial->work->ringing)
		tell_session(trial, "ringing", RINGS, false);
	trial->work->ringing = true;
}

void
trial_tell_answered(struct trial *trial)
{
	if (!trial->work->answered)
		tell_session(trial, "connected", ANSWERS, false);
	trial->work->answered = true;
}

void
trial_tell_recording(
    struct trial *trial, struct str url, bool message, struct str audio)
{
	struct trial_work *work = trial->work;
	const struct trial_plan *plan = &work->plan;
	struct buf text = buf_new(work->pool, 512);
	struct json_out out = {&text, false};

	/* Where it is told is the webhook's own address. */
	if (!str_starts(url, plan->base))
		return;
	json_open(&out, NULL, '{');
	json_put_text(&out, "Domain", plan->domain);
	json_put_text(&out, "Session", plan->session);
	json_put_text(&out, "RecordingUrl",
	    pool_printf(work->pool, "%.*s?session=%.*s", PSTR(audio),
		PSTR(plan->session)));
	json_put_text(&out, "RecordingStatus", STR("completed"));
	json_put_int(&out, "RecordingDuration",
	    message ? plan->speech : (ENDS - ANSWERS) / 1000);
	json_put_text(&out, "RecordingSource",
	    message ? STR("RecordVerb") : STR("DialVerb"));
	json_close(&out, '}');
	tell(trial, "recording", NO_STR, buf_str(&text), 0);
}

static void
tell_record(struct trial *trial, const char *disposition, bool answered)
{
	struct trial_work *work = trial->work;
	const struct trial_plan *plan = &work->plan;
	struct buf text = buf_new(work->pool, 1024);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_int(&out, "timestamp", (plan->began + ENDS) / 1000);
	json_put_text(&out, "domain", plan->domain);
	json_put_text(&out, "from", plan->from);
	json_put_text(&out, "to", plan->to);
	json_put_int(&out, "duration", ENDS / 1000);
	json_put_int(&out, "billsec", answered ? (ENDS - ANSWERS) / 1000 : 0);
	json_put_text(&out, "disposition", str_of(disposition));
	json_put_text(&out, "call_id",
	    pool_printf(
		work->pool, "%.*s@192.0.2.1:5060", PSTR(plan->session)));
	json_put_text(&out, "subscriber", work->taker);
	json_put_null(&out, "cx_trunk_id");
	json_open(&out, "session", '{');
	put_session(
	    &out, plan, answered ? "answer" : "noanswer", answered, true);
	json_close(&out, '}');
	json_close(&out, '}');
	tell(trial, "cdr", NO_STR, buf_str(&text),
	    plan->record_delay > 0 ? clock_now() + plan->record_delay : 0);
}

static void
shuffle(struct trial_work *work)
{
	for (size_t i = work->queued; i > 1; i--) {
		size_t j = (size_t)(chance(work) % i);
		struct trial_event *event = work->queue[i - 1].event;
		int64_t due = work->queue[i - 1].due;

		work->queue[i - 1] = work->queue[j];
		work->queue[j].event = event;
		work->queue[j].due = due;
	}
}

void
trial_tell_end(struct trial *trial)
{
	struct trial_work *work = trial->work;
	const char *disposition = work->outcome;
	static const struct {
		const char *disposition, *session, *status;
	} words[] = {
	    {"BUSY", "busy", "busy"},
	    {"NOANSWER", "noanswer", "no-answer"},
	    {"CANCEL", "cancel", "canceled"},
	    {"FAILED", "error", "failed"},
	    {"ANSWER", "answer", "completed"},
	};
	size_t i = 0;

	if (work->heard)
		disposition = "ANSWER";
	else if (disposition == NULL)
		disposition = "FAILED";
	while (strcmp(words[i].disposition, disposition) != 0)
		i++;
	tell_session(trial, words[i].session, ENDS, true);
	tell_status(trial, "call-status", words[i].status, ENDS);
	tell_record(trial, disposition, work->heard);
	if (work->plan.shuffle != 0)
		shuffle(work);
}
