/* Struct -> JSON. */
#include "record.h"

#include "clock.h"

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

/* before: what a secret was; NULL when nobody asks whether it changed. */
static void show_field(const struct field *field, const void *object,
    const void *before, const char *key, enum show show, struct json_out *out);

static void
show_rows(const struct record *record, const struct children *list,
    const char *key, enum show show, struct json_out *out)
{
	json_open(out, key, '[');
	for (size_t i = 0; i < list->count; i++) {
		const char *row = (const char *)list->rows + i * record->size;

		if (record_is_plain(record)) {
			show_field(
			    &record->fields[0], row, NULL, NULL, show, out);
			continue;
		}
		json_open(out, NULL, '{');
		record_show(record, row, show, out);
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void
show_masked(const struct field *field, const void *object, const void *before,
    const char *key, struct json_out *out)
{
	json_put_text(out, key,
	    before != NULL && !field_same(field, before, object)
		? STR("*** (changed)")
		: STR("***"));
}

static void
show_field(const struct field *field, const void *object, const void *before,
    const char *key, enum show show, struct json_out *out)
{
	const void *at = field_in(field, object);

	if (field->kind == FIELD_LIST)
		show_rows(field->of, at, key, show, out);
	else if (field_is_none(field, object))
		json_put_null(out, key);
	else if ((field->flags & SECRET) != 0 && show == SHOW_MASKED)
		show_masked(field, object, before, key, out);
	else if (field->kind == FIELD_INT)
		json_put_int(out, key, *(const int *)at);
	else if (field->kind == FIELD_SUM)
		json_put_int(out, key, *(const int64_t *)at);
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

static void
show_object(const struct record *record, const void *object, const void *before,
    enum show show, struct json_out *out)
{
	const struct row *row = object;
	struct str folder = {"", 0};

	if (record->view != NULL)
		json_put_int(out, "id", (int64_t)row->id);
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const char *key;

		if ((field->flags & WRITEONLY) != 0)
			continue;
		key = enter(out, &folder, field->name);
		show_field(field, object, before, key, show, out);
	}
	enter(out, &folder, "");
	if (record->view != NULL) {
		show_instant(out, "created_at", row->created_at);
		show_instant(out, "updated_at", row->updated_at);
		show_instant(out, "deleted_at", row->deleted_at);
	}
}

void
record_show(const struct record *record, const void *object, enum show show,
    struct json_out *out)
{
	show_object(record, object, NULL, show, out);
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

struct str
record_print_change(struct pool *pool, const struct record *record,
    const void *before, const void *after)
{
	struct buf buf = buf_new(pool, 512);
	struct json_out out = {&buf, false};

	json_open(&out, NULL, '{');
	show_object(record, after, before, SHOW_MASKED, &out);
	json_close(&out, '}');
	return buf_str(&buf);
}
