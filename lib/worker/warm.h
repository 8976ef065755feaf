/*
 * Fills Redis with what calls will need, before they come: every tenant's
 * configuration, through the code that voice reads it by.  So a new process,
 * or a Redis that came back empty, costs callers nothing, and what was filled
 * in answers them when MariaDB is away.
 *
 * opbx:warm holds the generation of all tenants' names that it was begun at;
 * when it is gone, or that one rose, all are put into the queue, those that
 * were called last first.  opbx:ORGANIZATION:warm holds the generations a
 * tenant was filled in at, so that nothing is done twice.
 */
#ifndef WORKER_WARM_H
#define WORKER_WARM_H

#include "work.h"

extern const struct trade warm_trade;

/* Once a second: puts those whose configuration changed, or all. */
struct err *warm_watch(const struct work *work, struct pool *pool);

#endif
