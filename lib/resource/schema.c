#include "schema_private.h"

/* -- Who may --------------------------------------------------------------- */

static void
put_roles(const struct describe *d)
{
	unsigned roles = d->route->roles;

	json_open(d->out, "x-roles", '[');
	if ((roles & ANYBODY) != 0)
		json_put_text(d->out, NULL, STR("anybody"));
	if ((roles & FROM_HERE) != 0)
		json_put_text(d->out, NULL, STR("loopback"));
	for (unsigned role = 1; role < ANYBODY; role <<= 1)
		if ((roles & role) != 0)
			json_put_text(
			    d->out, NULL, str_of(role_name((enum role)role)));
	json_close(d->out, ']');
}

static void
put_scheme(struct json_out *out, const char *name, const char *besides)
{
	json_open(out, NULL, '{');
	json_open(out, name, '[');
	json_close(out, ']');
	if (besides != NULL) {
		json_open(out, besides, '[');
		json_close(out, ']');
	}
	json_close(out, '}');
}

static void
put_security(const struct describe *d)
{
	json_open(d->out, "security", '[');
	if ((d->route->roles & FROM_HERE) != 0) {
		json_open(d->out, NULL, '{');
		json_close(d->out, '}');
	}
	if ((d->route->roles & ANYBODY) == 0) {
		put_scheme(d->out, "token", NULL);
		put_scheme(d->out, "session",
		    route_is(d->route, "GET") ? NULL : "csrf");
	}
	json_close(d->out, ']');
}

/* -- What goes in -----------------------------------------------------------
 */

/* JSON and forms; what else there is, is a file. */
static bool
has_fields(const char *type)
{
	return strcmp(type, "application/json") == 0 ||
	       strcmp(type, "application/x-www-form-urlencoded") == 0 ||
	       strcmp(type, "multipart/form-data") == 0;
}

/* A body may be a file where a file is all that is wanted. */
static bool
is_taken(const struct record *takes, const char *type)
{
	bool file = takes->count == 1 && takes->fields[0].format == TEXT_FILE;

	if (file)
		return !has_fields(type) ||
		       strcmp(type, "multipart/form-data") == 0;
	return has_fields(type);
}

static void
put_body(const struct describe *d)
{
	const char *const *types = d->control->types != NULL
				       ? d->control->types
				       : serve_types_json_form;
	const struct record *takes = route_takes(d->route);

	if (takes == NULL)
		return;
	json_open(d->out, "requestBody", '{');
	json_put_bool(d->out, "required", true);
	json_open(d->out, "content", '{');
	for (size_t i = 0; types[i] != NULL; i++) {
		if (!is_taken(takes, types[i]))
			continue;
		json_open(d->out, types[i], '{');
		if (has_fields(types[i]))
			schema_put_ref(
			    d, "schema", takes, route_shape(d->route));
		json_close(d->out, '}');
	}
	json_close(d->out, '}');
	json_close(d->out, '}');
}

/* -- All of it ---------------------------------------------------------------
 */

static void
put_operation(const struct describe *d)
{
	struct json_out *out = d->out;
	struct str method = pool_lower(d->pool, str_of(d->route->method));

	json_open(out, method.p, '{');
	json_put_text(out, "operationId", schema_operation(d));
	json_put_text(out, "summary", schema_summary(d));
	json_open(out, "tags", '[');
	json_put_text(out, NULL, str_of(d->control->name));
	json_close(out, ']');
	put_roles(d);
	json_put_text(out, "x-ability",
	    pool_printf(d->pool, "%s:%s", d->control->name,
		route_is(d->route, "GET") ? "read" : "write"));
	put_security(d);
	json_open(out, "parameters", '[');
	schema_put_parameters(out, d->route);
	json_close(out, ']');
	put_body(d);
	schema_put_responses(d);
	json_close(out, '}');
}

static struct str
template_of(struct pool *pool, const char *path)
{
	struct buf out = buf_new(pool, 64);
	struct str rest = str_of(path), piece;
	bool first = true;

	while (str_next(&rest, '/', &piece)) {
		if (!first)
			buf_add_char(&out, '/');
		first = false;
		buf_add(&out, str_is(piece, "ID")      ? STR("{id}")
			      : str_is(piece, "TOKEN") ? STR("{token}")
						       : piece);
	}
	return buf_str(&out);
}

static bool
was_before(const struct control *control, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(control->routes[j].path, control->routes[i].path) ==
		    0)
			return true;
	return false;
}

static void
put_paths(struct describe *d)
{
	const struct control *control = d->control;

	json_open(d->out, "paths", '{');
	for (size_t i = 0; i < control->count; i++) {
		const char *path = control->routes[i].path;

		if (was_before(control, i))
			continue;
		json_open(d->out, template_of(d->pool, path).p, '{');
		for (size_t j = i; j < control->count; j++) {
			d->route = &control->routes[j];
			if (strcmp(d->route->path, path) == 0)
				put_operation(d);
		}
		json_close(d->out, '}');
	}
	json_close(d->out, '}');
}

/* Each once; a list of names is short. */
struct names {
	size_t count;
	struct str names[256];
};

static void
put_schema(struct describe *d, struct names *done, const struct record *record,
    enum shape shape)
{
	struct str name;

	if (record == NULL)
		return;
	name = schema_name(d, record, shape);
	for (size_t i = 0; i < done->count; i++)
		if (str_equal(done->names[i], name))
			return;
	if (done->count < sizeof done->names / sizeof done->names[0])
		done->names[done->count++] = name;
	schema_put_record(d->out, name.p, record, shape);
}

static void
put_schemas(struct describe *d)
{
	struct names done = {.count = 0};

	json_open(d->out, "schemas", '{');
	for (size_t i = 0; i < d->control->count; i++) {
		const struct route *route = &d->control->routes[i];
		enum gives gives = route_gives(route);

		if (gives != GIVES_FILE && gives != GIVES_NOTHING &&
		    gives != GIVES_PAGE)
			put_schema(d, &done, route_data(route), SHAPE_ANSWER);
		put_schema(d, &done, route_takes(route), route_shape(route));
	}
	json_close(d->out, '}');
}

void
schema_describe(const struct control *control, struct buf *out)
{
	struct json_out json = {out, false};
	struct describe d = {&json, out->pool, control, NULL};

	json_open(&json, NULL, '{');
	json_put_text(&json, "name", str_of(control->name));
	put_paths(&d);
	put_schemas(&d);
	json_close(&json, '}');
	buf_add_char(out, '\n');
}
