/*
 * How many calls a tenant has at once, next to how many it may have.
 *
 * The worker keeps the living calls of a tenant in Redis (opbx:ID:live).
 * After an answer a process learns how many there are; before the next one it
 * decides by that for as long as it is fresh, together with what it let in
 * since.  Only where that is not enough does it ask.  While Redis is away
 * nobody is turned away.
 */
#ifndef VOICE_LINES_H
#define VOICE_LINES_H

#include "call.h"
#include "redis.h"

struct lines;

struct lines *lines_new(struct pool *process, struct redis *redis);

/* True when one more call is within the limit, and counts it; most 0: none. */
bool lines_allow(struct lines *lines, struct pool *pool, uint64_t organization,
    int most, const struct call *call);
/* After the answer. */
void lines_learn(struct lines *lines, struct pool *pool, int64_t now);

#endif
