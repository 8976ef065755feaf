/*
 * Sends what waits to be sent (delivery.h): mail by SMTP, events by https.
 *
 * A request is the POST of a JSON body with
 *	X-OpBX-Delivery: the same in every attempt, to know a repeat by
 *	X-OpBX-Timestamp: seconds since 1970
 *	X-OpBX-Signature: hex HMAC-SHA256(secret, timestamp "." body)
 * and has arrived when it is answered with 2xx.
 */
#ifndef WORKER_DELIVER_H
#define WORKER_DELIVER_H

#include "delivery.h"
#include "fetch.h"

struct deliver {
	struct db *db; /* of the account "worker" */
	struct fetch *fetch;
	const struct conf *conf;
	struct crypto_key seal;
};

/*
 * Sends the one that waits longest and notes how it went; *found is false
 * when none is due.  *failure, for people, is absent when it arrived.  An
 * error is one of our own: it is due again later.
 */
struct err *deliver_one(const struct deliver *deliver, struct pool *pool,
    enum delivery_kind kind, struct delivery *delivery, bool *found,
    struct str *failure);

#endif
