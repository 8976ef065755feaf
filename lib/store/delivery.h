/*
 * Deliveries: mail and https requests that wait to be sent.
 *
 * Noted in the transaction of what they tell of, kept sealed because they
 * hold links and secrets, and sent by opbx-worker: whoever claims one has it
 * for a while alone (DELIVERY_LEASE), then it is due again, so that nothing
 * is lost, and sent twice is only what a worker could not note any more.  Five
 * failures park it (parked_job, queue "deliveries").
 */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include "crypto.h"
#include "db.h"

enum delivery_kind { DELIVERY_MAIL, DELIVERY_HTTPS };

enum {
	DELIVERY_LEASE = 300, /* seconds; longer than any attempt takes */
	DELIVERY_ATTEMPTS = 5,
};

struct delivery {
	uint64_t organization; /* 0: the platform */
	uint64_t notification; /* whose outcome it is; 0: nobody's */
	enum delivery_kind kind;

	struct str to, subject, text;          /* mail */
	struct str file, file_name, file_type; /* below var_dir; absent: none */

	/* https: body is JSON, posted and signed with the secret. */
	struct str url, body, secret;

	/* Of a claimed one: */
	uint64_t id;
	struct str key; /* the same in every attempt */
	int attempt;    /* from 1 */
};

/* Inside a write transaction of the same organization, or for the platform. */
struct err *delivery_put(struct db *db, struct pool *pool,
    const struct crypto_key *seal, const struct delivery *delivery);

/*
 * For the worker, each a transaction of its own.  *found is false when
 * nothing is due.  What cannot be opened is noted as failed and an error.
 */
struct err *delivery_claim(struct db *db, struct pool *pool,
    const struct crypto_key *seal, enum delivery_kind kind,
    struct delivery *delivery, bool *found);
/* It is gone, and its notification was delivered. */
struct err *delivery_done(
    struct db *db, struct pool *pool, const struct delivery *delivery);
/*
 * Once more after 1 min, 5 min, 30 min and 2 h, then parked.  failure: why,
 * for people, without secrets.
 */
struct err *delivery_failed(struct db *db, struct pool *pool,
    const struct delivery *delivery, struct str failure);

#endif
