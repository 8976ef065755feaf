#include "router.h"

enum {
	PIN_TRIES = 3,
	SILENCES = 3,
};

static void
confirm(struct router *r, struct str words)
{
	say_and_hang_up(r, words);
}

static void
do_not_disturb(struct router *r, const struct extension *caller, bool on)
{
	struct effect *change = effect(r, EFFECT_DO_NOT_DISTURB);

	change->id = caller->id;
	change->on = on;
	change->promised = true;
	note(r, (struct node){TARGET_EXTENSION, caller->id},
	    "do-not-disturb %s", on ? "on" : "off");
	confirm(r,
	    on ? STR("Do not disturb is on.") : STR("Do not disturb is off."));
}

/* Where "*72 N" leads; TARGET_NONE with *why when it may not. */
static struct target
forward_target(struct router *r, const struct extension *caller,
    struct str text, const char **why)
{
	struct target target = {.type = TARGET_NONE};
	const struct extension *extension = NULL;
	struct number number;

	if (text.n >= 2 && text.n <= 6 && str_is_digits(text))
		extension = r->look->number(r->look->self, text);
	*why = "is the extension itself";
	if (extension != NULL && extension->id == caller->id)
		return target;
	if (extension != NULL) {
		target.type = TARGET_EXTENSION;
		target.id = extension->id;
		return target;
	}
	*why = "is neither an extension nor a telephone number";
	if (!number_dialled(text, r->org->country, &number))
		return target;
	if (!route_external_allowed(
		r->look, str_of(number.e164), caller->id, why))
		return target;
	target.type = TARGET_EXTERNAL;
	target.number = pool_copy(r->pool, str_of(number.e164));
	return target;
}

static void
forward_always(
    struct router *r, const struct extension *caller, struct str text)
{
	struct node node = {TARGET_EXTENSION, caller->id};
	struct target target = {.type = TARGET_NONE};
	bool on = text.p != NULL;
	const char *why = NULL;
	struct effect *change;

	if (on) {
		target = forward_target(r, caller, text, &why);
		if (target.type == TARGET_NONE) {
			note(r, node, "no forward: \"%.*s\" %s", PSTR(text),
			    why);
			say_and_hang_up(
			    r, STR("Calls cannot be forwarded to that "
				   "number."));
			return;
		}
	}
	change = effect(r, EFFECT_FORWARD_ALWAYS);
	change->id = caller->id;
	change->target = target;
	change->on = on;
	change->promised = true;
	note(r, node,
	    on ? "forwards all calls to %.*s"
	       : "no longer forwards all calls%.*s",
	    PSTR(text));
	confirm(r, on ? STR("Your calls are now forwarded.")
		      : STR("Your calls are no longer forwarded."));
}

static void
ask_pin(struct router *r, const struct extension *extension, struct str before)
{
	struct verb **outer;
	struct gather *gather = begin_gather(r, &outer);

	gather->digits = 10;
	gather->first_timeout = 10;
	gather->digit_timeout = 5;
	if (before.n > 0)
		say(r, before);
	say(r, STR("Please enter your PIN, then press pound."));
	end_gather(r, gather, outer);
	come_back(r, STAGE_MAILBOX_PIN, extension->id);
}

static bool
refuse_locked(struct router *r, const struct extension *extension)
{
	struct node node = {TARGET_VOICEMAIL, extension->id};

	if (!r->look->locked(r->look->self, node))
		return false;
	note(r, node, "is locked after too many wrong PINs");
	say_and_hang_up(
	    r, STR("This mailbox is locked. Please try again later."));
	return true;
}

static void
open_mailbox(struct router *r, const struct extension *extension)
{
	struct node node = {TARGET_VOICEMAIL, extension->id};

	if (!extension->voicemail) {
		note(r, node, "%.*s has no mailbox", PSTR(extension->number));
		say_and_hang_up(
		    r, STR("This extension has no mailbox. Goodbye."));
	} else if (extension->voicemail_pin.n == 0) {
		note(r, node, "the mailbox of %.*s has no PIN",
		    PSTR(extension->number));
		say_and_hang_up(
		    r, STR("Your mailbox has no PIN yet. Please ask your "
			   "administrator to set one."));
	} else if (!refuse_locked(r, extension)) {
		note(r, node, "the mailbox of %.*s asks for its PIN",
		    PSTR(extension->number));
		r->cursor->position = 0;
		ask_pin(r, extension, NO_STR);
	}
}

void
feature_code(struct router *r, const struct extension *caller)
{
	struct str code = r->call->to;
	struct str number;

	routed(r, "feature_code", code);
	if (caller == NULL) {
		note(r, NOWHERE, "%.*s is for active user extensions",
		    PSTR(code));
		say_and_hang_up(
		    r, STR("This phone may not use that code. Goodbye."));
	} else if (str_is(code, "*97")) {
		open_mailbox(r, caller);
	} else if (str_is(code, "*78")) {
		do_not_disturb(r, caller, true);
	} else if (str_is(code, "*79")) {
		do_not_disturb(r, caller, false);
	} else if (str_is(code, "*73")) {
		forward_always(r, caller, NO_STR);
	} else if (str_starts(code, STR("*72")) && code.n > 3) {
		number = str_trim(str_cut(code, 3, code.n));
		if (str_starts(number, STR("*")))
			number = str_cut(number, 1, number.n);
		forward_always(r, caller, number);
	} else {
		note(r, NOWHERE, "%.*s is no feature code", PSTR(code));
		say_and_hang_up(r, STR("That code is not in use. Goodbye."));
	}
}

/* ", December 25 at 10:04" by the organization's clock; empty: not known. */
static struct str
when_left(struct router *r, const struct message *message)
{
	static const char *const months[] = {"January", "February", "March",
	    "April", "May", "June", "July", "August", "September", "October",
	    "November", "December"};
	const struct zone *zone =
	    r->look->zone(r->look->self, r->org->timezone);
	struct local_time at;

	if (zone == NULL || message->received == 0)
		return STR("");
	at = zone_local(zone, message->received);
	return pool_printf(r->pool, ", %s %d at %d:%02d", months[at.month - 1],
	    at.day, at.hour, at.minute);
}

/* Plays the i-th message, newest first, and asks what to do with it. */
static void
play_message(struct router *r, const struct messages *messages, size_t i,
    struct str before)
{
	uint64_t extension = r->cursor->node;
	const struct message *message;
	struct gather *gather;
	struct effect *heard;
	struct verb **outer;

	if (messages == NULL || i >= messages->count) {
		if (before.n > 0)
			say(r, before);
		say_and_hang_up(
		    r, messages == NULL || messages->count == 0
			   ? STR("You have no messages. Goodbye.")
			   : STR("You have no more messages. Goodbye."));
		return;
	}
	message = &messages->list[i];
	gather = begin_gather(r, &outer);
	gather->digits = 1;
	gather->first_timeout = 10;
	gather->digit_timeout = 5;
	if (before.n > 0)
		say(r, before);
	say(r, pool_printf(r->pool, "Message %zu of %zu, from %.*s%.*s.", i + 1,
		   messages->count,
		   PSTR(message->from.n > 0 ? message->from
					    : STR("an unknown caller")),
		   PSTR(when_left(r, message))));
	verb(r, VERB_PLAY)->text = message->url;
	say(r, STR("To listen again, press 1. For the next message, press 2. "
		   "To delete it, press 3."));
	end_gather(r, gather, outer);
	if (!message->heard) {
		heard = effect(r, EFFECT_MESSAGE_HEARD);
		heard->id = message->id;
	}
	r->cursor->message = message->id;
	come_back(r, STAGE_MAILBOX, extension);
}

void
mailbox_pin(struct router *r)
{
	const struct lookups *look = r->look;
	const struct extension *extension =
	    look->extension(look->self, r->cursor->node);
	struct node node = {TARGET_VOICEMAIL, r->cursor->node};
	struct str digits = r->call->digits;

	routed(r, "feature_code", STR("*97"));
	if (extension == NULL || !extension->active || !extension->voicemail) {
		unanswered(r);
		return;
	}
	if (refuse_locked(r, extension))
		return;
	if (digits.n > 0 && extension->voicemail_pin.n > 0 &&
	    look->pin_matches(look->self, node, extension->voicemail_pin,
		digits, "voicemail_pin")) {
		note(r, node, "the right PIN");
		r->cursor->position = 0;
		play_message(
		    r, look->messages(look->self, extension->id), 0, NO_STR);
		return;
	}
	if (digits.n > 0) {
		effect(r, EFFECT_WRONG_PIN)->node = node;
		note(r, node, "a wrong PIN");
	}
	if (++r->cursor->position < PIN_TRIES)
		ask_pin(r, extension,
		    digits.n > 0 ? STR("That is not the PIN.") : NO_STR);
	else
		say_and_hang_up(r, STR("That is not the PIN. Goodbye."));
}

/*
 * Where the message is that was played; where it was deleted meanwhile, what
 * followed it.
 */
static size_t
place_of(const struct messages *messages, uint64_t id, bool *there)
{
	size_t at = 0;

	*there = false;
	for (; messages != NULL && at < messages->count; at++) {
		*there = messages->list[at].id == id;
		if (*there)
			return at;
	}
	for (at = 0; messages != NULL && at < messages->count; at++)
		if (messages->list[at].id < id)
			break;
	return at;
}

void
mailbox(struct router *r)
{
	const struct lookups *look = r->look;
	const struct extension *extension =
	    look->extension(look->self, r->cursor->node);
	const struct messages *messages;
	struct str digits = r->call->digits;
	struct effect *deleted;
	bool there;
	size_t at;

	routed(r, "feature_code", STR("*97"));
	if (extension == NULL || !extension->active || !extension->voicemail) {
		unanswered(r);
		return;
	}
	messages = look->messages(look->self, extension->id);
	at = place_of(messages, r->cursor->message, &there);
	if (digits.n > 0) {
		r->cursor->position = 0;
	} else if (++r->cursor->position >= SILENCES) {
		say_and_hang_up(r, STR("Goodbye."));
		return;
	}
	if (there && str_is(digits, "2")) {
		play_message(r, messages, at + 1, NO_STR);
	} else if (there && str_is(digits, "3")) {
		deleted = effect(r, EFFECT_MESSAGE_DELETED);
		deleted->id = r->cursor->message;
		deleted->promised = true;
		note(r, (struct node){TARGET_VOICEMAIL, r->cursor->node},
		    "a message is deleted");
		play_message(r, messages, at + 1, STR("Deleted."));
	} else if (there && digits.n > 0 && !str_is(digits, "1")) {
		play_message(
		    r, messages, at, STR("That is not a valid choice."));
	} else {
		play_message(r, messages, at, NO_STR);
	}
}
