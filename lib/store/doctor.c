#include "doctor.h"

#include "accounts.h"
#include "clock.h"
#include "db.h"
#include "heartbeat.h"
#include "migrate.h"
#include "node_map.h"
#include "redis.h"
#include "zone.h"

#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE = 5000, CLOCKS_APART = 2 };

struct doctor {
	struct pool *pool;
	doctor_said *said;
	void *context;
	const struct conf *conf;
	struct crypto_key master;
	bool has_key;
	bool failed;
};

enum finding { OK, WARN, FAIL };

static void find(struct doctor *d, enum finding finding, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

static void
find(struct doctor *d, enum finding finding, const char *format, ...)
{
	static const char *const words[] = {"ok  ", "warn", "fail"};
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	d->failed |= finding == FAIL;
	d->said(
	    d->context, pool_printf(d->pool, "%s %s", words[finding], text));
}

static struct str
why(const struct err *err)
{
	return err->cause.n > 0 ? err->cause : err->message;
}

static bool
look_at_configuration(struct doctor *d)
{
	struct err *err = conf_load(d->pool, &d->conf);

	if (err != NULL) {
		find(d, FAIL,
		    "configuration: %.*s: name the file in OPBX_CONF, or put "
		    "it where the last words say",
		    PSTR(why(err)));
		return false;
	}
	find(d, OK, "configuration %s", conf_file(d->conf).p);
	return true;
}

static void
look_at_key(struct doctor *d)
{
	struct str path = conf_path(d->pool, d->conf, "secret_file", "secret");
	struct err *err = crypto_load(d->pool, path, &d->master);
	struct stat status;

	if (err != NULL) {
		find(d, FAIL,
		    "secret: %.*s: restore it from where it was kept; for a "
		    "new installation alone: openssl rand -hex 32 >%s && "
		    "chmod 600 %s",
		    PSTR(why(err)), path.p, path.p);
		return;
	}
	d->has_key = true;
	if (stat(path.p, &status) == 0 && (status.st_mode & 0137) != 0)
		find(d, FAIL,
		    "secret: others may read or change %s: chmod 600 %s",
		    path.p, path.p);
	else
		find(d, OK, "secret %s", path.p);
}

static void
look_at_url(struct doctor *d)
{
	struct str url = conf_text(d->conf, "base_url", ""), host;
	static const char *const loopbacks[] = {
	    "localhost", "127.", "[::1]", "0.0.0.0"};
	bool https = str_starts(url, STR("https://"));

	host = str_cut(url, https ? 8 : 7, url.n);
	if (!https && !str_starts(url, STR("http://"))) {
		find(d, FAIL,
		    "base_url: \"%.*s\" is no address: set base_url to what "
		    "carriers and browsers use, https://pbx.example.com",
		    PSTR(url));
		return;
	}
	for (size_t i = 0; i < sizeof loopbacks / sizeof *loopbacks; i++)
		if (str_starts(host, str_of(loopbacks[i]))) {
			find(d, WARN,
			    "base_url: no carrier can reach %.*s: set it to "
			    "the public https address",
			    PSTR(url));
			return;
		}
	if (!https)
		find(d, WARN,
		    "base_url: %.*s is not encrypted, keys and passwords are "
		    "sent in the clear: serve https and say so here",
		    PSTR(url));
	else
		find(d, OK, "base_url %.*s", PSTR(url));
}

static void
look_at_passwords(struct doctor *d)
{
	if (conf_is(d->conf, "password.cheap", "yes"))
		find(d, FAIL,
		    "password.cheap: whoever gets at the hashes finds the "
		    "passwords: take the line out, then have them set anew");
}

static void
look_at_folder(struct doctor *d, const char *key, const char *otherwise)
{
	struct str path = conf_path(d->pool, d->conf, key, otherwise);
	struct stat status;

	if (stat(path.p, &status) != 0 || !S_ISDIR(status.st_mode))
		find(d, FAIL, "%s: there is no folder %s: mkdir -p %s", key,
		    path.p, path.p);
	else if (access(path.p, W_OK | X_OK) != 0)
		find(d, FAIL,
		    "%s: %s cannot be written: chown it to the account that "
		    "runs the responders",
		    key, path.p);
	else
		find(d, OK, "%s %s", key, path.p);
}

/* They lie beside this program's folder, as built and as installed. */
static void
look_at_responders(struct doctor *d)
{
	static const char *const places[] = {
	    "../cgi-bin", "../lib/opbx/cgi-bin"};
	char self[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	const char *beside = n > 0 ? dirname(self) : ".";

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct str folder =
		    pool_printf(d->pool, "%s/%s", beside, places[i]);
		size_t found = 0;

		for (const struct account *a = accounts; a->name != NULL; a++)
			found += access(pool_printf(
					    d->pool, "%s/%s", folder.p, a->name)
					    .p,
				     X_OK) == 0;
		if (found == 0)
			continue;
		if (access(pool_printf(d->pool, "%s/voice", folder.p).p,
			X_OK) == 0)
			find(d, OK, "responders: %zu in %s", found, folder.p);
		else
			find(d, FAIL,
			    "responders: voice is not in %s, no call is "
			    "answered: make, or make install",
			    folder.p);
		return;
	}
	find(d, FAIL,
	    "responders: not in %s/%s nor in %s: make, or make install", beside,
	    places[0], places[1]);
}

static void
look_at_time(struct doctor *d)
{
	if (zone_load(STR("America/New_York")) == NULL ||
	    zone_load(STR("Europe/London")) == NULL)
		find(d, FAIL,
		    "tzdata: time zones cannot be read: apt-get install "
		    "tzdata");
	else
		find(d, OK, "tzdata");
	if (getenv("OPBX_CLOCK") != NULL)
		find(d, WARN,
		    "clock: OPBX_CLOCK stops it: unset it but for tests");
}

/* In a transaction without a tenant; the rows, or NULL after a finding. */
static struct err *
ask(struct doctor *d, struct db *db, const char *sql, struct rows **rows)
{
	struct err *err;

	TRY(db_begin(db, d->pool, DB_READ, 0));
	err = db_query(db, sql, NULL, 0, rows);
	db_rollback(db);
	return err;
}

/* What one account sees; NULL when it is no more than it should. */
static const char *
too_much(struct doctor *d, struct db *db)
{
	struct rows *rows;
	struct err *err;

	err = ask(d, db,
	    "SELECT (SELECT COUNT(*) FROM information_schema.tables"
	    " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN"
	    " ('information_schema', 'performance_schema', 'sys')),"
	    " (SELECT COUNT(*) FROM information_schema.user_privileges"
	    " WHERE privilege_type <> 'USAGE'),"
	    " (SELECT COUNT(*) FROM information_schema.schema_privileges)",
	    &rows);
	if (err != NULL)
		return "cannot ask what it may do";
	if (rows_int(rows, 0, 0) != 0)
		return "sees base tables";
	if (rows_int(rows, 0, 1) != 0 || rows_int(rows, 0, 2) != 0)
		return "has privileges beyond views and routines";
	if (ask(d, db, "SELECT 1 FROM organizations LIMIT 1", &rows) == NULL)
		return "sees rows without a tenant";
	return NULL;
}

static void
look_at_accounts(struct doctor *d)
{
	size_t good = 0, all = 0;

	if (conf_is(d->conf, "db.accounts", "one")) {
		find(d, WARN,
		    "accounts: db.accounts = one: every responder may read "
		    "every table of every tenant, only OpBX itself keeps them "
		    "apart: use db.accounts = each where the server allows");
		return;
	}
	for (const struct account *a = accounts; a->name != NULL; a++) {
		struct db *db =
		    db_new(d->pool, d->conf, &d->master, a->name, PATIENCE);
		struct err *err = db_begin(db, d->pool, DB_READ, 0);
		const char *much;

		all++;
		db_rollback(db);
		if (err != NULL) {
			find(d, FAIL,
			    "account %s: %.*s: opbxctl migrate makes it",
			    a->name, PSTR(why(err)));
			continue;
		}
		much = too_much(d, db);
		if (much == NULL)
			good++;
		else
			find(d, FAIL,
			    "account %s: %s: opbxctl migrate grants anew what "
			    "it needs and no more",
			    a->name, much);
	}
	if (good == all)
		find(d, OK, "accounts: %zu, each sees its views alone", all);
}

static void
look_at_server(struct doctor *d, const struct rows *rows)
{
	int64_t version = rows_int(rows, 0, 1);
	int64_t apart = rows_int(rows, 0, 2) - clock_now() / 1000;

	if (version < 1005)
		find(d, FAIL, "mariadb %.*s is too old: install 10.11 or later",
		    PSTR(rows_text(rows, 0, 0)));
	else if (version < 1010)
		find(d, FAIL,
		    "mariadb %.*s does not know the collation uca1400: install "
		    "10.11 or later",
		    PSTR(rows_text(rows, 0, 0)));
	else
		find(d, OK, "mariadb %.*s", PSTR(rows_text(rows, 0, 0)));
	if (rows_int(rows, 0, 3) == 0)
		find(d, WARN,
		    "mariadb: sql_mode is not strict for others than OpBX: "
		    "set sql_mode = STRICT_ALL_TABLES for the server");
	if (rows_int(rows, 0, 4) == 0)
		find(d, WARN,
		    "mariadb: a crash may lose what was acknowledged: set "
		    "innodb_flush_log_at_trx_commit = 1");
	if (getenv("OPBX_CLOCK") == NULL &&
	    (apart > CLOCKS_APART || apart < -CLOCKS_APART))
		find(d, WARN,
		    "clock: MariaDB's differs by %lld s: run a time service "
		    "on both machines",
		    (long long)apart);
}

static void
look_at_migrations(struct doctor *d)
{
	size_t waiting = 0;
	struct err *err = migrate_check(d->pool, d->conf, &d->master, &waiting);

	if (err != NULL && err->code == UNAVAILABLE)
		find(d, WARN,
		    "migrations: not looked, the administrator cannot log in "
		    "(%.*s): run this as the account that may, or set "
		    "db.admin_user",
		    PSTR(why(err)));
	else if (err != NULL)
		find(d, FAIL, "migrations: %.*s", PSTR(why(err)));
	else if (waiting > 0)
		find(d, FAIL, "migrations: %zu wait: opbxctl migrate", waiting);
	else
		find(d, OK, "migrations are current");
}

static void
look_at_mariadb(struct doctor *d)
{
	struct db *db = db_new(d->pool, d->conf, &d->master, "ctl", PATIENCE);
	struct rows *rows;
	struct err *err = ask(d, db,
	    "SELECT VERSION(),"
	    " SUBSTRING_INDEX(VERSION(), '.', 1) * 100"
	    " + SUBSTRING_INDEX(SUBSTRING_INDEX(VERSION(), '.', 2), '.', -1),"
	    " FLOOR(UNIX_TIMESTAMP(NOW(3))), @@GLOBAL.sql_mode LIKE '%STRICT%',"
	    " @@GLOBAL.innodb_flush_log_at_trx_commit = 1",
	    &rows);

	look_at_migrations(d);
	if (err != NULL) {
		find(d, FAIL,
		    "mariadb: %.*s: start it, look at db.socket or db.host in "
		    "%s, then opbxctl migrate",
		    PSTR(why(err)), conf_file(d->conf).p);
		return;
	}
	look_at_server(d, rows);
	look_at_accounts(d);
}

static bool
has_text(const struct doctor *d, const struct reply *reply, const char *text)
{
	return reply->kind == REPLY_TEXT &&
	       strstr(pool_copy(d->pool, reply->text).p, text) != NULL;
}

static void
look_at_redis(struct doctor *d)
{
	struct redis *redis = redis_new(d->pool, d->conf);
	struct reply reply;
	struct err *err =
	    redis_call(redis, d->pool, &reply, "INFO persistence");

	if (err != NULL) {
		find(d, WARN,
		    "redis: %.*s: start it, look at redis.socket or "
		    "redis.host; calls go on from memory and MariaDB",
		    PSTR(why(err)));
		return;
	}
	if (has_text(d, &reply, "aof_enabled:1"))
		find(d, OK, "redis, with an append-only file");
	else
		find(d, FAIL,
		    "redis: without an append-only file every event is stored "
		    "in MariaDB while the carrier waits: set appendonly yes");
	if (redis_call(redis, d->pool, &reply, "INFO memory") == NULL &&
	    !has_text(d, &reply, "maxmemory_policy:noeviction"))
		find(d, FAIL,
		    "redis: it may evict events that were acknowledged: set "
		    "maxmemory-policy noeviction");
}

/* It keeps the node's map; without one nobody ever did. */
static void
look_at_worker(struct doctor *d)
{
	struct str folder = conf_path(d->pool, d->conf, "run_dir", "/run/opbx");
	bool there = access(pool_printf(d->pool, "%s/generations", folder.p).p,
			 R_OK | W_OK) == 0;
	struct str lost = heartbeat_lost(d->pool, d->conf);

	if (!there || !node_map_is_fresh(
			  node_map_open(d->pool, folder, 0), clock_monotonic()))
		find(d, WARN,
		    "worker: was not heard of for a second, mail and requests "
		    "wait and changes are seen late: start opbx-worker");
	else if (lost.p != NULL)
		find(d, WARN,
		    "worker: %.*s was not heard of for %d minutes: look what "
		    "the log says of this job, then restart opbx-worker",
		    PSTR(lost), HEARTBEAT_SECONDS / 60);
	else
		find(d, OK, "worker");
}

bool
doctor_run(struct pool *pool, doctor_said *said, void *context)
{
	struct doctor d = {.pool = pool, .said = said, .context = context};

	look_at_time(&d);
	look_at_responders(&d);
	if (!look_at_configuration(&d))
		return false;
	look_at_url(&d);
	look_at_passwords(&d);
	look_at_folder(&d, "run_dir", "/run/opbx");
	look_at_folder(&d, "var_dir", "/var/lib/opbx");
	look_at_key(&d);
	look_at_redis(&d);
	look_at_worker(&d);
	if (d.has_key)
		look_at_mariadb(&d);
	crypto_wipe(&d.master, sizeof d.master);
	return !d.failed;
}
