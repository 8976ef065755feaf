#include "folding_private.h"
#include "instant.h"

/* What folding_load() reads: the values, and behind them. */
enum { DIRECTION = 0, DID = 7, EXTENSION = 9, COLUMNS = 23 };
enum { ROW = COLUMNS, VERSION, EVENTS };
/* More than there will ever be: its events are never all there again. */
#define TORN INT64_C(4294967295)

/* As in both statements below. */
static void
values_of(const struct folding_call *call, struct value v[COLUMNS])
{
	const struct folded_call *x = &call->folded;
	struct pool *pool = call->pool;
	size_t n = 0;

#define ID(id) ((id) != 0 ? INT(id) : NIL)
	v[n++] = TEXT(x->direction);
	v[n++] = TEXT(str_of(call_state_name(x->state)));
	v[n++] = TEXT(x->from_raw);
	v[n++] = TEXT(x->to_raw);
	v[n++] = TEXT(x->from_number);
	v[n++] = TEXT(x->to_number);
	v[n++] = TEXT(x->caller_name);
	v[n++] = ID(x->did);
	v[n++] = ID(x->from_extension);
	v[n++] = ID(x->extension);
	v[n++] = x->target.type != TARGET_NONE
		     ? TEXT(str_of(target_type_name(x->target.type)))
		     : NIL;
	v[n++] = ID(x->target.id);
	v[n++] = TEXT(x->target.number);
	v[n++] = INT(x->emergency);
	v[n++] = INT(x->missed);
	v[n++] = TEXT(x->legs);
	v[n++] = TEXT(x->steps);
	v[n++] = instant_value(pool, x->started);
	v[n++] = instant_value(pool, x->ringing);
	v[n++] = instant_value(pool, x->answered);
	v[n++] = instant_value(pool, x->ended);
	v[n++] = x->duration >= 0 ? INT(x->duration) : NIL;
	v[n++] = x->billed >= 0 ? INT(x->billed) : NIL;
#undef ID
}

static bool
same_value(const struct value *value, struct str cell)
{
	int64_t number;

	if (value->kind == VALUE_INT)
		return str_to_int(cell, INT64_MIN, INT64_MAX, &number) &&
		       number == value->number;
	if (value->kind == VALUE_NULL || value->text.p == NULL)
		return cell.p == NULL;
	return cell.p != NULL &&
	       (str_equal(value->text, cell) ||
		   (instant_of(cell) != 0 &&
		       instant_of(cell) == instant_of(value->text)));
}

/*
 * Many rows of one statement: of a new call the first, of one that is there
 * the second.  A call that another worker has written first is refused: by its
 * unique key, or since it has another version than the one that was read, for
 * no version is NULL.
 */
enum { VALUES = COLUMNS + 5 };
#define INSERT                                                               \
	"INSERT INTO calls (organization_id, call_key, direction, state,"    \
	" from_raw, to_raw, from_number, to_number, caller_name, did_id,"    \
	" from_extension_id, extension_id, target_type, target_id,"          \
	" target_number, emergency, missed, legs, steps, started_at,"        \
	" ringing_at, answered_at, ended_at, duration, billed, event_count," \
	" version, id) VALUES "
#define ROW_1                                                             \
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?," \
	" ?, ?, ?, ?, ?, ?, ?)"
#define ROWS_4 ROW_1 ", " ROW_1 ", " ROW_1 ", " ROW_1
#define ROWS_16 ROWS_4 ", " ROWS_4 ", " ROWS_4 ", " ROWS_4
#define SET(column) column " = VALUES(" column ")"
/* clang-format off */
#define UPDATE \
	" ON DUPLICATE KEY UPDATE " \
	SET("direction") ", " SET("state") ", " SET("from_raw") ", " \
	SET("to_raw") ", " SET("from_number") ", " SET("to_number") ", " \
	SET("caller_name") ", " SET("did_id") ", " \
	SET("from_extension_id") ", " SET("extension_id") ", " \
	SET("target_type") ", " SET("target_id") ", " \
	SET("target_number") ", " SET("emergency") ", " SET("missed") ", " \
	SET("legs") ", " SET("steps") ", " SET("started_at") ", " \
	SET("ringing_at") ", " SET("answered_at") ", " SET("ended_at") ", " \
	SET("duration") ", " SET("billed") ", " SET("event_count") ", " \
	"version = IF(version = VALUES(version), version + 1, NULL)"
/* clang-format on */
enum { SIZES = 3 };
static const size_t sizes[SIZES] = {16, 4, 1};
static const char *const inserts[] = {
    INSERT ROWS_16, INSERT ROWS_4, INSERT ROW_1};
static const char *const updates[] = {
    INSERT ROWS_16 UPDATE, INSERT ROWS_4 UPDATE, INSERT ROW_1 UPDATE};

/* What is written of a call. */
struct row {
	const struct folding_call *call;
	struct value values[COLUMNS];
};

static struct err *
write_some(const struct row *const *rows, size_t count, const char *sql)
{
	const struct folding_call *call = (*rows)->call;
	struct value *values =
	    NEW_ARRAY(call->pool, struct value, count * VALUES);

	for (size_t i = 0; i < count; i++) {
		struct value *v = values + i * VALUES;

		call = rows[i]->call;
		v[0] = INT(call->organization);
		v[1] = TEXT(call->key);
		memcpy(v + 2, rows[i]->values, sizeof rows[i]->values);
		v[COLUMNS + 2] = INT(call->events.count);
		v[COLUMNS + 3] = INT(1);
		v[COLUMNS + 4] = NIL;
		if (call->was.count == 0)
			continue;
		v[COLUMNS + 3] = INT(rows_int(&call->was, 0, VERSION));
		v[COLUMNS + 4] = INT(rows_int(&call->was, 0, ROW));
	}
	return db_exec(call->db, sql, values, count * VALUES, NULL);
}

static struct err *
write_rows(
    const struct row *const *rows, size_t count, const char *const *statements)
{
	while (count > 0) {
		size_t i = 0;

		while (sizes[i] > count)
			i++;
		TRY(write_some(rows, sizes[i], statements[i]));
		rows += sizes[i];
		count -= sizes[i];
	}
	return NULL;
}

/* It was made of as many events as are read. */
bool
folding_was_full(const struct rows *was)
{
	return was->count > 0 && rows_int(was, 0, EVENTS) >= FOLD_EVENTS;
}

bool
folding_is_torn(const struct rows *was, size_t folded)
{
	return was->count > 0 && (int64_t)folded < rows_int(was, 0, EVENTS);
}

/* `updated_at` stays: it is no other version. */
static struct err *
note_events(const struct folding_call *call, int64_t count)
{
	if (count == rows_int(&call->was, 0, EVENTS))
		return NULL;
	return EXEC(call->db,
	    "UPDATE calls SET event_count = ?, updated_at = updated_at"
	    " WHERE organization_id = ? AND id = ?",
	    NULL, INT(count), INT(call->organization),
	    INT(rows_int(&call->was, 0, ROW)));
}

/*
 * A recording or a message may have been removed, too, and must not come
 * again.  A CDR stays for good: one that was there before is the same row.
 */
struct err *
folding_write_late(struct folding_call *call)
{
	struct folded_call *x = &call->folded;

	x->direction = rows_text(&call->was, 0, DIRECTION);
	x->did = (uint64_t)rows_int(&call->was, 0, DID);
	x->extension = (uint64_t)rows_int(&call->was, 0, EXTENSION);
	x->recording_count = 0;
	x->message = NULL;
	TRY(note_events(call, TORN));
	return folding_write_records(call);
}

static bool
is_changed(const struct row *row)
{
	const struct rows *was = &row->call->was;

	for (size_t i = 0; i < COLUMNS; i++)
		if (!same_value(&row->values[i], rows_text(was, 0, i)))
			return true;
	return false;
}

struct err *
folding_write(struct folding_call *calls, size_t count)
{
	struct row *all = NEW_ARRAY(calls->pool, struct row, count);
	const struct row *new[FOLD_TOGETHER], *old[FOLD_TOGETHER];
	size_t new_count = 0, old_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct folding_call *call = &calls[i];

		if (!call->news || call->torn || !call->folded.exists)
			continue;
		all[i].call = call;
		values_of(call, all[i].values);
		call->changed = call->was.count == 0 || is_changed(&all[i]);
		if (call->was.count == 0)
			new[new_count++] = &all[i];
		else if (call->changed)
			old[old_count++] = &all[i];
		else
			TRY(note_events(call, (int64_t)call->events.count));
	}
	TRY(write_rows(new, new_count, inserts));
	return write_rows(old, old_count, updates);
}

enum { IDS_FEW = 4, IDS = 64 }; /* in one statement */
#define IDS_4 "?, ?, ?, ?"
#define IDS_16 IDS_4 ", " IDS_4 ", " IDS_4 ", " IDS_4
#define IDS_64 IDS_16 ", " IDS_16 ", " IDS_16 ", " IDS_16
#define MARK                                     \
	"UPDATE call_events SET unfolded = NULL" \
	" WHERE organization_id = ? AND unfolded IS NOT NULL AND id IN ("

/* Those that were not folded before. */
static size_t
mark_ids(const struct folding_call *call, int64_t *ids)
{
	const struct rows *events = &call->events;
	size_t n = 0;

	for (size_t i = 0; call->news && i < events->count; i++)
		if (folding_is_new(events, i) || folding_is_parked(events, i))
			ids[n++] = rows_int(events, i, EVENT_ID);
	for (size_t i = 0; i < call->passed.count; i++)
		ids[n++] = rows_int(&call->passed, i, 0);
	return n;
}

struct err *
folding_mark(struct folding_call *calls, size_t count)
{
	size_t most = 0, n = 0;
	int64_t *ids;

	for (size_t i = 0; i < count; i++)
		most += calls[i].events.count + calls[i].passed.count;
	ids = NEW_ARRAY(calls->pool, int64_t, most + 1);
	for (size_t i = 0; i < count; i++) {
		size_t marked = mark_ids(&calls[i], ids + n);

		calls[i].marked += marked;
		n += marked;
	}
	for (size_t first = 0; first < n; first += IDS) {
		struct value values[IDS + 1] = {INT(calls->organization)};

		for (size_t i = 0; i < IDS; i++)
			values[i + 1] = INT(first + i < n ? ids[first + i] : 0);
		/* Of few a short one. */
		TRY(n - first <= IDS_FEW ? db_exec(calls->db, MARK IDS_4 ")",
					       values, IDS_FEW + 1, NULL)
					 : db_exec(calls->db, MARK IDS_64 ")",
					       values, IDS + 1, NULL));
	}
	return NULL;
}
