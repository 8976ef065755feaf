#include "source.h"

#include "clock.h"
#include "tenant_words.h"

#include <stdlib.h>

void
build_extension(
    struct tenant *tenant, const struct source *source, struct extension *x)
{
	const struct json *params;

	x->number = source->name;
	x->name = source_text(source, "name");
	x->type = (enum extension_type)tenant_word_place(
	    tenant_extension_types, source_text(source, "type"));
	x->active = source_active(source);
	x->do_not_disturb = source_bool(source, "do_not_disturb", false);
	x->ring_timeout = source_int(source, "ring_timeout", 0);
	x->caller_id = source_caller_id(tenant, source, "caller_id");
	x->emergency_caller_id =
	    source_caller_id(tenant, source, "emergency_did");
	x->target = source_target(tenant, source, "target");
	x->always = source_target(tenant, source, "always");
	x->busy = source_target(tenant, source, "busy");
	x->no_answer = source_target(tenant, source, "no_answer");
	x->voicemail = source_bool(source, "voicemail", false);
	x->voicemail_pin = source_text(source, "voicemail_pin");
	x->greeting = source_prompt(source, "greeting");
	x->provider = source_text(source, "provider");
	x->service_number = source_text(source, "service_number");
	x->service_url = source_text(source, "service_url");
	x->service_token = source_text(source, "service_token");
	x->logic_url = source_text(source, "logic_url");
	params = source_get(source, "service_params");
	x->param_count = json_count(params);
	x->params =
	    NEW_ARRAY(tenant->pool, struct service_param, x->param_count + 1);
	for (size_t i = 0; i < x->param_count; i++)
		x->params[i].value =
		    json_text(json_member(params, i, &x->params[i].name));
}

void
build_did(struct tenant *tenant, const struct source *source, struct did *x)
{
	x->number = source->name;
	x->active = source_active(source);
	x->proved = source_bool(source, "proved", true);
	x->target = source_target(tenant, source, "target");
	x->caller_name_prefix = source_text(source, "caller_name_prefix");
	x->record = source_bool(source, "record", false);
	x->announcement = source_prompt(source, "announcement");
}

void
build_ring_group(
    struct tenant *tenant, const struct source *source, struct ring_group *x)
{
	const struct json *members;

	x->name = source->name;
	x->active = source_active(source);
	x->strategy = (enum strategy)tenant_word_place(
	    tenant_strategies, source_text(source, "strategy"));
	x->ring_timeout = source_int(source, "ring_timeout", 20);
	x->turns = source_int(source, "turns", 1);
	x->fallback = source_target(tenant, source, "fallback");
	members = source_get(source, "members");
	x->member_count = json_count(members);
	x->members =
	    NEW_ARRAY(tenant->pool, struct member, x->member_count + 1);
	for (size_t i = 0; i < x->member_count; i++) {
		struct str name = json_text(json_at(members, i));
		uint64_t id = tenant_id(tenant, EXTENSIONS, name);
		const struct source *member =
		    &tenant->lists[EXTENSIONS].sources[id - 1];

		x->members[i].extension_id = id;
		x->members[i].number = name;
		x->members[i].accepting =
		    source_active(member) &&
		    !source_bool(member, "do_not_disturb", false) &&
		    source_text(member, "always").n == 0;
	}
}

void
build_ivr_menu(
    struct tenant *tenant, const struct source *source, struct ivr_menu *x)
{
	const struct json *options;

	x->name = source->name;
	x->active = source_active(source);
	x->greeting = source_prompt(source, "greeting");
	x->invalid = source_prompt(source, "invalid");
	x->no_input = source_prompt(source, "no_input");
	x->first_timeout = source_int(source, "first_timeout", 10);
	x->digit_timeout = source_int(source, "digit_timeout", 3);
	x->max_attempts = source_int(source, "max_attempts", 3);
	x->direct_dial = source_bool(source, "direct_dial", false);
	x->timeout_target = source_target(tenant, source, "timeout");
	options = source_get(source, "options");
	x->option_count = json_count(options);
	x->options =
	    NEW_ARRAY(tenant->pool, struct option, x->option_count + 1);
	for (size_t i = 0; i < x->option_count; i++)
		x->options[i].target = tenant_target(tenant,
		    json_text(json_member(options, i, &x->options[i].digits)));
}

void
build_conference_room(struct tenant *tenant, const struct source *source,
    struct conference_room *x)
{
	(void)tenant;
	x->name = source->name;
	x->pin = source_text(source, "pin");
	x->host_pin = source_text(source, "host_pin");
	x->wait_for_host = source_bool(source, "wait_for_host", false);
	x->muted = source_bool(source, "muted", false);
	x->beep = source_bool(source, "beep", true);
	x->record = source_bool(source, "record", false);
	x->max_participants = source_int(source, "max_participants", 25);
}

void
build_messages(
    struct tenant *tenant, const struct source *source, struct messages *x)
{
	const struct json *list = source_get(source, "messages");

	x->count = json_count(list);
	x->list = NEW_ARRAY(tenant->pool, struct message, x->count + 1);
	for (size_t i = 0; i < x->count; i++) {
		const struct json *one = json_at(list, i);

		x->list[i].id = (uint64_t)json_int(json_get(one, "id"));
		x->list[i].url = json_text(json_get(one, "url"));
		x->list[i].from = json_text(json_get(one, "from"));
		x->list[i].heard = json_bool(json_get(one, "heard"));
		clock_parse(
		    json_text(json_get(one, "received")), &x->list[i].received);
	}
}

void
build_organization(struct tenant *tenant, struct organization *x)
{
	const struct source *source = &tenant->lists[ORGANIZATION].sources[0];

	x->id = 7;
	x->suspended = str_is(source_text(source, "status"), "suspended");
	if (!country_parse(source_text(source, "country"), &x->country))
		abort();
	x->timezone = source_text(source, "timezone");
	x->caller_id = source_caller_id(tenant, source, "caller_id");
	x->emergency_trunk = source_text(source, "emergency_trunk");
	x->emergency_caller_id =
	    source_caller_id(tenant, source, "emergency_did");
	x->base_url = STR("https://pbx.example.com");
	x->voice = source_text(source, "voice");
	x->language = source_text(source, "language");
	x->ring_timeout = source_int(source, "ring_timeout", 30);
	x->forward_caller_number =
	    source_bool(source, "forward_caller_number", false);
	x->longest_extension = source_int(source, "longest_extension", 4);
	x->emergency_numbers = source_texts(
	    tenant->pool, source, "emergency_numbers", &x->emergency_count);
	x->sip_hosts =
	    source_texts(tenant->pool, source, "sip_hosts", &x->sip_host_count);
	x->default_target = source_target(tenant, source, "default_target");
}
