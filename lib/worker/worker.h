/*
 * The worker's jobs: each runs in a process of its own, round after round, or
 * once in its turn for hosting that has only cron.
 *
 * A round does all that is due.  One that cannot work (MariaDB or Redis is
 * away) says so once, and once that it can again.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "carrier_sync.h"
#include "deliver.h"
#include "folding.h"
#include "work.h"

enum { COMMAND_MS = 5000 }; /* of MariaDB; nobody waits for the worker */

/* What a job has in its process. */
struct worker {
	struct pool *process;
	struct pool *pool; /* cleared after each round */
	struct crypto_key master;
	struct log log;
	struct work work; /* its conf and stop are there from the start */
	struct deliver deliver;
	struct folding folding;
	struct carrier_work *carrier;
	struct str heartbeat;
	int64_t ran_all; /* without Redis; monotonic */
	int64_t looked;  /* for notices without a job; monotonic */
	bool warmed;     /* all tenants were looked at since the start */
	bool once;
	bool troubled; /* and it was said */
};

struct job {
	const char *name;
	struct err *(*once)(struct worker *worker); /* all that is due */
	int every;                                  /* milliseconds */
	void (*run)(struct worker *worker);         /* instead, until stop */
};

/* The configuration, where the log goes, the secret. */
struct err *worker_prepare(struct worker *worker);
/* A process for each, until stop. */
void worker_run(struct worker *worker, const struct job *jobs, size_t count);
/* One after the other; false when one of them could not work. */
bool worker_run_once(
    struct worker *worker, const struct job *jobs, size_t count);

/* -- For the jobs ---------------------------------------------------------- */

static inline bool
worker_ends(const struct worker *worker)
{
	return *worker->work.stop != 0;
}

/* Says what is new about how it goes, and clears the pool. */
void worker_report(struct worker *worker, const struct err *err);
/* Milliseconds; a signal ends it early. */
void worker_pause(const struct worker *worker, int milliseconds);

#endif
