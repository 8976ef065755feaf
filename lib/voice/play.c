#include "play.h"

#include "clock.h"
#include "document.h"
#include "imagine.h"

struct playing {
	struct play *play;
	struct imagined imagined;
	struct country country;
	size_t next; /* of play->then */
	struct complaints all;
	struct decision decision;
};

/* -- Words ------------------------------------------------------------------
 */

enum word { WORD_NOTHING, WORD_DIGITS, WORD_OUTCOME, WORD_RECORDED };

bool
play_outcome_parse(struct str word, enum outcome *outcome)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {
	    {"answers", OUTCOME_ANSWERED},
	    {"declines", OUTCOME_BUSY},
	    {"declined", OUTCOME_BUSY},
	    {"fails", OUTCOME_FAILED},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_is_nocase(word, words[i].word)) {
			*outcome = words[i].outcome;
			return true;
		}
	*outcome = outcome_parse(word, NO_STR);
	/* Anything with letters is no answer to a carrier; here it is typed. */
	return *outcome != OUTCOME_NONE &&
	       (*outcome != OUTCOME_NO_ANSWER ||
		   str_is_nocase(word, "no_answer") ||
		   str_is_nocase(word, "no-answer") ||
		   str_is_nocase(word, "noanswer"));
}

static bool
is_digits(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!((text.p[i] >= '0' && text.p[i] <= '9') ||
			text.p[i] == '*' || text.p[i] == '#'))
			return false;
	return text.n <= 32;
}

static enum word
word_parse(struct str word, struct str *digits, enum outcome *outcome)
{
	*digits = NO_STR;
	*outcome = OUTCOME_NONE;
	if (str_starts(word, STR("digits=")))
		word = str_cut(word, 7, word.n);
	if (word.n == 0 || str_is(word, "silence"))
		return WORD_DIGITS;
	if (is_digits(word)) {
		*digits = word;
		return WORD_DIGITS;
	}
	if (str_is(word, "recorded"))
		return WORD_RECORDED;
	return play_outcome_parse(word, outcome) ? WORD_OUTCOME : WORD_NOTHING;
}

static struct str
path_of(struct playing *p, const char *format, size_t i)
{
	return pool_printf(p->play->pool, "%s.%zu%s", format, i,
	    strcmp(format, "outcomes") == 0 ? ".outcome" : "");
}

static void
check_words(struct playing *p)
{
	const struct play *play = p->play;
	enum outcome outcome;
	struct str digits;

	for (size_t i = 0; i < play->outcome_count; i++)
		if (!play_outcome_parse(play->outcomes[i].word, &outcome))
			complain(&p->all, path_of(p, "outcomes", i),
			    "must be busy, no_answer, declines, answers or "
			    "fails");
	for (size_t i = 0; i < play->then_count; i++)
		if (word_parse(play->then[i], &digits, &outcome) ==
		    WORD_NOTHING)
			complain(&p->all, path_of(p, "then", i),
			    "must be digits, silence, recorded, busy, "
			    "no-answer, failed, completed or canceled");
}

/* -- Before the first leg ---------------------------------------------------
 */

static struct err *
open_directory(struct playing *p)
{
	struct play *play = p->play;
	struct lookups look;

	TRY(directory_open(play->directory, play->pool, play->organization,
	    play->call.key, &look));
	imagine(&p->imagined, &look);
	return NULL;
}

/* What nobody said: the direction by who calls, the clock by the tenant. */
static struct err *
settle(struct playing *p)
{
	struct play *play = p->play;
	const struct lookups *look = &p->imagined.look;
	const struct extension *caller;

	play->call.now = clock_now();
	TRY(open_directory(p));
	if (play->at.n > 0 &&
	    !zone_parse_instant(zone_load(look->organization->timezone),
		play->at, &play->call.now))
		complain(&p->all, STR("at"),
		    "must be like 2026-12-25T10:00 on the organization's "
		    "clock, or 2026-12-25T10:00:00-05:00");
	p->country = look->organization->country;
	caller = look->number(look->self, play->call.from);
	play->call.direction = play->direction.n > 0
				   ? direction_parse(play->direction)
			       : caller != NULL ? DIRECTION_SUBSCRIBER
						: DIRECTION_INBOUND;
	directory_close(play->directory);
	return complaints_err(&p->all);
}

/* -- One leg ----------------------------------------------------------------
 */

static void
show_steps(struct playing *p, struct play_leg *leg)
{
	size_t count = 0;

	for (const struct step *s = p->decision.steps; s != NULL; s = s->next)
		count++;
	leg->steps = NEW_ARRAY(p->play->pool, struct play_step, count + 1);
	for (const struct step *s = p->decision.steps; s != NULL; s = s->next) {
		struct play_step *step = &leg->steps[leg->step_count++];

		step->text = s->text;
		step->id = s->node.id;
		step->type = imagine_name(&p->imagined, s->node, &step->name);
	}
}

static struct err *
decide(struct playing *p, struct str sent)
{
	struct play *play = p->play;
	struct play_leg *leg = &play->legs[play->count];

	TRY(open_directory(p));
	route(play->pool, &play->call, &p->imagined.look, &p->decision);
	*leg = (struct play_leg){.sent = sent, .loop = p->decision.loop};
	leg->document = document_write(play->pool, play->cursor_key,
	    p->imagined.look.organization, &play->call, &p->decision);
	show_steps(p, leg);
	imagine_effects(&p->imagined, &p->decision);
	directory_close(play->directory);
	play->count++;
	return NULL;
}

/* As it comes back from the carrier. */
static void
come_back(struct playing *p)
{
	struct pool *pool = p->play->pool;
	struct call *call = &p->play->call;
	struct buf packed = buf_new(pool, 128);
	struct pack pack = pack_writer(&packed);

	cursor_pack(&pack, &p->decision.cursor);
	pack = pack_reader(pool, buf_str(&packed));
	call->cursor = (struct cursor){0};
	cursor_pack(&pack, &call->cursor);
	call->digits = NO_STR;
	call->outcome = OUTCOME_NONE;
}

/* -- What happens after it --------------------------------------------------
 */

static const struct dial *
dial_of(const struct decision *decision)
{
	for (const struct verb *v = decision->verbs; v != NULL; v = v->next)
		if (v->kind == VERB_DIAL)
			return v->dial;
	return NULL;
}

/* Who is rung: numbers, else the assistant or the SIP address. */
static struct str
callees(struct playing *p)
{
	const struct dial *dial = dial_of(&p->decision);
	struct buf out = buf_new(p->play->pool, 64);

	if (dial == NULL || dial->number_count == 0)
		return p->decision.target;
	for (size_t i = 0; i < dial->number_count; i++) {
		if (i > 0)
			buf_add_text(
			    &out, i + 1 < dial->number_count ? ", " : " and ");
		buf_add(&out, dial->numbers[i]);
	}
	return buf_str(&out);
}

static enum outcome
outcome_of(struct playing *p, struct str number)
{
	const struct play *play = p->play;
	enum outcome outcome = OUTCOME_NONE;
	struct number dialled;

	for (size_t i = 0; i < play->outcome_count; i++) {
		struct str said = play->outcomes[i].number;

		if (str_equal(said, number) ||
		    (number_dialled(said, p->country, &dialled) &&
			str_is(number, dialled.e164)))
			play_outcome_parse(play->outcomes[i].word, &outcome);
	}
	return outcome;
}

/* Several ring together: whoever answers has the call. */
static enum outcome
outcome_of_dial(struct playing *p)
{
	const struct dial *dial = dial_of(&p->decision);
	enum outcome all = OUTCOME_NONE;
	bool unknown = false;

	if (dial == NULL || dial->number_count == 0)
		return outcome_of(p, p->decision.target);
	for (size_t i = 0; i < dial->number_count; i++) {
		enum outcome one = outcome_of(p, dial->numbers[i]);

		if (one == OUTCOME_ANSWERED)
			return one;
		unknown |= one == OUTCOME_NONE;
		if (all != OUTCOME_NONE && one != all)
			one = OUTCOME_NO_ANSWER;
		all = one;
	}
	return unknown ? OUTCOME_NONE : all;
}

/* The next of `then`; WORD_NOTHING when there is none, or it does not fit. */
static enum word
next_word(struct playing *p, enum word wanted, const char *where)
{
	struct call *call = &p->play->call;
	struct str digits;
	enum outcome outcome;
	enum word word;

	if (p->next == p->play->then_count)
		return WORD_NOTHING;
	word = word_parse(p->play->then[p->next], &digits, &outcome);
	if (word != wanted) {
		complain(&p->all, path_of(p, "then", p->next),
		    "does not fit: the call waits for %s", where);
		return WORD_NOTHING;
	}
	p->next++;
	call->digits = digits;
	call->outcome = outcome;
	return word;
}

static bool
wait_for(struct playing *p, enum word word, const char *what)
{
	if (next_word(p, word, what) == word)
		return true;
	p->play->ends =
	    pool_printf(p->play->pool, "the call waits for %s", what);
	return false;
}

static bool
after_dial(struct playing *p, struct play_leg *leg, struct str *sent)
{
	static const struct {
		const char *one, *several, *status;
	} words[] = {
	    [OUTCOME_ANSWERED] = {"answers", "are rung, one answers",
		"completed"},
	    [OUTCOME_CANCELED] = {"rings, and the caller gives up",
		"ring, and the caller gives up", "canceled"},
	    [OUTCOME_BUSY] = {"is busy", "are busy", "busy"},
	    [OUTCOME_NO_ANSWER] = {"does not answer", "do not answer",
		"no-answer"},
	    [OUTCOME_FAILED] = {"cannot be reached", "cannot be reached",
		"failed"},
	};
	const struct dial *dial = dial_of(&p->decision);
	struct call *call = &p->play->call;
	struct str who = callees(p);

	call->outcome = outcome_of_dial(p);
	if (call->outcome == OUTCOME_NONE &&
	    !wait_for(p, WORD_OUTCOME,
		pool_printf(
		    p->play->pool, "how the call to %.*s ends", PSTR(who))
		    .p))
		return false;
	leg->happens = pool_printf(p->play->pool, "%.*s %s", PSTR(who),
	    dial != NULL && dial->number_count > 1
		? words[call->outcome].several
		: words[call->outcome].one);
	*sent = pool_printf(
	    p->play->pool, "DialCallStatus=%s", words[call->outcome].status);
	return true;
}

static bool
after_gather(
    struct playing *p, struct play_leg *leg, struct str *sent, bool pin)
{
	struct call *call = &p->play->call;

	if (pin && !p->play->secrets) {
		p->play->ends = STR("a PIN is asked for, which only owners "
				    "and administrators may try here");
		p->next = p->play->then_count;
		return false;
	}
	if (!wait_for(p, WORD_DIGITS, "digits"))
		return false;
	leg->happens = call->digits.n > 0
			   ? pool_printf(p->play->pool,
				 "the caller presses %.*s", PSTR(call->digits))
			   : STR("the caller presses nothing");
	*sent = pool_printf(p->play->pool, "Digits=%.*s", PSTR(call->digits));
	return true;
}

/* Why the carrier does not come back. */
static struct str
end_of(const struct decision *decision)
{
	const struct dial *dial = dial_of(decision);

	if (dial != NULL && dial->conference != NULL)
		return STR("the caller is in the conference");
	if (dial != NULL)
		return STR("the emergency call goes out");
	for (const struct verb *v = decision->verbs; v != NULL; v = v->next) {
		if (v->kind == VERB_REDIRECT)
			return STR("another application has the call");
		if (v->kind == VERB_REJECT)
			return STR("the call is rejected");
	}
	return decision->loop.n > 0
		   ? STR("the call is hung up, because it is in a loop")
		   : STR("the call is hung up");
}

/* True when there is another leg: what the carrier sends is in *sent. */
static bool
go_on(struct playing *p, struct str *sent)
{
	struct play *play = p->play;
	struct play_leg *leg = &play->legs[play->count - 1];

	*sent = STR("");
	come_back(p);
	switch (p->decision.cursor.stage) {
	case STAGE_START:
		play->ends = end_of(&p->decision);
		return false;
	case STAGE_EXTENSION:
	case STAGE_GROUP:
	case STAGE_SERVICE:
	case STAGE_TRUNK:
		return after_dial(p, leg, sent);
	case STAGE_MENU:
		return after_gather(p, leg, sent, false);
	case STAGE_ROOM_PIN:
	case STAGE_MAILBOX_PIN:
	case STAGE_MAILBOX:
		return after_gather(p, leg, sent, true);
	case STAGE_RECORDED:
		if (!wait_for(p, WORD_RECORDED, "a message to be left"))
			return false;
		leg->happens = STR("the caller leaves a message");
		return true;
	}
	return false;
}

static void
check_rest(struct playing *p)
{
	if (p->all.first == NULL && p->next < p->play->then_count)
		complain(&p->all, path_of(p, "then", p->next),
		    "is too much: %.*s", PSTR(p->play->ends));
}

struct err *
play_run(struct play *play)
{
	struct playing p = {.play = play, .all = {play->pool, NULL, NULL}};
	struct str sent = NO_STR;

	p.imagined =
	    (struct imagined){.pool = play->pool, .secrets = play->secrets};
	play->call = (struct call){.key = crypto_token(play->pool, 12),
	    .from = str_trim(play->from),
	    .to = str_trim(play->to)};
	play->count = 0;
	check_words(&p);
	TRY(settle(&p));
	do {
		if (play->count == PLAY_LEGS) {
			play->ends = pool_printf(
			    play->pool, "it went on for %d legs", PLAY_LEGS);
			break;
		}
		TRY(decide(&p, sent));
	} while (go_on(&p, &sent));
	check_rest(&p);
	return complaints_err(&p.all);
}
