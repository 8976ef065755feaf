/* Events of the queue and the spool into rows of call_event. */
#include "intake_private.h"

#include <stdlib.h>

enum {
	STATEMENT_BYTES = 4 << 20, /* of bodies */
	FAILURE_MOST = 900,        /* bytes of why it was parked */
	ROWS_SOME = 8,
	ROWS_MANY = 64,
};

/*
 * Not IGNORE, which would make a row out of anything: what is there already
 * stays as it is, all else that is wrong is an error.  Every unique key of the
 * table begins with the organization.
 */
#define INSERT "INSERT INTO call_events " INTAKE_COLUMNS " VALUES "
#define ROW "(?, ?, ?, ?, ?, ?)"
#define ROWS_4 ROW ", " ROW ", " ROW ", " ROW
#define ROWS_8 ROWS_4 ", " ROWS_4
#define ROWS_32 ROWS_8 ", " ROWS_8 ", " ROWS_8 ", " ROWS_8
#define KEEP " ON DUPLICATE KEY UPDATE event_hash = VALUES(event_hash)"

static const char one_row[] = INSERT ROW KEEP;
static const char some_rows[] = INSERT ROWS_8 KEEP;
static const char many_rows[] = INSERT ROWS_32 ", " ROWS_32 KEEP;

static int
by_organization(const void *a, const void *b)
{
	const struct event *x = *(const struct event *const *)a;
	const struct event *y = *(const struct event *const *)b;

	if (x->organization != y->organization)
		return x->organization < y->organization ? -1 : 1;
	return x < y ? -1 : x > y; /* in the order they came */
}

/* How many of them one statement takes. */
static size_t
next_rows(struct event *const *events, size_t count)
{
	size_t bytes = 0, fit = 0;

	while (fit < count && fit < ROWS_MANY) {
		bytes += events[fit]->body.n;
		if (bytes > STATEMENT_BYTES)
			break;
		fit++;
	}
	return fit == ROWS_MANY ? ROWS_MANY : fit >= ROWS_SOME ? ROWS_SOME : 1;
}

static struct err *
insert_rows(struct intake *intake, struct pool *pool,
    struct event *const *events, size_t rows)
{
	struct value *values =
	    NEW_ARRAY(pool, struct value, rows * INTAKE_VALUES);

	for (size_t i = 0; i < rows; i++)
		event_values(pool, events[i], values + i * INTAKE_VALUES);
	return db_exec(intake->db,
	    rows == ROWS_MANY   ? many_rows
	    : rows == ROWS_SOME ? some_rows
				: one_row,
	    values, rows * INTAKE_VALUES, NULL);
}

static struct err *
insert_all(struct intake *intake, struct pool *pool,
    struct event *const *events, size_t count)
{
	TRY(db_begin(intake->db, pool, DB_WRITE, (*events)->organization));
	while (count > 0) {
		size_t rows = next_rows(events, count);

		TRY(insert_rows(intake, pool, events, rows));
		events += rows;
		count -= rows;
	}
	return db_commit(intake->db);
}

/* Of one organization, in one transaction, again after a deadlock. */
static struct err *
store_some(struct intake *intake, struct pool *pool,
    struct event *const *events, size_t count)
{
	struct err *err = insert_all(intake, pool, events, count);

	if (err != NULL && db_may_retry(intake->db)) {
		db_rollback(intake->db);
		err = insert_all(intake, pool, events, count);
	}
	if (err != NULL)
		db_rollback(intake->db);
	return err;
}

/* MariaDB will never take it: people look at it, the others go on. */
static struct err *
park(struct intake *intake, struct pool *pool, const struct event *event,
    const struct err *why)
{
	struct str cause = why->cause.n > 0 ? why->cause : why->message;
	struct value row[INTAKE_VALUES];
	unsigned char hash[CRYPTO_HASH];
	struct err *err;

	event_values(pool, event, row);
	event_hash(pool, event, hash);
	TRY(db_begin(intake->db, pool, DB_WRITE, event->organization));
	err = EXEC(intake->db,
	    "INSERT INTO parked_jobs (organization_id, queue, job_key,"
	    " payload, attempts, failure) VALUES (?, 'events', ?,"
	    " JSON_OBJECT('call_key', ?, 'kind', ?, 'occurred_at', ?,"
	    " 'body', ?), 1, ?)",
	    NULL, row[0], TEXT(crypto_hex(pool, hash, sizeof hash)), row[1],
	    row[2], row[5], row[4], TEXT(str_head(cause, FAILURE_MOST)));
	/* It was parked before. */
	if (err != NULL && err->code == VALIDATION_ERROR)
		err = NULL;
	if (err == NULL)
		return db_commit(intake->db);
	db_rollback(intake->db);
	return err;
}

static struct err *
store_each(struct intake *intake, struct pool *pool,
    struct event *const *events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct err *err = store_some(intake, pool, events + i, 1);

		if (err != NULL && err->code == UNAVAILABLE)
			return err;
		if (err != NULL)
			TRY(park(intake, pool, events[i], err));
	}
	return NULL;
}

struct err *
intake_store(struct intake *intake, struct pool *pool, struct event *events,
    size_t count)
{
	struct event **sorted = NEW_ARRAY(pool, struct event *, count);

	for (size_t i = 0; i < count; i++)
		sorted[i] = &events[i];
	qsort(sorted, count, sizeof(struct event *), by_organization);
	while (count > 0) {
		size_t n = 1;
		struct err *err;

		while (n < count &&
		       sorted[n]->organization == sorted[0]->organization)
			n++;
		err = store_some(intake, pool, sorted, n);
		if (err != NULL && err->code == UNAVAILABLE)
			return err;
		if (err != NULL)
			TRY(store_each(intake, pool, sorted, n));
		sorted += n;
		count -= n;
	}
	return NULL;
}
