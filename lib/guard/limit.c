#include "limit.h"

#include <inttypes.h>

enum {
	SLOTS = 256,	/* tenants that are counted at a time */
	SETTLE = 250,	/* milliseconds */
	MINUTE = 60000, /* milliseconds */
};

struct slot {
	uint64_t organization;
	int64_t minute;
	int64_t own;	 /* counted here since the last settlement */
	int64_t known;	 /* counted by everybody, as of then */
	int64_t settled; /* when, an instant */
};

struct limits {
	struct redis *redis;
	const char *what;
	struct slot *dirty; /* the slot counted last */
	struct slot slots[SLOTS];
};

struct limits *
limits_new(struct pool *process, struct redis *redis, const char *what)
{
	struct limits *limits = NEW(process, struct limits);

	limits->redis = redis;
	limits->what = what;
	return limits;
}

bool
limits_allow(
    struct limits *limits, uint64_t organization, int most, int64_t now)
{
	struct slot *slot = &limits->slots[organization % SLOTS];

	if (most <= 0)
		return true;
	if (slot->organization != organization || slot->minute != now / MINUTE)
		*slot = (struct slot){organization, now / MINUTE, 0, 0, now};
	slot->own++;
	limits->dirty = slot;
	return slot->known + slot->own <= most;
}

void
limits_settle(struct limits *limits, struct pool *request, int64_t now)
{
	struct slot *slot = limits->dirty;
	struct reply reply;
	struct str key;

	limits->dirty = NULL;
	if (slot == NULL || slot->own == 0 || now - slot->settled < SETTLE)
		return;
	slot->settled = now;
	key = pool_printf(request, "opbx:%" PRIu64 ":rate:%s:%" PRId64,
	    slot->organization, limits->what, slot->minute);
	if (redis_send(limits->redis, request, "INCRBY %b %lld", key.p, key.n,
		(long long)slot->own) != NULL)
		return;
	if (redis_send(limits->redis, request, "EXPIRE %b 120", key.p, key.n) !=
	    NULL)
		return;
	if (redis_receive(limits->redis, request, &reply) == NULL &&
	    reply.kind == REPLY_INT) {
		slot->known = reply.number;
		slot->own = 0;
	}
	(void)redis_receive(limits->redis, request, &reply);
}
