/*
 * What the worker's jobs work with, and how a job of a queue is done.
 */
#ifndef WORKER_WORK_H
#define WORKER_WORK_H

#include "directory.h"
#include "fetch.h"
#include "queue.h"

#include <signal.h>

struct work {
	struct pool *process;
	const struct conf *conf;
	struct crypto_key seal;
	struct db *db; /* of the account "worker" */
	struct redis *redis;
	struct fetch *fetch;
	struct generations *generations;
	struct directory *directory;
	const volatile sig_atomic_t *stop;
};

/* One kind of job. */
struct trade {
	enum queue_name queue;
	/*
	 * Does it.  *failure, for people, stays absent when it is done or
	 * there is nothing to do any more.  UNAVAILABLE: we cannot work, and
	 * the attempt does not count; any other error is a failure.
	 */
	struct err *(*run)(const struct work *, struct pool *,
	    const struct queue_job *, struct str *failure);
	/*
	 * It failed and is tried again, or for good: what its row tells of
	 * it, inside a write transaction of the tenant.  NULL: nothing.
	 */
	struct err *(*note)(const struct work *, struct pool *,
	    const struct queue_job *, struct str failure, bool for_good);
	/*
	 * The jobs of rows that wait for some seconds, some of them at most:
	 * "SELECT notices_pending(?, ?)" is "notice:3:17,...".  NULL: sweep
	 * and run_all are used instead, where there are any.
	 */
	const char *pending;
	struct err *(*sweep)(const struct work *, struct pool *, int age);
	struct err *(*run_all)(const struct work *, struct pool *);
};

/*
 * The next job of the trade, from its queue to its end: done, failed and
 * paused, or parked.  *found is false when none is due.
 */
struct err *work_one(const struct work *work, struct pool *pool,
    const struct trade *trade, struct queue_job *job, bool *found,
    struct str *failure);

/* Puts what MariaDB knows of and Redis lost.  age: seconds. */
struct err *work_sweep(const struct work *work, struct pool *pool,
    const struct trade *trade, int age);
/*
 * Without Redis: all that MariaDB knows of, once, without pauses or parking.
 */
struct err *work_run_all(
    const struct work *work, struct pool *pool, const struct trade *trade);

/* "3,5,9" and "recording:3:17,..." of routines.sql, one after the other. */
bool work_next_id(struct str *list, uint64_t *organization);
bool work_next_job(struct pool *pool, struct str *list, uint64_t *organization,
    struct str *key);

/* One text of a definer function that works for all tenants. */
struct err *work_ask(const struct work *work, struct pool *pool,
    const char *sql, const struct value *values, size_t count,
    struct str *answer);

#endif
