/* Client JSON -> struct: which members there are, and which must be. */
#include "take.h"

/* Complaints of one object's names: an answer must not grow with nonsense. */
enum { UNKNOWN_MOST = 20 };

struct str
take_path(struct pool *pool, struct str path, struct str name)
{
	if (path.n == 0)
		return name;
	if (name.n == 0)
		return path;
	return pool_printf(pool, "%.*s.%.*s", PSTR(path), PSTR(name));
}

bool
complained(const struct complaints *all, struct str field)
{
	for (const struct complaint *c = all->first; c != NULL; c = c->next)
		if (str_equal(c->field, field))
			return true;
	return false;
}

bool
complained_in(const struct complaints *all, struct str field)
{
	for (const struct complaint *c = all->first; c != NULL; c = c->next)
		if (str_starts(c->field, field) &&
		    (c->field.n == field.n || c->field.p[field.n] == '.'))
			return true;
	return false;
}

/* null for "voicemail" stands for the defaults of all that is in it. */
static void
reset_folder(const struct take *take, const struct record *record,
    struct str name, void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct record one = {.fields = field, .count = 1};
		struct str path = str_of(field->name);

		if (path.n > name.n && str_starts(path, name) &&
		    path.p[name.n] == '.' && (field->flags & READONLY) == 0)
			record_init(take->pool, &one, object);
	}
}

static bool
is_folder(const struct record *record, struct str name)
{
	for (size_t i = 0; i < record->count; i++) {
		struct str path = str_of(record->fields[i].name);

		if (path.n > name.n && str_starts(path, name) &&
		    path.p[name.n] == '.')
			return true;
	}
	return false;
}

/* Names of one level, each once: a table lists a folder's fields together. */
static struct str
allowed_names(struct pool *pool, const struct record *record, struct str folder)
{
	struct buf names = buf_new(pool, 128);
	struct str last = NO_STR;

	for (size_t i = 0; i < record->count; i++) {
		struct str name = str_of(record->fields[i].name), piece;

		if ((record->fields[i].flags & READONLY) != 0 ||
		    !str_starts(name, folder))
			continue;
		name = str_cut(name, folder.n, name.n);
		str_next(&name, '.', &piece);
		if (last.p != NULL && str_equal(piece, last))
			continue;
		buf_printf(
		    &names, "%s%.*s", names.n > 0 ? ", " : "", PSTR(piece));
		last = piece;
	}
	return buf_str(&names);
}

static bool
is_row_name(struct str name)
{
	return str_is(name, "id") || str_is(name, "created_at") ||
	       str_is(name, "updated_at") || str_is(name, "deleted_at");
}

/* folder: "" or "voicemail." */
static void
take_object(const struct take *take, const struct record *record,
    const struct json *json, struct str path, struct str folder, void *object)
{
	size_t unknown = 0;

	for (size_t i = 0; i < json_count(json) && unknown < UNKNOWN_MOST;
	     i++) {
		struct str key;
		const struct json *value = json_member(json, i, &key);
		struct str name = pool_printf(
		    take->pool, "%.*s%.*s", PSTR(folder), PSTR(key));
		struct str place = take_path(take->pool, path, name);
		const struct field *field = record_field(record, name);

		if (field != NULL)
			take_field(take, field, value, place, object);
		else if (is_folder(record, name) &&
			 json_kind(value) == JSON_OBJECT)
			take_object(take, record, value, path,
			    pool_printf(take->pool, "%.*s.", PSTR(name)),
			    object);
		else if (is_folder(record, name) && take_is_blank(take, value))
			reset_folder(take, record, name, object);
		else if (is_folder(record, name))
			complain(take->all, place, "must be an object");
		else if (record->view != NULL && is_row_name(name) &&
			 !take->creating)
			continue;
		else if (++unknown > 0)
			complain(take->all, place,
			    "is no field here; allowed: %.*s",
			    PSTR(allowed_names(take->pool, record, folder)));
	}
}

void
record_take(const struct take *take, const struct record *record,
    const struct json *body, struct str path, void *object)
{
	if (json_kind(body) != JSON_OBJECT)
		complain(take->all, path, "must be an object");
	else
		take_object(take, record, body, path, STR(""), object);
}

static void
check_rows(const struct take *take, const struct field *field, struct str path,
    const struct children *list)
{
	if ((int64_t)list->count < field->min)
		complain(take->all, path, "must have at least %lld %s",
		    (long long)field->min,
		    field->min == 1 ? "entry" : "entries");
	for (size_t i = 0; i < list->count; i++)
		record_check(take, field->of,
		    pool_printf(take->pool, "%.*s.%zu", PSTR(path), i),
		    (const char *)list->rows + i * field->of->size);
}

void
record_check(const struct take *take, const struct record *record,
    struct str path, const void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str place =
		    take_path(take->pool, path, str_of(field->name));

		if (complained(take->all, place))
			continue;
		if (field->kind == FIELD_LIST)
			check_rows(take, field, place, field_in(field, object));
		else if ((field->flags & REQUIRED) != 0 &&
			 field_is_none(field, object) &&
			 !complained_in(take->all, place))
			complain(take->all, place, "is required");
	}
}
