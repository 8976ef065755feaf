#include "folding.h"

#include "clock.h"
#include "folding_private.h"

enum {
	BATCH = 500, /* rows of events */
	TIMES = 10,  /* so many when some are passed over */
	REDIS_MS = 2000,
	FILES = 64, /* of the spool in one round */
	SPOOL_US = 1000000,
	REBUILD_US = 600000000,
	LONG_US = 500000,
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
	    .troubles = NEW(process, struct folding_troubles),
	};
}

/* -- All of them ----------------------------------------------------------- */

/* The calls of some events that wait, the oldest behind the last page's. */
struct page {
	struct rows *rows;
	int64_t after; /* the last page's last event */
	struct page *next;
};
enum { ORGANIZATION, KEY, AGE, EVENTS, LAST };

static struct err *
find_unfolded(struct folding *folding, struct pool *pool, struct page *page)
{
	struct err *err = db_begin(folding->db, pool, DB_READ, 0);

	if (err == NULL)
		err = QUERY(folding->db, "CALL events_unfolded(?, ?)",
		    &page->rows, INT(page->after), INT(folding->most));
	if (err == NULL)
		return db_commit(folding->db);
	db_rollback(folding->db);
	return err;
}

/* *count grows by those that were ours to fold, as far as they were. */
static struct err *
fold_claimed(struct folding *folding, struct pool *pool, uint64_t organization,
    struct str *keys, size_t n, size_t *count)
{
	struct folding_claim claim;
	struct err *err = NULL;

	n = folding_claim(folding, pool, organization, keys, n, &claim);
	if (n > 0)
		err =
		    folding_calls(folding, pool, organization, keys, n, count);
	folding_release(folding, &claim);
	return err;
}

static struct folding_trouble *
trouble_of(struct folding *folding, const struct rows *rows, size_t i)
{
	return folding_trouble_find(folding->troubles,
	    (uint64_t)rows_int(rows, i, ORGANIZATION), rows_text(rows, i, KEY));
}

/*
 * The rows come by tenant; *i goes behind those that were looked at.  Calls in
 * trouble come later.
 */
static struct err *
fold_next(struct folding *folding, struct pool *pool, const struct rows *rows,
    size_t *i, size_t *count)
{
	uint64_t organization = (uint64_t)rows_int(rows, *i, ORGANIZATION);
	struct str keys[FOLD_TOGETHER];
	size_t n = 0;

	for (; *i < rows->count && n < FOLD_TOGETHER &&
	       (uint64_t)rows_int(rows, *i, ORGANIZATION) == organization;
	     ++*i)
		if (trouble_of(folding, rows, *i) == NULL)
			keys[n++] = rows_text(rows, *i, KEY);
	return n > 0 ? fold_claimed(folding, pool, organization, keys, n, count)
		     : NULL;
}

/* Until one fails that took long. */
static struct err *
fold_troubled(struct folding *folding, struct pool *pool,
    const struct page *page, size_t *count, bool *late)
{
	const struct rows *rows = page->rows;
	struct err *first = NULL;

	folding->after = page->after;
	for (size_t i = 0; i < rows->count && !*late; i++) {
		const struct folding_trouble *trouble =
		    trouble_of(folding, rows, i);
		struct str key = rows_text(rows, i, KEY);
		int64_t began = clock_monotonic();
		struct err *err;

		if (trouble == NULL || trouble->again > began)
			continue;
		err = fold_claimed(folding, pool,
		    (uint64_t)rows_int(rows, i, ORGANIZATION), &key, 1, count);
		if (first == NULL)
			first = err;
		*late = err != NULL && clock_monotonic() - began > LONG_US;
	}
	return first;
}

/*
 * What is in trouble is late, but others need not hurry for it.  True when
 * there may be others behind it.
 */
static bool
look_at(struct folding *folding, const struct rows *rows)
{
	int64_t events = 0;
	bool others = false;

	for (size_t i = 0; i < rows->count; i++) {
		struct folding_trouble *trouble = trouble_of(folding, rows, i);

		events += rows_int(rows, i, EVENTS);
		if (trouble != NULL) {
			trouble->there = true;
			continue;
		}
		others = true;
		if (rows_int(rows, i, AGE) > folding->age)
			folding->age = rows_int(rows, i, AGE);
	}
	return !others && events == folding->most;
}

static int64_t
last_of(const struct rows *rows)
{
	int64_t last = 0;

	for (size_t i = 0; i < rows->count; i++)
		if (rows_int(rows, i, LAST) > last)
			last = rows_int(rows, i, LAST);
	return last;
}

/* Pages of calls in trouble alone, and the first that has others, or none. */
static struct err *
find_pages(struct folding *folding, struct pool *pool, struct page *first,
    const struct page **last)
{
	struct page *page = first;

	folding->age = 0;
	folding->most = folding->troubles->count > 0 ? BATCH * TIMES : BATCH;
	TRY(find_unfolded(folding, pool, page));
	while (look_at(folding, page->rows)) {
		page->next = NEW(pool, struct page);
		page->next->after = last_of(page->rows);
		page = page->next;
		TRY(find_unfolded(folding, pool, page));
	}
	*last = page;
	folding_trouble_keep(folding->troubles);
	return NULL;
}

/* The first error is told in the end. */
static struct err *
fold_batch(struct folding *folding, struct pool *pool, size_t *count)
{
	struct err *first = NULL, *err = NULL;
	struct page pages = {.after = 0};
	const struct page *page;
	bool late = false;
	size_t i = 0;

	TRY(find_pages(folding, pool, &pages, &page));
	folding_facts_forget(folding);
	folding->after = page->after;
	while (i < page->rows->count) {
		err = fold_next(folding, pool, page->rows, &i, count);
		if (first == NULL)
			first = err;
		/* Nobody is to blame for what is not even asked. */
		if (err != NULL && db_state(folding->db) == BREAKER_OPEN)
			return first;
	}
	for (page = &pages; page != NULL && !late; page = page->next) {
		err = fold_troubled(folding, pool, page, count, &late);
		if (first == NULL)
			first = err;
	}
	return first;
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
