/*
 * What waits besides the jobs of the queues, and which calls live: for who
 * watches an installation.
 */
#ifndef STORE_BACKLOG_H
#define STORE_BACKLOG_H

#include "buf.h"
#include "db.h"

/*
 * As Prometheus reads it.  What cannot be asked is left out: of MariaDB calls,
 * events, deliveries and parked jobs of all tenants, of this node its spool.
 * Outside of a transaction.
 */
void backlog_print(
    struct buf *out, struct db *db, const struct conf *conf, struct pool *pool);

#endif
