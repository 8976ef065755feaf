#include "who_private.h"

#include "instant.h"

enum { SECRET_BYTES = 32 };

struct err *
who_unknown(struct req *req)
{
	return err_new(req->pool, UNAUTHENTICATED,
	    "Sign in, or send a valid access token:"
	    " Authorization: Bearer id|secret.");
}

/* Which organization the request names: header, query, or none. */
static struct err *
wanted_of(struct req *req, struct str wanted, struct str *which)
{
	bool twice;
	struct str header =
	    str_trim(req_header(req, "X-Organization-Id", &twice));

	if (twice ||
	    (header.n > 0 && wanted.n > 0 && !str_equal(header, wanted)))
		return err_new(req->pool, FORBIDDEN,
		    "The request names two organizations.");
	*which = header.n > 0 ? header : wanted;
	return NULL;
}

/* A user's own is the only one. */
static struct err *
check_wanted(struct req *req, struct str wanted, const struct who *who)
{
	struct str own = pool_printf(
	    req->pool, "%llu", (unsigned long long)who->organization);

	if (wanted.n > 0 && !str_equal(wanted, own))
		return err_new(
		    req->pool, FORBIDDEN, "That is not your organization.");
	return NULL;
}

/* An operator acts for any there is, or for none. */
static struct err *
choose(struct gate *gate, struct req *req, struct str wanted, struct who *who)
{
	struct rows *rows;
	struct err *err;
	int64_t id;

	if (wanted.n == 0)
		return NULL;
	if (!str_to_int(wanted, 1, INT64_MAX, &id))
		return err_new(
		    req->pool, NOT_FOUND, "There is no such organization.");
	TRY(db_begin(gate->db, req->pool, DB_READ, (uint64_t)id));
	err = QUERY(gate->db, "SELECT id FROM organizations WHERE living = ?",
	    &rows, INT(1));
	if (err == NULL)
		err = db_commit(gate->db);
	db_rollback(gate->db);
	TRY(err);
	if (rows->count == 0)
		return err_new(
		    req->pool, NOT_FOUND, "There is no such organization.");
	who->organization = (uint64_t)id;
	return NULL;
}

struct err *
who_find(struct gate *gate, struct req *req, struct str wanted, int64_t now,
    struct who *who)
{
	*who = (struct who){.role = ROLE_NONE};
	if (req_header(req, "Authorization", NULL).p != NULL)
		TRY(who_by_token(gate, req, now, who));
	else
		TRY(who_by_session(gate, req, now, who));
	TRY(wanted_of(req, wanted, &wanted));
	return who->platform != 0 ? choose(gate, req, wanted, who)
				  : check_wanted(req, wanted, who);
}

bool
who_may_all(const struct who *who)
{
	for (size_t i = 0; i < json_count(who->abilities); i++)
		if (str_is(json_text(json_at(who->abilities, i)), "*"))
			return true;
	return who->abilities == NULL;
}

bool
who_may(const struct who *who, const char *resource, const char *what)
{
	size_t n = strlen(resource);

	if (who->abilities == NULL)
		return true;
	for (size_t i = 0; i < json_count(who->abilities); i++) {
		struct str ability = json_text(json_at(who->abilities, i));
		struct str rest = str_cut(ability, n + 1, ability.n);

		if (str_is(ability, "*"))
			return true;
		if (str_starts(ability, str_of(resource)) && ability.n > n &&
		    ability.p[n] == ':' &&
		    (str_is(rest, what) || str_is(rest, "*")))
			return true;
	}
	return false;
}

static struct err *
note(struct db *db, struct pool *pool, const struct audit *by, const char *type,
    uint64_t id, struct str after)
{
	struct audit audit = *by;

	audit.action = "create";
	audit.type = type;
	audit.id = id;
	audit.after = after;
	return audit_write(db, pool, &audit);
}

struct err *
user_create(struct db *db, struct pool *pool, const struct audit *by,
    const struct new_user *user, uint64_t *id)
{
	struct buf after = buf_new(pool, 128);
	struct json_out out = {&after, false};
	struct value hash = NIL;

	if (user->password.p != NULL)
		hash = TEXT(
		    crypto_password_hash(pool, user->password, user->cheap));
	TRY(EXEC(db,
	    "INSERT INTO users (organization_id, name, email, role,"
	    " password_hash) VALUES (?, ?, LOWER(?), ?, ?)",
	    NULL, INT(by->organization), TEXT(user->name), TEXT(user->email),
	    TEXT(str_of(role_name(user->role))), hash));
	*id = db_last_id(db);
	json_open(&out, NULL, '{');
	json_put_text(&out, "name", user->name);
	json_put_text(&out, "email", user->email);
	json_put_text(&out, "role", str_of(role_name(user->role)));
	json_close(&out, '}');
	return note(db, pool, by, "user", *id, buf_str(&after));
}

struct err *
token_create(struct db *db, struct pool *pool, const struct audit *by,
    const struct new_token *token, struct str *text)
{
	struct str secret = crypto_token(pool, SECRET_BYTES);
	struct buf after = buf_new(pool, 128);
	struct json_out out = {&after, false};
	unsigned char hash[CRYPTO_HASH];
	uint64_t id;

	crypto_sha256(secret, hash);
	TRY(EXEC(db,
	    "INSERT INTO tokens (organization_id, user_id, name, hash,"
	    " abilities, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
	    NULL, INT(by->organization), INT(token->user), TEXT(token->name),
	    TEXT(((struct str){(const char *)hash, sizeof hash})),
	    TEXT(token->abilities), instant_value(pool, token->expires)));
	id = db_last_id(db);
	*text = pool_printf(
	    pool, "%llu|%.*s", (unsigned long long)id, PSTR(secret));
	json_open(&out, NULL, '{');
	json_put_int(&out, "user_id", (int64_t)token->user);
	json_put_text(&out, "name", token->name);
	json_put_raw(&out, "abilities", token->abilities);
	json_close(&out, '}');
	return note(db, pool, by, "token", id, buf_str(&after));
}
