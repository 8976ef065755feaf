#include "lock.h"

#include "crypto.h"

#include <inttypes.h>

enum { TOKEN = 16 /* bytes */ };

/*
 * One script for all of them: sending and starting it costs more than what it
 * does.  0: ours now; else 1 + the milliseconds that another has had it.
 */
static const char take_script[] =
    "local taken = {} "
    "for i, key in ipairs(KEYS) do "
    "if redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) then "
    "taken[i] = 0 else "
    "local left = redis.call('PTTL', key) "
    "taken[i] = left < 0 and 1 or 1 + math.max(0, ARGV[2] - left) "
    "end end "
    "return taken";
static const char release_script[] =
    "local tokens, ours = redis.call('MGET', unpack(KEYS)), {} "
    "for i, key in ipairs(KEYS) do "
    "if tokens[i] == ARGV[1] then ours[#ours + 1] = key end end "
    "return #ours > 0 and redis.call('DEL', unpack(ours)) or 0";

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

enum { FRAME = 5 /* words of the command besides the keys */ };

/* EVAL script, the keys of the locks (or of those that are ours), token. */
static const struct str *
command_of(struct pool *pool, const char *script, const struct str *keys,
    size_t count, struct str token)
{
	struct str *words = NEW_ARRAY(pool, struct str, count + FRAME);

	words[0] = STR("EVAL");
	words[1] = str_of(script);
	words[2] = pool_printf(pool, "%zu", count);
	memcpy(words + 3, keys, count * sizeof *keys);
	words[count + 3] = token;
	words[count + 4] = pool_printf(pool, "%d", (int)LOCK_MS);
	return words;
}

struct err *
locks_take(struct redis *redis, struct pool *pool, uint64_t organization,
    struct str token, struct lock *locks, size_t count)
{
	struct str *keys = NEW_ARRAY(pool, struct str, count);
	struct reply reply;

	for (size_t i = 0; i < count; i++) {
		locks[i].ours = false;
		locks[i].age = 0;
		keys[i] = key_of(pool, organization, &locks[i]);
	}
	if (count == 0)
		return NULL;
	TRY(redis_call_words(redis, pool, &reply,
	    command_of(pool, take_script, keys, count, token), count + FRAME));
	if (reply.kind != REPLY_LIST || reply.count != count)
		return err_unavailable(
		    pool, "redis: lock: %.*s", PSTR(reply.text));
	for (size_t i = 0; i < count; i++) {
		locks[i].ours = reply.list[i].number == 0;
		if (!locks[i].ours)
			locks[i].age = reply.list[i].number - 1;
	}
	return NULL;
}

void
locks_release(struct redis *redis, struct pool *pool, uint64_t organization,
    struct str token, struct lock *locks, size_t count)
{
	struct str *keys = NEW_ARRAY(pool, struct str, count);
	struct err *err = NULL;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (locks[i].ours)
			keys[n++] = key_of(pool, organization, &locks[i]);
		locks[i].ours = false;
	}
	/* What Redis does not hear of ends by itself. */
	if (n > 0)
		err = redis_send_words(redis, pool,
		    command_of(pool, release_script, keys, n, token),
		    n + FRAME);
	(void)err;
}
