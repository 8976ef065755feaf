#include "router.h"

static bool
is_anonymous(struct str from)
{
	static const char *const names[] = {"", "anonymous", "restricted",
	    "unavailable", "unknown", "private", "withheld", "+266696687",
	    "266696687"};
	struct str user = STR("");

	/* sip:anonymous@anonymous.invalid, RFC 3323 */
	from = str_trim(from);
	if (str_equal_nocase(str_cut(from, 0, 4), STR("sip:")))
		from = str_cut(from, 4, from.n);
	str_next(&from, '@', &user);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_is_nocase(user, names[i]))
			return true;
	return false;
}

static const struct blocked_caller *
blocked_by(struct router *r)
{
	bool failed = *r->look->failed;
	const struct blocked_callers *all =
	    r->look->blocked_callers(r->look->self);
	struct str from = r->call->from;
	bool anonymous = is_anonymous(from);
	struct number number;

	do_without(r, failed, "the list of blocked callers");
	if (all == NULL || all->count == 0)
		return NULL;
	if (number_carried(from, r->org->country, &number))
		from = str_of(number.e164);
	for (size_t i = 0; i < all->count; i++) {
		const struct blocked_caller *blocked = &all->list[i];
		bool same;

		if (blocked->expires != 0 && blocked->expires <= r->call->now)
			continue;
		if (str_is(blocked->pattern, "anonymous"))
			same = anonymous;
		else if (blocked->prefix)
			same = blocked->pattern.n > 0 &&
			       str_starts(from, blocked->pattern);
		else
			same = str_equal(from, blocked->pattern);
		if (same)
			return blocked;
	}
	return NULL;
}

/* The mailbox of a target that has one: an extension's or a voicemail's. */
static uint64_t
mailbox_of(struct router *r, const struct did *did)
{
	const struct extension *extension;

	if (did == NULL || (did->target.type != TARGET_EXTENSION &&
			       did->target.type != TARGET_VOICEMAIL))
		return 0;
	extension = r->look->extension(r->look->self, did->target.id);
	return extension != NULL && extension->active && extension->voicemail
		   ? extension->id
		   : 0;
}

static void
refuse(struct router *r, const struct blocked_caller *blocked,
    const struct did *did)
{
	uint64_t mailbox =
	    blocked->action == BLOCK_VOICEMAIL ? mailbox_of(r, did) : 0;

	note(r, NOWHERE, "the caller is blocked by \"%.*s\"",
	    PSTR(blocked->pattern));
	if (mailbox != 0) {
		r->cursor->did = did->number;
		enter_voicemail(r, mailbox);
		return;
	}
	verb(r, VERB_REJECT)->text =
	    blocked->action == BLOCK_BUSY ? STR("busy") : STR("rejected");
	routed(r, "blocked", blocked->pattern);
}

bool
is_blocked(struct router *r, const struct did *did)
{
	const struct blocked_caller *blocked = blocked_by(r);

	if (blocked != NULL)
		refuse(r, blocked, did);
	return blocked != NULL;
}
