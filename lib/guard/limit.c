#include "limit.h"

#include <inttypes.h>

enum {
	SLOTS = 8192, /* tenants that can be counted in one minute */
	PROBES = 8,
	OWING = 16,     /* of them that were counted and not settled yet */
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
	struct slot *last; /* that was counted */
	struct slot *owing[OWING];
	size_t owed;
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

/* One too many is settled when it is counted again. */
static void
owe(struct limits *limits, struct slot *slot)
{
	limits->last = slot;
	for (size_t i = 0; i < limits->owed; i++)
		if (limits->owing[i] == slot)
			return;
	if (limits->owed < OWING)
		limits->owing[limits->owed++] = slot;
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
	owe(limits, slot);
	if (slot->known + slot->own <= most)
		return true;
	slot->beyond++;
	return false;
}

bool
limits_first_beyond(const struct limits *limits)
{
	return limits->last != NULL && limits->last->beyond == 1;
}

/* Those that it is time for, which are in front afterwards. */
static size_t
find_due(struct limits *limits, int64_t now)
{
	size_t due = 0;

	for (size_t i = 0; i < limits->owed; i++) {
		struct slot *slot = limits->owing[i];

		if (slot->own == 0 || now - slot->settled < SETTLE)
			continue;
		slot->settled = now;
		limits->owing[due++] = slot;
	}
	limits->last = NULL;
	limits->owed = 0;
	return due;
}

void
limits_settle(struct limits *limits, struct pool *request, int64_t now)
{
	static const char script[] =
	    "local said = {} "
	    "for i, key in ipairs(KEYS) do "
	    "said[i] = redis.call('INCRBY', key, ARGV[i]) "
	    "redis.call('EXPIRE', key, 120) end "
	    "return said";
	size_t due = find_due(limits, now);
	struct str words[3 + 2 * OWING];
	struct reply reply;

	if (due == 0)
		return;
	words[0] = STR("EVAL");
	words[1] = str_of(script);
	words[2] = pool_printf(request, "%zu", due);
	for (size_t i = 0; i < due; i++) {
		const struct slot *slot = limits->owing[i];

		words[3 + i] =
		    pool_printf(request, "opbx:%" PRIu64 ":rate:%s:%" PRId64,
			slot->organization, limits->what, slot->minute);
		words[3 + due + i] =
		    pool_printf(request, "%" PRId64, slot->own);
	}
	if (redis_call_words(
		limits->redis, request, &reply, words, 3 + 2 * due) != NULL)
		return;
	for (size_t i = 0; i < due && i < reply.count; i++) {
		limits->owing[i]->known = reply.list[i].number;
		limits->owing[i]->own = 0;
	}
}
