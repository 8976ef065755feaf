/*
 * The second factor: one-time codes by time, and recovery codes for who lost
 * what makes them.  Each is accepted once.  In a write transaction of the
 * person.
 */
#ifndef GUARD_SECOND_H
#define GUARD_SECOND_H

#include "person.h"

enum { SECOND_CODES = 10 };

/*
 * Asks for the code when the person has a second factor; UNAUTHENTICATED that
 * complains of "otp" when it is missing or wrong.
 */
struct err *second_check(struct gate *gate, struct req *req,
    const struct person *person, struct str otp, int64_t now);
/* A new seed that is not asked for before a code of it was seen. */
struct err *second_begin(struct gate *gate, struct pool *pool,
    const struct person *person, struct str *seed);
/* *good is false when that is no code of the seed; then nothing changes. */
struct err *second_confirm(struct gate *gate, struct pool *pool,
    const struct person *person, struct str otp, int64_t now, bool *good);
/* Seed and recovery codes are gone. */
struct err *second_remove(struct gate *gate, const struct person *person);
/* New recovery codes, shown once; the old ones are good no more. */
struct err *second_renew_codes(struct gate *gate, struct pool *pool,
    const struct person *person, struct str codes[SECOND_CODES]);

#endif
