/*
 * The in-process cache: small texts under small keys, bounded in memory.
 *
 * Entries lie in a ring of fixed size behind a hash index; a new entry takes
 * the place of the oldest that was not used since it last came round (second
 * chance).  Pages are touched only as they fill, so a process with one tenant
 * stays small.  Each entry carries a stamp, which the caller compares (a
 * tenant's generation); an entry of an older stamp is still there to be used
 * when nothing better can be had.  Nothing is allocated after cache_new().
 */
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include "pool.h"

struct cache;

/* bytes: for ring and index together, 64 KiB to 2 GiB. */
struct cache *cache_new(size_t bytes);
void cache_free(struct cache *cache);

/*
 * The entry's value and stamp; false when there is none.  *value is a slice
 * of the cache and valid until the next cache_put().
 */
bool cache_get(
    struct cache *cache, struct str key, struct str *value, uint64_t *stamp);
/*
 * Replaces, but never an entry of a higher stamp.  An entry larger than a
 * quarter of the cache is not kept, and neither is the one it would replace.
 * value may be what cache_get() gave for this same key, but no other slice of
 * the cache.
 */
void cache_put(
    struct cache *cache, struct str key, struct str value, uint64_t stamp);

struct cache_counts {
	uint64_t hits, misses, evicted;
	size_t entries;
};
struct cache_counts cache_counts(const struct cache *cache);

#endif
