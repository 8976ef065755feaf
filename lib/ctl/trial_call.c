/*
 * opbxctl call: a test call without a carrier, told step by step.
 *
 * Key and domain are those of --key and --domain, else of the environment
 * (VOICE_KEY, DOMAIN, BASE_URL, WEBHOOK_SECRET, ORGANIZATION), else of the
 * demo.env that `make run` wrote: the database knows keys only hashed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "ctl.h"
#include "fetch.h"
#include "trial.h"

enum {
	PATIENCE = 20000,
	MOST = 1024 * 1024,
	WAIT_ROW = 5000,
	LINE = 512,
	TRIES = 3,
	RINGS = 10
};
enum {
	FROM,
	TO,
	DIRECTION,
	ANSWER,
	DIGITS,
	SPEECH,
	NAME,
	REPEAT,
	SHUFFLE,
	FORM,
	ORG,
	DOMAIN_,
	KEY,
	SECRET_,
	BASE,
	OPTIONS,
};

/* What `make run` wrote: NAME='value'; absent when it is not there. */
static struct str
from_demo(struct ctl *ctl, const char *name)
{
	struct str path = conf_file(ctl->conf), value = NO_STR;
	char line[LINE];
	FILE *file;

	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	file = fopen(
	    pool_printf(ctl->pool, "%.*s../demo.env", PSTR(path)).p, "re");
	if (file == NULL)
		return NO_STR;
	while (value.p == NULL && fgets(line, sizeof line, file) != NULL) {
		struct str rest = str_trim(str_of(line)), word;

		if (str_next(&rest, '=', &word) && str_is(word, name) &&
		    rest.n >= 2)
			value =
			    pool_copy(ctl->pool, str_cut(rest, 1, rest.n - 1));
	}
	fclose(file);
	return value;
}

static struct str
known(struct ctl *ctl, struct str given, const char *name)
{
	const char *said = getenv(name);

	if (given.n > 0)
		return given;
	return said != NULL && said[0] != '\0' ? str_of(said)
					       : from_demo(ctl, name);
}

/* Requests that leave the machine only by the address that was given. */
static struct err *
open_fetch(struct ctl *ctl, struct fetch **fetch)
{
	const struct conf *conf;

	TRY(conf_parse(ctl->pool,
	    STR("net.allow_http = yes\nnet.allow_private = yes\n"),
	    conf_file(ctl->conf), &conf));
	*fetch = fetch_new(ctl->pool, conf, NULL);
	return NULL;
}

static void
send_one(struct ctl *ctl, struct fetch *fetch, struct trial *trial,
    const struct trial_request *said)
{
	struct fetch_header headers[3] = {{"Content-Type", said->type}};
	struct fetch_request request = {
	    .method = said->body.p != NULL ? "POST" : "GET",
	    .url = said->url,
	    .headers = headers,
	    .authorization = said->authorization,
	    .body = said->body,
	    .timeout = PATIENCE,
	    .most = MOST};
	struct fetch_answer answer = {0};
	struct err *err;

	request.header_count = said->type.n > 0 ? 1 : 0;
	if (said->signature.n > 0) {
		headers[request.header_count++] = (struct fetch_header){
		    "X-Cloudonix-Timestamp", said->timestamp};
		headers[request.header_count++] = (struct fetch_header){
		    "X-Cloudonix-Signature", said->signature};
	}
	err = fetch_request(fetch, ctl->pool, &request, &answer);
	if (err != NULL)
		printf("%.*s\n", PSTR(err->message));
	trial_told(trial, clock_now(), err != NULL ? 0 : answer.status, 0,
	    answer.body.p != NULL ? answer.body : STR(""));
}

static void
sleep_ms(int64_t ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};

	if (ms > 0)
		nanosleep(&time, NULL);
}

static bool
place(struct ctl *ctl, struct fetch *fetch, const struct trial_plan *plan,
    bool *kept)
{
	struct trial *trial = trial_new(ctl->pool, plan);
	struct trial_request request;
	struct str text;
	bool good = true;

	while (trial_next(trial, clock_now(), &request)) {
		sleep_ms(request.due - clock_now());
		send_one(ctl, fetch, trial, &request);
		while (trial_step(trial, &text))
			printf("%.*s\n", PSTR(text));
	}
	for (size_t i = 0; i < trial->leg_count; i++)
		good = good && trial->legs[i].valid &&
		       trial->legs[i].status == 200;
	for (size_t i = 0; i < trial->event_count; i++) {
		good = good && trial->events[i].taken > 0;
		*kept = *kept || trial->events[i].taken > 0;
	}
	return good;
}

/* The call's row comes a moment after what was told of it. */
static void
show_row(struct ctl *ctl, const struct trial_plan *plan, struct str slug)
{
	int64_t until = clock_monotonic() / 1000 + WAIT_ROW;
	uint64_t organization;
	struct rows *rows = NULL;
	struct err *err = ctl_organization(ctl, slug, &organization);

	while (err == NULL) {
		err = db_begin(ctl->db, ctl->pool, DB_READ, organization);
		if (err == NULL)
			err = QUERY(ctl->db,
			    "SELECT id, state FROM calls WHERE call_key = ?"
			    " AND ended_at IS NOT NULL",
			    &rows, TEXT(plan->session));
		db_rollback(ctl->db);
		if (err != NULL || rows->count > 0 ||
		    clock_monotonic() / 1000 > until)
			break;
		sleep_ms(100);
	}
	if (err != NULL || rows->count == 0)
		printf("its row will be in %.*s/cgi-bin/calls (session "
		       "%.*s)\n",
		    PSTR(plan->base), PSTR(plan->session));
	else
		printf("its row: %.*s/cgi-bin/calls/%.*s (%.*s)\n",
		    PSTR(plan->base), PSTR(rows_text(rows, 0, 0)),
		    PSTR(rows_text(rows, 0, 1)));
}

/* From whom is asked for decides who is meant, where nothing is said. */
static struct str
direction(struct str given, struct str from)
{
	if (given.n > 0)
		return given;
	return from.n <= 6 && str_is_digits(from) ? STR("subscriber")
						  : STR("inbound");
}

static bool
take(struct ctl *ctl, const struct ctl_option *options, struct trial_plan *plan)
{
	int64_t number;

	*plan = (struct trial_plan){
	    .base = known(ctl, options[BASE].value, "BASE_URL"),
	    .domain = known(ctl, options[DOMAIN_].value, "DOMAIN"),
	    .key = known(ctl, options[KEY].value, "VOICE_KEY"),
	    .secret = known(ctl, options[SECRET_].value, "WEBHOOK_SECRET"),
	    .from = options[FROM].value,
	    .to = options[TO].value,
	    .direction =
		direction(options[DIRECTION].value, options[FROM].value),
	    .caller_name = options[NAME].value,
	    .answer = options[ANSWER].value,
	    .digits = options[DIGITS].value,
	    .audio = STR("https://recordings.invalid/trial.wav"),
	    .form = options[FORM].value.n > 0,
	    .patience = TRIES,
	    .rings = RINGS,
	    .began = clock_now(),
	};
	if (plan->base.n == 0)
		plan->base =
		    conf_text(ctl->conf, "base_url", "http://127.0.0.1:8080");
	if (plan->key.n == 0 || plan->domain.n == 0) {
		fprintf(stderr,
		    "opbxctl: whose call? --key and --domain say it, or "
		    "VOICE_KEY and DOMAIN in the environment\n");
		return false;
	}
	if (!str_to_int(options[SPEECH].value, 0, 3600, &number)) {
		fprintf(stderr, "opbxctl: --speech is 0 to 3600 seconds\n");
		return false;
	}
	plan->speech = (int)number;
	if (!str_to_int(options[REPEAT].value, 1, 9, &number)) {
		fprintf(stderr, "opbxctl: --repeat is 1 to 9\n");
		return false;
	}
	plan->repeat = (int)number;
	if (!str_to_int(options[SHUFFLE].value, 0, INT64_MAX, &number)) {
		fprintf(stderr, "opbxctl: --shuffle is a number\n");
		return false;
	}
	plan->shuffle = (uint64_t)number;
	return true;
}

/* "answer", "answer=2", "busy", … */
static bool
check_answers(struct str list)
{
	static const char *const words[] = {
	    "answer", "busy", "no-answer", "failed", "canceled"};
	struct str word;

	while (list.n > 0 && str_next(&list, ',', &word)) {
		bool right = false;
		int64_t nth;

		word = str_trim(word);
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			right = right || str_is(word, words[i]);
		if (str_starts(word, STR("answer=")))
			right =
			    str_to_int(str_cut(word, 7, word.n), 1, 50, &nth);
		if (right)
			continue;
		fprintf(stderr,
		    "opbxctl: a Dial does not end in \"%.*s\": answer, "
		    "answer=2, busy, no-answer, failed or canceled\n",
		    PSTR(word));
		return false;
	}
	return true;
}

int
ctl_call(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_option options[OPTIONS + 1] = {
	    [FROM] = {"from", .required = true},
	    [TO] = {"to", .required = true},
	    [DIRECTION] = {"direction", .required = false},
	    [ANSWER] = {"answer", .required = false},
	    [DIGITS] = {"digits", .required = false},
	    [SPEECH] = {"speech", .value = STR("5"), .required = false},
	    [NAME] = {"caller-name", .required = false},
	    [REPEAT] = {"repeat", .value = STR("1"), .required = false},
	    [SHUFFLE] = {"shuffle", .value = STR("0"), .required = false},
	    [FORM] = {"form", .flag = true},
	    [ORG] = {"org", .required = false},
	    [DOMAIN_] = {"domain", .required = false},
	    [KEY] = {"key", .required = false},
	    [SECRET_] = {"secret", .required = false},
	    [BASE] = {"base", .required = false},
	    {.name = NULL},
	};
	unsigned char session[16];
	struct trial_plan plan;
	struct fetch *fetch;
	struct err *err;
	bool good, kept = false;

	if (!ctl_options(argc, argv, options))
		return ctl_usage("call");
	if (!check_answers(options[ANSWER].value) || !take(ctl, options, &plan))
		return 2;
	crypto_random(session, sizeof session);
	plan.session = crypto_hex(ctl->pool, session, sizeof session);
	err = open_fetch(ctl, &fetch);
	if (err != NULL)
		return ctl_fail(err);
	good = place(ctl, fetch, &plan, &kept);
	if (kept)
		show_row(
		    ctl, &plan, known(ctl, options[ORG].value, "ORGANIZATION"));
	return good ? 0 : 1;
}
