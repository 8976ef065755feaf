/*
 * Idempotency-Key: a request that is sent twice is carried out once.
 *
 *	once_begin()	before the work: new, or the answer that there was
 *	once_commit()	in the transaction of the work, so that work and mark
 *			are there together or not at all
 *	once_keep()	the answer, sealed, for those who ask again
 *	once_forget()	when nothing came of it: the key is free again
 *
 * A key belongs to who sent it: nobody sees another's answer.  It is kept for
 * 24 hours.  A process that dies in the middle holds its key for a minute.
 */
#ifndef GUARD_ONCE_H
#define GUARD_ONCE_H

#include "crypto.h"
#include "db.h"
#include "req.h"

struct once {
	struct str key;        /* absent: the request has none */
	uint64_t organization; /* 0: the operator's own, of no organization */
	uint64_t operator_id;
	struct str sender; /* "user 7", "operator 2" */
	unsigned char key_hash[CRYPTO_HASH], request_hash[CRYPTO_HASH];
	struct str until; /* this process' hold of a key, in SQL's words */
};

enum once_state { ONCE_NEW, ONCE_REPLAYED };

/*
 * Reads the header of a POST and takes the key.  ONCE_REPLAYED: the request
 * is answered.  BAD_REQUEST for a key that is none (1 to 255 printable ASCII
 * characters), VALIDATION_ERROR when the key came with another request,
 * CONFLICT while the first is being worked on or when its answer was lost.
 * Outside of a transaction.
 */
struct err *once_begin(struct db *db, const struct crypto_key *seal,
    struct req *req, struct once *once, enum once_state *state);
/* CONFLICT when somebody else holds the key by now; inside a transaction. */
struct err *once_commit(struct db *db, struct pool *pool, struct once *once);
/* After the answer was made; best effort. */
void once_keep(struct db *db, const struct crypto_key *seal, struct req *req,
    const struct once *once);
void once_forget(struct db *db, struct req *req, const struct once *once);

#endif
