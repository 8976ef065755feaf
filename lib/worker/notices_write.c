#include "clock.h"
#include "instant.h"
#include "notices_private.h"
#include "zone.h"

static void
put_cell(struct json_out *out, const char *name, const struct rows *rows,
    size_t column)
{
	struct str text = rows_text(rows, 0, column);

	if (text.p != NULL)
		json_put_text(out, name, text);
	else
		json_put_null(out, name);
}

static void
put_number(struct json_out *out, const char *name, const struct rows *rows,
    size_t column)
{
	if (rows_text(rows, 0, column).p != NULL)
		json_put_int(out, name, rows_int(rows, 0, column));
	else
		json_put_null(out, name);
}

static void
put_time(struct json_out *out, struct pool *pool, const char *name,
    const struct rows *rows, size_t column)
{
	json_put_text(out, name,
	    clock_print(pool, instant_of(rows_text(rows, 0, column))));
}

static void
put_call(struct json_out *out, const struct telling_notice *t)
{
	const struct rows *call = t->call;

	json_open(out, "call", '{');
	put_number(out, "id", call, CALL_ID);
	put_cell(out, "call_key", call, CALL_KEY);
	put_cell(out, "direction", call, CALL_DIRECTION);
	put_cell(out, "state", call, CALL_STATE);
	put_cell(out, "from", call, CALL_FROM);
	put_cell(out, "to", call, CALL_TO);
	put_cell(out, "from_number", call, CALL_FROM_NUMBER);
	put_cell(out, "to_number", call, CALL_TO_NUMBER);
	put_cell(out, "caller_name", call, CALL_NAME);
	put_number(out, "did_id", call, CALL_DID);
	put_number(out, "from_extension_id", call, CALL_FROM_EXTENSION);
	put_number(out, "extension_id", call, CALL_EXTENSION);
	put_time(out, t->pool, "started_at", call, CALL_STARTED);
	json_close(out, '}');
}

static void
put_message(struct json_out *out, const struct telling_notice *t)
{
	const struct rows *message = t->message;

	json_open(out, "voicemail", '{');
	put_number(out, "id", message, MESSAGE_ID);
	put_number(out, "extension_id", message, MESSAGE_EXTENSION);
	put_cell(out, "from_number", message, MESSAGE_FROM);
	put_cell(out, "caller_name", message, MESSAGE_NAME);
	put_number(out, "seconds", message, MESSAGE_SECONDS);
	put_time(out, t->pool, "received_at", message, MESSAGE_RECEIVED);
	json_close(out, '}');
}

struct str
notice_body(const struct telling_notice *t, uint64_t rule, struct str name)
{
	struct buf text = buf_new(t->pool, 512);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "event", t->event);
	json_put_int(&out, "organization_id", (int64_t)t->organization);
	json_open(&out, "notification", '{');
	json_put_int(&out, "id", (int64_t)rule);
	json_put_text(&out, "name", name);
	json_put_text(&out, "event", t->event);
	json_close(&out, '}');
	json_put_int(&out, "notice_id", (int64_t)t->id);
	json_put_text(&out, "text", t->text);
	if (t->call != NULL)
		put_call(&out, t);
	if (t->message != NULL)
		put_message(&out, t);
	json_put_text(&out, "created_at", clock_print(t->pool, t->at));
	json_close(&out, '}');
	return buf_str(&text);
}

/*
 * "2026-11-22 21:59:51 -05:00 (America/New_York)": as the clock on the wall of
 * who reads it.
 */
static struct str
local_time(const struct telling_notice *t)
{
	const struct zone *zone = zone_load(t->timezone);
	struct local_time at;
	int east;

	if (zone == NULL)
		return clock_print(t->pool, t->at);
	at = zone_local(zone, t->at);
	east = at.offset < 0 ? -at.offset : at.offset;
	return pool_printf(t->pool,
	    "%04d-%02d-%02d %02d:%02d:%02d %c%02d:%02d (%.*s)", at.year,
	    at.month, at.day, at.hour, at.minute, at.second,
	    at.offset < 0 ? '-' : '+', east / 3600, east / 60 % 60,
	    PSTR(t->timezone));
}

struct str
notice_letter(const struct telling_notice *t, struct str rule)
{
	struct buf out = buf_new(t->pool, 256);

	buf_printf(
	    &out, "%.*s.\n\nAt: %.*s\n", PSTR(t->text), PSTR(local_time(t)));
	if (t->call != NULL)
		buf_printf(&out, "Call: %lld\n",
		    (long long)rows_int(t->call, 0, CALL_ID));
	if (t->message != NULL)
		buf_printf(&out, "Mailbox: %.*s %.*s\n",
		    PSTR(rows_text(t->message, 0, MESSAGE_NUMBER)),
		    PSTR(rows_text(t->message, 0, MESSAGE_MAILBOX)));
	if (rule.n > 0)
		buf_printf(
		    &out, "\nThis is the notification \"%.*s\".\n", PSTR(rule));
	return buf_str(&out);
}

static void
put_id(struct json_out *out, const struct rows *rows, size_t column)
{
	if (rows != NULL && rows_text(rows, 0, column).p != NULL)
		json_put_int(out, NULL, rows_int(rows, 0, column));
}

struct str
notice_event(const struct telling_notice *t)
{
	struct buf text = buf_new(t->pool, 256);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "type", STR("notice"));
	json_put_int(&out, "id", (int64_t)t->id);
	json_put_text(&out, "event", t->event);
	json_put_text(&out, "text", t->text);
	if (t->call != NULL)
		json_put_int(&out, "call_id", rows_int(t->call, 0, CALL_ID));
	json_put_text(&out, "created_at", clock_print(t->pool, t->at));
	/* Whose it is. */
	json_open(&out, "extensions", '[');
	put_id(&out, t->call, CALL_EXTENSION);
	put_id(&out, t->call, CALL_FROM_EXTENSION);
	put_id(&out, t->message, MESSAGE_EXTENSION);
	json_close(&out, ']');
	json_close(&out, '}');
	return buf_str(&text);
}
