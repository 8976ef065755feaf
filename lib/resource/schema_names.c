/* What a row of a route table says, and how it is called in the document. */
#include "references.h"
#include "schema_private.h"

#include "words.h"

bool
route_is(const struct route *route, const char *method)
{
	return strcmp(route->method, method) == 0;
}

bool
route_has(const struct route *route, const char *piece)
{
	const char *at = strstr(route->path, piece);

	return at != NULL &&
	       (at[strlen(piece)] == '/' || at[strlen(piece)] == '\0');
}

struct str
schema_camel(struct pool *pool, struct str name)
{
	struct buf out = buf_new(pool, name.n + 1);
	bool begins = true;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = c >= 'a' && c <= 'z';

		if (c == '-' || c == '_' || c == '/' || c == '.') {
			begins = true;
			continue;
		}
		if (begins && letter)
			c = (char)(c - 'a' + 'A');
		buf_add_char(&out, c);
		begins = false;
	}
	return buf_str(&out);
}

/* -- What a row gives and takes -------------------------------------------- */

enum gives
route_gives(const struct route *route)
{
	if (route->gives != GIVES_KNOWN)
		return route->gives;
	if (route->answer == list_records)
		return GIVES_PAGED;
	if (route->answer == create_record)
		return GIVES_NEW;
	if (route->answer == delete_record)
		return GIVES_NOTHING;
	if (route->answer == ask_delete)
		return GIVES_LIST;
	if (route->answer == new_record)
		return GIVES_PAGE;
	return GIVES_ONE;
}

bool
route_gives_object(const struct route *route)
{
	enum gives gives = route_gives(route);

	if (gives == GIVES_NEW)
		return route->resource != NULL;
	return gives == GIVES_ONE &&
	       (str_ends(str_of(route->path), STR("/ID")) ||
		   (route->data == NULL && route->resource != NULL));
}

const struct record *
route_data(const struct route *route)
{
	if (route->data != NULL)
		return route->data;
	if (route->answer == ask_delete)
		return &reference_record;
	return route->resource != NULL ? route->resource->record : NULL;
}

const struct record *
route_takes(const struct route *route)
{
	if (route->takes != NULL)
		return route->takes;
	if (route->answer == create_record || route->answer == replace_record ||
	    route->answer == modify_record)
		return route->resource->record;
	return NULL;
}

enum shape
route_shape(const struct route *route)
{
	if (route_is(route, "PUT"))
		return SHAPE_WHOLE;
	return route_is(route, "PATCH") ? SHAPE_CHANGE : SHAPE_NEW;
}

/*
 * A resource's schema has its name; what else is taken and given is named
 * after the responder, too: "SessionPassword".
 */
struct str
schema_name(
    const struct describe *d, const struct record *record, enum shape shape)
{
	static const char *const endings[] = {
	    [SHAPE_ANSWER] = "",
	    [SHAPE_NEW] = "New",
	    [SHAPE_WHOLE] = "Whole",
	    [SHAPE_CHANGE] = "Change",
	};
	struct str camel = schema_camel(d->pool, str_of(record->name));
	struct str own = schema_camel(d->pool, str_of(d->control->name));

	if (record->view != NULL || str_starts(camel, own))
		own = STR("");
	return pool_printf(
	    d->pool, "%.*s%.*s%s", PSTR(own), PSTR(camel), endings[shape]);
}

void
schema_put_component(
    struct json_out *out, const char *key, const char *kind, const char *name)
{
	json_open(out, key, '{');
	json_put_text(out, "$ref",
	    pool_printf(out->buf->pool, "#/components/%s/%s", kind, name));
	json_close(out, '}');
}

void
schema_put_ref(const struct describe *d, const char *key,
    const struct record *record, enum shape shape)
{
	schema_put_component(
	    d->out, key, "schemas", schema_name(d, record, shape).p);
}

/* -- Names of operations --------------------------------------------------- */

/*
 * listRingGroups, createRingGroup, showRingGroup, restoreRingGroup: by what
 * the path looks like, so that no two can meet.
 */
struct str
schema_operation(const struct describe *d)
{
	const struct route *route = d->route;
	enum gives gives = route_gives(route);
	bool many = gives == GIVES_LIST || gives == GIVES_PAGED ||
		    gives == GIVES_CURSOR;
	struct str path = str_of(route->path), piece, one, all;
	struct buf rest = buf_new(d->pool, 64);
	const char *verb = many                       ? "list"
			   : route_is(route, "GET")   ? "show"
			   : route_is(route, "POST")  ? "create"
			   : route_is(route, "PUT")   ? "replace"
			   : route_is(route, "PATCH") ? "change"
						      : "delete";
	bool object = false;

	all = schema_camel(d->pool, str_of(d->control->name));
	one = route->resource != NULL
		  ? schema_camel(d->pool, str_of(route->resource->record->name))
		  : all;
	str_next(&path, '/', &piece);
	str_next(&path, '/', &piece);
	while (str_next(&path, '/', &piece))
		if (str_is(piece, "ID"))
			object = true;
		else
			buf_add(&rest, schema_camel(d->pool, piece));
	/* Of a responder whose own path is something, too: "one of them". */
	if (rest.n == 0)
		return pool_printf(d->pool, "%s%s%.*s", verb,
		    object && route->resource == NULL ? "One" : "",
		    PSTR(many ? all : one));
	if (gives == GIVES_PAGE && str_is(buf_str(&rest), "Delete"))
		return pool_printf(d->pool, "confirmDelete%.*s", PSTR(one));
	if (gives == GIVES_PAGE && str_is(buf_str(&rest), "New"))
		return pool_printf(d->pool, "new%.*s", PSTR(one));
	if (!route_is(route, "POST") || !object)
		return pool_printf(d->pool, "%s%.*s%.*s", verb,
		    PSTR(object ? one : all), PSTR(buf_str(&rest)));
	rest.p[0] = str_lower(rest.p[0]);
	return pool_printf(
	    d->pool, "%.*s%.*s", PSTR(buf_str(&rest)), PSTR(one));
}

struct str
schema_summary(const struct describe *d)
{
	struct str name = schema_operation(d);
	struct buf words = buf_new(d->pool, 64);

	if (d->route->does != NULL) {
		buf_add_text(&words, d->route->does);
		if (words.p[0] >= 'a' && words.p[0] <= 'z')
			words.p[0] = (char)(words.p[0] - 'a' + 'A');
		return buf_str(&words);
	}
	for (size_t i = 0; i < name.n; i++) {
		bool capital = name.p[i] >= 'A' && name.p[i] <= 'Z';

		if (capital)
			buf_add_char(&words, '-');
		buf_add_char(&words, str_lower(name.p[i]));
	}
	return heading_of(d->pool, buf_str(&words));
}
