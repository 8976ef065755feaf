/*
 * A letter: a mail of plain text to one person.
 */
#ifndef STORE_LETTER_H
#define STORE_LETTER_H

#include "crypto.h"
#include "db.h"

struct letter {
	uint64_t organization; /* 0: the platform */
	struct str to;         /* one address */
	struct str subject, text;
};

/*
 * Notes the letter in the open write transaction, of the same organization
 * or any where it is the platform's; opbx-worker sends it (delivery.h).
 */
struct err *letter_put(struct db *db, struct pool *pool,
    const struct crypto_key *seal, const struct letter *letter);

#endif
