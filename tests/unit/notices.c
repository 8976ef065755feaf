/* lib/worker/notices.h against real servers: what it locks, and who is told. */
#include "intake_setup.h"

#include "notices.h"

#include <pthread.h>

static struct work work;

static void
begin(void)
{
	start();
	work = (struct work){
	    .process = process,
	    .conf = conf,
	    .db = db_new(process, conf, &master, "admin", 2000),
	    .redis = redis_new(process, conf),
	};
	OK(db_script(admin, request,
	    STR("INSERT INTO notice (id, organization_id, event, notice_key,"
		" text) VALUES (3, 7, 'limit', 'k', 'all lines are busy')")));
}

TestSuite(notices, .init = begin, .fini = finish, .timeout = 60);

static struct err *
do_job(struct pool *pool)
{
	struct queue_job job = {.queue = QUEUE_NOTIFICATIONS,
	    .organization = 7,
	    .key = STR("notice:3")};
	struct str failure = NO_STR;
	struct err *err = notices_trade.run(&work, pool, &job, &failure);

	cr_assert_null(failure.p);
	return err;
}

static bool
is_told(void)
{
	return str_is(cell("SELECT pending IS NULL FROM notice"), "1");
}

Test(notices, a_job_waited_for_who_referred_to_its_organization)
{
	struct db *other = db_new(process, conf, &master, "admin", 20000);
	struct pool *pool = pool_new();
	struct rows *rows;

	OK(db_begin(other, pool, DB_WRITE, 7));
	/* As each INSERT of a row with a foreign key to it does. */
	OK(QUERY(other,
	    "SELECT id FROM organization WHERE id = ? LOCK IN SHARE MODE",
	    &rows, INT(7)));
	OK(do_job(request));
	cr_assert(is_told());
	OK(db_commit(other));
	pool_free(pool);
}

static bool ended; /* the thread */

static void *
in_thread(void *pool)
{
	OK(do_job(pool));
	__atomic_store_n(&ended, true, __ATOMIC_SEQ_CST);
	return NULL;
}

Test(notices, all_was_locked_while_redis_hung)
{
	struct pool *pool = pool_new();
	pthread_t thread;

	redis_set_patience(work.redis, 20000);
	OK(redis_call(
	    work.redis, pool, &(struct reply){.kind = REPLY_NIL}, "PING"));
	kill(servers.pids[SERVER_REDIS], SIGSTOP);
	pthread_create(&thread, NULL, in_thread, pool);
	for (int i = 0; !is_told(); i++) {
		cr_assert_lt(i, 1000);
		usleep(10000);
	}
	cr_assert_not(__atomic_load_n(&ended, __ATOMIC_SEQ_CST));
	kill(servers.pids[SERVER_REDIS], SIGCONT);
	pthread_join(thread, NULL);
	cr_assert_eq(ask("XLEN opbx:7:feed").number, 1);
	pool_free(pool);
}

Test(notices, nobody_was_told_after_the_death_of_who_had_the_job)
{
	/* It died between the transaction and the feed. */
	OK(db_script(admin, request, STR("UPDATE notice SET pending = NULL")));
	OK(do_job(request));
	cr_assert_eq(ask("XLEN opbx:7:feed").number, 1);
	/* One that is gone is told to nobody. */
	OK(db_script(admin, request, STR("DELETE FROM notice")));
	OK(do_job(request));
	cr_assert_eq(ask("XLEN opbx:7:feed").number, 1);
}
