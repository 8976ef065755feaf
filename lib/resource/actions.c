/* What pages hold besides the object: its actions, refusals, answers alone. */
#include "control.h"
#include "words.h"

enum show
visit_show(const struct visit *visit)
{
	return role_sees_secrets(visit->who.role) ? SHOW_SECRETS : SHOW_MASKED;
}

/* What a route's path has below an object: "restore"; NULL: nothing. */
static const char *
below(const struct route *route)
{
	const char *id = strstr(route->path, "/ID/");

	if (route->resource == NULL)
		return NULL;
	if (route->resource->scope == SCOPE_SINGLE)
		id = strchr(route->path + 1, '/');
	else if (id != NULL)
		id += strlen("/ID");
	return id != NULL ? id + 1 : NULL;
}

/* What a route does to one object: "restore"; NULL: it is no action. */
static const char *
action_of(const struct route *route)
{
	return strcmp(route->method, "POST") == 0 ? below(route) : NULL;
}

static void
add_action(struct visit *visit, const struct html *html,
    const struct route *route, const struct json *values, const struct err *err)
{
	struct req *req = visit->req;
	const struct record *takes = route->takes;

	if (takes != NULL && values == NULL) {
		void *object = pool_alloc(req->pool, takes->size);

		/* The form of an action begins with the defaults. */
		record_init(req->pool, takes, object);
		if (json_parse(req->pool,
			record_print(req->pool, takes, object, SHOW_MASKED),
			&values) != NULL)
			values = NULL;
	}
	html_action(html, html->single ? 0 : visit->id, action_of(route), takes,
	    values, err);
}

/* To what else there is to see of the object. */
static void
add_link(struct visit *visit, const struct route *route, bool deleted)
{
	struct buf *out = &visit->req->out;
	const char *name = below(route);

	if (name == NULL || strcmp(route->method, "GET") != 0 ||
	    strcmp(name, "delete") == 0 || deleted ||
	    !role_in(visit->who.role, route->roles))
		return;
	buf_printf(out, "<p><a href=\"%.*s", PSTR(visit_base(visit)));
	if (route->resource->scope != SCOPE_SINGLE)
		buf_printf(out, "/%llu", (unsigned long long)visit->id);
	buf_printf(out, "/%s\">%.*s</a></p>\n", name,
	    PSTR(heading_of(out->pool, str_of(name))));
}

void
visit_actions(struct visit *visit, const struct html *html, bool deleted)
{
	const struct control *control = visit->desk->control;

	for (size_t i = 0; i < control->count; i++) {
		const struct route *route = &control->routes[i];
		const char *action = action_of(route);

		add_link(visit, route, deleted);
		if (action == NULL || visit->locked ||
		    !role_in(visit->who.role, route->roles) ||
		    !who_may(&visit->who, control->name, "write"))
			continue;
		if ((strcmp(action, "restore") == 0) == deleted)
			add_action(visit, html, route, NULL, NULL);
	}
}

struct err *
answer_refused(struct visit *visit, struct err *err)
{
	struct html html = visit_html(visit);

	if (visit->face != FACE_HTML ||
	    (err->complaints == NULL && err->code != CONFLICT))
		return err;
	/* Sets head and log. */
	answer_problem(visit->req, err);
	visit->req->out.n = 0;
	if (visit->route->takes != NULL)
		html.record = visit->route->takes;
	TRY(visit_choices(visit, &html));
	if (action_of(visit->route) != NULL) {
		html_open(&html, err_status(err->code), html.title);
		html_problem(&html, err);
		add_action(visit, &html, visit->route, visit->body.json, err);
	} else {
		html_form(&html, visit->id, visit->body.json, err);
	}
	html_close(&html);
	return NULL;
}

struct err *
answer_data(struct visit *visit, int status, const struct record *record,
    const void *object)
{
	struct json_out out = {&visit->req->out, false};
	struct html html = visit_html(visit);
	const struct json *values;

	if (visit->face == FACE_HTML) {
		TRY(json_parse(visit->req->pool,
		    record_print(
			visit->req->pool, record, object, visit_show(visit)),
		    &values));
		html.record = record;
		TRY(visit_choices(visit, &html));
		html_open(&html, status,
		    heading_of(visit->req->pool, str_of(record->name)));
		html_values(&html, record, values);
		html_close(&html);
		return NULL;
	}
	answer(visit->req, status, "application/json");
	json_open(&out, NULL, '{');
	json_open(&out, "data", '{');
	record_show(record, object, visit_show(visit), &out);
	json_close(&out, '}');
	json_close(&out, '}');
	return NULL;
}

static struct err *
take_values(struct visit *visit, const struct record *record,
    const struct json *values, bool form, void *object)
{
	struct req *req = visit->req;
	struct complaints all = {req->pool, NULL, NULL};
	struct take take = {req->pool, &all, form, true};

	record_init(req->pool, record, object);
	record_take(&take, record, values, STR(""), object);
	record_check(&take, record, STR(""), object);
	return complaints_err(&all);
}

struct err *
visit_take_body(struct visit *visit, void *object)
{
	return take_values(visit, visit->route->takes, visit->body.json,
	    visit->body.form, object);
}

struct err *
visit_take_query(struct visit *visit, void *object)
{
	struct pool *pool = visit->req->pool;
	struct form own = {
	    0, NEW_ARRAY(pool, struct param, visit->query.count + 1)};
	const struct json *values;

	/* Which tenant is asked was known before. */
	for (size_t i = 0; i < visit->query.count; i++)
		if (!str_is(visit->query.params[i].name, "organization_id"))
			own.params[own.count++] = visit->query.params[i];
	TRY(body_of_form(pool, &own, &values));
	return take_values(visit, visit->route->query, values, true, object);
}
