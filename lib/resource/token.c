#include "token.h"

#include "user.h"

/* What a token can be for: every responder of the control plane. */
static const char *const responders[] = {"session", "tokens", "organizations",
    "users", "extensions", "dids", "ring-groups", "ivr-menus", "business-hours",
    "conference-rooms", "outbound-rules", "blocked-callers", "prompts",
    "recordings", "voicemails", "notifications", "calls", "cdrs", "audit",
    "settings", "simulate", "schema", "events", "health"};

/* clang-format off */
static const struct field ability_fields[] = {
	{ FIELD_AS(ability, ability, ""), .max = 64, .flags = REQUIRED,
	    .help = "like extensions:read, calls:* or *" },
};
static const struct record ability_record = {
	.name = "ability", RECORD(ability, ability_fields),
};
static const struct field fields[] = {
	{ FIELD(token_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(token_record, abilities), .of = &ability_record, .min = 1,
	    .max = 50, .def = "*", .help = "like extensions:read, calls:* or *" },
	{ FIELD(token_record, expires_at), .flags = SORT,
	    .help = "none: it is good until it is revoked" },
	{ FIELD(token_record, last_used_at),
	    .flags = READONLY | ELSEWHERE | SORT },
	{ FIELD(token_record, user_id), .refers = "users",
	    .flags = READONLY | FILTER },
	/* Last: it is no part of a token that is there already. */
	{ FIELD(token_record, token), .flags = READONLY },
};
/* clang-format on */

enum { FIELDS = sizeof fields / sizeof fields[0] };

const struct record token_table = {
    .name = "token",
    .view = "tokens",
    .order = "name",
    .size = sizeof(struct token_record),
    .fields = fields,
    .count = FIELDS - 1,
};
const struct record made_token_table = {
    .name = "made_token",
    .view = "tokens",
    .order = "name",
    RECORD(token_record, fields),
};

static const char *
known_responder(struct str name)
{
	for (size_t i = 0; i < sizeof responders / sizeof responders[0]; i++)
		if (str_is(name, responders[i]))
			return responders[i];
	return NULL;
}

const char *
check_ability(const struct who *who, struct str ability)
{
	struct str what = ability, name;
	const char *responder;

	if (str_is(ability, "*"))
		return who_may_all(who)
			   ? NULL
			   : "is more than the token that asks may do";
	str_next(&what, ':', &name);
	responder = known_responder(name);
	if (responder == NULL ||
	    !(str_is(what, "read") || str_is(what, "write") ||
		str_is(what, "*")))
		return "must be like extensions:read, extensions:write, "
		       "extensions:* or *";
	if ((!str_is(what, "write") && !who_may(who, responder, "read")) ||
	    (!str_is(what, "read") && !who_may(who, responder, "write")))
		return "is more than the token that asks may do";
	return NULL;
}

static void
check_abilities(struct change *change, const struct who *who,
    const struct token_record *token)
{
	const struct ability *list = token->abilities.rows;

	for (size_t i = 0; i < token->abilities.count; i++) {
		const char *wrong;

		if (list[i].ability.p == NULL)
			continue;
		wrong = check_ability(who, list[i].ability);
		for (size_t j = 0; j < i && wrong == NULL; j++)
			if (str_equal(list[j].ability, list[i].ability))
				wrong = "is there already";
		if (wrong != NULL)
			complain(&change->all,
			    pool_printf(change->pool, "abilities.%zu", i), "%s",
			    wrong);
	}
}

/* Not beyond the token that asks. */
static struct err *
check_expires(struct change *change, const struct who *who,
    const struct token_record *token)
{
	struct str path = STR("expires_at");
	struct token_record *own;

	if (complained(&change->all, path))
		return NULL;
	if (token->expires_at.at != 0 && token->expires_at.at <= change->now)
		complain(&change->all, path, "must be later than now");
	if (who->token == 0)
		return NULL;
	own = NEW(change->pool, struct token_record);
	TRY(resource_load(change, &tokens, who->token, LIVING, own));
	if (own->expires_at.at != 0 &&
	    (token->expires_at.at == 0 ||
		token->expires_at.at > own->expires_at.at))
		complain(&change->all, path,
		    "must not be later than the end of the token that asks");
	return NULL;
}

static struct err *
check_count(struct change *change, uint64_t user)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT COUNT(*) FROM tokens WHERE user_id = ?"
	    " AND deleted_at IS NULL",
	    &rows, INT(user)));
	if (rows_int(rows, 0, 0) < TOKENS_MOST)
		return NULL;
	return err_new(change->pool, CONFLICT,
	    "You have %d tokens already. Revoke one first.", TOKENS_MOST);
}

static struct err *
load(struct change *change, void *object)
{
	struct token_record *token = object;
	const struct json *list;
	struct ability *rows_of;
	struct rows *rows;

	TRY(QUERY(change->db, "SELECT abilities FROM tokens WHERE id = ?",
	    &rows, INT(token->row.id)));
	if (rows->count == 0)
		return NULL;
	TRY(json_parse(change->pool, rows_text(rows, 0, 0), &list));
	rows_of = NEW_ARRAY(change->pool, struct ability, json_count(list) + 1);
	for (size_t i = 0; i < json_count(list); i++)
		rows_of[i].ability = json_text(json_at(list, i));
	token->abilities = (struct children){json_count(list), rows_of};
	return NULL;
}

const struct resource tokens = {
    .name = "tokens",
    .record = &token_table,
    .load = load,
};

static struct str
print_abilities(struct pool *pool, const struct token_record *token)
{
	const struct ability *list = token->abilities.rows;
	struct buf text = buf_new(pool, 64);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '[');
	for (size_t i = 0; i < token->abilities.count; i++)
		json_put_text(&out, NULL, list[i].ability);
	json_close(&out, ']');
	return buf_str(&text);
}

static struct err *
make(struct change *change, const struct who *who, const struct json *body,
    struct token_record *made)
{
	struct audit by = {
	    .organization = change->organization, .actor = &change->actor};
	struct new_token token = {.user = who->user};
	struct str text;
	int64_t id = 0;
	struct str number, rest;

	resource_take(change, &tokens, body, NULL, made);
	check_abilities(change, who, made);
	TRY(check_expires(change, who, made));
	TRY(complaints_err(&change->all));
	TRY(check_count(change, who->user));
	token.name = made->name;
	token.abilities = print_abilities(change->pool, made);
	token.expires = made->expires_at.at;
	TRY(token_create(change->db, change->pool, &by, &token, &text));
	rest = text;
	str_next(&rest, '|', &number);
	str_to_int(number, 1, INT64_MAX, &id);
	TRY(resource_load(change, &tokens, (uint64_t)id, LIVING, made));
	made->token = text;
	return NULL;
}

struct err *
token_make(struct change *change, const struct who *who,
    const struct json *body, struct token_record *made)
{
	record_init(change->pool, &made_token_table, made);
	TRY(change_begin(change));
	return change_end(change, make(change, who, body, made));
}

struct err *
check_tokens_of(struct change *change, const struct who *who, uint64_t user)
{
	struct rows *rows;

	if (user == who->user)
		return NULL;
	if (role_in(who->role, ADMINS)) {
		TRY(QUERY(change->db,
		    "SELECT role FROM users WHERE id = ?"
		    " AND deleted_at IS NULL",
		    &rows, INT(user)));
		if (rows->count == 0)
			return err_new(
			    change->pool, NOT_FOUND, "There is no such user.");
		if (role_manages(who->role, role_parse(rows_text(rows, 0, 0))))
			return NULL;
	}
	return err_new(change->pool, FORBIDDEN,
	    "You see your own tokens and those of the people you manage.");
}

static struct err *
end_token(struct change *change, const struct who *who, uint64_t id)
{
	struct token_record *token = NEW(change->pool, struct token_record);

	TRY(resource_load(change, &tokens, id, LIVING, token));
	TRY(check_tokens_of(change, who, token->user_id));
	return resource_remove(change, &tokens, id);
}

struct err *
token_revoke(struct change *change, const struct who *who, uint64_t id)
{
	TRY(change_begin(change));
	return change_end(change, end_token(change, who, id));
}
