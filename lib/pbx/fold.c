#include "fold.h"

#include "fold_private.h"

#include <stddef.h>

struct fold *
fold_new(struct pool *pool, const struct fold_facts *facts)
{
	struct fold *fold = NEW(pool, struct fold);

	fold->pool = pool;
	fold->facts = facts;
	return fold;
}

void
fold_add(struct fold *fold, const struct call_event *event)
{
	GROW(fold->pool, fold->all, fold->count, fold->room);
	evidence_read(fold->pool, event, &fold->all[fold->count]);
	if (fold->all[fold->count].kind != EVIDENCE_NONE)
		fold->count++;
}

struct str
fold_number(const struct fold *fold, struct str raw)
{
	struct number number;

	/* A short one is an extension, whatever it may be elsewhere. */
	if (raw.n <= 6 || !number_carried(raw, fold->facts->country, &number))
		return NO_STR;
	return pool_copy(fold->pool, str_of(number.e164));
}

uint64_t
fold_did(const struct fold *fold, struct str e164)
{
	return e164.n > 0 ? fold->facts->did(fold->facts->self, e164) : 0;
}

uint64_t
fold_extension(const struct fold *fold, struct str number)
{
	if (number.n < 2 || number.n > 6 || !str_is_digits(number))
		return 0;
	return fold->facts->extension(fold->facts->self, number);
}

int64_t
fold_earlier(int64_t a, int64_t b)
{
	if (a == 0 || (b != 0 && b < a))
		return b;
	return a;
}

int64_t
fold_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* -- In order, each once --------------------------------------------------- */

static int
order(const void *a, const void *b)
{
	const struct evidence *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	/* A clock may be too coarse to tell a call's requests apart. */
	if (x->voice != NULL && y->voice != NULL &&
	    x->voice->first != y->voice->first)
		return x->voice->first ? -1 : 1;
	return str_compare(x->hash, y->hash);
}

static int
identity(const void *a, const void *b)
{
	const struct evidence *x = a, *y = b;
	int way = str_compare(x->hash, y->hash);

	if (way != 0 || x->received == y->received)
		return way;
	return x->received < y->received ? -1 : 1;
}

/* Of what came more than once the first counts. */
static void
put_in_order(struct fold *fold)
{
	size_t kept = 0;

	if (fold->count == 0)
		return;
	qsort(fold->all, fold->count, sizeof *fold->all, identity);
	for (size_t i = 0; i < fold->count; i++)
		if (kept == 0 ||
		    !str_equal(fold->all[kept - 1].hash, fold->all[i].hash))
			fold->all[kept++] = fold->all[i];
	fold->count = kept;
	qsort(fold->all, fold->count, sizeof *fold->all, order);
}

/* -- State and times ------------------------------------------------------- */

/* answered > canceled > busy > no_answer > failed */
static enum call_state
stronger(enum call_state a, enum call_state b)
{
	if (a == CALL_UNKNOWN)
		return b;
	return b != CALL_UNKNOWN && b < a ? b : a;
}

/* All that was said of how the call stands. */
struct told {
	enum call_state alive; /* furthest */
	enum call_state cdr;   /* the dispositions */
	enum call_state end;   /* of what else says that it ended */
	enum call_state ours;  /* of the document that ended it */
	bool ended;
	bool rang;
	/* When it was found to be lost, and the last that came of it. */
	int64_t lost, heard;
};

static void
hear_voice(struct told *told, const struct voice_evidence *voice)
{
	if (told->alive == CALL_UNKNOWN)
		told->alive = CALL_INITIATED;
	if (voice->dialled_count > 0)
		told->rang = true;
	if (voice->outcome == CALL_ANSWERED)
		told->alive = CALL_ANSWERED;
	told->ours = stronger(told->ours, voice->ends);
}

static struct told
listen(const struct fold *fold)
{
	struct told told = {.alive = CALL_UNKNOWN};

	for (const struct evidence *e = NULL;
	     (e = fold_next(fold, e)) != NULL;) {
		bool end = call_state_is_end(e->state);

		if (e->kind == EVIDENCE_LOST) {
			told.lost = fold_later(told.lost, e->received);
			continue;
		}
		told.heard = fold_later(told.heard, e->received);
		if (e->voice != NULL) {
			hear_voice(&told, e->voice);
			continue;
		}
		told.rang = told.rang || e->state == CALL_RINGING;
		if (e->leg.n > 0)
			continue;
		told.ended = told.ended || e->ended;
		if (e->kind == EVIDENCE_CDR)
			told.cdr = stronger(told.cdr, e->state);
		else if (end)
			told.end = stronger(told.end, e->state);
		else if (e->state > told.alive)
			told.alive = e->state;
		if (e->answer != 0)
			told.alive = CALL_ANSWERED;
	}
	/* What comes of it later says that it was there all the same. */
	told.ended = told.ended || told.lost > told.heard;
	return told;
}

/* How it ended, or how it stands. */
static enum call_state
state_of(const struct told *told)
{
	enum call_state alive =
	    told->alive == CALL_UNKNOWN ? CALL_INITIATED : told->alive;
	enum call_state end = told->end;

	if (told->cdr != CALL_UNKNOWN)
		return told->cdr;
	if (!told->ended) {
		if (told->ours == CALL_UNKNOWN)
			return alive;
		end = told->ours;
	}
	if (alive == CALL_ANSWERED)
		return CALL_COMPLETED;
	if (end != CALL_UNKNOWN)
		return end;
	return told->rang ? CALL_NO_ANSWER : CALL_FAILED;
}

struct guesses {
	int64_t start, answer, end;
	int64_t heard; /* the last that came of it */
	int told;      /* seconds a status callback told; -1: none */
};

static void
find_times(const struct fold *fold, struct folded_call *out, struct guesses *g)
{
	for (const struct evidence *e = NULL;
	     (e = fold_next(fold, e)) != NULL;) {
		if (e->kind == EVIDENCE_LOST)
			continue;
		g->start = fold_earlier(g->start, e->received);
		g->start = fold_earlier(g->start, e->maybe_start);
		g->heard = fold_later(g->heard, e->received);
		out->ringing = fold_earlier(out->ringing, e->ringing);
		if (e->leg.n > 0)
			continue;
		out->started = fold_earlier(out->started, e->start);
		out->answered = fold_earlier(out->answered, e->answer);
		out->ended = fold_later(out->ended, e->end);
		g->answer = fold_earlier(g->answer, e->maybe_answer);
		g->end = fold_earlier(g->end, e->maybe_end);
		if (e->voice != NULL && e->voice->ends != CALL_UNKNOWN)
			g->end = fold_earlier(g->end, e->at);
		if (e->kind == EVIDENCE_CDR) {
			if (e->duration > out->duration)
				out->duration = e->duration;
			if (e->billed > out->billed)
				out->billed = e->billed;
		} else if (e->duration > g->told) {
			g->told = e->duration;
		}
	}
}

static int
seconds_between(int64_t from, int64_t to)
{
	return to > from ? (int)((to - from) / 1000) : 0;
}

static void
decide_times(const struct fold *fold, struct folded_call *out)
{
	bool over = call_state_is_end(out->state);
	bool answered =
	    out->state == CALL_ANSWERED || out->state == CALL_COMPLETED;
	struct guesses guess = {.told = -1};

	out->duration = out->billed = -1;
	find_times(fold, out, &guess);
	if (out->started == 0)
		out->started = guess.start;
	if (!over)
		out->ended = 0;
	else if (out->ended == 0)
		out->ended = guess.end != 0
				 ? guess.end
				 : fold_later(out->started, guess.heard);
	if (!answered)
		out->answered = 0;
	else if (out->answered == 0)
		out->answered = guess.answer;
	if (!over) {
		out->duration = out->billed = -1;
		return;
	}
	if (out->answered == 0 && answered && out->billed >= 0)
		out->answered = out->ended - out->billed * INT64_C(1000);
	if (out->duration < 0)
		out->duration = guess.told >= 0
				    ? guess.told
				    : seconds_between(out->started, out->ended);
	if (out->billed < 0)
		out->billed = out->answered == 0
				  ? 0
				  : seconds_between(out->answered, out->ended);
}

/* -- Who called whom ------------------------------------------------------- */

/* Later requests of a call name the parties as the carrier likes. */
static bool
is_first(const struct evidence *e)
{
	return e->voice == NULL || e->voice->first;
}

/* The first that says it, of those who are believed most. */
static struct str
first_word(const struct fold *fold, size_t member)
{
	enum evidence_kind by = EVIDENCE_NONE;
	struct str word = STR("");

	for (const struct evidence *e = NULL;
	     (e = fold_next(fold, e)) != NULL;) {
		struct str said = *(
		    const struct str *)(const void *)((const char *)e + member);

		if (e->kind >= by || e->leg.n > 0 || said.n == 0 ||
		    !is_first(e))
			continue;
		by = e->kind;
		word = said;
	}
	return word;
}
#define WORD(fold, member) first_word((fold), offsetof(struct evidence, member))

static void
read_voice(const struct fold *fold, struct folded_call *out)
{
	bool seen = false;

	for (const struct evidence *e = NULL;
	     (e = fold_next(fold, e)) != NULL;) {
		if (e->voice == NULL)
			continue;
		out->emergency = out->emergency || e->voice->emergency;
		out->unaudited = out->unaudited || e->voice->unaudited;
		if (str_is(e->voice->decision, "limit") &&
		    e->voice->step_count > 0 && out->limit.n == 0)
			out->limit =
			    e->voice->steps[e->voice->step_count - 1].text;
		if (!e->voice->first || seen)
			continue;
		seen = true;
		out->did = e->voice->did;
		out->from_extension = e->voice->caller;
		out->target = e->voice->target;
	}
}

/* Whatever the carrier says of it: by the numbers. */
static struct str
guess_direction(const struct folded_call *out)
{
	if (out->from_extension != 0)
		return out->to_number.n > 0 && out->did == 0 ? STR("outbound")
							     : STR("internal");
	return out->did != 0 ? STR("inbound") : STR("unknown");
}

static void
find_parties(const struct fold *fold, struct folded_call *out)
{
	out->from_raw = WORD(fold, from);
	out->to_raw = WORD(fold, to);
	out->caller_name = WORD(fold, name);
	out->direction = WORD(fold, direction);
	out->from_number = fold_number(fold, out->from_raw);
	out->to_number = fold_number(fold, out->to_raw);
	read_voice(fold, out);
	if (out->did == 0)
		out->did = fold_did(fold, out->to_number);
	if (out->from_extension == 0 && !str_is(out->direction, "inbound"))
		out->from_extension = fold_extension(fold, out->from_raw);
	if (out->direction.n == 0)
		out->direction = guess_direction(out);
}

void
fold_result(struct fold *fold, struct folded_call *out)
{
	struct told told;

	*out = (struct folded_call){.duration = -1, .billed = -1};
	put_in_order(fold);
	for (const struct evidence *e = NULL; (e = fold_next(fold, e)) != NULL;)
		if (e->kind < EVIDENCE_RECORDING)
			out->exists = true;
	told = listen(fold);
	out->state = state_of(&told);
	decide_times(fold, out);
	find_parties(fold, out);
	fold_legs(fold, out);
	fold_steps(fold, out);
	fold_records(fold, out);
}
