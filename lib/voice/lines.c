#include "lines.h"

#include "id.h"
#include "instant.h"

enum {
	SLOTS = 1024,   /* tenants with a limit that are remembered */
	FRESH = 1000,   /* milliseconds */
	MANY = 64,      /* lines: far more than one call a process */
	COMING = 60000, /* milliseconds a call counts that nobody tells of */
	LIVING_HOURS = 24,
};

struct slot {
	uint64_t organization;
	int64_t calls;   /* when it was learnt */
	int64_t started; /* here, since then */
	int64_t learnt;  /* instant; 0: never */
	bool by_mariadb;
};

struct lines {
	struct redis *redis;
	struct db *db;
	struct slot *slots;
	struct slot *owing; /* let in the call untold */
	struct str key;     /* the call's */
};

struct lines *
lines_new(struct pool *process, struct redis *redis, struct db *db)
{
	struct lines *lines = NEW(process, struct lines);

	lines->redis = redis;
	lines->db = db;
	lines->slots = pool_pages(SLOTS * sizeof *lines->slots);
	return lines;
}

/* Whoever else was there is learnt of anew. */
static struct slot *
slot_of(struct lines *lines, uint64_t organization)
{
	struct slot *slot = &lines->slots[organization % SLOTS];

	if (slot->organization != organization)
		*slot = (struct slot){.organization = organization};
	return slot;
}

/*
 * Takes a line for a call unless all are taken; a call that has one keeps it.
 * KEYS: the calls that live; those let in; with a call's key, what was told of
 * it.  ARGV: the instant, how many there may be, the call, after how long one
 * that nobody told of is none.  How many there are now; -1: all are taken.
 */
static const char script[] =
    "local n = redis.call('HLEN', KEYS[1]) "
    "redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1] - ARGV[4]) "
    "for _, key in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do "
    "if redis.call('EXISTS', KEYS[3] .. key) == 1 then "
    "redis.call('ZREM', KEYS[2], key) else n = n + 1 end end "
    "if redis.call('HEXISTS', KEYS[1], ARGV[3]) == 1 or "
    "redis.call('ZSCORE', KEYS[2], ARGV[3]) then return n end "
    "if n >= tonumber(ARGV[2]) then return -1 end "
    "redis.call('ZADD', KEYS[2], ARGV[1], ARGV[3]) "
    "redis.call('PEXPIRE', KEYS[2], ARGV[4]) "
    "return n + 1";

static struct err *
take(struct lines *lines, struct pool *pool, struct slot *slot, int most,
    int64_t now, bool *taken)
{
	unsigned long long id = slot->organization;
	struct reply reply;

	TRY(redis_call(lines->redis, pool, &reply,
	    "EVAL %s 3 opbx:%llu:live opbx:%llu:coming opbx:%llu:told:"
	    " %lld %d %b %d",
	    script, id, id, id, (long long)now, most, lines->key.p,
	    lines->key.n, (int)COMING));
	if (reply.kind != REPLY_INT)
		return err_unavailable(
		    pool, "redis: EVAL: %.*s", PSTR(reply.text));
	*taken = reply.number >= 0;
	*slot = (struct slot){.organization = slot->organization,
	    .calls = *taken ? reply.number : most,
	    .learnt = now};
	return NULL;
}

/* What MariaDB knows is a little behind, and better than nothing. */
static struct err *
count(struct lines *lines, struct pool *pool, struct slot *slot, int64_t now)
{
	struct rows *rows;
	struct err *err =
	    db_begin(lines->db, pool, DB_READ, slot->organization);

	if (err == NULL)
		err = QUERY(lines->db,
		    "SELECT COUNT(*) FROM calls WHERE organization_id = ?"
		    " AND state IN ('initiated', 'ringing', 'answered')"
		    " AND started_at > ?",
		    &rows, INT(slot->organization),
		    instant_value(
			pool, now - (int64_t)LIVING_HOURS * 3600 * 1000));
	db_rollback(lines->db);
	TRY(err);
	*slot = (struct slot){.organization = slot->organization,
	    .calls = rows_int(rows, 0, 0),
	    .learnt = now,
	    .by_mariadb = true};
	return NULL;
}

static bool
is_fresh(const struct slot *slot, int64_t now)
{
	return slot->learnt != 0 && now >= slot->learnt &&
	       now - slot->learnt < FRESH;
}

/*
 * Nobody has to be asked first: at worst each process lets in one call while
 * others take the other half.
 */
static bool
is_far(const struct slot *slot, int most, int64_t now)
{
	return most >= MANY && is_fresh(slot, now) &&
	       (slot->calls + slot->started) * 2 < most;
}

bool
lines_allow(struct lines *lines, struct pool *pool, uint64_t organization,
    int most, const struct call *call)
{
	struct slot *slot;
	bool taken = false;

	if (most <= 0)
		return true;
	slot = slot_of(lines, organization);
	lines->key = call->key;
	if (lines->key.n == 0)
		lines->key = pool_printf(pool, "request %s", id_uuid(pool).p);
	if (is_far(slot, most, call->now)) {
		lines->owing = slot;
		slot->started++;
		return true;
	}
	if (take(lines, pool, slot, most, call->now, &taken) == NULL)
		return taken;
	if (!(slot->by_mariadb && is_fresh(slot, call->now)) &&
	    count(lines, pool, slot, call->now) != NULL)
		return true;
	slot->started++;
	return slot->calls + slot->started <= most;
}

void
lines_settle(struct lines *lines, struct pool *pool, int64_t now)
{
	struct slot *slot = lines->owing;
	bool taken = false;

	lines->owing = NULL;
	if (slot != NULL)
		(void)take(lines, pool, slot, INT32_MAX, now, &taken);
}
