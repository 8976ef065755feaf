/*
 * What is missing or wrong with an installation, and how to mend it.
 *
 * Looks at the configuration, the key, the folders, MariaDB, its accounts,
 * Redis, the worker, the responders, the clock.  Changes nothing.
 */
#ifndef STORE_DOCTOR_H
#define STORE_DOCTOR_H

#include "pool.h"

/* One finding: "ok|warn|fail WHAT" and, unless ok, ": HOW TO MEND IT". */
typedef void doctor_said(void *context, struct str line);

/* False when anything failed. */
bool doctor_run(struct pool *pool, doctor_said *said, void *context);

#endif
