#include "lock.h"

#include "crypto.h"

#include <inttypes.h>

enum { TOKEN = 16 /* bytes */, TOGETHER = 8 };

/* A script costs more than what it does: one for several. */
static const char release_script[] =
    "for _, key in ipairs(KEYS) do "
    "if redis.call('GET',key)==ARGV[1] then redis.call('DEL',key) end end "
    "return 0";

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

/* The keys of the next that are ours; the last of them once more, if need be.
 */
static bool
next_keys(struct pool *pool, uint64_t organization, struct lock *locks,
    size_t count, size_t *next, struct str keys[TOGETHER])
{
	size_t n = 0;

	for (; *next < count && n < TOGETHER; ++*next) {
		struct lock *lock = &locks[*next];

		if (lock->ours)
			keys[n++] = key_of(pool, organization, lock);
		lock->ours = false;
	}
	for (size_t i = n; i < TOGETHER && n > 0; i++)
		keys[i] = keys[n - 1];
	return n > 0;
}

void
locks_release(struct redis *redis, struct pool *pool, uint64_t organization,
    struct str token, struct lock *locks, size_t count)
{
	struct str keys[TOGETHER];
	struct err *err = NULL;
	size_t next = 0;

	/* What Redis does not hear of ends by itself. */
	while (next_keys(pool, organization, locks, count, &next, keys))
		if (err == NULL)
			err = redis_send(redis, pool,
			    "EVAL %s 8 %b %b %b %b %b %b %b %b %b",
			    release_script, keys[0].p, keys[0].n, keys[1].p,
			    keys[1].n, keys[2].p, keys[2].n, keys[3].p,
			    keys[3].n, keys[4].p, keys[4].n, keys[5].p,
			    keys[5].n, keys[6].p, keys[6].n, keys[7].p,
			    keys[7].n, token.p, token.n);
}
