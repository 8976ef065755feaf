/* What is known of some calls of a tenant, each question asked once. */
#include "folding_private.h"

/*
 * A statement is a literal, so there is one for each of some sizes; the last
 * key stands in for those that are missing.
 */
enum { SIZES = 4 };
static const size_t sizes[SIZES] = {1, 4, 16, FOLD_TOGETHER};
#define KEYS_1 "?"
#define KEYS_4 "?, ?, ?, ?"
#define KEYS_16 KEYS_4 ", " KEYS_4 ", " KEYS_4 ", " KEYS_4
#define KEYS_64 KEYS_16 ", " KEYS_16 ", " KEYS_16 ", " KEYS_16
#define FOR_SIZES(head, tail)                                          \
	{                                                              \
		head KEYS_1 tail, head KEYS_4 tail, head KEYS_16 tail, \
		    head KEYS_64 tail,                                 \
	}
_Static_assert(FOLD_TOGETHER == 64, "KEYS_64 is for the most");

/* folding_write.c knows the columns, all but the last. */
#define ROW_OF                                                        \
	"SELECT direction, state, from_raw, to_raw, from_number,"     \
	" to_number, caller_name, did_id, from_extension_id,"         \
	" extension_id, target_type, target_id, target_number,"       \
	" emergency, missed, legs, steps, started_at, ringing_at,"    \
	" answered_at, ended_at, duration, billed, id, version,"      \
	" event_count, call_key FROM calls WHERE organization_id = ?" \
	" AND call_key IN ("
enum { ROW_KEY = 26 };
static const char *const rows_of[] = FOR_SIZES(ROW_OF, ") FOR UPDATE");

#define EVENTS_OF FOLDING_EVENTS " AND call_key IN ("
/* In the order of the key, so that no more is read than is taken. */
static const char *const events_of[] =
    FOR_SIZES(EVENTS_OF, ") ORDER BY call_key, kind, id LIMIT ?");

#define SHOWN_OF FOLDING_SHOWN " WHERE organization_id = ? AND call_key IN ("
static const char *const shown_of[] = FOR_SIZES(SHOWN_OF, ")");

/* most: of rows, when the statement has a limit; else 0. */
static struct err *
ask(const struct folding_call *calls, const struct str *keys, size_t count,
    const char *const *statements, int64_t most, struct rows **rows)
{
	struct value values[FOLD_TOGETHER + 2] = {INT(calls->organization)};
	size_t which = 0, n = 1;

	while (sizes[which] < count)
		which++;
	for (size_t i = 0; i < sizes[which]; i++)
		values[n++] = TEXT(keys[i < count ? i : count - 1]);
	if (most > 0)
		values[n++] = INT(most);
	return db_query(calls->db, statements[which], values, n, rows);
}

static size_t
keys_of(const struct folding_call *calls, size_t count,
    struct str keys[FOLD_TOGETHER])
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (calls[i].key.n > 0)
			keys[n++] = calls[i].key;
	return n;
}

/* Some of them that follow one another. */
static struct rows
part_of(const struct rows *rows, size_t first, size_t count)
{
	struct rows part = *rows;

	part.cells += first * rows->columns;
	part.count = count;
	return part;
}

static struct folding_call *
call_of(struct folding_call *calls, size_t count, struct str key)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(calls[i].key, key))
			return &calls[i];
	return NULL;
}

static void
part_events(struct folding_call *calls, size_t count, const struct rows *events)
{
	size_t end;

	for (size_t i = 0; i < events->count; i = end) {
		struct str key = rows_text(events, i, EVENT_KEY);
		struct folding_call *call = call_of(calls, count, key);

		for (end = i + 1; end < events->count; end++)
			if (!str_equal(rows_text(events, end, EVENT_KEY), key))
				break;
		if (call != NULL)
			call->events = part_of(events, i, end - i);
	}
}

/* *full: one of them is; where that was known before, nothing is asked. */
static struct err *
load_events(struct folding_call *calls, size_t count, const struct str *keys,
    size_t n, bool *full)
{
	int64_t large = 0, once = 0;
	struct rows *rows;

	for (size_t i = 0; i < count && !*full; i++)
		*full = folding_was_full(&calls[i].was);
	if (*full)
		return NULL;
	TRY(ask(calls, keys, n, events_of, FOLD_EVENTS, &rows));
	*full = rows->count == FOLD_EVENTS;
	part_events(calls, count, rows);
	if (*full)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		large += folding_large(&calls[i], false);
		once += folding_large(&calls[i], true);
	}
	/* Of one alone it is enough to read what is told once. */
	*full = (n > 1 ? large : once) > FOLD_BYTES;
	return large > 0 && !*full ? folding_read_bodies(calls, count) : NULL;
}

struct err *
folding_load(struct folding_call *calls, size_t count, bool *too_many)
{
	struct str keys[FOLD_TOGETHER];
	size_t n = keys_of(calls, count, keys);
	bool full = false;
	struct rows *rows;

	*too_many = false;
	if (n == 0)
		return NULL;
	TRY(ask(calls, keys, n, rows_of, 0, &rows));
	for (size_t i = 0; i < rows->count; i++) {
		struct folding_call *call =
		    call_of(calls, count, rows_text(rows, i, ROW_KEY));

		if (call != NULL)
			call->was = part_of(rows, i, 1);
	}
	TRY(load_events(calls, count, keys, n, &full));
	*too_many = full && n > 1;
	return full && n == 1 ? folding_load_full(call_of(calls, count, *keys))
			      : NULL;
}

struct err *
folding_describe(struct folding_call *calls, size_t count)
{
	struct str keys[FOLD_TOGETHER];
	size_t n = 0;
	struct rows *rows;

	for (size_t i = 0; i < count; i++)
		if (calls[i].changed)
			keys[n++] = calls[i].key;
	if (n == 0)
		return NULL;
	TRY(ask(calls, keys, n, shown_of, 0, &rows));
	for (size_t i = 0; i < rows->count; i++) {
		struct folding_call *call = call_of(
		    calls, count, rows_text(rows, i, FOLDING_SHOWN_KEY));

		if (call != NULL)
			folding_telling(call->pool, rows, i, &call->telling);
	}
	return NULL;
}
