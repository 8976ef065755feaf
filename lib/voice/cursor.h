/*
 * The cursor of a call as it travels in an action URL: packed, bound to the
 * tenant and to the call's key, and sealed with HMAC-SHA-256 (128 bits kept),
 * so that it cannot be forged, carried to another call or used after the
 * call's time.
 */
#ifndef VOICE_CURSOR_H
#define VOICE_CURSOR_H

#include "call.h"
#include "crypto.h"

/*
 * base64url.  Of the call its key and its instant count; the cursor is good
 * for 12 to 13 hours.
 */
struct str cursor_seal(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct cursor *cursor);
/* False for anything that cursor_seal() did not make for this call. */
bool cursor_open(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct str text, struct cursor *cursor);

#endif
