/*
 * Bytes that go to a client and come back: base64url with 128 bits of an
 * HMAC-SHA-256 in front, so that only we can have written them.
 */
#ifndef CORE_SIGNED_H
#define CORE_SIGNED_H

#include "crypto.h"

/*
 * about: what the bytes are good for, which does not travel with them.  No two
 * that differ may begin alike: have lengths in front of what can be anything.
 */
struct str signed_write(struct pool *pool, const struct crypto_key *key,
    struct str about, struct str bytes);
/* False for what signed_write() did not make of the same key and `about`. */
bool signed_parse(struct pool *pool, const struct crypto_key *key,
    struct str about, struct str text, struct str *bytes);

#endif
