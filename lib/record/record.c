#include "record.h"

#include <assert.h>

#include "clock.h"

const struct field *
record_field(const struct record *record, struct str name)
{
	for (size_t i = 0; i < record->count; i++)
		if (str_is(name, record->fields[i].name))
			return &record->fields[i];
	return NULL;
}

bool
record_is_plain(const struct record *record)
{
	return record->count == 1 && *record->fields[0].name == '\0';
}

void *
field_of(const struct field *field, void *object)
{
	return (char *)object + field->offset;
}

const void *
field_in(const struct field *field, const void *object)
{
	return (const char *)object + field->offset;
}

bool
field_is_none(const struct field *field, const void *object)
{
	const void *at = field_in(field, object);

	switch (field->kind) {
	case FIELD_TEXT:
		return ((const struct str *)at)->p == NULL;
	case FIELD_INT:
		return *(const int *)at == 0 && field->min > 0;
	case FIELD_ID:
		return *(const uint64_t *)at == 0;
	case FIELD_TARGET:
		return ((const struct target *)at)->type == TARGET_NONE;
	case FIELD_DID:
		return ((const struct own_did *)at)->number.p == NULL;
	case FIELD_INSTANT:
		return ((const struct instant *)at)->at == 0;
	case FIELD_JSON:
		return ((const struct document *)at)->text.p == NULL;
	case FIELD_LIST:
		return ((const struct children *)at)->count == 0;
	case FIELD_BOOL:
	case FIELD_CHOICE:
		break;
	}
	return false;
}

static bool
same_rows(const struct record *record, const struct children *a,
    const struct children *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < record->count; j++)
			if (!field_same(&record->fields[j],
				(const char *)a->rows + i * record->size,
				(const char *)b->rows + i * record->size))
				return false;
	return true;
}

bool
field_same(const struct field *field, const void *a, const void *b)
{
	const void *x = field_in(field, a);
	const void *y = field_in(field, b);

	if (field_is_none(field, a) != field_is_none(field, b))
		return false;
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_JSON: /* these begin with their text */
	case FIELD_DID:
		return str_equal(
		    *(const struct str *)x, *(const struct str *)y);
	case FIELD_INT:
		return *(const int *)x == *(const int *)y;
	case FIELD_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case FIELD_CHOICE:
		return *(const unsigned *)x == *(const unsigned *)y;
	case FIELD_ID:
		return *(const uint64_t *)x == *(const uint64_t *)y;
	case FIELD_TARGET:
		return target_equal(x, y);
	case FIELD_INSTANT:
		return ((const struct instant *)x)->at ==
		       ((const struct instant *)y)->at;
	case FIELD_LIST:
		return same_rows(field->of, x, y);
	}
	return false;
}

static struct str
print_target(struct pool *pool, const struct target *target)
{
	const char *name = target_type_name(target->type);

	if (target->type == TARGET_EXTERNAL)
		return pool_printf(pool, "%s %.*s", name, PSTR(target->number));
	if (target->id == 0)
		return str_of(name);
	return pool_printf(
	    pool, "%s %llu", name, (unsigned long long)target->id);
}

static struct str
print_rows(
    struct pool *pool, const struct record *record, const struct children *list)
{
	struct buf buf = buf_new(pool, 64);

	for (size_t i = 0; i < list->count; i++) {
		const char *row = (const char *)list->rows + i * record->size;

		buf_add_text(&buf, i > 0 ? "; " : "");
		for (size_t j = 0; j < record->count; j++) {
			buf_add_text(&buf, j > 0 ? " " : "");
			buf_add(
			    &buf, field_print(pool, &record->fields[j], row));
		}
	}
	return buf_str(&buf);
}

struct str
field_print(struct pool *pool, const struct field *field, const void *object)
{
	const void *at = field_in(field, object);

	if (field_is_none(field, object))
		return NO_STR;
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_JSON:
	case FIELD_DID:
		return *(const struct str *)at;
	case FIELD_INT:
		return pool_printf(pool, "%d", *(const int *)at);
	case FIELD_BOOL:
		return *(const bool *)at ? STR("true") : STR("false");
	case FIELD_CHOICE:
		return str_of(field->choices[*(const unsigned *)at]);
	case FIELD_ID:
		return pool_printf(
		    pool, "%llu", (unsigned long long)*(const uint64_t *)at);
	case FIELD_TARGET:
		return print_target(pool, at);
	case FIELD_INSTANT:
		return clock_print(pool, ((const struct instant *)at)->at);
	case FIELD_LIST:
		return print_rows(pool, field->of, at);
	}
	return NO_STR;
}

/* Tables are literals: a default that does not fit is a bug of ours. */
static void
set_default(struct pool *pool, const struct field *field, void *object)
{
	struct str def = str_of(field->def);
	void *at = field_of(field, object);
	int64_t number = 0;

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_JSON:
		*(struct str *)at = pool_copy(pool, def);
		return;
	case FIELD_INT:
		assert(str_to_int(def, field->min, field->max, &number));
		*(int *)at = (int)number;
		return;
	case FIELD_BOOL:
		*(bool *)at = str_is(def, "true");
		return;
	case FIELD_CHOICE:
		for (unsigned i = 0; field->choices[i] != NULL; i++)
			if (str_is(def, field->choices[i]))
				*(unsigned *)at = i;
		return;
	case FIELD_TARGET:
		assert(target_type_parse(def, &((struct target *)at)->type));
		return;
	case FIELD_ID:
	case FIELD_DID:
	case FIELD_INSTANT:
	case FIELD_LIST:
		assert(false && "a default for what cannot have one");
	}
}

void
record_init(struct pool *pool, const struct record *record, void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		switch (field->kind) {
		case FIELD_TEXT:
		case FIELD_JSON:
			*(struct str *)field_of(field, object) = NO_STR;
			break;
		case FIELD_INT:
			*(int *)field_of(field, object) = 0;
			break;
		case FIELD_BOOL:
			*(bool *)field_of(field, object) = false;
			break;
		case FIELD_CHOICE:
			*(unsigned *)field_of(field, object) = 0;
			break;
		case FIELD_ID:
			*(uint64_t *)field_of(field, object) = 0;
			break;
		case FIELD_TARGET:
			*(struct target *)field_of(field, object) =
			    (struct target){0};
			break;
		case FIELD_DID:
			*(struct own_did *)field_of(field, object) =
			    (struct own_did){0};
			break;
		case FIELD_INSTANT:
			*(struct instant *)field_of(field, object) =
			    (struct instant){0};
			break;
		case FIELD_LIST:
			*(struct children *)field_of(field, object) =
			    (struct children){0};
			break;
		}
		if (field->def != NULL)
			set_default(pool, field, object);
	}
}

/*
 * Opens and closes objects until the one that "voicemail.pin" belongs to is
 * being written, and returns what is left of the name: "pin".
 */
static const char *
enter(struct json_out *out, struct str *folder, const char *name)
{
	const char *dot = strrchr(name, '.');
	struct str want = {name, dot != NULL ? (size_t)(dot - name) : 0};

	while (folder->n > 0 &&
	       !(str_starts(want, *folder) &&
		   (want.n == folder->n || want.p[folder->n] == '.'))) {
		json_close(out, '}');
		while (folder->n > 0 && folder->p[--folder->n] != '.')
			;
	}
	while (folder->n < want.n) {
		size_t from = folder->n > 0 ? folder->n + 1 : 0;
		struct str rest = str_cut(want, from, want.n), piece;

		str_next(&rest, '.', &piece);
		json_open(out, pool_copy(out->buf->pool, piece).p, '{');
		*folder = str_cut(want, 0, from + piece.n);
	}
	return dot != NULL ? dot + 1 : name;
}

static void
show_target(const struct target *target, const char *key, struct json_out *out)
{
	json_open(out, key, '{');
	json_put_text(out, "type", str_of(target_type_name(target->type)));
	if (target->id != 0)
		json_put_int(out, "id", (int64_t)target->id);
	if (target->number.p != NULL)
		json_put_text(out, "number", target->number);
	json_close(out, '}');
}

static void show_field(const struct field *field, const void *object,
    const char *key, enum show show, struct json_out *out);

static void
show_rows(const struct record *record, const struct children *list,
    const char *key, enum show show, struct json_out *out)
{
	json_open(out, key, '[');
	for (size_t i = 0; i < list->count; i++) {
		const char *row = (const char *)list->rows + i * record->size;

		if (record_is_plain(record)) {
			show_field(&record->fields[0], row, NULL, show, out);
			continue;
		}
		json_open(out, NULL, '{');
		record_show(record, row, show, out);
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void
show_field(const struct field *field, const void *object, const char *key,
    enum show show, struct json_out *out)
{
	const void *at = field_in(field, object);

	if (field->kind == FIELD_LIST)
		show_rows(field->of, at, key, show, out);
	else if (field_is_none(field, object))
		json_put_null(out, key);
	else if ((field->flags & SECRET) != 0 && show == SHOW_MASKED)
		json_put_text(out, key, STR("***"));
	else if (field->kind == FIELD_INT)
		json_put_int(out, key, *(const int *)at);
	else if (field->kind == FIELD_BOOL)
		json_put_bool(out, key, *(const bool *)at);
	else if (field->kind == FIELD_ID)
		json_put_int(out, key, (int64_t) * (const uint64_t *)at);
	else if (field->kind == FIELD_TARGET)
		show_target(at, key, out);
	else if (field->kind == FIELD_JSON)
		json_put_raw(out, key, *(const struct str *)at);
	else
		json_put_text(
		    out, key, field_print(out->buf->pool, field, object));
}

static void
show_instant(struct json_out *out, const char *key, struct instant instant)
{
	if (instant.at == 0)
		json_put_null(out, key);
	else
		json_put_text(
		    out, key, clock_print(out->buf->pool, instant.at));
}

void
record_show(const struct record *record, const void *object, enum show show,
    struct json_out *out)
{
	const struct row *row = object;
	struct str folder = {"", 0};

	if (record->view != NULL)
		json_put_int(out, "id", (int64_t)row->id);
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const char *key = enter(out, &folder, field->name);

		show_field(field, object, key, show, out);
	}
	enter(out, &folder, "");
	if (record->view != NULL) {
		show_instant(out, "created_at", row->created_at);
		show_instant(out, "updated_at", row->updated_at);
		show_instant(out, "deleted_at", row->deleted_at);
	}
}

struct str
record_print(struct pool *pool, const struct record *record, const void *object,
    enum show show)
{
	struct buf buf = buf_new(pool, 512);
	struct json_out out = {&buf, false};

	json_open(&out, NULL, '{');
	record_show(record, object, show, &out);
	json_close(&out, '}');
	return buf_str(&buf);
}
