#include "trial_private.h"

#include "buf.h"
#include "cxml.h"

#include <stdio.h>

enum then { NEXT, ASK, END };
enum { LONGEST_EXTENSION = 6 };

void
trial_end(struct trial *trial, const char *why)
{
	if (trial->ends.p == NULL)
		trial->ends = pool_copy(trial->work->pool, str_of(why));
	trial_say(trial, "ends: %s", why);
}

/* -- In a few words -------------------------------------------------------- */

static bool
is(const struct cxml *element, const char *name)
{
	return str_is(cxml_name(element), name);
}

/* As the tests' Document says it: "Dial[main +12125550100](+44…)". */
static void
gist_of_dial(struct buf *out, const struct cxml *dial)
{
	struct str trunk = cxml_get(dial, "trunks");
	struct str caller_id = cxml_get(dial, "callerId");
	const char *between = "";

	buf_add_text(out, "Dial");
	if (trunk.n > 0 || caller_id.n > 0)
		buf_printf(out, "[%.*s%s%.*s]", PSTR(trunk),
		    trunk.n > 0 && caller_id.n > 0 ? " " : "", PSTR(caller_id));
	buf_add_char(out, '(');
	for (struct cxml *noun = cxml_first(dial); noun != NULL;
	     noun = cxml_next(noun)) {
		buf_add_text(out, between);
		buf_add(out, is(noun, "Number") || is(noun, "Sip")
				 ? cxml_content(noun)
				 : cxml_name(noun));
		between = " ";
	}
	buf_add_char(out, ')');
}

static struct str
gist_of(struct pool *pool, const struct cxml *root)
{
	struct buf out = buf_new(pool, 64);

	for (struct cxml *verb = cxml_first(root); verb != NULL;
	     verb = cxml_next(verb)) {
		if (out.n > 0)
			buf_add_char(&out, ' ');
		if (is(verb, "Dial")) {
			gist_of_dial(&out, verb);
			continue;
		}
		buf_add(&out, cxml_name(verb));
		if (is(verb, "Gather")) {
			const char *between = "(";

			for (struct cxml *in = cxml_first(verb); in != NULL;
			     in = cxml_next(in), between = " ")
				buf_printf(&out, "%s%.*s", between,
				    PSTR(cxml_name(in)));
			buf_add_char(&out, ')');
		} else if (cxml_get(verb, "reason").n > 0) {
			buf_printf(
			    &out, "[%.*s]", PSTR(cxml_get(verb, "reason")));
		}
	}
	return buf_str(&out);
}

/* -- Verbs ---------------------------------------------------------------- */

/* Where a verb leads; another application's documents are not ours. */
static enum then
ask(struct trial *trial, const struct cxml *verb, struct str url,
    const char *name, struct str value)
{
	struct trial_work *work = trial->work;

	struct str ours =
	    pool_printf(work->pool, "%.*s/cgi-bin/", PSTR(work->plan.base));

	/* The key goes nowhere else. */
	if (!str_starts(url, ours)) {
		trial_say(trial, "  goes on at %.*s", PSTR(url));
		trial_end(trial, "another application has the call");
		return END;
	}
	work->ask = (struct trial_ask){.url = url,
	    .get = str_is_nocase(cxml_get(verb, "method"), "GET"),
	    .name = str_of(name),
	    .value = value};
	return ASK;
}

/* Somebody or something of ours has taken the call. */
static void
hear(struct trial *trial)
{
	trial->work->heard = true;
}

static void
say_dial(struct trial *trial, const struct cxml *dial)
{
	struct str trunk = cxml_get(dial, "trunks");
	struct str timeout = cxml_get(dial, "timeout");
	struct buf who = buf_new(trial->work->pool, 64);

	for (struct cxml *noun = cxml_first(dial); noun != NULL;
	     noun = cxml_next(noun))
		buf_printf(&who, " %.*s%s%.*s",
		    is(noun, "Number") ? 0 : (int)cxml_name(noun).n,
		    cxml_name(noun).p, is(noun, "Number") ? "" : " ",
		    PSTR(cxml_content(noun)));
	trial_say(trial, "  dials%.*s%s%.*s%s%.*s%s", PSTR(buf_str(&who)),
	    trunk.n > 0 ? " over the trunk " : "", PSTR(trunk),
	    timeout.n > 0 ? " for " : "", PSTR(timeout),
	    timeout.n > 0 ? " s" : "");
}

/* How this Dial ends, as the carrier spells it. */
static const char *
outcome_of(struct trial *trial, struct str word)
{
	static const struct {
		const char *word, *status, *disposition;
	} words[] = {
	    {"busy", "busy", "BUSY"},
	    {"no-answer", "no-answer", "NOANSWER"},
	    {"failed", "failed", "FAILED"},
	    {"canceled", "canceled", "CANCEL"},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i].word)) {
			trial->work->outcome = words[i].disposition;
			return words[i].status;
		}
	return "completed";
}

static void
answer_dial(struct trial *trial, const struct cxml *dial, struct str word)
{
	struct cxml *noun = cxml_first(dial);
	int64_t nth = 1;

	if (str_starts(word, STR("answer=")))
		str_to_int(str_cut(word, 7, word.n), 1, 99, &nth);
	while (--nth > 0 && noun != NULL && cxml_next(noun) != NULL)
		noun = cxml_next(noun);
	trial_say(trial, "  %.*s answers",
	    PSTR(noun != NULL ? cxml_content(noun) : STR("nobody known")));
	hear(trial);
	if (noun != NULL && is(noun, "Number") &&
	    cxml_content(noun).n <= LONGEST_EXTENSION)
		trial->work->taker = cxml_content(noun);
	trial_tell_answered(trial);
	if (cxml_get(dial, "recordingStatusCallback").n > 0 &&
	    cxml_get(dial, "record").n > 0)
		trial_tell_recording(trial,
		    cxml_get(dial, "recordingStatusCallback"), false,
		    trial->work->plan.audio);
}

static enum then
follow_dial(struct trial *trial, const struct cxml *dial)
{
	struct trial_work *work = trial->work;
	size_t number = work->dials++;
	struct str word = trial_word(work->plan.answer, number);
	const char *status;
	enum then then;

	/* The last word stands for the rest. */
	while (word.p == NULL && number > 0)
		word = trial_word(work->plan.answer, --number);
	say_dial(trial, dial);
	trial_tell_ringing(trial);
	status = outcome_of(trial, word);
	if (strcmp(status, "completed") == 0)
		answer_dial(trial, dial, word);
	else
		trial_say(trial, "  %s", status);
	if (cxml_get(dial, "action").n == 0) {
		if (strcmp(status, "canceled") != 0)
			return NEXT;
		trial_end(trial, "the caller hangs up");
		return END;
	}
	then = ask(trial, dial, cxml_get(dial, "action"), "DialCallStatus",
	    str_of(status));
	work->ask.due = work->now + work->plan.rings;
	return then;
}

/* What of the keys pressed is taken for the answer. */
static struct str
gathered(const struct cxml *gather, struct str keys)
{
	struct str finish = cxml_get(gather, "finishOnKey");
	int64_t most = 0;

	if (finish.p == NULL)
		finish = STR("#");
	for (size_t i = 0; i < keys.n; i++)
		if (str_find(finish, keys.p[i]) >= 0)
			keys.n = i;
	if (str_to_int(cxml_get(gather, "numDigits"), 1, 99, &most))
		keys = str_cut(keys, 0, (size_t)most);
	return keys;
}

static void say_words(struct trial *trial, const struct cxml *parent);

static enum then
follow_gather(struct trial *trial, const struct cxml *gather)
{
	struct trial_work *work = trial->work;
	struct str keys = trial_word(work->plan.digits, work->gathers++);
	struct str taken;

	hear(trial);
	trial_say(trial, "  asks for keys");
	say_words(trial, gather);
	taken = gathered(gather, keys.p != NULL ? keys : STR(""));
	if (keys.n > 0)
		trial_say(trial, "  keys %.*s", PSTR(keys));
	else
		trial_say(trial, "  silence");
	if (keys.n == 0 &&
	    !str_is_nocase(cxml_get(gather, "actionOnEmptyResult"), "true"))
		return NEXT;
	return ask(trial, gather, cxml_get(gather, "action"), "Digits",
	    taken.p != NULL ? taken : STR(""));
}

static enum then
follow_record(struct trial *trial, const struct cxml *record)
{
	struct trial_work *work = trial->work;
	struct str callback = cxml_get(record, "recordingStatusCallback");
	struct str audio = work->plan.audio;
	enum then then;

	hear(trial);
	if (work->plan.speech <= 0) {
		trial_say(trial, "  nothing is said to be recorded");
		return NEXT;
	}
	trial_say(trial, "  records %d s", work->plan.speech);
	if (callback.n > 0)
		trial_tell_recording(trial, callback, true, audio);
	then = ask(trial, record, cxml_get(record, "action"), "RecordingUrl",
	    pool_printf(work->pool, "%.*s?session=%.*s", PSTR(audio),
		PSTR(work->plan.session)));
	work->ask.also = STR("RecordingDuration");
	work->ask.with = pool_printf(work->pool, "%d", work->plan.speech);
	return then;
}

static void
say_words(struct trial *trial, const struct cxml *parent)
{
	for (struct cxml *verb = cxml_first(parent); verb != NULL;
	     verb = cxml_next(verb))
		if (is(verb, "Say") || is(verb, "Play"))
			trial_say(trial, "  %s \"%.*s\"",
			    is(verb, "Say") ? "says" : "plays",
			    PSTR(cxml_content(verb)));
}

static enum then
follow_verb(struct trial *trial, const struct cxml *verb)
{
	if (is(verb, "Dial"))
		return follow_dial(trial, verb);
	if (is(verb, "Gather"))
		return follow_gather(trial, verb);
	if (is(verb, "Record"))
		return follow_record(trial, verb);
	if (is(verb, "Redirect"))
		return ask(trial, verb, cxml_content(verb), NULL, NO_STR);
	if (is(verb, "Hangup")) {
		trial_end(trial, "hung up");
		return END;
	}
	if (is(verb, "Reject")) {
		trial->work->outcome = "BUSY";
		trial_end(trial, "rejected");
		return END;
	}
	if (is(verb, "Say") || is(verb, "Play")) {
		hear(trial);
		trial_say(trial, "  %s \"%.*s\"",
		    is(verb, "Say") ? "says" : "plays",
		    PSTR(cxml_content(verb)));
		return NEXT;
	}
	trial_say(trial, "  %.*s", PSTR(cxml_name(verb)));
	return NEXT;
}

void
trial_follow(struct trial *trial, struct trial_leg *leg)
{
	struct trial_work *work = trial->work;
	enum then then = NEXT;
	struct cxml *root;

	if (cxml_parse(work->pool, leg->document, &root) != NULL ||
	    !is(root, "Response")) {
		leg->gist = STR("");
		trial_end(trial, "that is no document");
		return;
	}
	leg->valid = true;
	leg->gist = gist_of(work->pool, root);
	for (struct cxml *verb = cxml_first(root); verb != NULL && then == NEXT;
	     verb = cxml_next(verb))
		then = follow_verb(trial, verb);
	if (then == NEXT)
		trial_end(trial, "the document is at its end");
}
