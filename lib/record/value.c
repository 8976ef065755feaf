/* One value of client JSON -> one member of a struct. */
#include "take.h"

#include <assert.h>

#include "clock.h"

static const struct field own_number = {.format = TEXT_E164};

enum { DOCUMENT_MOST = 65536 };

static void
take_text(const struct take *take, const struct field *field,
    const struct json *json, struct str path, struct str *out)
{
	bool secret = (field->flags & (SECRET | WRITEONLY)) != 0;
	struct str text = json_text(json);
	const char *wrong;
	size_t length;

	/* "1060" is what is dialled; a PIN is not said back. */
	if (json_kind(json) == JSON_INT && !secret) {
		complain(take->all, path, "must be a text, like \"%lld\"",
		    (long long)json_int(json));
		return;
	}
	if (json_kind(json) != JSON_TEXT) {
		complain(take->all, path, "must be a text");
		return;
	}
	if (!secret)
		text = str_trim(text);
	length = str_length(text);
	if ((wrong = format_check(field->format, text)) != NULL)
		complain(take->all, path, "%s", wrong);
	else if ((int64_t)length < field->min)
		complain(take->all, path, "must have at least %lld characters",
		    (long long)field->min);
	else if (field->max > 0 && (int64_t)length > field->max)
		complain(take->all, path, "must have at most %lld characters",
		    (long long)field->max);
	else
		*out = pool_copy(take->pool, text);
}

/* A whole number, or from a form a text that is one. */
static bool
take_number(const struct take *take, const struct json *json, int64_t *out)
{
	if (json_kind(json) == JSON_INT) {
		*out = json_int(json);
		return true;
	}
	return take->form && json_kind(json) == JSON_TEXT &&
	       str_to_int(str_trim(json_text(json)), INT64_MIN, INT64_MAX, out);
}

static void
take_int(const struct take *take, const struct field *field,
    const struct json *json, struct str path, int *out)
{
	int64_t number = 0;

	if (!take_number(take, json, &number))
		complain(take->all, path, "must be a whole number");
	else if (number < field->min || number > field->max)
		complain(take->all, path, "must be between %lld and %lld",
		    (long long)field->min, (long long)field->max);
	else
		*out = (int)number;
}

static void
take_bool(const struct take *take, const struct json *json, struct str path,
    bool *out)
{
	struct str text = json_text(json);

	if (json_kind(json) == JSON_BOOL)
		*out = json_bool(json);
	else if (take->form && (str_is(text, "true") || str_is(text, "1") ||
				   str_is(text, "on")))
		*out = true;
	else if (take->form && (str_is(text, "false") || str_is(text, "0")))
		*out = false;
	else
		complain(take->all, path, "must be true or false");
}

static void
take_choice(const struct take *take, const struct field *field,
    const struct json *json, struct str path, unsigned *out)
{
	struct buf names = buf_new(take->pool, 64);
	struct str text = json_text(json);

	for (unsigned i = 0; field->choices[i] != NULL; i++) {
		if (json_kind(json) == JSON_TEXT &&
		    str_is(text, field->choices[i])) {
			*out = i;
			return;
		}
		buf_printf(
		    &names, "%s%s", i > 0 ? ", " : "", field->choices[i]);
	}
	complain(
	    take->all, path, "must be one of: %.*s", PSTR(buf_str(&names)));
}

static bool
take_id(const struct take *take, const struct json *json, struct str path,
    uint64_t *out)
{
	int64_t number = 0;

	if (take_number(take, json, &number) && number > 0) {
		*out = (uint64_t)number;
		return true;
	}
	complain(take->all, path, "must be the id of an object");
	return false;
}

bool
take_is_blank(const struct take *take, const struct json *json)
{
	return json_kind(json) == JSON_NULL ||
	       (take->form && json_kind(json) == JSON_TEXT &&
		   str_trim(json_text(json)).n == 0);
}

/* Parts that belong to other types; a form sends them all, empty. */
static void
refuse_rest(const struct take *take, const struct json *json, struct str path,
    const char *part)
{
	for (size_t i = 0; i < json_count(json); i++) {
		struct str key;
		const struct json *value = json_member(json, i, &key);

		if (str_is(key, "type") || str_is(key, part) ||
		    (take->form && str_is(key, "to")) ||
		    take_is_blank(take, value))
			continue;
		complain(take->all, take_path(take->pool, path, key),
		    "does not belong to a target of this type");
	}
}

/*
 * A form chooses type and object at once, "to" being "extension:5"; of what is
 * too many to choose from the type alone, with the id beside it.  *id: what
 * stands behind the type, absent for nothing.
 */
static struct str
take_type(const struct take *take, const struct json *json, struct str *id)
{
	struct str type;

	*id = NO_STR;
	if (!take->form || json_get(json, "to") == NULL)
		return json_text(json_get(json, "type"));
	*id = json_text(json_get(json, "to"));
	str_next(id, ':', &type);
	return type;
}

static void
take_target(const struct take *take, const struct field *field,
    const struct json *json, struct str path, struct target *out)
{
	struct str id, type = take_type(take, json, &id);
	struct str place = take_path(take->pool, path, STR("type"));
	struct target target = {TARGET_NONE, 0, NO_STR};
	const char *part = "";
	int64_t chosen;

	if (json_kind(json) != JSON_OBJECT) {
		complain(take->all, path,
		    "must be an object with a type and "
		    "an id or a number");
		return;
	}
	if (!target_type_parse(type, &target.type) ||
	    (target.type != TARGET_NONE &&
		(field->targets & TARGET_BIT(target.type)) == 0)) {
		complain(take->all, place, "is no type this can go to");
		return;
	}
	if (target.type == TARGET_NONE && !take->form) {
		complain(take->all, place, "is required");
		return;
	}
	if (target.type == TARGET_EXTERNAL) {
		part = "number";
		target.number = str_trim(json_text(json_get(json, part)));
		if (target.number.n == 0 || target.number.n > 255)
			complain(take->all,
			    take_path(take->pool, path, STR("number")),
			    "must be a number or a sip: address");
		target.number = pool_copy(take->pool, target.number);
	} else if (target.type != TARGET_NONE && target.type != TARGET_HANGUP) {
		part = "id";
		if (str_to_int(id, 1, INT64_MAX, &chosen))
			target.id = (uint64_t)chosen;
		else
			take_id(take, json_get(json, part),
			    take_path(take->pool, path, STR("id")), &target.id);
	}
	refuse_rest(take, json, path, part);
	*out = target;
}

static void
take_json(const struct take *take, const struct json *json, struct str path,
    struct str *out)
{
	struct err *err;
	struct str text;

	if (take->form && json_kind(json) == JSON_TEXT &&
	    (err = json_parse(take->pool, json_text(json), &json)) != NULL) {
		complain(take->all, path, "%.*s", PSTR(err->message));
		return;
	}
	text = json_print(take->pool, json);
	if (json_kind(json) != JSON_OBJECT)
		complain(take->all, path, "must be a JSON object");
	else if (text.n > DOCUMENT_MOST)
		complain(take->all, path, "must have at most %d bytes",
		    DOCUMENT_MOST);
	else
		*out = text;
}

static void
take_rows(const struct take *take, const struct field *field,
    const struct json *json, struct str path, struct children *out)
{
	const struct record *record = field->of;
	size_t count = json_count(json);
	char *rows;

	if (json_kind(json) != JSON_ARRAY) {
		complain(take->all, path, "must be a list");
		return;
	}
	if (field->max > 0 && count > (size_t)field->max) {
		complain(take->all, path, "must have at most %lld entries",
		    (long long)field->max);
		return;
	}
	rows = pool_alloc(take->pool, (count + 1) * record->size);
	for (size_t i = 0; i < count; i++) {
		struct str place =
		    pool_printf(take->pool, "%.*s.%zu", PSTR(path), i);
		char *row = rows + i * record->size;

		record_init(take->pool, record, row);
		if (record_is_plain(record))
			take_field(take, &record->fields[0], json_at(json, i),
			    place, row);
		else
			record_take(take, record, json_at(json, i), place, row);
	}
	*out = (struct children){count, rows};
}

/* A text of white space is none, too: nobody means it. */
static bool
is_nothing(
    const struct take *take, const struct field *field, const struct json *json)
{
	if (field->kind == FIELD_TEXT && json_kind(json) == JSON_TEXT)
		return str_trim(json_text(json)).n == 0;
	return take_is_blank(take, json);
}

static void
take_nothing(const struct take *take, const struct field *field,
    struct str path, void *object)
{
	struct field alone = *field;
	struct record one = {.fields = &alone, .count = 1};
	bool always = field->kind == FIELD_BOOL ||
		      field->kind == FIELD_CHOICE ||
		      (field->kind == FIELD_INT && field->min <= 0);
	bool needed = always || (field->flags & REQUIRED) != 0;
	/* In a form nothing stands for the default where one is needed. */
	bool never_null = field->def != NULL &&
			  (field->kind == FIELD_JSON || *field->def == '\0' ||
			      (take->form && needed));

	if (!never_null)
		alone.def = NULL;
	if (always && !never_null)
		complain(take->all, path, "must not be empty");
	else
		record_init(take->pool, &one, object);
}

void
take_field(const struct take *take, const struct field *field,
    const struct json *json, struct str path, void *object)
{
	void *at = field_of(field, object);

	if ((field->flags & READONLY) != 0) {
		/* On a change a client may send back what it was shown. */
		if (take->creating)
			complain(take->all, path, "is set by the server");
		return;
	}
	if (is_nothing(take, field, json)) {
		take_nothing(take, field, path, object);
		return;
	}
	switch (field->kind) {
	case FIELD_SUM:
		assert(false && "a sum that is not READONLY");
		return;
	case FIELD_TEXT:
		take_text(take, field, json, path, at);
		return;
	case FIELD_INT:
		take_int(take, field, json, path, at);
		return;
	case FIELD_BOOL:
		take_bool(take, json, path, at);
		return;
	case FIELD_CHOICE:
		take_choice(take, field, json, path, at);
		return;
	case FIELD_ID:
		take_id(take, json, path, at);
		return;
	case FIELD_TARGET:
		take_target(take, field, json, path, at);
		return;
	case FIELD_JSON:
		take_json(take, json, path, at);
		return;
	case FIELD_LIST:
		take_rows(take, field, json, path, at);
		return;
	case FIELD_DID:
		take_text(take, &own_number, json, path, at);
		((struct own_did *)at)->id = 0;
		return;
	case FIELD_INSTANT:
		if (json_kind(json) != JSON_TEXT ||
		    !clock_parse(json_text(json), &((struct instant *)at)->at))
			complain(take->all, path,
			    "must be an instant like 2026-11-22T15:56:38Z");
		return;
	}
}
