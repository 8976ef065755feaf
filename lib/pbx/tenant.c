#include "tenant.h"

enum {
	MOST = 10000, /* elements of any list that is packed */
};

static void
country_pack(struct pack *pack, struct country *country)
{
	struct str code = str_of(country->code);

	pack_str(pack, &code);
	/* Written, and `code` is the very memory that is filled below. */
	if (pack->out != NULL)
		return;
	if (code.n >= sizeof country->code) {
		pack->bad = true;
		return;
	}
	memset(country->code, 0, sizeof country->code);
	if (code.n > 0)
		memcpy(country->code, code.p, code.n);
}

static void
texts_pack(struct pack *pack, struct str **texts, size_t *count)
{
	*texts = pack_array(pack, *texts, count, sizeof **texts, MOST);
	for (size_t i = 0; i < *count; i++)
		pack_str(pack, &(*texts)[i]);
}

static void
prompt_pack(struct pack *pack, struct prompt *prompt)
{
	pack_str(pack, &prompt->url);
	pack_str(pack, &prompt->text);
	pack_str(pack, &prompt->voice);
	pack_str(pack, &prompt->language);
}

void
organization_pack(struct pack *pack, struct organization *x)
{
	pack_u64(pack, &x->id);
	pack_str(pack, &x->domain);
	pack_str(pack, &x->domain_uuid);
	pack_bool(pack, &x->suspended);
	country_pack(pack, &x->country);
	pack_str(pack, &x->timezone);
	pack_str(pack, &x->caller_id);
	pack_str(pack, &x->emergency_trunk);
	pack_str(pack, &x->emergency_caller_id);
	pack_str(pack, &x->base_url);
	pack_str(pack, &x->voice);
	pack_str(pack, &x->language);
	pack_int(pack, &x->ring_timeout);
	target_pack(pack, &x->default_target);
	pack_bool(pack, &x->forward_caller_number);
	pack_int(pack, &x->voice_rate);
	pack_int(pack, &x->concurrent_calls);
	pack_int(pack, &x->longest_extension);
	texts_pack(pack, &x->emergency_numbers, &x->emergency_count);
	texts_pack(pack, &x->sip_hosts, &x->sip_host_count);
	x->keys =
	    pack_array(pack, x->keys, &x->key_count, sizeof *x->keys, MOST);
	for (size_t i = 0; i < x->key_count; i++) {
		pack_str(pack, &x->keys[i].hash);
		pack_i64(pack, &x->keys[i].expires);
	}
}

void
extension_pack(struct pack *pack, struct extension *x)
{
	pack_u64(pack, &x->id);
	pack_str(pack, &x->number);
	pack_str(pack, &x->name);
	PACK_ENUM(pack, x->type, EXTENSION_FORWARD);
	pack_bool(pack, &x->active);
	pack_bool(pack, &x->do_not_disturb);
	pack_int(pack, &x->ring_timeout);
	pack_str(pack, &x->caller_id);
	pack_str(pack, &x->emergency_caller_id);
	target_pack(pack, &x->target);
	target_pack(pack, &x->always);
	target_pack(pack, &x->busy);
	target_pack(pack, &x->no_answer);
	pack_bool(pack, &x->voicemail);
	pack_str(pack, &x->voicemail_pin);
	prompt_pack(pack, &x->greeting);
	if (x->type == EXTENSION_AI_ASSISTANT) {
		pack_str(pack, &x->provider);
		pack_str(pack, &x->service_number);
		pack_str(pack, &x->service_url);
		pack_str(pack, &x->service_token);
		x->params = pack_array(
		    pack, x->params, &x->param_count, sizeof *x->params, MOST);
		for (size_t i = 0; i < x->param_count; i++) {
			pack_str(pack, &x->params[i].name);
			pack_str(pack, &x->params[i].value);
		}
	}
	if (x->type == EXTENSION_CUSTOM_LOGIC)
		pack_str(pack, &x->logic_url);
}

void
did_pack(struct pack *pack, struct did *x)
{
	pack_u64(pack, &x->id);
	pack_str(pack, &x->number);
	pack_bool(pack, &x->active);
	pack_bool(pack, &x->proved);
	target_pack(pack, &x->target);
	pack_str(pack, &x->caller_name_prefix);
	pack_bool(pack, &x->record);
	prompt_pack(pack, &x->announcement);
}

void
ring_group_pack(struct pack *pack, struct ring_group *x)
{
	pack_u64(pack, &x->id);
	pack_str(pack, &x->name);
	pack_bool(pack, &x->active);
	PACK_ENUM(pack, x->strategy, STRATEGY_ROUND_ROBIN);
	pack_int(pack, &x->ring_timeout);
	pack_int(pack, &x->turns);
	target_pack(pack, &x->fallback);
	x->members = pack_array(
	    pack, x->members, &x->member_count, sizeof *x->members, MOST);
	for (size_t i = 0; i < x->member_count; i++) {
		pack_u64(pack, &x->members[i].extension_id);
		pack_str(pack, &x->members[i].number);
		pack_bool(pack, &x->members[i].accepting);
	}
}

void
ivr_menu_pack(struct pack *pack, struct ivr_menu *x)
{
	pack_u64(pack, &x->id);
	pack_str(pack, &x->name);
	pack_bool(pack, &x->active);
	prompt_pack(pack, &x->greeting);
	prompt_pack(pack, &x->invalid);
	prompt_pack(pack, &x->no_input);
	pack_int(pack, &x->first_timeout);
	pack_int(pack, &x->digit_timeout);
	pack_int(pack, &x->max_attempts);
	pack_bool(pack, &x->direct_dial);
	target_pack(pack, &x->timeout_target);
	x->options = pack_array(
	    pack, x->options, &x->option_count, sizeof *x->options, MOST);
	for (size_t i = 0; i < x->option_count; i++) {
		pack_str(pack, &x->options[i].digits);
		pack_str(pack, &x->options[i].label);
		target_pack(pack, &x->options[i].target);
	}
}

void
conference_room_pack(struct pack *pack, struct conference_room *x)
{
	pack_u64(pack, &x->id);
	pack_str(pack, &x->name);
	pack_str(pack, &x->pin);
	pack_str(pack, &x->host_pin);
	pack_bool(pack, &x->wait_for_host);
	pack_bool(pack, &x->muted);
	pack_bool(pack, &x->beep);
	pack_bool(pack, &x->record);
	pack_int(pack, &x->max_participants);
}

static void
outbound_rule_pack(struct pack *pack, struct outbound_rule *x)
{
	pack_u64(pack, &x->id);
	pack_str(pack, &x->name);
	pack_str(pack, &x->trunk);
	pack_str(pack, &x->caller_id);
	pack_int(pack, &x->priority);
	pack_int(pack, &x->max_minutes);
	x->countries = pack_array(
	    pack, x->countries, &x->country_count, sizeof *x->countries, MOST);
	for (size_t i = 0; i < x->country_count; i++)
		country_pack(pack, &x->countries[i]);
	texts_pack(pack, &x->prefixes, &x->prefix_count);
	x->extensions = pack_array(pack, x->extensions, &x->extension_count,
	    sizeof *x->extensions, MOST);
	for (size_t i = 0; i < x->extension_count; i++)
		pack_u64(pack, &x->extensions[i]);
}

void
outbound_rules_pack(struct pack *pack, struct outbound_rules *x)
{
	x->rules =
	    pack_array(pack, x->rules, &x->count, sizeof *x->rules, MOST);
	for (size_t i = 0; i < x->count; i++)
		outbound_rule_pack(pack, &x->rules[i]);
}

void
blocked_callers_pack(struct pack *pack, struct blocked_callers *x)
{
	x->list = pack_array(pack, x->list, &x->count, sizeof *x->list, MOST);
	for (size_t i = 0; i < x->count; i++) {
		struct blocked_caller *blocked = &x->list[i];

		pack_u64(pack, &blocked->id);
		pack_str(pack, &blocked->pattern);
		pack_bool(pack, &blocked->prefix);
		PACK_ENUM(pack, blocked->action, BLOCK_VOICEMAIL);
		pack_i64(pack, &blocked->expires);
	}
}
