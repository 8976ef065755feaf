/*
 * What has to be counted over all processes and nodes: a ring group's calls,
 * and wrong PINs.  In Redis; while it is away, in MariaDB.
 */
#ifndef VOICE_COUNTERS_H
#define VOICE_COUNTERS_H

#include "call.h"
#include "db.h"
#include "redis.h"

struct counters {
	struct redis *redis;
	struct db *db; /* a transaction that is open is ended */
	struct pool *pool;
	uint64_t organization;
};

/*
 * How many calls the group had before this one.  Asked again for the same
 * call it answers the same for six hours; without a key every request is a
 * call of its own.  When nobody can count, the key's hash stands in.
 */
uint64_t counters_group_calls(
    const struct counters *counters, uint64_t ring_group, struct str call_key);

/* The same for a call that is only imagined: counts nothing. */
uint64_t counters_group_calls_so_far(
    const struct counters *counters, uint64_t ring_group);

/* 20 wrong PINs within 10 minutes lock a room or mailbox for 15 minutes. */
bool counters_locked(const struct counters *counters, struct node node);
void counters_wrong_pin(const struct counters *counters, struct node node);

#endif
