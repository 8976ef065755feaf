/*
 * POST /cgi-bin/webhook/{call-initiated,call-status,session-update,cdr,
 * recording}: the carrier tells what became of calls.
 *
 * Admit (whose is it, may this request speak for the carrier), then store the
 * events so that they outlive whatever dies; the worker makes calls of them.
 * 200 is said of what is stored and of nothing else.
 *
 * Touches: reads organizations, settings, voice_keys, dids, extensions;
 * writes call_events, and those only while Redis is away.
 */
#include "admit.h"
#include "clock.h"
#include "event.h"
#include "json.h"
#include "limit.h"
#include "serve.h"

enum {
	BODY = 1024 * 1024, /* bytes */
	PATIENCE = 250,     /* milliseconds for MariaDB */
	SKEW = 300,         /* seconds a signature is good */
	RETRY = 5,          /* seconds */
	MINUTE = 60,        /* seconds */
};

static const char *const kinds[] = {
    "call-initiated", "call-status", "session-update", "cdr", "recording"};

struct webhook {
	struct db *db;
	struct redis *redis;
	struct directory *directory;
	struct limits *limits;
	struct intake *intake;
	size_t waiting; /* requests that are not answered yet */
};

static void *
start(struct pool *process, const struct conf *conf)
{
	struct webhook *webhook = NEW(process, struct webhook);
	struct crypto_key master;
	struct log log = {.responder = "webhook"};
	struct err *err;

	crypto_start();
	err = crypto_load(process,
	    conf_path(process, conf, "secret_file", "secret"), &master);
	if (err != NULL) {
		log_write(&log, LOG_ERROR_, "%.*s", PSTR(err->cause));
		exit(1);
	}
	webhook->db = db_new(process, conf, &master, "webhook", PATIENCE);
	webhook->redis = redis_new(process, conf);
	webhook->directory =
	    directory_new(process, conf, webhook->db, webhook->redis,
		generations_new(process, conf, webhook->redis), &master);
	webhook->limits = limits_new(process, webhook->redis, "webhook");
	webhook->intake =
	    intake_new(process, conf, webhook->db, webhook->redis);
	crypto_wipe(&master, sizeof master);
	return webhook;
}

/* What is asked for, before anybody is asked who asks. */
static struct err *
kind_of(const struct req *req, struct str *kind)
{
	struct err *err;
	struct str path = req->path;

	*kind = NO_STR;
	if (str_starts(path, STR("/webhook/")))
		path = str_cut(path, sizeof "/webhook/" - 1, path.n);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_is(path, kinds[i]))
			*kind = str_of(kinds[i]);
	if (kind->p == NULL)
		return err_new(
		    req->pool, NOT_FOUND, "There is no such webhook.");
	if (!str_is(req->method, "POST")) {
		err = err_new(req->pool, METHOD_NOT_ALLOWED,
		    "This can be asked for only by POST.");
		err->allow = STR("POST");
		return err;
	}
	return req->refused;
}

static struct err *
unsigned_(struct pool *pool, const char *why)
{
	struct err *err = err_new(
	    pool, UNAUTHENTICATED, "The carrier's signature is required.");

	err->cause = str_of(why);
	return err;
}

/* Hex HMAC-SHA-256 of timestamp, '.' and the body as it came. */
static struct err *
check_signature(const struct req *req, struct str secret, int64_t now)
{
	bool twice_signature, twice_timestamp;
	struct str given =
	    req_header(req, "X-Cloudonix-Signature", &twice_signature);
	struct str timestamp =
	    req_header(req, "X-Cloudonix-Timestamp", &twice_timestamp);
	unsigned char mac[CRYPTO_MAC];
	struct buf text;
	int64_t at;

	if (twice_signature || twice_timestamp)
		return unsigned_(req->pool, "a signature header came twice");
	if (secret.n == 0)
		return unsigned_(req->pool, "the tenant has no secret");
	if (!str_to_int(timestamp, 0, INT64_MAX / 1000, &at))
		return unsigned_(req->pool, "the timestamp is no number");
	if (at < now / 1000 - SKEW || at > now / 1000 + SKEW)
		return unsigned_(req->pool, "the timestamp is not now");
	text = buf_new(req->pool, timestamp.n + req->body.n + 2);
	buf_add(&text, timestamp);
	buf_add_char(&text, '.');
	buf_add(&text, req->body);
	crypto_hmac_text(secret, buf_str(&text), mac);
	if (!crypto_same(crypto_hex(req->pool, mac, sizeof mac),
		pool_lower(req->pool, given)))
		return unsigned_(req->pool, "the signature is not right");
	return NULL;
}

/*
 * What is refused here may not come again: a bill or a message that is lost.
 * Of the others the next one says the same.
 */
static bool
may_be_refused(const struct carrier_message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (str_is(message->events[i].kind, "cdr") ||
		    str_is(message->events[i].kind, "recording"))
			return false;
	return true;
}

/* Each event counts, however many come at once. */
static struct err *
check_rate(struct webhook *webhook, struct pool *pool, uint64_t organization,
    const struct webhook_rules *rules, const struct carrier_message *message,
    int64_t now)
{
	struct err *err;
	bool allowed = true;

	for (size_t i = 0; i < message->count || i == 0; i++)
		allowed &= limits_allow(
		    webhook->limits, organization, rules->rate, now);
	if (allowed || !may_be_refused(message))
		return NULL;
	err = err_new(pool, RATE_LIMITED, "Too many events in a minute.");
	err->retry_after = (int)(MINUTE - now / 1000 % MINUTE);
	return err;
}

static struct err *
let_in(struct webhook *webhook, struct req *req,
    struct carrier_message *message, int64_t now)
{
	struct lookups look;
	struct webhook_rules rules;

	TRY(admit(
	    webhook->directory, req->pool, &message->request, now, &look));
	TRY(directory_webhook_rules(webhook->directory, &rules));
	if (rules.require_signature)
		TRY(check_signature(req, rules.secret, now));
	log_int(&req->log, "organization_id", (int64_t)look.organization->id);
	for (size_t i = 0; i < message->count; i++) {
		message->events[i].organization = look.organization->id;
		message->events[i].received = now;
	}
	return check_rate(
	    webhook, req->pool, look.organization->id, &rules, message, now);
}

static struct err *
pending(struct pool *pool)
{
	struct err *err =
	    err_unavailable(pool, "the same event is being stored");

	err->retry_after = RETRY;
	return err;
}

/* Stored together with what others bring at the same time. */
struct left {
	struct carrier_message message;
	enum accepted accepted[INTAKE_MOST];
};

/*
 * 200 all the same: the others are stored, and what cannot be read now cannot
 * be read when it comes again.
 */
static void
tell_refused(struct req *req, const struct carrier_message *message,
    struct json_out *out)
{
	struct log log = req->log;

	if (message->refused_count == 0)
		return;
	json_open(out, "refused", '[');
	for (size_t i = 0; i < message->refused_count; i++) {
		json_open(out, NULL, '{');
		json_put_int(out, "place", (int64_t)message->refused[i].place);
		json_put_text(out, "message", message->refused[i].why);
		json_close(out, '}');
	}
	json_close(out, ']');
	log_write(&log, LOG_WARNING_,
	    "%zu events of %zu are refused, the first at %zu: %.*s",
	    message->refused_count, message->count + message->refused_count,
	    message->refused->place, PSTR(message->refused->why));
}

static void
tell(struct req *req, const struct carrier_message *message, bool repeated)
{
	struct json_out out = {&req->out, false};

	answer(req, 200, "application/json");
	json_open(&out, NULL, '{');
	json_put_text(
	    &out, "status", repeated ? STR("processed") : STR("accepted"));
	tell_refused(req, message, &out);
	json_close(&out, '}');
}

static struct err *
take(struct webhook *webhook, struct req *req, struct str kind)
{
	struct left *left = NEW(req->pool, struct left);
	struct carrier_message *message = &left->message;

	event_read(req, kind, message);
	TRY(let_in(webhook, req, message, clock_now()));
	TRY(message->unusable);
	if (message->events->call_key.n > 0)
		log_text(&req->log, "call_id", message->events->call_key);
	log_text(
	    &req->log, "source", str_of(directory_source(webhook->directory)));
	req->left = left;
	req->waits = true;
	webhook->waiting++;
	return NULL;
}

static void
refuse(struct req *req, struct err *err)
{
	if (err->code == UNAVAILABLE && err->retry_after == 0)
		err->retry_after = RETRY;
	answer_problem(req, err);
	if (err->code == UNAUTHENTICATED)
		answer_header(req, "WWW-Authenticate", STR("Bearer"));
}

static void
handle(struct req *req, void *process)
{
	struct webhook *webhook = process;
	struct str kind;
	struct err *err = kind_of(req, &kind);

	/* What was loaded for who waits lies where this one's comes. */
	if (webhook->waiting > 0)
		directory_settle(webhook->directory, req->pool);
	if (kind.p != NULL)
		log_text(&req->log, "event", kind);
	if (err == NULL)
		err = take(webhook, req, kind);
	if (err != NULL)
		refuse(req, err);
	/* The next request may be looked at before this one is answered. */
	directory_close(webhook->directory);
}

static void
acknowledge(struct req *req, const struct carrier_message *message,
    const struct parcel *parcel)
{
	bool repeated = true;

	log_text(&req->log, "stored", str_of(parcel->where));
	if (parcel->err != NULL) {
		refuse(req, parcel->err);
		return;
	}
	for (size_t i = 0; i < parcel->count; i++) {
		if (parcel->accepted[i] == EVENT_PENDING) {
			refuse(req, pending(req->pool));
			return;
		}
		repeated = repeated && parcel->accepted[i] == EVENT_REPEATED;
	}
	tell(req, message, repeated);
}

static void
together(struct req *const *reqs, size_t count, void *process)
{
	struct webhook *webhook = process;
	struct parcel parcels[SERVE_TOGETHER];

	for (size_t i = 0; i < count; i++) {
		struct left *left = reqs[i]->left;

		parcels[i] = (struct parcel){.pool = reqs[i]->pool,
		    .events = left->message.events,
		    .count = left->message.count,
		    .accepted = left->accepted};
	}
	intake_put_parcels(webhook->intake, parcels, count);
	for (size_t i = 0; i < count; i++) {
		const struct left *left = reqs[i]->left;

		acknowledge(reqs[i], &left->message, &parcels[i]);
	}
	webhook->waiting = 0;
}

/* A counter is not waited for by others either. */
static void
after(struct req *req, void *process)
{
	struct webhook *webhook = process;

	directory_settle(webhook->directory, req->pool);
	if (webhook->waiting == 0)
		limits_settle(webhook->limits, req->pool, clock_now());
}

int
main(int argc, char **argv)
{
	static const struct service service = {
	    .name = "webhook",
	    .body_limit = BODY,
	    .types = serve_types_json_form,
	    .start = start,
	    .handle = handle,
	    .together = together,
	    .after = after,
	};

	return serve_run(&service, argc, argv);
}
