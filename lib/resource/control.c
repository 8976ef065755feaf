#include "control.h"

#include "clock.h"
#include "schema.h"
#include "words.h"

/*
 * What a process waits once for a MariaDB that has stopped; connecting has 250
 * ms.  Not 250 here, too: a page of a list of 100,000 rows, counted, searched
 * and sorted, takes longer than that on a busy server, and a missed deadline
 * opens the breaker for everybody.
 */
enum { BODY_MOST = 1 << 20, DB_MS = 1000 };

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
	desk->gate = gate_new(process, conf, desk->db, desk->redis, &master);
	desk->gate->quiet = program.quiet;
	desk->limits = limits_new(process, desk->redis, "api");
	desk->seal = crypto_derive(&master, "seal");
	if (program.start != NULL)
		desk->own = program.start(process, conf, &master);
	crypto_wipe(&master, sizeof master);
	return desk;
}

struct str
visit_base(const struct visit *visit)
{
	return pool_printf(
	    visit->req->pool, "/cgi-bin/%s", visit->desk->control->name);
}

/* Is there such a route, its path ending so, for this visitor? */
static bool
has_route(const struct visit *visit, const char *method, const char *end)
{
	const struct control *control = visit->desk->control;

	for (size_t i = 0; i < control->count; i++) {
		const struct route *route = &control->routes[i];

		if (strcmp(route->method, method) == 0 &&
		    str_ends(str_of(route->path), str_of(end)) &&
		    role_in(visit->who.role, route->roles))
			return true;
	}
	return false;
}

static bool
may(const struct visit *visit, const char *method, const char *end)
{
	return has_route(visit, method, end) &&
	       who_may(&visit->who, visit->desk->control->name, "write");
}

static bool
restores(const struct visit *visit)
{
	return has_route(visit, "POST", "/ID/restore");
}

struct html
visit_html(const struct visit *visit)
{
	const char *name = visit->desk->control->name;
	struct str list = pool_printf(visit->req->pool, "/%s", name);

	struct html html = {
	    .req = visit->req,
	    .record = visit->resource != NULL ? visit->resource->record : NULL,
	    .base = visit_base(visit),
	    .title = heading_of(visit->req->pool, str_of(name)),
	    .csrf = visit->who.csrf,
	    .listed = has_route(visit, "GET", list.p),
	    .may_create = may(visit, "GET", "/new"),
	    .may_change = !visit->locked && may(visit, "PATCH", ""),
	    .may_delete = !visit->locked && may(visit, "DELETE", "/ID"),
	    .only = visit->only,
	    .plays = has_route(visit, "GET", "/ID/audio"),
	    .secrets = role_sees_secrets(visit->who.role),
	    .restores = restores(visit),
	    .single = visit->resource != NULL &&
		      visit->resource->scope == SCOPE_SINGLE,
	    .asks = visit->route != NULL ? visit->route->query : NULL,
	    .question =
		visit->resource != NULL ? visit->resource->question : NULL,
	};

	visit_places(visit, &html);
	return html;
}

/* The heading of a page that says no. */
static const char *
heading_of_error(enum err_code code)
{
	static const char *const headings[] = {
	    [BAD_REQUEST] = "Not understood",
	    [UNAUTHENTICATED] = "Not signed in",
	    [FORBIDDEN] = "Not allowed",
	    [NOT_FOUND] = "Not found",
	    [METHOD_NOT_ALLOWED] = "Not possible here",
	    [CONFLICT] = "Not possible now",
	    [PRECONDITION_FAILED] = "Changed in the meantime",
	    [TOO_LARGE] = "Too large",
	    [UNSUPPORTED_TYPE] = "Of a type that is not known here",
	    [RANGE_NOT_SATISFIABLE] = "No such part",
	    [VALIDATION_ERROR] = "Not valid",
	    [RATE_LIMITED] = "Too many requests",
	    [INTERNAL] = "An error of ours",
	    [UNAVAILABLE] = "Not available now",
	};

	return headings[code];
}

/* And back to here, if here was only looked at. */
static void
link_to_sign_in(struct visit *visit)
{
	struct req *req = visit->req;
	struct buf next = buf_new(req->pool, 128);

	buf_add_text(&next, "/cgi-bin");
	if (str_is(req->method, "GET")) {
		buf_add(&next, req->path);
		if (req->query.n > 0) {
			buf_add_char(&next, '?');
			buf_add(&next, req->query);
		}
	} else {
		buf_add_char(&next, '/');
		buf_add_text(&next, visit->desk->control->name);
	}
	buf_add_text(&req->out, "<p><a href=\"/cgi-bin/session/new?_next=");
	buf_add_url(&req->out, buf_str(&next));
	buf_add_text(&req->out, "\">Sign in</a></p>\n");
}

static void
answer_error(struct visit *visit, const struct err *err)
{
	struct req *req = visit->req;
	struct html html;

	if (req->sending) {
		/* It was going well until here: what is missing is missed. */
		log_text(&req->log, "cause",
		    err->cause.p != NULL ? err->cause : err->message);
		return;
	}
	/* Sets head and log; a browser gets the same as a page. */
	answer_problem(req, err);
	if (err->code == UNAUTHENTICATED)
		answer_header(req, "WWW-Authenticate", STR("Bearer"));
	/* A browser that asked for a file cannot read JSON either. */
	if (rest_face(req) != FACE_HTML)
		return;
	req->out.n = 0;
	html = visit_html(visit);
	html_open(
	    &html, err_status(err->code), str_of(heading_of_error(err->code)));
	html_problem(&html, err);
	if (err->code == UNAUTHENTICATED)
		link_to_sign_in(visit);
	html_close(&html);
}

/* A link cannot say what it accepts: ?format=csv. */
static void
take_format(struct visit *visit)
{
	struct form *query = &visit->query;
	size_t kept = 0;

	if (!str_is(form_get(query, "format"), "csv"))
		return;
	visit->face = FACE_CSV;
	for (size_t i = 0; i < query->count; i++)
		if (!str_is(query->params[i].name, "format"))
			query->params[kept++] = query->params[i];
	query->count = kept;
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
		struct str token = NO_STR;
		uint64_t id = 0;

		if (!rest_match(req->path, route->path, &id, &token))
			continue;
		if (str_is(req->method, route->method)) {
			visit->route = route;
			visit->resource = route->resource;
			visit->id = id;
			visit->token = token;
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
check_rate(struct visit *visit)
{
	int64_t now = clock_now();
	struct err *err;

	if (visit->who.organization == 0 ||
	    limits_allow(visit->desk->limits, visit->who.organization,
		visit->who.api_rate, now))
		return NULL;
	err = err_new(visit->req->pool, RATE_LIMITED,
	    "The organization may ask %d times a minute.", visit->who.api_rate);
	err->retry_after = 60 - (int)(now / 1000 % 60);
	return err;
}

/* From this machine, and without a word of who it is. */
static bool
is_quiet(const struct req *req)
{
	return req_is_local(req) &&
	       req_header(req, "Authorization", NULL).p == NULL &&
	       req_header(req, "Cookie", NULL).p == NULL;
}

static struct err *
admit(struct visit *visit)
{
	const char *name = visit->desk->control->name;
	struct req *req = visit->req;
	bool reads = str_is(req->method, "GET");

	TRY(form_parse(req->pool, req->query, &visit->query));
	if (reads)
		take_format(visit);
	if ((visit->route->roles & ANYBODY) != 0 ||
	    ((visit->route->roles & FROM_HERE) != 0 && is_quiet(req)))
		return NULL;
	TRY(who_find(visit->desk->gate, req,
	    form_get(&visit->query, "organization_id"), clock_now(),
	    &visit->who));
	log_int(&req->log, "organization_id", (int64_t)visit->who.organization);
	log_int(&req->log, "user_id", (int64_t)visit->who.user);
	TRY(check_rate(visit));
	if (!role_in(visit->who.role, visit->route->roles))
		return err_new(
		    req->pool, FORBIDDEN, "Your role does not allow this.");
	if (!who_may(&visit->who, name, reads ? "read" : "write"))
		return err_new(req->pool, FORBIDDEN,
		    "This token lacks the ability %s:%s.", name,
		    reads ? "read" : "write");
	if (visit->who.organization == 0 &&
	    (visit->route->roles & READERS) != 0 && visit->resource != NULL &&
	    visit->resource->scope != SCOPE_TENANTS)
		return err_new(req->pool, BAD_REQUEST,
		    "Say for which organization: X-Organization-Id.");
	return NULL;
}

/*
 * A browser sends its cookie with whatever page asked for it, so a change says
 * besides what only a page of ours knows.
 */
static struct err *
check_csrf(struct visit *visit)
{
	struct req *req = visit->req;
	struct str said = req_header(req, "X-CSRF-Token", NULL);

	if (visit->who.session == 0)
		return NULL;
	if (said.p == NULL)
		said = form_get(&visit->body.fields, "_csrf");
	if (crypto_same(said, visit->who.csrf))
		return NULL;
	return err_new(req->pool, FORBIDDEN,
	    "The form is not of this session: send X-CSRF-Token or _csrf.");
}

static void
fill_change(struct visit *visit)
{
	struct req *req = visit->req;

	visit->change = (struct change){
	    .pool = req->pool,
	    .db = visit->desk->db,
	    .generations = visit->desk->generations,
	    .conf = req->conf,
	    .seal = &visit->desk->seal,
	    .organization = visit->who.organization,
	    .actor = {.type = visit->who.platform != 0 ? "operator" : NULL,
		.user = visit->who.platform != 0 ? visit->who.platform
						 : visit->who.user,
		.token = visit->who.token,
		.name = visit->who.email,
		.remote = req->remote,
		.request_id = req->request_id},
	    .role = visit->who.role,
	    .now = clock_now(),
	    .if_match = req_header(req, "If-Match", NULL),
	    .form = visit->body.form,
	    .cheap = visit->desk->gate->cheap,
	    .once = visit->once.key.p != NULL ? &visit->once : NULL,
	};
}

/* Settings have no id in their path; of organizations it is the tenant. */
static struct err *
aim(struct visit *visit)
{
	enum scope scope =
	    visit->resource != NULL ? visit->resource->scope : SCOPE_TENANT;

	if (scope == SCOPE_SINGLE)
		visit->id = visit->who.organization;
	if (scope != SCOPE_TENANTS || visit->id == 0)
		return NULL;
	if (visit->who.platform == 0 && visit->id != visit->who.organization)
		return err_new(visit->req->pool, NOT_FOUND,
		    "There is no such organization.");
	visit->change.organization = visit->id;
	return NULL;
}

/* Takes the Idempotency-Key of a POST; *answered when it was here before. */
static struct err *
begin_once(struct visit *visit, bool *answered)
{
	struct req *req = visit->req;
	const struct who *who = &visit->who;
	enum once_state state = ONCE_NEW;

	if (!str_is(req->method, "POST") ||
	    (visit->route->roles & ANYBODY) != 0 ||
	    req_header(req, "Idempotency-Key", NULL).p == NULL)
		return NULL;
	visit->once.organization = who->organization;
	visit->once.operator_id = who->platform;
	visit->once.sender = pool_printf(req->pool, "%s %llu",
	    who->platform != 0 ? "operator" : "user",
	    (unsigned long long)(who->platform != 0 ? who->platform
						    : who->user));
	TRY(once_begin(
	    visit->desk->db, &visit->desk->seal, req, &visit->once, &state));
	*answered = state == ONCE_REPLAYED;
	return NULL;
}

/* What was refused before it was tried may be sent again. */
static void
end_once(struct visit *visit)
{
	struct req *req = visit->req;

	if (req->status < 500 && req->status != 401 && req->status != 403 &&
	    req->status != 409 && req->status != 429)
		once_keep(
		    visit->desk->db, &visit->desk->seal, req, &visit->once);
	else
		once_forget(visit->desk->db, req, &visit->once);
}

/* A form that says where to go next comes from a page, whatever is accepted. */
static bool
is_plain_form(const struct visit *visit)
{
	struct str accept = req_header(visit->req, "Accept", NULL);

	return form_get(&visit->body.fields, "_next").n > 0 &&
	       memmem(accept.n > 0 ? accept.p : "", accept.n, "json", 4) ==
		   NULL;
}

static struct err *
handle_visit(struct visit *visit)
{
	bool answered = false;

	TRY(find_route(visit));
	TRY(admit(visit));
	if (!str_is(visit->req->method, "GET"))
		TRY(body_parse(visit->req, &visit->body));
	if (is_plain_form(visit))
		visit->face = FACE_HTML;
	if (!str_is(visit->req->method, "GET"))
		TRY(check_csrf(visit));
	TRY(begin_once(visit, &answered));
	if (answered)
		return NULL;
	visit->trying = visit->once.key.p != NULL;
	fill_change(visit);
	TRY(aim(visit));
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
	/* At the end, because a refusal drops what headers there were. */
	answer_header(req, "Vary", STR("Accept"));
	db_rollback(visit.desk->db);
	if (visit.trying)
		end_once(&visit);
}

static void
after(struct req *req, void *process)
{
	const struct desk *desk = process;

	limits_settle(desk->limits, req->pool, clock_now());
}

static void
pulse(void *process)
{
	program.pulse(process);
}

static void
gone(struct req *req, void *process)
{
	program.gone(req, process);
}

static void
describe(struct buf *out)
{
	schema_describe(&program, out);
}

int
control_serve(struct control control, int argc, char **argv)
{
	struct service service = {
	    .name = control.name,
	    .body_limit =
		control.body_limit > 0 ? control.body_limit : BODY_MOST,
	    .types =
		control.types != NULL ? control.types : serve_types_json_form,
	    .start = start,
	    .handle = handle,
	    .after = after,
	    .pulse = control.pulse != NULL ? pulse : NULL,
	    .gone = gone,
	    .describe = describe,
	};

	program = control;
	return serve_run(&service, argc, argv);
}
