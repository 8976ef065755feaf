#include "control.h"

#include "clock.h"

enum { BODY_MOST = 1 << 20, DB_MS = 5000 };

/* The one table of this program; serve.h hands nothing to serve_start. */
static struct control program;

static void *
start(struct pool *process, const struct conf *conf)
{
	struct desk *desk = NEW(process, struct desk);
	struct crypto_key master;
	struct err *err;

	crypto_start();
	err = crypto_load(process,
	    conf_path(process, conf, "secret_file", "secret"), &master);
	if (err != NULL) {
		struct log log = {.responder = program.name};

		log_text(&log, "cause", err->cause);
		log_write(&log, LOG_ERROR_, "%.*s", PSTR(err->message));
		exit(1);
	}
	desk->control = &program;
	desk->db = db_new(process, conf, &master, program.name, DB_MS);
	desk->redis = redis_new(process, conf);
	desk->generations = generations_new(process, conf, desk->redis);
	desk->seal = crypto_derive(&master, "seal");
	crypto_wipe(&master, sizeof master);
	return desk;
}

struct str
visit_base(const struct visit *visit)
{
	return pool_printf(
	    visit->req->pool, "/cgi-bin/%s", visit->desk->control->name);
}

/* Does any route let this visitor do that? */
static bool
may(const struct visit *visit, const char *method)
{
	const struct control *control = visit->desk->control;

	for (size_t i = 0; i < control->count; i++)
		if (strcmp(control->routes[i].method, method) == 0 &&
		    role_in(visit->who.role, control->routes[i].roles))
			return who_may(&visit->who, control->name, "write");
	return false;
}

struct html
visit_html(const struct visit *visit)
{
	const char *name = visit->desk->control->name;

	return (struct html){
	    .req = visit->req,
	    .record = visit->resource != NULL ? visit->resource->record : NULL,
	    .base = visit_base(visit),
	    .title = str_of(name),
	    .csrf = visit->who.csrf,
	    .may_create = may(visit, "POST"),
	    .may_change = may(visit, "PATCH"),
	    .secrets = role_sees_secrets(visit->who.role),
	};
}

static void
answer_error(struct visit *visit, const struct err *err)
{
	struct req *req = visit->req;
	struct html html;
	struct str type;

	/* Sets head and log; a browser gets the same as a page. */
	answer_problem(req, err);
	if (err->code == UNAUTHENTICATED)
		answer_header(req, "WWW-Authenticate", STR("Bearer"));
	if (visit->face != FACE_HTML)
		return;
	type = pool_printf(req->pool, "%s", err_name(err->code));
	req->out.n = 0;
	html = visit_html(visit);
	html_open(&html, err_status(err->code), type);
	html_problem(&html, err);
	html_close(&html);
}

/* The first route that is the path and the method, or why there is none. */
static struct err *
find_route(struct visit *visit)
{
	const struct control *control = visit->desk->control;
	struct req *req = visit->req;
	struct buf allow = buf_new(req->pool, 64);
	struct err *err;

	for (size_t i = 0; i < control->count; i++) {
		const struct route *route = &control->routes[i];
		uint64_t id = 0;

		if (!rest_match(req->path, route->path, &id))
			continue;
		if (str_is(req->method, route->method)) {
			visit->route = route;
			visit->resource = route->resource;
			visit->id = id;
			return NULL;
		}
		buf_printf(
		    &allow, "%s%s", allow.n > 0 ? ", " : "", route->method);
		if (strcmp(route->method, "GET") == 0)
			buf_add_text(&allow, ", HEAD");
	}
	if (allow.n == 0)
		return err_new(req->pool, NOT_FOUND, "There is nothing here.");
	err = err_new(req->pool, METHOD_NOT_ALLOWED,
	    "This can be asked for only by %.*s.", PSTR(buf_str(&allow)));
	err->allow = buf_str(&allow);
	return err;
}

static struct err *
admit(struct visit *visit)
{
	const char *name = visit->desk->control->name;
	struct req *req = visit->req;
	bool reads = str_is(req->method, "GET");

	TRY(form_parse(req->pool, req->query, &visit->query));
	TRY(who_find(visit->desk->db, req,
	    form_get(&visit->query, "organization_id"), clock_now(),
	    &visit->who));
	log_int(&req->log, "organization_id", (int64_t)visit->who.organization);
	log_int(&req->log, "user_id", (int64_t)visit->who.user);
	if (!role_in(visit->who.role, visit->route->roles))
		return err_new(
		    req->pool, FORBIDDEN, "Your role does not allow this.");
	if (!who_may(&visit->who, name, reads ? "read" : "write"))
		return err_new(req->pool, FORBIDDEN,
		    "This token lacks the ability %s:%s.", name,
		    reads ? "read" : "write");
	return NULL;
}

static void
fill_change(struct visit *visit)
{
	struct req *req = visit->req;

	visit->change = (struct change){
	    .pool = req->pool,
	    .db = visit->desk->db,
	    .generations = visit->desk->generations,
	    .seal = &visit->desk->seal,
	    .organization = visit->who.organization,
	    .actor = {.user = visit->who.user,
		.token = visit->who.token,
		.name = visit->who.email,
		.remote = req->remote,
		.request_id = req->request_id},
	    .role = visit->who.role,
	    .now = clock_now(),
	    .if_match = req_header(req, "If-Match", NULL),
	    .form = visit->body.form,
	};
}

static struct err *
handle_visit(struct visit *visit)
{
	TRY(find_route(visit));
	TRY(admit(visit));
	if (!str_is(visit->req->method, "GET"))
		TRY(body_parse(visit->req, &visit->body));
	fill_change(visit);
	return visit->route->answer(visit);
}

static void
handle(struct req *req, void *process)
{
	struct visit visit = {.req = req, .desk = process};
	struct err *err;

	visit.face = rest_face(req);
	err = handle_visit(&visit);
	if (err != NULL)
		answer_error(&visit, err);
	db_rollback(visit.desk->db);
}

int
control_serve(struct control control, int argc, char **argv)
{
	struct service service = {
	    .name = control.name,
	    .body_limit = BODY_MOST,
	    .types = serve_types_json_form,
	    .start = start,
	    .handle = handle,
	};

	program = control;
	return serve_run(&service, argc, argv);
}
