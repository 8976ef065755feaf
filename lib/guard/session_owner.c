/* Whose a session is: what is known before the tenant is. */
#include "session.h"

/* "opbx:0:session:HASH": no tenant is known yet. */
static struct str
key_of(struct pool *pool, struct str secret)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(secret, hash);
	return pool_printf(pool, "opbx:0:session:%.*s",
	    PSTR(crypto_hex(pool, hash, sizeof hash)));
}

/* "user 12 1795360598123": of which tenant, or which operator; last seen. */
static bool
parse(struct str text, struct person *person, int64_t *seen)
{
	struct str kind, number;
	int64_t id;

	if (!str_next(&text, ' ', &kind) || !str_next(&text, ' ', &number) ||
	    !str_to_int(number, 1, INT64_MAX, &id) ||
	    !str_to_int(text, 0, INT64_MAX, seen))
		return false;
	if (str_is(kind, "operator"))
		*person = (struct person){
		    .kind = PERSON_OPERATOR, .id = (uint64_t)id};
	else
		*person = (struct person){
		    .kind = PERSON_USER, .organization = (uint64_t)id};
	return true;
}

struct err *
session_ask_owner(struct gate *gate, struct pool *pool, struct str secret,
    struct person *person)
{
	unsigned char hash[CRYPTO_HASH];
	struct value value;
	struct rows *rows;
	struct err *err;

	*person = (struct person){.kind = PERSON_USER};
	crypto_sha256(secret, hash);
	value = TEXT(((struct str){(const char *)hash, sizeof hash}));
	TRY(db_begin(gate->db, pool, DB_READ, 0));
	err = QUERY(gate->db,
	    "SELECT organization_by_session(?), operator_by_session(?)", &rows,
	    value, value);
	if (err == NULL) {
		person->organization = (uint64_t)rows_int(rows, 0, 0);
		person->id = (uint64_t)rows_int(rows, 0, 1);
		if (person->id != 0)
			person->kind = PERSON_OPERATOR;
	}
	return person_end(gate, err);
}

struct err *
session_owner(struct gate *gate, struct pool *pool, struct str secret,
    struct person *person, int64_t *seen)
{
	struct str key = key_of(pool, secret);
	struct reply reply;

	*seen = 0;
	if (redis_call(gate->redis, pool, &reply, "GET %b", key.p, key.n) ==
		NULL &&
	    reply.kind == REPLY_TEXT && parse(reply.text, person, seen))
		return NULL;
	*seen = 0;
	return session_ask_owner(gate, pool, secret, person);
}

void
session_seen(struct gate *gate, struct pool *pool, struct str secret,
    const struct person *person, int64_t now)
{
	bool is_operator = person->kind == PERSON_OPERATOR;
	struct str key = key_of(pool, secret);
	struct str value =
	    pool_printf(pool, "%s %llu %lld", is_operator ? "operator" : "user",
		(unsigned long long)(is_operator ? person->id
						 : person->organization),
		(long long)now);

	(void)redis_send(gate->redis, pool, "SET %b %b PX %lld", key.p, key.n,
	    value.p, value.n, (long long)gate->idle);
}
