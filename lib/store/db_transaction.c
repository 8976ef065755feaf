#include "db_private.h"

#include "clock.h"
#include "db_split.h"

#include <assert.h>
#include <stdio.h>

enum {
	CONNECT_MS = 250,
	CONNECT_MOST_MS = 5000,
	FAILURES = 3,
	PAUSE_MS = 1000,
};

static void
destroy(void *object)
{
	struct db *db = object;

	db_drop(db);
	pool_free(db->session);
	if (db->password.n > 0)
		crypto_wipe((void *)(uintptr_t)db->password.p, db->password.n);
}

static void
choose_account(struct db *db, struct pool *pool, const struct conf *conf,
    const struct crypto_key *master, const char *account)
{
	struct crypto_key key;

	if (strcmp(account, "admin") == 0) {
		db->admin = true;
		db->user = conf_text(conf, "db.admin_user", "root");
		db->password =
		    pool_copy(pool, conf_text(conf, "db.admin_password", ""));
		return;
	}
	if (conf_is(conf, "db.accounts", "one")) {
		db->user = conf_text(conf, "db.user", "opbx");
		db->password =
		    pool_copy(pool, conf_text(conf, "db.password", ""));
		return;
	}
	db->user = pool_printf(pool, "%.*s%s",
	    PSTR(conf_text(conf, "db.prefix", "opbx_")), account);
	key =
	    crypto_derive(master, pool_printf(pool, "database %s", account).p);
	db->password = crypto_hex(pool, key.bytes, sizeof key.bytes);
	crypto_wipe(&key, sizeof key);
}

/* Who has much time for a statement has some for the connection. */
static int
connect_ms(int timeout)
{
	int quarter = timeout / 4;

	return quarter < CONNECT_MS        ? CONNECT_MS
	       : quarter > CONNECT_MOST_MS ? CONNECT_MOST_MS
					   : quarter;
}

struct db *
db_new(struct pool *process, const struct conf *conf,
    const struct crypto_key *master, const char *account, int timeout)
{
	struct db *db = NEW(process, struct db);
	int factor = (int)conf_int(conf, "deadline.factor", 1, 1, 100);

	assert(timeout > 0);
	db->socket = conf_path(process, conf, "db.socket", NULL);
	db->host = conf_text(conf, "db.host", "127.0.0.1");
	db->port = (int)conf_int(conf, "db.port", 3306, 1, 65535);
	db->name = conf_text(conf, "db.name", "opbx");
	db->connect = connect_ms(timeout) * factor;
	db->timeout = timeout * factor;
	db->breaker = (struct breaker){.watched = DEPENDENCY_MARIADB,
	    .limit = FAILURES,
	    .pause = PAUSE_MS};
	db->session = pool_new();
	choose_account(db, process, conf, master, account);
	pool_own(process, destroy, db);
	return db;
}

enum breaker_state
db_state(const struct db *db)
{
	return breaker_state(&db->breaker, clock_monotonic());
}

struct err *
db_lost(struct db *db, const char *doing, unsigned number, const char *message)
{
	struct err *err =
	    db->late ? err_unavailable(
			   db->request, "mariadb: no answer in time: %s", doing)
		     : err_unavailable(db->request, "mariadb: error %u: %s: %s",
			   number, doing, message);

	db_drop(db);
	if (db->late)
		breaker_late(&db->breaker, clock_monotonic());
	else
		breaker_failed(&db->breaker, clock_monotonic());
	/* Who waited in vain once does not wait again. */
	db->may_retry = !db->late;
	return err;
}

/* A forgotten transaction ends with the request. */
struct unfinished {
	struct db *db;
	uint64_t transaction;
};

static void
end_unfinished(void *object)
{
	const struct unfinished *unfinished = object;

	if (unfinished->db->transactions == unfinished->transaction)
		db_rollback(unfinished->db);
}

static struct err *
start_transaction(struct db *db, enum db_mode mode, uint64_t organization)
{
	char sql[160];
	int n = snprintf(sql, sizeof sql,
	    "%s;SET @operator_id=NULL,@organization_id=",
	    mode == DB_READ
		? "START TRANSACTION WITH CONSISTENT SNAPSHOT,READ ONLY"
		: "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
		  "START TRANSACTION READ WRITE");

	assert(n > 0);
	if (organization == 0)
		n += snprintf(sql + n, sizeof sql - (size_t)n, "NULL");
	else
		n += snprintf(sql + n, sizeof sql - (size_t)n, "%llu",
		    (unsigned long long)organization);
	return db_run(db, (struct str){sql, (size_t)n});
}

struct err *
db_begin(struct db *db, struct pool *request, enum db_mode mode,
    uint64_t organization)
{
	struct unfinished *unfinished;
	struct err *err = NULL;
	bool idle;

	assert(!db->open);
	db->request = request;
	db->may_retry = false;
	if (!breaker_allows(&db->breaker, clock_monotonic()))
		return err_unavailable(request, "mariadb: the breaker is open");
	/* A connection that lay idle may be gone: once more with a new one. */
	do {
		idle = db->mysql != NULL;
		TRY(db_connect(db));
		err = start_transaction(db, mode, organization);
	} while (err != NULL && idle && db->mysql == NULL && !db->late);
	if (err != NULL) {
		db_drop(db);
		return err;
	}
	db->open = true;
	db->ended = false;
	db->may_retry = false;
	unfinished = NEW(request, struct unfinished);
	*unfinished = (struct unfinished){db, ++db->transactions};
	pool_own(request, end_unfinished, unfinished);
	return NULL;
}

struct err *
db_as_operator(struct db *db, uint64_t id)
{
	char sql[64];
	int n = snprintf(
	    sql, sizeof sql, "SET @operator_id=%llu", (unsigned long long)id);

	assert(db->open && n > 0);
	return db_run(db, (struct str){sql, (size_t)n});
}

static struct err *
is_over(const struct db *db)
{
	return err_unavailable(
	    db->request, "mariadb: the transaction ended before");
}

void
db_use(struct db *db, struct pool *pool)
{
	db->request = pool;
}

struct err *
db_commit(struct db *db)
{
	struct err *err;

	assert(db->open);
	db->open = false;
	if (db->ended)
		return is_over(db);
	err = db_run(db, STR("COMMIT"));
	if (err == NULL)
		breaker_succeeded(&db->breaker);
	else if (db->mysql == NULL)
		db->may_retry = false; /* it may have been written */
	else
		db_drop(db);
	return err;
}

void
db_rollback(struct db *db)
{
	bool may_retry = db->may_retry;

	if (!db->open)
		return;
	db->open = false;
	if (db->mysql == NULL)
		return;
	if (db_run(db, STR("ROLLBACK")) == NULL)
		breaker_succeeded(&db->breaker);
	else
		db_drop(db);
	db->may_retry = may_retry;
}

bool
db_in_transaction(const struct db *db)
{
	return db->open;
}

bool
db_may_retry(const struct db *db)
{
	return db->may_retry;
}

uint64_t
db_last_id(const struct db *db)
{
	return db->last_id;
}

struct err *
db_script(struct db *db, struct pool *pool, struct str text)
{
	struct db_split split = db_split_open(text);
	struct str statement;

	assert(!db->open);
	db->request = pool;
	TRY(db_connect(db));
	while (db_split_next(&split, &statement)) {
		struct str sql = pool_copy(pool, statement);
		struct err *err = db_run(db, sql);

		if (err == NULL)
			continue;
		if (db->mysql == NULL)
			return err;
		/* Whatever the file had begun is not left open. */
		db_drop(db);
		return err_internal(
		    pool, "line %d: %s: %s", split.line, db->said.p, sql.p);
	}
	breaker_succeeded(&db->breaker);
	return NULL;
}
