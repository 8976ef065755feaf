/* What may stand behind '?', in the path and in headers, as OpenAPI says it. */
#include "list.h"
#include "schema_private.h"

static void
open_parameter(
    struct json_out *out, const char *name, const char *in, const char *help)
{
	json_open(out, NULL, '{');
	json_put_text(out, "name", str_of(name));
	json_put_text(out, "in", str_of(in));
	if (strcmp(in, "path") == 0)
		json_put_bool(out, "required", true);
	if (help != NULL)
		json_put_text(out, "description", str_of(help));
}

static void
put_number(struct json_out *out, const char *name, int64_t most, int64_t def)
{
	open_parameter(out, name, "query", NULL);
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("integer"));
	json_put_int(out, "minimum", 1);
	json_put_int(out, "maximum", most);
	json_put_int(out, "default", def);
	json_close(out, '}');
	json_close(out, '}');
}

/* One or two names of the list, a '-' before one that goes down. */
static void
put_sort(struct json_out *out, const struct record *record)
{
	struct buf names = buf_new(out->buf->pool, 128);

	buf_add_text(&names, "(id|created_at|updated_at");
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & SORT) != 0)
			buf_printf(&names, "|%s", record->fields[i].name);
	buf_add_text(&names, ")");
	open_parameter(out, "sort", "query", "one or two names");
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("string"));
	json_put_text(out, "default", str_of(record->order));
	json_put_text(out, "pattern",
	    pool_printf(out->buf->pool, "^-?%s(,-?%s)?$", names.p, names.p));
	json_close(out, '}');
	json_close(out, '}');
}

static void
put_deleted(struct json_out *out)
{
	open_parameter(out, "deleted", "query", "what was deleted, or both");
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("string"));
	json_open(out, "enum", '[');
	json_put_text(out, NULL, STR("only"));
	json_put_text(out, NULL, STR("with"));
	json_close(out, ']');
	json_close(out, '}');
	json_close(out, '}');
}

/* For links, which cannot say what they accept. */
static void
put_format(struct json_out *out)
{
	open_parameter(out, "format", "query", "as Accept: text/csv");
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("string"));
	json_open(out, "enum", '[');
	json_put_text(out, NULL, STR("csv"));
	json_close(out, ']');
	json_close(out, '}');
	json_close(out, '}');
}

static void
put_search(struct json_out *out, const struct record *record)
{
	struct buf names = buf_new(out->buf->pool, 128);

	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & SEARCH) != 0)
			buf_printf(&names, "%s%s",
			    names.n > 0 ? ", " : "looks at ",
			    record->fields[i].name);
	if (names.n == 0)
		return;
	open_parameter(out, "q", "query", names.p);
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("string"));
	json_put_int(out, "maxLength", 200);
	json_close(out, '}');
	json_close(out, '}');
}

static void
put_target_filter(struct json_out *out, const struct field *field)
{
	struct pool *pool = out->buf->pool;

	open_parameter(
	    out, pool_printf(pool, "%s.type", field->name).p, "query", NULL);
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("string"));
	json_open(out, "enum", '[');
	for (int i = TARGET_EXTENSION; i <= TARGET_HANGUP; i++)
		if ((field->targets & TARGET_BIT(i)) != 0)
			json_put_text(out, NULL,
			    str_of(target_type_name((enum target_type)i)));
	json_close(out, ']');
	json_close(out, '}');
	json_close(out, '}');
	open_parameter(
	    out, pool_printf(pool, "%s.id", field->name).p, "query", NULL);
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("integer"));
	json_put_int(out, "minimum", 1);
	json_close(out, '}');
	json_close(out, '}');
}

/* What is looked for need not be what may be stored: a type and no bounds. */
static void
put_filter(struct json_out *out, const struct field *field)
{
	struct field any = {.name = field->name,
	    .kind = field->kind,
	    .choices = field->choices,
	    .refers = field->refers,
	    .flags = REQUIRED,
	    .help = field->help};

	if (field->kind == FIELD_TARGET) {
		put_target_filter(out, field);
		return;
	}
	if (field->kind == FIELD_JSON)
		return; /* by paths that nobody can list */
	open_parameter(out, field->name, "query", NULL);
	schema_put_field(out, "schema", &any, SHAPE_ANSWER);
	json_close(out, '}');
}

/* Such a path is a name of its own: "settings.theme". */
static void
put_json_filters(struct json_out *out, const struct record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if (field->kind != FIELD_JSON || (field->flags & FILTER) == 0)
			continue;
		open_parameter(out, field->name, "query",
		    "a member of it by its path behind a dot, like "
		    "settings.theme=dark");
		json_put_text(out, "style", STR("deepObject"));
		json_open(out, "schema", '{');
		json_put_text(out, "type", STR("object"));
		json_open(out, "additionalProperties", '{');
		json_put_text(out, "type", STR("string"));
		json_close(out, '}');
		json_close(out, '}');
		json_close(out, '}');
	}
}

static void
put_list(struct json_out *out, const struct record *record)
{
	put_number(out, "page", PAGE_MOST, 1);
	put_number(out, "per_page", PER_PAGE_MOST, PER_PAGE);
	put_sort(out, record);
	put_search(out, record);
	put_deleted(out);
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & FILTER) != 0)
			put_filter(out, &record->fields[i]);
	put_json_filters(out, record);
}

static void
put_query(struct json_out *out, const struct record *query)
{
	for (size_t i = 0; i < query->count; i++) {
		const struct field *field = &query->fields[i];

		open_parameter(out, field->name, "query", field->help);
		if ((field->flags & REQUIRED) != 0 && field->def == NULL &&
		    field->kind != FIELD_BOOL && field->kind != FIELD_CHOICE)
			json_put_bool(out, "required", true);
		schema_put_field(out, "schema", field, SHAPE_NEW);
		json_close(out, '}');
	}
}

void
schema_put_parameters(struct json_out *out, const struct route *route)
{
	bool reads = strcmp(route->method, "GET") == 0;
	bool object = route_has(route, "/ID");

	if (object)
		schema_put_component(out, NULL, "parameters", "Id");
	if (route_has(route, "/TOKEN"))
		schema_put_component(out, NULL, "parameters", "Token");
	if ((route->roles & ANYBODY) == 0)
		schema_put_component(out, NULL, "parameters", "Organization");
	if (!reads && object)
		schema_put_component(out, NULL, "parameters", "IfMatch");
	if (reads &&
	    (route_gives_object(route) || route_gives(route) == GIVES_FILE ||
		route_gives(route) == GIVES_EVENTS))
		schema_put_component(out, NULL, "parameters", "IfNoneMatch");
	if (strcmp(route->method, "POST") == 0)
		schema_put_component(out, NULL, "parameters", "IdempotencyKey");
	if (route_gives(route) == GIVES_PAGED ||
	    route_gives(route) == GIVES_CURSOR ||
	    route_gives(route) == GIVES_LIST)
		put_format(out);
	if (route_gives(route) == GIVES_PAGED)
		put_list(out, route->resource->record);
	if (route->answer == show_record)
		put_deleted(out);
	if (route->query != NULL)
		put_query(out, route->query);
}
