#include "tenant.h"

#include <assert.h>
#include <stdio.h>

enum { MOST = 64, LAYERS = 8 };

/* One object of the file, with the changes laid over it. */
struct source {
	struct str name;
	size_t count;
	const struct json *layers[LAYERS];
};

struct list {
	const char *kind;
	enum target_type type;
	size_t count;
	struct source sources[MOST];
};

enum {
	ORGANIZATION,
	EXTENSIONS,
	DIDS,
	RING_GROUPS,
	IVR_MENUS,
	BUSINESS_HOURS,
	CONFERENCE_ROOMS,
	OUTBOUND_RULES,
	BLOCKED_CALLERS,
	KINDS,
};

struct counted {
	struct counted *next;
	uint64_t group;
	struct str call_key;
	uint64_t calls;
};

struct tenant {
	struct pool *pool;
	bool failed;
	struct str broken;
	struct str call_key;
	struct organization organization;
	struct list lists[KINDS];
	struct counted *counted;
	uint64_t group_calls[MOST];
	const struct json *root;
};

static const struct {
	const char *kind;
	enum target_type type;
} kinds[KINDS] = {
    {"organization", TARGET_NONE},
    {"extensions", TARGET_EXTENSION},
    {"dids", TARGET_NONE},
    {"ring_groups", TARGET_RING_GROUP},
    {"ivr_menus", TARGET_IVR_MENU},
    {"business_hours", TARGET_BUSINESS_HOURS},
    {"conference_rooms", TARGET_CONFERENCE_ROOM},
    {"outbound_rules", TARGET_NONE},
    {"blocked_callers", TARGET_NONE},
};

static struct source *
source_of(struct list *list, struct str name)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_equal(list->sources[i].name, name))
			return &list->sources[i];
	assert(list->count < MOST);
	list->sources[list->count].name = name;
	return &list->sources[list->count++];
}

static void
add_layer(struct source *source, const struct json *layer)
{
	assert(source->count < LAYERS);
	source->layers[source->count++] = layer;
}

struct tenant *
tenant_read(struct pool *pool, struct str document)
{
	struct tenant *tenant = NEW(pool, struct tenant);

	tenant->pool = pool;
	if (json_parse(pool, document, &tenant->root) != NULL)
		return NULL;
	for (int k = 0; k < KINDS; k++) {
		const struct json *objects =
		    json_get(tenant->root, kinds[k].kind);
		struct list *list = &tenant->lists[k];

		list->kind = kinds[k].kind;
		list->type = kinds[k].type;
		if (k == ORGANIZATION) {
			add_layer(source_of(list, STR("")), objects);
			continue;
		}
		for (size_t i = 0; i < json_count(objects); i++) {
			struct str name;
			const struct json *object =
			    json_member(objects, i, &name);

			add_layer(source_of(list, name), object);
		}
	}
	return tenant;
}

struct err *
tenant_change(struct tenant *tenant, struct str kind, struct str name,
    struct str document)
{
	const struct json *layer;

	TRY(json_parse(tenant->pool, document, &layer));
	for (int k = 0; k < KINDS; k++)
		if (str_is(kind, kinds[k].kind)) {
			add_layer(source_of(&tenant->lists[k],
				      pool_copy(tenant->pool, name)),
			    layer);
			return NULL;
		}
	return err_new(
	    tenant->pool, BAD_REQUEST, "there is no kind %.*s", PSTR(kind));
}

void
tenant_break(struct tenant *tenant, struct str kind)
{
	tenant->broken = pool_copy(tenant->pool, kind);
}

static const struct json *
get(const struct source *source, const char *key)
{
	for (size_t i = source->count; i-- > 0;) {
		const struct json *value = json_get(source->layers[i], key);

		if (value != NULL)
			return value;
	}
	return NULL;
}

static struct str
text(const struct source *source, const char *key)
{
	return json_text(get(source, key));
}

static int
number(const struct source *source, const char *key, int otherwise)
{
	const struct json *value = get(source, key);

	return value == NULL ? otherwise : (int)json_int(value);
}

static bool
truth(const struct source *source, const char *key, bool otherwise)
{
	const struct json *value = get(source, key);

	return value == NULL ? otherwise : json_bool(value);
}

static uint64_t
id_of(const struct list *list, struct str name)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_equal(list->sources[i].name, name))
			return i + 1;
	/* A number that no object has: the target is gone. */
	return 999;
}

/* "ring_group:Sales", "voicemail:1002", "external:+44…", "hangup" */
static struct target
target_of(const struct tenant *tenant, struct str value)
{
	struct target target = {.type = TARGET_NONE};
	struct str rest = value, type;

	if (value.n == 0)
		return target;
	str_next(&rest, ':', &type);
	if (!target_type_parse(type, &target.type)) {
		fprintf(stderr, "no target: %.*s\n", PSTR(value));
		abort();
	}
	if (target.type == TARGET_EXTERNAL)
		target.number = rest;
	else if (target.type == TARGET_VOICEMAIL)
		target.id = id_of(&tenant->lists[EXTENSIONS], rest);
	else
		for (int k = 0; k < KINDS; k++)
			if (tenant->lists[k].type == target.type)
				target.id = id_of(&tenant->lists[k], rest);
	return target;
}

static struct target
target(
    const struct tenant *tenant, const struct source *source, const char *key)
{
	return target_of(tenant, text(source, key));
}

static struct prompt
prompt(const struct source *source, const char *key)
{
	struct str value = text(source, key);

	if (str_starts(value, STR("https:")))
		return (struct prompt){.url = value};
	return (struct prompt){.text = value};
}

static struct str *
texts(struct pool *pool, const struct json *list, size_t *count)
{
	struct str *out = NEW_ARRAY(pool, struct str, json_count(list) + 1);

	for (size_t i = 0; i < json_count(list); i++)
		out[i] = json_text(json_at(list, i));
	*count = json_count(list);
	return out;
}

static bool
active(const struct source *source)
{
	return !str_is(text(source, "status"), "inactive");
}

/* The n-th object of a kind, or NULL; a broken kind fails. */
static const struct source *
nth(struct tenant *tenant, int kind, uint64_t id)
{
	const struct list *list = &tenant->lists[kind];

	if (str_is(tenant->broken, list->kind) ||
	    str_is(tenant->broken, "everything")) {
		tenant->failed = true;
		return NULL;
	}
	return id == 0 || id > list->count ? NULL : &list->sources[id - 1];
}

static const struct extension *
find_extension(void *self, uint64_t id)
{
	static const char *const types[] = {"user", "conference", "ring_group",
	    "ivr", "ai_assistant", "custom_logic", "forward"};
	struct tenant *tenant = self;
	const struct source *source = nth(tenant, EXTENSIONS, id);
	struct extension *x;
	const struct json *params;

	if (source == NULL)
		return NULL;
	x = NEW(tenant->pool, struct extension);
	x->id = id;
	x->number = source->name;
	x->name = text(source, "name");
	for (int i = 0; i < 7; i++)
		if (str_is(text(source, "type"), types[i]))
			x->type = (enum extension_type)i;
	x->active = active(source);
	x->do_not_disturb = truth(source, "do_not_disturb", false);
	x->ring_timeout = number(source, "ring_timeout", 0);
	x->caller_id = text(source, "caller_id");
	x->emergency_caller_id = text(source, "emergency_did");
	x->target = target(tenant, source, "target");
	x->always = target(tenant, source, "always");
	x->busy = target(tenant, source, "busy");
	x->no_answer = target(tenant, source, "no_answer");
	x->voicemail = truth(source, "voicemail", false);
	x->voicemail_pin = text(source, "voicemail_pin");
	x->greeting = prompt(source, "greeting");
	x->provider = text(source, "provider");
	x->service_number = text(source, "service_number");
	x->service_url = text(source, "service_url");
	x->service_token = text(source, "service_token");
	x->logic_url = text(source, "logic_url");
	params = get(source, "service_params");
	x->param_count = json_count(params);
	x->params =
	    NEW_ARRAY(tenant->pool, struct service_param, x->param_count + 1);
	for (size_t i = 0; i < x->param_count; i++)
		x->params[i].value =
		    json_text(json_member(params, i, &x->params[i].name));
	return x;
}

static const struct extension *
find_number(void *self, struct str dialled)
{
	struct tenant *tenant = self;
	uint64_t id = id_of(&tenant->lists[EXTENSIONS], dialled);

	if (str_is(tenant->broken, "extensions"))
		return find_extension(self, 1);
	return find_extension(self, id);
}

static const struct did *
find_did(void *self, struct str e164)
{
	struct tenant *tenant = self;
	uint64_t id = id_of(&tenant->lists[DIDS], e164);
	const struct source *source = nth(tenant, DIDS, id);
	struct did *x;

	if (source == NULL)
		return NULL;
	x = NEW(tenant->pool, struct did);
	x->id = id;
	x->number = source->name;
	x->active = active(source);
	x->proved = truth(source, "proved", true);
	x->target = target(tenant, source, "target");
	x->caller_name_prefix = text(source, "caller_name_prefix");
	x->record = truth(source, "record", false);
	x->announcement = prompt(source, "announcement");
	return x;
}

static const struct ring_group *
find_ring_group(void *self, uint64_t id)
{
	struct tenant *tenant = self;
	const struct source *source = nth(tenant, RING_GROUPS, id);
	const struct json *members;
	struct ring_group *x;
	struct str strategy;

	if (source == NULL)
		return NULL;
	x = NEW(tenant->pool, struct ring_group);
	x->id = id;
	x->name = source->name;
	x->active = active(source);
	strategy = text(source, "strategy");
	x->strategy = str_is(strategy, "sequential")	? STRATEGY_SEQUENTIAL
		      : str_is(strategy, "round_robin") ? STRATEGY_ROUND_ROBIN
							: STRATEGY_SIMULTANEOUS;
	x->ring_timeout = number(source, "ring_timeout", 20);
	x->turns = number(source, "turns", 1);
	x->fallback = target(tenant, source, "fallback");
	members = get(source, "members");
	x->member_count = json_count(members);
	x->members =
	    NEW_ARRAY(tenant->pool, struct member, x->member_count + 1);
	for (size_t i = 0; i < x->member_count; i++) {
		struct str name = json_text(json_at(members, i));
		const struct extension *extension = find_extension(
		    self, id_of(&tenant->lists[EXTENSIONS], name));

		assert(extension != NULL);
		x->members[i].extension_id = extension->id;
		x->members[i].number = extension->number;
		x->members[i].accepting = extension->active &&
					  !extension->do_not_disturb &&
					  extension->always.type == TARGET_NONE;
	}
	return x;
}

static const struct ivr_menu *
find_ivr_menu(void *self, uint64_t id)
{
	struct tenant *tenant = self;
	const struct source *source = nth(tenant, IVR_MENUS, id);
	const struct json *options;
	struct ivr_menu *x;

	if (source == NULL)
		return NULL;
	x = NEW(tenant->pool, struct ivr_menu);
	x->id = id;
	x->name = source->name;
	x->active = active(source);
	x->greeting = prompt(source, "greeting");
	x->invalid = prompt(source, "invalid");
	x->no_input = prompt(source, "no_input");
	x->first_timeout = number(source, "first_timeout", 10);
	x->digit_timeout = number(source, "digit_timeout", 3);
	x->max_attempts = number(source, "max_attempts", 3);
	x->direct_dial = truth(source, "direct_dial", false);
	x->timeout_target = target(tenant, source, "timeout");
	options = get(source, "options");
	x->option_count = json_count(options);
	x->options =
	    NEW_ARRAY(tenant->pool, struct option, x->option_count + 1);
	for (size_t i = 0; i < x->option_count; i++)
		x->options[i].target = target_of(tenant,
		    json_text(json_member(options, i, &x->options[i].digits)));
	return x;
}

static const struct conference_room *
find_conference_room(void *self, uint64_t id)
{
	struct tenant *tenant = self;
	const struct source *source = nth(tenant, CONFERENCE_ROOMS, id);
	struct conference_room *x;

	if (source == NULL)
		return NULL;
	x = NEW(tenant->pool, struct conference_room);
	x->id = id;
	x->name = source->name;
	x->pin = text(source, "pin");
	x->host_pin = text(source, "host_pin");
	x->wait_for_host = truth(source, "wait_for_host", false);
	x->muted = truth(source, "muted", false);
	x->beep = truth(source, "beep", true);
	x->record = truth(source, "record", false);
	x->max_participants = number(source, "max_participants", 25);
	return x;
}

/* "Mon-Fri 09:00-17:00" or "09:00-17:00" */
static struct period *
periods(struct pool *pool, const struct json *list, size_t *count)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	struct period *out =
	    NEW_ARRAY(pool, struct period, json_count(list) * 7 + 1);

	*count = 0;
	for (size_t i = 0; i < json_count(list); i++) {
		struct str span = json_text(json_at(list, i));
		struct str from_day = STR("Sun"), to_day = STR("Sun");
		struct str from, to;
		struct period period = {0};
		int first, last;

		if (str_find(span, ' ') >= 0) {
			struct str day;

			str_next(&span, ' ', &day);
			from_day = str_cut(day, 0, 3);
			to_day = day.n > 3 ? str_cut(day, 4, 7) : from_day;
		}
		str_next(&span, '-', &from);
		to = span;
		if (!hours_parse_minutes(from, &period.from) ||
		    !hours_parse_minutes(to, &period.to))
			abort();
		first =
		    (int)((strstr(days, pool_copy(pool, from_day).p) - days) /
			  3);
		last =
		    (int)((strstr(days, pool_copy(pool, to_day).p) - days) / 3);
		for (int day = first;; day = (day + 1) % 7) {
			period.day = day;
			out[(*count)++] = period;
			if (day == last)
				break;
		}
	}
	return out;
}

/* "12-25" is every year, "2026-12-24" once; "to" is optional. */
static void
date_of(struct str date, int *year, int *month, int *day)
{
	int64_t n;

	*year = 0;
	if (date.n == 10) {
		if (!str_to_int(str_cut(date, 0, 4), 1, 9999, &n))
			abort();
		*year = (int)n;
		date = str_cut(date, 5, 10);
	}
	if (!str_to_int(str_cut(date, 0, 2), 1, 12, &n))
		abort();
	*month = (int)n;
	if (!str_to_int(str_cut(date, 3, 5), 1, 31, &n))
		abort();
	*day = (int)n;
}

static const struct business_hours *
find_business_hours(void *self, uint64_t id)
{
	struct tenant *tenant = self;
	const struct source *source = nth(tenant, BUSINESS_HOURS, id);
	const struct json *exceptions;
	struct business_hours *x;

	if (source == NULL)
		return NULL;
	x = NEW(tenant->pool, struct business_hours);
	x->id = id;
	x->name = source->name;
	x->timezone = text(source, "timezone");
	if (x->timezone.n == 0)
		x->timezone = tenant->organization.timezone;
	x->open = target(tenant, source, "open");
	x->closed = target(tenant, source, "closed");
	x->exception = target(tenant, source, "exception");
	x->override = str_is(text(source, "override"), "open") ? OVERRIDE_OPEN
		      : str_is(text(source, "override"), "closed")
			  ? OVERRIDE_CLOSED
			  : OVERRIDE_NONE;
	x->periods =
	    periods(tenant->pool, get(source, "periods"), &x->period_count);
	exceptions = get(source, "exceptions");
	x->exception_count = json_count(exceptions);
	x->exceptions =
	    NEW_ARRAY(tenant->pool, struct exception, x->exception_count + 1);
	for (size_t i = 0; i < x->exception_count; i++) {
		const struct json *one = json_at(exceptions, i);
		struct exception *out = &x->exceptions[i];
		struct str from = json_text(json_get(one, "from"));
		struct str to = json_text(json_get(one, "to"));

		out->name = json_text(json_get(one, "name"));
		date_of(
		    from, &out->from_year, &out->from_month, &out->from_day);
		date_of(to.n > 0 ? to : from, &out->to_year, &out->to_month,
		    &out->to_day);
		out->periods = periods(
		    tenant->pool, json_get(one, "periods"), &out->period_count);
	}
	return x;
}

static const struct outbound_rules *
find_outbound_rules(void *self)
{
	struct tenant *tenant = self;
	const struct list *list = &tenant->lists[OUTBOUND_RULES];
	struct outbound_rules *x = NEW(tenant->pool, struct outbound_rules);

	x->rules =
	    NEW_ARRAY(tenant->pool, struct outbound_rule, list->count + 1);
	for (size_t i = 0; i < list->count; i++) {
		const struct source *source =
		    nth(tenant, OUTBOUND_RULES, i + 1);
		struct outbound_rule *rule = &x->rules[x->count];
		struct str *names;
		size_t count;

		if (source == NULL)
			return NULL;
		if (!active(source))
			continue;
		x->count++;
		rule->id = i + 1;
		rule->name = source->name;
		rule->trunk = text(source, "trunk");
		rule->caller_id = text(source, "caller_id");
		rule->priority = number(source, "priority", 10);
		rule->max_minutes = number(source, "max_minutes", 0);
		rule->prefixes = texts(
		    tenant->pool, get(source, "prefixes"), &rule->prefix_count);
		names = texts(tenant->pool, get(source, "countries"), &count);
		rule->countries =
		    NEW_ARRAY(tenant->pool, struct country, count + 1);
		for (size_t j = 0; j < count; j++)
			if (!country_parse(names[j],
				&rule->countries[rule->country_count++]))
				abort();
		names = texts(tenant->pool, get(source, "extensions"),
		    &rule->extension_count);
		rule->extensions = NEW_ARRAY(
		    tenant->pool, uint64_t, rule->extension_count + 1);
		for (size_t j = 0; j < rule->extension_count; j++)
			rule->extensions[j] =
			    id_of(&tenant->lists[EXTENSIONS], names[j]);
	}
	return x;
}

static const struct blocked_callers *
find_blocked_callers(void *self)
{
	struct tenant *tenant = self;
	const struct list *list = &tenant->lists[BLOCKED_CALLERS];
	struct blocked_callers *x = NEW(tenant->pool, struct blocked_callers);

	x->list =
	    NEW_ARRAY(tenant->pool, struct blocked_caller, list->count + 1);
	for (size_t i = 0; i < list->count; i++) {
		const struct source *source =
		    nth(tenant, BLOCKED_CALLERS, i + 1);
		struct blocked_caller *blocked = &x->list[i];
		struct str action;

		if (source == NULL)
			return NULL;
		x->count++;
		action = text(source, "action");
		blocked->id = i + 1;
		blocked->pattern = source->name;
		blocked->prefix = truth(source, "prefix", false);
		blocked->action = str_is(action, "busy") ? BLOCK_BUSY
				  : str_is(action, "voicemail")
				      ? BLOCK_VOICEMAIL
				      : BLOCK_REJECT;
		blocked->expires = json_int(get(source, "expires"));
	}
	return x;
}

static const struct messages *
find_messages(void *self, uint64_t extension)
{
	struct tenant *tenant = self;
	const struct source *source = nth(tenant, EXTENSIONS, extension);
	const struct json *list =
	    source != NULL ? get(source, "messages") : NULL;
	struct messages *x = NEW(tenant->pool, struct messages);

	x->count = json_count(list);
	x->list = NEW_ARRAY(tenant->pool, struct message, x->count + 1);
	for (size_t i = 0; i < x->count; i++) {
		const struct json *one = json_at(list, i);

		x->list[i].id = (uint64_t)json_int(json_get(one, "id"));
		x->list[i].url = json_text(json_get(one, "url"));
		x->list[i].from = json_text(json_get(one, "from"));
		x->list[i].heard = json_bool(json_get(one, "heard"));
	}
	return x;
}

static const struct zone *
find_zone(void *self, struct str name)
{
	(void)self;
	return zone_load(name);
}

/* As counters.c does it: the same for every request of one call. */
static uint64_t
group_calls(void *self, uint64_t group)
{
	struct tenant *tenant = self;
	struct counted *counted;

	for (counted = tenant->counted; counted != NULL;
	     counted = counted->next)
		if (counted->group == group && tenant->call_key.n > 0 &&
		    str_equal(counted->call_key, tenant->call_key))
			return counted->calls;
	counted = NEW(tenant->pool, struct counted);
	counted->group = group;
	counted->call_key = pool_copy(tenant->pool, tenant->call_key);
	counted->calls = tenant->group_calls[group]++;
	counted->next = tenant->counted;
	tenant->counted = counted;
	return counted->calls;
}

static bool
locked(void *self, struct node node)
{
	struct tenant *tenant = self;
	const struct json *list = json_get(tenant->root, "locked");

	for (size_t i = 0; i < json_count(list); i++)
		if (str_equal(json_text(json_at(list, i)),
			tenant_name(tenant, node.type, node.id)))
			return true;
	return false;
}

static bool
pin_matches(void *self, struct node node, struct str sealed, struct str digits,
    const char *which)
{
	(void)self;
	(void)node;
	(void)which;
	return str_equal(sealed, digits);
}

static void
build_organization(struct tenant *tenant)
{
	const struct source *source = &tenant->lists[ORGANIZATION].sources[0];
	struct organization *x = &tenant->organization;

	*x = (struct organization){.id = 7};
	x->suspended = str_is(text(source, "status"), "suspended");
	if (!country_parse(text(source, "country"), &x->country))
		abort();
	x->timezone = text(source, "timezone");
	x->caller_id = text(source, "caller_id");
	x->emergency_trunk = text(source, "emergency_trunk");
	x->emergency_caller_id = text(source, "emergency_did");
	x->base_url = STR("https://pbx.example.com");
	x->voice = text(source, "voice");
	x->language = text(source, "language");
	x->ring_timeout = number(source, "ring_timeout", 30);
	x->forward_caller_number =
	    truth(source, "forward_caller_number", false);
	x->longest_extension = number(source, "longest_extension", 4);
	x->emergency_numbers = texts(tenant->pool,
	    get(source, "emergency_numbers"), &x->emergency_count);
	x->sip_hosts =
	    texts(tenant->pool, get(source, "sip_hosts"), &x->sip_host_count);
	x->default_target = target(tenant, source, "default_target");
}

struct lookups
tenant_lookups(struct tenant *tenant, struct str call_key)
{
	tenant->failed = false;
	tenant->call_key = call_key;
	build_organization(tenant);
	return (struct lookups){
	    .self = tenant,
	    .failed = &tenant->failed,
	    .organization = &tenant->organization,
	    .extension = find_extension,
	    .number = find_number,
	    .did = find_did,
	    .ring_group = find_ring_group,
	    .ivr_menu = find_ivr_menu,
	    .business_hours = find_business_hours,
	    .conference_room = find_conference_room,
	    .outbound_rules = find_outbound_rules,
	    .blocked_callers = find_blocked_callers,
	    .messages = find_messages,
	    .zone = find_zone,
	    .group_calls = group_calls,
	    .locked = locked,
	    .pin_matches = pin_matches,
	};
}

struct str
tenant_name(const struct tenant *tenant, enum target_type type, uint64_t id)
{
	enum target_type of =
	    type == TARGET_VOICEMAIL ? TARGET_EXTENSION : type;

	for (int k = 0; k < KINDS; k++)
		if (tenant->lists[k].type == of && of != TARGET_NONE &&
		    id >= 1 && id <= tenant->lists[k].count)
			return pool_printf(tenant->pool, "%s %.*s",
			    target_type_name(type),
			    PSTR(tenant->lists[k].sources[id - 1].name));
	return pool_printf(tenant->pool, "%s %llu", target_type_name(type),
	    (unsigned long long)id);
}
