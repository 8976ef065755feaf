#include "load.h"

#include "json.h"
#include "load_row.h"
#include "tenant_words.h"

static struct err *
load_keys(const struct loading *l, struct organization *x)
{
	struct rows *rows;

	TRY(QUERY(l->db, "SELECT hash, expires_at FROM voice_keys WHERE ? = 1",
	    &rows, INT(1)));
	x->keys = NEW_ARRAY(l->pool, struct voice_key, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct columns r = {rows, i, 0};

		x->keys[i].hash = next_text(&r);
		x->keys[i].expires = next_instant(&r);
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
	struct columns r;

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
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	x->domain = next_text(&r);
	x->domain_uuid = next_text(&r);
	x->suspended = next_is(&r, "suspended");
	country = next_text(&r);
	if (!country_parse(country, &x->country))
		x->country = (struct country){""};
	x->timezone = next_text(&r);
	x->caller_id = next_text(&r);
	x->emergency_trunk = next_text(&r);
	x->emergency_caller_id = next_text(&r);
	x->base_url = next_text(&r);
	x->voice = next_text(&r);
	x->language = next_text(&r);
	x->ring_timeout = (int)next_int(&r);
	x->default_target = next_target(&r);
	x->forward_caller_number = next_bool(&r);
	x->voice_rate = (int)next_int(&r);
	x->concurrent_calls = (int)next_int(&r);
	x->emergency_numbers = next_texts(&r, l->pool, &x->emergency_count);
	x->sip_hosts = next_texts(&r, l->pool, &x->sip_host_count);
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
	struct columns r;

	(void)key;
	TRY(QUERY(l->db,
	    "SELECT require_signature, webhook_secret_sealed, webhook_rate"
	    " FROM settings WHERE living = ?",
	    &rows, INT(1)));
	if (rows->count == 0)
		return NULL;
	r = (struct columns){rows, 0, 0};
	x->require_signature = next_bool(&r);
	x->secret = next_text(&r);
	x->rate = (int)next_int(&r);
	*out = x;
	return NULL;
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
	struct columns r;

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
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	x->number = next_text(&r);
	x->name = next_text(&r);
	x->type = (enum extension_type)tenant_word_place(
	    tenant_extension_types, next_text(&r));
	x->active = next_is(&r, "active");
	x->do_not_disturb = next_bool(&r);
	x->ring_timeout = (int)next_int(&r);
	x->caller_id = next_text(&r);
	x->emergency_caller_id = next_text(&r);
	x->target = next_target(&r);
	x->always = next_target(&r);
	x->busy = next_target(&r);
	x->no_answer = next_target(&r);
	x->voicemail = next_bool(&r);
	x->voicemail_pin = next_text(&r);
	x->greeting = next_prompt(&r, l);
	x->provider = next_text(&r);
	x->service_number = next_text(&r);
	x->service_url = next_text(&r);
	x->service_token = next_text(&r);
	service_params(l, next_text(&r), x);
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
	struct columns r;

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
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	x->number = next_text(&r);
	x->active = next_is(&r, "active");
	x->proved = next_bool(&r);
	x->target = next_target(&r);
	x->caller_name_prefix = next_text(&r);
	x->record = next_bool(&r);
	x->announcement = next_prompt(&r, l);
	*out = x;
	return NULL;
}

struct err *
load_ring_group(const struct loading *l, struct str key, void **out)
{
	struct ring_group *x = NEW(l->pool, struct ring_group);
	struct rows *rows;
	struct columns r;

	TRY(QUERY(l->db,
	    "SELECT id, name, status, strategy, ring_timeout, turns,"
	    " fallback_type, fallback_id, fallback_number"
	    " FROM ring_groups WHERE id = ? AND living = 1",
	    &rows, TEXT(key)));
	if (rows->count == 0)
		return NULL;
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	x->name = next_text(&r);
	x->active = next_is(&r, "active");
	x->strategy =
	    (enum strategy)tenant_word_place(tenant_strategies, next_text(&r));
	x->ring_timeout = (int)next_int(&r);
	x->turns = (int)next_int(&r);
	x->fallback = next_target(&r);
	TRY(QUERY(l->db,
	    "SELECT x.id, x.number, x.status = 'active' AND x.type = 'user'"
	    " AND x.do_not_disturb = 0 AND x.always_type IS NULL"
	    " FROM ring_group_members m"
	    " JOIN extensions x ON x.id = m.extension_id AND x.living = 1"
	    " WHERE m.ring_group_id = ? ORDER BY m.priority, x.number",
	    &rows, TEXT(key)));
	x->members = NEW_ARRAY(l->pool, struct member, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		r = (struct columns){rows, i, 0};
		x->members[i].extension_id = next_id(&r);
		x->members[i].number = next_text(&r);
		x->members[i].accepting = next_bool(&r);
	}
	x->member_count = rows->count;
	*out = x;
	return NULL;
}
