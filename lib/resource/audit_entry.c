#include "audit_entry.h"

#include "list.h"

static const char *const actors[] = {
    "user", "operator", "caller", "carrier", "system", NULL};
static const char *const any_actors[] = {
    "any", "user", "operator", "caller", "carrier", "system", NULL};
static const char *const sorts[] = {"-created_at", "created_at", NULL};

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(audit_entry, id), .flags = READONLY | REQUIRED },
	{ FIELD(audit_entry, created_at), .flags = READONLY | REQUIRED },
	{ FIELD_AS(audit_entry, actor_type, "actor.type"), .choices = actors,
	    .flags = READONLY },
	{ FIELD_AS(audit_entry, actor_id, "actor.id"),
	    .flags = READONLY | UNLISTED },
	{ FIELD_AS(audit_entry, actor_name, "actor.name"), .def = "",
	    .flags = READONLY },
	{ FIELD(audit_entry, token_id), .refers = "tokens",
	    .flags = READONLY | UNLISTED },
	{ FIELD(audit_entry, remote), .def = "", .flags = READONLY,
	    .help = "the client's address" },
	{ FIELD(audit_entry, request_id), .def = "",
	    .flags = READONLY | UNLISTED },
	{ FIELD(audit_entry, action), .def = "", .flags = READONLY },
	{ FIELD_AS(audit_entry, object_type, "object.type"), .def = "",
	    .flags = READONLY },
	{ FIELD_AS(audit_entry, object_id, "object.id"), .flags = READONLY },
	{ FIELD_AS(audit_entry, object_name, "object.name"), .def = "",
	    .flags = READONLY },
	{ FIELD_AS(audit_entry, value_before, "before"),
	    .flags = READONLY | UNLISTED },
	{ FIELD_AS(audit_entry, value_after, "after"),
	    .flags = READONLY | UNLISTED },
};

static const struct field query_fields[] = {
	HISTORY_FIELDS(audit_query, sorts),
	{ FIELD(audit_query, actor_type), .choices = any_actors },
	{ FIELD(audit_query, actor_id) },
	{ FIELD(audit_query, object_type), .max = 32,
	    .help = "ring_group, extension" },
	{ FIELD(audit_query, object_id) },
	{ FIELD(audit_query, action), .max = 32,
	    .help = "create, update, delete, restore" },
	{ FIELD(audit_query, q), .max = 200,
	    .help = "part of the name of who or of what" },
};
/* clang-format on */

const struct record audit_row = {
    .name = "audit_entry",
    RECORD(audit_entry, fields),
};

const struct record audit_parameters = {
    .name = "audit_query",
    RECORD(audit_query, query_fields),
};

const struct history audit_entries = {
    .name = "audit",
    .record = &audit_row,
    .query = &audit_parameters,
    .view = "audit_entries",
    .at = "created_at",
};

void
audit_choose(struct visit *visit, const struct audit_query *query,
    struct cursor_list *list)
{
	struct value actor_type = cursor_choice(any_actors, query->actor_type);
	struct value actor = query->actor_id == 0 ? NIL : INT(query->actor_id);
	struct value type = TEXT(query->object_type);
	struct value object =
	    query->object_id == 0 ? NIL : INT(query->object_id);
	struct value action = TEXT(query->action);
	struct value q =
	    query->q.n == 0 ? NIL : TEXT(list_like(visit->req->pool, query->q));

	/* By what finds fewest rows, as far as one can know. */
	if (!cursor_go(list, "object_id", &object) &&
	    !cursor_go(list, "actor_id", &actor) &&
	    !cursor_go(list, "object_type", &type) &&
	    !cursor_go(list, "action", &action))
		cursor_go(list, "actor_type", &actor_type);
	cursor_test(list, "actor_type = ?", actor_type);
	cursor_test(list, "actor_id = ?", actor);
	cursor_test(list, "object_type = ?", type);
	cursor_test(list, "object_id = ?", object);
	cursor_test(list, "action = ?", action);
	cursor_test(list,
	    "(object_name LIKE ? ESCAPE '!' OR actor_name LIKE ? ESCAPE '!')",
	    q);
}

struct err *
audit_load(struct visit *visit, uint64_t id, struct audit_entry *entry)
{
	struct store store = change_store(&visit->change);
	struct buf sql = buf_new(visit->req->pool, 1024);
	struct rows *rows;

	buf_add_text(&sql, "SELECT ");
	record_columns(&audit_row, &sql);
	buf_add_text(
	    &sql, " FROM audit_entries WHERE organization_id = ? AND id = ?");
	TRY(db_begin(visit->change.db, visit->req->pool, DB_READ,
	    visit->change.organization));
	TRY(QUERY(visit->change.db, buf_str(&sql).p, &rows,
	    INT(visit->change.organization), INT(id)));
	*entry = (struct audit_entry){0};
	if (rows->count == 0)
		return err_new(
		    visit->req->pool, NOT_FOUND, "There is no such entry.");
	return record_read(&store, &audit_row, rows, 0, entry);
}
