/*
 * The feed of an organization: what the worker says as it happens, a stream of
 * Redis, opbx:ID:feed.
 */
#ifndef RESOURCE_FEED_H
#define RESOURCE_FEED_H

#include "json.h"
#include "redis.h"

/* Of an entry: "1700000000000-0". */
struct feed_place {
	uint64_t at, number;
};

struct feed_entry {
	struct feed_place place;
	struct str text; /* JSON, one line */
	const struct json *json;
};

struct feed {
	size_t count;
	struct feed_entry *entries;
};

bool feed_parse(struct str text, struct feed_place *place);
struct str feed_print(struct pool *pool, struct feed_place place);
/* < 0, 0, > 0 */
int feed_compare(struct feed_place a, struct feed_place b);

/* Some of what comes behind a place.  An error: Redis is away. */
struct err *feed_read(struct redis *redis, struct pool *pool,
    uint64_t organization, struct feed_place behind, struct feed *out);
/* The first and the last there are; zeros: there is none. */
struct err *feed_ends(struct redis *redis, struct pool *pool,
    uint64_t organization, struct feed_place *first, struct feed_place *last);

#endif
