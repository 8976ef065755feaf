#include "warm.h"

#include <inttypes.h>
#include <poll.h>

enum {
	CHUNK = 200,          /* objects that are told to Redis at once */
	PAUSE_MS = 5,         /* after each tenant: others want MariaDB, too */
	KEPT_SECONDS = 86400, /* then all is filled in anew */
	CHANGED_SECONDS = 10,
	ORGANIZATIONS = 100000,
};

struct warming {
	const struct work *work;
	struct pool *pool; /* of the job */
	uint64_t organization;
	uint64_t names, generation;
	bool moved;  /* it changed meanwhile */
	bool untold; /* Redis did not take it */
};

/* One list of what a tenant has, and how each is looked up. */
struct shelf_list {
	const char *sql; /* ids or numbers */
	void (*find)(const struct lookups *, struct str key);
};

#define FIND_ID(name)                                                    \
	static void find_##name(const struct lookups *l, struct str key) \
	{                                                                \
		int64_t id;                                              \
		if (str_to_int(key, 1, INT64_MAX, &id))                  \
			l->name(l->self, (uint64_t)id);                  \
	}
FIND_ID(ring_group)
FIND_ID(ivr_menu)
FIND_ID(business_hours)
FIND_ID(conference_room)

static void
find_number(const struct lookups *l, struct str key)
{
	l->number(l->self, key);
}

static void
find_did(const struct lookups *l, struct str key)
{
	l->did(l->self, key);
}

/* Two that there is one of. */
static void
find_rest(const struct lookups *l, struct str key)
{
	(void)key;
	l->outbound_rules(l->self);
	l->blocked_callers(l->self);
}

static const struct shelf_list lists[] = {
    {"SELECT 1", find_rest},
    {"SELECT number FROM dids WHERE living = 1", find_did},
    {"SELECT number FROM extensions WHERE living = 1", find_number},
    {"SELECT id FROM ring_groups WHERE living = 1", find_ring_group},
    {"SELECT id FROM ivr_menus WHERE living = 1", find_ivr_menu},
    {"SELECT id FROM business_hours WHERE living = 1", find_business_hours},
    {"SELECT id FROM conference_rooms WHERE living = 1", find_conference_room},
};

static struct err *
ask(const struct warming *warming, const char *sql, struct rows **rows)
{
	struct db *db = warming->work->db;
	struct err *err;

	TRY(db_begin(db, warming->pool, DB_READ, warming->organization));
	err = db_query(db, sql, NULL, 0, rows);
	db_rollback(db);
	return err;
}

static void
settle(struct warming *warming, struct pool *pool, uint64_t *generation)
{
	struct directory *directory = warming->work->directory;
	uint64_t now = directory_generation(directory);

	directory_close(directory);
	warming->untold |= !directory_settle(directory, pool);
	warming->moved |= *generation != now;
	*generation = now;
}

static struct err *
fill_chunk(struct warming *warming, struct pool *pool,
    const struct shelf_list *list, const struct rows *rows, size_t from)
{
	struct directory *directory = warming->work->directory;
	struct lookups lookups;
	struct err *err;
	bool failed;

	err = directory_open(
	    directory, pool, warming->organization, STR(""), &lookups);
	for (size_t i = from;
	     err == NULL && i < rows->count && i < from + CHUNK; i++)
		list->find(&lookups, rows_text(rows, i, 0));
	failed = err == NULL && *lookups.failed;
	settle(warming, pool, &warming->generation);
	/* Deleted meanwhile: there is nothing to fill in. */
	if (err != NULL && err->code == NOT_FOUND)
		return NULL;
	if (err != NULL || failed)
		return err_unavailable(
		    warming->pool, "the tenant's configuration cannot be read");
	return NULL;
}

static struct err *
fill_list(struct warming *warming, const struct shelf_list *list)
{
	struct rows *rows;

	TRY(ask(warming, list->sql, &rows));
	for (size_t from = 0; from < rows->count; from += CHUNK) {
		struct pool *pool = pool_new();
		struct err *err = fill_chunk(warming, pool, list, rows, from);

		pool_free(pool);
		TRY(err);
	}
	return NULL;
}

static struct err *
find_name(struct warming *warming, struct str text, bool uuid)
{
	const struct tenant_name name = {text, uuid};
	struct directory *directory = warming->work->directory;
	struct err *err = NULL;
	uint64_t found;

	if (text.n == 0)
		return NULL;
	err = directory_find(directory, warming->pool, &name, &found);
	settle(warming, warming->pool, &warming->names);
	return err;
}

/* What leads to the tenant: domain, its id, the hashes of its keys. */
static struct err *
fill_names(struct warming *warming)
{
	struct rows *rows, *keys;

	TRY(ask(
	    warming, "SELECT domain, domain_uuid FROM organizations", &rows));
	TRY(ask(warming, "SELECT hash FROM voice_keys", &keys));
	if (rows->count == 0)
		return NULL;
	TRY(find_name(warming, rows_text(rows, 0, 0), false));
	TRY(find_name(warming, rows_text(rows, 0, 1), true));
	for (size_t i = 0; i < keys->count; i++) {
		struct directory *directory = warming->work->directory;
		uint64_t found;
		struct err *err = directory_find_key(
		    directory, warming->pool, rows_text(keys, i, 0), &found);

		settle(warming, warming->pool, &warming->names);
		TRY(err);
	}
	return NULL;
}

/* The generations of names and tenant, as MariaDB has them now. */
static struct err *
begin(struct warming *warming)
{
	struct db *db = warming->work->db;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, warming->pool, DB_READ, 0));
	err = QUERY(db, "SELECT generation_of(0), generation_of(?)", &rows,
	    INT(warming->organization));
	db_rollback(db);
	TRY(err);
	warming->names = (uint64_t)rows_int(rows, 0, 0);
	warming->generation = (uint64_t)rows_int(rows, 0, 1);
	return NULL;
}

static struct str
mark_of(struct pool *pool, uint64_t names, uint64_t generation)
{
	return pool_printf(pool, "%" PRIu64 ":%" PRIu64, names, generation);
}

static void
publish(
    const struct warming *warming, uint64_t organization, uint64_t generation)
{
	const struct work *work = warming->work;

	generation_publish(work->generations, warming->pool, work->db,
	    organization, generation);
}

static struct err *
fill(struct warming *warming, bool names_only)
{
	struct redis *redis = warming->work->redis;
	struct str mark;
	struct reply reply;

	TRY(fill_names(warming));
	for (size_t i = 0; !names_only && i < sizeof lists / sizeof *lists; i++)
		TRY(fill_list(warming, &lists[i]));
	/* A Redis that came back empty does not know it either. */
	publish(warming, 0, warming->names);
	publish(warming, warming->organization, warming->generation);
	if (warming->untold)
		return err_unavailable(
		    warming->pool, "redis: not all of it was taken");
	if (warming->moved)
		return NULL;
	mark = mark_of(warming->pool, warming->names, warming->generation);
	return redis_call(redis, warming->pool, &reply,
	    "SET opbx:%llu:warm %b EX %d",
	    (unsigned long long)warming->organization, mark.p, mark.n,
	    KEPT_SECONDS);
}

static struct err *
run(const struct work *work, struct pool *pool, const struct queue_job *job,
    struct str *failure)
{
	struct warming warming = {
	    .work = work, .pool = pool, .organization = job->organization};
	struct reply mark;
	struct str tail;
	struct err *err;

	(void)failure;
	TRY(begin(&warming));
	TRY(redis_call(work->redis, pool, &mark, "GET opbx:%llu:warm",
	    (unsigned long long)job->organization));
	if (str_equal(
		mark.text, mark_of(pool, warming.names, warming.generation)))
		return NULL;
	tail = pool_printf(pool, ":%" PRIu64, warming.generation);
	err = fill(&warming, str_ends(mark.text, tail));
	poll(NULL, 0, PAUSE_MS);
	TRY(err);
	/* Something changed meanwhile: once more. */
	if (warming.moved)
		return queue_put(
		    work->redis, pool, job->queue, job->organization, job->key);
	return NULL;
}

static struct err *
put_all(const struct work *work, struct pool *pool)
{
	const struct value most = INT(ORGANIZATIONS);
	uint64_t organization;
	struct str list;

	TRY(work_ask(
	    work, pool, "SELECT organizations_by_call(?)", &most, 1, &list));
	while (work_next_id(&list, &organization))
		TRY(queue_restore(
		    work->redis, pool, QUEUE_CACHE, organization, STR("warm")));
	return NULL;
}

static struct err *
put_changed(const struct work *work, struct pool *pool)
{
	const struct value seconds = INT(CHANGED_SECONDS);
	struct str list, piece, id;
	int64_t organization;

	TRY(work_ask(
	    work, pool, "SELECT generations_since(?)", &seconds, 1, &list));
	while (str_next(&list, ',', &piece))
		if (str_next(&piece, ':', &id) &&
		    str_to_int(id, 1, INT64_MAX, &organization))
			TRY(queue_restore(work->redis, pool, QUEUE_CACHE,
			    (uint64_t)organization, STR("warm")));
	return NULL;
}

/* ever: those of whom nothing is new, too. */
static struct err *
look(const struct work *work, struct pool *pool, bool ever)
{
	struct str names;
	struct reply reply;

	TRY(work_ask(work, pool, "SELECT generation_of(0)", NULL, 0, &names));
	TRY(redis_call(work->redis, pool, &reply, "GET opbx:warm"));
	if (!ever && str_equal(reply.text, names))
		return put_changed(work, pool);
	TRY(put_all(work, pool));
	return redis_call(work->redis, pool, &reply, "SET opbx:warm %b EX %d",
	    names.p, names.n, KEPT_SECONDS);
}

struct err *
warm_watch(const struct work *work, struct pool *pool)
{
	return look(work, pool, false);
}

/* Every minute nothing has to be done that is not done every second. */
static struct err *
sweep(const struct work *work, struct pool *pool, int age)
{
	return age == 0 ? look(work, pool, true) : NULL;
}

const struct trade warm_trade = {
    .queue = QUEUE_CACHE,
    .run = run,
    .sweep = sweep,
};
