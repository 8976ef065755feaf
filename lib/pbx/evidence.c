#include "evidence.h"

#include "evidence_read.h"
#include "scan.h"

#include <stddef.h>

enum { TEXT_MOST = 255, URL_MOST = 2000 };

static const char *const names[] = {"unknown", "initiated", "ringing",
    "answered", "completed", "canceled", "busy", "no_answer", "failed"};

const char *
call_state_name(enum call_state state)
{
	return names[state];
}

bool
call_state_is_end(enum call_state state)
{
	return state >= CALL_COMPLETED;
}

enum call_state
call_state_parse(struct str text)
{
	static const struct {
		const char *word;
		enum call_state state;
	} words[] = {
	    {"new", CALL_INITIATED},
	    {"processing", CALL_INITIATED},
	    {"queued", CALL_INITIATED},
	    {"initiated", CALL_INITIATED},
	    {"ringing", CALL_RINGING},
	    {"connected", CALL_ANSWERED},
	    {"answer", CALL_ANSWERED},
	    {"answered", CALL_ANSWERED},
	    {"inprogress", CALL_ANSWERED},
	    {"completed", CALL_COMPLETED},
	    {"cancel", CALL_CANCELED},
	    {"canceled", CALL_CANCELED},
	    {"cancelled", CALL_CANCELED},
	    {"busy", CALL_BUSY},
	    {"noanswer", CALL_NO_ANSWER},
	    {"failed", CALL_FAILED},
	    {"error", CALL_FAILED},
	    {"congestion", CALL_FAILED},
	    {"nocredit", CALL_FAILED},
	};
	char letters[16];
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = str_lower(text.p[i]);

		if (c < 'a' || c > 'z')
			continue;
		if (n == sizeof letters)
			return CALL_UNKNOWN;
		letters[n++] = c;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is((struct str){letters, n}, words[i].word))
			return words[i].state;
	return CALL_UNKNOWN;
}

/* -- Values --------------------------------------------------------------- */

/* What a DECIMAL(12,6) takes; else absent. */
static struct str
money(struct str text)
{
	struct str part = text, whole;

	if (!str_next(&part, '.', &whole) || !str_is_digits(whole) ||
	    whole.n > 6 || (part.p != NULL && !str_is_digits(part)))
		return NO_STR;
	return text;
}

/* "Inbound", "incoming", "internal", "outbound-api", "subscriber", … */
static struct str
direction_of(struct str text)
{
	static const struct {
		const char *begins, *name;
	} ways[] = {
	    {"inte", "internal"},
	    {"in", "inbound"},
	    {"out", "outbound"},
	    {"appl", "outbound"},
	};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct str begins = str_of(ways[i].begins);

		if (str_equal_nocase(str_cut(text, 0, begins.n), begins))
			return str_of(ways[i].name);
	}
	return NO_STR;
}

/* -- A carrier's message -------------------------------------------------- */

/* Texts of a message, by what they mean. */
struct said {
	struct str call_status, status, disposition, direction;
	struct str from, to, caller_id, destination, name;
	struct str call_sid, parent;
	struct str start_ms, answer_ms, end_ms, start, answer, end;
	struct str created, modified, timestamp;
	struct str call_duration, duration, billed;
	struct str id, uuid, subscriber, trunk, rated, approximate, sold;
	struct str url, seconds, recording_status, recording_source, mailbox;
	struct str recording_start;
};

#define SAID(path, member)                          \
	{                                           \
		path, offsetof(struct said, member) \
	}
static const struct {
	const char *path;
	size_t offset;
} paths[] = {
    SAID("CallStatus", call_status),
    SAID("status", status),
    SAID("disposition", disposition),
    SAID("Direction", direction),
    SAID("session.direction", direction),
    SAID("From", from),
    SAID("To", to),
    SAID("callerId", caller_id),
    SAID("session.callerId", caller_id),
    SAID("destination", destination),
    SAID("session.destination", destination),
    SAID("CallerName", name),
    SAID("CallSid", call_sid),
    SAID("ParentCallSid", parent),
    SAID("callStartTime", start_ms),
    SAID("callAnswerTime", answer_ms),
    SAID("callEndTime", end_ms),
    SAID("session.callStartTime", start_ms),
    SAID("session.callAnswerTime", answer_ms),
    SAID("session.callEndTime", end_ms),
    SAID("startTime", start),
    SAID("answerTime", answer),
    SAID("endTime", end),
    SAID("createdAt", created),
    SAID("modifiedAt", modified),
    SAID("Timestamp", timestamp),
    SAID("CallDuration", call_duration),
    SAID("duration", duration),
    SAID("billsec", billed),
    SAID("id", id),
    SAID("uuid", uuid),
    SAID("subscriber", subscriber),
    SAID("cx_trunk_id", trunk),
    SAID("rated_cost", rated),
    SAID("approx_cost", approximate),
    SAID("sell_cost", sold),
    SAID("RecordingUrl", url),
    SAID("recording_url", url),
    SAID("RecordingDuration", seconds),
    SAID("recording_duration", seconds),
    SAID("RecordingStatus", recording_status),
    SAID("recording_status", recording_status),
    SAID("RecordingSource", recording_source),
    SAID("RecordingStartTime", recording_start),
    SAID("mailbox", mailbox),
};

static void
found(void *context, struct str path, struct str value)
{
	struct said *said = context;

	value = str_trim(value);
	if (value.n == 0)
		return;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (!str_is_nocase(path, paths[i].path))
			continue;
		*(struct str *)(void *)((char *)said + paths[i].offset) = value;
		return;
	}
}

static struct str
either(struct str a, struct str b)
{
	return a.n > 0 ? a : b;
}

static int64_t
either_time(struct str a, struct str b)
{
	int64_t time = evidence_time(a);

	return time != 0 ? time : evidence_time(b);
}

static void
read_parties(const struct said *said, struct evidence *out)
{
	out->from = str_head(either(said->from, said->caller_id), TEXT_MOST);
	out->to = str_head(either(said->to, said->destination), TEXT_MOST);
	out->name = str_head(said->name, TEXT_MOST);
	out->direction = direction_of(said->direction);
}

static void
read_times(const struct said *said, struct evidence *out)
{
	out->start = either_time(said->start_ms, said->start);
	out->answer = either_time(said->answer_ms, said->answer);
	out->end = either_time(said->end_ms, said->end);
}

/* The first message of a call says that it is, and no more. */
static void
read_initiated(const struct said *said, struct evidence *out)
{
	read_parties(said, out);
	out->start = either_time(said->start_ms, said->start);
	if (out->start == 0)
		out->start = either_time(said->timestamp, said->created);
	out->at = out->start;
	out->state = CALL_INITIATED;
}

/* state was reached at a time that may be a guess. */
static void
reached(struct evidence *out, int64_t at)
{
	if (out->state == CALL_RINGING)
		out->ringing = at;
	else if (out->state == CALL_ANSWERED)
		out->maybe_answer = at;
	else if (call_state_is_end(out->state))
		out->maybe_end = at;
	out->ended = out->ended || call_state_is_end(out->state);
}

static void
read_status(const struct said *said, const struct call_event *event,
    struct evidence *out)
{
	read_parties(said, out);
	if (said->parent.n > 0 && str_equal(said->parent, event->call_key) &&
	    !str_equal(said->call_sid, event->call_key))
		out->leg = said->call_sid;
	out->at = evidence_time(said->timestamp);
	out->state = call_state_parse(either(said->call_status, said->status));
	out->duration = evidence_seconds(said->call_duration);
	if (out->state == CALL_INITIATED)
		out->start = out->at;
	reached(out, out->at != 0 ? out->at : event->received);
	if (out->leg.n == 0 && out->ended)
		out->recording = said->url;
}

static void
read_session(const struct said *said, const struct call_event *event,
    struct evidence *out)
{
	read_parties(said, out);
	read_times(said, out);
	if (out->start == 0)
		out->start = evidence_time(said->created);
	out->at = evidence_time(said->modified);
	out->state = call_state_parse(said->status);
	reached(out, out->at != 0 ? out->at : event->received);
	out->ended = out->ended || out->end != 0;
	/* A call is answered when it has been. */
	if (out->answer != 0 && out->state < CALL_ANSWERED)
		out->state = CALL_ANSWERED;
}

/*
 * Of a record without the times of its call: it is written when the call is
 * over, and says how long that took.
 */
static void
guess_times(const struct said *said, struct evidence *out)
{
	int64_t took = out->duration > 0 ? out->duration * INT64_C(1000) : 0;

	if (out->end == 0)
		out->maybe_end = out->start != 0 && took > 0
				     ? out->start + took
				     : evidence_time(said->timestamp);
	if (out->start == 0) {
		int64_t end = out->end != 0 ? out->end : out->maybe_end;

		out->maybe_start = end != 0 ? end - took : 0;
	}
}

static void
read_cdr(const struct said *said, struct evidence *out)
{
	read_parties(said, out);
	read_times(said, out);
	out->at = out->end != 0 ? out->end : evidence_time(said->timestamp);
	out->state = call_state_parse(said->disposition);
	if (out->state == CALL_ANSWERED)
		out->state = CALL_COMPLETED;
	if (!call_state_is_end(out->state))
		out->state = CALL_UNKNOWN;
	out->ended = true;
	out->duration = evidence_seconds(said->duration);
	out->billed = evidence_seconds(said->billed);
	guess_times(said, out);
	out->record = either(said->id, said->uuid);
	out->subscriber = said->subscriber;
	out->trunk = str_head(said->trunk, 64);
	out->cost =
	    money(either(said->rated, either(said->approximate, said->sold)));
	out->recording = said->url;
}

static void
read_recording(const struct said *said, struct evidence *out)
{
	int64_t mailbox;

	read_parties(said, out);
	out->at = either_time(said->recording_start, said->timestamp);
	if (said->recording_status.n > 0 &&
	    call_state_parse(said->recording_status) != CALL_COMPLETED)
		return;
	out->recording = said->url;
	out->seconds = evidence_seconds(said->seconds);
	if (str_to_int(said->mailbox, 1, INT64_MAX, &mailbox))
		out->mailbox = (uint64_t)mailbox;
	out->message = out->mailbox != 0 ||
		       str_is_nocase(said->recording_source, "RecordVerb");
}

static enum evidence_kind
kind_of(struct str kind)
{
	static const struct {
		const char *name;
		enum evidence_kind kind;
	} kinds[] = {
	    {"voice", EVIDENCE_VOICE},
	    {"cdr", EVIDENCE_CDR},
	    {"session-update", EVIDENCE_SESSION},
	    {"call-initiated", EVIDENCE_INITIATED},
	    {"call-status", EVIDENCE_STATUS},
	    {"recording", EVIDENCE_RECORDING},
	    {"lost", EVIDENCE_LOST},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_is(kind, kinds[i].name))
			return kinds[i].kind;
	return EVIDENCE_NONE;
}

static bool
says_something(const struct evidence *out)
{
	bool state =
	    out->state != CALL_UNKNOWN && out->kind != EVIDENCE_INITIATED;

	return state || out->start != 0 || out->answer != 0 || out->end != 0 ||
	       out->from.n > 0 || out->to.n > 0 || out->recording.n > 0 ||
	       out->duration >= 0 || out->maybe_start != 0;
}

/* False when it is no JSON object, or nothing in it is known. */
static bool
read_carrier(
    struct pool *pool, const struct call_event *event, struct evidence *out)
{
	struct said said = {0};

	if (scan_object(pool, event->body, found, &said) != NULL)
		return false;
	if (out->kind == EVIDENCE_INITIATED)
		read_initiated(&said, out);
	else if (out->kind == EVIDENCE_STATUS)
		read_status(&said, event, out);
	else if (out->kind == EVIDENCE_SESSION)
		read_session(&said, event, out);
	else if (out->kind == EVIDENCE_CDR)
		read_cdr(&said, out);
	else
		read_recording(&said, out);
	if (out->recording.n > URL_MOST)
		out->recording = NO_STR;
	return says_something(out);
}

void
evidence_read(
    struct pool *pool, const struct call_event *event, struct evidence *out)
{
	const struct evidence nothing = {
	    .kind = EVIDENCE_NONE,
	    .hash = event->hash,
	    .received = event->received,
	    .at = event->received,
	    .document = event->body,
	    .duration = -1,
	    .billed = -1,
	    .seconds = -1,
	};
	enum evidence_kind kind = kind_of(event->kind);
	bool said = false;

	*out = nothing;
	out->kind = kind;
	if (kind == EVIDENCE_LOST)
		said = true;
	else if (kind == EVIDENCE_VOICE)
		said = evidence_voice(pool, event->body, out);
	else if (kind != EVIDENCE_NONE)
		said = read_carrier(pool, event, out);
	if (!said)
		*out = nothing;
	if (out->at == 0)
		out->at = event->received;
}
