/*
 * Instants as MariaDB writes them: DATETIME(3) in UTC, as every session is.
 */
#ifndef STORE_INSTANT_H
#define STORE_INSTANT_H

#include "db.h"

/* instant: milliseconds as in clock.h; 0 binds NULL. */
struct value instant_value(struct pool *pool, int64_t instant);
/* 0 for NULL. */
int64_t instant_of(struct str cell);

#endif
