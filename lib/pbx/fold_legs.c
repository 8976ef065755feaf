#include "clock.h"
#include "fold_private.h"
#include "json.h"

enum { LEGS_MOST = 200, SKEW_MS = 5000 };

struct leg {
	struct str key, to;
	enum call_state state; /* unknown: nobody said */
	uint64_t extension;
	int64_t started, answered, ended;
	bool dialled; /* by us, and no message told of it yet */
	bool inside;
};

struct legs {
	const struct fold *fold;
	struct folded_call *call;
	size_t count;
	struct leg leg[LEGS_MOST];
	unsigned dials; /* ours so far */
	struct str subscriber;
	bool taken; /* somebody whom we dialled answered */
	bool rang_inside, unclear, missed;
};

/* How a Dial ended that nobody told us of. */
static enum call_state
last_outcome(const struct legs *legs, const struct evidence *dial)
{
	const struct folded_call *call = legs->call;

	if (!call_state_is_end(call->state))
		return CALL_UNKNOWN;
	if (call->state != CALL_COMPLETED)
		return call->state;
	/* A menu may have answered, long before. */
	return call->answered == 0 || call->answered >= dial->at ? CALL_ANSWERED
								 : CALL_UNKNOWN;
}

/* Of several that rang, the one that the carrier's record names. */
static bool
answered_it(const struct legs *legs, const struct evidence *dial, size_t i)
{
	return dial->voice->dialled_count == 1 ||
	       (legs->subscriber.n > 0 &&
		   str_equal(dial->voice->dialled[i], legs->subscriber));
}

static enum call_state
leg_state(const struct legs *legs, const struct evidence *dial, size_t i,
    enum call_state outcome, bool over)
{
	bool known = dial->voice->dialled_count == 1;

	for (size_t j = 0; j < dial->voice->dialled_count; j++)
		known = known || answered_it(legs, dial, j);
	if (!over)
		return legs->call->state == CALL_ANSWERED &&
			       dial->voice->dialled_count == 1
			   ? CALL_ANSWERED
			   : CALL_RINGING;
	if (outcome != CALL_ANSWERED)
		return outcome;
	if (answered_it(legs, dial, i))
		return CALL_COMPLETED;
	return known ? CALL_CANCELED : CALL_UNKNOWN;
}

static void
add_dial(
    struct legs *legs, const struct evidence *dial, const struct evidence *next)
{
	const struct voice_evidence *voice = dial->voice;
	struct pool *pool = legs->fold->pool;
	enum call_state outcome =
	    next != NULL ? next->voice->outcome : last_outcome(legs, dial);
	bool over = next != NULL || call_state_is_end(legs->call->state);

	legs->dials++;
	if (outcome == CALL_ANSWERED)
		legs->taken = true;
	else if (over && outcome == CALL_UNKNOWN)
		legs->unclear = true;
	for (size_t i = 0; i < voice->dialled_count; i++) {
		struct leg *leg = &legs->leg[legs->count];

		if (legs->count == LEGS_MOST)
			return;
		legs->count++;
		*leg = (struct leg){.to = voice->dialled[i],
		    .key = pool_printf(pool, "%u", legs->dials),
		    .started = dial->at,
		    .dialled = true,
		    .inside = !voice->outside};
		if (voice->dialled_count > 1)
			leg->key =
			    pool_printf(pool, "%u.%zu", legs->dials, i + 1);
		if (leg->inside)
			leg->extension = fold_extension(legs->fold, leg->to);
		legs->rang_inside = legs->rang_inside || leg->extension != 0;
		leg->state = leg_state(legs, dial, i, outcome, over);
		if (over)
			leg->ended =
			    next != NULL ? next->at : legs->call->ended;
	}
}

/* What `voice` dialled, and with the next request how that went. */
static void
add_dials(struct legs *legs)
{
	const struct evidence *dial = NULL;

	for (const struct evidence *e = NULL;
	     (e = fold_next(legs->fold, e)) != NULL;) {
		if (e->voice == NULL)
			continue;
		if (dial != NULL)
			add_dial(legs, dial, e);
		dial = e->voice->dialled_count > 0 ? e : NULL;
		legs->missed = legs->missed || e->voice->missed;
	}
	if (dial != NULL)
		add_dial(legs, dial, NULL);
}

static bool
same_number(const struct legs *legs, struct str a, struct str b)
{
	struct str x;

	if (str_equal(a, b))
		return true;
	x = fold_number(legs->fold, a);
	return x.n > 0 && str_equal(x, fold_number(legs->fold, b));
}

/* The leg of the carrier's name; else the dialled one to that number. */
static struct leg *
find_leg(struct legs *legs, const struct evidence *e)
{
	struct leg *leg;

	for (size_t i = 0; i < legs->count; i++)
		if (!legs->leg[i].dialled &&
		    str_equal(legs->leg[i].key, e->leg))
			return &legs->leg[i];
	for (size_t i = 0; i < legs->count; i++) {
		leg = &legs->leg[i];
		if (!leg->dialled || e->to.n == 0 ||
		    !same_number(legs, leg->to, e->to))
			continue;
		leg->dialled = false;
		leg->key = e->leg;
		leg->state = CALL_UNKNOWN;
		leg->ended = 0;
		return leg;
	}
	if (legs->count == LEGS_MOST)
		return NULL;
	leg = &legs->leg[legs->count++];
	*leg = (struct leg){.key = e->leg,
	    .to = e->to,
	    .extension = fold_extension(legs->fold, e->to)};
	return leg;
}

/* An end beats what lives; of two ends, or of two that live, the higher. */
static enum call_state
further(enum call_state a, enum call_state b)
{
	if (call_state_is_end(a) && call_state_is_end(b))
		return a < b ? a : b;
	return a > b ? a : b;
}

static void
add_carriers(struct legs *legs)
{
	for (const struct evidence *e = NULL;
	     (e = fold_next(legs->fold, e)) != NULL;) {
		struct leg *leg = e->leg.n > 0 ? find_leg(legs, e) : NULL;

		if (leg == NULL)
			continue;
		leg->state = further(leg->state, e->state);
		leg->started = fold_earlier(
		    leg->started, e->start != 0 ? e->start : e->at);
		leg->answered = fold_earlier(leg->answered, e->maybe_answer);
		leg->ended = fold_later(leg->ended, e->maybe_end);
	}
}

static void
write_time(struct json_out *out, const char *name, int64_t instant)
{
	char text[CLOCK_TEXT];

	if (instant != 0)
		json_put_text(
		    out, name, (struct str){text, clock_write(instant, text)});
}

static struct str
write_legs(const struct legs *legs)
{
	struct buf text = buf_new(legs->fold->pool, 64 + 160 * legs->count);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '[');
	for (size_t i = 0; i < legs->count; i++) {
		const struct leg *leg = &legs->leg[i];

		json_open(&out, NULL, '{');
		json_put_text(&out, "key", str_head(leg->key, 128));
		json_put_text(&out, "to", leg->to);
		if (leg->state != CALL_UNKNOWN)
			json_put_text(
			    &out, "state", str_of(call_state_name(leg->state)));
		if (leg->extension != 0)
			json_put_int(
			    &out, "extension_id", (int64_t)leg->extension);
		write_time(&out, "started_at", leg->started);
		write_time(&out, "answered_at", leg->answered);
		write_time(&out, "ended_at", leg->ended);
		json_close(&out, '}');
	}
	json_close(&out, ']');
	return buf_str(&text);
}

/* Who took the call, else who was called first. */
static uint64_t
who_took_it(const struct legs *legs)
{
	const struct folded_call *call = legs->call;
	uint64_t first = 0;

	for (size_t i = 0; i < legs->count; i++) {
		const struct leg *leg = &legs->leg[i];

		if (leg->extension == 0)
			continue;
		if (leg->state == CALL_COMPLETED || leg->state == CALL_ANSWERED)
			return leg->extension;
		if (first == 0)
			first = leg->extension;
	}
	if (first == 0 && (call->target.type == TARGET_EXTENSION ||
			      call->target.type == TARGET_VOICEMAIL))
		first = call->target.id;
	if (first == 0)
		first = fold_extension(legs->fold, call->to_raw);
	return first != 0 ? first
			  : fold_extension(legs->fold, legs->subscriber);
}

/* Nobody took an inbound call that rang somebody here. */
static bool
was_missed(const struct legs *legs)
{
	const struct folded_call *call = legs->call;

	if (!str_is(call->direction, "inbound") || legs->taken)
		return false;
	for (size_t i = 0; i < legs->count; i++)
		if (legs->leg[i].state == CALL_COMPLETED ||
		    legs->leg[i].state == CALL_ANSWERED)
			return false;
	return legs->missed || (legs->rang_inside && !legs->unclear &&
				   call_state_is_end(call->state));
}

void
fold_legs(const struct fold *fold, struct folded_call *out)
{
	struct legs *legs = NEW(fold->pool, struct legs);

	legs->fold = fold;
	legs->call = out;
	for (const struct evidence *e = NULL; (e = fold_next(fold, e)) != NULL;)
		if (e->subscriber.n > 0)
			legs->subscriber = e->subscriber;
	add_dials(legs);
	add_carriers(legs);
	out->legs = write_legs(legs);
	out->extension = who_took_it(legs);
	out->missed = was_missed(legs);
}
