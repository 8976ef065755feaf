#include "route.h"

#include <stdarg.h>
#include <stdio.h>

#include "router.h"

void
note(struct router *r, struct node node, const char *format, ...)
{
	struct step *step = NEW(r->pool, struct step);
	char text[256];
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(text, sizeof text, format, list);
	va_end(list);
	if (n < 0)
		n = 0;
	step->node = node;
	/* What is too long is cut, but no code point in two. */
	step->text = pool_copy(
	    r->pool, (size_t)n < sizeof text
			 ? (struct str){text, (size_t)n}
			 : str_head((struct str){text, sizeof text - 1},
			       sizeof text - 2));
	*r->step_end = step;
	r->step_end = &step->next;
}

struct effect *
effect(struct router *r, enum effect_kind kind)
{
	struct effect *effect = NEW(r->pool, struct effect);

	effect->kind = kind;
	*r->effect_end = effect;
	r->effect_end = &effect->next;
	return effect;
}

void
routed(struct router *r, const char *type, struct str target)
{
	r->decision->type = type;
	r->decision->target = target;
}

void
do_without(struct router *r, bool failed, const char *what)
{
	if (failed || !*r->look->failed)
		return;
	*r->look->failed = false;
	r->decision->outage = true;
	note(r, NOWHERE, "%s could not be read", what);
}

static struct router
router_new(struct pool *pool, const struct organization *org,
    struct decision *decision)
{
	struct router r = {.pool = pool, .org = org, .decision = decision};

	*decision = (struct decision){.type = "none"};
	r.cursor = &decision->cursor;
	r.verb_end = &decision->verbs;
	r.effect_end = &decision->effects;
	r.step_end = &decision->steps;
	return r;
}

void
route_refusal(struct pool *pool, const struct organization *organization,
    struct str words, struct decision *decision)
{
	struct router r = router_new(pool, organization, decision);

	routed(&r, "refused", NO_STR);
	say_and_hang_up(&r, words);
}

void
route_apology(struct pool *pool, const struct organization *organization,
    struct decision *decision)
{
	route_refusal(pool, organization, STR("System error, please try again"),
	    decision);
	decision->type = "apology";
}

void
default_target(struct router *r)
{
	if (r->org->default_target.type == TARGET_NONE) {
		routed(r, "unassigned", r->call->to);
		say_and_hang_up(
		    r, STR("The number you have called is not in service. "
			   "Goodbye."));
		return;
	}
	note(r, NOWHERE, "the organization's default target takes the call");
	enter(r, &r->org->default_target);
}

bool
target_lives(struct router *r, const struct target *target)
{
	const struct lookups *look = r->look;

	switch (target->type) {
	case TARGET_EXTENSION:
	case TARGET_VOICEMAIL:
		return look->extension(look->self, target->id) != NULL;
	case TARGET_RING_GROUP:
		return look->ring_group(look->self, target->id) != NULL;
	case TARGET_IVR_MENU:
		return look->ivr_menu(look->self, target->id) != NULL;
	case TARGET_BUSINESS_HOURS:
		return look->business_hours(look->self, target->id) != NULL;
	case TARGET_CONFERENCE_ROOM:
		return look->conference_room(look->self, target->id) != NULL;
	case TARGET_NONE:
		return false;
	case TARGET_EXTERNAL:
	case TARGET_HANGUP:
		return true;
	}
	return false;
}

static void
start_inbound(struct router *r)
{
	const struct did *did = NULL;
	struct number to;

	if (number_carried(r->call->to, r->org->country, &to))
		did = r->look->did(r->look->self, str_of(to.e164));
	if (did != NULL && !did->active) {
		note(r, NOWHERE, "%s is an own number, but inactive", to.e164);
		did = NULL;
	}
	if (did != NULL && !did->proved && r->call->not_ours) {
		note(r, NOWHERE, "%s could not be proved", to.e164);
		did = NULL;
	}
	if (is_blocked(r, did))
		return;
	if (did == NULL) {
		note(r, NOWHERE,
		    "%.*s is no active number of this "
		    "organization",
		    PSTR(r->call->to));
		default_target(r);
		return;
	}
	if (!did->proved) {
		struct effect *prove = effect(r, EFFECT_PROVE_DID);

		prove->id = did->id;
		prove->promised = true;
		note(r, NOWHERE, "this call proves that %s is ours", to.e164);
	}
	enter_did(r, did);
}

/* An extension or own number by what was dialled; true when it was one. */
static bool
enter_inside(struct router *r)
{
	struct str to = r->call->to;
	const struct extension *extension = NULL;
	const struct did *did = NULL;
	struct number number;

	if (to.n >= 2 && to.n <= 6 && str_is_digits(to))
		extension = r->look->number(r->look->self, to);
	if (extension != NULL) {
		enter_extension(r, extension);
		return true;
	}
	if (number_dialled(to, r->org->country, &number))
		did = r->look->did(r->look->self, str_of(number.e164));
	if (did == NULL || !did->active || !did->proved)
		return false;
	enter_did(r, did);
	return true;
}

static void
start_subscriber(struct router *r, const struct extension *caller)
{
	struct str to = r->call->to;
	bool may =
	    caller != NULL && caller->active && caller->type == EXTENSION_USER;
	struct number number;

	if (to.n > 0 && to.p[0] == '*') {
		feature_code(r, may ? caller : NULL);
		return;
	}
	if (enter_inside(r))
		return;
	if (!number_dialled(to, r->org->country, &number)) {
		note(r, NOWHERE,
		    "\"%.*s\" is neither an extension nor a "
		    "telephone number",
		    PSTR(to));
		routed(r, "unassigned", to);
		say_and_hang_up(
		    r, STR("The number you have dialed is not in service. "
			   "Goodbye."));
	} else if (!may) {
		note(r, NOWHERE, "only active user extensions may call out");
		routed(r, "refused", to);
		say_and_hang_up(
		    r, STR("This phone may not make outside calls. Goodbye."));
	} else {
		call_out(r, &number, caller->id, false);
	}
}

/* The extension that calls; NULL when it is none of ours. */
static const struct extension *
find_caller(struct router *r)
{
	struct str from = r->call->from;

	return from.n >= 2 && from.n <= 6 && str_is_digits(from)
		   ? r->look->number(r->look->self, from)
		   : NULL;
}

static void
start_emergency(struct router *r)
{
	bool failed = *r->look->failed;
	const struct extension *caller = find_caller(r);

	do_without(r, failed, "who calls");
	emergency(r, caller);
}

static void
start(struct router *r)
{
	bool inside = r->call->direction == DIRECTION_SUBSCRIBER;

	if (route_is_emergency(r->org, r->call)) {
		start_emergency(r);
	} else if (r->org->suspended && !inside) {
		note(r, NOWHERE, "the organization is suspended");
		routed(r, "suspended", r->call->to);
		verb(r, VERB_REJECT)->text = STR("rejected");
	} else if (r->org->suspended) {
		note(r, NOWHERE, "the organization is suspended");
		routed(r, "suspended", r->call->to);
		say_and_hang_up(r, STR("This service is suspended. Goodbye."));
	} else if (r->call->limit != LIMIT_NONE) {
		note(r, NOWHERE,
		    r->call->limit == LIMIT_CALLS
			? "all lines of the organization are in use"
			: "too many requests for the organization");
		routed(r, "limit", r->call->to);
		say_and_hang_up(
		    r, STR("All lines are busy. Please try again later."));
	} else if (r->call->direction == DIRECTION_INBOUND) {
		start_inbound(r);
	} else if (inside) {
		start_subscriber(r, find_caller(r));
	} else if (!enter_inside(r)) {
		note(r, NOWHERE,
		    "only extensions and own numbers can be "
		    "reached by an application");
		routed(r, "unassigned", r->call->to);
		say_and_hang_up(
		    r, STR("The number you have dialed is not in service. "
			   "Goodbye."));
	}
}

/* A cursor is for a carrier that comes back. */
static void
settle(struct decision *decision)
{
	const struct verb *verb = decision->verbs;

	while (verb != NULL && !verb->back)
		verb = verb->next;
	if (verb == NULL)
		decision->cursor = (struct cursor){.stage = STAGE_START};
}

/* Configuration could not be read: what is known of it, else words. */
static void
outage(struct pool *pool, const struct call *call, const struct lookups *look,
    struct decision *decision)
{
	struct router r = router_new(pool, look->organization, decision);

	*look->failed = false;
	r.call = call;
	r.look = look;
	r.cursor->direction = call->direction;
	note(&r, NOWHERE, "configuration could not be read");
	if (call->cursor.stage == STAGE_START &&
	    call->direction == DIRECTION_INBOUND && !r.org->suspended &&
	    r.org->default_target.type != TARGET_NONE)
		enter(&r, &r.org->default_target);
	else
		*look->failed = true;
	if (*look->failed)
		route_apology(pool, look->organization, decision);
	decision->outage = true;
}

void
route(struct pool *pool, const struct call *call, const struct lookups *lookups,
    struct decision *decision)
{
	struct router r = router_new(pool, lookups->organization, decision);

	r.call = call;
	r.look = lookups;
	*r.cursor = call->cursor;
	r.decided = r.cursor->trail_count;
	if (call->cursor.stage == STAGE_START) {
		r.cursor->direction = call->direction;
		start(&r);
	} else if (r.org->suspended) {
		note(&r, NOWHERE, "the organization is suspended");
		routed(&r, "suspended", NO_STR);
		if (call->outcome == OUTCOME_ANSWERED ||
		    call->outcome == OUTCOME_CANCELED)
			hang_up(&r);
		else
			say_and_hang_up(
			    &r, STR("This service is suspended. Goodbye."));
	} else {
		resume(&r);
	}
	if (*lookups->failed)
		outage(pool, call, lookups, decision);
	settle(decision);
}
