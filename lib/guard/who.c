#include "who.h"

#include "instant.h"

enum { SECRET_BYTES = 32, USED_EVERY = 60000 };

static struct err *
unknown(struct req *req)
{
	return err_new(req->pool, UNAUTHENTICATED,
	    "Send a valid access token: Authorization: Bearer id|secret.");
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
	    " u.id, u.email, u.role, u.status,"
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

static struct err *
check_token(struct req *req, const struct rows *rows, struct str secret,
    int64_t now, struct who *who)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(secret, hash);
	if (rows->count == 0 ||
	    !crypto_same((struct str){(const char *)hash, sizeof hash},
		rows_text(rows, 0, HASH)) ||
	    is_past(rows, EXPIRES, now) ||
	    !str_is(rows_text(rows, 0, STATUS), "active") ||
	    is_before_password(rows))
		return unknown(req);
	if (rows_int(rows, 0, SUSPENDED) != 0)
		return err_new(
		    req->pool, FORBIDDEN, "The organization is suspended.");
	who->user = (uint64_t)rows_int(rows, 0, USER_ID);
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

static struct err *
check_wanted(struct req *req, struct str wanted, const struct who *who)
{
	struct str header =
	    str_trim(req_header(req, "X-Organization-Id", NULL));
	struct str own = pool_printf(
	    req->pool, "%llu", (unsigned long long)who->organization);

	if ((header.n > 0 && !str_equal(header, own)) ||
	    (wanted.n > 0 && !str_equal(wanted, own)))
		return err_new(
		    req->pool, FORBIDDEN, "That is not your organization.");
	return NULL;
}

struct err *
who_find(struct db *db, struct req *req, struct str wanted, int64_t now,
    struct who *who)
{
	struct str secret;
	struct rows *rows;
	struct err *err;
	bool twice;
	struct str header = req_header(req, "Authorization", &twice);

	*who = (struct who){.role = ROLE_NONE};
	if (twice || !split(header, &who->token, &secret))
		return unknown(req);
	TRY(find_organization(db, req->pool, who->token, &who->organization));
	if (who->organization == 0)
		return unknown(req);
	TRY(db_begin(db, req->pool, DB_READ, who->organization));
	err = read_token(db, who->token, &rows);
	if (err == NULL)
		err = db_commit(db);
	db_rollback(db);
	TRY(err);
	TRY(check_token(req, rows, secret, now, who));
	TRY(check_wanted(req, wanted, who));
	if (instant_of(rows_text(rows, 0, USED)) < now - USED_EVERY)
		note_use(db, req->pool, who, now);
	return NULL;
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
