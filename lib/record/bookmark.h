/*
 * Where a row of a history stands, and how a client is told: meta.next.
 */
#ifndef RECORD_BOOKMARK_H
#define RECORD_BOOKMARK_H

#include "crypto.h"

/* Where a row stands: by its instant, then by its id. */
struct place {
	int64_t at;
	uint64_t id;
};
/*
 * A place as a text that only we can write (HMAC-SHA-256, 128 bits kept) and
 * that counts only for `list`: whose it is, of what, by which filters.
 */
struct str bookmark_write(struct pool *pool, const struct crypto_key *key,
    struct str list, struct place place);
bool bookmark_parse(struct pool *pool, const struct crypto_key *key,
    struct str list, struct str text, struct place *place);

#endif
