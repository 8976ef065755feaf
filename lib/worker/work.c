#include "work.h"

#include <inttypes.h>

enum { SWEEP_MOST = 10000 };

static struct err *
note(const struct work *work, struct pool *pool, const struct trade *trade,
    const struct queue_job *job, struct str failure)
{
	bool for_good = job->attempt >= QUEUE_ATTEMPTS;
	struct err *err;

	if (!for_good && trade->note == NULL)
		return NULL;
	TRY(db_begin(work->db, pool, DB_WRITE, job->organization));
	err = trade->note != NULL
		  ? trade->note(work, pool, job, failure, for_good)
		  : NULL;
	if (err == NULL && for_good)
		err = queue_park(work->db, job, failure);
	if (err == NULL)
		return db_commit(work->db);
	db_rollback(work->db);
	return err;
}

static struct err *
end_job(const struct work *work, struct pool *pool, const struct trade *trade,
    const struct queue_job *job, struct str failure)
{
	if (failure.p == NULL)
		return queue_done(work->redis, pool, job);
	TRY(note(work, pool, trade, job, failure));
	if (job->attempt >= QUEUE_ATTEMPTS)
		return queue_done(work->redis, pool, job);
	return queue_failed(work->redis, pool, job);
}

struct err *
work_one(const struct work *work, struct pool *pool, const struct trade *trade,
    struct queue_job *job, bool *found, struct str *failure)
{
	struct err *err = NULL;

	*failure = NO_STR;
	TRY(queue_take(work->redis, pool, trade->queue, job, found));
	if (!*found)
		return NULL;
	/* Whoever had it before died of it. */
	if (job->attempt > QUEUE_ATTEMPTS)
		*failure = STR("it never came to an end");
	else
		err = trade->run(work, pool, job, failure);
	if (err != NULL && err->code != UNAVAILABLE) {
		*failure = err->cause.n > 0 ? err->cause : err->message;
		err = NULL;
	}
	db_rollback(work->db);
	if (err == NULL)
		err = end_job(work, pool, trade, job, *failure);
	if (err == NULL)
		return NULL;
	/* Should Redis be away, its lease ends. */
	queue_return(work->redis, pool, job);
	return err;
}

bool
work_next_id(struct str *list, uint64_t *organization)
{
	struct str piece;
	int64_t number;

	if (!str_next(list, ',', &piece) ||
	    !str_to_int(piece, 1, INT64_MAX, &number))
		return false;
	*organization = (uint64_t)number;
	return true;
}

bool
work_next_job(struct pool *pool, struct str *list, uint64_t *organization,
    struct str *key)
{
	struct str piece, kind, tenant;
	int64_t number;

	if (!str_next(list, ',', &piece) || !str_next(&piece, ':', &kind) ||
	    !str_next(&piece, ':', &tenant) ||
	    !str_to_int(tenant, 1, INT64_MAX, &number))
		return false;
	*organization = (uint64_t)number;
	*key = pool_printf(pool, "%.*s:%.*s", PSTR(kind), PSTR(piece));
	return true;
}

struct err *
work_ask(const struct work *work, struct pool *pool, const char *sql,
    const struct value *values, size_t count, struct str *answer)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(work->db, pool, DB_READ, 0));
	err = db_query(work->db, sql, values, count, &rows);
	db_rollback(work->db);
	TRY(err);
	*answer = rows_text(rows, 0, 0);
	return NULL;
}

static struct err *
pending(const struct work *work, struct pool *pool, const struct trade *trade,
    int age, struct str *list)
{
	const struct value values[] = {INT(age), INT(SWEEP_MOST)};

	return work_ask(work, pool, trade->pending, values, 2, list);
}

struct err *
work_sweep(const struct work *work, struct pool *pool,
    const struct trade *trade, int age)
{
	uint64_t organization;
	struct str list, key;

	if (trade->pending == NULL)
		return trade->sweep(work, pool, age);
	TRY(pending(work, pool, trade, age, &list));
	while (work_next_job(pool, &list, &organization, &key))
		TRY(queue_restore(
		    work->redis, pool, trade->queue, organization, key));
	return NULL;
}

/* In a pool of its own: there may be many. */
static struct err *
run_one(const struct work *work, struct pool *pool, const struct trade *trade,
    const struct queue_job *job)
{
	struct pool *own = pool_new();
	struct str failure = NO_STR;
	struct err *err = trade->run(work, own, job, &failure);

	if (err != NULL && err->code == UNAVAILABLE)
		err = err_unavailable(pool, "%.*s",
		    PSTR(err->cause.n > 0 ? err->cause : err->message));
	else
		err = NULL;
	pool_free(own);
	return err;
}

struct err *
work_run_all(
    const struct work *work, struct pool *pool, const struct trade *trade)
{
	struct queue_job job = {.queue = trade->queue};
	struct str list;

	if (trade->pending == NULL)
		return trade->run_all != NULL ? trade->run_all(work, pool)
					      : NULL;
	TRY(pending(work, pool, trade, 0, &list));
	while (!*work->stop &&
	       work_next_job(pool, &list, &job.organization, &job.key))
		TRY(run_one(work, pool, trade, &job));
	return NULL;
}
