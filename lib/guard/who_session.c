/* The session of a cookie. */
#include "instant.h"
#include "session.h"
#include "who_private.h"

enum { SEEN_EVERY = 60000 };

enum {
	ID,
	EXPIRES,
	SEEN,
	PERSON,
	NAME,
	EMAIL,
	ROLE,
	STATUS,
	SUSPENDED,
	API_RATE,
};

/* A session from before a password change is worth nothing. */
static const char *const select_session[] = {
    [PERSON_USER] =
	"SELECT s.id, s.expires_at, COALESCE(s.last_seen_at, s.created_at),"
	" u.id, u.name, u.email, u.role, u.status,"
	" (SELECT o.status FROM organizations o"
	"  WHERE o.id = s.organization_id) = 'suspended',"
	" (SELECT g.api_rate FROM settings g"
	"  WHERE g.organization_id = s.organization_id)"
	" FROM sessions s JOIN users u ON u.id = s.user_id"
	" WHERE s.hash = ? AND s.living = 1 AND u.living = 1"
	" AND s.created_at >= COALESCE(u.password_changed_at, s.created_at)",
    [PERSON_OPERATOR] =
	"SELECT s.id, s.expires_at, COALESCE(s.last_seen_at, s.created_at),"
	" p.id, p.name, p.email, 'operator', p.status, 0, 0"
	" FROM operator_sessions s JOIN operators p ON p.id = s.operator_id"
	" WHERE s.hash = ? AND s.living = 1 AND p.living = 1"
	" AND s.created_at >= COALESCE(p.password_changed_at, s.created_at)",
};

static struct err *
read_session(struct gate *gate, struct pool *pool, const struct person *person,
    struct str secret, struct rows **rows)
{
	unsigned char hash[CRYPTO_HASH];
	struct err *err;

	crypto_sha256(secret, hash);
	err = person_begin(gate, pool, DB_READ, person);
	if (err == NULL)
		err = QUERY(gate->db, select_session[person->kind], rows,
		    TEXT(((struct str){(const char *)hash, sizeof hash})));
	return person_end(gate, err);
}

static bool
is_good(
    const struct gate *gate, const struct rows *rows, int64_t seen, int64_t now)
{
	return rows->count == 1 &&
	       instant_of(rows_text(rows, 0, EXPIRES)) > now &&
	       seen > now - gate->idle &&
	       str_is(rows_text(rows, 0, STATUS), "active");
}

/* Nobody waits for it, and at most a minute of it is lost. */
static void
note_seen(struct gate *gate, struct pool *pool, const struct person *person,
    uint64_t session, int64_t now)
{
	static const char *const sql[] = {
	    [PERSON_USER] = "UPDATE sessions SET last_seen_at = ? WHERE id = ?",
	    [PERSON_OPERATOR] =
		"UPDATE operator_sessions SET last_seen_at = ? WHERE id = ?",
	};
	struct err *err = person_begin(gate, pool, DB_WRITE, person);

	if (err == NULL)
		err = EXEC(gate->db, sql[person->kind], NULL,
		    instant_value(pool, now), INT(session));
	(void)person_end(gate, err);
}

static void
take(const struct rows *rows, const struct person *person, struct who *who)
{
	uint64_t id = (uint64_t)rows_int(rows, 0, PERSON);

	who->organization = person->organization;
	if (person->kind == PERSON_OPERATOR)
		who->platform = id;
	else
		who->user = id;
	who->session = (uint64_t)rows_int(rows, 0, ID);
	who->name = rows_text(rows, 0, NAME);
	who->email = rows_text(rows, 0, EMAIL);
	who->role = role_parse(rows_text(rows, 0, ROLE));
	who->api_rate = (int)rows_int(rows, 0, API_RATE);
}

struct err *
who_by_session(struct gate *gate, struct req *req, int64_t now, struct who *who)
{
	struct str secret = session_cookie(gate, req);
	struct person person;
	struct rows *rows;
	int64_t seen, stored;

	if (secret.n == 0)
		return who_unknown(req);
	TRY(session_owner(gate, req->pool, secret, &person, &seen));
	if (person.organization == 0 && person.id == 0)
		return who_unknown(req);
	TRY(read_session(gate, req->pool, &person, secret, &rows));
	stored = rows->count > 0 ? instant_of(rows_text(rows, 0, SEEN)) : 0;
	if (!is_good(gate, rows, seen > stored ? seen : stored, now))
		return who_unknown(req);
	if (rows_int(rows, 0, SUSPENDED) != 0)
		return err_new(
		    req->pool, FORBIDDEN, "The organization is suspended.");
	take(rows, &person, who);
	who->csrf = session_csrf(gate, req->pool, secret);
	if (gate->quiet)
		return NULL;
	if (stored < now - SEEN_EVERY)
		note_seen(gate, req->pool, &person, who->session, now);
	session_seen(gate, req->pool, secret, &person, now);
	return NULL;
}
