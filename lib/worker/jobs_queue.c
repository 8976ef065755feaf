/*
 * The jobs that work on queues of Redis, and what puts there what it lost.
 */
#include "jobs.h"

#include "aggregates.h"
#include "clock.h"
#include "heartbeat.h"
#include "notices.h"
#include "recordings.h"
#include "sweep.h"
#include "warm.h"

enum {
	SWEPT_SECONDS = 60, /* how long a row waits for its job */
	LOOK_US = 3000000,  /* between looks for notices */
};

static void
note_job(struct worker *worker, const struct queue_job *job, struct str failure)
{
	struct log log = worker->log;

	log_int(&log, "organization_id", (int64_t)job->organization);
	/* Not "key", whose values are secrets. */
	log_text(&log, "work", job->key);
	log_int(&log, "attempt", job->attempt);
	if (failure.p == NULL)
		log_write(&log, LOG_DEBUG_, "done");
	else
		log_write(&log, LOG_WARNING_, "%s: %.*s",
		    job->attempt < QUEUE_ATTEMPTS ? "failed" : "parked",
		    PSTR(failure));
}

/* Once a minute what MariaDB knows of; Redis' own error otherwise. */
static struct err *
do_without_redis(
    struct worker *worker, const struct trade *trade, struct err *why)
{
	int64_t now = clock_monotonic();
	struct reply reply;

	if (redis_call(worker->work.redis, worker->pool, &reply, "PING") ==
		NULL ||
	    (worker->ran_all != 0 &&
		now - worker->ran_all < (int64_t)SWEPT_SECONDS * 1000000))
		return why;
	worker->ran_all = now;
	TRY(work_run_all(&worker->work, worker->pool, trade));
	return why;
}

/* All that is due, one after the other. */
static struct err *
do_jobs(struct worker *worker, const struct trade *trade)
{
	bool found = true;

	while (!worker_ends(worker)) {
		struct queue_job job;
		struct str failure;
		struct err *err = work_one(
		    &worker->work, worker->pool, trade, &job, &found, &failure);

		if (err != NULL)
			return do_without_redis(worker, trade, err);
		if (!found)
			break;
		note_job(worker, &job, failure);
		worker_report(worker, NULL);
		heartbeat(worker->heartbeat);
	}
	return NULL;
}

struct err *
job_recordings(struct worker *worker)
{
	return do_jobs(worker, &recordings_trade);
}

/* What triggers noted nobody has put: looked for now and then. */
struct err *
job_notices(struct worker *worker)
{
	int64_t now = clock_monotonic();

	if (worker->once || now - worker->looked > (int64_t)LOOK_US) {
		worker->looked = now;
		(void)work_sweep(&worker->work, worker->pool, &notices_trade,
		    worker->once ? 0 : 1);
	}
	return do_jobs(worker, &notices_trade);
}

struct err *
job_cdr(struct worker *worker)
{
	return do_jobs(worker, &aggregates_trade);
}

struct err *
job_cache(struct worker *worker)
{
	struct work *work = &worker->work;

	if (work->directory == NULL) {
		/* Of its own: its transaction stays open between look-ups. */
		struct db *db = db_new(worker->process, work->conf,
		    &worker->master, "worker", COMMAND_MS);

		work->directory = directory_new(worker->process, work->conf, db,
		    work->redis, work->generations, &worker->master);
		directory_renew(work->directory);
	}
	if (worker->warmed)
		TRY(warm_watch(work, worker->pool));
	else
		TRY(work_sweep(work, worker->pool, &warm_trade, 0));
	worker->warmed = true;
	worker_report(worker, NULL);
	return do_jobs(worker, &warm_trade);
}

struct err *
job_sweep(struct worker *worker)
{
	return sweep_run(
	    &worker->work, worker->pool, worker->once ? 0 : SWEPT_SECONDS);
}
