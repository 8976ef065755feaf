/*
 * Puts the jobs again that Redis lost.
 *
 * The rows of MariaDB are the truth; a row that is still to be worked on and
 * older than a minute has a job, or gets one.
 */
#ifndef WORKER_SWEEP_H
#define WORKER_SWEEP_H

#include "work.h"

/* Of all trades.  age: seconds that a row must have waited. */
struct err *sweep_run(const struct work *work, struct pool *pool, int age);

#endif
