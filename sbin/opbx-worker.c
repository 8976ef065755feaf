/*
 * opbx-worker: what has to be done without anybody asking.
 *
 *	follow		keeps this machine's map of generations by listening
 *			to Redis
 *	repair		tells Redis of the changes that a responder could not
 *	sweep		puts the jobs again that Redis lost
 *	fold		makes calls of what carriers and `voice` told of them
 *	recordings	fetches what callers and carriers recorded
 *	notices		puts deliveries for those who want to be told
 *	cdr		counts CDRs for the statistics
 *	cache		fills Redis with what calls will need
 *	mail		sends the mail that waits to be sent
 *	https		sends the events that tenants want to be told of
 *	carrier		tells carriers what they must know of tenants
 *	hang-up		ends calls there that somebody wants to end
 *	quiet		ends calls here that the carrier does not know any more
 *	retention	removes what is over
 *
 * Each is a process of its own (processes.h), and several workers may run
 * side by side.  `--once` does what is there to be done, in the order of the
 * table, and returns, for hosting that has only cron.  Redis and MariaDB may
 * come and go: a job says once that it cannot work and once that it can again.
 *
 * Touches: generation, outbox, delivery, notification, notice, parked_job,
 * call_events, calls, recordings, voicemails, cdrs, cdr_hours, cdr_days,
 * var_dir/audio, var_dir/spool; carrier_steps, carrier_lists, carrier_due,
 * hang_up, extensions (how far they are there); what is over in all tables;
 * reads all that a tenant configures.
 */
#include "aggregates.h"
#include "carrier_sync.h"
#include "clock.h"
#include "deliver.h"
#include "folding.h"
#include "heartbeat.h"
#include "log.h"
#include "notices.h"
#include "processes.h"
#include "quiet.h"
#include "recordings.h"
#include "retention.h"
#include "sweep.h"
#include "warm.h"

#include <errno.h>
#include <poll.h>
#include <sys/resource.h>

enum { DONE, FAILED, WRONGLY };
enum {
	COMMAND_MS = 5000, /* of MariaDB; nobody waits for the worker */
	AGAIN_MS = 250,    /* before the next try to subscribe */
	NICE = 10,         /* of the jobs, next to the responders' 0 */
	REDIS_MS = 2000,
	PATIENCE_MS = 200,  /* of who waits for an event */
	SWEPT_SECONDS = 60, /* how long a row waits for its job */
	LOOK_US = 3000000,  /* between looks for notices */
};

struct worker {
	struct pool *process;
	struct pool *pool; /* cleared after each round */
	struct crypto_key master;
	struct log log;
	struct work work;
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

static volatile sig_atomic_t stop;

static void
end(int number)
{
	(void)number;
	stop = 1;
}

/* A connection is made by the process that uses it. */
static void
connect_all(struct worker *worker)
{
	struct work *work = &worker->work;
	struct pool *process = worker->process;
	const struct conf *conf = work->conf;

	work->process = process;
	work->stop = &stop;
	work->seal = crypto_derive(&worker->master, "seal");
	work->redis = redis_new(process, conf);
	redis_set_patience(work->redis, REDIS_MS);
	work->db = db_new(process, conf, &worker->master, "worker", COMMAND_MS);
	work->generations = generations_new(process, conf, work->redis);
	/* What is fetched is finished; the next worker need not begin anew. */
	work->fetch = fetch_new(process, conf, NULL);
	worker->deliver = (struct deliver){
	    .db = work->db,
	    .fetch = fetch_new(process, conf, &stop),
	    .conf = conf,
	    .seal = work->seal,
	};
	worker->folding = folding_new(process, conf, work->db, &worker->log);
	worker->carrier = carrier_work_new(process, conf, &worker->master,
	    work->db, work->redis, worker->deliver.fetch);
}

/* Says what is new about how it goes, and clears the pool. */
static void
report(struct worker *worker, const struct err *err)
{
	if (err != NULL && !worker->troubled)
		log_write(&worker->log, LOG_WARNING_, "cannot work: %.*s",
		    PSTR(err->cause.n > 0 ? err->cause : err->message));
	if (err == NULL && worker->troubled)
		log_write(&worker->log, LOG_INFO_, "works again");
	worker->troubled = err != NULL;
	pool_clear(worker->pool);
}

/* A signal ends it early. */
static void
pause_for(int milliseconds)
{
	if (!stop)
		poll(NULL, 0, milliseconds);
}

static void
follow(struct worker *worker)
{
	struct redis *subscriber =
	    redis_new(worker->process, worker->work.conf);

	while (!stop) {
		struct err *err = generation_subscribe(
		    worker->work.generations, worker->pool, subscriber);

		report(worker, err);
		if (err == NULL)
			report(
			    worker, generation_follow(worker->work.generations,
					worker->pool, subscriber, &stop));
		pause_for(AGAIN_MS);
	}
}

static struct err *
repair(struct worker *worker)
{
	size_t sent;

	return generation_repair(
	    worker->work.generations, worker->pool, worker->work.db, &sent);
}

/* Who has nothing to do waits in a round, who has done something rests. */
static struct err *
fold(struct worker *worker)
{
	size_t done = 0;

	do {
		TRY(folding_round(&worker->folding, worker->pool,
		    worker->once ? 0 : PATIENCE_MS, &done));
		report(worker, NULL);
		heartbeat(worker->heartbeat);
		if (!worker->once)
			pause_for(folding_rest(&worker->folding, done));
	} while (!stop && (done > 0 || !worker->once));
	return NULL;
}

/* -- Queues -----------------------------------------------------------------
 */

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

	if (trade->run_all == NULL ||
	    redis_call(worker->work.redis, worker->pool, &reply, "PING") ==
		NULL ||
	    (worker->ran_all != 0 &&
		now - worker->ran_all < (int64_t)SWEPT_SECONDS * 1000000))
		return why;
	worker->ran_all = now;
	TRY(trade->run_all(&worker->work, worker->pool));
	return why;
}

/* All that is due, one after the other. */
static struct err *
do_jobs(struct worker *worker, const struct trade *trade)
{
	bool found = true;

	while (!stop) {
		struct queue_job job;
		struct str failure;
		struct err *err = work_one(
		    &worker->work, worker->pool, trade, &job, &found, &failure);

		if (err != NULL)
			return do_without_redis(worker, trade, err);
		if (!found)
			break;
		note_job(worker, &job, failure);
		report(worker, NULL);
		heartbeat(worker->heartbeat);
	}
	return NULL;
}

static struct err *
recordings(struct worker *worker)
{
	return do_jobs(worker, &recordings_trade);
}

/* What triggers noted nobody has put: looked for now and then. */
static struct err *
notices(struct worker *worker)
{
	int64_t now = clock_monotonic();

	if (worker->once || now - worker->looked > (int64_t)LOOK_US) {
		worker->looked = now;
		(void)notices_trade.sweep(
		    &worker->work, worker->pool, worker->once ? 0 : 1);
	}
	return do_jobs(worker, &notices_trade);
}

static struct err *
cdr(struct worker *worker)
{
	return do_jobs(worker, &aggregates_trade);
}

static struct err *
cache(struct worker *worker)
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
		TRY(warm_trade.sweep(work, worker->pool, 0));
	worker->warmed = true;
	report(worker, NULL);
	return do_jobs(worker, &warm_trade);
}

static struct err *
sweep(struct worker *worker)
{
	return sweep_run(
	    &worker->work, worker->pool, worker->once ? 0 : SWEPT_SECONDS);
}

static struct err *
retention(struct worker *worker)
{
	return retention_run(&worker->work, worker->pool);
}

/* -- Deliveries -------------------------------------------------------------
 */

/* Who sent what to whom stays out of the log; its number is enough. */
static void
note(struct worker *worker, const struct delivery *delivery, struct str failure)
{
	struct log log = worker->log;

	log_int(&log, "organization_id", (int64_t)delivery->organization);
	log_int(&log, "notification_id", (int64_t)delivery->notification);
	log_text(&log, "delivery", delivery->key);
	log_int(&log, "attempt", delivery->attempt);
	if (failure.p == NULL)
		log_write(&log, LOG_INFO_, "delivered");
	else
		log_write(
		    &log, LOG_WARNING_, "not delivered: %.*s", PSTR(failure));
}

/* All that is due, one after the other. */
static struct err *
deliver_due(struct worker *worker, enum delivery_kind kind)
{
	struct delivery delivery;
	struct str failure;
	bool found = true;

	while (!stop) {
		TRY(deliver_one(&worker->deliver, worker->pool, kind, &delivery,
		    &found, &failure));
		if (!found)
			break;
		note(worker, &delivery, failure);
		report(worker, NULL);
	}
	return NULL;
}

static struct err *
mail(struct worker *worker)
{
	return deliver_due(worker, DELIVERY_MAIL);
}

static struct err *
https(struct worker *worker)
{
	return deliver_due(worker, DELIVERY_HTTPS);
}

/* -- The carrier ------------------------------------------------------------
 */

static struct err *
carrier(struct worker *worker)
{
	bool found = true;

	while (!stop) {
		struct log log = worker->log;
		struct carrier_seen seen;

		TRY(carrier_see_to(
		    worker->carrier, worker->pool, 0, &seen, &found));
		if (!found)
			break;
		log_int(&log, "organization_id", (int64_t)seen.organization);
		log_int(&log, "requests", seen.requests);
		if (seen.failure.p != NULL)
			log_write(&log, LOG_WARNING_,
			    "the carrier is not in step: %.*s",
			    PSTR(seen.failure));
		else if (seen.requests > 0)
			log_write(&log, LOG_INFO_, "told the carrier");
		report(worker, NULL);
		heartbeat(worker->heartbeat);
	}
	return NULL;
}

static struct err *
hang_up(struct worker *worker)
{
	bool found = true;

	while (!stop) {
		struct log log = worker->log;
		struct hang_up wanted;
		struct str failure;

		TRY(carrier_hang_up(
		    worker->carrier, worker->pool, &wanted, &found, &failure));
		if (!found)
			break;
		log_int(&log, "organization_id", (int64_t)wanted.organization);
		log_text(&log, "call_id", wanted.call_key);
		if (failure.p == NULL)
			log_write(&log, LOG_INFO_, "hung up");
		else
			log_write(&log, LOG_WARNING_, "not hung up: %.*s",
			    PSTR(failure));
		report(worker, NULL);
	}
	return NULL;
}

/* Calls whose end nobody told. */
static struct err *
quiet(struct worker *worker)
{
	bool found = true;

	while (!stop) {
		struct log log = worker->log;
		struct quiet_call call;

		TRY(quiet_ask(worker->carrier, worker->pool, &call, &found));
		if (!found)
			break;
		log_int(&log, "organization_id", (int64_t)call.organization);
		log_text(&log, "call_id", call.key);
		if (call.over.p != NULL)
			log_write(&log, LOG_WARNING_,
			    "its end was not told: %.*s", PSTR(call.over));
		report(worker, NULL);
		heartbeat(worker->heartbeat);
	}
	return NULL;
}

/* -- Jobs -------------------------------------------------------------------
 */

static const struct job {
	const char *name;
	struct err *(*once)(struct worker *worker); /* all that is due */
	int every;                                  /* milliseconds */
	void (*run)(struct worker *worker);         /* instead, until stop */
} jobs[] = {
    {"follow", NULL, 0, follow},
    {"repair", repair, 1000, NULL},
    {"fold", fold, 250, NULL},
    {"sweep", sweep, 60000, NULL},
    /* Two, so that one slow server does not hold up all others. */
    {"recordings", recordings, 250, NULL},
    {"recordings", recordings, 250, NULL},
    {"notices", notices, 250, NULL},
    {"cdr", cdr, 250, NULL},
    {"cache", cache, 1000, NULL},
    {"mail", mail, 1000, NULL},
    {"https", https, 1000, NULL},
    {"carrier", carrier, 250, NULL},
    {"hang-up", hang_up, 250, NULL},
    {"quiet", quiet, 5000, NULL},
    {"retention", retention, 3600000, NULL},
};
enum { JOBS = sizeof jobs / sizeof *jobs };

static const char *
name_of(size_t i)
{
	return jobs[i].name;
}

/* After a failure a job that has much time comes sooner. */
static void
wait_for_round(struct worker *worker, int every)
{
	enum { PART = 1000, SOONER = 5000 };
	int left = worker->troubled && every > SOONER ? SOONER : every;

	for (; left > 0 && !stop; left -= PART) {
		heartbeat(worker->heartbeat);
		pause_for(left < PART ? left : PART);
	}
}

static void
run_job(void *context, size_t i)
{
	struct worker *worker = context;
	const struct job *job = &jobs[i];

	/* Who asks comes first: nobody waits for a job. */
	if (setpriority(PRIO_PROCESS, 0, NICE) != 0)
		log_write(&worker->log, LOG_WARNING_, "cannot step back: %s",
		    strerror(errno));
	connect_all(worker);
	worker->heartbeat =
	    heartbeat_path(worker->process, worker->work.conf, job->name);
	if (job->run != NULL)
		job->run(worker);
	while (job->run == NULL && !stop) {
		report(worker, job->once(worker));
		wait_for_round(worker, job->every);
	}
	pool_free(worker->pool);
	pool_free(worker->process);
}

static int
run_jobs(struct worker *worker)
{
	const struct processes processes = {
	    &worker->log, JOBS, name_of, run_job, worker};

	log_write(&worker->log, LOG_INFO_, "started");
	processes_run(&processes);
	log_write(&worker->log, LOG_INFO_, "stopped");
	return DONE;
}

static int
run_once(struct worker *worker)
{
	int status = DONE;

	worker->once = true;
	connect_all(worker);
	for (size_t i = 0; i < JOBS && !stop; i++) {
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
			status = FAILED;
		report(worker, err);
		worker->troubled = false;
	}
	return status;
}

static struct err *
prepare(struct worker *worker)
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

int
main(int argc, char **argv)
{
	struct worker worker = {.log = {.responder = "worker"}};
	const struct sigaction ending = {.sa_handler = end};
	bool once = argc == 2 && strcmp(argv[1], "--once") == 0;
	struct err *err;
	int status;

	if (argc > 1 && !once) {
		fputs("usage: opbx-worker [--once]\n", stderr);
		return WRONGLY;
	}
	worker.process = pool_new();
	worker.pool = pool_new();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigaction(SIGTERM, &ending, NULL);
	sigaction(SIGINT, &ending, NULL);
	err = prepare(&worker);
	if (err != NULL) {
		fprintf(stderr, "opbx-worker: %.*s\n",
		    PSTR(err->cause.n > 0 ? err->cause : err->message));
		status = FAILED;
	} else {
		status = once ? run_once(&worker) : run_jobs(&worker);
	}
	pool_free(worker.pool);
	pool_free(worker.process);
	crypto_wipe(&worker.master, sizeof worker.master);
	return status;
}
