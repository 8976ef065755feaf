/*
 * opbx-worker: what has to be done without anybody asking.
 *
 *	follow	keeps this machine's map of generations by listening to Redis
 *	repair	tells Redis of the changes that a responder could not tell
 *	mail	sends the mail that waits to be sent
 *	https	sends the events that tenants want to be told of
 *
 * Each job is a process of its own, so that none waits for another; one that
 * dies is started again.  SIGTERM and SIGINT end all of them in order.
 * `--once` does what is there to be done and returns, for hosting that has
 * only cron.  Redis and MariaDB may come and go: a job says once that it
 * cannot work and once that it can again.
 *
 * Touches: generation, outbox, delivery, notification, parked_job.
 */
#include "deliver.h"
#include "generation.h"
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DONE, FAILED, WRONGLY };
enum {
	COMMAND_MS = 2000,   /* of MariaDB; nobody waits for the worker */
	EVERY_MS = 1000,     /* outbox and deliveries are looked at */
	AGAIN_MS = 250,      /* before the next try to subscribe */
	RESTART_SECONDS = 1, /* before a job that died is started again */
};

struct worker {
	struct pool *process;
	struct pool *pool; /* cleared after each round */
	const struct conf *conf;
	struct crypto_key master;
	struct log log;
	struct redis *redis;
	struct db *db;
	struct generations *generations;
	struct deliver deliver;
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
	worker->redis = redis_new(worker->process, worker->conf);
	worker->db = db_new(worker->process, worker->conf, &worker->master,
	    "worker", COMMAND_MS);
	worker->generations =
	    generations_new(worker->process, worker->conf, worker->redis);
	worker->deliver = (struct deliver){
	    .db = worker->db,
	    .fetch = fetch_new(worker->process, worker->conf, &stop),
	    .conf = worker->conf,
	    .seal = crypto_derive(&worker->master, "seal"),
	};
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
	struct redis *subscriber = redis_new(worker->process, worker->conf);

	while (!stop) {
		struct err *err = generation_subscribe(
		    worker->generations, worker->pool, subscriber);

		report(worker, err);
		if (err == NULL)
			report(worker, generation_follow(worker->generations,
					   worker->pool, subscriber, &stop));
		pause_for(AGAIN_MS);
	}
}

static struct err *
repair_once(struct worker *worker)
{
	size_t sent;

	return generation_repair(
	    worker->generations, worker->pool, worker->db, &sent);
}

static void
repair(struct worker *worker)
{
	while (!stop) {
		report(worker, repair_once(worker));
		pause_for(EVERY_MS);
	}
}

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
mail_once(struct worker *worker)
{
	return deliver_due(worker, DELIVERY_MAIL);
}

static void
mail(struct worker *worker)
{
	while (!stop) {
		report(worker, mail_once(worker));
		pause_for(EVERY_MS);
	}
}

static struct err *
https_once(struct worker *worker)
{
	return deliver_due(worker, DELIVERY_HTTPS);
}

static void
https(struct worker *worker)
{
	while (!stop) {
		report(worker, https_once(worker));
		pause_for(EVERY_MS);
	}
}

static const struct job {
	const char *name;
	void (*run)(struct worker *worker);         /* until stop */
	struct err *(*once)(struct worker *worker); /* NULL: nothing to do */
} jobs[] = {
    {"follow", follow, NULL},
    {"repair", repair, repair_once},
    {"mail", mail, mail_once},
    {"https", https, https_once},
};
enum { JOBS = sizeof jobs / sizeof *jobs };

static pid_t
start_job(struct worker *worker, const struct job *job, const sigset_t *waited)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		log_write(
		    &worker->log, LOG_ERROR_, "cannot start %s", job->name);
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_UNBLOCK, waited, NULL);
	if (getppid() != parent)
		_exit(DONE);
	log_text(&worker->log, "job", str_of(job->name));
	connect_all(worker);
	job->run(worker);
	pool_free(worker->pool);
	pool_free(worker->process);
	_exit(DONE);
}

/* Takes note of the jobs that died; true when one did. */
static bool
reap(const struct worker *worker, pid_t pids[JOBS])
{
	bool died = false;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < JOBS; i++) {
			if (pids[i] != pid)
				continue;
			pids[i] = 0;
			died = true;
			log_write(&worker->log, LOG_ERROR_,
			    "%s ended by %s %d and is started again",
			    jobs[i].name,
			    WIFSIGNALED(status) ? "signal" : "itself with",
			    WIFSIGNALED(status) ? WTERMSIG(status)
						: WEXITSTATUS(status));
		}
	}
	return died;
}

/* True when all jobs run. */
static bool
start_missing(struct worker *worker, pid_t pids[JOBS], const sigset_t *waited)
{
	bool all = true;

	for (size_t i = 0; i < JOBS; i++) {
		if (pids[i] <= 0)
			pids[i] = start_job(worker, &jobs[i], waited);
		all = all && pids[i] > 0;
	}
	return all;
}

static int
run_jobs(struct worker *worker)
{
	const struct timespec again = {RESTART_SECONDS, 0};
	pid_t pids[JOBS] = {0};
	sigset_t ending, waited;
	int number;

	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	waited = ending;
	sigaddset(&waited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &waited, NULL);
	log_write(&worker->log, LOG_INFO_, "started");
	do {
		if (start_missing(worker, pids, &waited))
			number = sigwaitinfo(&waited, NULL);
		else
			number = sigtimedwait(&waited, NULL, &again);
		/* Not at once: it may die again. */
		if (number == SIGCHLD && reap(worker, pids))
			number = sigtimedwait(&ending, NULL, &again);
	} while (number != SIGTERM && number != SIGINT);
	for (size_t i = 0; i < JOBS; i++)
		if (pids[i] > 0)
			kill(pids[i], SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	log_write(&worker->log, LOG_INFO_, "stopped");
	return DONE;
}

static int
run_once(struct worker *worker)
{
	int status = DONE;

	connect_all(worker);
	for (size_t i = 0; i < JOBS; i++) {
		struct err *err =
		    jobs[i].once != NULL ? jobs[i].once(worker) : NULL;

		log_text(&worker->log, "job", str_of(jobs[i].name));
		report(worker, err);
		if (err != NULL)
			status = FAILED;
		worker->troubled = false;
	}
	return status;
}

static struct err *
prepare(struct worker *worker)
{
	struct pool *pool = worker->process;
	struct str where;

	TRY(conf_load(pool, &worker->conf));
	where = conf_text(worker->conf, "log", "stderr");
	if (!str_is(where, "stderr") && !str_is(where, "syslog"))
		where = conf_path(pool, worker->conf, "log", "stderr");
	if (!log_to(where,
		log_level_parse(conf_text(worker->conf, "log.level", "info"))))
		return err_new(pool, BAD_REQUEST,
		    "cannot write the log to %.*s", PSTR(where));
	crypto_start();
	return crypto_load(pool,
	    conf_path(pool, worker->conf, "secret_file", "secret"),
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
