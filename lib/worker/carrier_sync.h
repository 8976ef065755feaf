/*
 * Keeps the carrier's side in step: a tenant's wiring, its subscribers, the
 * lists one can choose from; and hangs up calls.
 *
 * The rows say what is to be done (carrier_due.h), so that it may be tried as
 * often as need be, by whomever.  Every request passes the breaker of this
 * process and the tenant's bucket (bucket.h); what waits for either is tried
 * later, never waited for.  The API key is read here, and goes to the
 * carrier's host alone.
 */
#ifndef WORKER_CARRIER_SYNC_H
#define WORKER_CARRIER_SYNC_H

#include "bucket.h"
#include "carrier.h"
#include "carrier_due.h"
#include "crypto.h"
#include "intake.h"

struct carrier_work {
	struct db *db; /* of the account "worker", or "ctl" */
	struct carrier *carrier;
	struct bucket *bucket;
	struct intake *intake; /* what it holds is not in the calls yet */
	struct breaker breaker;
	struct str base_url; /* of tenants that have none of their own */
	struct crypto_key seal;
};

struct carrier_work *carrier_work_new(struct pool *process,
    const struct conf *conf, const struct crypto_key *master, struct db *db,
    struct redis *redis, struct fetch *fetch);

/* What the carrier must know of a tenant. */
struct carrier_tenant {
	uint64_t organization;
	bool keyed;       /* has an API key of a carrier that can be asked */
	struct str wrong; /* why it cannot be told anything; absent: it can */
	struct carrier_domain domain;
	struct carrier_profile profile;
	struct str voice_url;
};
/* In a transaction of its own. */
struct err *carrier_load_tenant(struct carrier_work *work, struct pool *pool,
    uint64_t organization, struct carrier_tenant *tenant);

/*
 * 0: it was sent; else the milliseconds after which it may be, and its outcome
 * is why not: CARRIER_BUSY has no turn, CARRIER_TROUBLE an open breaker.
 */
int64_t carrier_ask(struct carrier_work *work, struct pool *pool,
    const struct carrier_tenant *tenant, int leave,
    const struct carrier_question *request, struct carrier_answer *answer);

/* How it went with one tenant. */
struct carrier_seen {
	uint64_t organization;
	int requests;
	int64_t pause;      /* milliseconds until it is due; -1: it is not */
	struct str failure; /* the first; absent: there was none */
};
/*
 * Tells the carrier what it must know of the tenant that waits longest, or of
 * the wanted one, as far as its requests go.
 */
struct err *carrier_see_to(struct carrier_work *work, struct pool *pool,
    uint64_t wanted, struct carrier_seen *seen, bool *found);

/* Hangs up the call that waits longest; *failure as in deliver_one(). */
struct err *carrier_hang_up(struct carrier_work *work, struct pool *pool,
    struct hang_up *hang_up, bool *found, struct str *failure);

#endif
