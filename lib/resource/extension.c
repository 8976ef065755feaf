#include "extension.h"

#include "check.h"
#include "presences.h"
#include "references.h"
#include "tenant_words.h"
#include "words.h"

static const char *const carrier_states[] = {
    "none", "pending", "done", "failed", NULL};
enum { OTHERS = READONLY | ELSEWHERE };

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(extension_record, number), .min = 2, .max = 6,
	    .format = TEXT_DIGITS, .flags = REQUIRED | SORT | SEARCH | FILTER,
	    .help = "what is dialled" },
	{ FIELD(extension_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(extension_record, type), .choices = tenant_extension_types,
	    .flags = SORT | FILTER },
	{ FIELD(extension_record, status), .choices = statuses,
	    .flags = SORT | FILTER },
	{ FIELD(extension_record, user_id), .refers = "users",
	    .flags = FILTER },
	{ FIELD(extension_record, ring_timeout), .min = 5, .max = 300,
	    .flags = UNLISTED, .help = "seconds; none: the organization's" },
	{ FIELD(extension_record, caller_id), .flags = UNLISTED,
	    .help = "one of your numbers, like +12125550100" },
	{ FIELD_AS(extension_record, emergency, "emergency_did"),
	    .flags = UNLISTED, .help = "shown on emergency calls" },
	{ FIELD(extension_record, target), .targets = ANY_TARGET,
	    .flags = FILTER,
	    .help = "of a conference, ring_group, ivr or forward" },
	{ FIELD(extension_record, do_not_disturb), .flags = FILTER },
	{ FIELD_AS(extension_record, voicemail, "voicemail.enabled"),
	    .flags = FILTER },
	{ FIELD_AS(extension_record, voicemail_pin, "voicemail.pin"),
	    .min = 4, .max = 10, .format = TEXT_DIGITS, .flags = SECRET },
	{ FIELD_AS(extension_record, voicemail_email, "voicemail.email"),
	    .max = 254, .format = TEXT_EMAIL, .flags = UNLISTED },
	{ FIELD_AS(extension_record, greeting_prompt_id,
	    "voicemail.greeting.prompt_id"), .refers = "prompts",
	    .flags = UNLISTED },
	{ FIELD_AS(extension_record, greeting_text,
	    "voicemail.greeting.text"), .max = 2000, .format = TEXT_LINES,
	    .flags = UNLISTED },
	{ FIELD_AS(extension_record, always, "forward.always"),
	    .targets = ANY_TARGET, .flags = UNLISTED },
	{ FIELD_AS(extension_record, busy, "forward.busy"),
	    .targets = ANY_TARGET, .flags = UNLISTED },
	{ FIELD_AS(extension_record, no_answer, "forward.no_answer"),
	    .targets = ANY_TARGET, .flags = UNLISTED },
	{ FIELD(extension_record, sip_password), .max = 64,
	    .flags = SECRET | READONLY },
	{ FIELD_AS(extension_record, provider, "configuration.provider"),
	    .max = 64, .flags = UNLISTED | FILTER,
	    .help = "of an ai_assistant" },
	{ FIELD_AS(extension_record, service_number, "configuration.number"),
	    .max = 64, .flags = UNLISTED | FILTER,
	    .help = "at that provider" },
	{ FIELD_AS(extension_record, service_url, "configuration.url"),
	    .max = 2000, .flags = UNLISTED | FILTER,
	    .help = "of an ai_assistant in place of provider and number; of "
	    "custom_logic: an application that answers CXML" },
	{ FIELD_AS(extension_record, service_token, "configuration.token"),
	    .max = 1000, .flags = SECRET },
	{ FIELD_AS(extension_record, service_params, "configuration.params"),
	    .def = "{}", .flags = UNLISTED | FILTER,
	    .help = "texts by name, as a JSON object" },
	{ FIELD_AS(extension_record, carrier_state, "carrier.state"),
	    .choices = carrier_states, .flags = OTHERS | FILTER,
	    .help = "of its subscriber: done is in step" },
	{ FIELD_AS(extension_record, carrier_error, "carrier.error"),
	    .flags = OTHERS | UNLISTED },
	{ FIELD_AS(extension_record, carrier_at, "carrier.at"),
	    .flags = OTHERS | UNLISTED, .help = "when it was last tried" },
	/* Of no column: load() says it. */
	{ FIELD_IN(extension_record, presence, "presence", "'none'"),
	    .choices = presence_names, .flags = OTHERS,
	    .help = "what its telephone does now" },
};
/* clang-format on */

const struct record extension_table = {
    .name = "extension",
    .view = "extensions",
    .order = "number",
    RECORD(extension_record, fields),
};

enum { PASSWORD_BYTES = 18, PARAMS_MOST = 20, PARAM_MOST = 500 };

/* Where an extension of each type leads. */
static const unsigned leads_to[] = {
    [EXTENSION_USER] = 0,
    [EXTENSION_CONFERENCE] = TARGET_BIT(TARGET_CONFERENCE_ROOM),
    [EXTENSION_RING_GROUP] = TARGET_BIT(TARGET_RING_GROUP),
    [EXTENSION_IVR] = TARGET_BIT(TARGET_IVR_MENU),
    [EXTENSION_AI_ASSISTANT] = 0,
    [EXTENSION_CUSTOM_LOGIC] = 0,
    [EXTENSION_FORWARD] = ANY_TARGET,
};

static void
check_parts(struct change *change, const struct extension_record *x)
{
	static const struct {
		const char *name;
		unsigned types;
	} parts[] = {
	    {"user_id", 1U << EXTENSION_USER},
	    {"ring_timeout", 1U << EXTENSION_USER},
	    {"caller_id", 1U << EXTENSION_USER | 1U << EXTENSION_FORWARD},
	    {"emergency_did", 1U << EXTENSION_USER},
	    {"do_not_disturb", 1U << EXTENSION_USER},
	    {"voicemail.enabled", 1U << EXTENSION_USER},
	    {"voicemail.pin", 1U << EXTENSION_USER},
	    {"voicemail.email", 1U << EXTENSION_USER},
	    {"voicemail.greeting.prompt_id", 1U << EXTENSION_USER},
	    {"voicemail.greeting.text", 1U << EXTENSION_USER},
	    {"forward.always", 1U << EXTENSION_USER},
	    {"forward.busy", 1U << EXTENSION_USER},
	    {"forward.no_answer", 1U << EXTENSION_USER},
	    {"configuration.provider", 1U << EXTENSION_AI_ASSISTANT},
	    {"configuration.number", 1U << EXTENSION_AI_ASSISTANT},
	    {"configuration.url",
		1U << EXTENSION_AI_ASSISTANT | 1U << EXTENSION_CUSTOM_LOGIC},
	    {"configuration.token", 1U << EXTENSION_AI_ASSISTANT},
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if ((parts[i].types & 1U << x->type) == 0)
			check_unused_field(change, &extensions, x,
			    parts[i].name, tenant_extension_types[x->type]);
}

static struct err *
check_number(struct change *change, const struct extension_record *x)
{
	bool emergency;

	if (x->number.p == NULL)
		return NULL;
	TRY(find_emergency(change, x->number, &emergency));
	if (emergency)
		complain(&change->all, STR("number"),
		    "must not be an emergency number");
	return NULL;
}

static struct err *
check_leads(struct change *change, struct extension_record *x, const char *path,
    struct target *target)
{
	if (target->type == TARGET_EXTENSION && target->id != 0 &&
	    target->id == x->row.id)
		complain(&change->all, pool_printf(change->pool, "%s.id", path),
		    "must not be the extension itself");
	return check_target(change, path, target, x->row.id);
}

static struct err *
check_targets(struct change *change, struct extension_record *x)
{
	unsigned allowed = leads_to[x->type];

	if (allowed == 0 && x->target.type != TARGET_NONE)
		complain(&change->all, STR("target"),
		    "does not belong to an extension of type %s",
		    tenant_extension_types[x->type]);
	else if (allowed != 0 && x->target.type == TARGET_NONE &&
		 !complained_in(&change->all, STR("target")))
		complain(&change->all, STR("target"), "is required");
	else if (x->target.type != TARGET_NONE &&
		 (allowed & TARGET_BIT(x->target.type)) == 0)
		complain(&change->all, STR("target.type"),
		    "is not where an extension of type %s leads",
		    tenant_extension_types[x->type]);
	else
		TRY(check_leads(change, x, "target", &x->target));
	TRY(check_leads(change, x, "forward.always", &x->always));
	TRY(check_leads(change, x, "forward.busy", &x->busy));
	return check_leads(change, x, "forward.no_answer", &x->no_answer);
}

static bool
is_service_url(struct pool *pool, struct str url)
{
	if (str_starts(url, STR("wss://")))
		url = pool_printf(
		    pool, "https://%.*s", PSTR(str_cut(url, 6, url.n)));
	return format_check(TEXT_HTTPS, url) == NULL;
}

static struct err *
check_params(struct change *change, const struct extension_record *x)
{
	const struct json *params;
	struct str path = STR("configuration.params");

	TRY(json_parse(change->pool, x->service_params.text, &params));
	if (json_count(params) > 0 &&
	    (x->service_url.p == NULL || x->type != EXTENSION_AI_ASSISTANT))
		complain(&change->all, path,
		    "belongs to an ai_assistant's url only");
	if (json_count(params) > PARAMS_MOST)
		complain(&change->all, path, "must have at most %d entries",
		    PARAMS_MOST);
	for (size_t i = 0; i < json_count(params); i++) {
		struct str key;
		const struct json *value = json_member(params, i, &key);

		if (json_kind(value) != JSON_TEXT ||
		    json_text(value).n > PARAM_MOST || key.n == 0 || key.n > 64)
			complain(&change->all,
			    pool_printf(change->pool, "%.*s.%.*s", PSTR(path),
				PSTR(str_cut(key, 0, 64))),
			    "must be a text of at most %d bytes", PARAM_MOST);
	}
	return NULL;
}

static void
check_service(struct change *change, const struct extension_record *x)
{
	bool by_number = x->provider.p != NULL || x->service_number.p != NULL;
	struct complaints *all = &change->all;

	if (by_number && x->service_url.p != NULL)
		complain(all, STR("configuration.url"),
		    "stands in place of provider and number, not beside them");
	else if (!by_number && x->service_url.p == NULL)
		complain(all, STR("configuration.provider"),
		    "is required, or a url");
	else if (by_number && x->provider.p == NULL)
		complain(all, STR("configuration.provider"), "is required");
	else if (by_number && x->service_number.p == NULL)
		complain(all, STR("configuration.number"), "is required");
	if (x->service_url.p != NULL &&
	    !is_service_url(change->pool, x->service_url))
		complain(all, STR("configuration.url"),
		    "must be an https or wss URL");
	if (x->service_token.p != NULL && x->service_url.p == NULL)
		complain(
		    all, STR("configuration.token"), "belongs to a url only");
}

/* The carrier sends its key to that URL, so only owners name it. */
static struct err *
check_logic(struct change *change, const struct extension_record *before,
    const struct extension_record *x)
{
	struct str path = STR("configuration.url");
	bool was = before != NULL && before->type == EXTENSION_CUSTOM_LOGIC;
	const char *wrong;

	if (x->type != EXTENSION_CUSTOM_LOGIC)
		return NULL;
	if (x->service_url.p == NULL) {
		if (!complained(&change->all, path))
			complain(&change->all, path, "is required");
		return NULL;
	}
	wrong = format_check(TEXT_HTTPS, x->service_url);
	if (wrong != NULL)
		complain(&change->all, path, "%s", wrong);
	if (!(was && str_equal(x->service_url, before->service_url)) &&
	    !role_in(change->role, OWNERS))
		return err_new(change->pool, FORBIDDEN,
		    "Only owners may say where custom logic is.");
	return NULL;
}

/* Groups ring users only, and only users have mailboxes. */
static struct err *
check_type(struct change *change, const struct extension_record *before,
    const struct extension_record *x)
{
	struct reference *first;
	struct rows *rows;

	if (before == NULL || before->type != EXTENSION_USER ||
	    x->type == EXTENSION_USER)
		return NULL;
	TRY(QUERY(change->db,
	    "SELECT g.name FROM ring_group_members m"
	    " JOIN ring_groups g ON g.id = m.ring_group_id"
	    " WHERE g.deleted_at IS NULL AND m.extension_id = ? LIMIT 1",
	    &rows, INT(x->row.id)));
	if (rows->count > 0)
		complain(&change->all, STR("type"),
		    "must stay user: it is a member of ring group %.*s",
		    PSTR(rows_text(rows, 0, 0)));
	TRY(references_to_mailbox(change, x->row.id, &first));
	for (; first != NULL; first = first->next)
		if (first->id != x->row.id ||
		    !str_is(first->type, "extension")) {
			complain(&change->all, STR("type"),
			    "must stay user: its mailbox is used by %.*s %.*s",
			    PSTR(words_of(change->pool, first->type)),
			    PSTR(first->name));
			break;
		}
	return NULL;
}

static void
keep_password(struct change *change, struct extension_record *x)
{
	if (x->type != EXTENSION_USER)
		x->sip_password = NO_STR;
	else if (x->sip_password.p == NULL)
		x->sip_password = crypto_token(change->pool, PASSWORD_BYTES);
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	struct extension_record *x = object;

	resource_take(change, &extensions, body, before, x);
	TRY(check_agent(change, before, x));
	TRY(check_logic(change, before, x));
	TRY(check_type(change, before, x));
	TRY(check_number(change, x));
	TRY(check_user(change, "user_id", x->user_id));
	TRY(check_own_did(change, "caller_id", &x->caller_id));
	TRY(check_own_did(change, "emergency_did", &x->emergency));
	TRY(check_prompt(
	    change, "voicemail.greeting.prompt_id", x->greeting_prompt_id));
	TRY(check_targets(change, x));
	check_parts(change, x);
	if (x->type == EXTENSION_AI_ASSISTANT)
		check_service(change, x);
	TRY(check_params(change, x));
	keep_password(change, x);
	return forbidden(change);
}

static struct err *
load(struct change *change, void *object)
{
	struct extension_record *x = object;

	x->presence = PRESENCE_NONE;
	if (change->presences == NULL || x->type != EXTENSION_USER ||
	    x->status != ACTIVE || x->row.deleted_at.at != 0)
		return NULL;
	x->presence = presences_find(change->presences, x->row.id);
	if (x->presence == PRESENCE_IDLE && x->do_not_disturb)
		x->presence = PRESENCE_DO_NOT_DISTURB;
	return NULL;
}

/* So that the database knows another password: its carrier must, too. */
static struct err *
save(struct change *change, const void *object)
{
	const struct extension_record *x = object;
	struct crypto_key key = crypto_derive(change->seal, "sip password mac");
	unsigned char mac[CRYPTO_MAC];
	struct str bytes = NO_STR;

	if (x->sip_password.p != NULL) {
		crypto_hmac(&key, x->sip_password, mac);
		bytes = (struct str){(const char *)mac, sizeof mac};
	}
	crypto_wipe(&key, sizeof key);
	return EXEC(change->db,
	    "UPDATE extensions SET sip_password_mac = ?,"
	    " updated_at = updated_at WHERE id = ?",
	    NULL, TEXT(bytes), INT(x->row.id));
}

const struct resource extensions = {
    .name = "extensions",
    .record = &extension_table,
    .take = take,
    .load = load,
    .save = save,
    .references = "SELECT 'ring_group', g.id, g.name FROM ring_group_members m"
		  " JOIN ring_groups g ON g.id = m.ring_group_id"
		  " WHERE g.deleted_at IS NULL AND m.extension_id = ?"
		  " UNION SELECT 'outbound_rule', r.id, r.name"
		  " FROM outbound_rule_extensions x"
		  " JOIN outbound_rules r ON r.id = x.outbound_rule_id"
		  " WHERE r.deleted_at IS NULL AND x.extension_id = ?"
		  " UNION SELECT 'notification', n.id, n.name"
		  " FROM notification_subjects s"
		  " JOIN notifications n ON n.id = s.notification_id"
		  " WHERE n.deleted_at IS NULL AND s.subject_type = 'extension'"
		  " AND s.subject_id = ?",
    .limit = "SELECT limit_extensions, (SELECT COUNT(*) FROM extensions"
	     " WHERE deleted_at IS NULL) FROM organizations",
};

static struct err *
renew_password(struct change *change, uint64_t id)
{
	struct extension_record *before =
	    NEW(change->pool, struct extension_record);
	struct extension_record *x = NEW(change->pool, struct extension_record);

	TRY(resource_load(change, &extensions, id, LIVING, before));
	TRY(check_match(change, &extensions, before));
	if (before->type != EXTENSION_USER)
		return err_new(change->pool, CONFLICT,
		    "Only a user's extension has a SIP password.");
	*x = *before;
	x->sip_password = NO_STR;
	keep_password(change, x);
	return resource_write(change, &extensions, before, x, "renew_password");
}

struct err *
extension_renew_password(struct change *change, uint64_t id)
{
	TRY(change_begin(change));
	return change_end(change, renew_password(change, id));
}
