/* What of a call people want to be told of: missed, for help, refused. */
#include "audit.h"
#include "clock.h"
#include "folding_private.h"
#include "json.h"
#include "notices.h"

/* "+12125550100 (Ann)" */
static struct str
caller_of(const struct folding_call *call)
{
	const struct folded_call *x = &call->folded;
	struct str number = x->from_number.n > 0 ? x->from_number : x->from_raw;

	if (number.n == 0)
		number = STR("an unknown caller");
	if (x->caller_name.n == 0)
		return number;
	return pool_printf(
	    call->pool, "%.*s (%.*s)", PSTR(number), PSTR(x->caller_name));
}

static struct str
callee_of(const struct folding_call *call)
{
	const struct folded_call *x = &call->folded;

	return x->to_number.n > 0 ? x->to_number : x->to_raw;
}

static struct err *
put(struct folding_call *call, const char *event, struct str key,
    struct str text, bool *new)
{
	const struct notice notice = {.event = str_of(event),
	    .key = key,
	    .call_key = call->key,
	    .text = text};
	enum { MOST = sizeof call->notices / sizeof *call->notices };
	uint64_t id;

	TRY(notice_put(call->db, call->organization, &notice, &id));
	*new = id != 0;
	if (id != 0 && call->notice_count < MOST)
		call->notices[call->notice_count++] = id;
	return NULL;
}

/* What `voice` writes itself (lib/resource/phone.c) where it can. */
static struct err *
audit_emergency(struct folding_call *call)
{
	const struct folded_call *x = &call->folded;
	const struct actor caller = {.type = "caller", .name = x->from_raw};
	struct buf number = buf_new(call->pool, 64);
	struct json_out out = {&number, false};
	struct audit audit = {.organization = call->organization,
	    .actor = &caller,
	    .action = "emergency_call",
	    .type = "extension",
	    .id = x->from_extension};

	json_open(&out, NULL, '{');
	json_put_text(&out, "number", x->to_raw);
	json_close(&out, '}');
	audit.after = buf_str(&number);
	return audit_write(call->db, call->pool, &audit);
}

static struct err *
put_emergency(struct folding_call *call)
{
	bool new;

	TRY(put(call, "emergency", call->key,
	    pool_printf(call->pool, "Emergency call from %.*s to %.*s",
		PSTR(caller_of(call)), PSTR(call->folded.to_raw)),
	    &new));
	return new && call->folded.unaudited ? audit_emergency(call) : NULL;
}

/* One an hour: whoever is told of a limit knows that there are more calls. */
static struct err *
put_limit(struct folding_call *call)
{
	char text[CLOCK_TEXT];
	struct str hour;
	bool new;

	hour = (struct str){text, clock_write(call->folded.started, text)};
	return put(call, "limit",
	    pool_printf(call->pool, "calls %.*s", PSTR(str_cut(hour, 0, 13))),
	    pool_printf(call->pool, "A call from %.*s was refused: %.*s",
		PSTR(caller_of(call)), PSTR(call->folded.limit)),
	    &new);
}

/* All that is known says that nobody took it, and that it is over. */
static struct err *
put_missed(struct folding_call *call)
{
	bool new;

	return put(call, "missed_call", call->key,
	    pool_printf(call->pool, "Missed call from %.*s to %.*s",
		PSTR(caller_of(call)), PSTR(callee_of(call))),
	    &new);
}

struct err *
folding_write_notices(struct folding_call *call)
{
	const struct folded_call *x = &call->folded;

	if (!call->changed)
		return NULL;
	if (x->emergency)
		TRY(put_emergency(call));
	if (x->limit.n > 0)
		TRY(put_limit(call));
	return x->missed && call_state_is_end(x->state) ? put_missed(call)
							: NULL;
}
