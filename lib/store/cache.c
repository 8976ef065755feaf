#include "cache.h"

#include <assert.h>

/*
 * The ring is a log.  New entries are written at `head`; room is made at
 * `tail`, where the oldest lie.  An entry at the tail that was used since it
 * was written moves to the head instead of leaving, so hot entries travel and
 * cold ones fall out.  A move never needs room of its own: the head stands
 * before the tail, and memmove() copes with the overlap.
 *
 * The index is open addressing with linear probing; a deletion shifts the
 * followers back, so there are no tombstones and look-ups stay short.
 */
enum {
	LEAST = 64 * 1024,
	ALIGN = 8,
	INDEX_PART = 8, /* one part in so many is the index */
	MOVES = 16,     /* second chances given by one put */
};

struct entry {
	uint64_t stamp;
	uint32_t size; /* of the whole, a multiple of ALIGN */
	uint32_t hash;
	uint32_t value; /* bytes of the value, behind the key */
	uint16_t key;   /* bytes of the key, behind the entry */
	bool used;      /* since it was written or moved */
	bool live;      /* false: padding, or replaced by a later entry */
};

struct slot {
	uint32_t place; /* offset in the ring / ALIGN, + 1; 0: free */
	uint32_t hash;
};

struct cache {
	unsigned char *ring;
	struct slot *slots;
	size_t ring_size, bytes;
	size_t head, tail; /* offsets; equal: empty when filled is 0 */
	size_t filled;     /* bytes from tail to head, padding included */
	size_t slot_count; /* a power of two */
	struct cache_counts counts;
};

struct cache *
cache_new(size_t bytes)
{
	size_t front = (sizeof(struct cache) + 63) & ~(size_t)63;
	size_t slots = 1;
	unsigned char *pages;
	struct cache *cache;

	assert(bytes >= LEAST && bytes <= (size_t)2 << 30);
	while (slots * 2 * sizeof(struct slot) <= bytes / INDEX_PART)
		slots *= 2;
	pages = pool_pages(bytes);
	cache = (struct cache *)(void *)pages;
	cache->bytes = bytes;
	cache->slot_count = slots;
	cache->slots = (struct slot *)(void *)(pages + front);
	cache->ring = pages + front + slots * sizeof(struct slot);
	cache->ring_size = (bytes - front - slots * sizeof(struct slot)) &
			   ~(size_t)(ALIGN - 1);
	return cache;
}

void
cache_free(struct cache *cache)
{
	if (cache != NULL)
		pool_pages_free(cache, cache->bytes);
}

static struct entry *
entry_at(const struct cache *cache, size_t offset)
{
	assert(offset <= cache->ring_size - ALIGN);
	return (struct entry *)(void *)(cache->ring + offset);
}

static char *
entry_bytes(struct entry *entry)
{
	return (char *)entry + sizeof *entry;
}

static uint32_t
hash_of(struct str key)
{
	uint64_t hash = str_hash(key);

	return (uint32_t)(hash ^ hash >> 32);
}

static struct entry *
slot_entry(const struct cache *cache, const struct slot *slot)
{
	return entry_at(cache, (size_t)(slot->place - 1) * ALIGN);
}

/* The key's slot, or the free one where it would go. */
static struct slot *
slot_find(const struct cache *cache, struct str key, uint32_t hash)
{
	size_t mask = cache->slot_count - 1;
	size_t i = hash & mask;

	for (; cache->slots[i].place != 0; i = (i + 1) & mask) {
		struct entry *entry;

		if (cache->slots[i].hash != hash)
			continue;
		entry = slot_entry(cache, &cache->slots[i]);
		if (entry->key == key.n &&
		    memcmp(entry_bytes(entry), key.p, key.n) == 0)
			break;
	}
	return &cache->slots[i];
}

/* The slot that points at this place of the ring; there must be one. */
static struct slot *
slot_of(const struct cache *cache, size_t offset)
{
	size_t mask = cache->slot_count - 1;
	uint32_t place = (uint32_t)(offset / ALIGN + 1);
	size_t i = entry_at(cache, offset)->hash & mask;

	while (cache->slots[i].place != place) {
		assert(cache->slots[i].place != 0);
		i = (i + 1) & mask;
	}
	return &cache->slots[i];
}

static void
slot_remove(struct cache *cache, struct slot *slot)
{
	size_t mask = cache->slot_count - 1;
	size_t hole = (size_t)(slot - cache->slots);
	size_t i = hole;

	for (;;) {
		size_t home;

		i = (i + 1) & mask;
		if (cache->slots[i].place == 0)
			break;
		home = cache->slots[i].hash & mask;
		/* It may move back only if its home is not behind the hole. */
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		cache->slots[hole] = cache->slots[i];
		hole = i;
	}
	cache->slots[hole] = (struct slot){0, 0};
	cache->counts.entries--;
}

static size_t
after(const struct cache *cache, size_t offset, size_t size)
{
	assert(offset + size <= cache->ring_size);
	return offset + size == cache->ring_size ? 0 : offset + size;
}

/* Bytes that can be written at the head without a break. */
static size_t
room_at_head(const struct cache *cache)
{
	if (cache->filled == cache->ring_size)
		return 0;
	return (cache->head < cache->tail ? cache->tail : cache->ring_size) -
	       cache->head;
}

/* Fills the ring's end with padding and goes on at its start. */
static void
wrap(struct cache *cache)
{
	size_t rest = cache->ring_size - cache->head;

	/* Too short for an entry: its first bytes are not looked at. */
	if (rest >= sizeof(struct entry)) {
		struct entry *entry = entry_at(cache, cache->head);

		entry->live = false;
		entry->size = (uint32_t)rest;
	}
	cache->filled += rest;
	cache->head = 0;
}

/* The entry at the tail goes to the head, where it is the newest. */
static void
move(struct cache *cache, size_t from, size_t size)
{
	struct slot *slot = slot_of(cache, from);

	if (cache->head > from && cache->ring_size - cache->head < size)
		wrap(cache);
	memmove(cache->ring + cache->head, cache->ring + from, size);
	slot->place = (uint32_t)(cache->head / ALIGN + 1);
	cache->head = after(cache, cache->head, size);
	cache->filled += size;
}

/* Gives up the oldest entry, or the padding at the tail. */
static void
advance(struct cache *cache, int *moves)
{
	size_t from = cache->tail;
	size_t rest = cache->ring_size - from;
	struct entry *entry;
	size_t size;

	assert(cache->filled > 0);
	if (rest < sizeof(struct entry)) {
		cache->tail = 0;
		cache->filled -= rest;
		return;
	}
	entry = entry_at(cache, from);
	size = entry->size;
	cache->tail = after(cache, from, size);
	cache->filled -= size;
	if (!entry->live)
		return;
	if (entry->used && *moves > 0) {
		entry->used = false;
		--*moves;
		move(cache, from, size);
		return;
	}
	slot_remove(cache, slot_of(cache, from));
	cache->counts.evicted++;
}

static void
make_room(struct cache *cache, size_t size)
{
	int moves = MOVES;

	while (cache->counts.entries >= cache->slot_count / 8 * 7)
		advance(cache, &moves);
	while (room_at_head(cache) < size) {
		if (cache->filled == 0) {
			cache->head = cache->tail = 0;
			continue;
		}
		/* The rest of the ring is free, but too short. */
		if (cache->head >= cache->tail &&
		    cache->filled < cache->ring_size) {
			wrap(cache);
			continue;
		}
		advance(cache, &moves);
	}
}

bool
cache_get(
    struct cache *cache, struct str key, struct str *value, uint64_t *stamp)
{
	struct slot *slot = slot_find(cache, key, hash_of(key));
	struct entry *entry;

	if (slot->place == 0) {
		cache->counts.misses++;
		return false;
	}
	entry = slot_entry(cache, slot);
	/* Written only when it changes: a hit dirties no page. */
	if (!entry->used)
		entry->used = true;
	cache->counts.hits++;
	*value = (struct str){entry_bytes(entry) + entry->key, entry->value};
	*stamp = entry->stamp;
	return true;
}

static void
append(struct cache *cache, struct str key, struct str value, uint64_t stamp,
    size_t size)
{
	uint32_t hash = hash_of(key);
	struct entry *entry;

	make_room(cache, size);
	entry = entry_at(cache, cache->head);
	*entry = (struct entry){.stamp = stamp,
	    .size = (uint32_t)size,
	    .hash = hash,
	    .value = (uint32_t)value.n,
	    .key = (uint16_t)key.n,
	    .live = true};
	memcpy(entry_bytes(entry), key.p, key.n);
	if (value.n > 0)
		memcpy(entry_bytes(entry) + key.n, value.p, value.n);
	*slot_find(cache, key, hash) =
	    (struct slot){(uint32_t)(cache->head / ALIGN + 1), hash};
	cache->counts.entries++;
	cache->head = after(cache, cache->head, size);
	cache->filled += size;
}

void
cache_put(struct cache *cache, struct str key, struct str value, uint64_t stamp)
{
	struct slot *slot = slot_find(cache, key, hash_of(key));
	size_t size = sizeof(struct entry) + key.n + value.n;

	assert(key.n > 0 && key.n <= UINT16_MAX);
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (slot->place != 0) {
		struct entry *entry = slot_entry(cache, slot);

		if (entry->stamp > stamp)
			return;
		if (entry->size == size) {
			entry->stamp = stamp;
			entry->value = (uint32_t)value.n;
			if (value.n > 0)
				memmove(entry_bytes(entry) + key.n, value.p,
				    value.n);
			return;
		}
		entry->live = false;
		slot_remove(cache, slot);
	}
	if (size > cache->ring_size / 4)
		return;
	append(cache, key, value, stamp, size);
}

struct cache_counts
cache_counts(const struct cache *cache)
{
	return cache->counts;
}
