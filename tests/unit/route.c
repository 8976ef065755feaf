/*
 * The router on thousands of generated tenants and calls: the same question
 * has one answer, every answer ends the call or comes back, every call ends,
 * and nothing leaves the PBX that no rule allows.
 */
#include "route.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "holds.h"

enum {
	WORLDS = 1200,
	CALLS = 4,       /* of each world */
	PATIENCE = 1500, /* requests; 16 targets of 45 members each are 720 */
};

static void
begin(void)
{
	random_ = (struct random){pool_new(), 51966};
}

static void
end(void)
{
	pool_free(random_.pool);
}

TestSuite(route, .init = begin, .fini = end, .timeout = 120);

/* -- What holds for every decision ----------------------------------------- */

/* Decides twice; all that holds for every decision is checked here. */
static void
decide(const struct call *call, struct decision *decision)
{
	struct decision again;
	struct str document;

	world.failed = false;
	route(random_.pool, call, &look, decision);
	document = document_of(decision);
	check_document(document);
	world.failed = false;
	route(random_.pool, call, &look, &again);
	cr_assert(str_equal(document, document_of(&again)));
	check_verbs(decision);
	cr_assert_leq(decision->cursor.entered, ENTERED);
	cr_assert_leq(decision->cursor.trail_count, TRAIL);
	cr_assert_gt(strlen(decision->type), 0);
	for (const struct step *s = decision->steps; s != NULL; s = s->next)
		cr_assert(str_is_utf8(s->text));
	if (call->direction != DIRECTION_SUBSCRIBER)
		cr_assert_not(has_effect(decision, EFFECT_EMERGENCY));
}

/* -- Calls ----------------------------------------------------------------- */

static struct call
any_call(struct random *r)
{
	static const char *const froms[] = {"1001", "1002", "1003", "1004",
	    "1005", "1009", "1999", "+12025550199", "12125550100", "anonymous",
	    "", "\xf0\x9f\x98\x80<&\"'>"};
	static const char *const tos[] = {"1001", "1002", "1003", "1004",
	    "1005", "1006", "1007", "1008", "1009", "1999", "+12125550100",
	    "+12125550101", "12125550102", "0012125550103", "+12125550104",
	    "+442079460000", "00442079460000", "+449098790000", "+18765550123",
	    "911", "112", "999", "5555", "*97", "*78", "*79", "*721002",
	    "*72 +442079460000", "*73", "", "garbage"};
	static const char *const diverted[] = {NULL, NULL, NULL, "",
	    "+12125550100@carrier.example.com", "sip:+12025550199@x"};
	struct call call = {
	    .now = 1795446000000 + (int64_t)(any(r) % 604800000)};

	call.key = odds(r, 90) ? STR("session") : NO_STR;
	call.direction = (enum direction)below(r, DIRECTION_APPLICATION + 1);
	call.from = ANY_OF(r, froms);
	call.to = ANY_OF(r, tos);
	call.caller_name = any_text(r);
	call.diverted = ANY_OF(r, diverted);
	call.limit = odds(r, 5) ? LIMIT_CALLS : LIMIT_NONE;
	return call;
}

/* The carrier's next request: how the Dial went, or what was pressed. */
static void
come_back(struct random *r, struct call *call, const struct decision *decision,
    bool digits)
{
	static const char *const pressed[] = {NULL, "", "0", "1", "2", "12",
	    "*", "#", "3", "4711", "2468", "1357", "1003", "1999", "<&>"};
	static const enum outcome walks_on[] = {
	    OUTCOME_BUSY, OUTCOME_NO_ANSWER, OUTCOME_FAILED, OUTCOME_NONE};

	call->cursor = decision->cursor;
	call->digits = digits ? ANY_OF(r, pressed) : NO_STR;
	call->outcome = digits ? (enum outcome)below(r, OUTCOME_FAILED + 1)
			       : walks_on[below(r, 4)];
}

Test(route, decides_alike_and_never_falls_silent)
{
	for (int i = 0; i < WORLDS; i++) {
		any_world(&random_, &world);
		for (int j = 0; j < CALLS; j++) {
			struct call call = any_call(&random_);
			struct decision decision;

			decide(&call, &decision);
			for (int k = 0; k < 12; k++) {
				if (decision.cursor.stage == STAGE_START)
					break;
				come_back(&random_, &call, &decision, true);
				decide(&call, &decision);
			}
		}
		pool_clear(random_.pool);
	}
}

Test(route, every_call_without_a_digit_ends)
{
	for (int i = 0; i < WORLDS; i++) {
		struct call call;
		struct decision decision;
		int requests = 1;

		any_world(&random_, &world);
		call = any_call(&random_);
		route(random_.pool, &call, &look, &decision);
		while (decision.cursor.stage != STAGE_START) {
			come_back(&random_, &call, &decision, false);
			route(random_.pool, &call, &look, &decision);
			cr_assert_lt(++requests, PATIENCE);
		}
		pool_clear(random_.pool);
	}
}

Test(route, an_outage_is_answered)
{
	for (int i = 0; i < WORLDS; i++) {
		any_world(&random_, &world);
		for (int j = 0; j < CALLS; j++) {
			struct call call = any_call(&random_);
			struct decision decision;

			world.broken = 0;
			decide(&call, &decision);
			if (decision.cursor.stage != STAGE_START &&
			    odds(&random_, 50))
				come_back(&random_, &call, &decision, true);
			world.broken =
			    odds(&random_, 30)
				? BREAK_EVERYTHING
				: (unsigned)any(&random_) & BREAK_EVERYTHING;
			world.failed = false;
			route(random_.pool, &call, &look, &decision);
			check_document(document_of(&decision));
			if ((world.broken & BREAK_EXTENSIONS) == 0)
				check_verbs(&decision);
		}
		pool_clear(random_.pool);
	}
}

/* The configuration changed under the call: its cursor fits nothing. */
Test(route, a_stale_cursor_is_answered)
{
	for (int i = 0; i < WORLDS; i++) {
		struct random *r = &random_;
		struct call call = any_call(r);
		struct cursor *cursor = &call.cursor;
		struct decision decision = {0};

		any_world(r, &world);
		come_back(r, &call, &decision, true);
		cursor->stage = (enum stage)below(r, STAGE_LAST + 1);
		cursor->node = (uint64_t)below(r, EXTENSIONS + 2);
		cursor->did = odds(r, 50) ? any_number(r) : NO_STR;
		cursor->mailbox = (uint64_t)below(r, EXTENSIONS + 2);
		cursor->forwarder = (uint64_t)below(r, EXTENSIONS + 2);
		cursor->position = below(r, 60);
		cursor->start = below(r, 60);
		cursor->external = any_number(r);
		cursor->message = (uint64_t)below(r, 5);
		cursor->entered = below(r, ENTERED + 1);
		cursor->trail_count = (size_t)below(r, TRAIL + 1);
		for (size_t j = 0; j < cursor->trail_count; j++)
			cursor->trail[j] = (struct node){
			    (enum target_type)below(r, TARGET_HANGUP + 1),
			    (uint64_t)below(r, 5)};
		world.failed = false;
		route(r->pool, &call, &look, &decision);
		check_document(document_of(&decision));
		cr_assert_not_null(decision.verbs);
		cr_assert_leq(decision.cursor.entered, ENTERED);
		cr_assert_leq(decision.cursor.trail_count, TRAIL);
		pool_clear(r->pool);
	}
}

/* Whatever the tenant is like and whatever is down, 911 goes out. */
Test(route, an_emergency_always_goes_out)
{
	static const char *const numbers[] = {"911", "112"};

	for (int i = 0; i < WORLDS; i++) {
		struct call call = any_call(&random_);
		struct decision decision;

		any_world(&random_, &world);
		call.direction = DIRECTION_SUBSCRIBER;
		call.to = ANY_OF(&random_, numbers);
		world.broken = (unsigned)any(&random_) & BREAK_EVERYTHING;
		decide(&call, &decision);
		cr_assert(has_effect(&decision, EFFECT_EMERGENCY));
		cr_assert_eq(decision.verbs->kind, VERB_DIAL);
		cr_assert_null(decision.verbs->next);
		cr_assert_eq(decision.verbs->dial->number_count, 1);
		cr_assert(str_equal(decision.verbs->dial->numbers[0], call.to));
		cr_assert(str_equal(decision.verbs->dial->trunk,
		    world.organization.emergency_trunk));
		pool_clear(random_.pool);
	}
}

/* -- The other doors ------------------------------------------------------- */

Test(route, a_refusal_says_its_words_in_the_organizations_voice)
{
	struct organization organization = {.voice = STR("woman")};
	struct decision decision;

	route_refusal(random_.pool, &organization, STR("No."), &decision);
	cr_assert_eq(decision.verbs->kind, VERB_SAY);
	cr_assert(str_is(decision.verbs->text, "No."));
	cr_assert(str_is(decision.verbs->voice, "woman"));
	cr_assert_eq(decision.verbs->next->kind, VERB_HANGUP);
	cr_assert_null(decision.verbs->next->next);
	cr_assert_str_eq(decision.type, "refused");
}

Test(route, an_apology_needs_no_organization)
{
	struct decision decision;

	route_apology(random_.pool, NULL, &decision);
	cr_assert(str_ends(document_of(&decision),
	    STR("<Response><Say>System error, please try again</Say>"
		"<Hangup/></Response>")));
	cr_assert_str_eq(decision.type, "apology");
}

Test(route, what_a_forward_may_be)
{
	const char *why = NULL;

	any_world(&random_, &world);
	world.organization.sip_host_count = 1;
	world.rules.count = 1;
	world.rules.rules[0] = (struct outbound_rule){.id = 1,
	    .prefixes = (struct str[]){STR("+4420")},
	    .prefix_count = 1,
	    .extensions = (uint64_t[]){2},
	    .extension_count = 1};
	world.dids[0].active = world.dids[0].proved = true;
	world.dids[1].active = false;
	world.dids[2].active = true;
	world.dids[2].proved = false;
#define MAY(number, extension) \
	route_external_allowed(&look, STR(number), (extension), &why)
	cr_assert(MAY("+442079460000", 2));
	cr_assert(MAY("+12125550100", 1), "an own number needs no rule");
	cr_assert(MAY("sip:anna@sip.example.com", 1));
	cr_assert_not(MAY("+442079460000", 1), "a rule of another extension");
	cr_assert(str_is(
	    str_of(why), "no outbound rule allows calls to this number"));
	cr_assert_not(MAY("+442079460000", 0));
	cr_assert_not(MAY("+12125550101", 2), "inactive");
	cr_assert_not(MAY("+12125550102", 2), "unproved");
	cr_assert_not(MAY("+18765550123", 2));
	cr_assert_not(MAY("sip:anna@evil.org", 2));
	cr_assert_not(MAY("02079460000", 2), "not E.164");
	cr_assert(str_starts(str_of(why), STR("must be a telephone number")));
	cr_assert_not(MAY("911", 2));
	cr_assert_not(MAY("*97", 2));
	cr_assert_not(MAY("", 2));
}

/* A step is cut at 255 bytes, and no character in two. */
Test(route, a_long_step_stays_utf8)
{
	struct call call = {.direction = DIRECTION_SUBSCRIBER};
	struct buf to = buf_new(random_.pool, 1300);
	struct decision decision;

	for (int lead = 0; lead < 4; lead++) {
		any_world(&random_, &world);
		world.organization.suspended = false;
		to = buf_new(random_.pool, 1300);
		for (int i = 0; i < lead; i++)
			buf_add_char(&to, 'x');
		for (int i = 0; i < 300; i++)
			buf_add_text(&to, "\xf0\x9f\x98\x80");
		call.to = buf_str(&to);
		decide(&call, &decision);
	}
}
