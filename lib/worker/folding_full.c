/* A call of which there is more than is read. */
#include "folding_private.h"

#include <inttypes.h>

/*
 * What carriers tell of a call's progress they tell over and over.  All else
 * is told once: its record, a recording, what `voice` decided.
 */
#define PROGRESS "('call-initiated', 'call-status', 'session-update')"
#define OF_CALL FOLDING_EVENTS " AND call_key = ?"

enum {
	LATE = 500,
	LOOKED_AT = 2000, /* of all calls, or as many as are at hand */
};

bool
folding_is_progress(struct str kind)
{
	return str_is(kind, "call-initiated") || str_is(kind, "call-status") ||
	       str_is(kind, "session-update");
}

bool
folding_is_new(const struct rows *events, size_t i)
{
	return rows_int(events, i, EVENT_UNFOLDED) == 1;
}

bool
folding_is_parked(const struct rows *events, size_t i)
{
	return rows_int(events, i, EVENT_UNFOLDED) == 2;
}

bool
folding_has_new(const struct rows *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (folding_is_new(events, i))
			return true;
	return false;
}

static struct rows
join(struct pool *pool, const struct rows *a, const struct rows *b)
{
	struct rows both = *a;
	size_t first = a->count * a->columns, second = b->count * b->columns;
	struct str *cells = NEW_ARRAY(pool, struct str, first + second + 1);

	if (first > 0)
		memcpy(cells, a->cells, first * sizeof *cells);
	if (second > 0)
		memcpy(cells + first, b->cells, second * sizeof *cells);
	both.cells = cells;
	both.count += b->count;
	return both;
}

/* No less than the page has: else none of its may be among them. */
static int64_t
most_of(const struct folding_call *call)
{
	int most = call->folding->most;

	return most > LOOKED_AT ? most : LOOKED_AT;
}

/*
 * What is told once are too many, too: the row stays as it is, and only what
 * is not in it yet is read, some at a time.
 */
static struct err *
load_late(struct folding_call *call)
{
	struct rows *rows;

	TRY(QUERY(call->db, "CALL events_late(?, ?, ?, ?)", &rows,
	    TEXT(call->key), INT(call->folding->after), INT(most_of(call)),
	    INT(LATE)));
	call->events = *rows;
	call->torn = call->was.count > 0;
	/* Those behind the first that do not fit come next time. */
	while (call->events.count > 1 && folding_large(call, true) > FOLD_BYTES)
		call->events.count--;
	return folding_read_bodies(call, 1);
}

static struct err *
load_events(struct folding_call *call)
{
	struct rows *once, *progress;

	if (folding_is_torn(&call->was, FOLD_EVENTS))
		return load_late(call);
	TRY(QUERY(call->db,
	    OF_CALL " AND kind NOT IN " PROGRESS " ORDER BY kind, id LIMIT ?",
	    &once, INT(call->organization), TEXT(call->key), INT(FOLD_EVENTS)));
	call->events = *once;
	if (once->count == FOLD_EVENTS ||
	    folding_large(call, true) > FOLD_BYTES)
		return load_late(call);
	if (folding_was_full(&call->was) && !folding_has_new(once))
		return NULL;
	TRY(QUERY(call->db,
	    OF_CALL " AND kind IN " PROGRESS " ORDER BY kind, id LIMIT ?",
	    &progress, INT(call->organization), TEXT(call->key),
	    INT(FOLD_EVENTS - once->count)));
	call->events = join(call->pool, once, progress);
	return folding_read_bodies(call, 1);
}

struct err *
folding_load_full(struct folding_call *call)
{
	struct rows *passed;

	call->full = true;
	TRY(QUERY(call->db, "CALL events_passed(?, ?, ?)", &passed,
	    TEXT(call->key), INT(call->folding->after), INT(most_of(call))));
	call->passed = *passed;
	TRY(load_events(call));
	if (call->events.count > 0 && !folding_was_full(&call->was))
		log_write(call->folding->log, LOG_WARNING_,
		    "call %.*s of organization %" PRIu64 " has more events than"
		    " are read: what more is told of its progress counts for"
		    " nothing",
		    PSTR(call->key), call->organization);
	return NULL;
}
