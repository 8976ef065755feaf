/* What comes out of a route, well or not. */
#include "schema_private.h"

static void
put_plain(struct json_out *out, const char *type)
{
	json_open(out, type, '{');
	json_open(out, "schema", '{');
	json_put_text(out, "type", STR("string"));
	json_close(out, '}');
	json_close(out, '}');
}

static void
put_data(const struct describe *d, enum gives gives)
{
	const struct record *data = route_data(d->route);
	bool meta = gives == GIVES_CURSOR || gives == GIVES_PAGED;
	bool many = meta || gives == GIVES_LIST;

	json_open(d->out, "application/json", '{');
	json_open(d->out, "schema", '{');
	json_put_text(d->out, "type", STR("object"));
	json_open(d->out, "properties", '{');
	if (many) {
		json_open(d->out, "data", '{');
		json_put_text(d->out, "type", STR("array"));
		schema_put_ref(d, "items", data, SHAPE_ANSWER);
		json_close(d->out, '}');
	} else {
		schema_put_ref(d, "data", data, SHAPE_ANSWER);
	}
	if (many)
		schema_put_component(d->out, "meta", "schemas",
		    gives == GIVES_CURSOR ? "CursorMeta" : "PageMeta");
	json_close(d->out, '}');
	json_open(d->out, "required", '[');
	json_put_text(d->out, NULL, STR("data"));
	if (meta)
		json_put_text(d->out, NULL, STR("meta"));
	json_close(d->out, ']');
	json_put_bool(d->out, "additionalProperties", false);
	json_close(d->out, '}');
	json_close(d->out, '}');
}

static void
put_content(const struct describe *d, enum gives gives)
{
	json_open(d->out, "content", '{');
	if (gives == GIVES_FILE) {
		json_open(d->out, "*/*", '{');
		json_close(d->out, '}');
	} else if (gives != GIVES_PAGE && route_data(d->route) != NULL) {
		put_data(d, gives);
	}
	if (gives == GIVES_EVENTS)
		put_plain(d->out, "text/event-stream");
	if (route_is(d->route, "GET") && gives != GIVES_FILE)
		put_plain(d->out, "text/html");
	if (gives == GIVES_PAGED || gives == GIVES_CURSOR ||
	    gives == GIVES_LIST)
		put_plain(d->out, "text/csv");
	json_close(d->out, '}');
}

static void
put_success(const struct describe *d, enum gives gives, const char *status,
    const char *description)
{
	bool object = route_gives_object(d->route);

	json_open(d->out, status, '{');
	json_put_text(d->out, "description", str_of(description));
	if (object || gives == GIVES_NEW) {
		json_open(d->out, "headers", '{');
		if (object)
			schema_put_component(d->out, "ETag", "headers", "ETag");
		if (gives == GIVES_NEW)
			schema_put_component(
			    d->out, "Location", "headers", "Location");
		json_close(d->out, '}');
	}
	if (gives != GIVES_NOTHING)
		put_content(d, gives);
	json_close(d->out, '}');
}

/* Which errors there can be, by what is asked of a route. */
static bool
may_fail(const struct route *route, enum err_code code)
{
	bool reads = route_is(route, "GET");
	bool object =
	    route_has(route, "/ID") || route_has(route, "/TOKEN") ||
	    (route->resource != NULL && route->resource->scope == SCOPE_SINGLE);

	switch (code) {
	case UNAUTHENTICATED:
	case FORBIDDEN:
		/* Signing in is open to all and may be refused. */
		return (route->roles & ANYBODY) == 0 || !reads;
	case NOT_FOUND:
		return object || (route->roles & ANYBODY) == 0 || !reads;
	case CONFLICT:
	case TOO_LARGE:
	case UNSUPPORTED_TYPE:
		return !reads;
	case PRECONDITION_FAILED:
		return object && (!reads || route_gives(route) == GIVES_FILE);
	case VALIDATION_ERROR:
		return !reads || route_gives(route) == GIVES_PAGED ||
		       route->query != NULL;
	case RANGE_NOT_SATISFIABLE:
		return route_gives(route) == GIVES_FILE;
	case METHOD_NOT_ALLOWED:
		return false;
	case BAD_REQUEST:
	case RATE_LIMITED:
	case INTERNAL:
	case UNAVAILABLE:
		break;
	}
	return true;
}

void
schema_put_responses(const struct describe *d)
{
	enum gives gives = route_gives(d->route);

	json_open(d->out, "responses", '{');
	if (gives == GIVES_NEW)
		put_success(d, gives, "201", "created");
	else if (gives == GIVES_LATER)
		put_success(d, gives, "202", "will be done");
	else if (gives == GIVES_NOTHING)
		put_success(d, gives, "204", "done");
	else
		put_success(d, gives, "200", "as asked");
	if (gives == GIVES_EVENTS)
		schema_put_component(d->out, "304", "responses", "NotModified");
	if (gives == GIVES_FILE) {
		put_success(d, gives, "206", "the part that Range names");
		schema_put_component(d->out, "304", "responses", "NotModified");
	}
	if (route_is(d->route, "GET") && route_gives_object(d->route))
		schema_put_component(d->out, "304", "responses", "NotModified");
	if (!route_is(d->route, "GET"))
		schema_put_component(d->out, "303", "responses", "SeeOther");
	for (int code = BAD_REQUEST; code <= UNAVAILABLE; code++) {
		struct str name =
		    pool_lower(d->pool, str_of(err_name((enum err_code)code)));

		if (may_fail(d->route, (enum err_code)code))
			schema_put_component(d->out,
			    pool_printf(
				d->pool, "%d", err_status((enum err_code)code))
				.p,
			    "responses", schema_camel(d->pool, name).p);
	}
	json_close(d->out, '}');
}
