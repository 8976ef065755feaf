/*
 * Removes what is over: recordings and voicemails whose time came or that
 * were deleted long ago, with their files; files that no row names; events,
 * keys, sessions, links, codes and counters of no use any more.
 *
 * etc/opbx.conf: retention.deleted_days, retention.event_days,
 * retention.parked_days.
 */
#ifndef WORKER_RETENTION_H
#define WORKER_RETENTION_H

#include "work.h"

/* All of it, in small steps, until nothing is left or the worker ends. */
struct err *retention_run(const struct work *work, struct pool *pool);

#endif
