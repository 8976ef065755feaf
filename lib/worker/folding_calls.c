/* Some calls of a tenant, or one that cannot be folded with others. */
#include "clock.h"
#include "folding_private.h"
#include "instant.h"
#include "notices.h"
#include "queue.h"

#include <inttypes.h>

static size_t
count_folded(const struct rows *events)
{
	size_t n = 0;

	for (size_t i = 0; i < events->count; i++)
		n += rows_int(events, i, EVENT_UNFOLDED) != 1;
	return n;
}

static struct err *
compute(struct folding_call *call)
{
	const struct rows *events = &call->events;
	size_t folded = count_folded(events);
	struct fold *fold;

	if (folded == events->count)
		return NULL;
	call->news = true;
	/* Which ones are read of too many changes with each that comes. */
	if (events->count < FOLD_EVENTS && folding_is_torn(&call->was, folded))
		call->torn = true;
	TRY(folding_facts_load(call));
	fold = fold_new(call->pool, &call->facts);
	for (size_t i = 0; i < events->count; i++) {
		struct str came = rows_text(events, i, EVENT_OCCURRED);
		const struct call_event event = {
		    .kind = rows_text(events, i, EVENT_KIND),
		    .call_key = call->key,
		    .hash = rows_text(events, i, EVENT_HASH),
		    .body = rows_text(events, i, EVENT_BODY),
		    .received = instant_of(
			came.p != NULL ? came
				       : rows_text(events, i, EVENT_CREATED)),
		};

		if (event.body.p != NULL)
			fold_add(fold, &event);
	}
	fold_result(fold, &call->folded);
	return call->failed;
}

/* What its row does not hold. */
static struct err *
write_rest(struct folding_call *call)
{
	if (call->torn)
		return folding_write_late(call);
	TRY(folding_write_records(call));
	return folding_write_notices(call);
}

/* Events of no call are kept, and that is all. */
static struct err *
pass_over(struct folding_call *call)
{
	uint64_t count;

	TRY(EXEC(call->db,
	    "UPDATE call_events SET unfolded = NULL WHERE organization_id = ?"
	    " AND call_key = '' AND unfolded = 1",
	    &count, INT(call->organization)));
	log_write(call->folding->log, LOG_WARNING_,
	    "%" PRIu64 " events of organization %" PRIu64 " name no call",
	    count, call->organization);
	return NULL;
}

static struct err *
fold_inside(struct folding_call *calls, size_t count)
{
	bool too_many;

	TRY(folding_load(calls, count, &too_many));
	if (too_many)
		return err_new(calls->pool, CONFLICT, "each call by itself");
	for (size_t i = 0; i < count; i++)
		TRY(calls[i].key.n > 0 ? compute(&calls[i])
				       : pass_over(&calls[i]));
	TRY(folding_write(calls, count));
	for (size_t i = 0; i < count; i++)
		if (calls[i].news)
			TRY(write_rest(&calls[i]));
	TRY(folding_describe(calls, count));
	return folding_mark(calls, count);
}

/* Some calls of one tenant: all of them or none.  *began: MariaDB answers. */
static struct err *
try_calls(struct folding_call *calls, size_t count, bool *began)
{
	struct err *err =
	    db_begin(calls->db, calls->pool, DB_WRITE, calls->organization);

	*began = err == NULL;
	if (err == NULL)
		err = fold_inside(calls, count);
	if (err == NULL)
		return db_commit(calls->db);
	db_rollback(calls->db);
	return err;
}

static struct err *
write_parked(
    const struct folding_call *call, struct str cause, int64_t attempts)
{
	TRY(EXEC(call->db,
	    "INSERT INTO parked_jobs (organization_id, queue, job_key,"
	    " payload, attempts, failure) VALUES (?, 'fold', ?, ?, ?, ?)"
	    " ON DUPLICATE KEY UPDATE failure = VALUES(failure)",
	    NULL, INT(call->organization),
	    TEXT(pool_printf(call->pool, "%016" PRIx64, str_hash(call->key))),
	    TEXT(call->key), INT(attempts), TEXT(str_head(cause, 1000))));
	return EXEC(call->db,
	    "UPDATE call_events SET unfolded = NULL WHERE organization_id = ?"
	    " AND call_key = ? AND unfolded = 1",
	    NULL, INT(call->organization), TEXT(call->key));
}

/*
 * What MariaDB refuses of a call is a bug of ours: it must not hold up all
 * others.  The events stay; the job says where to look.
 */
static struct err *
park(struct folding_call *call, const struct err *why, int64_t attempts)
{
	struct str cause = why->cause.n > 0 ? why->cause : why->message;
	struct err *err;

	log_write(call->folding->log, LOG_ERROR_, "cannot fold call %.*s: %.*s",
	    PSTR(call->key), PSTR(cause));
	TRY(db_begin(call->db, call->pool, DB_WRITE, call->organization));
	err = write_parked(call, cause, attempts);
	if (err == NULL)
		err = db_commit(call->db);
	else
		db_rollback(call->db);
	if (err == NULL)
		folding_trouble_over(
		    call->folding->troubles, call->organization, call->key);
	return err;
}

/* Two workers met over one call: the next round finds what is left. */
static bool
was_a_meeting(const struct folding_call *call, const struct err *err)
{
	return db_may_retry(call->db) ||
	       (err->code == VALIDATION_ERROR && err->complaints != NULL &&
		   (str_is(err->complaints->field, "version") ||
		       str_is(err->complaints->field, "call_key") ||
		       str_is(err->complaints->field, "record_key"))) ||
	       err->code == CONFLICT;
}

/* Jobs that Redis loses are put again by the sweep. */
static struct err *
put_jobs(struct folding *folding, const struct folding_call *call)
{
	struct pool *pool = call->pool;

	for (size_t i = 0; i < call->recording_count; i++)
		TRY(queue_put(folding->redis, pool, QUEUE_RECORDINGS,
		    call->organization,
		    pool_printf(
			pool, "recording:%" PRIu64, call->recordings[i])));
	if (call->message != 0)
		TRY(queue_put(folding->redis, pool, QUEUE_RECORDINGS,
		    call->organization,
		    pool_printf(pool, "voicemail:%" PRIu64, call->message)));
	for (size_t i = 0; i < call->notice_count; i++)
		TRY(notice_queue(folding->redis, pool, call->organization,
		    call->notices[i]));
	return NULL;
}

static struct err *
tell(struct folding *folding, const struct folding_call *calls, size_t count)
{
	struct telling tellings[FOLD_TOGETHER] = {0};
	bool cdrs = false;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (calls[i].telling.text.n > 0)
			tellings[n++] = calls[i].telling;
		cdrs = cdrs || calls[i].cdrs;
	}
	TRY(folding_tell(
	    folding, calls->pool, calls->organization, tellings, n));
	for (size_t i = 0; i < count; i++)
		TRY(put_jobs(folding, &calls[i]));
	return cdrs ? queue_put(folding->redis, calls->pool, QUEUE_CDR,
			  calls->organization, STR("fold"))
		    : NULL;
}

static void
were_folded(
    struct folding *folding, const struct folding_call *calls, size_t count)
{
	/* It was written; of what lives Redis is told again later. */
	if (tell(folding, calls, count) != NULL)
		folding->rebuilt = 0;
	folding->troubles->folded += count;
	for (size_t i = 0; i < count; i++)
		folding_trouble_over(
		    folding->troubles, calls[i].organization, calls[i].key);
}

/* MariaDB is there, but this it did not do. */
static struct err *
were_in_trouble(struct folding *folding, struct folding_call *calls,
    size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		folding_trouble_add(
		    folding->troubles, calls[i].organization, calls[i].key);
	if (count == 1 &&
	    folding_trouble_failed(folding->troubles, calls->organization,
		calls->key, clock_monotonic(), folding->alone))
		return park(calls, err, TROUBLE_MOST);
	return err;
}

/* *apart: they are to be folded in smaller parts. */
static struct err *
fold_some(struct folding *folding, uint64_t organization,
    const struct str *keys, size_t count, bool *apart)
{
	struct folding_call *calls =
	    NEW_ARRAY(folding->call, struct folding_call, count);
	struct err *err;
	bool began;

	for (size_t i = 0; i < count; i++)
		calls[i] = (struct folding_call){
		    .folding = folding,
		    .db = folding->db,
		    .pool = folding->call,
		    .organization = organization,
		    .key = keys[i],
		};
	err = try_calls(calls, count, &began);
	if (err == NULL) {
		were_folded(folding, calls, count);
		return NULL;
	}
	if (err->code == UNAVAILABLE) {
		if (db_may_retry(folding->db))
			return NULL;
		return began ? were_in_trouble(folding, calls, count, err)
			     : err;
	}
	*apart = count > 1;
	return *apart || was_a_meeting(calls, err) ? NULL : park(calls, err, 1);
}

struct err *
folding_calls(struct folding *folding, struct pool *pool, uint64_t organization,
    const struct str *keys, size_t count)
{
	bool apart = false;
	struct err *err = fold_some(folding, organization, keys, count, &apart);
	struct err *first = NULL;

	if (err != NULL)
		first = err_unavailable(pool, "%.*s",
		    PSTR(err->cause.n > 0 ? err->cause : err->message));
	pool_clear(folding->call);
	if (!apart)
		return first;
	/* Most of them can be folded together all the same. */
	first = folding_calls(folding, pool, organization, keys, count / 2);
	err = folding_calls(
	    folding, pool, organization, keys + count / 2, count - count / 2);
	return first != NULL ? first : err;
}
