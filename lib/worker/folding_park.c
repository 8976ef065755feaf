/*
 * What MariaDB refuses of a call is a bug of ours, or somebody's lock: it must
 * not hold up all others.  The events stay; the job says where to look.
 */
#include "folding_private.h"

#include <inttypes.h>

enum { MARK_MOST = 10000 }; /* in one statement, which has a deadline */

static struct str
job_key(const struct folding_call *call)
{
	return pool_printf(call->pool, "%016" PRIx64, str_hash(call->key));
}

static struct err *
write_parked(
    const struct folding_call *call, struct str cause, int64_t attempts)
{
	uint64_t marked;

	TRY(EXEC(call->db,
	    "INSERT INTO parked_jobs (organization_id, queue, job_key,"
	    " payload, attempts, failure) VALUES (?, 'fold', ?, ?, ?, ?)"
	    " ON DUPLICATE KEY UPDATE attempts = VALUES(attempts),"
	    " failure = VALUES(failure), parked_at = UTC_TIMESTAMP(3)",
	    NULL, INT(call->organization), TEXT(job_key(call)), TEXT(call->key),
	    INT(attempts), TEXT(str_head(cause, 1000))));
	do {
		TRY(EXEC(call->db,
		    "UPDATE call_events SET unfolded = 2 WHERE"
		    " organization_id = ? AND call_key = ? AND unfolded = 1"
		    " LIMIT ?",
		    &marked, INT(call->organization), TEXT(call->key),
		    INT(MARK_MOST)));
	} while (marked == MARK_MOST);
	return NULL;
}

struct err *
folding_park(struct folding_call *call, struct str cause, int64_t attempts)
{
	struct err *err;

	log_write(call->folding->log, LOG_ERROR_, "cannot fold call %.*s: %.*s",
	    PSTR(call->key), PSTR(cause));
	TRY(db_begin(call->db, call->pool, DB_WRITE, call->organization));
	err = write_parked(call, cause, attempts);
	if (err == NULL)
		return db_commit(call->db);
	db_rollback(call->db);
	return err;
}

struct err *
folding_unpark(const struct folding_call *call)
{
	bool parked = false;

	for (size_t i = 0; i < call->events.count && !parked; i++)
		parked = folding_is_parked(&call->events, i);
	if (!parked)
		return NULL;
	return EXEC(call->db,
	    "DELETE FROM parked_jobs WHERE organization_id = ? AND queue ="
	    " 'fold' AND job_key = ?",
	    NULL, INT(call->organization), TEXT(job_key(call)));
}
