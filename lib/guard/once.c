#include "once.h"

enum { KEY_MOST = 255 };

#define SCOPE "api"

enum { STATE, SAME_REQUEST, STATUS, ANSWER, FRESH };

/* A tenant's keys and those of operators who ask for none: two views. */
struct statements {
	const char *forget_old, *take, *find, *commit, *keep, *forget;
};

#define STATEMENTS(view, owner)                                              \
	{                                                                    \
		.forget_old =                                                \
		    "DELETE FROM " view " WHERE scope = '" SCOPE             \
		    "' AND key_hash = ? AND expires_at <= UTC_TIMESTAMP(3)", \
		.take = "INSERT IGNORE INTO " view " (" owner                \
			", scope, key_hash, request_hash, expires_at)"       \
			" VALUES (?, '" SCOPE "', ?, ?, ?)",                 \
		.find = "SELECT state, request_hash = ?, status,"            \
			" answer_sealed, expires_at >"                       \
			" UTC_TIMESTAMP(3) + INTERVAL 1439 MINUTE"           \
			" FROM " view " WHERE scope = '" SCOPE               \
			"' AND key_hash = ?",                                \
		.commit = "UPDATE " view " SET state = 'done', expires_at =" \
			  " UTC_TIMESTAMP(3) + INTERVAL 24 HOUR"             \
			  " WHERE scope = '" SCOPE "' AND key_hash = ?"      \
			  " AND (state = 'done' OR expires_at = ?)",         \
		.keep = "UPDATE " view " SET state = 'done', status = ?,"    \
			" answer_sealed = ?, expires_at ="                   \
			" UTC_TIMESTAMP(3) + INTERVAL 24 HOUR"               \
			" WHERE scope = '" SCOPE "' AND key_hash = ?",       \
		.forget = "DELETE FROM " view " WHERE scope = '" SCOPE       \
			  "' AND key_hash = ? AND state = 'pending'"         \
			  " AND expires_at = ?",                             \
	}

static const struct statements of_tenant =
    STATEMENTS("idempotency_keys", "organization_id");
static const struct statements of_operator =
    STATEMENTS("operator_idempotency_keys", "operator_id");

static const struct statements *
statements_of(const struct once *once)
{
	return once->organization != 0 ? &of_tenant : &of_operator;
}

static struct err *
begin(struct db *db, struct pool *pool, const struct once *once)
{
	TRY(db_begin(db, pool, DB_WRITE, once->organization));
	return once->organization != 0 ? NULL
				       : db_as_operator(db, once->operator_id);
}

static struct value
bytes(const unsigned char hash[CRYPTO_HASH])
{
	return TEXT(((struct str){(const char *)hash, CRYPTO_HASH}));
}

static bool
is_key(struct str key)
{
	if (key.n == 0 || key.n > KEY_MOST)
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] < ' ' || key.p[i] > '~')
			return false;
	return true;
}

/* Whose key it is, and what was asked with it. */
static void
take_hashes(const struct req *req, struct once *once)
{
	struct buf buf = buf_new(req->pool, req->body.n + 512);

	buf_printf(&buf, "%.*s\n%.*s", PSTR(once->sender), PSTR(once->key));
	crypto_sha256(buf_str(&buf), once->key_hash);
	buf.n = 0;
	buf_printf(&buf, "%.*s %.*s?%.*s\n%.*s\n%.*s\n", PSTR(req->method),
	    PSTR(req->path), PSTR(req->query), PSTR(req->content_type),
	    PSTR(req_header(req, "Accept", NULL)));
	buf_add(&buf, req->body);
	crypto_sha256(buf_str(&buf), once->request_hash);
}

/* "idempotency_key.answer:ORGANIZATION:HASH", or its operator's */
static struct str
place_of(struct pool *pool, const struct once *once)
{
	bool tenant = once->organization != 0;

	return pool_printf(pool, "%sidempotency_key.answer:%llu:%.*s",
	    tenant ? "" : "operator_",
	    (unsigned long long)(tenant ? once->organization
					: once->operator_id),
	    PSTR(crypto_hex(pool, once->key_hash, CRYPTO_HASH)));
}

/* The key is this request's when no row of it is there that still holds. */
static struct err *
take_key(struct db *db, struct pool *pool, struct once *once, bool *ours,
    struct rows **rows)
{
	const struct statements *sql = statements_of(once);
	uint64_t affected;

	TRY(db_query(db,
	    "SELECT CAST(UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE AS CHAR)", NULL,
	    0, rows));
	once->until = pool_copy(pool, rows_text(*rows, 0, 0));
	TRY(EXEC(db, sql->forget_old, NULL, bytes(once->key_hash)));
	TRY(EXEC(db, sql->take, &affected,
	    INT(once->organization != 0 ? once->organization
					: once->operator_id),
	    bytes(once->key_hash), bytes(once->request_hash),
	    TEXT(once->until)));
	*ours = affected == 1;
	if (*ours)
		return NULL;
	return QUERY(db, sql->find, rows, bytes(once->request_hash),
	    bytes(once->key_hash));
}

/* "TYPE\nBYTES\n", so many bytes of req->head, the body. */
static struct err *
replay(const struct crypto_key *seal, struct req *req, const struct once *once,
    const struct rows *rows)
{
	struct str text, type, length;
	int64_t n = 0;

	if (rows_text(rows, 0, ANSWER).p == NULL ||
	    !crypto_open(req->pool, seal, place_of(req->pool, once),
		rows_text(rows, 0, ANSWER), &text))
		return err_new(req->pool, CONFLICT,
		    "A request with this Idempotency-Key was carried out, but"
		    " its answer was lost.");
	str_next(&text, '\n', &type);
	str_next(&text, '\n', &length);
	str_to_int(length, 0, INT64_MAX, &n);
	answer(
	    req, (int)rows_int(rows, 0, STATUS), pool_copy(req->pool, type).p);
	buf_add(&req->head, str_cut(text, 0, (size_t)n));
	answer_header(req, "Idempotency-Replayed", STR("true"));
	buf_add(&req->out, str_cut(text, (size_t)n, text.n));
	return NULL;
}

static struct err *
judge(const struct crypto_key *seal, struct req *req, const struct once *once,
    const struct rows *rows)
{
	struct complaints all = {req->pool, NULL, NULL};
	struct err *err;

	if (rows->count > 0 && rows_int(rows, 0, SAME_REQUEST) == 0) {
		complain(&all, STR("Idempotency-Key"),
		    "was sent with another request before");
		return complaints_err(&all);
	}
	/* Just done: its answer is being written. */
	if (rows->count > 0 && str_is(rows_text(rows, 0, STATE), "done") &&
	    (rows_text(rows, 0, ANSWER).p != NULL ||
		rows_int(rows, 0, FRESH) == 0))
		return replay(seal, req, once, rows);
	err = err_new(req->pool, CONFLICT,
	    "A request with this Idempotency-Key is being worked on.");
	err->retry_after = 1;
	return err;
}

struct err *
once_begin(struct db *db, const struct crypto_key *seal, struct req *req,
    struct once *once, enum once_state *state)
{
	struct rows *rows;
	bool ours = false, twice;
	struct err *err;

	*state = ONCE_NEW;
	once->key = req_header(req, "Idempotency-Key", &twice);
	if (once->key.p == NULL)
		return NULL;
	if (twice || !is_key(once->key))
		return err_new(req->pool, BAD_REQUEST,
		    "Idempotency-Key must be 1 to %d printable ASCII"
		    " characters, once.",
		    KEY_MOST);
	take_hashes(req, once);
	err = begin(db, req->pool, once);
	if (err == NULL)
		err = take_key(db, req->pool, once, &ours, &rows);
	if (err == NULL)
		err = db_commit(db);
	db_rollback(db);
	TRY(err);
	if (ours)
		return NULL;
	*state = ONCE_REPLAYED;
	return judge(seal, req, once, rows);
}

struct err *
once_commit(struct db *db, struct pool *pool, struct once *once)
{
	uint64_t affected;

	if (once->key.p == NULL)
		return NULL;
	/* What is changed may be a tenant's all the same. */
	if (once->organization == 0)
		TRY(db_as_operator(db, once->operator_id));
	TRY(EXEC(db, statements_of(once)->commit, &affected,
	    bytes(once->key_hash), TEXT(once->until)));
	if (affected == 1)
		return NULL;
	return err_new(pool, CONFLICT,
	    "A request with this Idempotency-Key is being worked on.");
}

/* Nobody waits for what this does, and nothing depends on it. */
static void
alone(struct db *db, struct req *req, const struct once *once, const char *sql,
    const struct value *values, size_t count)
{
	if (begin(db, req->pool, once) == NULL &&
	    db_exec(db, sql, values, count, NULL) == NULL)
		(void)db_commit(db);
	db_rollback(db);
}

void
once_keep(struct db *db, const struct crypto_key *seal, struct req *req,
    const struct once *once)
{
	struct buf text = buf_new(req->pool, req->out.n + req->head.n + 64);
	struct value values[3];

	if (once->key.p == NULL)
		return;
	buf_printf(&text, "%.*s\n%zu\n", PSTR(req->out_type), req->head.n);
	buf_add(&text, buf_str(&req->head));
	buf_add(&text, buf_str(&req->out));
	values[0] = INT(req->status);
	values[1] = TEXT(crypto_seal(
	    req->pool, seal, place_of(req->pool, once), buf_str(&text)));
	values[2] = bytes(once->key_hash);
	alone(db, req, once, statements_of(once)->keep, values, 3);
}

void
once_forget(struct db *db, struct req *req, const struct once *once)
{
	struct value values[2] = {bytes(once->key_hash), TEXT(once->until)};

	if (once->key.p == NULL)
		return;
	alone(db, req, once, statements_of(once)->forget, values, 2);
}
