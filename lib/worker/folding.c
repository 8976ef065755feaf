#include "folding.h"

#include "clock.h"
#include "folding_private.h"
#include "instant.h"
#include "queue.h"

#include <inttypes.h>

enum {
	BATCH = 200,        /* rows of events */
	EVENTS_MOST = 5000, /* of one call; the rest counts for nothing */
	IDS = 16,           /* in one statement */
	REBUILD_US = 600000000,
};

static void
free_pool(void *pool)
{
	pool_free(pool);
}

struct folding
folding_new(struct pool *process, const struct conf *conf, struct db *db,
    struct log *log)
{
	struct redis *redis = redis_new(process, conf);
	struct pool *call = pool_new();

	pool_own(process, free_pool, call);
	return (struct folding){
	    .db = db,
	    .redis = redis,
	    .intake = intake_new(process, conf, db, redis),
	    .call = call,
	    .log = log,
	};
}

/* -- Look-ups of the fold -------------------------------------------------- */

static uint64_t
look_up(struct folding_call *call, const char *sql, struct str number)
{
	struct rows *rows;

	if (call->failed == NULL)
		call->failed = QUERY(call->db, sql, &rows,
		    INT(call->organization), TEXT(number));
	return call->failed == NULL ? (uint64_t)rows_int(rows, 0, 0) : 0;
}

static uint64_t
find_did(void *self, struct str e164)
{
	return look_up(self,
	    "SELECT MAX(id) FROM dids WHERE organization_id = ?"
	    " AND number = ? AND deleted_at IS NULL",
	    e164);
}

static uint64_t
find_extension(void *self, struct str number)
{
	return look_up(self,
	    "SELECT MAX(id) FROM extensions WHERE organization_id = ?"
	    " AND number = ? AND deleted_at IS NULL",
	    number);
}

static struct err *
load_facts(struct folding_call *call)
{
	struct rows *rows;

	TRY(QUERY(call->db,
	    "SELECT o.country, s.recording_retention, s.voicemail_retention"
	    " FROM organizations o LEFT JOIN settings s"
	    " ON s.organization_id = o.id WHERE o.id = ?",
	    &rows, INT(call->organization)));
	call->facts = (struct fold_facts){
	    .self = call, .did = find_did, .extension = find_extension};
	if (rows->count == 0)
		return NULL;
	country_parse(rows_text(rows, 0, 0), &call->facts.country);
	call->recording_days = (int)rows_int(rows, 0, 1);
	call->voicemail_days = (int)rows_int(rows, 0, 2);
	return NULL;
}

/* -- One call -------------------------------------------------------------- */

static struct err *
mark(struct folding_call *call, const struct rows *events)
{
	for (size_t i = 0; i < events->count; i += IDS) {
		struct value values[IDS + 1];

		values[0] = INT(call->organization);
		for (size_t j = 0; j < IDS; j++)
			values[j + 1] = INT(i + j < events->count
						? rows_int(events, i + j, 0)
						: 0);
		TRY(db_exec(call->db,
		    "UPDATE call_events SET unfolded = NULL"
		    " WHERE organization_id = ? AND unfolded = 1 AND id IN"
		    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    values, IDS + 1, NULL));
	}
	return NULL;
}

static bool
has_new(const struct rows *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (rows_int(events, i, 6) == 1)
			return true;
	return false;
}

static struct err *
compute(struct folding_call *call, const struct rows *events)
{
	struct fold *fold;

	TRY(load_facts(call));
	fold = fold_new(call->pool, &call->facts);
	for (size_t i = 0; i < events->count; i++) {
		struct str came = rows_text(events, i, 4);
		const struct call_event event = {
		    .kind = rows_text(events, i, 1),
		    .call_key = call->key,
		    .hash = rows_text(events, i, 2),
		    .body = rows_text(events, i, 3),
		    .received = instant_of(
			came.p != NULL ? came : rows_text(events, i, 5)),
		};

		fold_add(fold, &event);
	}
	fold_result(fold, &call->folded);
	return call->failed;
}

static struct err *
fold_inside(struct folding_call *call)
{
	struct rows *events, *locked;

	/* One at a time: what another worker does waits here. */
	TRY(QUERY(call->db,
	    "SELECT id FROM calls WHERE organization_id = ? AND call_key = ?"
	    " FOR UPDATE",
	    &locked, INT(call->organization), TEXT(call->key)));
	TRY(QUERY(call->db,
	    "SELECT id, kind, event_hash, body, occurred_at, created_at,"
	    " unfolded FROM call_events WHERE organization_id = ?"
	    " AND call_key = ? ORDER BY id LIMIT ?",
	    &events, INT(call->organization), TEXT(call->key),
	    INT(EVENTS_MOST)));
	if (!has_new(events) && events->count < EVENTS_MOST)
		return NULL;
	TRY(compute(call, events));
	TRY(folding_write(call));
	TRY(folding_write_records(call));
	if (events->count == EVENTS_MOST)
		TRY(EXEC(call->db,
		    "UPDATE call_events SET unfolded = NULL WHERE"
		    " organization_id = ? AND call_key = ? AND unfolded = 1",
		    NULL, INT(call->organization), TEXT(call->key)));
	return mark(call, events);
}

/* Events of no call are kept, and that is all. */
static struct err *
pass_over(struct folding_call *call)
{
	return EXEC(call->db,
	    "UPDATE call_events SET unfolded = NULL WHERE organization_id = ?"
	    " AND call_key = '' AND unfolded = 1",
	    NULL, INT(call->organization));
}

static struct err *
try_call(struct folding_call *call)
{
	struct err *err =
	    db_begin(call->db, call->pool, DB_WRITE, call->organization);

	if (err == NULL)
		err = call->key.n > 0 ? fold_inside(call) : pass_over(call);
	if (err == NULL)
		return db_commit(call->db);
	db_rollback(call->db);
	return err;
}

/*
 * What MariaDB refuses of a call is a bug of ours: it must not hold up all
 * others.  The events stay; the job says where to look.
 */
static struct err *
park(struct folding *folding, struct folding_call *call, const struct err *why)
{
	struct str cause = why->cause.n > 0 ? why->cause : why->message;

	log_write(folding->log, LOG_ERROR_, "cannot fold call %.*s: %.*s",
	    PSTR(call->key), PSTR(cause));
	TRY(db_begin(call->db, call->pool, DB_WRITE, call->organization));
	TRY(EXEC(call->db,
	    "INSERT INTO parked_jobs (organization_id, queue, job_key,"
	    " payload, attempts, failure) VALUES (?, 'fold', ?, ?, 1, ?)"
	    " ON DUPLICATE KEY UPDATE failure = VALUES(failure)",
	    NULL, INT(call->organization),
	    TEXT(pool_printf(call->pool, "%016" PRIx64, str_hash(call->key))),
	    TEXT(call->key), TEXT(str_head(cause, 1000))));
	TRY(EXEC(call->db,
	    "UPDATE call_events SET unfolded = NULL WHERE organization_id = ?"
	    " AND call_key = ? AND unfolded = 1",
	    NULL, INT(call->organization), TEXT(call->key)));
	return db_commit(call->db);
}

/* Two workers met over one call: the next round finds what is left. */
static bool
was_a_meeting(const struct folding_call *call, const struct err *err)
{
	return db_may_retry(call->db) ||
	       (err->code == VALIDATION_ERROR && err->complaints != NULL &&
		   (str_is(err->complaints->field, "call_key") ||
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
	if (call->cdrs)
		TRY(queue_put(folding->redis, pool, QUEUE_CDR,
		    call->organization, STR("fold")));
	return NULL;
}

static struct err *
fold_call(struct folding *folding, uint64_t organization, struct str key)
{
	struct folding_call call = {
	    .db = folding->db,
	    .pool = folding->call,
	    .organization = organization,
	    .key = key,
	};
	struct err *err = try_call(&call);

	if (err == NULL && call.changed)
		err = folding_tell(folding, call.pool, organization, key);
	else if (err != NULL && was_a_meeting(&call, err))
		return NULL;
	else if (err != NULL && err->code != UNAVAILABLE)
		return park(folding, &call, err);
	else if (err != NULL)
		return err;
	if (err == NULL)
		err = put_jobs(folding, &call);
	/* It was written; of what lives Redis is told again later. */
	if (err != NULL)
		folding->rebuilt = 0;
	return NULL;
}

/* -- All of them ----------------------------------------------------------- */

static struct err *
fold_batch(struct folding *folding, struct pool *pool, size_t *count)
{
	struct rows *rows;
	struct err *err = NULL;

	TRY(db_begin(folding->db, pool, DB_READ, 0));
	err = QUERY(folding->db, "CALL events_unfolded(?)", &rows, INT(BATCH));
	if (err == NULL)
		err = db_commit(folding->db);
	else
		db_rollback(folding->db);
	TRY(err);
	for (size_t i = 0; i < rows->count && err == NULL; i++) {
		err = fold_call(folding, (uint64_t)rows_int(rows, i, 0),
		    rows_text(rows, i, 1));
		if (err != NULL)
			err->cause = pool_copy(pool, err->cause);
		if (err != NULL)
			err = err_unavailable(pool, "%.*s", PSTR(err->cause));
		pool_clear(folding->call);
	}
	*count += rows->count;
	return err;
}

/*
 * Whatever of the three cannot be reached, the others go on: the first error
 * is told in the end.
 */
struct err *
folding_round(
    struct folding *folding, struct pool *pool, int patience, size_t *done)
{
	struct err *queue, *spool, *calls, *living = NULL;
	size_t taken = 0;

	*done = 0;
	queue = intake_drain_stream(folding->intake, pool, patience, &taken);
	*done += taken;
	spool = intake_drain_spool(folding->intake, pool, &taken);
	*done += spool == NULL ? taken : 0;
	calls = fold_batch(folding, pool, done);
	if (calls == NULL && *done == 0 &&
	    (folding->rebuilt == 0 ||
		clock_monotonic() - folding->rebuilt > REBUILD_US))
		living = folding_rebuild(folding, pool);
	if (queue != NULL)
		return queue;
	if (spool != NULL)
		return spool;
	return calls != NULL ? calls : living;
}
