/*
 * One tenant's objects through three caches: the process, Redis, MariaDB.
 *
 * An object is packed once and kept as text under its kind, its key and the
 * tenant's generation.  What was looked up in a request stays the same for
 * all of it.  When MariaDB is down, older generations are used without limit
 * of age.  "There is none" is kept, too.
 */
#ifndef VOICE_SHELF_H
#define VOICE_SHELF_H

#include "cache.h"
#include "generation.h"
#include "load.h"

/* One kind of object: how it is loaded, and how it is packed. */
struct kind {
	char letter;
	size_t size;
	struct err *(*load)(const struct loading *, struct str, void **);
	void (*pack)(struct pack *, void *);
};

struct seen;  /* what this request has looked up already */
struct fresh; /* to be written to Redis after the answer */

struct shelf {
	struct db *db;
	struct redis *redis;
	struct generations *generations;
	struct cache *cache;
	struct str base_url;   /* of the installation */
	struct str tenant_url; /* of the request's tenant, once known */
	bool anew; /* MariaDB alone is asked: what it says is for Redis */

	/* Of the request. */
	struct pool *pool;
	uint64_t organization;
	uint64_t generation;
	bool failed; /* something could not be found out */
	bool database_down, redis_down;
	bool lagging;       /* a replica's answer: not kept */
	struct str failure; /* what MariaDB or the way to it said */
	const char *source; /* "memory", "redis", "database", "stale" */
	struct seen *seen;
	struct fresh *fresh;
	/* Look-ups since the last shelf_settle(), by what answered. */
	unsigned answered[METRIC_CACHE_STALE + 1];
};

/* Begins to look up objects of a tenant; 0: which tenant is whose. */
void shelf_open(
    struct shelf *shelf, struct pool *request, uint64_t organization);
/* Ends the transaction, if one was begun. */
void shelf_close(struct shelf *shelf);
/* After the answer: Redis learns what was loaded; false: not all of it. */
bool shelf_settle(struct shelf *shelf, struct pool *request);

/* NULL when there is none; sets failed when that could not be found out. */
const void *shelf_find(
    struct shelf *shelf, const struct kind *kind, struct str key);
const void *shelf_find_id(
    struct shelf *shelf, const struct kind *kind, uint64_t id);
/* The transaction of this request, begun by the first who needs it. */
struct err *shelf_snapshot(struct shelf *shelf);
struct loading shelf_loading(const struct shelf *shelf);

#endif
