#include "lock.h"

#include "crypto.h"

#include <inttypes.h>

enum { TOKEN = 16 }; /* bytes */

static const char release_script[] =
    "if redis.call('GET',KEYS[1])==ARGV[1] then "
    "return redis.call('DEL',KEYS[1]) end return 0";

struct str
lock_token(struct pool *pool)
{
	return crypto_token(pool, TOKEN);
}

static struct str
key_of(struct pool *pool, uint64_t organization, const struct lock *lock)
{
	return pool_printf(
	    pool, "opbx:%" PRIu64 ":lock:%.*s", organization, PSTR(lock->name));
}

/* All of them on one way there and back. */
static struct err *
ask(struct redis *redis, struct pool *pool, uint64_t organization,
    struct str token, struct lock *locks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str key = key_of(pool, organization, &locks[i]);

		TRY(redis_send(redis, pool, "SET %b %b NX PX %d", key.p, key.n,
		    token.p, token.n, (int)LOCK_MS));
	}
	for (size_t i = 0; i < count; i++) {
		struct reply reply;

		TRY(redis_receive(redis, pool, &reply));
		if (reply.kind == REPLY_ERROR)
			return err_unavailable(
			    pool, "redis: lock: %.*s", PSTR(reply.text));
		locks[i].ours = reply.kind == REPLY_TEXT;
	}
	return NULL;
}

/* Of another's, which may be gone by now. */
static struct err *
ask_age(struct redis *redis, struct pool *pool, uint64_t organization,
    struct lock *lock)
{
	struct str key = key_of(pool, organization, lock);
	struct reply reply;

	TRY(redis_call(redis, pool, &reply, "PTTL %b", key.p, key.n));
	lock->age = reply.number >= 0 ? LOCK_MS - reply.number : 0;
	return NULL;
}

struct err *
locks_take(struct redis *redis, struct pool *pool, uint64_t organization,
    struct str token, struct lock *locks, size_t count)
{
	struct err *err;

	for (size_t i = 0; i < count; i++) {
		locks[i].ours = false;
		locks[i].age = 0;
	}
	err = ask(redis, pool, organization, token, locks, count);
	for (size_t i = 0; i < count && err == NULL; i++)
		if (!locks[i].ours)
			err = ask_age(redis, pool, organization, &locks[i]);
	for (size_t i = 0; i < count && err != NULL; i++)
		locks[i].ours = false;
	return err;
}

void
locks_release(struct redis *redis, struct pool *pool, uint64_t organization,
    struct str token, struct lock *locks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str key = key_of(pool, organization, &locks[i]);

		if (locks[i].ours &&
		    redis_send(redis, pool, "EVAL %s 1 %b %b", release_script,
			key.p, key.n, token.p, token.n) != NULL)
			break; /* then they end by themselves */
		locks[i].ours = false;
	}
}
