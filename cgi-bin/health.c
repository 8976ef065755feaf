/*
 * /cgi-bin/health[/ready|/metrics|/configuration]
 *
 * Whether it lives, which tells nobody anything; whether it could answer, and
 * how it did, for who runs it; what is wrong with a tenant's configuration.
 *
 * Touches: reads all that a tenant configures, schema_version; counts calls,
 * call_event, delivery, parked_job.
 */
#include "backlog.h"
#include "clock.h"
#include "configured.h"
#include "control.h"
#include "lint.h"
#include "place.h"
#include "queue.h"
#include "sql_file.h"

/* -- What is told -----------------------------------------------------------
 */

struct alive {
	struct str status;
};

struct check {
	struct str name;
	bool ok;
	struct str detail; /* what is wrong */
};

struct readiness {
	struct str status; /* "ok", "degraded": all that must work does */
	struct children checks;
};

struct shown_finding {
	enum severity severity;
	enum lint_code code;
	struct str type;
	uint64_t id;
	struct str name, reason, mend, link;
};

struct report {
	int errors, warnings, left_out;
	struct children findings;
};

static const char *const severities[] = {"error", "warning", NULL};

/* clang-format off */
static const struct field alive_fields[] = {
	{ FIELD(alive, status), .flags = REQUIRED, .help = "ok" },
};
static const struct record alive_record = {
	.name = "health", RECORD(alive, alive_fields),
};
static const struct field check_fields[] = {
	{ FIELD(check, name), .flags = REQUIRED,
	    .help = "mariadb, schema, redis or worker" },
	{ FIELD(check, ok) },
	{ FIELD(check, detail), .help = "what is wrong" },
};
static const struct record check_record = {
	.name = "check", RECORD(check, check_fields),
};
static const struct field readiness_fields[] = {
	{ FIELD(readiness, status), .flags = REQUIRED,
	    .help = "ok, or degraded: what calls can do without is away" },
	{ FIELD(readiness, checks), .of = &check_record },
};
static const struct record readiness_record = {
	.name = "readiness", RECORD(readiness, readiness_fields),
};
static const struct field finding_fields[] = {
	{ FIELD(shown_finding, severity), .choices = severities },
	{ FIELD(shown_finding, code), .choices = lint_codes },
	{ FIELD_AS(shown_finding, type, "object.type"), .flags = REQUIRED },
	{ FIELD_AS(shown_finding, id, "object.id") },
	{ FIELD_AS(shown_finding, name, "object.name") },
	{ FIELD(shown_finding, reason), .flags = REQUIRED },
	{ FIELD(shown_finding, mend), .flags = REQUIRED },
	{ FIELD(shown_finding, link), .flags = REQUIRED,
	    .help = "the object's page" },
};
static const struct record finding_record = {
	.name = "finding", RECORD(shown_finding, finding_fields),
};
static const struct field report_fields[] = {
	{ FIELD(report, errors), .max = INT32_MAX,
	    .help = "what some caller will meet" },
	{ FIELD(report, warnings), .max = INT32_MAX,
	    .help = "what is of no use, or may not be meant" },
	{ FIELD(report, left_out), .max = INT32_MAX,
	    .help = "findings of a code that has many" },
	{ FIELD(report, findings), .of = &finding_record,
	    .help = "errors first" },
};
static const struct record report_record = {
	.name = "configuration_report", RECORD(report, report_fields),
};
/* clang-format on */

static void
show_json(struct visit *visit, const struct record *record, const void *object)
{
	struct json_out out = {&visit->req->out, false};

	answer(visit->req, 200, "application/json");
	json_open(&out, NULL, '{');
	json_open(&out, "data", '{');
	record_show(record, object, SHOW_MASKED, &out);
	json_close(&out, '}');
	json_close(&out, '}');
}

/* -- Alive ------------------------------------------------------------------
 */

static struct err *
show_alive(struct visit *visit)
{
	struct alive alive = {STR("ok")};
	struct html html = visit_html(visit);

	if (visit->face != FACE_HTML) {
		show_json(visit, &alive_record, &alive);
		return NULL;
	}
	html_open(&html, 200, STR("Health"));
	buf_add_text(&visit->req->out, "<p>ok</p>\n");
	html_close(&html);
	return NULL;
}

/* -- Ready ------------------------------------------------------------------
 */

enum { CHECK_MARIADB, CHECK_SCHEMA, CHECK_REDIS, CHECK_WORKER, CHECKS };

static struct err *
applied_schema(struct visit *visit, struct str *newest)
{
	struct db *db = visit->desk->db;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, visit->req->pool, DB_READ, 0));
	err = db_query(db, "SELECT schema_newest()", NULL, 0, &rows);
	if (err == NULL)
		*newest = rows_text(rows, 0, 0);
	db_rollback(db);
	return err;
}

/* What the programs were installed with; absent: cannot be read. */
static struct str
wanted_schema(struct visit *visit)
{
	struct pool *pool = visit->req->pool;
	struct str folder =
	    conf_path(pool, visit->req->conf, "sql_dir", "/usr/share/opbx/sql");
	struct sql_file *files;
	size_t count;

	if (sql_migrations(pool, folder, &files, &count) != NULL)
		return NO_STR;
	return files[count - 1].name;
}

static void
look(struct visit *visit, struct check checks[CHECKS])
{
	struct str newest = NO_STR, wanted = wanted_schema(visit);
	struct reply reply;

	checks[CHECK_MARIADB] = (struct check){.name = STR("mariadb"),
	    .ok = applied_schema(visit, &newest) == NULL,
	    .detail = STR("does not answer")};
	checks[CHECK_SCHEMA] = (struct check){.name = STR("schema"),
	    .ok =
		newest.n > 0 && (wanted.p == NULL || str_equal(newest, wanted)),
	    .detail = STR("is not the one of these programs: opbxctl migrate")};
	checks[CHECK_REDIS] = (struct check){.name = STR("redis"),
	    .ok = redis_call(visit->desk->redis, visit->req->pool, &reply,
		      "PING") == NULL,
	    .detail = STR("does not answer")};
	checks[CHECK_WORKER] = (struct check){.name = STR("worker"),
	    .ok = generation_is_followed(visit->desk->generations),
	    .detail = STR("was not heard of for a second")};
	for (size_t i = 0; i < CHECKS; i++)
		if (checks[i].ok)
			checks[i].detail = NO_STR;
}

static struct err *
not_ready(struct visit *visit, const struct check checks[CHECKS])
{
	struct err *err =
	    err_new(visit->req->pool, UNAVAILABLE, "It is not ready.");
	struct complaints all = {visit->req->pool, NULL, NULL};

	for (size_t i = 0; i < CHECKS; i++)
		if (!checks[i].ok)
			complain(&all, checks[i].name, "%.*s",
			    PSTR(checks[i].detail));
	err->complaints = all.first;
	err->retry_after = 1;
	return err;
}

static void
ready_page(struct visit *visit, const struct check checks[CHECKS])
{
	struct buf *out = &visit->req->out;
	struct html html = visit_html(visit);

	html_open(&html, 200, STR("Ready"));
	buf_add_text(out, "<ul>\n");
	for (size_t i = 0; i < CHECKS; i++) {
		buf_add_text(out, "<li>");
		buf_add_html(out, checks[i].name);
		buf_add_text(out, checks[i].ok ? ": ok" : " ");
		buf_add_html(out, checks[i].detail);
		buf_add_text(out, "</li>\n");
	}
	buf_add_text(out, "</ul>\n");
	html_close(&html);
}

static struct err *
show_ready(struct visit *visit)
{
	struct check checks[CHECKS];
	struct readiness readiness = {STR("ok"), {CHECKS, checks}};

	look(visit, checks);
	if (!checks[CHECK_MARIADB].ok || !checks[CHECK_SCHEMA].ok)
		return not_ready(visit, checks);
	for (size_t i = 0; i < CHECKS; i++)
		if (!checks[i].ok)
			readiness.status = STR("degraded");
	if (visit->face == FACE_HTML)
		ready_page(visit, checks);
	else
		show_json(visit, &readiness_record, &readiness);
	return NULL;
}

/* -- Metrics ----------------------------------------------------------------
 */

/*
 * They are the installation's, of all tenants: for who asks from this machine,
 * for operators, and for a token that an operator made for it (opbxctl token
 * create --abilities health:read,metrics:read; no tenant can make one).
 */
static bool
sees_metrics(const struct visit *visit)
{
	const struct who *who = &visit->who;

	return req_is_local(visit->req) || who->role == ROLE_OPERATOR ||
	       (!who_may_all(who) && who_may(who, "metrics", "read"));
}

static struct err *
show_metrics(struct visit *visit)
{
	if (!sees_metrics(visit))
		return err_new(visit->req->pool, FORBIDDEN,
		    "This is told to operators, and to a token with the "
		    "ability metrics:read.");
	answer(visit->req, 200, "text/plain; version=0.0.4; charset=utf-8");
	metrics_print(&visit->req->out, clock_monotonic());
	queue_print(&visit->req->out, visit->desk->redis, visit->req->pool);
	backlog_print(&visit->req->out, visit->desk->db, visit->req->conf,
	    visit->req->pool);
	return NULL;
}

/* -- Configuration ----------------------------------------------------------
 */

static struct report
report_of(struct pool *pool, const struct lint *lint)
{
	struct shown_finding *shown =
	    NEW_ARRAY(pool, struct shown_finding, lint->count + 1);

	for (size_t i = 0; i < lint->count; i++) {
		const struct finding *one = &lint->findings[i];
		struct str type = str_of(one->type);

		shown[i] = (struct shown_finding){one->severity, one->code,
		    type, one->id, one->name, one->reason, one->mend,
		    place_of(pool, type, one->id)};
	}
	return (struct report){(int)lint->errors, (int)lint->warnings,
	    (int)lint->left_out, {lint->count, shown}};
}

static void
add_cell(struct buf *out, struct str text)
{
	buf_add_text(out, "<td>");
	buf_add_html(out, text);
	buf_add_text(out, "</td>");
}

static void
add_object(
    const struct html *html, struct buf *out, const struct shown_finding *one)
{
	bool leads = html_leads(html, place_responder(one->type));

	buf_add_text(out, "<td>");
	if (leads) {
		buf_add_text(out, "<a href=\"");
		buf_add_html(out, one->link);
		buf_add_text(out, "\">");
	}
	buf_add_html(out, one->type);
	buf_add_text(out, " ");
	buf_add_html(out, one->name);
	buf_add_text(out, leads ? "</a></td>" : "</td>");
}

static void
report_page(struct visit *visit, const struct report *report)
{
	const struct shown_finding *all = report->findings.rows;
	struct html html = visit_html(visit);
	struct buf *out = &visit->req->out;

	html_open(&html, 200, STR("What is wrong with the configuration"));
	buf_printf(
	    out, "<p>%d errors, %d warnings", report->errors, report->warnings);
	if (report->left_out > 0)
		buf_printf(out, ", %d of them not shown", report->left_out);
	buf_add_text(out, ".</p>\n");
	if (report->findings.count == 0) {
		html_close(&html);
		return;
	}
	buf_add_text(out,
	    "<table>\n<thead><tr><th scope=\"col\">Severity</th>"
	    "<th scope=\"col\">Object</th>"
	    "<th scope=\"col\">Reason</th>"
	    "<th scope=\"col\">Mend</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < report->findings.count; i++) {
		buf_add_text(out, "<tr>");
		add_cell(out, str_of(severities[all[i].severity]));
		add_object(&html, out, &all[i]);
		add_cell(out, all[i].reason);
		add_cell(out, all[i].mend);
		buf_add_text(out, "</tr>\n");
	}
	buf_add_text(out, "</tbody>\n</table>\n");
	html_close(&html);
}

static struct err *
show_configuration(struct visit *visit)
{
	struct configuration configuration;
	struct report report;
	struct lint findings;

	TRY(configuration_load(&visit->change, &configuration));
	lint(visit->req->pool, &configuration, &findings);
	report = report_of(visit->req->pool, &findings);
	if (visit->face == FACE_HTML)
		report_page(visit, &report);
	else
		show_json(visit, &report_record, &report);
	return NULL;
}

static const struct route routes[] = {
    ROUTE("GET", "/health", ANYBODY, show_alive, NULL, .gives = GIVES_ONE,
	.data = &alive_record, .does = "whether it lives"),
    ROUTE("GET", "/health/ready", SIGNED_IN | FROM_HERE, show_ready, NULL,
	.gives = GIVES_ONE, .data = &readiness_record,
	.does = "whether it can answer"),
    ROUTE("GET", "/health/metrics", SIGNED_IN | FROM_HERE, show_metrics, NULL,
	.gives = GIVES_FILE, .does = "counters for Prometheus"),
    ROUTE("GET", "/health/configuration", AGENTS, show_configuration, NULL,
	.gives = GIVES_ONE, .data = &report_record,
	.does = "what is wrong with the configuration"),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("health", routes), argc, argv);
}
