#include "link.h"

#include "instant.h"
#include "session.h"

enum { TOKEN_BYTES = 32, LIFE = 3600000 };

static struct value
hash_value(struct pool *pool, struct str token)
{
	unsigned char *hash = pool_alloc(pool, CRYPTO_HASH);

	crypto_sha256(token, hash);
	return TEXT(((struct str){(const char *)hash, CRYPTO_HASH}));
}

struct err *
link_create(struct gate *gate, struct pool *pool, const struct person *person,
    int64_t now, struct str *token)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"INSERT INTO password_links (organization_id, user_id, hash,"
		" expires_at) SELECT organization_id, id, ?, ? FROM users"
		" WHERE id = ? AND living = 1",
	    [PERSON_OPERATOR] =
		"INSERT INTO operator_password_links (operator_id, hash,"
		" expires_at) SELECT id, ?, ? FROM operators"
		" WHERE id = ? AND living = 1",
	};

	*token = crypto_token(pool, TOKEN_BYTES);
	return EXEC(gate->db, sql[person->kind], NULL, hash_value(pool, *token),
	    instant_value(pool, now + LIFE), INT(person->id));
}

struct str
link_url(struct pool *pool, struct str base_url, struct str token)
{
	return pool_printf(pool, "%.*s/cgi-bin/session/link?token=%.*s",
	    PSTR(base_url), PSTR(token));
}

struct err *
link_owner(struct gate *gate, struct pool *pool, struct str token,
    struct person *person)
{
	struct value hash = hash_value(pool, token);
	struct rows *rows;
	struct err *err;

	*person = (struct person){.kind = PERSON_USER};
	TRY(db_begin(gate->db, pool, DB_READ, 0));
	err = QUERY(gate->db,
	    "SELECT organization_by_password_link(?),"
	    " operator_by_password_link(?)",
	    &rows, hash, hash);
	if (err == NULL) {
		person->organization = (uint64_t)rows_int(rows, 0, 0);
		person->id = (uint64_t)rows_int(rows, 0, 1);
		if (person->id != 0)
			person->kind = PERSON_OPERATOR;
	}
	return person_end(gate, err);
}

static struct err *
use_up(struct gate *gate, const struct person *person)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"UPDATE password_links SET used_at = UTC_TIMESTAMP(3)"
		" WHERE user_id = ? AND used_at IS NULL",
	    [PERSON_OPERATOR] =
		"UPDATE operator_password_links SET used_at ="
		" UTC_TIMESTAMP(3) WHERE operator_id = ? AND used_at IS NULL",
	};

	return EXEC(gate->db, sql[person->kind], NULL, INT(person->id));
}

struct err *
link_use(struct gate *gate, struct person *person, struct str token,
    int64_t now, bool *good)
{
	/* Locked: of two who use it at the same time one comes first. */
	static const char *const sql[] = {
	    [PERSON_USER] =
		"SELECT user_id, expires_at FROM password_links"
		" WHERE hash = ? AND used_at IS NULL AND living = 1 FOR UPDATE",
	    [PERSON_OPERATOR] =
		"SELECT operator_id, expires_at FROM operator_password_links"
		" WHERE hash = ? AND used_at IS NULL AND living = 1 FOR UPDATE",
	};
	unsigned char hash[CRYPTO_HASH];
	struct rows *rows;

	*good = false;
	crypto_sha256(token, hash);
	TRY(QUERY(gate->db, sql[person->kind], &rows,
	    TEXT(((struct str){(const char *)hash, sizeof hash}))));
	if (rows->count == 0 || instant_of(rows_text(rows, 0, 1)) <= now)
		return NULL;
	person->id = (uint64_t)rows_int(rows, 0, 0);
	TRY(person_load(gate, person, good));
	*good = *good && person->active && !person->suspended;
	return *good ? use_up(gate, person) : NULL;
}

struct err *
link_set_password(struct gate *gate, struct pool *pool,
    const struct person *person, struct str password, struct str *hash)
{
	static const char *const sql[] = {
	    [PERSON_USER] = "UPDATE users SET password_hash = ?,"
			    " password_changed_at = UTC_TIMESTAMP(3),"
			    " updated_at = updated_at WHERE id = ?",
	    [PERSON_OPERATOR] = "UPDATE operators SET password_hash = ?,"
				" password_changed_at = UTC_TIMESTAMP(3),"
				" updated_at = updated_at WHERE id = ?",
	};
	int64_t ended;

	*hash = crypto_password_hash(pool, password, gate->cheap);
	TRY(EXEC(
	    gate->db, sql[person->kind], NULL, TEXT(*hash), INT(person->id)));
	TRY(use_up(gate, person));
	return session_end_others(gate, person, 0, &ended);
}
