#include "folding_private.h"
#include "instant.h"

/* What folding_lock() reads: the values, and behind them. */
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

static struct err *
insert(struct folding_call *call, const struct value *columns)
{
	struct value values[COLUMNS + 3];

	values[0] = INT(call->organization);
	values[1] = TEXT(call->key);
	memcpy(values + 2, columns, COLUMNS * sizeof *values);
	values[COLUMNS + 2] = INT(call->events->count);
	return db_exec(call->db,
	    "INSERT INTO calls (organization_id, call_key, direction, state,"
	    " from_raw, to_raw, from_number, to_number, caller_name, did_id,"
	    " from_extension_id, extension_id, target_type, target_id,"
	    " target_number, emergency, missed, legs, steps, started_at,"
	    " ringing_at, answered_at, ended_at, duration, billed,"
	    " event_count)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?, ?, ?, ?, ?, ?, ?, ?)",
	    values, COLUMNS + 3, NULL);
}

/* Nobody else has written it since it was read. */
static struct err *
update(struct folding_call *call, const struct value *columns,
    const struct rows *was)
{
	struct value values[COLUMNS + 4];
	uint64_t affected;

	memcpy(values, columns, COLUMNS * sizeof *values);
	values[COLUMNS] = INT(call->events->count);
	values[COLUMNS + 1] = INT(call->organization);
	values[COLUMNS + 2] = INT(rows_int(was, 0, ROW));
	values[COLUMNS + 3] = INT(rows_int(was, 0, VERSION));
	TRY(db_exec(call->db,
	    "UPDATE calls SET direction = ?, state = ?, from_raw = ?,"
	    " to_raw = ?, from_number = ?, to_number = ?, caller_name = ?,"
	    " did_id = ?, from_extension_id = ?, extension_id = ?,"
	    " target_type = ?, target_id = ?, target_number = ?,"
	    " emergency = ?, missed = ?, legs = ?, steps = ?, started_at = ?,"
	    " ringing_at = ?, answered_at = ?, ended_at = ?, duration = ?,"
	    " billed = ?, event_count = ?, version = version + 1"
	    " WHERE organization_id = ? AND id = ? AND version = ?",
	    values, COLUMNS + 4, &affected));
	if (affected == 0)
		return err_new(call->pool, CONFLICT,
		    "another worker has written the call");
	return NULL;
}

struct err *
folding_lock(struct folding_call *call, struct rows **was)
{
	return QUERY(call->db,
	    "SELECT direction, state, from_raw, to_raw, from_number,"
	    " to_number, caller_name, did_id, from_extension_id,"
	    " extension_id, target_type, target_id, target_number, emergency,"
	    " missed, legs, steps, started_at, ringing_at, answered_at,"
	    " ended_at, duration, billed, id, version, event_count FROM calls"
	    " WHERE organization_id = ? AND call_key = ? FOR UPDATE",
	    was, INT(call->organization), TEXT(call->key));
}

bool
folding_is_torn(const struct rows *was, size_t folded)
{
	return was->count > 0 && (int64_t)folded < rows_int(was, 0, EVENTS);
}

/* `updated_at` stays: it is no other version. */
static struct err *
note_events(struct folding_call *call, const struct rows *was, int64_t count)
{
	if (count == rows_int(was, 0, EVENTS))
		return NULL;
	return EXEC(call->db,
	    "UPDATE calls SET event_count = ?, updated_at = updated_at"
	    " WHERE organization_id = ? AND id = ?",
	    NULL, INT(count), INT(call->organization),
	    INT(rows_int(was, 0, ROW)));
}

/*
 * A recording or a message may have been removed, too, and must not come
 * again.  A CDR stays for good: one that was there before is the same row.
 */
struct err *
folding_write_late(struct folding_call *call, const struct rows *was)
{
	struct folded_call *x = &call->folded;

	x->direction = rows_text(was, 0, DIRECTION);
	x->did = (uint64_t)rows_int(was, 0, DID);
	x->extension = (uint64_t)rows_int(was, 0, EXTENSION);
	x->recording_count = 0;
	x->message = NULL;
	TRY(note_events(call, was, TORN));
	return folding_write_records(call);
}

struct err *
folding_write(struct folding_call *call, const struct rows *was)
{
	struct value values[COLUMNS];

	if (!call->folded.exists)
		return NULL;
	values_of(call, values);
	if (was->count == 0) {
		call->changed = true;
		return insert(call, values);
	}
	for (size_t i = 0; i < COLUMNS && !call->changed; i++)
		call->changed = !same_value(&values[i], rows_text(was, 0, i));
	return call->changed
		   ? update(call, values, was)
		   : note_events(call, was, (int64_t)call->events->count);
}

enum { IDS = 16 }; /* in one statement */

/* The next events that were not folded before, of all calls; 0: no more. */
static int64_t
next_unfolded(
    const struct folding_call *calls, size_t count, size_t *call, size_t *event)
{
	for (; *call < count; ++*call, *event = 0) {
		const struct rows *events = calls[*call].events;

		while (events != NULL && *event < events->count) {
			size_t i = (*event)++;

			if (rows_int(events, i, 6) == 1)
				return rows_int(events, i, 0);
		}
	}
	return 0;
}

struct err *
folding_mark(const struct folding_call *calls, size_t count)
{
	size_t call = 0, event = 0;

	for (;;) {
		struct value values[IDS + 1] = {INT(calls->organization)};

		for (size_t i = 1; i <= IDS; i++)
			values[i] =
			    INT(next_unfolded(calls, count, &call, &event));
		if (values[1].number == 0)
			return NULL;
		TRY(db_exec(calls->db,
		    "UPDATE call_events SET unfolded = NULL"
		    " WHERE organization_id = ? AND unfolded = 1 AND id IN"
		    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    values, IDS + 1, NULL));
	}
}
