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
		n +=
		    !folding_is_new(events, i) && !folding_is_parked(events, i);
	return n;
}

static struct err *
compute(struct folding_call *call)
{
	const struct rows *events = &call->events;
	struct fold *fold;

	if (!folding_has_new(events))
		return NULL;
	call->news = true;
	/* Which ones are read of too many changes with each that comes. */
	if (events->count < FOLD_EVENTS &&
	    folding_is_torn(&call->was, count_folded(events)))
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
	call->marked = count;
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
	for (size_t i = 0; i < count; i++) {
		if (!calls[i].news)
			continue;
		TRY(write_rest(&calls[i]));
		TRY(folding_unpark(&calls[i]));
	}
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

/* How many of them have less to be done. */
static size_t
were_folded(
    struct folding *folding, const struct folding_call *calls, size_t count)
{
	size_t n = 0;

	/* It was written; of what lives Redis is told again later. */
	if (tell(folding, calls, count) != NULL)
		folding->rebuilt = 0;
	for (size_t i = 0; i < count; i++) {
		n += calls[i].marked > 0;
		folding_trouble_over(
		    folding->troubles, calls[i].organization, calls[i].key);
	}
	folding->troubles->folded += n;
	return n;
}

static struct str
cause_of(const struct err *err)
{
	return err->cause.n > 0 ? err->cause : err->message;
}

static struct err *
park(struct folding_call *call, struct str cause, int attempts, size_t *done)
{
	TRY(folding_park(call, cause, attempts));
	folding_trouble_over(
	    call->folding->troubles, call->organization, call->key);
	++*done;
	return NULL;
}

/* MariaDB is there, but this it did not do. */
static struct err *
were_in_trouble(struct folding *folding, struct folding_call *calls,
    size_t count, struct err *err, size_t *done)
{
	for (size_t i = 0; i < count; i++)
		folding_trouble_add(
		    folding->troubles, calls[i].organization, calls[i].key);
	if (count == 1 &&
	    folding_trouble_failed(folding->troubles, calls->organization,
		calls->key, clock_monotonic(), cause_of(err)))
		return park(calls, cause_of(err), TROUBLE_MOST, done);
	return err;
}

/*
 * Is it given up?  Where it could not be parked, as when its own deadline had
 * opened the breaker, it is not folded before that once more.
 */
static bool
park_again(struct folding_call *call, size_t *done, struct err **err)
{
	struct folding_troubles *all = call->folding->troubles;
	const struct folding_trouble *trouble =
	    folding_trouble_find(all, call->organization, call->key);
	struct str cause;

	if (trouble == NULL || !trouble->given_up)
		return false;
	cause = pool_copy(call->pool, str_of(trouble->cause));
	*err = park(call, cause, TROUBLE_MOST, done);
	if (*err != NULL)
		folding_trouble_failed(all, call->organization, call->key,
		    clock_monotonic(), cause);
	return true;
}

static struct err *
failed(struct folding_call *calls, size_t count, struct err *err, bool *apart,
    size_t *done)
{
	*apart = count > 1;
	if (*apart)
		return NULL;
	if (!was_a_meeting(calls, err))
		return park(calls, cause_of(err), 1, done);
	*done += 1;
	return NULL;
}

/* *apart: they are to be folded in smaller parts. */
static struct err *
fold_some(struct folding *folding, uint64_t organization,
    const struct str *keys, size_t count, bool *apart, size_t *done)
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
	if (count == 1 && park_again(calls, done, &err))
		return err;
	err = try_calls(calls, count, &began);
	if (err == NULL) {
		*done += were_folded(folding, calls, count);
		return NULL;
	}
	if (err->code != UNAVAILABLE)
		return failed(calls, count, err, apart, done);
	if (!began)
		return err;
	/* A deadlock: whoever we met goes on, and so do we. */
	if (!db_may_retry(folding->db))
		return were_in_trouble(folding, calls, count, err, done);
	*done += count;
	return NULL;
}

struct err *
folding_calls(struct folding *folding, struct pool *pool, uint64_t organization,
    const struct str *keys, size_t count, size_t *done)
{
	bool apart = false;
	struct err *err =
	    fold_some(folding, organization, keys, count, &apart, done);
	struct err *first = NULL;

	if (err != NULL)
		first = err_unavailable(pool, "%.*s", PSTR(cause_of(err)));
	pool_clear(folding->call);
	if (!apart)
		return first;
	/* Most of them can be folded together all the same. */
	first =
	    folding_calls(folding, pool, organization, keys, count / 2, done);
	err = folding_calls(folding, pool, organization, keys + count / 2,
	    count - count / 2, done);
	return first != NULL ? first : err;
}
