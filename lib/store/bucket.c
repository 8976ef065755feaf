#include "bucket.h"

#include "clock.h"

enum { TENANTS = 512 };

/* Of one tenant, what this process sent, newest last. */
struct sent {
	uint64_t organization;
	int64_t at[BUCKET_MOST]; /* milliseconds, monotonic; 0: none */
};

struct bucket {
	struct redis *redis;
	int64_t window;               /* milliseconds */
	struct sent tenants[TENANTS]; /* by organization modulo their number */
};

/*
 * ARGV: window, how many there may be, how many to add, a word of their own.
 * With nothing to spare the answer is when the one is over that is in the way.
 */
static const char script[] =
    "local t = redis.call('TIME')\n"
    "local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"
    "local window, most = tonumber(ARGV[1]), tonumber(ARGV[2])\n"
    "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)\n"
    "local n = redis.call('ZCARD', KEYS[1])\n"
    "if most > 0 and n >= most then\n"
    "  local way = redis.call('ZRANGE', KEYS[1], n - most, n - most,"
    " 'WITHSCORES')\n"
    "  return math.max(1, way[2] + window - now + 1)\n"
    "end\n"
    "for i = 1, ARGV[3] do\n"
    "  redis.call('ZADD', KEYS[1], now, ARGV[4] .. ':' .. t[1] .. ':' .. t[2]"
    " .. ':' .. i)\n"
    "end\n"
    "redis.call('PEXPIRE', KEYS[1], window + 1000)\n"
    "return 0\n";

struct bucket *
bucket_new(struct pool *process, const struct conf *conf, struct redis *redis)
{
	struct bucket *bucket = NEW(process, struct bucket);

	bucket->redis = redis;
	bucket->window = conf_int(conf, "carrier.seconds", 10, 1, 3600) * 1000;
	return bucket;
}

static struct sent *
sent_of(struct bucket *bucket, uint64_t organization)
{
	struct sent *sent = &bucket->tenants[organization % TENANTS];

	if (sent->organization != organization)
		*sent = (struct sent){.organization = organization};
	return sent;
}

static void
note(struct sent *sent, int64_t now)
{
	memmove(sent->at, sent->at + 1, sizeof sent->at - sizeof sent->at[0]);
	sent->at[BUCKET_MOST - 1] = now;
}

/* 0, or how long the one in the way still counts. */
static int64_t
wait_here(
    const struct bucket *bucket, const struct sent *sent, int most, int64_t now)
{
	int64_t way = sent->at[BUCKET_MOST - most];

	if (way == 0 || way + bucket->window < now)
		return 0;
	return way + bucket->window - now + 1;
}

static struct err *
ask_redis(struct bucket *bucket, struct pool *pool, uint64_t organization,
    int most, int added, int64_t *wait)
{
	struct reply reply;
	unsigned long long word = (unsigned long long)clock_monotonic();

	TRY(redis_call(bucket->redis, pool, &reply,
	    "EVAL %s 1 opbx:%llu:carrier:requests %lld %d %d %llu", script,
	    (unsigned long long)organization, (long long)bucket->window, most,
	    added, word));
	*wait = reply.number;
	return NULL;
}

int64_t
bucket_take(
    struct bucket *bucket, struct pool *pool, uint64_t organization, int leave)
{
	struct sent *sent = sent_of(bucket, organization);
	int64_t now = clock_monotonic() / 1000, wait = 0;
	int most = BUCKET_MOST - leave;

	if (ask_redis(bucket, pool, organization, most, 1, &wait) != NULL)
		wait = wait_here(bucket, sent, most, now);
	if (wait == 0)
		note(sent, now);
	return wait;
}

void
bucket_spend(struct bucket *bucket, struct pool *pool, uint64_t organization)
{
	struct sent *sent = sent_of(bucket, organization);
	int64_t now = clock_monotonic() / 1000, wait;

	/* Without Redis others hear it from the carrier themselves. */
	(void)ask_redis(bucket, pool, organization, 0, BUCKET_MOST, &wait);
	for (int i = 0; i < BUCKET_MOST; i++)
		note(sent, now);
}

int64_t
bucket_window(const struct bucket *bucket)
{
	return bucket->window;
}
