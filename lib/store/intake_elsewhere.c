/* Events that Redis has not taken, or not surely: into MariaDB or the spool. */
#include <stdlib.h>

#include "intake_private.h"

enum { RETRY = 5 /* seconds */ };

/* A parcel of which something is not stored yet. */
struct rest {
	struct parcel *parcel;
	struct taken *all;          /* its events */
	const struct err *database; /* why not there */
	bool stored;
};

/* -- MariaDB -------------------------------------------------------------- */

static bool
is_repeat(const struct err *err)
{
	return err->code == VALIDATION_ERROR && err->complaints != NULL &&
	       str_is(err->complaints->field, "event_hash");
}

static struct err *
insert_event(struct intake *intake, struct pool *pool, struct taken *taken)
{
	struct value values[INTAKE_VALUES];
	struct err *err;

	event_values(pool, taken->event, values);
	err = db_exec(intake->db,
	    "INSERT INTO call_events " INTAKE_COLUMNS
	    " VALUES (?, ?, ?, ?, ?, ?)",
	    values, INTAKE_VALUES, NULL);
	if (err != NULL && !is_repeat(err))
		return err;
	*taken->accepted =
	    err != NULL && !taken->queued ? EVENT_REPEATED : EVENT_NEW;
	return NULL;
}

static struct err *
insert_all(
    struct intake *intake, struct pool *pool, struct rest *rests, size_t count)
{
	TRY(db_begin(
	    intake->db, pool, DB_WRITE, rests->all->event->organization));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < rests[i].parcel->count; k++)
			if (!rests[i].all[k].stored)
				TRY(insert_event(
				    intake, pool, &rests[i].all[k]));
	return db_commit(intake->db);
}

/* Of one organization, in one transaction. */
static struct err *
put_rows(
    struct intake *intake, struct pool *pool, struct rest *rests, size_t count)
{
	struct err *err = insert_all(intake, pool, rests, count);

	if (err != NULL && db_may_retry(intake->db)) {
		db_rollback(intake->db);
		err = insert_all(intake, pool, rests, count);
	}
	if (err != NULL)
		db_rollback(intake->db);
	for (size_t i = 0; i < count; i++) {
		rests[i].stored = err == NULL;
		rests[i].database = err;
	}
	return err;
}

/* What is wrong with one of them is not wrong with the others. */
static void
put_database(
    struct intake *intake, struct pool *pool, struct rest *rests, size_t count)
{
	struct err *err = put_rows(intake, pool, rests, count);

	if (err == NULL || err->code == UNAVAILABLE || count == 1)
		return;
	for (size_t i = 0; i < count; i++)
		(void)put_rows(intake, pool, &rests[i], 1);
}

static int
by_organization(const void *a, const void *b)
{
	const struct rest *x = a, *y = b;
	uint64_t of_x = x->all->event->organization;
	uint64_t of_y = y->all->event->organization;

	if (of_x != of_y)
		return of_x < of_y ? -1 : 1;
	return x->all < y->all ? -1 : x->all > y->all; /* as they came */
}

static void
put_databases(
    struct intake *intake, struct pool *pool, struct rest *rests, size_t count)
{
	qsort(rests, count, sizeof *rests, by_organization);
	while (count > 0) {
		size_t n = 1;

		while (n < count && rests[n].all->event->organization ==
					rests->all->event->organization)
			n++;
		put_database(intake, pool, rests, n);
		rests += n;
		count -= n;
	}
}

/* -- The spool ------------------------------------------------------------ */

/* One wait for the disk, however many there are. */
static struct err *
put_files(
    struct intake *intake, struct pool *pool, struct rest *rests, size_t count)
{
	struct str *frames;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += rests[i].stored ? 0 : rests[i].parcel->count;
	if (n == 0)
		return NULL;
	frames = NEW_ARRAY(pool, struct str, n);
	n = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < rests[i].parcel->count; k++) {
			struct taken *taken = &rests[i].all[k];

			if (rests[i].stored || taken->stored)
				continue;
			frames[n++] = taken->text;
			*taken->accepted = EVENT_NEW;
		}
	TRY(spool_put(intake->spool, pool, frames, n));
	for (size_t i = 0; i < count; i++) {
		if (!rests[i].stored)
			rests[i].parcel->where = "spool";
		rests[i].stored = true;
	}
	return NULL;
}

/* Who waits next is told why the first choice was none. */
static struct err *
nowhere(struct pool *pool, const struct err *redis, const struct err *database,
    const struct err *spool)
{
	struct err *err = err_unavailable(pool, "%.*s; %.*s; %.*s",
	    PSTR(redis != NULL ? redis->cause
			       : STR("redis: an fsync is under way")),
	    PSTR(database->cause), PSTR(spool->cause));

	err->retry_after = RETRY;
	return err;
}

/* Where there is no room for all there may be for some. */
static void
put_spool(struct intake *intake, struct pool *pool, struct rest *rests,
    size_t count, const struct err *redis)
{
	if (put_files(intake, pool, rests, count) == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		struct parcel *parcel = rests[i].parcel;
		const struct err *err = put_files(intake, pool, &rests[i], 1);

		if (err == NULL)
			continue;
		parcel->where = "nowhere";
		parcel->err =
		    nowhere(parcel->pool, redis, rests[i].database, err);
	}
}

/* -- Both ----------------------------------------------------------------- */

static bool
all_stored(const struct parcel *parcel, const struct taken *all)
{
	for (size_t i = 0; i < parcel->count; i++)
		if (!all[i].stored)
			return false;
	return true;
}

void
intake_put_elsewhere(struct intake *intake, struct parcel *parcels,
    size_t count, struct taken *all, const struct err *redis)
{
	struct pool *pool = parcels->pool;
	struct rest *rests = NEW_ARRAY(pool, struct rest, count);
	size_t n = 0;

	for (size_t i = 0; i < count; all += parcels[i++].count) {
		if (all_stored(&parcels[i], all))
			continue;
		parcels[i].where = "database";
		rests[n++] = (struct rest){.parcel = &parcels[i], .all = all};
	}
	if (n == 0)
		return;
	put_databases(intake, pool, rests, n);
	put_spool(intake, pool, rests, n, redis);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < rests[i].parcel->count; k++)
			if (rests[i].stored && rests[i].all[k].queued)
				intake_tell_done(
				    intake, pool, &rests[i].all[k]);
}
