#include "generation.h"

#include "clock.h"
#include "node_map.h"
#include "schema.h"
#include "servers.h"

#include <pthread.h>

/* Each test has servers of its own: most of them stop one. */
static struct servers servers;
static struct pool *process, *request;
static const struct conf *conf;
static struct crypto_key master;
static struct redis *redis;
static struct db *db;
static struct generations *all;

enum { ORGANIZATION = 7, SECOND = 1000000 };

static void
load_schema(void)
{
	struct db *admin = db_new(process, conf, &master, "admin", 20000);

	schema_load(process, admin, "opbx");
	OK(db_script(admin, process,
	    STR("INSERT INTO organization (id, name, slug, country, timezone)"
		" VALUES (7, 'A', 'a', 'US', 'UTC');"
		"INSERT INTO generation (organization_id, number)"
		" VALUES (7, 1)")));
}

static struct generations *
another(void)
{
	return generations_new(process, conf, redis_new(process, conf));
}

static void
start(void)
{
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	servers = servers_new(SERVER_REDIS);
	servers_add(&servers, SERVER_MARIADB);
	process = pool_new();
	request = pool_new();
	conf = servers_conf(process, &servers, "generation.slots = 1000");
	load_schema();
	redis = redis_new(process, conf);
	db = db_new(process, conf, &master, "admin", 250);
	all = generations_new(process, conf, redis);
}

static void
finish(void)
{
	pool_free(request);
	pool_free(process);
	servers_free(&servers);
}

TestSuite(generation, .init = start, .fini = finish, .timeout = 60);

static uint64_t
ask(struct generations *who, struct db *database,
    enum generation_source *source)
{
	uint64_t is =
	    generation_now(who, request, database, ORGANIZATION, source);

	cr_assert_not(db_in_transaction(db));
	pool_clear(request);
	return is;
}

/* Changes the configuration; the generation it has now. */
static uint64_t
change(uint64_t organization)
{
	uint64_t raised = 0;

	OK(db_begin(db, request, DB_WRITE, ORGANIZATION));
	OK(generation_raise(db, organization, &raised));
	OK(db_commit(db));
	return raised;
}

static size_t
notes(void)
{
	struct rows *rows;

	OK(db_begin(db, request, DB_READ, 0));
	OK(db_query(db, "SELECT COUNT(*) FROM outbox", NULL, 0, &rows));
	OK(db_commit(db));
	return (size_t)rows_int(rows, 0, 0);
}

static struct reply
in_redis(const char *command)
{
	struct reply reply;

	OK(redis_call(redis, request, &reply, command));
	return reply;
}

/* A subscriber in a process of its own. */
static pid_t
subscribe(void)
{
	static sig_atomic_t never;
	struct generations *own;
	struct redis *subscriber;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	own = another();
	subscriber = redis_new(process, conf);
	for (;;) {
		if (generation_subscribe(own, request, subscriber) == NULL)
			generation_follow(own, request, subscriber, &never);
		pool_clear(request);
		usleep(20000);
	}
}

static void
wait_until_fresh(bool fresh)
{
	struct node_map *map =
	    node_map_open(process, str_of(servers.folder), 1000);

	while (node_map_is_fresh(map, clock_monotonic()) != fresh)
		usleep(10000);
}

Test(generation, is_raised_with_the_change_or_not_at_all)
{
	enum generation_source source;
	uint64_t raised;

	cr_assert_eq(change(ORGANIZATION), 2);
	OK(db_begin(db, request, DB_WRITE, ORGANIZATION));
	OK(generation_raise(db, ORGANIZATION, &raised));
	cr_assert_eq(raised, 3);
	db_rollback(db);
	cr_assert_eq(notes(), 1);
	cr_assert_eq(ask(all, db, &source), 2);
	cr_assert_eq(source, GENERATION_DB);
}

Test(generation, another_tenant_s_is_out_of_reach)
{
	uint64_t raised;
	struct err *err;

	OK(db_begin(db, request, DB_WRITE, ORGANIZATION));
	err = generation_raise(db, ORGANIZATION + 1, &raised);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, INTERNAL);
}

Test(generation, a_published_change_is_seen_by_others_at_once)
{
	enum generation_source source;
	struct generations *other = another();

	cr_assert_eq(ask(other, NULL, &source), 0);
	generation_publish(
	    all, request, db, ORGANIZATION, change(ORGANIZATION));
	cr_assert_eq(ask(other, NULL, &source), 2);
	cr_assert_eq(source, GENERATION_REDIS);
	cr_assert_eq(notes(), 0);
	cr_assert_gt(in_redis("TTL opbx:7:generation").number, 29 * 24 * 3600);
}

Test(generation, redis_is_never_lowered)
{
	generation_publish(all, request, db, ORGANIZATION, 9);
	generation_publish(all, request, db, ORGANIZATION, 8);
	cr_assert(str_is(in_redis("GET opbx:7:generation").text, "9"));
	in_redis("SET opbx:7:generation rubbish");
	generation_publish(all, request, db, ORGANIZATION, 10);
	cr_assert(str_is(in_redis("GET opbx:7:generation").text, "10"));
}

Test(generation, a_process_never_goes_back)
{
	enum generation_source source;

	generation_seen(all, ORGANIZATION, 5);
	in_redis("SET opbx:7:generation 4");
	cr_assert_eq(ask(all, NULL, &source), 5);
	unlink(pool_printf(process, "%s/generations", servers.folder).p);
	cr_assert_eq(ask(all, NULL, &source), 5);
	in_redis("FLUSHALL");
	cr_assert_eq(ask(all, db, &source), 5);
}

Test(generation, comes_from_the_map_while_the_subscriber_is_well)
{
	enum generation_source source;
	struct generations *publisher;
	pid_t pid = subscribe();

	wait_until_fresh(true);
	generation_publish(all, request, db, ORGANIZATION, 2);
	ask(all, NULL, &source);
	cr_assert_eq(source, GENERATION_REDIS, "nobody had asked yet");
	cr_assert_eq(ask(all, NULL, &source), 2);
	cr_assert_eq(source, GENERATION_MAP);
	/* Of another node: only the subscriber hears of it. */
	publisher = generations_new(process,
	    servers_conf(process, &servers, "run_dir = /nonexistent\n"),
	    redis_new(process, conf));
	generation_publish(publisher, request, db, ORGANIZATION, 3);
	while (ask(all, NULL, &source) != 3)
		cr_assert_eq(source, GENERATION_MAP);
	/* Without its subscriber the map is not believed. */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	wait_until_fresh(false);
	in_redis("SET opbx:7:generation 4");
	cr_assert_eq(ask(all, NULL, &source), 4);
	cr_assert_eq(source, GENERATION_REDIS);
}

Test(generation, a_restarted_subscriber_trusts_nothing_from_before)
{
	enum generation_source source;
	pid_t pid = subscribe();

	wait_until_fresh(true);
	in_redis("SET opbx:7:generation 2");
	ask(all, NULL, &source);
	cr_assert_eq(ask(all, NULL, &source), 2);
	cr_assert_eq(source, GENERATION_MAP);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* A change that nobody on this node hears of. */
	in_redis("SET opbx:7:generation 3");
	wait_until_fresh(false);
	pid = subscribe();
	wait_until_fresh(true);
	cr_assert_eq(ask(all, NULL, &source), 3);
	cr_assert_eq(source, GENERATION_REDIS);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

Test(generation, the_subscriber_survives_a_restart_of_redis)
{
	enum generation_source source;
	pid_t pid = subscribe();

	wait_until_fresh(true);
	servers_kill(&servers, SERVER_REDIS);
	wait_until_fresh(false);
	servers_start(&servers, SERVER_REDIS);
	wait_until_fresh(true);
	in_redis("SET opbx:7:generation 6");
	cr_assert_eq(ask(all, NULL, &source), 6);
	ask(all, NULL, &source);
	cr_assert_eq(source, GENERATION_MAP);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

Test(generation, a_stopped_subscriber_is_not_believed_for_long)
{
	pid_t pid = subscribe();
	int64_t since;

	wait_until_fresh(true);
	kill(pid, SIGSTOP);
	since = clock_monotonic();
	wait_until_fresh(false);
	cr_assert_lt(clock_monotonic() - since, 1100000);
	kill(pid, SIGCONT);
	wait_until_fresh(true);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

Test(generation, without_redis_mariadb_is_asked_once_a_second)
{
	enum generation_source source;
	int64_t since;

	servers_kill(&servers, SERVER_REDIS);
	since = clock_monotonic();
	cr_assert_eq(ask(all, db, &source), 1);
	cr_assert_eq(source, GENERATION_DB);
	change(ORGANIZATION);
	cr_assert_eq(ask(all, db, &source), 1);
	cr_assert_eq(source, GENERATION_DB);
	while (ask(all, db, &source) != 2)
		usleep(10000);
	cr_assert_geq(clock_monotonic() - since, SECOND);
	cr_assert_lt(clock_monotonic() - since, SECOND + 300000);
}

Test(generation, without_redis_one_question_serves_all)
{
	enum generation_source source;

	generation_publish(all, request, db, ORGANIZATION, 1);
	generation_publish(all, request, db, 8, 4);
	cr_assert_eq(generation_now(all, request, db, 8, &source), 4);
	cr_assert_eq(source, GENERATION_REDIS);
	ask(all, db, &source);
	servers_kill(&servers, SERVER_REDIS);
	cr_assert_eq(ask(all, db, &source), 1);
	servers_kill(&servers, SERVER_MARIADB);
	cr_assert_eq(generation_now(all, request, db, 8, &source), 4);
	cr_assert_eq(source, GENERATION_DB);
}

Test(generation, without_redis_a_stranger_is_asked_for)
{
	enum generation_source source;

	servers_kill(&servers, SERVER_REDIS);
	cr_assert_eq(generation_now(all, request, db, 8, &source), 0);
	cr_assert_eq(source, GENERATION_DB);
	cr_assert_eq(ask(all, db, &source), 1, "he was not known before");
	cr_assert_eq(source, GENERATION_DB);
}

Test(generation, without_both_the_last_known_is_all_there_is)
{
	enum generation_source source;

	cr_assert_eq(ask(all, db, &source), 1);
	servers_kill(&servers, SERVER_REDIS);
	servers_kill(&servers, SERVER_MARIADB);
	usleep(SECOND + 1000);
	cr_assert_eq(ask(all, db, &source), 1);
	cr_assert_eq(source, GENERATION_OLD);
	cr_assert_eq(generation_now(all, request, db, 8, &source), 0);
	cr_assert_eq(source, GENERATION_OLD);
}

Test(generation, what_could_not_be_published_is_repaired)
{
	enum generation_source source;
	size_t sent;

	servers_kill(&servers, SERVER_REDIS);
	for (int i = 0; i < 3; i++)
		generation_publish(
		    all, request, db, ORGANIZATION, change(ORGANIZATION));
	generation_publish(all, request, db, 0, change(0));
	cr_assert_eq(notes(), 4);
	cr_assert_not_null(generation_repair(all, request, db, &sent));
	cr_assert_eq(sent, 0);
	cr_assert_eq(notes(), 4);
	servers_start(&servers, SERVER_REDIS);
	while (generation_repair(all, request, db, &sent) != NULL)
		usleep(10000);
	cr_assert_eq(sent, 2);
	cr_assert_eq(notes(), 0);
	cr_assert_eq(ask(another(), NULL, &source), 4);
	cr_assert_eq(source, GENERATION_REDIS);
	OK(generation_repair(all, request, db, &sent));
	cr_assert_eq(sent, 0);
}

/* Many changes, many readers, a subscriber that comes and goes. */
enum { CHANGES = 300 };

static _Atomic uint64_t published;

static void *
publish_many(void *argument)
{
	struct generations *publisher = argument;
	struct pool *pool = pool_new();
	struct db *own = db_new(pool, conf, &master, "admin", 2000);
	struct pool *each = pool_new();

	for (uint64_t i = 2; i < CHANGES; i++) {
		generation_publish(publisher, each, own, ORGANIZATION, i);
		published = i;
		pool_clear(each);
	}
	pool_free(each);
	pool_free(pool);
	return NULL;
}

Test(generation, a_change_that_was_published_is_in_the_next_answer)
{
	enum generation_source source;
	struct generations *publisher = another();
	pthread_t thread;
	size_t from_map = 0;
	pid_t pid = subscribe();

	wait_until_fresh(true);
	pthread_create(&thread, NULL, publish_many, publisher);
	while (published < CHANGES - 1) {
		uint64_t least = published;

		cr_assert_geq(ask(all, NULL, &source), least);
		from_map += source == GENERATION_MAP;
		if (from_map % 1000 == 999) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			pid = subscribe();
		}
	}
	pthread_join(thread, NULL);
	cr_assert_gt(from_map, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
