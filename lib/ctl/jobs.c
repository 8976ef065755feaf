/*
 * opbxctl jobs: those that failed too often, of all tenants and of the
 * platform, whose letters no page shows.
 */
#include "ctl.h"

#include "clock.h"
#include "instant.h"
#include "queue.h"

#include <inttypes.h>
#include <stdio.h>

enum { PAGE = 500 };

/* Which jobs are meant. */
struct wanted {
	struct value organization, queue; /* NIL: any */
	int64_t id;                       /* 0: all */
};

static struct err *
read_page(struct ctl *ctl, const struct wanted *wanted, struct pool *pool,
    int64_t after, struct rows **rows)
{
	struct err *err;

	TRY(db_begin(ctl->db, pool, DB_READ, 0));
	err = QUERY(ctl->db, "CALL parked_jobs_list(?, ?, ?, ?)", rows,
	    INT(after), wanted->organization, wanted->queue, INT(PAGE));
	db_rollback(ctl->db);
	return err;
}

static void
show(const struct rows *rows, size_t i)
{
	char parked[CLOCK_TEXT];

	clock_write(instant_of(rows_text(rows, i, 6)), parked);
	printf("%-6" PRId64 " %-6" PRId64 " %-13.*s %-20s %-2" PRId64
	       " %.*s: %.*s\n",
	    rows_int(rows, i, 0), rows_int(rows, i, 1),
	    PSTR(rows_text(rows, i, 2)), parked, rows_int(rows, i, 4),
	    PSTR(rows_text(rows, i, 3)), PSTR(rows_text(rows, i, 5)));
}

static struct err *
change(struct ctl *ctl, struct pool *pool, const char *sql, int64_t id,
    int64_t *count)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(ctl->db, pool, DB_WRITE, 0));
	err = QUERY(ctl->db, sql, &rows, INT(id));
	if (err == NULL)
		err = db_commit(ctl->db);
	if (err != NULL) {
		db_rollback(ctl->db);
		return err;
	}
	*count = rows_int(rows, 0, 0);
	return NULL;
}

/* Should Redis be away, the worker finds the row by itself. */
static void
tell(struct ctl *ctl, struct pool *pool, const struct rows *rows, size_t i)
{
	for (int queue = 0; queue < QUEUES; queue++)
		if (str_is(rows_text(rows, i, 2), queue_names[queue]))
			queue_put(ctl->redis, pool, (enum queue_name)queue,
			    (uint64_t)rows_int(rows, i, 1),
			    rows_text(rows, i, 3));
}

enum verb { LIST, RETRY, DROP };

static struct err *
do_one(struct ctl *ctl, struct pool *pool, enum verb verb,
    const struct rows *rows, size_t i, int64_t *done)
{
	int64_t id = rows_int(rows, i, 0), count = 1;

	if (verb == LIST)
		show(rows, i);
	else if (verb == DROP)
		TRY(change(ctl, pool, "SELECT parked_job_drop(?)", id, &count));
	else
		TRY(change(
		    ctl, pool, "SELECT parked_job_retry(?)", id, &count));
	if (verb == RETRY && count > 0)
		tell(ctl, pool, rows, i);
	if (verb == RETRY && count == 0)
		fprintf(stderr,
		    "opbxctl: job %" PRId64
		    " is refused again: it stays as it is\n",
		    id);
	*done += count;
	return NULL;
}

static struct err *
do_page(struct ctl *ctl, struct pool *pool, enum verb verb,
    const struct wanted *wanted, int64_t *after, int64_t *done)
{
	struct rows *rows;

	TRY(read_page(ctl, wanted, pool,
	    wanted->id != 0 ? wanted->id - 1 : *after, &rows));
	*after = 0;
	for (size_t i = 0; i < rows->count; i++) {
		if (wanted->id != 0 && rows_int(rows, i, 0) != wanted->id)
			return NULL;
		TRY(do_one(ctl, pool, verb, rows, i, done));
		*after = rows_int(rows, i, 0);
	}
	if (wanted->id != 0 || rows->count < PAGE)
		*after = 0;
	return NULL;
}

static struct err *
do_all(
    struct ctl *ctl, enum verb verb, const struct wanted *wanted, int64_t *done)
{
	int64_t after = 0;

	do {
		struct pool *pool = pool_new();
		struct err *err =
		    do_page(ctl, pool, verb, wanted, &after, done);

		if (err != NULL)
			err = err_internal(ctl->pool, "%.*s",
			    PSTR(err->cause.n > 0 ? err->cause : err->message));
		pool_free(pool);
		TRY(err);
	} while (after > 0);
	return NULL;
}

enum { ORG, QUEUE, ID, ALL };

static bool
take_options(struct ctl *ctl, enum verb verb, const struct ctl_option *options,
    struct wanted *wanted, struct err **err)
{
	uint64_t organization;

	*err = NULL;
	*wanted = (struct wanted){NIL, NIL, 0};
	if (options[QUEUE].value.n > 0)
		wanted->queue = TEXT(options[QUEUE].value);
	if (options[ID].value.p != NULL &&
	    !str_to_int(options[ID].value, 1, INT64_MAX, &wanted->id))
		return false;
	/* To change all of them has to be said. */
	if (verb != LIST && (wanted->id != 0) == (options[ALL].value.p != NULL))
		return false;
	if (verb == LIST && options[ALL].value.p != NULL)
		return false;
	if (options[ORG].value.n == 0)
		return true;
	*err = ctl_organization(ctl, options[ORG].value, &organization);
	wanted->organization = INT(organization);
	return true;
}

int
ctl_jobs(struct ctl *ctl, int argc, char **argv)
{
	static const char *const verbs[] = {"list", "retry", "drop"};
	struct ctl_option options[] = {
	    [ORG] = {.name = "org"},
	    [QUEUE] = {.name = "queue"},
	    [ID] = {.name = "id"},
	    [ALL] = {.name = "all", .flag = true},
	    {.name = NULL},
	};
	struct str word = argc > 0 ? str_of(argv[0]) : NO_STR;
	struct wanted wanted;
	int64_t done = 0;
	struct err *err;
	int verb = LIST;

	while (verb <= DROP && !str_is(word, verbs[verb]))
		verb++;
	if (verb > DROP)
		return ctl_usage("jobs");
	if (!ctl_options(argc - 1, argv + 1, options))
		return 2;
	if (!take_options(ctl, (enum verb)verb, options, &wanted, &err))
		return ctl_usage("jobs");
	if (err == NULL)
		err = do_all(ctl, (enum verb)verb, &wanted, &done);
	if (err != NULL)
		return ctl_fail(err);
	if (wanted.id != 0 && done == 0) {
		fprintf(stderr, "opbxctl: there is no such job\n");
		return 1;
	}
	if (verb != LIST)
		printf("%" PRId64 " %s\n", done,
		    verb == RETRY ? "put again" : "dropped");
	return 0;
}
