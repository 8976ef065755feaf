/*
 * How many requests a tenant's domain may still send to its carrier: at most
 * BUCKET_MOST within any `carrier.seconds`, all processes and nodes together.
 *
 * Redis counts: opbx:{organization}:carrier:requests.  With Redis away each
 * process counts its own; what is too much is then told by the carrier.
 */
#ifndef STORE_BUCKET_H
#define STORE_BUCKET_H

#include "redis.h"

enum { BUCKET_MOST = 10 };

struct bucket;

/* etc/opbx.conf: carrier.seconds. */
struct bucket *bucket_new(
    struct pool *process, const struct conf *conf, struct redis *redis);
/*
 * 0: it is taken; else how many milliseconds later to ask again.  leave: so
 * many are for what is more urgent.
 */
int64_t bucket_take(
    struct bucket *bucket, struct pool *pool, uint64_t organization, int leave);
/*
 * The carrier says that it was too much: nothing is left for as long as the
 * milliseconds that bucket_window() says.
 */
void bucket_spend(
    struct bucket *bucket, struct pool *pool, uint64_t organization);
int64_t bucket_window(const struct bucket *bucket);

#endif
