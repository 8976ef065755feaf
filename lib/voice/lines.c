#include "lines.h"

#include <inttypes.h>

enum {
	SLOTS = 1024, /* tenants with a limit that are remembered */
	FRESH = 5000, /* milliseconds */
};

struct slot {
	uint64_t organization;
	int64_t calls;   /* when it was learnt */
	int64_t started; /* here, since then */
	int64_t learnt;  /* instant; 0: never */
};

struct lines {
	struct redis *redis;
	struct slot *slots;
	struct slot *dirty; /* asked of in this request */
};

struct lines *
lines_new(struct pool *process, struct redis *redis)
{
	struct lines *lines = NEW(process, struct lines);

	lines->redis = redis;
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

static struct err *
count(struct lines *lines, struct pool *pool, struct slot *slot, int64_t now)
{
	struct reply reply;

	TRY(redis_call(lines->redis, pool, &reply, "HLEN opbx:%llu:live",
	    (unsigned long long)slot->organization));
	slot->calls = reply.number;
	slot->started = 0;
	slot->learnt = now;
	return NULL;
}

/* The carrier may have told of this very call before it asked. */
static bool
is_known(struct lines *lines, struct pool *pool, const struct slot *slot,
    struct str key)
{
	struct reply reply;

	return key.n > 0 &&
	       redis_call(lines->redis, pool, &reply,
		   "HEXISTS opbx:%llu:live %b",
		   (unsigned long long)slot->organization, key.p,
		   key.n) == NULL &&
	       reply.number == 1;
}

bool
lines_allow(struct lines *lines, struct pool *pool, uint64_t organization,
    int most, const struct call *call)
{
	struct slot *slot;
	bool fresh;

	if (most <= 0)
		return true;
	slot = slot_of(lines, organization);
	lines->dirty = slot;
	fresh = slot->learnt != 0 && call->now - slot->learnt < FRESH &&
		call->now >= slot->learnt;
	if (!fresh || slot->calls + slot->started >= most) {
		if (count(lines, pool, slot, call->now) != NULL)
			return true;
		if (slot->calls >= most &&
		    !is_known(lines, pool, slot, call->key))
			return false;
	}
	slot->started++;
	return true;
}

void
lines_learn(struct lines *lines, struct pool *pool, int64_t now)
{
	struct slot *slot = lines->dirty;
	int64_t started;

	lines->dirty = NULL;
	if (slot == NULL)
		return;
	/* What began here may not have come to the table yet. */
	started = slot->started;
	if (count(lines, pool, slot, now) == NULL)
		slot->started = started > 0 ? 1 : 0;
}
