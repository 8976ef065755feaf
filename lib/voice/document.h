/*
 * What the carrier is told: a decision as a document, with the addresses at
 * which it comes back.  `voice` and what only imagines a call (play.h) write
 * it with the same function.
 */
#ifndef VOICE_DOCUMENT_H
#define VOICE_DOCUMENT_H

#include "crypto.h"
#include "route.h"

/* key: of cursors.  organization may be NULL: then nothing comes back. */
struct str document_write(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct decision *decision);

#endif
