/*
 * What is a good password, and what it costs to try one.
 */
#ifndef GUARD_PASSWORD_H
#define GUARD_PASSWORD_H

#include "crypto.h"
#include "err.h"

enum { PASSWORD_LEAST = 10, PASSWORD_MOST = 200 };

/*
 * Complains of a password that is too short or too long, that is the person's
 * own address or the name in it, or that everybody tries first.  email may be
 * absent.
 */
void password_check(struct complaints *all, struct str field,
    struct str password, struct str email);
/*
 * Costs the same whether there is a hash or none; `cheap` as the hashes that
 * are made now.
 */
bool password_verify(struct str hash, struct str password, bool cheap);

#endif
