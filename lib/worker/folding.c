#include "folding.h"

#include "clock.h"
#include "folding_private.h"

enum {
	BATCH = 500, /* rows of events */
	REDIS_MS = 2000,
	FILES = 64, /* of the spool in one round */
	SPOOL_US = 1000000,
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

	/* It waits for events there, and nobody waits for it. */
	redis_set_patience(redis, REDIS_MS);
	pool_own(process, free_pool, call);
	return (struct folding){
	    .db = db,
	    .redis = redis,
	    .intake = intake_new(process, conf, db, redis),
	    .call = call,
	    .log = log,
	    .facts = folding_facts_new(process),
	};
}

/* -- All of them ----------------------------------------------------------- */

static struct err *
find_unfolded(struct folding *folding, struct pool *pool, struct rows **rows)
{
	struct err *err = db_begin(folding->db, pool, DB_READ, 0);

	if (err == NULL)
		err = QUERY(
		    folding->db, "CALL events_unfolded(?)", rows, INT(BATCH));
	if (err == NULL)
		return db_commit(folding->db);
	db_rollback(folding->db);
	return err;
}

/*
 * The rows come by tenant; *i goes behind those that were looked at, *count
 * grows by those that were ours to fold.
 */
static struct err *
fold_next(struct folding *folding, struct pool *pool, const struct rows *rows,
    size_t *i, size_t *count)
{
	uint64_t organization = (uint64_t)rows_int(rows, *i, 0);
	struct folding_claim claim;
	struct str keys[FOLD_TOGETHER];
	struct err *err = NULL;
	size_t n = 0;

	while (*i < rows->count && n < FOLD_TOGETHER &&
	       (uint64_t)rows_int(rows, *i, 0) == organization)
		keys[n++] = rows_text(rows, (*i)++, 1);
	n = folding_claim(folding, organization, keys, n, &claim);
	if (n > 0)
		err = folding_calls(folding, organization, keys, n);
	folding_release(folding, &claim);
	*count += n;
	if (err != NULL)
		err = err_unavailable(pool, "%.*s",
		    PSTR(pool_copy(
			pool, err->cause.n > 0 ? err->cause : err->message)));
	pool_clear(folding->call);
	return err;
}

static struct err *
fold_batch(struct folding *folding, struct pool *pool, size_t *count)
{
	struct rows *rows;
	size_t i = 0;

	folding->age = 0;
	TRY(find_unfolded(folding, pool, &rows));
	for (size_t k = 0; k < rows->count; k++)
		if (rows_int(rows, k, 2) > folding->age)
			folding->age = rows_int(rows, k, 2);
	folding_facts_forget(folding);
	while (i < rows->count)
		TRY(fold_next(folding, pool, rows, &i, count));
	return NULL;
}

/*
 * Once a second, so that who writes there may go on with its file; all of it
 * for who does not wait.
 */
static struct err *
drain_spool(
    struct folding *folding, struct pool *pool, int patience, size_t *done)
{
	int64_t now = clock_monotonic();
	struct err *err = NULL;
	size_t taken = 1;

	if (patience > 0 && folding->spooled != 0 &&
	    now - folding->spooled < SPOOL_US)
		return NULL;
	folding->spooled = now;
	for (int i = 0; i < FILES && taken > 0 && err == NULL; i++) {
		err =
		    intake_drain_spool(folding->intake, folding->call, &taken);
		if (err != NULL)
			err = err_unavailable(pool, "%.*s", PSTR(err->cause));
		else
			*done += taken;
		pool_clear(folding->call);
	}
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

	folding->began = clock_monotonic();
	*done = 0;
	queue = intake_drain_stream(folding->intake, pool, patience, &taken);
	*done += taken;
	spool = drain_spool(folding, pool, patience, done);
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

int
folding_rest(struct folding *folding, size_t done)
{
	int64_t queued = intake_age(folding->intake);

	return pace_rest_now(&folding->pace, done,
	    (clock_monotonic() - folding->began) / 1000,
	    queued > folding->age ? queued : folding->age);
}
