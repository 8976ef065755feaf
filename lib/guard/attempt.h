/*
 * How often somebody tried to get in: counted in Redis, and in MariaDB when
 * Redis is away, so that all processes together allow no more than one.
 *
 * A count is of one name and lasts for a minute from the first try on.  The
 * name is kept as a hash.  Outside of a transaction.
 */
#ifndef GUARD_ATTEMPT_H
#define GUARD_ATTEMPT_H

#include "gate.h"

/* Adds one: how many there are now. */
struct err *attempt_add(
    struct gate *gate, struct pool *pool, struct str name, int64_t *count);
/*
 * RATE_LIMITED with Retry-After when there were `most` already; else counts
 * one more.
 */
struct err *attempt_allow(
    struct gate *gate, struct pool *pool, struct str name, int most);
/* The same without counting. */
struct err *attempt_look(
    struct gate *gate, struct pool *pool, struct str name, int most);
/* It was somebody who may; for accounts that may forget (session). */
void attempt_forget(struct gate *gate, struct pool *pool, struct str name);

#endif
