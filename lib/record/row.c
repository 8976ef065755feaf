/*
 * Struct <-> row.
 *
 * The texts of statements are made from the table, whose names are literals:
 * nothing of a request ever becomes SQL.
 */
#include "record.h"

#include <assert.h>

#include "instant.h"
#include "words.h"

enum verb {
	SELECT,
	SELECT_LIVING,
	SELECT_DELETED,
	INSERT,
	UPDATE,
	DELETE,
	RESTORE,
};

enum { COLUMNS_MOST = 128, ROW_COLUMNS = 4 };

static bool
is_sealed(const struct field *field)
{
	return (field->flags & SECRET) != 0;
}

static bool
is_read(const struct field *field)
{
	return field->kind != FIELD_LIST && (field->flags & WRITEONLY) == 0;
}

static bool
is_written(const struct field *field)
{
	return is_read(field) && (field->flags & ELSEWHERE) == 0;
}

static void
add_columns(struct buf *sql, const struct field *field, const char *behind)
{
	static const char *const parts[] = {"_type", "_id", "_number"};

	if (field->kind == FIELD_TARGET)
		for (size_t i = 0; i < 3; i++)
			buf_printf(
			    sql, ", %s%s%s", field->column, parts[i], behind);
	else if (field->kind == FIELD_DID)
		buf_printf(sql, ", %s_did_id%s", field->column, behind);
	else if (is_sealed(field))
		buf_printf(sql, ", %s_sealed%s", field->column, behind);
	else
		buf_printf(sql, ", %s%s", field->column, behind);
}

static size_t
columns_of(const struct field *field)
{
	return field->kind == FIELD_TARGET ? 3 : 1;
}

void
record_columns(const struct record *record, struct buf *sql)
{
	buf_add_text(sql, record->view != NULL
			      ? "id, created_at, updated_at, deleted_at"
			      : "1");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if (field->kind == FIELD_DID)
			buf_printf(sql,
			    ", (SELECT number FROM dids"
			    " WHERE dids.id = %s_did_id)",
			    field->column);
		if (is_read(field))
			add_columns(sql, field, "");
	}
}

static void
make_insert(const struct record *record, struct buf *sql)
{
	size_t count = 0;

	buf_printf(sql,
	    "INSERT INTO %s (organization_id, created_at, updated_at",
	    record->view);
	for (size_t i = 0; i < record->count; i++) {
		if (!is_written(&record->fields[i]))
			continue;
		add_columns(sql, &record->fields[i], "");
		count += columns_of(&record->fields[i]);
	}
	buf_add_text(sql, ") VALUES (?, ?, ?");
	for (size_t i = 0; i < count; i++)
		buf_add_text(sql, ", ?");
	buf_add_text(sql, ")");
}

static void
make_update(const struct record *record, struct buf *sql)
{
	buf_printf(sql, "UPDATE %s SET updated_at = ?", record->view);
	for (size_t i = 0; i < record->count; i++)
		if (is_written(&record->fields[i]))
			add_columns(sql, &record->fields[i], " = ?");
	buf_add_text(sql, " WHERE id = ?");
}

static void
make_select(const struct record *record, const char *which, struct buf *sql)
{
	buf_add_text(sql, "SELECT ");
	record_columns(record, sql);
	buf_printf(sql, " FROM %s WHERE id = ?%s", record->view, which);
}

static void
make(const struct record *record, enum verb verb, struct buf *sql)
{
	switch (verb) {
	case SELECT:
		make_select(record, "", sql);
		return;
	case SELECT_LIVING:
		make_select(record, " AND deleted_at IS NULL", sql);
		return;
	case SELECT_DELETED:
		make_select(record, " AND deleted_at IS NOT NULL", sql);
		return;
	case INSERT:
		make_insert(record, sql);
		return;
	case UPDATE:
		make_update(record, sql);
		return;
	case DELETE:
		buf_printf(sql,
		    "UPDATE %s SET deleted_at = ?"
		    " WHERE id = ? AND deleted_at IS NULL",
		    record->view);
		return;
	case RESTORE:
		buf_printf(sql,
		    "UPDATE %s SET deleted_at = NULL"
		    " WHERE id = ? AND deleted_at IS NOT NULL",
		    record->view);
		return;
	}
}

static const char *
statement(
    const struct store *store, const struct record *record, enum verb verb)
{
	struct buf sql = buf_new(store->pool, 1024);

	make(record, verb, &sql);
	return buf_str(&sql).p;
}

static struct str
place_of(struct pool *pool, const struct record *record,
    const struct field *field, uint64_t id)
{
	return pool_printf(pool, "%s.%s:%llu", record->name, field->column,
	    (unsigned long long)id);
}

static struct value
one_value(const struct store *store, const struct record *record,
    const struct field *field, const void *object)
{
	const void *at = field_in(field, object);

	if (field_is_none(field, object))
		return NIL;
	if (is_sealed(field))
		return TEXT(crypto_seal(store->pool, store->seal,
		    place_of(store->pool, record, field,
			((const struct row *)object)->id),
		    *(const struct str *)at));
	if (field->kind == FIELD_DID)
		return INT(((const struct own_did *)at)->id);
	if (field->kind == FIELD_INT)
		return INT(*(const int *)at);
	if (field->kind == FIELD_SUM)
		return INT(*(const int64_t *)at);
	if (field->kind == FIELD_BOOL)
		return INT(*(const bool *)at ? 1 : 0);
	if (field->kind == FIELD_ID)
		return INT(*(const uint64_t *)at);
	if (field->kind == FIELD_INSTANT)
		return instant_value(
		    store->pool, ((const struct instant *)at)->at);
	return TEXT(field_print(store->pool, field, object));
}

static size_t
add_values(const struct store *store, const struct record *record,
    const void *object, struct value *values)
{
	size_t n = 0;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const struct target *target = field_in(field, object);

		if (!is_written(field))
			continue;
		assert(n + 8 < COLUMNS_MOST);
		if (field->kind != FIELD_TARGET) {
			values[n++] = one_value(store, record, field, object);
			continue;
		}
		values[n++] =
		    target->type == TARGET_NONE
			? NIL
			: TEXT(str_of(target_type_name(target->type)));
		values[n++] = target->id == 0 ? NIL : INT(target->id);
		values[n++] = TEXT(target->number);
	}
	return n;
}

static bool
has_secret(const struct record *record, const void *object)
{
	for (size_t i = 0; i < record->count; i++)
		if (is_sealed(&record->fields[i]) &&
		    !field_is_none(&record->fields[i], object))
			return true;
	return false;
}

struct err *
record_insert(
    const struct store *store, const struct record *record, void *object)
{
	struct row *row = object;
	struct value values[COLUMNS_MOST];
	size_t n = 3;

	values[0] = INT(store->organization);
	values[1] = instant_value(store->pool, row->created_at.at);
	values[2] = instant_value(store->pool, row->updated_at.at);
	n += add_values(store, record, object, values + n);
	TRY(db_exec(
	    store->db, statement(store, record, INSERT), values, n, NULL));
	row->id = db_last_id(store->db);
	/* A seal is bound to the row's id, which is known only now. */
	return has_secret(record, object) ? record_update(store, record, object)
					  : NULL;
}

struct err *
record_update(
    const struct store *store, const struct record *record, const void *object)
{
	const struct row *row = object;
	struct value values[COLUMNS_MOST];
	size_t n = 1;

	values[0] = instant_value(store->pool, row->updated_at.at);
	n += add_values(store, record, object, values + n);
	values[n++] = INT(row->id);
	return db_exec(
	    store->db, statement(store, record, UPDATE), values, n, NULL);
}

struct err *
record_delete(const struct store *store, const struct record *record,
    uint64_t id, int64_t now)
{
	return EXEC(store->db, statement(store, record, DELETE), NULL,
	    instant_value(store->pool, now), INT(id));
}

struct err *
record_restore(
    const struct store *store, const struct record *record, uint64_t id)
{
	return EXEC(
	    store->db, statement(store, record, RESTORE), NULL, INT(id));
}

static void
read_cell(const struct field *field, struct str cell, void *object)
{
	void *at = field_of(field, object);
	int64_t number = 0;

	if (field->kind == FIELD_TEXT || field->kind == FIELD_JSON)
		*(struct str *)at = cell;
	else if (field->kind == FIELD_INSTANT)
		((struct instant *)at)->at = instant_of(cell);
	else if (field->kind == FIELD_CHOICE) {
		for (unsigned i = 0; field->choices[i] != NULL; i++)
			if (str_is(cell, field->choices[i]))
				*(unsigned *)at = i;
	} else {
		str_to_int(cell, INT64_MIN, INT64_MAX, &number);
		if (field->kind == FIELD_INT)
			*(int *)at = (int)number;
		else if (field->kind == FIELD_BOOL)
			*(bool *)at = number != 0;
		else
			*(uint64_t *)at = (uint64_t)number;
	}
}

struct err *
record_read(const struct store *store, const struct record *record,
    const struct rows *rows, size_t i, void *object)
{
	struct row *row = object;
	size_t column = record->view != NULL ? ROW_COLUMNS : 1;

	if (record->view != NULL) {
		row->id = (uint64_t)rows_int(rows, i, 0);
		row->created_at.at = instant_of(rows_text(rows, i, 1));
		row->updated_at.at = instant_of(rows_text(rows, i, 2));
		row->deleted_at.at = instant_of(rows_text(rows, i, 3));
	}
	for (size_t f = 0; f < record->count; f++) {
		const struct field *field = &record->fields[f];
		struct str cell;
		struct target *target = field_of(field, object);

		if (!is_read(field))
			continue;
		cell = rows_text(rows, i, column);
		if (field->kind == FIELD_TARGET) {
			target_type_parse(cell, &target->type);
			target->id = (uint64_t)rows_int(rows, i, column + 1);
			target->number = rows_text(rows, i, column + 2);
		} else if (field->kind == FIELD_DID) {
			struct own_did *did = field_of(field, object);

			did->number = cell;
			did->id = (uint64_t)rows_int(rows, i, ++column);
		} else if (is_sealed(field) && cell.p != NULL) {
			if (!crypto_open(store->pool, store->seal,
				place_of(store->pool, record, field, row->id),
				cell, field_of(field, object)))
				return err_internal(store->pool,
				    "%s %llu: %s cannot be opened",
				    record->name, (unsigned long long)row->id,
				    field->column);
		} else {
			read_cell(field, cell, object);
		}
		column += columns_of(field);
	}
	return NULL;
}

static struct err *
no_such(struct pool *pool, const struct record *record)
{
	struct str words = words_of(pool, str_of(record->name));

	return err_new(pool, NOT_FOUND, "There %s no such %.*s.",
	    str_ends(words, STR("s")) ? "are" : "is", PSTR(words));
}

struct err *
record_load(const struct store *store, const struct record *record, uint64_t id,
    enum living living, void *object)
{
	static const enum verb verbs[] = {
	    [LIVING] = SELECT_LIVING,
	    [DELETED] = SELECT_DELETED,
	    [LIVING_OR_DELETED] = SELECT,
	};
	struct rows *rows;

	TRY(QUERY(store->db, statement(store, record, verbs[living]), &rows,
	    INT(id)));
	if (rows->count == 0)
		return no_such(store->pool, record);
	return record_read(store, record, rows, 0, object);
}
