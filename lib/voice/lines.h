/*
 * How many calls a tenant has at once, next to how many it may have.
 *
 * The worker keeps the living calls of a tenant in Redis (opbx:ID:live); those
 * that were let in and that it has not told of yet stand beside them for a
 * minute (opbx:ID:coming).  Redis is asked before a call is let in, and the
 * limit is kept.  Only of 64 lines or more, while a process knows from within
 * the last second that less than half are taken, it lets a call in and notes it
 * after the answer: where that half is gone in a second, one call a process can
 * come in beyond the limit.
 *
 * While Redis is away the limit is kept roughly: MariaDB, which is a little
 * behind, is asked once a second, and each process adds what it let in itself.
 * When neither answers nobody is turned away.
 */
#ifndef VOICE_LINES_H
#define VOICE_LINES_H

#include "call.h"
#include "db.h"
#include "redis.h"

struct lines;

struct lines *lines_new(
    struct pool *process, struct redis *redis, struct db *db);

/*
 * True when the call is within the limit, and counts it, once; most 0: none.
 * db must not be in a transaction.
 */
bool lines_allow(struct lines *lines, struct pool *pool, uint64_t organization,
    int most, const struct call *call);
/* After the answer. */
void lines_settle(struct lines *lines, struct pool *pool, int64_t now);

#endif
