/* A record as a JSON Schema: what record_take() takes, record_show() shows. */
#include "schema_private.h"

/* The same bytes that format_check() refuses. */
static const char *
pattern_of(const struct field *field)
{
	switch (field->format) {
	case TEXT_LINE:
		return "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
	case TEXT_LINES:
		return "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-"
		       "\\u009f]*$";
	case TEXT_DIGITS:
		return "^[0-9]+$";
	case TEXT_E164:
		return "^\\+[0-9]{7,15}$";
	case TEXT_EMAIL:
		return "^[^@\\s<>,;\"]{1,64}@[^@\\s<>,;\"]+\\.[^@\\s<>,;\"]*"
		       "[^@\\s<>,;\".]$";
	case TEXT_HTTPS:
		return "^https://[^\\s\"<>\\\\`]+$";
	case TEXT_FILE:
		break;
	}
	return NULL;
}

static bool
may_be_null(const struct field *field, enum shape shape)
{
	bool needed = (field->flags & REQUIRED) != 0;
	bool answer = shape == SHAPE_ANSWER;

	switch (field->kind) {
	case FIELD_SUM:
	case FIELD_BOOL:
	case FIELD_CHOICE:
		return false;
	case FIELD_LIST:
		return !answer && field->min == 0;
	case FIELD_INT:
		return !needed && field->min > 0;
	case FIELD_JSON:
		return answer ? !needed && field->def == NULL
			      : !needed || field->def != NULL;
	case FIELD_TEXT:
		if (answer && field->def != NULL && *field->def == '\0')
			return false;
		return !needed;
	case FIELD_ID:
	case FIELD_TARGET:
	case FIELD_DID:
	case FIELD_INSTANT:
		break;
	}
	return !needed;
}

static void
put_type(struct json_out *out, const char *type, bool nullable)
{
	if (!nullable) {
		json_put_text(out, "type", str_of(type));
		return;
	}
	json_open(out, "type", '[');
	json_put_text(out, NULL, str_of(type));
	json_put_text(out, NULL, STR("null"));
	json_close(out, ']');
}

/* A secret is "***" to most, and nobody's answer tells how long it is. */
static void
put_text(struct json_out *out, const struct field *field, enum shape shape)
{
	bool needed = (field->flags & REQUIRED) != 0;
	int64_t least = needed && field->min < 1 ? 1 : field->min;

	if (shape == SHAPE_ANSWER) {
		if (field->max > 0 && (field->flags & SECRET) == 0)
			json_put_int(out, "maxLength", field->max);
		return;
	}
	if (field->format == TEXT_FILE) {
		json_put_text(out, "format", STR("binary"));
		return;
	}
	if (least > 0)
		json_put_int(out, "minLength", least);
	if (field->max > 0)
		json_put_int(out, "maxLength", field->max);
	json_put_text(out, "pattern", str_of(pattern_of(field)));
	if (field->format == TEXT_EMAIL)
		json_put_text(out, "format", STR("email"));
	if (field->format == TEXT_HTTPS)
		json_put_text(out, "format", STR("uri"));
}

/* What the server counts has no bounds in its table. */
static void
put_int(struct json_out *out, const struct field *field)
{
	if (field->min == 0 && field->max == 0)
		return;
	json_put_int(out, "minimum", field->min);
	json_put_int(out, "maximum", field->max);
}

static void
put_choices(struct json_out *out, const struct field *field)
{
	json_open(out, "enum", '[');
	for (size_t i = 0; field->choices[i] != NULL; i++)
		json_put_text(out, NULL, str_of(field->choices[i]));
	json_close(out, ']');
}

static void
put_target(struct json_out *out, const struct field *field, bool nullable)
{
	struct pool *pool = out->buf->pool;

	json_open(out, "oneOf", '[');
	for (int i = TARGET_EXTENSION; i <= TARGET_HANGUP; i++) {
		const char *name = target_type_name((enum target_type)i);

		if ((field->targets & TARGET_BIT(i)) == 0)
			continue;
		schema_put_component(out, NULL, "schemas",
		    pool_printf(pool, "%.*sTarget",
			PSTR(schema_camel(pool, str_of(name))))
			.p);
	}
	if (nullable) {
		json_open(out, NULL, '{');
		json_put_text(out, "type", STR("null"));
		json_close(out, '}');
	}
	json_close(out, ']');
}

/* Rows are written anew by every change, each with all that it must have. */
static void
put_list(struct json_out *out, const struct field *field, enum shape shape)
{
	enum shape rows = shape == SHAPE_CHANGE ? SHAPE_WHOLE : shape;

	if (field->min > 0 && shape != SHAPE_ANSWER)
		json_put_int(out, "minItems", field->min);
	if (field->max > 0)
		json_put_int(out, "maxItems", field->max);
	if (record_is_plain(field->of))
		schema_put_field(out, "items", &field->of->fields[0], rows);
	else
		schema_put_record(out, "items", field->of, rows);
}

static void
put_default(struct json_out *out, const struct field *field)
{
	struct str def = str_of(field->def);

	if (field->kind == FIELD_BOOL)
		json_put_bool(out, "default", str_is(def, "true"));
	else if (field->kind == FIELD_CHOICE)
		json_put_text(out, "default",
		    def.p != NULL ? def : str_of(field->choices[0]));
	else if (field->kind == FIELD_TEXT && def.n > 0)
		json_put_text(out, "default", def);
	else if ((field->kind == FIELD_INT || field->kind == FIELD_JSON) &&
		 def.p != NULL)
		json_put_raw(out, "default", def);
	else if (field->kind == FIELD_LIST && def.p != NULL) {
		json_open(out, "default", '[');
		json_put_text(out, NULL, def);
		json_close(out, ']');
	}
}

static void
put_kind(struct json_out *out, const struct field *field, enum shape shape)
{
	static const char *const types[] = {
	    [FIELD_TEXT] = "string",
	    [FIELD_INT] = "integer",
	    [FIELD_SUM] = "integer",
	    [FIELD_BOOL] = "boolean",
	    [FIELD_CHOICE] = "string",
	    [FIELD_ID] = "integer",
	    [FIELD_DID] = "string",
	    [FIELD_INSTANT] = "string",
	    [FIELD_JSON] = "object",
	    [FIELD_LIST] = "array",
	};
	bool nullable = may_be_null(field, shape);

	if (field->kind == FIELD_TARGET) {
		put_target(out, field, nullable);
		return;
	}
	put_type(out, types[field->kind], nullable);
	if (field->kind == FIELD_TEXT)
		put_text(out, field, shape);
	else if (field->kind == FIELD_INT)
		put_int(out, field);
	else if (field->kind == FIELD_CHOICE)
		put_choices(out, field);
	else if (field->kind == FIELD_LIST)
		put_list(out, field, shape);
	else if (field->kind == FIELD_INSTANT)
		json_put_text(out, "format", STR("date-time"));
	else if (field->kind == FIELD_ID || field->kind == FIELD_SUM) {
		json_put_text(out, "format", STR("int64"));
		json_put_int(out, "minimum", field->kind == FIELD_ID);
	} else if (field->kind == FIELD_DID && shape != SHAPE_ANSWER)
		json_put_text(out, "pattern", STR("^\\+[0-9]{7,15}$"));
}

void
schema_put_field(struct json_out *out, const char *key,
    const struct field *field, enum shape shape)
{
	bool server = (field->flags & READONLY) != 0;

	json_open(out, key, '{');
	/* What was shown may be sent back, and is not looked at. */
	if (!server || shape == SHAPE_ANSWER)
		put_kind(out, field, shape);
	if (server)
		json_put_bool(out, "readOnly", true);
	if ((field->flags & WRITEONLY) != 0)
		json_put_bool(out, "writeOnly", true);
	if (field->help != NULL)
		json_put_text(out, "description", str_of(field->help));
	if (field->refers != NULL && !server)
		json_put_text(out, "x-refers", str_of(field->refers));
	else if (field->kind == FIELD_DID && !server)
		json_put_text(out, "x-refers", STR("dids"));
	if (shape == SHAPE_NEW || shape == SHAPE_WHOLE)
		put_default(out, field);
	json_close(out, '}');
}

/* -- Objects ---------------------------------------------------------------
 */

/* A record, or the part of it that is one object: "voicemail." */
struct part {
	const struct record *record;
	struct str folder;
	enum shape shape;
};

static void put_part(
    struct json_out *out, const char *key, const struct part *part);

static bool
is_shown(const struct part *part, const struct field *field)
{
	if (!str_starts(str_of(field->name), part->folder))
		return false;
	if (part->shape == SHAPE_ANSWER)
		return (field->flags & WRITEONLY) == 0;
	return part->shape != SHAPE_NEW || (field->flags & READONLY) == 0;
}

/* A null there, and no default: whoever says nothing is complained of. */
static bool
is_needed(const struct part *part, const struct field *field)
{
	if (part->shape == SHAPE_ANSWER)
		return true;
	if (part->shape == SHAPE_CHANGE || (field->flags & READONLY) != 0)
		return false;
	if (field->kind == FIELD_LIST)
		return field->min > 0 && field->def == NULL;
	return (field->flags & REQUIRED) != 0 && field->def == NULL &&
	       field->kind != FIELD_BOOL && field->kind != FIELD_CHOICE &&
	       !(field->kind == FIELD_INT && field->min <= 0);
}

/*
 * The next member of the part at or behind *i: a field, or a folder whose
 * first field it is.
 */
static bool
next_member(const struct part *part, size_t *i, struct str *name, bool *folder)
{
	for (; *i < part->record->count; (*i)++) {
		const struct field *field = &part->record->fields[*i];
		struct str rest = str_of(field->name), last;

		if (!is_shown(part, field))
			continue;
		rest = str_cut(rest, part->folder.n, rest.n);
		last = *name;
		str_next(&rest, '.', name);
		*folder = rest.p != NULL;
		if (!*folder || !str_equal(*name, last))
			return true;
	}
	return false;
}

static struct part
part_below(struct pool *pool, const struct part *part, struct str name)
{
	return (struct part){part->record,
	    pool_printf(pool, "%.*s%.*s.", PSTR(part->folder), PSTR(name)),
	    part->shape};
}

static void
put_row_members(struct json_out *out, const struct part *part, bool required)
{
	static const char *const names[] = {
	    "id", "created_at", "updated_at", "deleted_at"};

	if (part->record->view == NULL || part->folder.n > 0 ||
	    part->shape == SHAPE_NEW)
		return;
	for (size_t i = 0; i < 4; i++) {
		if (required) {
			json_put_text(out, NULL, str_of(names[i]));
			continue;
		}
		json_open(out, names[i], '{');
		if (part->shape == SHAPE_ANSWER) {
			put_type(out, i == 0 ? "integer" : "string", i == 3);
			json_put_text(out, "format",
			    i == 0 ? STR("int64") : STR("date-time"));
		}
		json_put_bool(out, "readOnly", true);
		json_close(out, '}');
	}
}

static void
put_properties(struct json_out *out, const struct part *part)
{
	struct pool *pool = out->buf->pool;
	struct str name = NO_STR;
	bool folder;

	json_open(out, "properties", '{');
	put_row_members(out, part, false);
	for (size_t i = 0; next_member(part, &i, &name, &folder); i++) {
		const char *key = pool_copy(pool, name).p;
		struct part below = part_below(pool, part, name);

		if (folder)
			put_part(out, key, &below);
		else
			schema_put_field(
			    out, key, &part->record->fields[i], part->shape);
	}
	json_close(out, '}');
}

static bool
any_is_needed(const struct part *part)
{
	for (size_t i = 0; i < part->record->count; i++)
		if (is_shown(part, &part->record->fields[i]) &&
		    is_needed(part, &part->record->fields[i]))
			return true;
	return false;
}

static void
put_required(struct json_out *out, const struct part *part)
{
	struct str name = NO_STR;
	bool folder;

	json_open(out, "required", '[');
	if (part->shape == SHAPE_ANSWER)
		put_row_members(out, part, true);
	for (size_t i = 0; next_member(part, &i, &name, &folder); i++) {
		struct part below = part_below(out->buf->pool, part, name);

		if (folder ? any_is_needed(&below)
			   : is_needed(part, &part->record->fields[i]))
			json_put_text(out, NULL, name);
	}
	json_close(out, ']');
}

static void
put_part(struct json_out *out, const char *key, const struct part *part)
{
	json_open(out, key, '{');
	put_type(out, "object",
	    part->shape != SHAPE_ANSWER && part->folder.n > 0 &&
		!any_is_needed(part));
	put_properties(out, part);
	if (any_is_needed(part))
		put_required(out, part);
	json_put_bool(out, "additionalProperties", false);
	json_close(out, '}');
}

void
schema_put_record(struct json_out *out, const char *key,
    const struct record *record, enum shape shape)
{
	struct part part = {record, {"", 0}, shape};

	put_part(out, key, &part);
}
