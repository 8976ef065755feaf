/*
 * POST /cgi-bin/voice: the carrier asks what to do with a call.
 *
 * Admit (whose call is it, may this request speak for the carrier), route
 * (pure), write (the document).  When warm nothing is awaited.  Whatever goes
 * wrong, the caller hears words and the carrier gets a document.
 *
 * Touches: reads organizations, settings, voice_keys, dids, extensions,
 * ring_groups, ivr_menus, business_hours, conference_rooms, outbound_rules,
 * blocked_callers, prompts, voicemails; a caller's star codes change
 * extensions and voicemails, a first inbound call proves a DID; audit.
 */
#include "admit.h"
#include "clock.h"
#include "counters.h"
#include "cursor.h"
#include "dialect.h"
#include "document.h"
#include "journal.h"
#include "limit.h"
#include "lines.h"
#include "phone.h"
#include "serve.h"

enum {
	BODY = 1024 * 1024, /* bytes */
	PATIENCE = 250,     /* milliseconds for MariaDB */
};

static const char XML[] = "application/xml; charset=utf-8";

struct voice {
	struct db *db;
	struct redis *redis;
	struct generations *generations;
	struct directory *directory;
	struct limits *limits;
	struct lines *lines;
	struct intake *intake;
	struct crypto_key cursor_key, seal;
	/* Of the request: what is left to do after the answer. */
	uint64_t organization;
	struct str caller;   /* as the carrier wrote it */
	struct visit *visit; /* NULL: nobody was let in */
};

/* One request of a carrier and what became of it; in the request's pool. */
struct visit {
	struct carrier_request request;
	struct lookups look;
	struct decision decision;
	bool noted; /* the decision, for the call's row */
};

static void *
start(struct pool *process, const struct conf *conf)
{
	struct voice *voice = NEW(process, struct voice);
	struct crypto_key master;
	struct log log = {.responder = "voice"};
	struct err *err;

	crypto_start();
	err = crypto_load(process,
	    conf_path(process, conf, "secret_file", "secret"), &master);
	if (err != NULL) {
		log_write(&log, LOG_ERROR_, "%.*s", PSTR(err->cause));
		exit(1);
	}
	voice->cursor_key = crypto_derive(&master, "cursor");
	voice->seal = crypto_derive(&master, "seal");
	voice->db = db_new(process, conf, &master, "voice", PATIENCE);
	voice->redis = redis_new(process, conf);
	voice->generations = generations_new(process, conf, voice->redis);
	voice->directory = directory_new(process, conf, voice->db, voice->redis,
	    voice->generations, &master);
	voice->limits = limits_new(process, voice->redis, "voice");
	voice->lines = lines_new(process, voice->redis, voice->db);
	voice->intake = intake_new(process, conf, voice->db, voice->redis);
	crypto_wipe(&master, sizeof master);
	return voice;
}

static struct err *
apply(struct voice *voice, struct req *req, const struct effect *effect)
{
	struct change change = {.pool = req->pool,
	    .db = voice->db,
	    .generations = voice->generations,
	    .seal = &voice->seal,
	    .organization = voice->organization,
	    .role = ROLE_OWNER,
	    .now = clock_now()};
	struct counters counters = {
	    voice->redis, voice->db, req->pool, voice->organization};

	/* Who proves a number is the carrier; all else a caller does. */
	change.actor.type =
	    effect->kind == EFFECT_PROVE_DID ? "carrier" : "caller";
	change.actor.name = voice->caller;
	change.actor.remote = req->remote;
	change.actor.request_id = req->request_id;
	if (effect->kind == EFFECT_WRONG_PIN) {
		counters_wrong_pin(&counters, effect->node);
		return NULL;
	}
	return phone_apply(&change, effect);
}

/* It is another tenant's, or nobody can tell: the default target knows. */
static bool
is_unproved(const struct lookups *look, const struct effect *effect,
    const struct err *err)
{
	return effect->kind == EFFECT_PROVE_DID &&
	       (err->code == CONFLICT ||
		   look->organization->default_target.type != TARGET_NONE);
}

/*
 * What the answer promises is done before it is given.  False when a number
 * could not be proved and the call goes on without.
 */
static bool
keep_promises(struct voice *voice, struct req *req, const struct lookups *look,
    struct decision *decision)
{
	struct err *err;

	for (const struct effect *effect = decision->effects; effect != NULL;
	     effect = effect->next) {
		if (!effect->promised)
			continue;
		directory_close(voice->directory);
		err = apply(voice, req, effect);
		if (err == NULL)
			continue;
		log_text(&req->log, "cause",
		    err->cause.n > 0 ? err->cause : err->message);
		if (is_unproved(look, effect, err))
			return false;
		route_apology(req->pool, look->organization, decision);
		break;
	}
	return true;
}

static void
log_decision(struct req *req, const struct decision *decision)
{
	log_text(&req->log, "route", str_of(decision->type));
	if (decision->target.n > 0)
		log_text(&req->log, "target", decision->target);
	if (decision->loop.n > 0)
		log_text(&req->log, "loop", decision->loop);
	if (decision->outage)
		log_text(&req->log, "outage", STR("configuration"));
}

/* What a new call is beyond. */
static enum limit
limit_of(struct voice *voice, struct req *req,
    const struct organization *organization, const struct call *call)
{
	if (!limits_allow(voice->limits, organization->id,
		organization->voice_rate, call->now))
		return LIMIT_RATE;
	if (organization->concurrent_calls > 0)
		directory_close(voice->directory);
	if (!lines_allow(voice->lines, req->pool, organization->id,
		organization->concurrent_calls, call))
		return LIMIT_CALLS;
	return LIMIT_NONE;
}

/* The request of an admitted carrier, with all that route() wants to know. */
static void
decide(struct voice *voice, struct req *req, struct carrier_request *request,
    const struct lookups *look, struct decision *decision)
{
	const struct organization *organization = look->organization;
	struct call *call = &request->call;

	/* Who calls for help is helped, whatever else the request holds. */
	if (request->cursor.p == NULL && request->has_to &&
	    route_is_emergency(organization, call))
		request->unusable = NULL;
	if (request->unusable != NULL ||
	    (request->cursor.p == NULL && !request->has_to)) {
		log_text(&req->log, "cause",
		    request->unusable != NULL ? request->unusable->message
					      : STR("To is missing"));
		route_refusal(req->pool, organization,
		    STR("This call cannot be handled. Goodbye."), decision);
		return;
	}
	if (request->cursor.p != NULL &&
	    !cursor_open(req->pool, &voice->cursor_key, organization, call,
		request->cursor, &call->cursor)) {
		log_text(&req->log, "cause",
		    STR("the cursor is not one of ours for this call"));
		route_refusal(req->pool, organization,
		    STR("This call cannot be continued. Goodbye."), decision);
		return;
	}
	if (request->cursor.p == NULL &&
	    !route_is_emergency(organization, call))
		call->limit = limit_of(voice, req, organization, call);
	route(req->pool, call, look, decision);
	if (!keep_promises(voice, req, look, decision)) {
		call->not_ours = true;
		route(req->pool, call, look, decision);
	}
}

static void
refuse(struct req *req, const struct err *err)
{
	bool unknown = err->code == UNAUTHENTICATED;
	struct decision decision;
	struct dialect_urls urls = {STR(""), STR("")};

	log_text(&req->log, "cause", err->cause);
	if (unknown) {
		answer(req, 401, XML);
		answer_header(req, "WWW-Authenticate", STR("Bearer"));
		decision = (struct decision){.type = "unauthenticated"};
		decision.verbs = NEW(req->pool, struct verb);
		decision.verbs->kind = VERB_REJECT;
	} else {
		route_apology(req->pool, NULL, &decision);
	}
	buf_add(&req->out, dialect_cloudonix(req->pool, &decision, &urls));
	log_decision(req, &decision);
}

/* Who sent it was not even read. */
static void
keep_out(struct req *req, const struct err *err)
{
	struct err *stranger =
	    err_new(req->pool, UNAUTHENTICATED, "The request was not let in.");

	stranger->cause = err->message;
	refuse(req, stranger);
}

/* What people have to be told of is kept, also when it has no key. */
static void
name_nameless(const struct req *req, struct visit *visit)
{
	struct call *call = &visit->request.call;
	const char *what = call->limit == LIMIT_RATE ? "flood" : NULL;

	if (str_is(str_of(visit->decision.type), "emergency"))
		what = "emergency";
	if (call->key.n == 0 && what != NULL)
		call->key = pool_printf(
		    req->pool, "%s %.*s", what, PSTR(req->request_id));
}

/* What was decided becomes part of the call. */
static void
note_decision(struct voice *voice, struct req *req, struct visit *visit)
{
	bool promise = journal_is_promise(&visit->decision);
	struct event event;
	enum accepted accepted;
	struct err *err;

	visit->noted = true;
	/* A flood is told of by each process' first drop of each minute. */
	if (visit->request.call.limit == LIMIT_RATE &&
	    !limits_first_beyond(voice->limits))
		return;
	name_nameless(req, visit);
	if (!journal_event(req->pool, &visit->request, &visit->decision,
		&visit->look, &event))
		return;
	directory_close(voice->directory);
	err = promise ? intake_put(voice->intake, req->pool, &event, &accepted)
		      : intake_tell(voice->intake, req->pool, &event);
	if (err != NULL)
		log_text(&req->log, "lost", err->cause);
}

static void
handle(struct req *req, void *process)
{
	struct voice *voice = process;
	struct visit *visit = NEW(req->pool, struct visit);
	struct carrier_request *request = &visit->request;
	struct err *err;

	voice->organization = 0;
	voice->visit = NULL;
	answer(req, 200, XML);
	request_read(req, request);
	request->call.now = clock_now();
	if (request->call.key.n > 0)
		log_text(&req->log, "call_id", request->call.key);
	err = admit(voice->directory, req->pool, request, request->call.now,
	    &visit->look);
	if (err != NULL) {
		refuse(req, err);
		return;
	}
	voice->organization = visit->look.organization->id;
	voice->caller = request->call.from;
	log_int(&req->log, "organization_id", (int64_t)voice->organization);
	decide(voice, req, request, &visit->look, &visit->decision);
	voice->visit = visit;
	log_decision(req, &visit->decision);
	log_text(
	    &req->log, "source", str_of(directory_source(voice->directory)));
	log_text(&req->log, "failure", directory_failure(voice->directory));
	if (req->refused != NULL && (req->refused->code == TOO_LARGE ||
					req->refused->code == UNSUPPORTED_TYPE))
		answer(req, err_status(req->refused->code), XML);
	buf_add(&req->out,
	    document_write(req->pool, &voice->cursor_key,
		visit->look.organization, &request->call, &visit->decision));
	if (journal_is_promise(&visit->decision))
		note_decision(voice, req, visit);
}

static void
note_visit(struct voice *voice, struct req *req, struct visit *visit)
{
	struct err *err;

	/* First: what is lost of it is told with the decision. */
	directory_close(voice->directory);
	for (struct effect *effect = visit->decision.effects; effect != NULL;
	     effect = effect->next) {
		err = effect->promised ? NULL : apply(voice, req, effect);
		effect->lost = err != NULL;
		if (err != NULL)
			log_text(&req->log, "lost", err->cause);
	}
	if (!visit->noted)
		note_decision(voice, req, visit);
}

/* Nobody waits any more: what was only to be noted, caches, counters. */
static void
after(struct req *req, void *process)
{
	struct voice *voice = process;

	if (voice->visit != NULL)
		note_visit(voice, req, voice->visit);
	/* It goes with the request, and the next may not be let in. */
	voice->visit = NULL;
	directory_close(voice->directory);
	directory_settle(voice->directory, req->pool);
	limits_settle(voice->limits, req->pool, clock_now());
	lines_settle(voice->lines, req->pool, clock_now());
}

/* What was told of calls goes out at the latest now. */
static void
idle(struct pool *pool, void *process)
{
	struct voice *voice = process;
	struct err *err = intake_flush(voice->intake, pool);
	struct log log = {.responder = "voice"};

	if (err == NULL)
		return;
	log_text(&log, "lost", err->cause);
	log_write(&log, LOG_WARNING_, "cannot tell of calls");
}

int
main(int argc, char **argv)
{
	static const struct service service = {
	    .name = "voice",
	    .body_limit = BODY,
	    .types = serve_types_json_form,
	    .start = start,
	    .handle = handle,
	    .after = after,
	    .idle = idle,
	    .refuse = keep_out,
	};

	return serve_run(&service, argc, argv);
}
