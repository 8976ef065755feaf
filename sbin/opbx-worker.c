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
#include "jobs.h"

static const struct job jobs[] = {
    {"follow", NULL, 0, job_follow},
    {"repair", job_repair, 1000, NULL},
    {"fold", job_fold, 250, NULL},
    {"sweep", job_sweep, 60000, NULL},
    /* Two, so that one slow server does not hold up all others. */
    {"recordings", job_recordings, 250, NULL},
    {"recordings", job_recordings, 250, NULL},
    {"notices", job_notices, 250, NULL},
    {"cdr", job_cdr, 250, NULL},
    {"cache", job_cache, 1000, NULL},
    {"mail", job_mail, 1000, NULL},
    {"https", job_https, 1000, NULL},
    {"carrier", job_carrier, 250, NULL},
    {"hang-up", job_hang_up, 250, NULL},
    {"quiet", job_quiet, 5000, NULL},
    {"retention", job_retention, 3600000, NULL},
};
enum { JOBS = sizeof jobs / sizeof *jobs };

enum { DONE, FAILED, WRONGLY };

static volatile sig_atomic_t stop;

static void
end(int number)
{
	(void)number;
	stop = 1;
}

int
main(int argc, char **argv)
{
	struct worker worker = {
	    .log = {.responder = "worker"}, .work = {.stop = &stop}};
	const struct sigaction ending = {.sa_handler = end};
	bool once = argc == 2 && strcmp(argv[1], "--once") == 0;
	struct err *err;
	int status = DONE;

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
	err = worker_prepare(&worker);
	if (err != NULL) {
		fprintf(stderr, "opbx-worker: %.*s\n",
		    PSTR(err->cause.n > 0 ? err->cause : err->message));
		status = FAILED;
	} else if (!once) {
		worker_run(&worker, jobs, JOBS);
	} else if (!worker_run_once(&worker, jobs, JOBS)) {
		status = FAILED;
	}
	pool_free(worker.pool);
	pool_free(worker.process);
	crypto_wipe(&worker.master, sizeof worker.master);
	return status;
}
