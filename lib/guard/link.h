/*
 * Single-use links by which a password is set: a new owner's first one, one
 * that was forgotten.  Only the hash of a link's token is stored; it is valid
 * for an hour.
 */
#ifndef GUARD_LINK_H
#define GUARD_LINK_H

#include "person.h"

/* A write transaction of the person. */
struct err *link_create(struct gate *gate, struct pool *pool,
    const struct person *person, int64_t now, struct str *token);
/* "https://pbx.example.com/cgi-bin/session/link?token=…" */
struct str link_url(struct pool *pool, struct str base_url, struct str token);
/*
 * Whose it may be: of which tenant, or which operator; neither for nobody's.
 * Outside of a transaction.
 */
struct err *link_owner(struct gate *gate, struct pool *pool, struct str token,
    struct person *person);
/*
 * Finds whose it is in a write transaction, sets person->id and uses up this
 * and all other links of theirs; *good is false when it is used, expired or
 * none at all, or the person may not sign in.
 */
struct err *link_use(struct gate *gate, struct person *person, struct str token,
    int64_t now, bool *good);
/*
 * The new password; ends all sessions of the person and uses up their links.
 * In a write transaction.
 */
struct err *link_set_password(struct gate *gate, struct pool *pool,
    const struct person *person, struct str password, struct str *hash);

#endif
