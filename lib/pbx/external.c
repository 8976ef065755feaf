#include "router.h"

bool
route_is_emergency(
    const struct organization *organization, const struct call *call)
{
	struct str to = call->to;

	if (call->direction != DIRECTION_SUBSCRIBER)
		return false;
	for (size_t i = 0; i < organization->emergency_count; i++)
		if (to.n > 0 &&
		    str_equal(to, organization->emergency_numbers[i]))
			return true;
	return number_is_emergency(to, organization->country);
}

static struct str
first_of(struct str a, struct str b, struct str c)
{
	if (a.n > 0)
		return a;
	return b.n > 0 ? b : c;
}

void
emergency(struct router *r, const struct extension *caller)
{
	const struct organization *org = r->org;
	struct str own = NO_STR, number = NO_STR;
	struct effect *alarm = effect(r, EFFECT_EMERGENCY);
	struct str *to = NEW(r->pool, struct str);
	struct dial *call;

	if (caller != NULL) {
		own = caller->emergency_caller_id;
		number = caller->caller_id;
		alarm->id = caller->id;
	}
	alarm->text = *to = r->call->to;
	note(r, NOWHERE, "%.*s is an emergency number", PSTR(*to));
	routed(r, "emergency", *to);
	call = NEW(r->pool, struct dial);
	call->numbers = to;
	call->number_count = 1;
	call->trunk = org->emergency_trunk;
	call->caller_id = first_of(own, org->emergency_caller_id,
	    first_of(number, org->caller_id, NO_STR));
	verb(r, VERB_DIAL)->dial = call;
}

bool
diverted_from_own(struct router *r)
{
	struct str rest = r->call->diverted, number_text;
	const struct did *did = NULL;
	struct number number;

	if (rest.n == 0)
		return false;
	if (str_starts(rest, STR("<")))
		rest = str_cut(rest, 1, rest.n);
	if (str_equal_nocase(str_cut(rest, 0, 4), STR("sip:")) ||
	    str_equal_nocase(str_cut(rest, 0, 4), STR("tel:")))
		rest = str_cut(rest, 4, rest.n);
	str_next(&rest, '@', &number_text);
	rest = number_text;
	str_next(&rest, '>', &number_text);
	rest = number_text;
	str_next(&rest, ';', &number_text);
	if (number_carried(number_text, r->org->country, &number))
		did = r->look->did(r->look->self, str_of(number.e164));
	/* What is only claimed blocks nobody. */
	return did != NULL && did->proved;
}

#define DIVERTED "a call that we diverted does not go out again"

static void
refuse(struct router *r, struct str number, const char *why)
{
	note(r, NOWHERE, "%.*s: %s", PSTR(number), why);
	routed(r, "refused", number);
	say_and_hang_up(
	    r, STR("This call cannot be completed as dialed. Goodbye."));
}

/*
 * What is shown to the callee.  On a forward it is the number that was
 * called, or the caller's own where the organization says so.
 */
static struct str
shown_number(struct router *r, const struct outbound_rule *rule,
    uint64_t extension_id, bool forward)
{
	const struct extension *extension =
	    extension_id != 0 ? r->look->extension(r->look->self, extension_id)
			      : NULL;
	struct number from;

	if (forward && r->org->forward_caller_number &&
	    r->cursor->direction == DIRECTION_INBOUND &&
	    number_carried(r->call->from, r->org->country, &from))
		return pool_copy(r->pool, str_of(from.e164));
	if (forward && r->cursor->did.n > 0)
		return r->cursor->did;
	return first_of(extension != NULL ? extension->caller_id : NO_STR,
	    rule->caller_id, r->org->caller_id);
}

void
call_out(struct router *r, const struct number *number, uint64_t extension,
    bool forward)
{
	struct str e164 = pool_copy(r->pool, str_of(number->e164));
	const struct outbound_rule *rule;
	struct str *callee, shown;
	struct dial *call;

	if (diverted_from_own(r)) {
		refuse(r, e164, DIVERTED);
		return;
	}
	rule = outbound_choose(r->look->outbound_rules(r->look->self), number,
	    extension, r->cursor->position);
	if (rule == NULL && r->cursor->position > 0) {
		note(r, NOWHERE, "no further rule has a trunk");
		unanswered(r);
		return;
	}
	if (rule == NULL) {
		refuse(r, e164, "no outbound rule allows it");
		return;
	}
	shown = shown_number(r, rule, extension, forward);
	if (shown.n == 0) {
		refuse(r, e164, "there is no caller id to call out with");
		return;
	}
	note(r, NOWHERE, "rule \"%.*s\": %.*s over trunk %.*s",
	    PSTR(rule->name), PSTR(e164), PSTR(rule->trunk));
	routed(r, "external", e164);
	call = dial(r, true);
	callee = NEW(r->pool, struct str);
	*callee = e164;
	call->numbers = callee;
	call->number_count = 1;
	call->trunk = rule->trunk;
	call->caller_id = shown;
	call->time_limit = rule->max_minutes * 60;
	r->cursor->external = e164;
	come_back(r, STAGE_TRUNK, extension);
}

static void
enter_sip(struct router *r, struct str uri)
{
	if (diverted_from_own(r)) {
		refuse(r, uri, DIVERTED);
		return;
	}
	if (!outbound_sip_allowed(
		uri, r->org->sip_hosts, r->org->sip_host_count)) {
		refuse(r, uri, "the host is not one of sip_hosts");
		return;
	}
	note(r, NOWHERE, "call %.*s", PSTR(uri));
	routed(r, "external", uri);
	dial(r, true)->sip = uri;
	come_back(r, STAGE_SERVICE, r->cursor->forwarder);
}

void
enter_external(struct router *r, struct str text)
{
	bool sip = str_equal_nocase(str_cut(text, 0, 4), STR("sip:"));
	const struct did *did = NULL;
	struct number number;

	if (!sip && !number_e164(text, &number)) {
		refuse(r, text, "is no telephone number");
		return;
	}
	if (!sip)
		did = r->look->did(r->look->self, str_of(number.e164));
	if (did != NULL && did->active && did->proved) {
		enter_did(r, did);
		return;
	}
	if (sip) {
		enter_sip(r, text);
		return;
	}
	r->cursor->position = 0;
	call_out(r, &number, r->cursor->forwarder, true);
}

bool
route_external_allowed(const struct lookups *look, struct str text,
    uint64_t extension, const char **why)
{
	const struct organization *org = look->organization;
	const struct did *did;
	struct number number;

	if (str_equal_nocase(str_cut(text, 0, 4), STR("sip:"))) {
		*why = "the host must be one of the organization's SIP hosts";
		return outbound_sip_allowed(
		    text, org->sip_hosts, org->sip_host_count);
	}
	*why = "must be a telephone number in the form +12125550100, or sip:";
	if (!number_e164(text, &number))
		return false;
	did = look->did(look->self, str_of(number.e164));
	if (did != NULL && did->active && did->proved)
		return true;
	*why = "no outbound rule allows calls to this number";
	return outbound_choose(look->outbound_rules(look->self), &number,
		   extension, 0) != NULL;
}
