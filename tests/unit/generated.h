/*
 * Tenants out of a random number: every field takes every kind of value, so
 * that a property can be tried on thousands of them.  The same seed gives the
 * same tenant.
 */
#ifndef TESTS_UNIT_GENERATED_H
#define TESTS_UNIT_GENERATED_H

#include "route.h"

struct random {
	struct pool *pool;
	uint64_t state;
};

/* Ids run from 1; one more than the last is an object that is gone. */
enum {
	EXTENSIONS = 9,
	GROUPS = 4,
	MENUS = 3,
	HOURS = 3,
	ROOMS = 3,
	DIDS = 5,
	RULES = 4,
	BLOCKED = 3
};

struct world {
	struct organization organization;
	struct extension extensions[EXTENSIONS];
	struct ring_group groups[GROUPS];
	struct ivr_menu menus[MENUS];
	struct business_hours hours[HOURS];
	struct conference_room rooms[ROOMS];
	struct did dids[DIDS];
	struct outbound_rules rules;
	struct blocked_callers blocked;
	struct messages messages;
	bool locked;
	unsigned broken; /* a bit for each kind whose look-ups fail */
	bool failed;
};

/* splitmix64 */
static inline uint64_t
any(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* 0 .. n - 1 */
static inline int
below(struct random *r, int n)
{
	return (int)(any(r) % (uint64_t)n);
}

static inline bool
odds(struct random *r, int percent)
{
	return below(r, 100) < percent;
}

static inline struct str
any_of(struct random *r, const char *const *texts, size_t count)
{
	return str_of(texts[any(r) % count]);
}
#define ANY_OF(r, texts) \
	any_of((r), (texts), sizeof(texts) / sizeof((texts)[0]))

/* Words, markup, control and four-byte characters, nothing, absent. */
static inline struct str
any_text(struct random *r)
{
	static const char *const texts[] = {"Welcome.", "", NULL,
	    "</Say><Hangup/>", "\"'&<>]]>", "tab\tline\nreturn\r",
	    "\x01\x1f\x7f", "Z\xc3\xbcrich \xf0\x9f\x98\x80", "\xef\xbf\xbe",
	    "a -- b", "%s%n%.*s"};

	return ANY_OF(r, texts);
}

static inline struct str
any_number(struct random *r)
{
	static const char *const numbers[] = {"+12125550100", "+12125550101",
	    "+12125550102", "+12125550103", "+12125550104", "+442079460000",
	    "+449098790000", "+18765550123", "+33142685300"};

	return ANY_OF(r, numbers);
}

static inline struct target
any_target(struct random *r)
{
	static const char *const outside[] = {
	    "sip:anna@sip.example.com", "sip:anna@evil.org", "", "911", "*97"};
	static const int most[] = {[TARGET_EXTENSION] = EXTENSIONS,
	    [TARGET_RING_GROUP] = GROUPS,
	    [TARGET_IVR_MENU] = MENUS,
	    [TARGET_BUSINESS_HOURS] = HOURS,
	    [TARGET_CONFERENCE_ROOM] = ROOMS,
	    [TARGET_VOICEMAIL] = EXTENSIONS};
	struct target target = {
	    .type = (enum target_type)below(r, TARGET_HANGUP + 1)};

	if (target.type == TARGET_EXTERNAL)
		target.number =
		    odds(r, 70) ? any_number(r) : ANY_OF(r, outside);
	else if (target.type != TARGET_NONE && target.type != TARGET_HANGUP)
		target.id = (uint64_t)below(r, most[target.type] + 1) + 1;
	return target;
}

static inline struct target
maybe_target(struct random *r, int percent)
{
	return odds(r, percent) ? any_target(r)
				: (struct target){.type = TARGET_NONE};
}

static inline struct prompt
any_prompt(struct random *r)
{
	struct prompt prompt = {0};

	if (odds(r, 30))
		prompt.url = STR("https://pbx.example.com/p/1.wav");
	else
		prompt.text = any_text(r);
	if (odds(r, 30))
		prompt.voice = STR("woman");
	if (odds(r, 30))
		prompt.language = STR("en-US");
	return prompt;
}

static inline struct extension
any_extension(struct random *r, int i)
{
	static const char *const names[] = {"a", "1", "x y", "provider", ""};
	struct extension x = {.id = (uint64_t)i + 1};

	x.number = pool_printf(r->pool, "%d", 1001 + i);
	x.name = any_text(r);
	x.type = odds(r, 60)
		     ? EXTENSION_USER
		     : (enum extension_type)below(r, EXTENSION_FORWARD + 1);
	x.active = odds(r, 85);
	x.do_not_disturb = odds(r, 20);
	x.ring_timeout = odds(r, 50) ? 5 + below(r, 296) : 0;
	x.caller_id = odds(r, 30) ? any_number(r) : NO_STR;
	x.emergency_caller_id = odds(r, 30) ? any_number(r) : NO_STR;
	x.target = any_target(r);
	x.always = maybe_target(r, 20);
	x.busy = maybe_target(r, 50);
	x.no_answer = maybe_target(r, 50);
	x.voicemail = odds(r, 50);
	x.voicemail_pin = odds(r, 70) ? STR("4711") : NO_STR;
	x.greeting = any_prompt(r);
	if (x.type == EXTENSION_AI_ASSISTANT) {
		x.provider = STR("vapi");
		x.service_number = any_text(r);
		x.service_url =
		    odds(r, 50) ? STR("wss://ai.example.com/") : NO_STR;
		x.service_token = any_text(r);
		x.param_count = (size_t)below(r, 4);
		x.params =
		    NEW_ARRAY(r->pool, struct service_param, x.param_count);
		for (size_t j = 0; j < x.param_count; j++) {
			x.params[j].name = ANY_OF(r, names);
			x.params[j].value = any_text(r);
		}
	}
	if (x.type == EXTENSION_CUSTOM_LOGIC)
		x.logic_url = STR("https://logic.example.com/?a=1&b=2");
	return x;
}

static inline struct did
any_did(struct random *r, int i)
{
	struct did x = {.id = (uint64_t)i + 1};

	x.number = pool_printf(r->pool, "+1212555010%d", i);
	x.active = odds(r, 80);
	x.proved = odds(r, 80);
	x.target = any_target(r);
	x.caller_name_prefix = odds(r, 40) ? any_text(r) : NO_STR;
	x.record = odds(r, 30);
	x.announcement = any_prompt(r);
	return x;
}

static inline struct ring_group
any_group(struct random *r, const struct world *world, int i)
{
	struct ring_group x = {.id = (uint64_t)i + 1};

	x.name = any_text(r);
	x.active = odds(r, 85);
	x.strategy = (enum strategy)below(r, STRATEGY_ROUND_ROBIN + 1);
	x.ring_timeout = 5 + below(r, 296);
	x.turns = 1 + below(r, 9);
	x.fallback = maybe_target(r, 70);
	x.member_count = (size_t)below(r, 6);
	x.members = NEW_ARRAY(r->pool, struct member, x.member_count);
	for (size_t j = 0; j < x.member_count; j++) {
		const struct extension *member =
		    &world->extensions[below(r, EXTENSIONS)];

		x.members[j].extension_id = member->id;
		x.members[j].number = member->number;
		x.members[j].accepting = odds(r, 70);
	}
	return x;
}

static inline struct ivr_menu
any_menu(struct random *r, int i)
{
	static const char *const digits[] = {
	    "0", "1", "2", "12", "*", "#", "123456"};
	struct ivr_menu x = {.id = (uint64_t)i + 1};

	x.name = any_text(r);
	x.active = odds(r, 85);
	x.greeting = any_prompt(r);
	x.invalid = any_prompt(r);
	x.no_input = any_prompt(r);
	x.first_timeout = 1 + below(r, 30);
	x.digit_timeout = 1 + below(r, 30);
	x.max_attempts = 1 + below(r, 9);
	x.direct_dial = odds(r, 50);
	x.timeout_target = maybe_target(r, 60);
	x.option_count = (size_t)below(r, 5);
	x.options = NEW_ARRAY(r->pool, struct option, x.option_count);
	for (size_t j = 0; j < x.option_count; j++) {
		x.options[j].digits = ANY_OF(r, digits);
		x.options[j].label = any_text(r);
		x.options[j].target = any_target(r);
	}
	return x;
}

static inline struct business_hours
any_hours(struct random *r, int i)
{
	static const char *const zones[] = {
	    "America/New_York", "Asia/Kolkata", "No/Where"};
	struct business_hours x = {.id = (uint64_t)i + 1};

	x.name = any_text(r);
	x.timezone = ANY_OF(r, zones);
	x.open = any_target(r);
	x.closed = any_target(r);
	x.exception = maybe_target(r, 50);
	x.override = (enum override)below(r, OVERRIDE_CLOSED + 1);
	x.period_count = (size_t)below(r, 4);
	x.periods = NEW_ARRAY(r->pool, struct period, x.period_count);
	for (size_t j = 0; j < x.period_count; j++) {
		x.periods[j].day = below(r, 7);
		x.periods[j].from = below(r, DAY_MINUTES);
		x.periods[j].to = below(r, DAY_MINUTES + 1);
	}
	return x;
}

static inline struct conference_room
any_room(struct random *r, int i)
{
	struct conference_room x = {.id = (uint64_t)i + 1};

	x.name = any_text(r);
	x.pin = odds(r, 50) ? STR("2468") : NO_STR;
	x.host_pin = odds(r, 50) ? STR("1357") : NO_STR;
	x.wait_for_host = odds(r, 50);
	x.muted = odds(r, 50);
	x.beep = odds(r, 50);
	x.record = odds(r, 50);
	x.max_participants = 2 + below(r, 249);
	return x;
}

static inline struct outbound_rule
any_rule(struct random *r, int i)
{
	static const char *const prefixes[] = {
	    "+44", "+4420", "+1876", "+449", "+", "+12125550100"};
	struct outbound_rule x = {.id = (uint64_t)i + 1};

	x.name = any_text(r);
	x.trunk = pool_printf(r->pool, "trunk-%d", i);
	x.caller_id = odds(r, 50) ? any_number(r) : NO_STR;
	x.priority = 1 + below(r, 3);
	x.max_minutes = odds(r, 50) ? 1 + below(r, 1440) : 0;
	x.country_count = (size_t)below(r, 3);
	x.countries = NEW_ARRAY(r->pool, struct country, x.country_count);
	for (size_t j = 0; j < x.country_count; j++)
		country_parse(j == 0 ? STR("GB") : STR("US"), &x.countries[j]);
	x.prefix_count = (size_t)below(r, 3);
	x.prefixes = NEW_ARRAY(r->pool, struct str, x.prefix_count);
	for (size_t j = 0; j < x.prefix_count; j++)
		x.prefixes[j] = ANY_OF(r, prefixes);
	x.extension_count = odds(r, 70) ? 0 : (size_t)below(r, 4);
	x.extensions = NEW_ARRAY(r->pool, uint64_t, x.extension_count);
	for (size_t j = 0; j < x.extension_count; j++)
		x.extensions[j] = (uint64_t)below(r, EXTENSIONS) + 1;
	return x;
}

static inline struct blocked_caller
any_blocked(struct random *r, int i)
{
	static const char *const patterns[] = {
	    "+12025550199", "+1202", "anonymous", "", "+"};
	struct blocked_caller x = {.id = (uint64_t)i + 1};

	x.pattern = ANY_OF(r, patterns);
	x.prefix = odds(r, 40);
	x.action = (enum block_action)below(r, BLOCK_VOICEMAIL + 1);
	x.expires = odds(r, 50) ? (int64_t)below(r, 2000) : 0;
	return x;
}

static inline struct organization
any_organization(struct random *r)
{
	static const char *const countries[] = {"US", "GB", "DE", "IN"};
	struct organization x = {.id = 7};

	x.domain = STR("acme.example.com");
	x.domain_uuid = any_text(r);
	x.suspended = odds(r, 5);
	country_parse(ANY_OF(r, countries), &x.country);
	x.timezone = STR("America/New_York");
	x.caller_id = odds(r, 80) ? any_number(r) : NO_STR;
	x.emergency_trunk = odds(r, 80) ? STR("main") : NO_STR;
	x.emergency_caller_id = odds(r, 50) ? any_number(r) : NO_STR;
	x.base_url = STR("https://pbx.example.com");
	x.voice = any_text(r);
	x.language = any_text(r);
	x.ring_timeout = 5 + below(r, 296);
	x.default_target = maybe_target(r, 60);
	x.forward_caller_number = odds(r, 30);
	x.voice_rate = below(r, 1000);
	x.concurrent_calls = below(r, 100);
	x.longest_extension = 2 + below(r, 5);
	x.emergency_count = (size_t)below(r, 3);
	x.emergency_numbers = NEW_ARRAY(r->pool, struct str, 2);
	x.emergency_numbers[0] = STR("5555");
	x.emergency_numbers[1] = STR("");
	x.sip_host_count = (size_t)below(r, 2);
	x.sip_hosts = NEW_ARRAY(r->pool, struct str, 1);
	x.sip_hosts[0] = STR("sip.example.com");
	x.key_count = (size_t)below(r, 3);
	x.keys = NEW_ARRAY(r->pool, struct voice_key, 2);
	x.keys[1].hash = STR("\x01\xff\x80 not text");
	x.keys[1].expires = -1;
	return x;
}

static inline void
any_world(struct random *r, struct world *world)
{
	*world = (struct world){.organization = any_organization(r)};
	for (int i = 0; i < EXTENSIONS; i++)
		world->extensions[i] = any_extension(r, i);
	for (int i = 0; i < GROUPS; i++)
		world->groups[i] = any_group(r, world, i);
	for (int i = 0; i < MENUS; i++)
		world->menus[i] = any_menu(r, i);
	for (int i = 0; i < HOURS; i++)
		world->hours[i] = any_hours(r, i);
	for (int i = 0; i < ROOMS; i++)
		world->rooms[i] = any_room(r, i);
	for (int i = 0; i < DIDS; i++)
		world->dids[i] = any_did(r, i);
	world->rules.count = (size_t)below(r, RULES + 1);
	world->rules.rules = NEW_ARRAY(r->pool, struct outbound_rule, RULES);
	for (int i = 0; i < RULES; i++)
		world->rules.rules[i] = any_rule(r, i);
	world->blocked.count = (size_t)below(r, BLOCKED + 1);
	world->blocked.list =
	    NEW_ARRAY(r->pool, struct blocked_caller, BLOCKED);
	for (int i = 0; i < BLOCKED; i++)
		world->blocked.list[i] = any_blocked(r, i);
	world->messages.count = (size_t)below(r, 4);
	world->messages.list = NEW_ARRAY(r->pool, struct message, 3);
	for (uint64_t i = 0; i < 3; i++)
		world->messages.list[i] = (struct message){.id = 3 - i,
		    .url = STR("https://pbx.example.com/m.wav"),
		    .from = any_text(r),
		    .heard = odds(r, 50)};
	world->locked = odds(r, 10);
}

#endif
