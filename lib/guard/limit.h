/*
 * How often: requests of a tenant per minute, counted where they arrive and
 * settled with Redis afterwards, so that nobody waits for a counter.  Between
 * two settlements (250 ms) a process knows only its own; while Redis is away
 * limits are local.
 */
#ifndef GUARD_LIMIT_H
#define GUARD_LIMIT_H

#include "redis.h"

struct limits;

struct limits *limits_new(
    struct pool *process, struct redis *redis, const char *what);
/*
 * Counts one request of the tenant; false when it goes beyond `most` in this
 * minute.  most 0: no limit, and nothing is counted.  now: instant.
 */
bool limits_allow(
    struct limits *limits, uint64_t organization, int most, int64_t now);
/*
 * The request that was counted last is the first beyond the limit in its
 * minute, as far as this process knows: one of many to tell people of.
 */
bool limits_first_beyond(const struct limits *limits);
/*
 * After the answer, or the answers of several tenants: tells Redis what was
 * counted since, learns what others did.
 */
void limits_settle(struct limits *limits, struct pool *request, int64_t now);

#endif
