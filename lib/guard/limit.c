#include "limit.h"

#include <inttypes.h>

enum {
	SLOTS = 8192, /* tenants that can be counted in one minute */
	PROBES = 8,
	SETTLE = 250,   /* milliseconds */
	MINUTE = 60000, /* milliseconds */
};

struct slot {
	uint64_t organization;
	int64_t minute;
	int64_t own;     /* counted here since the last settlement */
	int64_t known;   /* counted by everybody, as of then */
	int64_t settled; /* when, an instant */
	int64_t beyond;  /* the limit, here */
};

struct limits {
	struct redis *redis;
	const char *what;
	struct slot *dirty; /* the slot counted last */
	struct slot *slots;
};

struct limits *
limits_new(struct pool *process, struct redis *redis, const char *what)
{
	struct limits *limits = NEW(process, struct limits);

	limits->redis = redis;
	limits->what = what;
	limits->slots = pool_pages(SLOTS * sizeof *limits->slots);
	return limits;
}

/*
 * The tenant's slot of this minute.  Where all that it may have are taken, the
 * least counted one gives way: a tenant near its limit keeps its count.
 */
static struct slot *
slot_of(struct limits *limits, uint64_t organization, int64_t minute)
{
	struct slot *free = NULL;

	for (uint64_t i = 0; i < PROBES; i++) {
		struct slot *slot = &limits->slots[(organization + i) % SLOTS];

		if (slot->organization == organization &&
		    slot->minute == minute)
			return slot;
		if (free == NULL || slot->minute < free->minute ||
		    (slot->minute == free->minute &&
			slot->known + slot->own < free->known + free->own))
			free = slot;
	}
	*free = (struct slot){.organization = organization,
	    .minute = minute,
	    .settled = minute * MINUTE};
	return free;
}

bool
limits_allow(
    struct limits *limits, uint64_t organization, int most, int64_t now)
{
	struct slot *slot;

	if (most <= 0)
		return true;
	slot = slot_of(limits, organization, now / MINUTE);
	slot->own++;
	limits->dirty = slot;
	if (slot->known + slot->own <= most)
		return true;
	slot->beyond++;
	return false;
}

bool
limits_first_beyond(const struct limits *limits)
{
	return limits->dirty != NULL && limits->dirty->beyond == 1;
}

void
limits_settle(struct limits *limits, struct pool *request, int64_t now)
{
	static const char script[] =
	    "local n = redis.call('INCRBY', KEYS[1], ARGV[1]) "
	    "redis.call('EXPIRE', KEYS[1], 120) "
	    "return n";
	struct slot *slot = limits->dirty;
	struct reply reply;
	struct str key;

	limits->dirty = NULL;
	if (slot == NULL || slot->own == 0 || now - slot->settled < SETTLE)
		return;
	slot->settled = now;
	key = pool_printf(request, "opbx:%" PRIu64 ":rate:%s:%" PRId64,
	    slot->organization, limits->what, slot->minute);
	if (redis_call(limits->redis, request, &reply, "EVAL %s 1 %b %lld",
		script, key.p, key.n, (long long)slot->own) == NULL &&
	    reply.kind == REPLY_INT) {
		slot->known = reply.number;
		slot->own = 0;
	}
}
