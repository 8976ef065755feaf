/*
 * Which tenants have something to tell their carrier, and which calls are to
 * be hung up there.
 *
 * A tenant is due at once after every change of what the carrier must know:
 * triggers see to that, in the transaction of the change.  Whoever claims it
 * has it alone for CARRIER_LEASE.  What there is to tell stands in the rows
 * (carrier_steps, extensions.carrier_state), so that nothing can be lost.
 */
#ifndef STORE_CARRIER_DUE_H
#define STORE_CARRIER_DUE_H

#include "db.h"

enum { CARRIER_LEASE = 180, HANG_UP_LEASE = 30 }; /* seconds */

struct carrier_due {
	uint64_t organization;
	struct str lease;
	int attempts; /* in vain so far */
};

/*
 * Each of these is a transaction of its own.  wanted: of this tenant, whether
 * it is due or not; 0: the one that waits longest.  *found is false when there
 * is none, or another has it.
 */
struct err *carrier_claim(struct db *db, struct pool *pool, uint64_t wanted,
    struct carrier_due *due, bool *found);
/*
 * Due again after `pause` milliseconds, or sooner if it changed meanwhile; -1:
 * not before it changes.
 */
struct err *carrier_release(struct db *db, struct pool *pool,
    const struct carrier_due *due, int64_t pause, int attempts);

/* A call that somebody wants to end. */
struct hang_up {
	uint64_t organization, call;
	struct str call_key;
	int attempt; /* from 1 */
};

/* Inside a write transaction of the tenant; *may: there is an API key. */
struct err *hang_up_put(
    struct db *db, uint64_t call_id, struct str call_key, bool *may);
/* Each a transaction of its own. */
struct err *hang_up_claim(
    struct db *db, struct pool *pool, struct hang_up *hang_up, bool *found);
struct err *hang_up_done(
    struct db *db, struct pool *pool, const struct hang_up *hang_up);
/* sent: false when the carrier was not even asked. */
struct err *hang_up_failed(struct db *db, struct pool *pool,
    const struct hang_up *hang_up, int64_t pause, bool sent);

#endif
