/*
 * /cgi-bin/simulate[/flow]
 *
 * What would happen to a call: every leg with its reasons and the document
 * that `voice` would answer.  Nothing is counted, proved, locked or written.
 *
 * Who may not see secrets sees none here either: the token of an assistant is
 * masked, and no PIN can be tried, because nobody counts the wrong ones.
 *
 * flow: every way that a call to a number can take (lib/resource/call_flow.h).
 *
 * Touches: reads what voice reads, and all that a tenant configures.
 */
#include "call_flow.h"
#include "control.h"
#include "directory.h"
#include "place.h"
#include "play.h"

enum { OUTCOMES_MOST = 100, THEN_MOST = 64 };

/* -- What is asked ----------------------------------------------------------
 */

enum wanted_direction { DIRECTION_GUESSED };
static const char *const directions[] = {"guess", "inbound", "subscriber",
    "outbound", "internal", "application", "outbound-api", NULL};
static const char *const outcomes[] = {
    "busy", "no_answer", "declines", "answers", "fails", NULL};

struct asked_outcome {
	struct str extension;
	enum { OUTCOME_WORD_FIRST } outcome;
};

struct asked_word {
	struct str word;
};

struct asked {
	struct str from, to;
	enum wanted_direction direction;
	struct str at;
	struct children outcomes; /* of struct asked_outcome */
	struct children then;     /* of struct asked_word */
};

/* clang-format off */
static const struct field outcome_fields[] = {
	{ FIELD(asked_outcome, extension), .max = 64, .flags = REQUIRED,
	    .help = "or a number outside" },
	{ FIELD(asked_outcome, outcome), .choices = outcomes },
};
static const struct record outcome_record = {
	.name = "simulated_outcome", RECORD(asked_outcome, outcome_fields),
};
static const struct field word_fields[] = {
	{ FIELD_AS(asked_word, word, ""), .max = 40, .def = "" },
};
static const struct record word_record = {
	.name = "what_happens", RECORD(asked_word, word_fields),
};
static const struct field asked_fields[] = {
	{ FIELD(asked, from), .max = 64, .flags = REQUIRED,
	    .help = "an extension or a telephone number" },
	{ FIELD(asked, to), .max = 64, .flags = REQUIRED,
	    .help = "what is called" },
	{ FIELD(asked, direction), .choices = directions,
	    .help = "guess: subscriber from an extension, else inbound" },
	{ FIELD(asked, at), .max = 40,
	    .help = "like 2026-12-25T10:00 on the organization's clock, or "
	    "with an offset; none: now" },
	{ FIELD(asked, outcomes), .of = &outcome_record,
	    .max = OUTCOMES_MOST,
	    .help = "how every call to an extension ends" },
	{ FIELD(asked, then), .of = &word_record, .max = THEN_MOST,
	    .help = "in order, where nothing else says it: digits, silence, "
	    "recorded, busy, no-answer, failed, completed, canceled" },
};
/* clang-format on */

static const struct record asked_record = {
    .name = "simulated_call",
    RECORD(asked, asked_fields),
};

/* What an address can ask for: the same without lists. */
enum { ASKED_BY_QUERY = 4 };

static const struct record query_record = {
    .name = "simulated_query",
    .size = sizeof(struct asked),
    .fields = asked_fields,
    .count = ASKED_BY_QUERY,
};

/* -- What is answered -------------------------------------------------------
 */

struct shown_step {
	struct str text, type;
	uint64_t id;
	struct str name;
};

struct shown_leg {
	struct str sent;
	struct children steps; /* of struct shown_step */
	struct str document, loop, happens;
};

struct shown {
	struct str direction;
	struct instant at;
	struct children legs; /* of struct shown_leg */
	struct str ends;
};

/* clang-format off */
static const struct field step_fields[] = {
	{ FIELD(shown_step, text), .flags = REQUIRED },
	{ FIELD_AS(shown_step, type, "object.type") },
	{ FIELD_AS(shown_step, id, "object.id") },
	{ FIELD_AS(shown_step, name, "object.name") },
};
static const struct record step_record = {
	.name = "simulated_step", RECORD(shown_step, step_fields),
};
static const struct field leg_fields[] = {
	{ FIELD(shown_leg, sent),
	    .help = "what the carrier comes back with; none: the first leg" },
	{ FIELD(shown_leg, steps), .of = &step_record },
	{ FIELD(shown_leg, document), .format = TEXT_LINES, .flags = REQUIRED,
	    .help = "CXML" },
	{ FIELD(shown_leg, loop), .help = "what the call went round" },
	{ FIELD(shown_leg, happens), .help = "after the document" },
};
static const struct record leg_record = {
	.name = "simulated_leg", RECORD(shown_leg, leg_fields),
};
static const struct field shown_fields[] = {
	{ FIELD(shown, direction), .flags = REQUIRED,
	    .help = "inbound, subscriber or application" },
	{ FIELD(shown, at), .flags = REQUIRED },
	{ FIELD(shown, legs), .of = &leg_record, .max = PLAY_LEGS },
	{ FIELD(shown, ends), .flags = REQUIRED,
	    .help = "why there is no further leg" },
};
/* clang-format on */

static const struct record shown_record = {
    .name = "simulation",
    RECORD(shown, shown_fields),
};

/* Which words for people stand for none in JSON. */
static struct str
or_none(struct str text)
{
	return text.n > 0 ? text : NO_STR;
}

static struct children
show_steps(struct pool *pool, const struct play_leg *leg)
{
	struct shown_step *steps =
	    NEW_ARRAY(pool, struct shown_step, leg->step_count + 1);

	for (size_t i = 0; i < leg->step_count; i++)
		steps[i] = (struct shown_step){leg->steps[i].text,
		    or_none(str_of(leg->steps[i].type)), leg->steps[i].id,
		    leg->steps[i].name};
	return (struct children){leg->step_count, steps};
}

static struct shown
show(struct pool *pool, const struct play *play)
{
	struct shown_leg *legs =
	    NEW_ARRAY(pool, struct shown_leg, play->count + 1);

	for (size_t i = 0; i < play->count; i++)
		legs[i] =
		    (struct shown_leg){.sent = or_none(play->legs[i].sent),
			.steps = show_steps(pool, &play->legs[i]),
			.document = play->legs[i].document,
			.loop = or_none(play->legs[i].loop),
			.happens = or_none(play->legs[i].happens)};
	return (struct shown){
	    .direction = str_of(direction_name(play->call.direction)),
	    .at = {play->call.now},
	    .legs = {play->count, legs},
	    .ends = play->ends};
}

/* -- Pages ------------------------------------------------------------------
 */

static struct html
page_of(const struct visit *visit)
{
	struct html html = visit_html(visit);

	html.record = &asked_record;
	html.does = "Simulate a call";
	html.may_change = true;
	return html;
}

static void
add_step(const struct html *html, struct buf *out, const struct play_step *step)
{
	struct str type = str_of(step->type);

	buf_add_text(out, "<li>");
	buf_add_html(out, step->text);
	if (html_leads(html, place_responder(type))) {
		buf_add_text(out, " <a href=\"");
		buf_add_html(out, place_of(out->pool, type, step->id));
		buf_add_text(out, "\">");
		buf_add_html(out, type);
		buf_printf(out, " %llu</a>", (unsigned long long)step->id);
	}
	buf_add_text(out, "</li>\n");
}

static void
add_legs(const struct html *html, const struct play *play)
{
	struct buf *out = &html->req->out;

	for (size_t i = 0; i < play->count; i++) {
		const struct play_leg *leg = &play->legs[i];

		buf_printf(out, "<h2>Leg %zu</h2>\n<ol>\n", i + 1);
		for (size_t n = 0; n < leg->step_count; n++)
			add_step(html, out, &leg->steps[n]);
		buf_add_text(out, "</ol>\n<pre>");
		buf_add_html(out, leg->document);
		buf_add_text(out, "</pre>\n<p>");
		buf_add_html(
		    out, leg->happens.n > 0 ? leg->happens : play->ends);
		buf_add_text(out, "</p>\n");
	}
}

static struct err *
new_call(struct visit *visit)
{
	struct html html = page_of(visit);
	struct pool *pool = visit->req->pool;
	const struct json *values;
	struct asked asked;

	record_init(pool, &asked_record, &asked);
	TRY(json_parse(pool,
	    record_print(pool, &asked_record, &asked, SHOW_MASKED), &values));
	html_form(&html, 0, values, NULL);
	html_close(&html);
	return NULL;
}

/* -- The simulation ---------------------------------------------------------
 */

/* What a process keeps: the directory is made when desk is. */
struct simulate {
	const struct conf *conf;
	struct crypto_key master, cursor_key;
	struct directory *directory;
};

static void *
start(struct pool *process, const struct conf *conf,
    const struct crypto_key *master)
{
	struct simulate *own = NEW(process, struct simulate);

	own->conf = conf;
	own->master = *master;
	own->cursor_key = crypto_derive(master, "cursor");
	return own;
}

static struct directory *
directory_of(struct visit *visit)
{
	struct simulate *own = visit->desk->own;

	if (own->directory == NULL) {
		own->directory = directory_new(visit->req->process, own->conf,
		    visit->desk->db, visit->desk->redis,
		    visit->desk->generations, &own->master);
		crypto_wipe(&own->master, sizeof own->master);
	}
	return own->directory;
}

static void
fill(struct visit *visit, const struct asked *asked, struct play *play)
{
	struct pool *pool = visit->req->pool;
	const struct asked_outcome *said = asked->outcomes.rows;
	const struct asked_word *words = asked->then.rows;
	struct play_outcome *all =
	    NEW_ARRAY(pool, struct play_outcome, asked->outcomes.count + 1);
	struct str *then = NEW_ARRAY(pool, struct str, asked->then.count + 1);
	const struct simulate *own = visit->desk->own;

	for (size_t i = 0; i < asked->outcomes.count; i++)
		all[i] = (struct play_outcome){
		    said[i].extension, str_of(outcomes[said[i].outcome])};
	for (size_t i = 0; i < asked->then.count; i++)
		then[i] = words[i].word;
	*play = (struct play){.pool = pool,
	    .directory = directory_of(visit),
	    .cursor_key = &own->cursor_key,
	    .organization = visit->who.organization,
	    .secrets = role_sees_secrets(visit->who.role),
	    .from = asked->from,
	    .to = asked->to,
	    .at = asked->at,
	    .outcome_count = asked->outcomes.count,
	    .outcomes = all,
	    .then_count = asked->then.count,
	    .then = then};
	if (asked->direction != DIRECTION_GUESSED)
		play->direction = str_of(directions[asked->direction]);
}

static void
show_json(struct visit *visit, const struct play *play)
{
	struct json_out out = {&visit->req->out, false};
	struct shown shown = show(visit->req->pool, play);

	answer(visit->req, 200, "application/json");
	json_open(&out, NULL, '{');
	json_open(&out, "data", '{');
	record_show(&shown_record, &shown, SHOW_MASKED, &out);
	json_close(&out, '}');
	json_close(&out, '}');
}

/* values: what was asked, as the page's form shows it again. */
static struct err *
answer_play(struct visit *visit, const struct asked *asked,
    const struct json *values, struct err *err)
{
	struct play *play = NEW(visit->req->pool, struct play);
	struct html html;

	if (err == NULL) {
		fill(visit, asked, play);
		err = play_run(play);
	}
	directory_close(directory_of(visit));
	if (err != NULL &&
	    (visit->face != FACE_HTML || err->complaints == NULL))
		return err;
	if (err != NULL) {
		answer_problem(visit->req, err);
		visit->req->out.n = 0;
	}
	if (visit->face != FACE_HTML) {
		show_json(visit, play);
		return NULL;
	}
	html = page_of(visit);
	html_form(&html, 0, values, err);
	add_legs(&html, play);
	html_close(&html);
	return NULL;
}

static struct err *
simulate(struct visit *visit)
{
	struct asked asked;
	struct err *err = visit_take_body(visit, &asked);

	return answer_play(visit, &asked, visit->body.json, err);
}

/* Nothing is done to anything, so an address can ask for it, too. */
static struct err *
simulate_query(struct visit *visit)
{
	const struct json *values;
	struct asked asked;
	struct err *err;

	record_init(visit->req->pool, &asked_record, &asked);
	err = visit_take_query(visit, &asked);
	if (visit->face == FACE_HTML &&
	    form_get(&visit->query, "from").n == 0 &&
	    form_get(&visit->query, "to").n == 0)
		return new_call(visit);
	TRY(body_of_form(visit->req->pool, &visit->query, &values));
	return answer_play(visit, &asked, values, err);
}

static const struct route routes[] = {
    ROUTE("GET", "/simulate", AGENTS, simulate_query, NULL, .gives = GIVES_ONE,
	.query = &query_record, .data = &shown_record,
	.does = "what would happen to a call, or the form to ask it by"),
    ROUTE("POST", "/simulate", AGENTS, simulate, NULL, .gives = GIVES_ONE,
	.takes = &asked_record, .data = &shown_record,
	.does = "what would happen to a call"),
    ROUTE("GET", "/simulate/flow", AGENTS, show_flow, NULL, .gives = GIVES_ONE,
	.query = &flow_parameters, .data = &flow_record,
	.does = "every way that a call to a number can take"),
};

int
main(int argc, char **argv)
{
	struct control control = CONTROL("simulate", routes);

	control.start = start;
	return control_serve(control, argc, argv);
}
