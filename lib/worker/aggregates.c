#include "aggregates.h"

#include "instant.h"
#include "zone.h"

#include <stdlib.h>

enum {
	BATCH = 500,  /* CDRs of a transaction */
	BATCHES = 20, /* of a job, before others have their turn */
	COUNTED = 2,  /* of a CDR that this transaction is counting */
	SWEEP_MOST = 100000,
	HOUR_MS = 3600000,
};

/* What is added to one row of cdr_hours or of cdr_days. */
struct sum {
	struct str when, direction;
	struct str what; /* the disposition; the own number */
	int64_t calls, answered, duration, billed;
};

static int
compare(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;
	int order = str_compare(x->when, y->when);

	if (order == 0)
		order = str_compare(x->what, y->what);
	return order != 0 ? order : str_compare(x->direction, y->direction);
}

/*
 * Adds up those of the same row.  In order: two workers that count for one
 * tenant take the rows in the same one.
 */
static size_t
add_up(struct sum *sums, size_t count)
{
	size_t n = 0;

	qsort(sums, count, sizeof *sums, compare);
	for (size_t i = 0; i < count; i++) {
		struct sum *last = &sums[n > 0 ? n - 1 : 0];

		if (n == 0 || compare(last, &sums[i]) != 0) {
			sums[n++] = sums[i];
			continue;
		}
		last->calls += sums[i].calls;
		last->answered += sums[i].answered;
		last->duration += sums[i].duration;
		last->billed += sums[i].billed;
	}
	return n;
}

static struct err *
read_batch(struct db *db, struct rows **rows)
{
	TRY(EXEC(db,
	    "UPDATE cdrs SET unfolded = ? WHERE unfolded = 1 ORDER BY id"
	    " LIMIT 500",
	    NULL, INT(COUNTED)));
	return QUERY(db,
	    "SELECT c.started_at, c.direction, c.disposition, c.duration,"
	    " c.billed, d.number FROM cdrs c LEFT JOIN dids d ON d.id ="
	    " c.did_id WHERE c.unfolded = ?",
	    rows, INT(COUNTED));
}

static struct sum
sum_of(const struct rows *rows, size_t row)
{
	return (struct sum){
	    .direction = rows_text(rows, row, 1),
	    .calls = 1,
	    .answered = str_is(rows_text(rows, row, 2), "answered") ? 1 : 0,
	    .duration = rows_int(rows, row, 3),
	    .billed = rows_int(rows, row, 4),
	};
}

static struct err *
add_hours(struct db *db, struct pool *pool, const struct rows *rows)
{
	struct sum *sums = NEW_ARRAY(pool, struct sum, rows->count + 1);
	size_t n;

	for (size_t i = 0; i < rows->count; i++) {
		int64_t instant = instant_of(rows_text(rows, i, 0));

		sums[i] = sum_of(rows, i);
		sums[i].what = rows_text(rows, i, 2);
		sums[i].when =
		    instant_value(pool, instant - instant % HOUR_MS).text;
	}
	n = add_up(sums, rows->count);
	for (size_t i = 0; i < n; i++)
		TRY(EXEC(db,
		    "INSERT INTO cdr_hours (organization_id, hour, direction,"
		    " disposition, calls, duration, billed)"
		    " VALUES (current_tenant(), ?, ?, ?, ?, ?, ?)"
		    " ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls),"
		    " duration = duration + VALUES(duration),"
		    " billed = billed + VALUES(billed)",
		    NULL, TEXT(sums[i].when), TEXT(sums[i].direction),
		    TEXT(sums[i].what), INT(sums[i].calls),
		    INT(sums[i].duration), INT(sums[i].billed)));
	return NULL;
}

static struct err *
add_days(struct db *db, struct pool *pool, const struct zone *zone,
    const struct rows *rows)
{
	struct sum *sums = NEW_ARRAY(pool, struct sum, rows->count + 1);
	size_t n;

	for (size_t i = 0; i < rows->count; i++) {
		struct local_time day =
		    zone_local(zone, instant_of(rows_text(rows, i, 0)));

		sums[i] = sum_of(rows, i);
		sums[i].what = rows_text(rows, i, 5);
		if (sums[i].what.p == NULL)
			sums[i].what = STR("");
		sums[i].when = pool_printf(
		    pool, "%04d-%02d-%02d", day.year, day.month, day.day);
	}
	n = add_up(sums, rows->count);
	for (size_t i = 0; i < n; i++)
		TRY(EXEC(db,
		    "INSERT INTO cdr_days (organization_id, day, number,"
		    " direction, calls, answered, duration)"
		    " VALUES (current_tenant(), ?, ?, ?, ?, ?, ?)"
		    " ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls),"
		    " answered = answered + VALUES(answered),"
		    " duration = duration + VALUES(duration)",
		    NULL, TEXT(sums[i].when), TEXT(sums[i].what),
		    TEXT(sums[i].direction), INT(sums[i].calls),
		    INT(sums[i].answered), INT(sums[i].duration)));
	return NULL;
}

static struct err *
find_zone(struct db *db, struct pool *pool, const struct zone **zone)
{
	struct rows *rows;

	TRY(db_query(db, "SELECT timezone FROM organizations", NULL, 0, &rows));
	*zone = rows->count > 0 ? zone_load(rows_text(rows, 0, 0)) : NULL;
	if (*zone == NULL)
		return err_internal(pool, "the organization has no time zone");
	return NULL;
}

/* In a transaction of the tenant. */
static struct err *
count_batch(struct db *db, struct pool *pool, size_t *count)
{
	const struct zone *zone;
	struct rows *rows;

	TRY(find_zone(db, pool, &zone));
	TRY(read_batch(db, &rows));
	*count = rows->count;
	if (*count == 0)
		return NULL;
	TRY(add_hours(db, pool, rows));
	TRY(add_days(db, pool, zone, rows));
	return EXEC(db, "UPDATE cdrs SET unfolded = NULL WHERE unfolded = ?",
	    NULL, INT(COUNTED));
}

static struct err *
try_batch(const struct work *work, struct pool *pool, uint64_t organization,
    size_t *count)
{
	struct err *err;

	TRY(db_begin(work->db, pool, DB_WRITE, organization));
	err = count_batch(work->db, pool, count);
	if (err == NULL)
		return db_commit(work->db);
	db_rollback(work->db);
	return err;
}

static struct err *
count_some(const struct work *work, struct pool *pool, uint64_t organization,
    bool *all)
{
	size_t count = BATCH;

	for (int i = 0; i < BATCHES && count == BATCH && !*work->stop; i++) {
		struct err *err = try_batch(work, pool, organization, &count);

		if (err != NULL && db_may_retry(work->db))
			err = try_batch(work, pool, organization, &count);
		TRY(err);
	}
	*all = count < BATCH;
	return NULL;
}

static struct err *
run(const struct work *work, struct pool *pool, const struct queue_job *job,
    struct str *failure)
{
	bool all;

	(void)failure;
	TRY(count_some(work, pool, job->organization, &all));
	if (all)
		return NULL;
	/* It is taken: once more when this one is done. */
	return queue_put(
	    work->redis, pool, job->queue, job->organization, job->key);
}

static struct err *
unfolded(const struct work *work, struct pool *pool, int age, struct str *list)
{
	const struct value values[] = {INT(age), INT(SWEEP_MOST)};

	return work_ask(
	    work, pool, "SELECT cdrs_unfolded(?, ?)", values, 2, list);
}

static struct err *
sweep(const struct work *work, struct pool *pool, int age)
{
	uint64_t organization;
	struct str list;

	TRY(unfolded(work, pool, age, &list));
	while (work_next_id(&list, &organization))
		TRY(queue_restore(
		    work->redis, pool, QUEUE_CDR, organization, STR("fold")));
	return NULL;
}

static struct err *
run_all(const struct work *work, struct pool *pool)
{
	uint64_t organization;
	struct str list;
	bool all;

	TRY(unfolded(work, pool, 0, &list));
	while (!*work->stop && work_next_id(&list, &organization)) {
		struct err *err = count_some(work, pool, organization, &all);

		if (err != NULL && err->code == UNAVAILABLE)
			return err;
	}
	return NULL;
}

const struct trade aggregates_trade = {
    .queue = QUEUE_CDR,
    .run = run,
    .sweep = sweep,
    .run_all = run_all,
};
