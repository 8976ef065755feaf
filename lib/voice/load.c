#include "load.h"

#include "json.h"
#include "load_row.h"

static void
texts_of(const struct loading *l, struct str document, struct str **out,
    size_t *count)
{
	const struct json *list;

	*count = 0;
	if (json_parse(l->pool, document, &list) != NULL)
		return;
	*out = NEW_ARRAY(l->pool, struct str, json_count(list) + 1);
	for (size_t i = 0; i < json_count(list); i++)
		(*out)[(*count)++] = json_text(json_at(list, i));
}

static struct err *
load_keys(const struct loading *l, struct organization *x)
{
	struct rows *rows;

	TRY(QUERY(l->db, "SELECT hash, expires_at FROM voice_keys WHERE ? = 1",
	    &rows, INT(1)));
	x->keys = NEW_ARRAY(l->pool, struct voice_key, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct reader r = {l, rows, i, 0};

		x->keys[i].hash = text(&r);
		x->keys[i].expires = instant(&r);
	}
	x->key_count = rows->count;
	return NULL;
}

/* How many digits a menu that lets callers dial waits for. */
static struct err *
load_longest(const struct loading *l, struct organization *x)
{
	struct rows *rows;

	TRY(QUERY(l->db,
	    "SELECT MAX(CHAR_LENGTH(number)) FROM extensions"
	    " WHERE living = ?",
	    &rows, INT(1)));
	x->longest_extension = (int)rows_int(rows, 0, 0);
	return NULL;
}

struct err *
load_organization(const struct loading *l, struct str key, void **out)
{
	struct organization *x = NEW(l->pool, struct organization);
	struct str country;
	struct rows *rows;
	struct reader r;

	(void)key;
	TRY(QUERY(l->db,
	    "SELECT o.id, o.domain, o.domain_uuid, o.status, o.country,"
	    " o.timezone, c.number, o.emergency_trunk, e.number, s.base_url,"
	    " s.voice, s.language, s.default_ring_timeout,"
	    " s.default_type, s.default_id, s.default_number,"
	    " s.forward_caller_number, s.voice_rate,"
	    " o.limit_concurrent_calls,"
	    " s.emergency_numbers, s.sip_hosts"
	    " FROM organizations o"
	    " JOIN settings s ON s.organization_id = o.id"
	    " LEFT JOIN dids c ON c.id = o.caller_id_did_id AND c.living = 1"
	    "  AND c.status = 'active' AND c.proved_at IS NOT NULL"
	    " LEFT JOIN dids e ON e.id = o.emergency_did_id AND e.living = 1"
	    "  AND e.status = 'active' AND e.proved_at IS NOT NULL"
	    " WHERE o.living = ?",
	    &rows, INT(1)));
	if (rows->count == 0)
		return NULL;
	r = (struct reader){l, rows, 0, 0};
	x->id = (uint64_t)integer(&r);
	x->domain = text(&r);
	x->domain_uuid = text(&r);
	x->suspended = is_text(&r, "suspended");
	country = text(&r);
	if (!country_parse(country, &x->country))
		x->country = (struct country){""};
	x->timezone = text(&r);
	x->caller_id = text(&r);
	x->emergency_trunk = text(&r);
	x->emergency_caller_id = text(&r);
	x->base_url = text(&r);
	x->voice = text(&r);
	x->language = text(&r);
	x->ring_timeout = (int)integer(&r);
	x->default_target = target(&r);
	x->forward_caller_number = truth(&r);
	x->voice_rate = (int)integer(&r);
	x->concurrent_calls = (int)integer(&r);
	texts_of(l, text(&r), &x->emergency_numbers, &x->emergency_count);
	texts_of(l, text(&r), &x->sip_hosts, &x->sip_host_count);
	if (x->base_url.n == 0)
		x->base_url = l->base_url;
	*out = x;
	TRY(load_longest(l, x));
	return load_keys(l, x);
}

struct err *
load_webhook_rules(const struct loading *l, struct str key, void **out)
{
	struct webhook_rules *x = NEW(l->pool, struct webhook_rules);
	struct rows *rows;
	struct reader r;

	(void)key;
	TRY(QUERY(l->db,
	    "SELECT require_signature, webhook_secret_sealed, webhook_rate"
	    " FROM settings WHERE living = ?",
	    &rows, INT(1)));
	if (rows->count == 0)
		return NULL;
	r = (struct reader){l, rows, 0, 0};
	x->require_signature = truth(&r);
	x->secret = text(&r);
	x->rate = (int)integer(&r);
	*out = x;
	return NULL;
}

static enum extension_type
extension_type(struct str name)
{
	static const char *const names[] = {
	    [EXTENSION_USER] = "user",
	    [EXTENSION_CONFERENCE] = "conference",
	    [EXTENSION_RING_GROUP] = "ring_group",
	    [EXTENSION_IVR] = "ivr",
	    [EXTENSION_AI_ASSISTANT] = "ai_assistant",
	    [EXTENSION_CUSTOM_LOGIC] = "custom_logic",
	    [EXTENSION_FORWARD] = "forward",
	};

	for (int i = EXTENSION_USER; i <= EXTENSION_FORWARD; i++)
		if (str_is(name, names[i]))
			return (enum extension_type)i;
	return EXTENSION_USER;
}

static void
service_params(
    const struct loading *l, struct str document, struct extension *x)
{
	const struct json *object;

	if (json_parse(l->pool, document, &object) != NULL)
		return;
	x->param_count = json_count(object);
	x->params =
	    NEW_ARRAY(l->pool, struct service_param, x->param_count + 1);
	for (size_t i = 0; i < x->param_count; i++)
		x->params[i].value =
		    json_text(json_member(object, i, &x->params[i].name));
}

struct err *
load_extension(const struct loading *l, struct str key, void **out)
{
	struct extension *x = NEW(l->pool, struct extension);
	struct rows *rows;
	struct reader r;

	TRY(QUERY(l->db,
	    "SELECT x.id, x.number, x.name, x.type, x.status,"
	    " x.do_not_disturb, x.ring_timeout, c.number, e.number,"
	    " x.target_type, x.target_id, x.target_number,"
	    " x.always_type, x.always_id, x.always_number,"
	    " x.busy_type, x.busy_id, x.busy_number,"
	    " x.no_answer_type, x.no_answer_id, x.no_answer_number,"
	    " x.voicemail, x.voicemail_pin_sealed,"
	    " p.audio_token, COALESCE(p.text, x.greeting_text), p.voice,"
	    " p.language, x.provider, x.service_number, x.service_url,"
	    " x.service_token_sealed, x.service_params"
	    " FROM extensions x"
	    " LEFT JOIN dids c ON c.id = x.caller_id_did_id AND c.living = 1"
	    "  AND c.status = 'active' AND c.proved_at IS NOT NULL"
	    " LEFT JOIN dids e ON e.id = x.emergency_did_id AND e.living = 1"
	    "  AND e.status = 'active' AND e.proved_at IS NOT NULL"
	    " LEFT JOIN prompts p ON p.id = x.greeting_prompt_id"
	    "  AND p.living = 1"
	    " WHERE x.id = ? AND x.living = 1",
	    &rows, TEXT(key)));
	if (rows->count == 0)
		return NULL;
	r = (struct reader){l, rows, 0, 0};
	x->id = (uint64_t)integer(&r);
	x->number = text(&r);
	x->name = text(&r);
	x->type = extension_type(text(&r));
	x->active = is_text(&r, "active");
	x->do_not_disturb = truth(&r);
	x->ring_timeout = (int)integer(&r);
	x->caller_id = text(&r);
	x->emergency_caller_id = text(&r);
	x->target = target(&r);
	x->always = target(&r);
	x->busy = target(&r);
	x->no_answer = target(&r);
	x->voicemail = truth(&r);
	x->voicemail_pin = text(&r);
	x->greeting = prompt(&r);
	x->provider = text(&r);
	x->service_number = text(&r);
	x->service_url = text(&r);
	x->service_token = text(&r);
	service_params(l, text(&r), x);
	if (x->type == EXTENSION_CUSTOM_LOGIC)
		x->logic_url = x->service_url;
	*out = x;
	return NULL;
}

struct err *
load_number(const struct loading *l, struct str key, void **out)
{
	struct rows *rows;
	uint64_t *id;

	TRY(QUERY(l->db,
	    "SELECT id FROM extensions WHERE number = ? AND living = 1", &rows,
	    TEXT(key)));
	if (rows->count == 0)
		return NULL;
	id = NEW(l->pool, uint64_t);
	*id = (uint64_t)rows_int(rows, 0, 0);
	*out = id;
	return NULL;
}

struct err *
load_did(const struct loading *l, struct str key, void **out)
{
	struct did *x = NEW(l->pool, struct did);
	struct rows *rows;
	struct reader r;

	TRY(QUERY(l->db,
	    "SELECT d.id, d.number, d.status, d.proved_at IS NOT NULL,"
	    " d.target_type, d.target_id, d.target_number,"
	    " d.caller_name_prefix, d.record, p.audio_token,"
	    " COALESCE(p.text, d.announcement_text), p.voice, p.language"
	    " FROM dids d"
	    " LEFT JOIN prompts p ON p.id = d.announcement_prompt_id"
	    "  AND p.living = 1"
	    " WHERE d.number = ? AND d.living = 1",
	    &rows, TEXT(key)));
	if (rows->count == 0)
		return NULL;
	r = (struct reader){l, rows, 0, 0};
	x->id = (uint64_t)integer(&r);
	x->number = text(&r);
	x->active = is_text(&r, "active");
	x->proved = truth(&r);
	x->target = target(&r);
	x->caller_name_prefix = text(&r);
	x->record = truth(&r);
	x->announcement = prompt(&r);
	*out = x;
	return NULL;
}

struct err *
load_ring_group(const struct loading *l, struct str key, void **out)
{
	struct ring_group *x = NEW(l->pool, struct ring_group);
	struct str strategy;
	struct rows *rows;
	struct reader r;

	TRY(QUERY(l->db,
	    "SELECT id, name, status, strategy, ring_timeout, turns,"
	    " fallback_type, fallback_id, fallback_number"
	    " FROM ring_groups WHERE id = ? AND living = 1",
	    &rows, TEXT(key)));
	if (rows->count == 0)
		return NULL;
	r = (struct reader){l, rows, 0, 0};
	x->id = (uint64_t)integer(&r);
	x->name = text(&r);
	x->active = is_text(&r, "active");
	strategy = text(&r);
	x->strategy = str_is(strategy, "sequential")    ? STRATEGY_SEQUENTIAL
		      : str_is(strategy, "round_robin") ? STRATEGY_ROUND_ROBIN
							: STRATEGY_SIMULTANEOUS;
	x->ring_timeout = (int)integer(&r);
	x->turns = (int)integer(&r);
	x->fallback = target(&r);
	TRY(QUERY(l->db,
	    "SELECT x.id, x.number, x.status = 'active' AND x.type = 'user'"
	    " AND x.do_not_disturb = 0 AND x.always_type IS NULL"
	    " FROM ring_group_members m"
	    " JOIN extensions x ON x.id = m.extension_id AND x.living = 1"
	    " WHERE m.ring_group_id = ? ORDER BY m.priority, x.number",
	    &rows, TEXT(key)));
	x->members = NEW_ARRAY(l->pool, struct member, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		r = (struct reader){l, rows, i, 0};
		x->members[i].extension_id = (uint64_t)integer(&r);
		x->members[i].number = text(&r);
		x->members[i].accepting = truth(&r);
	}
	x->member_count = rows->count;
	*out = x;
	return NULL;
}
