#include "call_record.h"

#include "call_parts.h"
#include "instant.h"

const char *const call_states[] = {"initiated", "ringing", "answered",
    "completed", "canceled", "busy", "no_answer", "failed", NULL};
static const char *const any_states[] = {"any", "initiated", "ringing",
    "answered", "completed", "canceled", "busy", "no_answer", "failed", NULL};
const char *const call_ways[] = {
    "inbound", "outbound", "internal", "unknown", NULL};
const char *const call_directions[] = {
    "any", "inbound", "outbound", "internal", "unknown", NULL};

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(call_record, id), .flags = READONLY | REQUIRED },
	{ FIELD(call_record, call_key), .flags = READONLY | UNLISTED,
	    .help = "the carrier's name of the call" },
	{ FIELD(call_record, direction), .choices = call_ways,
	    .flags = READONLY },
	{ FIELD(call_record, state), .choices = call_states, .flags = READONLY },
	{ FIELD_AS(call_record, from_raw, "from"), .def = "",
	    .flags = READONLY },
	{ FIELD_AS(call_record, to_raw, "to"), .def = "",
	    .flags = READONLY },
	{ FIELD(call_record, from_number), .flags = READONLY | UNLISTED },
	{ FIELD(call_record, to_number), .flags = READONLY | UNLISTED },
	{ FIELD(call_record, caller_name), .def = "", .flags = READONLY },
	{ FIELD_AS(call_record, did_id, "did.id"), .refers = "dids",
	    .flags = READONLY | UNLISTED },
	{ FIELD_IN(call_record, did_number, "did.number", "(SELECT number"
	    " FROM dids WHERE dids.id = calls.did_id)"), .flags = READONLY },
	{ FIELD(call_record, from_extension_id), .refers = "extensions",
	    .flags = READONLY, .help = "that called" },
	{ FIELD(call_record, extension_id), .refers = "extensions",
	    .flags = READONLY, .help = "that took the call" },
	{ FIELD(call_record, target), .targets = ANY_TARGET,
	    .flags = READONLY, .help = "where it went first" },
	{ FIELD(call_record, emergency), .flags = READONLY },
	{ FIELD(call_record, missed), .flags = READONLY },
	{ FIELD(call_record, started_at), .flags = READONLY | REQUIRED },
	{ FIELD(call_record, ringing_at), .flags = READONLY | UNLISTED },
	{ FIELD(call_record, answered_at), .flags = READONLY },
	{ FIELD(call_record, ended_at), .flags = READONLY },
	{ FIELD(call_record, duration), .flags = READONLY,
	    .help = "seconds" },
	{ FIELD(call_record, billed), .flags = READONLY | UNLISTED,
	    .help = "seconds" },
	{ FIELD(call_record, updated_at), .flags = READONLY | UNLISTED },
	/* From here on of one call alone. */
	{ FIELD(call_record, legs), .of = &call_leg_record, .flags = READONLY },
	{ FIELD(call_record, steps), .of = &call_step_record,
	    .flags = READONLY, .help = "why it went so" },
	{ FIELD(call_record, events), .of = &call_event_record,
	    .flags = READONLY },
	{ FIELD(call_record, cdrs), .of = &call_cdr_record, .flags = READONLY },
	{ FIELD(call_record, recordings), .of = &call_recording_record,
	    .flags = READONLY },
	{ FIELD(call_record, voicemails), .of = &call_voicemail_record,
	    .flags = READONLY },
};

enum { LISTS = 6, DAY_MS = 24 * 3600 * 1000 };

static const struct field query_fields[] = {
	HISTORY_FIELDS(calls_query, newest_first),
	{ FIELD(calls_query, number), .max = 40,
	    .help = "either side's, in any form" },
	{ FIELD(calls_query, from_number), .max = 40 },
	{ FIELD(calls_query, to_number), .max = 40 },
	{ FIELD(calls_query, extension_id), .refers = "extensions",
	    .help = "either side's" },
	{ FIELD(calls_query, did_id), .refers = "dids" },
	{ FIELD(calls_query, state), .choices = any_states },
	{ FIELD(calls_query, status), .choices = any_states,
	    .help = "the same as state" },
	{ FIELD(calls_query, direction), .choices = call_directions },
	{ FIELD(calls_query, missed), .choices = any_bool },
	{ FIELD(calls_query, q), .max = 200,
	    .help = "part of either side's number or of the caller's name" },
};
/* clang-format on */

const struct record call_row = {
    .name = "call",
    .fields = fields,
    .count = sizeof fields / sizeof fields[0] - LISTS,
    .size = sizeof(struct call_record),
};

const struct record call_details = {
    .name = "call_details",
    RECORD(call_record, fields),
};

const struct record calls_parameters = {
    .name = "calls_query",
    RECORD(calls_query, query_fields),
};

const struct history calls = {
    .name = "calls",
    .record = &call_row,
    .query = &calls_parameters,
    .view = "calls",
    .at = "started_at",
};

static const char by_from[] = "from_number";
static const char by_to[] = "to_number";
static const char by_from_extension[] = "from_extension_id";
static const char by_extension[] = "extension_id";

/* What is asked for, as values; NIL for what is not, or is a way already. */
struct wishes {
	struct value number, from, to, extension, did, state, direction, missed;
};

/* By what finds fewest rows, as far as one can know. */
static void
choose_way(struct cursor_list *list, struct wishes *wishes)
{
	struct value number = wishes->number, extension = wishes->extension;

	if (cursor_go(list, by_from, &wishes->number)) {
		cursor_way(list, by_to, number);
		return;
	}
	if (cursor_go(list, by_from, &wishes->from) ||
	    cursor_go(list, by_to, &wishes->to))
		return;
	if (cursor_go(list, by_extension, &wishes->extension)) {
		cursor_way(list, by_from_extension, extension);
		return;
	}
	if (!cursor_go(list, "did_id", &wishes->did) &&
	    !cursor_go(list, "state", &wishes->state) &&
	    !cursor_go(list, "missed", &wishes->missed))
		cursor_go(list, "direction", &wishes->direction);
}

/* Whoever sees their own calls alone goes along their extensions. */
static void
choose_own(struct cursor_list *list, const struct own *own)
{
	for (size_t i = 0; i < own->count; i++) {
		cursor_way(list, by_extension, INT(own->ids[i]));
		cursor_way(list, by_from_extension, INT(own->ids[i]));
	}
	/* No extension, no calls. */
	if (own->count == 0)
		cursor_way(list, by_extension, INT(0));
}

struct err *
calls_choose(struct visit *visit, const struct habits *habits,
    const struct calls_query *query, struct cursor_list *list)
{
	struct wishes wishes = {
	    .number =
		take_number_filter(visit, habits, "number", query->number),
	    .from = take_number_filter(
		visit, habits, "from_number", query->from_number),
	    .to = take_number_filter(
		visit, habits, "to_number", query->to_number),
	    .extension =
		query->extension_id == 0 ? NIL : INT(query->extension_id),
	    .did = query->did_id == 0 ? NIL : INT(query->did_id),
	    .state = cursor_choice(
		any_states, query->state != 0 ? query->state : query->status),
	    .direction = cursor_choice(call_directions, query->direction),
	    .missed = query->missed == 0 ? NIL : INT(query->missed == 1),
	};
	struct own own;

	TRY(find_own(visit, &own));
	if (own.all)
		choose_way(list, &wishes);
	else
		choose_own(list, &own);
	cursor_test(list, "? IN (from_number, to_number)", wishes.number);
	cursor_test(list, "from_number = ?", wishes.from);
	cursor_test(list, "to_number = ?", wishes.to);
	cursor_test(
	    list, "? IN (from_extension_id, extension_id)", wishes.extension);
	cursor_test(list, "did_id = ?", wishes.did);
	cursor_test(list, "state = ?", wishes.state);
	cursor_test(list, "direction = ?", wishes.direction);
	cursor_test(list, "missed = ?", wishes.missed);
	cursor_test(list,
	    "(from_number LIKE ? ESCAPE '!' OR to_number LIKE ? ESCAPE '!'"
	    " OR from_raw LIKE ? ESCAPE '!' OR to_raw LIKE ? ESCAPE '!'"
	    " OR caller_name LIKE ? ESCAPE '!')",
	    take_search(visit, query->q));
	return NULL;
}

/* The first three states: what comes behind them has ended. */
enum { LIVE_STATES = 3, LEGS_MOST = 10000 };

bool
call_is_live(const struct call_record *call)
{
	return call->state < LIVE_STATES;
}

size_t
call_of(const struct call_record *call, uint64_t ids[CALL_OF_MOST])
{
	const struct presence_sides *sides = call->sides;
	size_t n = 0;

	ids[n++] = call->extension_id;
	ids[n++] = call->from_extension_id;
	for (size_t i = 0; sides != NULL && i < sides->ringing_count; i++)
		ids[n++] = sides->ringing[i];
	for (size_t i = 0; sides != NULL && i < sides->talking_count; i++)
		ids[n++] = sides->talking[i];
	return n;
}

bool
call_is_own(const struct own *own, const struct call_record *call)
{
	uint64_t ids[CALL_OF_MOST];
	size_t count = call_of(call, ids);

	for (size_t i = 0; i < count; i++)
		if (own_has(own, ids[i]))
			return true;
	return own->all;
}

/* By its legs, as JSON. */
static void
find_sides(struct pool *pool, struct call_record *call, struct str legs)
{
	struct presence_sides *sides = NEW(pool, struct presence_sides);
	const struct json *list = NULL;

	if (json_parse(pool, legs, &list) == NULL)
		presence_of_call(
		    call_state_parse(str_of(call_states[call->state])),
		    call->from_extension_id, call->extension_id, list, sides);
	call->sides = sides;
}

static struct err *
load_sides(struct visit *visit, int64_t since, struct cursor_page *page)
{
	struct pool *pool = visit->req->pool;
	struct rows *rows;

	TRY(QUERY(visit->change.db,
	    "SELECT id, legs FROM calls WHERE organization_id = ? AND state IN"
	    " ('initiated', 'ringing', 'answered') AND started_at > ?"
	    " ORDER BY id LIMIT ?",
	    &rows, INT(visit->change.organization), instant_value(pool, since),
	    INT(LEGS_MOST)));
	for (size_t i = 0; i < page->count; i++) {
		struct call_record *call = page->objects[i];
		size_t row = rows_first(rows, call->id);

		if (row < rows->count &&
		    (uint64_t)rows_int(rows, row, 0) == call->id)
			find_sides(pool, call, rows_text(rows, row, 1));
	}
	return NULL;
}

struct err *
calls_active(struct visit *visit, struct cursor_page *page)
{
	int64_t since = visit->change.now - DAY_MS;
	struct store store = change_store(&visit->change);
	struct cursor_list list = {
	    .record = &call_row,
	    .view = "calls",
	    .at = "started_at",
	    .per_page = CURSOR_PAGE,
	    .after = {since, 0},
	    .before = place_last,
	};

	for (size_t i = 0; i < LIVE_STATES; i++)
		cursor_way(&list, "state", TEXT(str_of(call_states[i])));
	TRY(db_begin(visit->change.db, visit->req->pool, DB_READ,
	    visit->change.organization));
	TRY(cursor_read(&store, &list, page));
	return load_sides(visit, since, page);
}

/* -- One call -------------------------------------------------------------- */

struct err *
call_load(struct visit *visit, uint64_t id, struct call_record *call)
{
	struct store store = change_store(&visit->change);
	struct buf sql = buf_new(visit->req->pool, 1024);
	struct rows *rows;
	struct own own;

	buf_add_text(&sql, "SELECT ");
	record_columns(&call_row, &sql);
	buf_add_text(&sql, ", legs, steps FROM calls WHERE organization_id = ?"
			   " AND id = ?");
	TRY(db_begin(visit->change.db, visit->req->pool, DB_READ,
	    visit->change.organization));
	TRY(find_own(visit, &own));
	TRY(QUERY(visit->change.db, buf_str(&sql).p, &rows,
	    INT(visit->change.organization), INT(id)));
	*call = (struct call_record){0};
	if (rows->count > 0)
		TRY(record_read(&store, &call_row, rows, 0, call));
	if (rows->count > 0 && call_is_live(call))
		find_sides(visit->req->pool, call,
		    rows_text(rows, 0, rows->columns - 2));
	if (rows->count == 0 || !call_is_own(&own, call))
		return err_new(
		    visit->req->pool, NOT_FOUND, "There is no such call.");
	call->legs_text.text = rows_text(rows, 0, rows->columns - 2);
	call->steps_text.text = rows_text(rows, 0, rows->columns - 1);
	return call_parts_load(visit, &own, call);
}
