/*
 * The jobs that ask the carrier.
 */
#include "jobs.h"

#include "heartbeat.h"
#include "quiet.h"

struct err *
job_carrier(struct worker *worker)
{
	bool found = true;

	while (!worker_ends(worker)) {
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
		worker_report(worker, NULL);
		heartbeat(worker->heartbeat);
	}
	return NULL;
}

struct err *
job_hang_up(struct worker *worker)
{
	bool found = true;

	while (!worker_ends(worker)) {
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
		worker_report(worker, NULL);
	}
	return NULL;
}

/* Calls whose end nobody told. */
struct err *
job_quiet(struct worker *worker)
{
	bool found = true;

	while (!worker_ends(worker)) {
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
		worker_report(worker, NULL);
		heartbeat(worker->heartbeat);
	}
	return NULL;
}
