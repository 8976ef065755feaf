/*
 * Calls that have gone quiet: their end was never told, and they would count
 * as live for a day.
 *
 * Of one that nobody took for 5 minutes, or that somebody talks in for 15, the
 * carrier is asked; when it knows of none, or of its end, so do we.  Where
 * nobody can be asked it is given up after 30 minutes of ringing, else after 4
 * hours or the time that the carrier allowed it, whichever is longer.  What is
 * written is an event ("lost"): should more come of the call, it lives again.
 *
 * Nothing is said of a call that has events which are not in it yet, nor of
 * any while something has waited in the queue or the spool for a minute.
 */
#ifndef WORKER_QUIET_H
#define WORKER_QUIET_H

#include "carrier_sync.h"

struct quiet_call {
	uint64_t organization, id;
	struct str key;
	struct str over; /* why it is taken for over; absent: it is not */
};

/* The next; *found is false when there is none that may be asked for. */
struct err *quiet_ask(struct carrier_work *work, struct pool *pool,
    struct quiet_call *call, bool *found);

#endif
