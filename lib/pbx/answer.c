#include "buf.h"
#include "router.h"

enum {
	NAME_MOST = 70, /* bytes of a callerName */
};

struct verb *
verb(struct router *r, enum verb_kind kind)
{
	struct verb *verb = NEW(r->pool, struct verb);

	verb->kind = kind;
	*r->verb_end = verb;
	r->verb_end = &verb->next;
	return verb;
}

struct verb *
say(struct router *r, struct str words)
{
	struct verb *spoken = verb(r, VERB_SAY);

	spoken->text = words;
	if (r->org != NULL) {
		spoken->voice = r->org->voice;
		spoken->language = r->org->language;
	}
	return spoken;
}

void
play_prompt(struct router *r, const struct prompt *prompt, struct str otherwise)
{
	struct verb *spoken;

	if (prompt->url.n > 0) {
		verb(r, VERB_PLAY)->text = prompt->url;
	} else if (prompt->text.n > 0) {
		spoken = say(r, prompt->text);
		if (prompt->voice.n > 0)
			spoken->voice = prompt->voice;
		if (prompt->language.n > 0)
			spoken->language = prompt->language;
	} else if (otherwise.n > 0) {
		say(r, otherwise);
	}
}

void
hang_up(struct router *r)
{
	verb(r, VERB_HANGUP);
}

void
say_and_hang_up(struct router *r, struct str words)
{
	say(r, words);
	hang_up(r);
}

void
come_back(struct router *r, enum stage stage, uint64_t node)
{
	r->cursor->stage = stage;
	r->cursor->node = node;
}

struct gather *
begin_gather(struct router *r, struct verb ***outer)
{
	struct gather *gather = NEW(r->pool, struct gather);

	gather->finish_key = "#";
	*outer = r->verb_end;
	r->verb_end = &gather->prompts;
	return gather;
}

void
end_gather(struct router *r, struct gather *gather, struct verb **outer)
{
	struct verb *gathered;

	r->verb_end = outer;
	gathered = verb(r, VERB_GATHER);
	gathered->gather = gather;
	gathered->back = true;
	/* Where an empty input falls through, the call still comes back. */
	verb(r, VERB_REDIRECT)->back = true;
}

/*
 * "Sales Anna": the prefix, then the caller's name or else his number; no
 * more of it than the carrier with the least room takes.
 */
static struct str
caller_name(struct router *r, struct str prefix)
{
	struct buf text = buf_new(r->pool, NAME_MOST + 1);
	struct str name = str_trim(r->call->caller_name);

	if (name.n == 0)
		name = r->call->from;
	name = pool_printf(
	    r->pool, "%.*s %.*s", PSTR(str_trim(prefix)), PSTR(name));
	name = str_head(str_trim(name), NAME_MOST);
	/* It becomes part of a SIP header: no line may end in it. */
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if ((unsigned char)c < ' ' || c == 0x7f)
			c = ' ';
		buf_add_char(&text, c);
	}
	return buf_str(&text);
}

struct dial *
dial(struct router *r, bool back)
{
	struct dial *dial = NEW(r->pool, struct dial);
	bool failed = *r->look->failed;
	const struct did *did =
	    r->cursor->did.n > 0 ? r->look->did(r->look->self, r->cursor->did)
				 : NULL;
	struct verb *verb_;

	do_without(r, failed, "the number that was called");
	if (did != NULL && did->record && !r->cursor->announced) {
		play_prompt(r, &did->announcement, NO_STR);
		r->cursor->announced = true;
	}
	if (did != NULL) {
		dial->record = did->record;
		if (did->caller_name_prefix.n > 0)
			dial->caller_name =
			    caller_name(r, did->caller_name_prefix);
	}
	verb_ = verb(r, VERB_DIAL);
	verb_->dial = dial;
	verb_->back = back;
	return dial;
}
