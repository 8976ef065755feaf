/* Personal access tokens: "id|secret" behind Bearer. */
#include "attempt.h"
#include "instant.h"
#include "who_private.h"

enum { USED_EVERY = 60000, GUESSES = 60 };

/*
 * A guess is counted for its address, and beyond so many a minute that is
 * what it is told.  Who has a good token is never in the way of those who
 * guess beside him.
 */
static struct err *
unknown(struct gate *gate, struct req *req)
{
	int64_t count = 0;
	struct err *err;

	TRY(attempt_add(gate, req->pool,
	    pool_printf(req->pool, "token:%.*s", PSTR(req->remote)), &count));
	if (count <= GUESSES)
		return who_unknown(req);
	err = err_new(req->pool, RATE_LIMITED,
	    "Too many access tokens that are none; try again in a minute.");
	err->retry_after = 60;
	return err;
}

/* "Bearer 12|secret" */
static bool
split(struct str header, uint64_t *id, struct str *secret)
{
	struct str scheme, number;
	int64_t n;

	if (!str_next(&header, ' ', &scheme) ||
	    !str_is_nocase(scheme, "Bearer"))
		return false;
	header = str_trim(header);
	if (!str_next(&header, '|', &number) ||
	    !str_to_int(number, 1, INT64_MAX, &n))
		return false;
	*id = (uint64_t)n;
	*secret = header;
	return header.n > 0;
}

/* Which tenant a token is of; 0 for none. */
static struct err *
find_organization(
    struct db *db, struct pool *pool, uint64_t token, uint64_t *organization)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, pool, DB_READ, 0));
	err = QUERY(db, "SELECT organization_by_token(?)", &rows, INT(token));
	if (err == NULL && rows->count > 0)
		*organization = (uint64_t)rows_int(rows, 0, 0);
	if (err == NULL)
		err = db_commit(db);
	db_rollback(db);
	return err;
}

enum {
	HASH,
	EXPIRES,
	USED,
	ABILITIES,
	USER_ID,
	NAME,
	EMAIL,
	ROLE,
	STATUS,
	SUSPENDED,
	PASSWORD_CHANGED,
	CREATED,
	API_RATE,
};

static struct err *
read_token(struct db *db, uint64_t token, struct rows **rows)
{
	return QUERY(db,
	    "SELECT t.hash, t.expires_at, t.last_used_at, t.abilities,"
	    " u.id, u.name, u.email, u.role, u.status,"
	    " (SELECT o.status FROM organizations o WHERE o.id ="
	    "  t.organization_id) = 'suspended',"
	    " u.password_changed_at, t.created_at,"
	    " (SELECT s.api_rate FROM settings s WHERE s.organization_id ="
	    "  t.organization_id)"
	    " FROM tokens t JOIN users u ON u.id = t.user_id"
	    " WHERE t.id = ? AND t.deleted_at IS NULL AND t.living = 1"
	    " AND u.deleted_at IS NULL",
	    rows, INT(token));
}

static bool
is_past(const struct rows *rows, int column, int64_t now)
{
	int64_t instant = instant_of(rows_text(rows, 0, (size_t)column));

	return instant != 0 && instant <= now;
}

/* Sessions and tokens from before a password change are worth nothing. */
static bool
is_before_password(const struct rows *rows)
{
	return instant_of(rows_text(rows, 0, CREATED)) <
	       instant_of(rows_text(rows, 0, PASSWORD_CHANGED));
}

static bool
is_good(const struct rows *rows, struct str secret, int64_t now)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(secret, hash);
	return rows->count > 0 &&
	       crypto_same((struct str){(const char *)hash, sizeof hash},
		   rows_text(rows, 0, HASH)) &&
	       !is_past(rows, EXPIRES, now) &&
	       str_is(rows_text(rows, 0, STATUS), "active") &&
	       !is_before_password(rows);
}

static struct err *
take_token(struct req *req, const struct rows *rows, struct who *who)
{
	if (rows_int(rows, 0, SUSPENDED) != 0)
		return err_new(
		    req->pool, FORBIDDEN, "The organization is suspended.");
	who->user = (uint64_t)rows_int(rows, 0, USER_ID);
	who->name = rows_text(rows, 0, NAME);
	who->email = rows_text(rows, 0, EMAIL);
	who->api_rate = (int)rows_int(rows, 0, API_RATE);
	who->role = role_parse(rows_text(rows, 0, ROLE));
	return json_parse(
	    req->pool, rows_text(rows, 0, ABILITIES), &who->abilities);
}

/* Nobody waits for it, and nothing depends on it. */
static void
note_use(struct db *db, struct pool *pool, const struct who *who, int64_t now)
{
	if (db_begin(db, pool, DB_WRITE, who->organization) != NULL)
		return;
	if (EXEC(db,
		"UPDATE tokens SET last_used_at = FROM_UNIXTIME(? / 1000)"
		" WHERE id = ?",
		NULL, INT(now), INT(who->token)) == NULL)
		(void)db_commit(db);
	db_rollback(db);
}

struct err *
who_by_token(struct gate *gate, struct req *req, int64_t now, struct who *who)
{
	struct str secret;
	struct rows *rows;
	struct err *err;
	bool twice;
	struct str header = req_header(req, "Authorization", &twice);

	if (twice || !split(header, &who->token, &secret))
		return unknown(gate, req);
	TRY(find_organization(
	    gate->db, req->pool, who->token, &who->organization));
	if (who->organization == 0)
		return unknown(gate, req);
	TRY(db_begin(gate->db, req->pool, DB_READ, who->organization));
	err = read_token(gate->db, who->token, &rows);
	if (err == NULL)
		err = db_commit(gate->db);
	db_rollback(gate->db);
	TRY(err);
	if (!is_good(rows, secret, now))
		return unknown(gate, req);
	TRY(take_token(req, rows, who));
	if (!gate->quiet &&
	    instant_of(rows_text(rows, 0, USED)) < now - USED_EVERY)
		note_use(gate->db, req->pool, who, now);
	return NULL;
}
