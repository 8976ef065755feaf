/*
 * What the worker's jobs do, of which sbin/opbx-worker.c has the table.
 */
#ifndef WORKER_JOBS_H
#define WORKER_JOBS_H

#include "worker.h"

/* This machine's map of generations, by listening to Redis; until stop. */
void job_follow(struct worker *worker);
/* Changes of which a responder could not tell Redis. */
struct err *job_repair(struct worker *worker);
struct err *job_fold(struct worker *worker);
/* Jobs that Redis lost. */
struct err *job_sweep(struct worker *worker);
struct err *job_recordings(struct worker *worker);
struct err *job_notices(struct worker *worker);
struct err *job_cdr(struct worker *worker);
struct err *job_cache(struct worker *worker);
struct err *job_mail(struct worker *worker);
struct err *job_https(struct worker *worker);
struct err *job_carrier(struct worker *worker);
struct err *job_hang_up(struct worker *worker);
struct err *job_quiet(struct worker *worker);
struct err *job_retention(struct worker *worker);

#endif
