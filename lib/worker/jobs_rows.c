/*
 * The jobs that find what is due in MariaDB, and who follows the map.
 */
#include "jobs.h"

#include "heartbeat.h"
#include "retention.h"

enum {
	AGAIN_MS = 250,    /* before the next try to subscribe */
	PATIENCE_MS = 200, /* of who waits for an event */
};

void
job_follow(struct worker *worker)
{
	struct redis *subscriber =
	    redis_new(worker->process, worker->work.conf);

	while (!worker_ends(worker)) {
		struct err *err = generation_subscribe(
		    worker->work.generations, worker->pool, subscriber);

		worker_report(worker, err);
		if (err == NULL)
			worker_report(worker,
			    generation_follow(worker->work.generations,
				worker->pool, subscriber, worker->work.stop));
		worker_pause(worker, AGAIN_MS);
	}
}

struct err *
job_repair(struct worker *worker)
{
	size_t sent;

	return generation_repair(
	    worker->work.generations, worker->pool, worker->work.db, &sent);
}

/* Who has nothing to do waits in a round, who has done something rests. */
struct err *
job_fold(struct worker *worker)
{
	size_t done = 0;

	do {
		TRY(folding_round(&worker->folding, worker->pool,
		    worker->once ? 0 : PATIENCE_MS, &done));
		worker_report(worker, NULL);
		heartbeat(worker->heartbeat);
		if (!worker->once)
			worker_pause(
			    worker, folding_rest(&worker->folding, done));
	} while (!worker_ends(worker) && (done > 0 || !worker->once));
	return NULL;
}

struct err *
job_retention(struct worker *worker)
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

	while (!worker_ends(worker)) {
		TRY(deliver_one(&worker->deliver, worker->pool, kind, &delivery,
		    &found, &failure));
		if (!found)
			break;
		note(worker, &delivery, failure);
		worker_report(worker, NULL);
	}
	return NULL;
}

struct err *
job_mail(struct worker *worker)
{
	return deliver_due(worker, DELIVERY_MAIL);
}

struct err *
job_https(struct worker *worker)
{
	return deliver_due(worker, DELIVERY_HTTPS);
}
