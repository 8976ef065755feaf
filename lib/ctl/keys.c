/* Fields with keys in place of ids, and back. */
#include "kinds.h"

#include <stdlib.h>

bool
is_key(const struct kind *kind, const struct field *field)
{
	return (kind->key != NULL && strcmp(field->name, kind->key) == 0) ||
	       (kind->star != NULL && strcmp(field->name, kind->star) == 0);
}

static bool
is_named(const char *const *names, const char *name)
{
	for (; names != NULL && *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

bool
is_configured(const struct kind *kind, const struct field *field)
{
	if ((field->flags & WRITEONLY) != 0 ||
	    (kind != NULL && is_named(kind->apart, field->name)))
		return false;
	return (field->flags & READONLY) == 0 || (field->flags & SECRET) != 0;
}

/* "voicemail.greeting.text" */
static const struct json *
at_path(const struct json *json, const char *path)
{
	struct str rest = str_of(path), piece;
	char name[64];

	/* A list's rows may be values: their one field has no name. */
	if (*path == '\0')
		return json;
	while (str_next(&rest, '.', &piece)) {
		if (piece.n >= sizeof name)
			return NULL;
		memcpy(name, piece.p, piece.n);
		name[piece.n] = '\0';
		json = json_get(json, name);
	}
	return json;
}

/* A mailbox is known by its extension. */
static const struct kind *
kind_of_target(struct str type)
{
	return kind_of(str_is(type, "voicemail") ? STR("extension") : type);
}

static struct str
quoted(struct pool *pool, struct str text)
{
	struct buf buf = buf_new(pool, text.n + 16);

	buf_add_json(&buf, text);
	return buf_str(&buf);
}

static struct str
export_target(
    const struct names *names, struct pool *pool, const struct json *json)
{
	struct str type = json_text(json_get(json, "type"));
	struct str what = json_text(json_get(json, "number"));
	const struct kind *kind = kind_of_target(type);
	uint64_t id = (uint64_t)json_int(json_get(json, "id"));

	if (kind != NULL && id != 0)
		what = names_key(names, kind, id);
	if (what.n == 0)
		return quoted(pool, type);
	return quoted(
	    pool, pool_printf(pool, "%.*s:%.*s", PSTR(type), PSTR(what)));
}

static int
compare_texts(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* The id of a row whose type stands beside it. */
static bool
is_subject(const struct record *record, const struct field *field)
{
	return field->kind == FIELD_ID && field->refers == NULL &&
	       record_field(record, STR("type")) != NULL;
}

static struct str
export_subject(
    const struct names *names, struct pool *pool, const struct json *row)
{
	const struct kind *kind = kind_of(json_text(json_get(row, "type")));
	struct str key = NO_STR;

	if (kind != NULL)
		key = names_key(
		    names, kind, (uint64_t)json_int(json_get(row, "id")));
	return key.p != NULL ? quoted(pool, key) : NO_STR;
}

static struct str
export_row(const struct names *names, struct pool *pool,
    const struct record *record, const struct json *row)
{
	struct buf buf = buf_new(pool, 128);
	struct json_out out = {&buf, false};

	if (record_is_plain(record))
		return field_export(names, pool, &record->fields[0], row);
	json_open(&out, NULL, '{');
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str value = NO_STR;

		if (is_configured(NULL, field))
			value = is_subject(record, field)
				    ? export_subject(names, pool, row)
				    : field_export(names, pool, field, row);
		if (value.p != NULL)
			json_put_raw(&out, field->name, value);
	}
	json_close(&out, '}');
	return buf_str(&buf);
}

/*
 * Rows that are kept in the order of ids come in the order of keys: another
 * installation has other ids.
 */
static struct str
export_list(const struct names *names, struct pool *pool,
    const struct field *field, const struct json *json)
{
	size_t count = json_count(json);
	struct str *rows = NEW_ARRAY(pool, struct str, count + 1);
	struct buf buf = buf_new(pool, 256);

	for (size_t i = 0; i < count; i++)
		rows[i] = export_row(names, pool, field->of, json_at(json, i));
	if (record_is_plain(field->of) ||
	    strcmp(field->of->name, "subject") == 0)
		qsort(rows, count, sizeof *rows, compare_texts);
	buf_add_char(&buf, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(&buf, ',');
		buf_add(&buf, rows[i]);
	}
	buf_add_char(&buf, ']');
	return count > 0 ? buf_str(&buf) : NO_STR;
}

struct str
field_export(const struct names *names, struct pool *pool,
    const struct field *field, const struct json *json)
{
	const struct json *value = at_path(json, field->name);
	const struct kind *kind = kind_of_responder(field->refers);
	struct str key;

	if (json_kind(value) == JSON_NULL)
		return NO_STR;
	if (field->kind == FIELD_TARGET)
		return export_target(names, pool, value);
	if (field->kind == FIELD_LIST)
		return export_list(names, pool, field, value);
	if (field->kind == FIELD_ID && kind != NULL) {
		key = names_key(names, kind, (uint64_t)json_int(value));
		return key.p != NULL ? quoted(pool, key) : NO_STR;
	}
	return json_print(pool, value);
}

/* -- Back ------------------------------------------------------------------ */

static struct str
import_target(const struct names *names, struct complaints *all,
    const struct json *value, struct str path)
{
	struct str key = json_text(value), type;
	struct buf buf = buf_new(all->pool, 64);
	struct json_out out = {&buf, false};
	const struct kind *kind;
	uint64_t id;

	if (json_kind(value) == JSON_NULL)
		return STR("null");
	str_next(&key, ':', &type);
	kind = kind_of_target(type);
	json_open(&out, NULL, '{');
	json_put_text(&out, "type", type);
	if (kind != NULL) {
		id = names_id(names, kind, key);
		if (id == 0)
			complain(all, path, "names nothing: %.*s",
			    PSTR(json_text(value)));
		else
			json_put_int(&out, "id", (int64_t)id);
	} else if (key.p != NULL) {
		json_put_text(&out, "number", key);
	}
	json_close(&out, '}');
	return buf_str(&buf);
}

static struct str
import_subject(const struct names *names, struct complaints *all,
    const struct json *row, struct str path)
{
	const struct kind *kind = kind_of(json_text(json_get(row, "type")));
	struct str key = json_text(json_get(row, "id"));
	uint64_t id = kind != NULL ? names_id(names, kind, key) : 0;

	if (id == 0)
		complain(all, path, "names nothing: %.*s", PSTR(key));
	return pool_printf(all->pool, "%llu", (unsigned long long)id);
}

static struct str
import_row(const struct names *names, struct complaints *all,
    const struct record *record, const struct json *row, struct str path)
{
	struct buf buf = buf_new(all->pool, 128);
	struct json_out out = {&buf, false};

	if (record_is_plain(record))
		return field_import(names, all, &record->fields[0], row, path);
	if (json_kind(row) != JSON_OBJECT)
		return json_print(all->pool, row);
	json_open(&out, NULL, '{');
	for (size_t i = 0; i < json_count(row); i++) {
		struct str key;
		const struct json *value = json_member(row, i, &key);
		const struct field *field = record_field(record, key);
		struct str name =
		    pool_printf(all->pool, "%.*s.%.*s", PSTR(path), PSTR(key));

		struct str text = json_print(all->pool, value);

		/* record_take() complains of what is no field. */
		if (field != NULL && is_subject(record, field))
			text = import_subject(names, all, row, name);
		else if (field != NULL)
			text = field_import(names, all, field, value, name);
		json_put_raw(&out, pool_copy(all->pool, key).p, text);
	}
	json_close(&out, '}');
	return buf_str(&buf);
}

static struct str
import_list(const struct names *names, struct complaints *all,
    const struct field *field, const struct json *list, struct str path)
{
	struct buf buf = buf_new(all->pool, 256);

	if (json_kind(list) != JSON_ARRAY)
		return json_print(all->pool, list);
	buf_add_char(&buf, '[');
	for (size_t i = 0; i < json_count(list); i++) {
		if (names_is_left_out(
			names, json_text(json_get(json_at(list, i), "id"))))
			continue;
		if (buf.n > 1)
			buf_add_char(&buf, ',');
		buf_add(&buf,
		    import_row(names, all, field->of, json_at(list, i),
			pool_printf(all->pool, "%.*s.%zu", PSTR(path), i)));
	}
	/* Nothing at all would mean all there is. */
	if (buf.n == 1 && json_count(list) > 0)
		complain(all, path, "would be empty: all of it was left out");
	buf_add_char(&buf, ']');
	return buf_str(&buf);
}

struct str
field_import(const struct names *names, struct complaints *all,
    const struct field *field, const struct json *value, struct str path)
{
	const struct kind *kind = kind_of_responder(field->refers);
	uint64_t id;

	if (field->kind == FIELD_DID &&
	    names_is_left_out(names, json_text(value)))
		return STR("null");
	if (field->kind == FIELD_LIST)
		return import_list(names, all, field, value, path);
	if (field->kind == FIELD_TARGET &&
	    (json_kind(value) == JSON_TEXT || json_kind(value) == JSON_NULL))
		return import_target(names, all, value, path);
	if (field->kind == FIELD_ID && kind != NULL &&
	    json_kind(value) == JSON_TEXT) {
		id = names_id(names, kind, json_text(value));
		if (id == 0)
			complain(all, path, "names nothing: %.*s",
			    PSTR(json_text(value)));
		return pool_printf(all->pool, "%llu", (unsigned long long)id);
	}
	return json_print(all->pool, value);
}
