/*
 * One-time codes by time (RFC 6238): SHA-1, 6 digits, 30 seconds, which is
 * what every authenticator knows.  Only totp.c knows liboath.
 */
#ifndef GUARD_TOTP_H
#define GUARD_TOTP_H

#include "pool.h"

enum { TOTP_SEED = 20, TOTP_DIGITS = 6, TOTP_STEP = 30 };

/* Random bytes. */
struct str totp_seed(struct pool *pool);
/* As people type it: base32 (RFC 4648) without padding. */
struct str totp_base32(struct pool *pool, struct str bytes);
/* "otpauth://totp/OpBX:ann%40example.com?secret=…": what a QR code holds. */
struct str totp_uri(struct pool *pool, struct str seed, struct str account);
/*
 * Is it the code of this instant, or of the step before or after it?  *step:
 * which, so that it can be accepted once.  Steps up to `last` were.
 */
bool totp_check(struct str seed, struct str code, int64_t now, uint64_t last,
    uint64_t *step);

#endif
