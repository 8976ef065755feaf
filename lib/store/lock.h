/*
 * Locks in Redis: who has one works at something alone, as long as it lives.
 *
 * A lock spares work that another does already; it guards no truth, for it
 * ends after LOCK_MS whatever its owner is at.  Only the token that took it
 * can release it: who comes back too late leaves his successor's alone.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "redis.h"

enum { LOCK_MS = 30000 };

struct lock {
	struct str name; /* "call:8d67": opbx:{organization}:lock:NAME */
	bool ours;
	int64_t age; /* of another's: milliseconds since it was taken */
};

/* A token like no other, for locks that are taken and released together. */
struct str lock_token(struct pool *pool);
/*
 * Takes those that are free.  On an error (Redis is away) none is ours; what
 * was taken all the same ends by itself.
 */
struct err *locks_take(struct redis *redis, struct pool *pool,
    uint64_t organization, struct str token, struct lock *locks, size_t count);
/* Gives those back that are ours, without waiting for it. */
void locks_release(struct redis *redis, struct pool *pool,
    uint64_t organization, struct str token, struct lock *locks, size_t count);

#endif
