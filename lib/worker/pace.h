/*
 * How long who moves events rests between rounds.
 *
 * Of few events a statement of SQL costs as much as of many, so a short rest
 * gathers them.  And while all cores are busy those who answer callers and
 * carriers come first: what waits is durable already.  Once it has waited for
 * PACE_LATE_MS the rest is as long as the work, after PACE_OVERDUE_MS there is
 * none any more.
 */
#ifndef WORKER_PACE_H
#define WORKER_PACE_H

#include "str.h"

enum { PACE_LATE_MS = 5000, PACE_OVERDUE_MS = 30000 };

struct pace {
	int64_t idle, all; /* of all cores, as of the last look; ticks */
	bool busy;         /* less than an eighth was idle before it */
};

/* stat: /proc/stat; what is too soon after the last look changes nothing. */
void pace_look(struct pace *pace, struct str stat);
/*
 * Milliseconds to rest after a round that moved `done` and took `took` ms;
 * the oldest of them had waited for `age` ms, in the queue or as a row.
 */
int pace_rest(const struct pace *pace, size_t done, int64_t took, int64_t age);
/* After a look at this machine. */
int pace_rest_now(struct pace *pace, size_t done, int64_t took, int64_t age);

#endif
