#include "call_parts.h"

#include "instant.h"

enum { EVENTS_MOST = 500 };

struct leg {
	struct str key, to, state;
	uint64_t extension_id;
	struct instant started_at, answered_at, ended_at;
};

struct call_step {
	struct instant at;
	struct str text, type;
	uint64_t id;
};

struct event {
	uint64_t id;
	struct str kind;
	struct instant occurred_at, created_at;
	struct document body;
};

struct call_cdr {
	uint64_t id;
	struct str disposition;
	struct instant started_at;
	int duration, billed;
};

struct call_recording {
	uint64_t id;
	struct str leg, state;
	int seconds;
	struct instant recorded_at;
};

struct call_voicemail {
	uint64_t id, extension_id;
	struct str state;
	int seconds;
	struct instant received_at;
};

/* clang-format off */
static const struct field leg_fields[] = {
	{ FIELD(leg, key), .flags = READONLY },
	{ FIELD(leg, to), .flags = READONLY },
	{ FIELD(leg, state), .flags = READONLY },
	{ FIELD(leg, extension_id), .flags = READONLY,
	    .refers = "extensions" },
	{ FIELD(leg, started_at), .flags = READONLY },
	{ FIELD(leg, answered_at), .flags = READONLY },
	{ FIELD(leg, ended_at), .flags = READONLY },
};
const struct record call_leg_record = { .name = "call_leg",
    RECORD(leg, leg_fields) };

static const struct field step_fields[] = {
	{ FIELD(call_step, at), .flags = READONLY },
	{ FIELD(call_step, text), .flags = READONLY },
	{ FIELD(call_step, type), .flags = READONLY,
	    .help = "of what it is about" },
	{ FIELD(call_step, id), .flags = READONLY },
};
const struct record call_step_record = { .name = "call_step",
    RECORD(call_step, step_fields) };

static const struct field event_fields[] = {
	{ FIELD(event, id), .flags = READONLY },
	{ FIELD(event, kind), .flags = READONLY },
	{ FIELD(event, occurred_at), .flags = READONLY,
	    .help = "as the carrier says" },
	{ FIELD(event, created_at), .flags = READONLY,
	    .help = "when it came" },
	{ FIELD(event, body), .flags = READONLY,
	    .help = "as it came; to owner and admin alone" },
};
const struct record call_event_record = { .name = "call_event",
    RECORD(event, event_fields) };

static const struct field cdr_fields[] = {
	{ FIELD(call_cdr, id), .flags = READONLY, .refers = "cdrs" },
	{ FIELD(call_cdr, disposition), .flags = READONLY },
	{ FIELD(call_cdr, started_at), .flags = READONLY },
	{ FIELD(call_cdr, duration), .flags = READONLY },
	{ FIELD(call_cdr, billed), .flags = READONLY },
};
const struct record call_cdr_record = { .name = "call_cdr",
    RECORD(call_cdr, cdr_fields) };

static const struct field recording_fields[] = {
	{ FIELD(call_recording, id), .flags = READONLY,
	    .refers = "recordings" },
	{ FIELD(call_recording, leg), .flags = READONLY },
	{ FIELD(call_recording, state), .flags = READONLY },
	{ FIELD(call_recording, seconds), .flags = READONLY },
	{ FIELD(call_recording, recorded_at), .flags = READONLY },
};
const struct record call_recording_record = { .name = "call_recording",
    RECORD(call_recording, recording_fields) };

static const struct field voicemail_fields[] = {
	{ FIELD(call_voicemail, id), .flags = READONLY,
	    .refers = "voicemails" },
	{ FIELD(call_voicemail, extension_id), .flags = READONLY,
	    .refers = "extensions" },
	{ FIELD(call_voicemail, state), .flags = READONLY },
	{ FIELD(call_voicemail, seconds), .flags = READONLY },
	{ FIELD(call_voicemail, received_at), .flags = READONLY },
};
const struct record call_voicemail_record = { .name = "call_voicemail",
    RECORD(call_voicemail, voicemail_fields) };
/* clang-format on */

static struct instant
instant_in(const struct json *json, const char *key)
{
	return (struct instant){instant_of(json_text(json_get(json, key)))};
}

static struct err *
load_legs(struct visit *visit, struct call_record *call)
{
	struct pool *pool = visit->req->pool;
	const struct json *array;
	struct leg *legs;

	TRY(json_parse(pool, call->legs_text.text, &array));
	legs = NEW_ARRAY(pool, struct leg, json_count(array));
	for (size_t i = 0; i < json_count(array); i++) {
		const struct json *json = json_at(array, i);

		legs[i] = (struct leg){
		    .key = json_text(json_get(json, "key")),
		    .to = json_text(json_get(json, "to")),
		    .state = json_text(json_get(json, "state")),
		    .extension_id =
			(uint64_t)json_int(json_get(json, "extension_id")),
		    .started_at = instant_in(json, "started_at"),
		    .answered_at = instant_in(json, "answered_at"),
		    .ended_at = instant_in(json, "ended_at"),
		};
	}
	call->legs = (struct children){json_count(array), legs};
	return NULL;
}

static struct err *
load_steps(struct visit *visit, struct call_record *call)
{
	struct pool *pool = visit->req->pool;
	const struct json *array;
	struct call_step *steps;

	TRY(json_parse(pool, call->steps_text.text, &array));
	steps = NEW_ARRAY(pool, struct call_step, json_count(array));
	for (size_t i = 0; i < json_count(array); i++) {
		const struct json *json = json_at(array, i);

		steps[i] = (struct call_step){
		    .at = instant_in(json, "at"),
		    .text = json_text(json_get(json, "text")),
		    .type = json_text(json_get(json, "type")),
		    .id = (uint64_t)json_int(json_get(json, "id")),
		};
	}
	call->steps = (struct children){json_count(array), steps};
	return NULL;
}

/* An object whatever came. */
static struct str
event_body(struct pool *pool, struct str text)
{
	struct buf buf = buf_new(pool, text.n + 16);
	struct json_out out = {&buf, false};
	const struct json *json;

	if (json_parse(pool, text, &json) == NULL &&
	    json_kind(json) == JSON_OBJECT)
		return text;
	json_open(&out, NULL, '{');
	json_put_text(&out, "text", text);
	json_close(&out, '}');
	return buf_str(&buf);
}

static struct err *
load_events(struct visit *visit, struct call_record *call)
{
	struct pool *pool = visit->req->pool;
	bool bodies = role_in(visit->who.role, ADMINS);
	struct event *events;
	struct rows *rows;

	TRY(QUERY(visit->change.db,
	    "SELECT id, kind, occurred_at, created_at, body FROM call_events"
	    " WHERE organization_id = ? AND call_key = ? ORDER BY id LIMIT ?",
	    &rows, INT(visit->change.organization), TEXT(call->call_key),
	    INT(EVENTS_MOST)));
	events = NEW_ARRAY(pool, struct event, rows->count);
	for (size_t i = 0; i < rows->count; i++) {
		events[i] = (struct event){
		    .id = (uint64_t)rows_int(rows, i, 0),
		    .kind = rows_text(rows, i, 1),
		    .occurred_at = {instant_of(rows_text(rows, i, 2))},
		    .created_at = {instant_of(rows_text(rows, i, 3))},
		};
		if (bodies)
			events[i].body.text =
			    event_body(pool, rows_text(rows, i, 4));
	}
	call->events = (struct children){rows->count, events};
	return NULL;
}

static struct err *
load_cdrs(struct visit *visit, const struct own *own, struct call_record *call)
{
	struct call_cdr *cdrs;
	struct rows *rows;
	size_t count = 0;

	TRY(QUERY(visit->change.db,
	    "SELECT id, disposition, started_at, duration, billed,"
	    " extension_id FROM cdrs WHERE organization_id = ?"
	    " AND call_key = ? ORDER BY started_at, id LIMIT 100",
	    &rows, INT(visit->change.organization), TEXT(call->call_key)));
	cdrs = NEW_ARRAY(visit->req->pool, struct call_cdr, rows->count);
	for (size_t i = 0; i < rows->count; i++)
		if (own_has(own, (uint64_t)rows_int(rows, i, 5)))
			cdrs[count++] = (struct call_cdr){
			    .id = (uint64_t)rows_int(rows, i, 0),
			    .disposition = rows_text(rows, i, 1),
			    .started_at = {instant_of(rows_text(rows, i, 2))},
			    .duration = (int)rows_int(rows, i, 3),
			    .billed = (int)rows_int(rows, i, 4),
			};
	call->cdrs = (struct children){count, cdrs};
	return NULL;
}

/* Others' recordings and messages are nobody's business. */
static struct err *
load_recordings(
    struct visit *visit, const struct own *own, struct call_record *call)
{
	struct call_recording *recordings;
	struct rows *rows;
	size_t count = 0;

	TRY(QUERY(visit->change.db,
	    "SELECT id, leg, state, seconds, recorded_at, extension_id"
	    " FROM recordings WHERE organization_id = ? AND call_key = ?"
	    " AND deleted_at IS NULL ORDER BY recorded_at, id LIMIT 100",
	    &rows, INT(visit->change.organization), TEXT(call->call_key)));
	recordings =
	    NEW_ARRAY(visit->req->pool, struct call_recording, rows->count);
	for (size_t i = 0; i < rows->count; i++)
		if (own_has(own, (uint64_t)rows_int(rows, i, 5)))
			recordings[count++] = (struct call_recording){
			    .id = (uint64_t)rows_int(rows, i, 0),
			    .leg = rows_text(rows, i, 1),
			    .state = rows_text(rows, i, 2),
			    .seconds = (int)rows_int(rows, i, 3),
			    .recorded_at = {instant_of(rows_text(rows, i, 4))},
			};
	call->recordings = (struct children){count, recordings};
	return NULL;
}

static struct err *
load_voicemails(
    struct visit *visit, const struct own *own, struct call_record *call)
{
	struct call_voicemail *voicemails;
	struct rows *rows;
	size_t count = 0;

	TRY(QUERY(visit->change.db,
	    "SELECT id, extension_id, state, seconds, received_at"
	    " FROM voicemails WHERE organization_id = ? AND call_key = ?"
	    " AND deleted_at IS NULL ORDER BY received_at, id LIMIT 100",
	    &rows, INT(visit->change.organization), TEXT(call->call_key)));
	voicemails =
	    NEW_ARRAY(visit->req->pool, struct call_voicemail, rows->count);
	for (size_t i = 0; i < rows->count; i++)
		if (own_has(own, (uint64_t)rows_int(rows, i, 1)))
			voicemails[count++] = (struct call_voicemail){
			    .id = (uint64_t)rows_int(rows, i, 0),
			    .extension_id = (uint64_t)rows_int(rows, i, 1),
			    .state = rows_text(rows, i, 2),
			    .seconds = (int)rows_int(rows, i, 3),
			    .received_at = {instant_of(rows_text(rows, i, 4))},
			};
	call->voicemails = (struct children){count, voicemails};
	return NULL;
}

struct err *
call_parts_load(
    struct visit *visit, const struct own *own, struct call_record *call)
{
	TRY(load_legs(visit, call));
	TRY(load_steps(visit, call));
	TRY(load_events(visit, call));
	TRY(load_cdrs(visit, own, call));
	TRY(load_recordings(visit, own, call));
	return load_voicemails(visit, own, call);
}
