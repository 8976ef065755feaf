#include "journal.h"

#include "json.h"

enum { BODY_GUESS = 1024, URL_MOST = 2000, NAME_MOST = 255 };

/* A decision and what it is about. */
struct entry {
	struct pool *pool;
	const struct carrier_request *request;
	const struct call *call;
	const struct decision *decision;
	const struct lookups *look;
	bool first; /* the call's first request */
	const struct dial *dial;
	bool records, leaves; /* Record; Dial or another application */
	const struct verb *reject;
	bool back;
};

static void
look_at_verbs(struct entry *entry)
{
	for (const struct verb *verb = entry->decision->verbs; verb != NULL;
	     verb = verb->next) {
		entry->back = entry->back || verb->back;
		if (verb->kind == VERB_DIAL && entry->dial == NULL)
			entry->dial = verb->dial;
		if (verb->kind == VERB_DIAL || verb->kind == VERB_REDIRECT)
			entry->leaves = true;
		if (verb->kind == VERB_RECORD)
			entry->records = true;
		if (verb->kind == VERB_REJECT)
			entry->reject = verb;
	}
}

/* A subscriber's own call to the outside, not one that is forwarded. */
static bool
goes_out(const struct entry *entry)
{
	const struct decision *decision = entry->decision;
	struct str type = str_of(decision->type);

	return entry->call->direction == DIRECTION_SUBSCRIBER &&
	       decision->cursor.entered == 0 &&
	       (str_is(type, "external") || str_is(type, "emergency") ||
		   str_starts(decision->target, STR("+")));
}

static void
put_parties(const struct entry *entry, struct json_out *out)
{
	const struct call *call = entry->call;
	const struct extension *caller = NULL;
	const char *direction = "inbound";

	json_put_bool(out, "first", true);
	json_put_text(out, "from", call->from.p != NULL ? call->from : STR(""));
	json_put_text(out, "to", call->to.p != NULL ? call->to : STR(""));
	if (call->caller_name.n > 0)
		json_put_text(
		    out, "name", str_head(call->caller_name, NAME_MOST));
	if (call->direction == DIRECTION_APPLICATION || goes_out(entry))
		direction = "outbound";
	else if (call->direction == DIRECTION_SUBSCRIBER)
		direction = "internal";
	json_put_text(out, "direction", str_of(direction));
	if (call->direction == DIRECTION_SUBSCRIBER && call->from.n >= 2 &&
	    call->from.n <= 6 && str_is_digits(call->from))
		caller = entry->look->number(entry->look->self, call->from);
	if (caller != NULL)
		json_put_int(out, "extension", (int64_t)caller->id);
}

/* The first object that the steps tell of; own numbers are none. */
static void
put_target(const struct entry *entry, struct json_out *out)
{
	const struct step *step = entry->decision->steps;
	struct str number = entry->decision->target;

	for (; step != NULL; step = step->next)
		if (step->node.type == TARGET_EXTERNAL)
			json_put_int(out, "did", (int64_t)step->node.id);
		else if (step->node.type != TARGET_NONE)
			break;
	if (step == NULL && (!goes_out(entry) || number.n == 0))
		return;
	json_open(out, "target", '{');
	if (step != NULL) {
		json_put_text(
		    out, "type", str_of(target_type_name(step->node.type)));
		json_put_int(out, "id", (int64_t)step->node.id);
	} else {
		json_put_text(out, "type", STR("external"));
		json_put_text(out, "number", number);
	}
	json_close(out, '}');
}

static void
put_dial(const struct entry *entry, struct json_out *out)
{
	const struct dial *dial = entry->dial;

	if (dial == NULL || (dial->number_count == 0 && dial->sip.n == 0))
		return;
	json_open(out, "dial", '[');
	for (size_t i = 0; i < dial->number_count; i++)
		json_put_text(out, NULL, dial->numbers[i]);
	if (dial->number_count == 0)
		json_put_text(out, NULL, dial->sip);
	json_close(out, ']');
	if (dial->trunk.n > 0 || dial->number_count == 0)
		json_put_bool(out, "outside", true);
}

/* How what the carrier was told before went. */
static void
put_outcome(const struct entry *entry, struct json_out *out)
{
	static const char *const names[] = {
	    [OUTCOME_NONE] = "failed",
	    [OUTCOME_ANSWERED] = "answered",
	    [OUTCOME_CANCELED] = "canceled",
	    [OUTCOME_BUSY] = "busy",
	    [OUTCOME_NO_ANSWER] = "no_answer",
	    [OUTCOME_FAILED] = "failed",
	};
	const struct carrier_request *request = entry->request;

	switch (entry->call->cursor.stage) {
	case STAGE_EXTENSION:
	case STAGE_GROUP:
	case STAGE_SERVICE:
	case STAGE_TRUNK:
		json_put_text(
		    out, "outcome", str_of(names[entry->call->outcome]));
		break;
	case STAGE_RECORDED:
		if (request->recording_url.n == 0 ||
		    request->recording_url.n > URL_MOST)
			break;
		json_put_text(out, "recording", request->recording_url);
		if (request->recording_seconds.n > 0)
			json_put_text(
			    out, "seconds", request->recording_seconds);
		break;
	case STAGE_START:
	case STAGE_MENU:
	case STAGE_ROOM_PIN:
	case STAGE_MAILBOX_PIN:
	case STAGE_MAILBOX:
		break;
	}
}

/* The document is the end of the call; the carrier may say otherwise. */
static void
put_end(const struct entry *entry, struct json_out *out)
{
	const char *how = "completed";

	if (entry->back || entry->leaves)
		return;
	if (entry->reject != NULL)
		how = str_is(entry->reject->text, "busy") ? "busy" : "failed";
	else if (entry->call->outcome == OUTCOME_CANCELED)
		how = "canceled";
	json_put_text(out, "ends", str_of(how));
}

static void
put_effects(const struct entry *entry, struct json_out *out)
{
	for (const struct effect *effect = entry->decision->effects;
	     effect != NULL; effect = effect->next)
		if (effect->kind == EFFECT_MISSED_CALL) {
			json_put_bool(out, "missed", true);
		} else if (effect->kind == EFFECT_EMERGENCY) {
			json_put_bool(out, "emergency", true);
			if (effect->lost)
				json_put_bool(out, "unaudited", true);
		}
}

static void
put_steps(const struct entry *entry, struct json_out *out)
{
	size_t from;

	json_open(out, "steps", '[');
	from = out->buf->n;
	for (const struct step *step = entry->decision->steps; step != NULL;
	     step = step->next) {
		size_t before = out->buf->n;
		const char *type = target_type_name(step->node.type);

		json_open(out, NULL, '{');
		json_put_text(out, "text", step->text);
		if (step->node.type == TARGET_EXTERNAL)
			type = "did";
		if (step->node.type != TARGET_NONE) {
			json_put_text(out, "type", str_of(type));
			json_put_int(out, "id", (int64_t)step->node.id);
		}
		json_close(out, '}');
		if (out->buf->n - from >= JOURNAL_STEPS) {
			out->buf->n = before;
			break;
		}
	}
	json_close(out, ']');
}

struct str
journal_body(struct pool *pool, const struct carrier_request *request,
    const struct decision *decision, const struct lookups *look)
{
	struct entry entry = {
	    .pool = pool,
	    .request = request,
	    .call = &request->call,
	    .decision = decision,
	    .look = look,
	    .first = request->cursor.p == NULL,
	};
	struct buf body = buf_new(pool, BODY_GUESS);
	struct json_out out = {&body, false};

	look_at_verbs(&entry);
	json_open(&out, NULL, '{');
	json_put_int(&out, "at", request->call.now);
	if (entry.first) {
		put_parties(&entry, &out);
		put_target(&entry, &out);
	}
	json_put_text(&out, "decision", str_of(decision->type));
	put_outcome(&entry, &out);
	put_dial(&entry, &out);
	if (entry.records)
		json_put_int(&out, "mailbox", (int64_t)decision->cursor.node);
	put_end(&entry, &out);
	put_effects(&entry, &out);
	put_steps(&entry, &out);
	json_close(&out, '}');
	return buf_str(&body);
}

/* The same for a request that comes again. */
static struct str
key_of(struct pool *pool, const struct carrier_request *request)
{
	const struct call *call = &request->call;
	struct buf key = buf_new(pool, call->key.n + 64);

	buf_add(&key, call->key);
	if (request->cursor.p == NULL)
		buf_add(&key, STR("\nfirst"));
	else
		buf_printf(&key, "\n%016llx %d %.*s",
		    (unsigned long long)str_hash(request->cursor),
		    (int)call->outcome, PSTR(call->digits));
	return buf_str(&key);
}

bool
journal_is_promise(const struct decision *decision)
{
	for (const struct verb *verb = decision->verbs; verb != NULL;
	     verb = verb->next)
		if (verb->kind == VERB_RECORD)
			return true;
	return false;
}

bool
journal_event(struct pool *pool, const struct carrier_request *request,
    const struct decision *decision, const struct lookups *look,
    struct event *event)
{
	if (request->call.key.n == 0)
		return false;
	*event = (struct event){
	    .organization = look->organization->id,
	    .kind = STR("voice"),
	    .call_key = request->call.key,
	    .key = key_of(pool, request),
	    .received = request->call.now,
	    .body = journal_body(pool, request, decision, look),
	};
	return true;
}
