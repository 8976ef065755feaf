#include "attempt.h"

enum { MINUTE = 60 };

struct count {
	int64_t number;
	int seconds; /* until it is forgotten */
};

static struct str
key_of(struct pool *pool, const unsigned char hash[CRYPTO_HASH])
{
	return pool_printf(pool, "opbx:0:attempts:%.*s",
	    PSTR(crypto_hex(pool, hash, CRYPTO_HASH)));
}

static bool
count_in_redis(struct gate *gate, struct pool *pool,
    const unsigned char hash[CRYPTO_HASH], int added, struct count *count)
{
	static const char script[] =
	    "local n = redis.call('INCRBY', KEYS[1], ARGV[1]) "
	    "if redis.call('PTTL', KEYS[1]) < 0 then "
	    "redis.call('PEXPIRE', KEYS[1], 60000) end "
	    "return {n, redis.call('PTTL', KEYS[1])}";
	struct str key = key_of(pool, hash);
	struct reply reply;

	if (redis_call(gate->redis, pool, &reply, "EVAL %s 1 %b %d", script,
		key.p, key.n, added) != NULL ||
	    reply.kind != REPLY_LIST || reply.count != 2)
		return false;
	count->number = reply.list[0].number;
	count->seconds = (int)((reply.list[1].number + 999) / 1000);
	return true;
}

static struct err *
count_in_mariadb(struct gate *gate, struct pool *pool,
    const unsigned char hash[CRYPTO_HASH], int added, struct count *count)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(gate->db, pool, DB_WRITE, 0));
	err = QUERY(gate->db, "SELECT attempts(?, ?)", &rows,
	    TEXT(((struct str){(const char *)hash, CRYPTO_HASH})), INT(added));
	if (err == NULL)
		count->number = rows_int(rows, 0, 0);
	if (err == NULL)
		err = db_commit(gate->db);
	db_rollback(gate->db);
	count->seconds = MINUTE;
	return err;
}

static struct err *
add(struct gate *gate, struct pool *pool, struct str name, int added,
    struct count *count)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(name, hash);
	if (count_in_redis(gate, pool, hash, added, count))
		return NULL;
	return count_in_mariadb(gate, pool, hash, added, count);
}

static struct err *
check(struct pool *pool, const struct count *count, int most)
{
	struct err *err;

	if (count->number <= most)
		return NULL;
	err = err_new(pool, RATE_LIMITED,
	    "Too many tries; try again in a minute at the latest.");
	err->retry_after = count->seconds > 0 ? count->seconds : 1;
	return err;
}

struct err *
attempt_add(
    struct gate *gate, struct pool *pool, struct str name, int64_t *count)
{
	struct count counted = {0, 0};

	TRY(add(gate, pool, name, 1, &counted));
	*count = counted.number;
	return NULL;
}

struct err *
attempt_allow(struct gate *gate, struct pool *pool, struct str name, int most)
{
	struct count count = {0, 0};

	TRY(add(gate, pool, name, 1, &count));
	return check(pool, &count, most);
}

struct err *
attempt_look(struct gate *gate, struct pool *pool, struct str name, int most)
{
	struct count count = {0, 0};

	TRY(add(gate, pool, name, 0, &count));
	return check(pool, &count, most - 1);
}

/* Wherever it was counted: Redis may have been away in between. */
void
attempt_forget(struct gate *gate, struct pool *pool, struct str name)
{
	unsigned char hash[CRYPTO_HASH];
	struct rows *rows;
	struct reply reply;
	struct str key;

	crypto_sha256(name, hash);
	key = key_of(pool, hash);
	if (redis_call(gate->redis, pool, &reply, "DEL %b", key.p, key.n) ==
	    NULL)
		return;
	if (db_begin(gate->db, pool, DB_WRITE, 0) != NULL)
		return;
	if (QUERY(gate->db, "SELECT attempts_forget(?)", &rows,
		TEXT(((struct str){(const char *)hash, CRYPTO_HASH}))) == NULL)
		(void)db_commit(gate->db);
	db_rollback(gate->db);
}
