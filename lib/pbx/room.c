#include "menu.h"
#include "router.h"

enum {
	PIN_TRIES = 3,
	PIN_TIMEOUT = 10, /* seconds for the first digit */
};

static void
join(struct router *r, const struct conference_room *room, bool host)
{
	struct conference *conference = NEW(r->pool, struct conference);

	note(r, (struct node){TARGET_CONFERENCE_ROOM, room->id},
	    "joins \"%.*s\" as %s", PSTR(room->name), host ? "host" : "guest");
	routed(r, "conference_room", room->name);
	conference->name = pool_printf(r->pool, "conf-%llu-%llu",
	    (unsigned long long)r->org->id, (unsigned long long)room->id);
	conference->starts = host || !room->wait_for_host;
	conference->ends = host && room->wait_for_host;
	conference->muted = room->muted && !host;
	conference->beep = room->beep;
	conference->record = room->record;
	conference->max_participants = room->max_participants;
	dial(r, false)->conference = conference;
}

static void
ask_pin(struct router *r, const struct conference_room *room, struct str before)
{
	struct verb **outer;
	struct gather *gather = begin_gather(r, &outer);

	note(r, (struct node){TARGET_CONFERENCE_ROOM, room->id},
	    "\"%.*s\" asks for a PIN", PSTR(room->name));
	routed(r, "conference_room", room->name);
	gather->digits = 10;
	gather->first_timeout = PIN_TIMEOUT;
	gather->digit_timeout = 5;
	if (before.n > 0)
		say(r, before);
	say(r, room->pin.n > 0
		   ? STR("Please enter the PIN of the conference, then press "
			 "pound.")
		   : STR("If you are the host, please enter your PIN, then "
			 "press pound. Otherwise just press pound."));
	end_gather(r, gather, outer);
	come_back(r, STAGE_ROOM_PIN, room->id);
}

static bool
refuse_locked(struct router *r, const struct conference_room *room)
{
	struct node node = {TARGET_CONFERENCE_ROOM, room->id};

	if (!r->look->locked(r->look->self, node))
		return false;
	note(r, node, "\"%.*s\" is locked after too many wrong PINs",
	    PSTR(room->name));
	routed(r, "conference_room", room->name);
	say_and_hang_up(
	    r, STR("This conference is locked. Please try again later."));
	return true;
}

void
enter_room(struct router *r, const struct conference_room *room)
{
	if (room->pin.n == 0 && room->host_pin.n == 0)
		join(r, room, false);
	else if (!refuse_locked(r, room))
		ask_pin(r, room, NO_STR);
}

void
room_pin(struct router *r)
{
	const struct lookups *look = r->look;
	const struct conference_room *room =
	    look->conference_room(look->self, r->cursor->node);
	struct node node = {TARGET_CONFERENCE_ROOM, r->cursor->node};
	struct str digits = r->call->digits;
	struct effect *wrong;

	if (room == NULL) {
		unanswered(r);
		return;
	}
	if (refuse_locked(r, room))
		return;
	if (room->host_pin.n > 0 && digits.n > 0 &&
	    look->pin_matches(
		look->self, node, room->host_pin, digits, "host_pin")) {
		join(r, room, true);
		return;
	}
	if (room->pin.n == 0
		? digits.n == 0 || room->host_pin.n == 0
		: digits.n > 0 && look->pin_matches(look->self, node, room->pin,
				      digits, "pin")) {
		join(r, room, false);
		return;
	}
	if (digits.n > 0) {
		wrong = effect(r, EFFECT_WRONG_PIN);
		wrong->node = node;
		note(r, node, "a wrong PIN");
	}
	if (++r->cursor->position < PIN_TRIES) {
		ask_pin(r, room,
		    digits.n > 0 ? STR("That is not the PIN.") : NO_STR);
		return;
	}
	note(r, node, "no right PIN in %d tries", PIN_TRIES);
	routed(r, "conference_room", room->name);
	say_and_hang_up(r, STR("That is not the PIN. Goodbye."));
}

/* before: what the last input deserves, NULL at first. */
static void
play_menu(struct router *r, const struct ivr_menu *menu,
    const struct prompt *before, struct str otherwise)
{
	struct verb **outer;
	struct gather *gather = begin_gather(r, &outer);

	routed(r, "ivr_menu", menu->name);
	gather->digits = menu_digits(menu, r->org->longest_extension);
	gather->finish_key = menu_finish_key(menu);
	gather->first_timeout = menu->first_timeout;
	gather->digit_timeout = menu->digit_timeout;
	if (before != NULL)
		play_prompt(r, before, otherwise);
	play_prompt(r, &menu->greeting, NO_STR);
	end_gather(r, gather, outer);
	come_back(r, STAGE_MENU, menu->id);
}

static void
leave_menu(struct router *r, const struct ivr_menu *menu, const char *why)
{
	note(r, (struct node){TARGET_IVR_MENU, menu->id}, "\"%.*s\" %s",
	    PSTR(menu->name), why);
	if (menu->timeout_target.type == TARGET_NONE)
		unanswered(r);
	else
		enter(r, &menu->timeout_target);
}

void
enter_menu(struct router *r, const struct ivr_menu *menu)
{
	if (!menu->active) {
		leave_menu(r, menu, "is inactive");
		return;
	}
	note(r, (struct node){TARGET_IVR_MENU, menu->id}, "\"%.*s\" is played",
	    PSTR(menu->name));
	play_menu(r, menu, NULL, NO_STR);
}

/* An extension that the menu lets callers dial, or NULL. */
static const struct extension *
dialled_directly(
    struct router *r, const struct ivr_menu *menu, struct str digits)
{
	const struct extension *extension;

	if (!menu->direct_dial || digits.n < 2 || digits.n > 6 ||
	    !str_is_digits(digits))
		return NULL;
	extension = r->look->number(r->look->self, digits);
	if (extension == NULL || !extension->active ||
	    (extension->type != EXTENSION_USER &&
		extension->type != EXTENSION_RING_GROUP &&
		extension->type != EXTENSION_CONFERENCE))
		return NULL;
	return extension;
}

void
menu_input(struct router *r)
{
	const struct ivr_menu *menu =
	    r->look->ivr_menu(r->look->self, r->cursor->node);
	struct node node = {TARGET_IVR_MENU, r->cursor->node};
	struct str digits = r->call->digits;
	const struct extension *extension;
	const struct option *option;

	if (menu == NULL) {
		unanswered(r);
		return;
	}
	if (!menu->active) {
		leave_menu(r, menu, "is inactive");
		return;
	}
	option = menu_option(menu, digits);
	extension = option == NULL ? dialled_directly(r, menu, digits) : NULL;
	if (option != NULL || extension != NULL) {
		note(r, node, "%.*s pressed", PSTR(digits));
		digit_pressed(r);
		if (option != NULL)
			enter(r, &option->target);
		else
			enter_extension(r, extension);
		return;
	}
	note(r, node, digits.n > 0 ? "%.*s is no option" : "silence%.*s",
	    PSTR(digits));
	if (++r->cursor->position >= menu->max_attempts)
		leave_menu(r, menu, "was tried too often");
	else if (digits.n > 0)
		play_menu(r, menu, &menu->invalid,
		    STR("That is not a valid choice."));
	else
		play_menu(r, menu, &menu->no_input, NO_STR);
}
