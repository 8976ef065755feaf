#include "cdr.h"

#include "call_record.h"

static const char *const directions[] = {
    "inbound", "outbound", "internal", "unknown", NULL};
static const char *const dispositions[] = {
    "answered", "canceled", "busy", "no_answer", "failed", "unknown", NULL};
static const char *const any_dispositions[] = {"any", "answered", "canceled",
    "busy", "no_answer", "failed", "unknown", NULL};

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(cdr_record, id), .flags = READONLY | REQUIRED },
	{ FIELD(cdr_record, record_key), .flags = READONLY | UNLISTED },
	{ FIELD(cdr_record, call_key), .def = "",
	    .flags = READONLY | UNLISTED },
	{ FIELD_IN(cdr_record, call_id, "call_id", "(SELECT calls.id FROM"
	    " calls WHERE calls.organization_id = cdrs.organization_id"
	    " AND calls.call_key = cdrs.call_key)"), .flags = READONLY,
	    .refers = "calls" },
	{ FIELD(cdr_record, direction), .choices = directions,
	    .flags = READONLY },
	{ FIELD(cdr_record, disposition), .choices = dispositions,
	    .flags = READONLY },
	{ FIELD_AS(cdr_record, from_raw, "from"), .def = "",
	    .flags = READONLY },
	{ FIELD_AS(cdr_record, to_raw, "to"), .def = "",
	    .flags = READONLY },
	{ FIELD(cdr_record, from_number), .flags = READONLY | UNLISTED },
	{ FIELD(cdr_record, to_number), .flags = READONLY | UNLISTED },
	{ FIELD_AS(cdr_record, did_id, "did.id"), .refers = "dids",
	    .flags = READONLY | UNLISTED },
	{ FIELD_IN(cdr_record, did_number, "did.number", "(SELECT number"
	    " FROM dids WHERE dids.id = cdrs.did_id)"), .flags = READONLY },
	{ FIELD(cdr_record, extension_id), .refers = "extensions",
	    .flags = READONLY },
	{ FIELD(cdr_record, trunk), .flags = READONLY | UNLISTED },
	{ FIELD(cdr_record, started_at), .flags = READONLY | REQUIRED },
	{ FIELD(cdr_record, answered_at), .flags = READONLY | UNLISTED },
	{ FIELD(cdr_record, ended_at), .flags = READONLY | UNLISTED },
	{ FIELD(cdr_record, duration), .flags = READONLY,
	    .help = "seconds" },
	{ FIELD(cdr_record, billed), .flags = READONLY,
	    .help = "seconds" },
	{ FIELD(cdr_record, cost), .flags = READONLY,
	    .help = "as the carrier says, a decimal number" },
	{ FIELD(cdr_record, created_at), .flags = READONLY | UNLISTED },
	/* Of one record alone. */
	{ FIELD(cdr_record, document), .flags = READONLY,
	    .help = "the carrier's, verbatim; to owner and admin alone" },
};

static const struct field query_fields[] = {
	HISTORY_FIELDS(cdrs_query, newest_first),
	{ FIELD(cdrs_query, number), .max = 40,
	    .help = "either side's, in any form" },
	{ FIELD(cdrs_query, extension_id), .refers = "extensions" },
	{ FIELD(cdrs_query, did_id), .refers = "dids" },
	{ FIELD(cdrs_query, disposition), .choices = any_dispositions },
	{ FIELD(cdrs_query, status), .choices = any_dispositions,
	    .help = "the same as disposition" },
	{ FIELD(cdrs_query, direction), .choices = call_directions },
	{ FIELD(cdrs_query, call), .max = 128, .help = "a call_key" },
	{ FIELD(cdrs_query, q), .max = 200,
	    .help = "part of either side's number" },
};
/* clang-format on */

const struct record cdr_row = {
    .name = "cdr",
    .fields = fields,
    .count = sizeof fields / sizeof fields[0] - 1,
    .size = sizeof(struct cdr_record),
};

const struct record cdr_details = {
    .name = "cdr_details",
    RECORD(cdr_record, fields),
};

const struct record cdrs_parameters = {
    .name = "cdrs_query",
    RECORD(cdrs_query, query_fields),
};

const struct history cdrs = {
    .name = "cdrs",
    .record = &cdr_row,
    .query = &cdrs_parameters,
    .view = "cdrs",
    .at = "started_at",
};

struct err *
cdrs_choose(struct visit *visit, const struct habits *habits,
    const struct cdrs_query *query, struct cursor_list *list)
{
	struct value number =
	    take_number_filter(visit, habits, "number", query->number);
	struct value extension =
	    query->extension_id == 0 ? NIL : INT(query->extension_id);
	struct value did = query->did_id == 0 ? NIL : INT(query->did_id);
	struct value disposition = cursor_choice(any_dispositions,
	    query->disposition != 0 ? query->disposition : query->status);
	struct value direction =
	    cursor_choice(call_directions, query->direction);
	struct value call = TEXT(query->call), from = number;
	struct own own;

	TRY(find_own(visit, &own));
	for (size_t i = 0; i < own.count; i++)
		cursor_way(list, "extension_id", INT(own.ids[i]));
	if (!own.all && own.count == 0)
		cursor_way(list, "extension_id", INT(0));
	/* By what finds fewest rows, as far as one can know. */
	if (own.all && !cursor_go(list, "call_key", &call) &&
	    cursor_go(list, "from_number", &from)) {
		cursor_go(list, "to_number", &number);
	} else if (list->ways == 0 &&
		   !cursor_go(list, "extension_id", &extension) &&
		   !cursor_go(list, "did_id", &did) &&
		   !cursor_go(list, "disposition", &disposition)) {
		cursor_go(list, "direction", &direction);
	}
	cursor_test(list, "? IN (from_number, to_number)", number);
	cursor_test(list, "extension_id = ?", extension);
	cursor_test(list, "did_id = ?", did);
	cursor_test(list, "disposition = ?", disposition);
	cursor_test(list, "direction = ?", direction);
	cursor_test(list, "call_key = ?", call);
	cursor_test(list,
	    "(from_number LIKE ? ESCAPE '!' OR to_number LIKE ? ESCAPE '!'"
	    " OR from_raw LIKE ? ESCAPE '!' OR to_raw LIKE ? ESCAPE '!')",
	    take_search(visit, query->q));
	return NULL;
}

struct err *
cdr_load(struct visit *visit, uint64_t id, struct cdr_record *cdr)
{
	struct store store = change_store(&visit->change);
	struct buf sql = buf_new(visit->req->pool, 1024);
	struct rows *rows;
	struct own own;

	buf_add_text(&sql, "SELECT ");
	record_columns(&cdr_details, &sql);
	buf_add_text(&sql, " FROM cdrs WHERE organization_id = ? AND id = ?");
	TRY(db_begin(visit->change.db, visit->req->pool, DB_READ,
	    visit->change.organization));
	TRY(find_own(visit, &own));
	TRY(QUERY(visit->change.db, buf_str(&sql).p, &rows,
	    INT(visit->change.organization), INT(id)));
	*cdr = (struct cdr_record){0};
	if (rows->count > 0)
		TRY(record_read(&store, &cdr_details, rows, 0, cdr));
	if (rows->count == 0 || !own_has(&own, cdr->extension_id))
		return err_new(
		    visit->req->pool, NOT_FOUND, "There is no such CDR.");
	if (!own.all)
		cdr->document.text = NO_STR;
	return NULL;
}
