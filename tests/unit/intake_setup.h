/*
 * What the tests of intake.h share: a Redis and a database of its own for each
 * test, events, and what became of them.
 */
#ifndef TESTS_INTAKE_SETUP_H
#define TESTS_INTAKE_SETUP_H

#include "intake.h"

#include "buf.h"
#include "clock.h"
#include "crypto.h"
#include "schema.h"
#include "servers.h"

static struct servers servers;
static struct pool *process, *request;
static const struct conf *conf;
static struct crypto_key master;
static struct db *db, *admin;
static struct redis *redis;
static struct intake *intake, *worker;

enum { PATIENCE_US = 900000 };

/* A database of its own for each test. */
static inline void
load_schema(void)
{
	schema_load(
	    process, admin, pool_printf(process, "opbx_%ld", (long)getpid()).p);
	OK(db_script(admin, process,
	    STR("INSERT INTO organization (id, name, slug, country, timezone)"
		" VALUES (7, 'A', 'a', 'US', 'UTC'),"
		" (8, 'B', 'b', 'US', 'UTC')")));
}

static inline void
run_redis(void)
{
	const char *const argv[] = {"redis-server", "--port", "0",
	    "--unixsocket", "redis.sock", "--save", "", "--appendonly", "yes",
	    "--daemonize", "no", NULL};
	char path[100];

	servers.pids[SERVER_REDIS] = servers_run(servers.folder, argv);
	snprintf(path, sizeof path, "%s/redis.sock", servers.folder);
	for (int i = 0; !servers_answers(path); i++) {
		cr_assert_lt(i, 3000);
		usleep(10000);
	}
}

/* factor: of all deadlines; 1 where they are what is tested. */
static inline void
start_at(const char *mariadb, int factor)
{
	struct err *err;

	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	run_redis();
	process = pool_new();
	request = pool_new();
	err = conf_parse(process,
	    pool_printf(process,
		"redis.socket = redis.sock\ndb.socket = %s/mariadb.sock\n"
		"db.name = opbx_%ld\nvar_dir = .\n"
		"deadline.factor = %d\n",
		mariadb, (long)getpid(), factor),
	    pool_printf(process, "%s/opbx.conf", servers.folder), &conf);
	cr_assert_null(err);
	admin = db_new(process, conf, &master, "admin", 20000);
	load_schema();
	db = db_new(process, conf, &master, "admin", 250);
	redis = redis_new(process, conf);
	intake = intake_new(process, conf, db, redis);
	worker = intake_new(process, conf,
	    db_new(process, conf, &master, "admin", 2000),
	    redis_new(process, conf));
}

static inline void
start(void)
{
	struct servers shared = servers_shared();

	servers = servers_empty();
	start_at(shared.folder, 4);
	/* No fsync is ever under way: all events go through the queue. */
	OK(redis_call(redis, request, &(struct reply){.kind = REPLY_NIL},
	    "CONFIG SET appendfsync no"));
}

/* Where a stopped MariaDB must not disturb others. */
static inline void
start_own(void)
{
	servers = servers_new(SERVER_MARIADB);
	start_at(".", 1);
	OK(redis_call(redis, request, &(struct reply){.kind = REPLY_NIL},
	    "CONFIG SET appendfsync no"));
}

static inline void
finish(void)
{
	pool_free(request);
	pool_free(process);
	servers_free(&servers);
}

static inline struct event
event_of(uint64_t organization, const char *key)
{
	return (struct event){.organization = organization,
	    .kind = STR("session-update"),
	    .call_key = STR("call 1"),
	    .key = pool_copy(request, str_of(key)),
	    .received = 1768089515449,
	    .body = pool_printf(request, "{\"n\":\"%s\"}", key)};
}

static const char *went; /* where the last one was stored */

static inline enum accepted
put(const char *key)
{
	struct event event = event_of(7, key);
	enum accepted accepted;
	struct parcel parcel = {.pool = request,
	    .events = &event,
	    .count = 1,
	    .accepted = &accepted};

	intake_put_parcels(intake, &parcel, 1);
	OK(parcel.err);
	went = parcel.where;
	return accepted;
}

static inline struct reply
ask(const char *command)
{
	struct reply reply;

	OK(redis_call(redis, request, &reply, command));
	return reply;
}

static inline int64_t
queued(void)
{
	return ask("XLEN opbx:queue:events").number;
}

static inline struct str
cell(const char *sql)
{
	struct rows *rows;
	struct str text;

	OK(db_begin(admin, request, DB_READ, 0));
	OK(db_query(admin, sql, NULL, 0, &rows));
	text = rows->count > 0 ? rows_text(rows, 0, 0) : NO_STR;
	OK(db_commit(admin));
	return text;
}

static inline void
rows_are(const char *bodies)
{
	struct str all = cell("SELECT GROUP_CONCAT(body ORDER BY id"
			      " SEPARATOR ' ') FROM call_event");

	cr_assert(str_equal(all, str_of(bodies)), "%.*s", PSTR(all));
}

static inline size_t
drain(void)
{
	size_t all = 0, taken;
	int late = 0;

	do {
		struct err *err =
		    intake_drain_stream(worker, request, 0, &taken);

		/* A busy machine may be late once. */
		if (err != NULL) {
			cr_assert_lt(late++, 20, "%s", err->cause.p);
			usleep(200000);
			taken = 1;
			continue;
		}
		all += taken;
	} while (taken > 0);
	do {
		OK(intake_drain_spool(worker, request, &taken));
		all += taken;
	} while (taken > 0);
	return all;
}

static inline bool
where(const char *name)
{
	return strcmp(went, name) == 0;
}

/* Redis is back, and the breakers have seen it. */
static inline void
settled(struct redis *one)
{
	struct reply reply;

	for (int i = 0; redis_call(one, request, &reply, "PING") != NULL; i++) {
		cr_assert_lt(i, 500);
		usleep(10000);
	}
}

static struct servers all_tests;

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
	(void)tests;
	crypto_start();
	all_tests = servers_new(SERVER_MARIADB);
	servers_share(&all_tests);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	(void)stats;
	servers_free(&all_tests);
}

#endif
