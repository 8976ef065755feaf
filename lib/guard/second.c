#include "second.h"

#include "totp.h"

enum { CODE_BYTES = 7, CODE_LETTERS = 10 };

static struct str
place_of(struct pool *pool, const struct person *person)
{
	return pool_printf(pool, "%s.totp:%llu",
	    person->kind == PERSON_OPERATOR ? "operator" : "user",
	    (unsigned long long)person->id);
}

static bool
open_seed(struct gate *gate, struct pool *pool, const struct person *person,
    struct str *seed)
{
	return person->totp_sealed.n > 0 &&
	       crypto_open(pool, &gate->seal, place_of(pool, person),
		   person->totp_sealed, seed);
}

/* What people type: "123 456", "ABCDE-FGHIJ". */
static struct str
plain(struct pool *pool, struct str otp)
{
	struct buf text = buf_new(pool, otp.n + 1);

	for (size_t i = 0; i < otp.n; i++)
		if (otp.p[i] != ' ' && otp.p[i] != '-')
			buf_add_char(&text, str_lower(otp.p[i]));
	return buf_str(&text);
}

/*
 * Signed with a key that is not in the database, so that nobody can try codes
 * against what is stored.
 */
static struct value
code_hash(struct gate *gate, struct pool *pool, const struct person *person,
    struct str code)
{
	unsigned char *mac = pool_alloc(pool, CRYPTO_MAC);

	crypto_hmac(&gate->codes,
	    pool_printf(pool, "%d %llu %.*s", (int)person->kind,
		(unsigned long long)person->id, PSTR(code)),
	    mac);
	return TEXT(((struct str){(const char *)mac, CRYPTO_MAC}));
}

/* Of two who send the same code at the same time one comes first. */
static struct err *
accept_step(struct gate *gate, const struct person *person, uint64_t step,
    bool *accepted)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"UPDATE users SET totp_last_step = ?, updated_at = updated_at"
		" WHERE id = ? AND totp_last_step < ?",
	    [PERSON_OPERATOR] = "UPDATE operators SET totp_last_step = ?,"
				" updated_at = updated_at"
				" WHERE id = ? AND totp_last_step < ?",
	};
	uint64_t affected;

	TRY(EXEC(gate->db, sql[person->kind], &affected, INT(step),
	    INT(person->id), INT(step)));
	*accepted = affected == 1;
	return NULL;
}

static struct err *
accept_code(struct gate *gate, struct req *req, const struct person *person,
    struct str code, bool *accepted)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"UPDATE recovery_codes SET used_at = UTC_TIMESTAMP(3)"
		" WHERE user_id = ? AND hash = ? AND used_at IS NULL"
		" AND living = 1",
	    [PERSON_OPERATOR] =
		"UPDATE operator_recovery_codes SET used_at = UTC_TIMESTAMP(3)"
		" WHERE operator_id = ? AND hash = ? AND used_at IS NULL"
		" AND living = 1",
	};
	uint64_t affected;

	TRY(EXEC(gate->db, sql[person->kind], &affected, INT(person->id),
	    code_hash(gate, req->pool, person, code)));
	*accepted = affected == 1;
	return *accepted
		   ? person_note(gate, req, person, "use_recovery_code", NO_STR)
		   : NULL;
}

static struct err *
wrong(struct pool *pool, const char *text)
{
	struct complaints all = {pool, NULL, NULL};
	struct err *err = err_new(
	    pool, UNAUTHENTICATED, "A one-time code is needed to sign in.");

	complain(&all, STR("otp"), "%s", text);
	err->complaints = all.first;
	return err;
}

struct err *
second_check(struct gate *gate, struct req *req, const struct person *person,
    struct str otp, int64_t now)
{
	struct str code = plain(req->pool, otp), seed;
	bool accepted = false;
	uint64_t step;

	if (!person->second)
		return NULL;
	if (code.n == 0)
		return wrong(req->pool, "is required");
	if (!open_seed(gate, req->pool, person, &seed))
		return err_internal(req->pool, "a TOTP seed cannot be opened");
	if (totp_check(seed, code, now, person->totp_step, &step))
		TRY(accept_step(gate, person, step, &accepted));
	else if (code.n == CODE_LETTERS)
		TRY(accept_code(gate, req, person, code, &accepted));
	return accepted ? NULL
			: wrong(req->pool, "is wrong, or was used before");
}

struct err *
second_begin(struct gate *gate, struct pool *pool, const struct person *person,
    struct str *seed)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"UPDATE users SET totp_sealed = ?, totp_confirmed_at = NULL,"
		" totp_last_step = 0, updated_at = updated_at WHERE id = ?",
	    [PERSON_OPERATOR] = "UPDATE operators SET totp_sealed = ?,"
				" totp_confirmed_at = NULL, totp_last_step = 0,"
				" updated_at = updated_at WHERE id = ?",
	};

	*seed = totp_seed(pool);
	return EXEC(gate->db, sql[person->kind], NULL,
	    TEXT(crypto_seal(pool, &gate->seal, place_of(pool, person), *seed)),
	    INT(person->id));
}

struct err *
second_confirm(struct gate *gate, struct pool *pool,
    const struct person *person, struct str otp, int64_t now, bool *good)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"UPDATE users SET totp_confirmed_at = UTC_TIMESTAMP(3),"
		" totp_last_step = ?, updated_at = updated_at WHERE id = ?"
		" AND totp_confirmed_at IS NULL AND totp_sealed = ?",
	    [PERSON_OPERATOR] =
		"UPDATE operators SET totp_confirmed_at = UTC_TIMESTAMP(3),"
		" totp_last_step = ?, updated_at = updated_at WHERE id = ?"
		" AND totp_confirmed_at IS NULL AND totp_sealed = ?",
	};
	struct str seed;
	uint64_t step, affected = 0;

	*good = open_seed(gate, pool, person, &seed) &&
		totp_check(seed, plain(pool, otp), now, 0, &step);
	if (!*good)
		return NULL;
	TRY(EXEC(gate->db, sql[person->kind], &affected, INT(step),
	    INT(person->id), TEXT(person->totp_sealed)));
	*good = affected == 1;
	return NULL;
}

static struct err *
remove_codes(struct gate *gate, const struct person *person)
{
	static const char *const sql[] = {
	    [PERSON_USER] = "DELETE FROM recovery_codes WHERE user_id = ?",
	    [PERSON_OPERATOR] = "DELETE FROM operator_recovery_codes"
				" WHERE operator_id = ?",
	};

	return EXEC(gate->db, sql[person->kind], NULL, INT(person->id));
}

struct err *
second_remove(struct gate *gate, const struct person *person)
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"UPDATE users SET totp_sealed = NULL, totp_confirmed_at = NULL,"
		" totp_last_step = 0, updated_at = updated_at WHERE id = ?",
	    [PERSON_OPERATOR] = "UPDATE operators SET totp_sealed = NULL,"
				" totp_confirmed_at = NULL, totp_last_step = 0,"
				" updated_at = updated_at WHERE id = ?",
	};

	TRY(EXEC(gate->db, sql[person->kind], NULL, INT(person->id)));
	return remove_codes(gate, person);
}

struct err *
second_renew_codes(struct gate *gate, struct pool *pool,
    const struct person *person, struct str codes[SECOND_CODES])
{
	static const char *const sql[] = {
	    [PERSON_USER] =
		"INSERT INTO recovery_codes (organization_id, user_id, hash)"
		" SELECT organization_id, id, ? FROM users WHERE id = ?",
	    [PERSON_OPERATOR] =
		"INSERT INTO operator_recovery_codes (operator_id, hash)"
		" SELECT id, ? FROM operators WHERE id = ?",
	};

	TRY(remove_codes(gate, person));
	for (int i = 0; i < SECOND_CODES; i++) {
		unsigned char bytes[CODE_BYTES];
		struct str code;

		crypto_random(bytes, sizeof bytes);
		code = pool_lower(pool,
		    str_cut(totp_base32(pool, (struct str){(const char *)bytes,
						  sizeof bytes}),
			0, CODE_LETTERS));
		TRY(EXEC(gate->db, sql[person->kind], NULL,
		    code_hash(gate, pool, person, code), INT(person->id)));
		codes[i] = pool_printf(pool, "%.5s-%.5s", code.p, code.p + 5);
	}
	return NULL;
}
