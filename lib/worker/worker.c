#include "worker.h"

#include "heartbeat.h"
#include "processes.h"

#include <errno.h>
#include <poll.h>
#include <sys/resource.h>

enum {
	NICE = 10, /* of the jobs, next to the responders' 0 */
	REDIS_MS = 2000,
};

struct running {
	struct worker *worker;
	const struct job *jobs;
};

struct err *
worker_prepare(struct worker *worker)
{
	struct pool *pool = worker->process;
	struct str where;

	TRY(conf_load(pool, &worker->work.conf));
	where = conf_text(worker->work.conf, "log", "stderr");
	if (!str_is(where, "stderr") && !str_is(where, "syslog"))
		where = conf_path(pool, worker->work.conf, "log", "stderr");
	if (!log_to(where, log_level_parse(conf_text(
			       worker->work.conf, "log.level", "info"))))
		return err_new(pool, BAD_REQUEST,
		    "cannot write the log to %.*s", PSTR(where));
	crypto_start();
	return crypto_load(pool,
	    conf_path(pool, worker->work.conf, "secret_file", "secret"),
	    &worker->master);
}

/* A connection is made by the process that uses it. */
static void
connect_all(struct worker *worker)
{
	struct work *work = &worker->work;
	struct pool *process = worker->process;
	const struct conf *conf = work->conf;

	work->process = process;
	work->seal = crypto_derive(&worker->master, "seal");
	work->redis = redis_new(process, conf);
	redis_set_patience(work->redis, REDIS_MS);
	work->db = db_new(process, conf, &worker->master, "worker", COMMAND_MS);
	work->generations = generations_new(process, conf, work->redis);
	/* What is fetched is finished; the next worker need not begin anew. */
	work->fetch = fetch_new(process, conf, NULL);
	worker->deliver = (struct deliver){
	    .db = work->db,
	    .fetch = fetch_new(process, conf, work->stop),
	    .conf = conf,
	    .seal = work->seal,
	};
	worker->folding = folding_new(process, conf, work->db, &worker->log);
	worker->carrier = carrier_work_new(process, conf, &worker->master,
	    work->db, work->redis, worker->deliver.fetch);
}

void
worker_report(struct worker *worker, const struct err *err)
{
	if (err != NULL && !worker->troubled)
		log_write(&worker->log, LOG_WARNING_, "cannot work: %.*s",
		    PSTR(err->cause.n > 0 ? err->cause : err->message));
	if (err == NULL && worker->troubled)
		log_write(&worker->log, LOG_INFO_, "works again");
	worker->troubled = err != NULL;
	pool_clear(worker->pool);
}

void
worker_pause(const struct worker *worker, int milliseconds)
{
	if (!worker_ends(worker))
		poll(NULL, 0, milliseconds);
}

/* After a failure a job that has much time comes sooner. */
static void
wait_for_round(struct worker *worker, int every)
{
	enum { PART = 1000, SOONER = 5000 };
	int left = worker->troubled && every > SOONER ? SOONER : every;

	for (; left > 0 && !worker_ends(worker); left -= PART) {
		heartbeat(worker->heartbeat);
		worker_pause(worker, left < PART ? left : PART);
	}
}

static const char *
name_of(const void *context, size_t i)
{
	return ((const struct running *)context)->jobs[i].name;
}

static void
run_job(void *context, size_t i)
{
	const struct running *running = context;
	struct worker *worker = running->worker;
	const struct job *job = &running->jobs[i];

	/* Who asks comes first: nobody waits for a job. */
	if (setpriority(PRIO_PROCESS, 0, NICE) != 0)
		log_write(&worker->log, LOG_WARNING_, "cannot step back: %s",
		    strerror(errno));
	connect_all(worker);
	worker->heartbeat =
	    heartbeat_path(worker->process, worker->work.conf, job->name);
	if (job->run != NULL)
		job->run(worker);
	while (job->run == NULL && !worker_ends(worker)) {
		worker_report(worker, job->once(worker));
		wait_for_round(worker, job->every);
	}
	pool_free(worker->pool);
	pool_free(worker->process);
}

void
worker_run(struct worker *worker, const struct job *jobs, size_t count)
{
	struct running running = {worker, jobs};
	const struct processes processes = {
	    &worker->log, count, name_of, run_job, &running};

	log_write(&worker->log, LOG_INFO_, "started");
	processes_run(&processes);
	log_write(&worker->log, LOG_INFO_, "stopped");
}

bool
worker_run_once(struct worker *worker, const struct job *jobs, size_t count)
{
	bool all = true;

	worker->once = true;
	connect_all(worker);
	for (size_t i = 0; i < count && !worker_ends(worker); i++) {
		struct err *err;

		if (jobs[i].once == NULL ||
		    (i > 0 && jobs[i].once == jobs[i - 1].once))
			continue;
		worker->heartbeat = heartbeat_path(
		    worker->process, worker->work.conf, jobs[i].name);
		heartbeat(worker->heartbeat);
		worker->ran_all = 0;
		err = jobs[i].once(worker);
		log_text(&worker->log, "job", str_of(jobs[i].name));
		if (err != NULL)
			all = false;
		worker_report(worker, err);
		worker->troubled = false;
	}
	return all;
}
