/*
 * Large bodies of events: thousands of events of usual size fit in memory, so
 * many of a megabyte do not.
 */
#include "folding_private.h"

enum { TOGETHER = 16 };
#define IDS_4 "?, ?, ?, ?"
#define IDS_16 IDS_4 ", " IDS_4 ", " IDS_4 ", " IDS_4

/* Some that are read in one statement, and where they belong. */
struct some {
	const struct folding_call *call;
	size_t count;
	int64_t ids[TOGETHER];
	struct str *cells[TOGETHER];
};

static bool
is_absent(const struct rows *events, size_t i)
{
	return rows_text(events, i, EVENT_BODY).p == NULL;
}

int64_t
folding_large(const struct folding_call *call, bool once)
{
	const struct rows *events = &call->events;
	int64_t bytes = 0;

	for (size_t i = 0; i < events->count; i++)
		if (is_absent(events, i) &&
		    !(once &&
			folding_is_progress(rows_text(events, i, EVENT_KIND))))
			bytes += rows_int(events, i, EVENT_BYTES);
	return bytes;
}

static struct err *
read_some(struct some *some)
{
	const struct folding_call *call = some->call;
	struct value values[TOGETHER + 1] = {INT(call->organization)};
	struct rows *rows;

	if (some->count == 0)
		return NULL;
	for (size_t i = 0; i < TOGETHER; i++)
		values[i + 1] = INT(i < some->count ? some->ids[i] : 0);
	TRY(db_query(call->db,
	    "SELECT id, body FROM call_events WHERE organization_id = ?"
	    " AND id IN (" IDS_16 ")",
	    values, TOGETHER + 1, &rows));
	for (size_t i = 0; i < rows->count; i++)
		for (size_t k = 0; k < some->count; k++)
			if (some->ids[k] == rows_int(rows, i, 0))
				*some->cells[k] = rows_text(rows, i, 1);
	some->count = 0;
	return NULL;
}

static struct err *
read_sort(
    struct folding_call *call, struct str *cells, bool progress, int64_t *room)
{
	const struct rows *events = &call->events;
	struct some some = {.call = call};

	for (size_t i = 0; i < events->count; i++) {
		int64_t bytes = rows_int(events, i, EVENT_BYTES);

		if (!is_absent(events, i) || bytes > *room ||
		    folding_is_progress(rows_text(events, i, EVENT_KIND)) !=
			progress)
			continue;
		*room -= bytes;
		some.ids[some.count] = rows_int(events, i, EVENT_ID);
		some.cells[some.count++] =
		    &cells[i * events->columns + EVENT_BODY];
		if (some.count == TOGETHER)
			TRY(read_some(&some));
	}
	return read_some(&some);
}

struct err *
folding_read_bodies(struct folding_call *calls, size_t count)
{
	int64_t room = FOLD_BYTES;

	for (size_t i = 0; i < count; i++) {
		struct rows *events = &calls[i].events;
		size_t n = events->count * events->columns;
		struct str *cells;

		if (folding_large(&calls[i], false) == 0)
			continue;
		cells = NEW_ARRAY(calls->pool, struct str, n);
		memcpy(cells, events->cells, n * sizeof *cells);
		events->cells = cells;
		TRY(read_sort(&calls[i], cells, false, &room));
		TRY(read_sort(&calls[i], cells, true, &room));
	}
	return NULL;
}
