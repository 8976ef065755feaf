#include "session.h"

#include "instant.h"

enum { SECRET_BYTES = 32, AGENT_MOST = 255, SECRET_MOST = 64 };

static struct value
hash_value(struct pool *pool, struct str secret)
{
	unsigned char *hash = pool_alloc(pool, CRYPTO_HASH);

	crypto_sha256(secret, hash);
	return TEXT(((struct str){(const char *)hash, CRYPTO_HASH}));
}

struct str
session_cookie(const struct gate *gate, const struct req *req)
{
	struct str wanted = str_of(gate->cookie), found = NO_STR;
	bool twice;
	struct str rest = req_header(req, "Cookie", &twice), pair;

	if (twice)
		return NO_STR;
	while (str_next(&rest, ';', &pair)) {
		struct str name;

		pair = str_trim(pair);
		str_next(&pair, '=', &name);
		if (!str_equal(name, wanted) || pair.p == NULL)
			continue;
		/* Somebody put another one beside ours. */
		if (found.p != NULL && !str_equal(found, pair))
			return NO_STR;
		found = pair;
	}
	return found.n <= SECRET_MOST ? found : NO_STR;
}

struct str
session_csrf(const struct gate *gate, struct pool *pool, struct str secret)
{
	unsigned char mac[CRYPTO_MAC];

	crypto_hmac(&gate->csrf, secret, mac);
	return crypto_base64(pool, mac, sizeof mac);
}

/*
 * The row is locked and must be as it was when the password was checked: a
 * change of it at the same time ends this session or refuses it.
 */
static const char *const touch_person[] = {
    [PERSON_USER] = "UPDATE users SET last_sign_in_at = UTC_TIMESTAMP(3),"
		    " updated_at = updated_at WHERE id = ? AND living = 1"
		    " AND status = 'active' AND password_hash = ?",
    [PERSON_OPERATOR] =
	"UPDATE operators SET last_sign_in_at = UTC_TIMESTAMP(3),"
	" updated_at = updated_at WHERE id = ? AND living = 1"
	" AND status = 'active' AND password_hash = ?",
};
static const char *const lock_person[] = {
    [PERSON_USER] = "SELECT id FROM users WHERE id = ? AND living = 1"
		    " AND status = 'active' AND password_hash = ? FOR UPDATE",
    [PERSON_OPERATOR] =
	"SELECT id FROM operators WHERE id = ? AND living = 1"
	" AND status = 'active' AND password_hash = ? FOR UPDATE",
};
static const char *const forget_old[] = {
    [PERSON_USER] = "DELETE FROM sessions WHERE user_id = ? AND expires_at < ?",
    [PERSON_OPERATOR] = "DELETE FROM operator_sessions WHERE operator_id = ? "
			"AND expires_at < ?",
};
static const char *const insert_session[] = {
    [PERSON_USER] =
	"INSERT INTO sessions (organization_id, user_id, hash, remote,"
	" user_agent, last_seen_at, expires_at)"
	" SELECT organization_id, id, ?, ?, ?, ?, ? FROM users WHERE id = ?",
    [PERSON_OPERATOR] =
	"INSERT INTO operator_sessions (operator_id, hash, remote,"
	" user_agent, last_seen_at, expires_at)"
	" SELECT id, ?, ?, ?, ?, ? FROM operators WHERE id = ?",
};

/* What a browser calls itself, if it is text at all. */
static struct str
agent_of(const struct req *req)
{
	struct str agent = req_header(req, "User-Agent", NULL);

	if (agent.p == NULL || !str_is_utf8(agent))
		return STR("");
	while (str_length(agent) > AGENT_MOST)
		agent = str_head(agent, agent.n - 1);
	return agent;
}

struct err *
session_start(struct gate *gate, struct req *req, const struct person *person,
    int64_t now, struct session *session)
{
	struct pool *pool = req->pool;
	struct rows *rows;

	TRY(QUERY(gate->db, lock_person[person->kind], &rows, INT(person->id),
	    TEXT(person->password_hash)));
	if (rows->count == 0)
		return err_new(pool, UNAUTHENTICATED,
		    "The account was changed in the meantime: sign in again.");
	TRY(EXEC(gate->db, touch_person[person->kind], NULL, INT(person->id),
	    TEXT(person->password_hash)));
	TRY(EXEC(gate->db, forget_old[person->kind], NULL, INT(person->id),
	    instant_value(pool, now)));
	session->secret = crypto_token(pool, SECRET_BYTES);
	session->csrf = session_csrf(gate, pool, session->secret);
	session->expires = now + gate->life;
	TRY(EXEC(gate->db, insert_session[person->kind], NULL,
	    hash_value(pool, session->secret), TEXT(req->remote),
	    TEXT(agent_of(req)), instant_value(pool, now),
	    instant_value(pool, session->expires), INT(person->id)));
	session->id = db_last_id(gate->db);
	return NULL;
}

void
session_send_cookie(
    const struct gate *gate, struct req *req, const struct session *session)
{
	answer_header(req, "Set-Cookie",
	    pool_printf(req->pool,
		"%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
		gate->cookie, PSTR(session->secret),
		(long long)(gate->life / 1000),
		gate->secure ? "; Secure" : ""));
}

void
session_clear_cookie(const struct gate *gate, struct req *req)
{
	answer_header(req, "Set-Cookie",
	    pool_printf(req->pool,
		"%s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax%s",
		gate->cookie, gate->secure ? "; Secure" : ""));
}

struct err *
session_end(
    struct gate *gate, const struct person *person, uint64_t id, bool *ended)
{
	static const char *const sql[] = {
	    [PERSON_USER] = "DELETE FROM sessions WHERE user_id = ? AND id = ?",
	    [PERSON_OPERATOR] = "DELETE FROM operator_sessions"
				" WHERE operator_id = ? AND id = ?",
	};
	uint64_t affected;

	TRY(EXEC(
	    gate->db, sql[person->kind], &affected, INT(person->id), INT(id)));
	*ended = affected > 0;
	return NULL;
}

struct err *
session_end_others(
    struct gate *gate, const struct person *person, uint64_t id, int64_t *count)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"DELETE FROM sessions WHERE user_id = ? AND id <> ?",
	    [PERSON_OPERATOR] = "DELETE FROM operator_sessions"
				" WHERE operator_id = ? AND id <> ?",
	};
	uint64_t affected;

	TRY(EXEC(
	    gate->db, sql[person->kind], &affected, INT(person->id), INT(id)));
	*count = (int64_t)affected;
	return NULL;
}

static struct err *
end_by_secret(struct gate *gate, struct pool *pool, const struct person *person,
    struct str secret)
{
	static const char *const sql[] = {
	    [PERSON_USER] = "DELETE FROM sessions WHERE hash = ?",
	    [PERSON_OPERATOR] = "DELETE FROM operator_sessions WHERE hash = ?",
	};
	struct err *err = person_begin(gate, pool, DB_WRITE, person);

	if (err == NULL)
		err = EXEC(gate->db, sql[person->kind], NULL,
		    hash_value(pool, secret));
	return person_end(gate, err);
}

void
session_drop(struct gate *gate, struct req *req, struct str secret)
{
	struct person person;

	if (secret.n == 0 ||
	    session_ask_owner(gate, req->pool, secret, &person) != NULL ||
	    (person.organization == 0 && person.id == 0))
		return;
	(void)end_by_secret(gate, req->pool, &person, secret);
}
