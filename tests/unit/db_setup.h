/*
 * What the tests of db.h share: a server, a schema in small, an account that
 * holds grants on a view only.
 */
#ifndef TESTS_DB_SETUP_H
#define TESTS_DB_SETUP_H

#include "clock.h"
#include "db.h"
#include "expect.h"
#include "servers.h"

/* What a wait may cost at most, with some room for a busy machine. */
enum { PATIENCE = 300000 };

static const char schema[] =
    "CREATE DATABASE opbx CHARACTER SET utf8mb4; USE opbx;\n"
    "CREATE TABLE ring_group (\n"
    " id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,\n"
    " organization_id BIGINT UNSIGNED NOT NULL,\n"
    " name VARCHAR(10) NOT NULL, turns TINYINT UNSIGNED NOT NULL DEFAULT 1,\n"
    " pin_sealed VARBINARY(4), note LONGTEXT, made DATETIME(3),\n"
    " big LONGBLOB, price DECIMAL(10,2), signed_one BIGINT,\n"
    " fallback_id BIGINT UNSIGNED,\n"
    " CONSTRAINT uq__ring_group__name UNIQUE (organization_id, name),\n"
    " CONSTRAINT ck__ring_group__turns CHECK (turns <= 9),\n"
    " CONSTRAINT fk__ring_group__fallback__ring_group\n"
    "  FOREIGN KEY (fallback_id) REFERENCES ring_group (id));\n"
    "DELIMITER $$\n"
    "CREATE FUNCTION current_tenant() RETURNS BIGINT UNSIGNED\n"
    " DETERMINISTIC NO SQL SQL SECURITY INVOKER BEGIN\n"
    "  IF @organization_id IS NULL THEN\n"
    "   SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no tenant';\n"
    "  END IF; RETURN @organization_id; END $$\n"
    "CREATE PROCEDURE two_results(IN a BIGINT) BEGIN\n"
    " SELECT a AS first; SELECT a + 1 AS second; END $$\n"
    "DELIMITER ;\n"
    "CREATE VIEW ring_groups AS SELECT * FROM ring_group\n"
    " WHERE organization_id = current_tenant() WITH CASCADED CHECK OPTION;\n";

/* Where a stopped or killed server must not disturb others: one's own. */
static struct servers servers;
static bool own;
static struct pool *process, *request;
static struct crypto_key master;

static inline struct db *
open_account(const char *account, const char *conf)
{
	return db_new(process, servers_conf(process, &servers, conf), &master,
	    account, 250);
}

static inline struct db *
open_admin(const char *conf)
{
	return open_account("admin", conf);
}

static struct db *db;

static inline void
prepare_server(void)
{
	struct db *admin = db_new(process, servers_conf(process, &servers, ""),
	    &master, "admin", 20000);
	struct str password = crypto_hex(process,
	    crypto_derive(&master, "database voice").bytes, CRYPTO_KEY);
	struct err *err = db_script(admin, process, str_of(schema));

	if (err == NULL)
		err = db_script(admin, process,
		    pool_printf(process,
			"CREATE USER opbx_voice@localhost IDENTIFIED BY '%s';"
			"GRANT SELECT, INSERT, UPDATE, DELETE "
			"ON opbx.ring_groups TO opbx_voice@localhost;"
			"GRANT EXECUTE ON FUNCTION opbx.current_tenant TO "
			"opbx_voice@localhost;",
			password.p));
	if (err != NULL)
		servers_fail(cause(err).p, servers.folder);
}

static inline void
start(void)
{
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	memset(master.bytes, 7, sizeof master.bytes);
	process = pool_new();
	request = pool_new();
	if (own) {
		servers = servers_new(SERVER_MARIADB);
		prepare_server();
	} else {
		servers = servers_shared();
	}
	db = open_account("voice", "");
}

static inline void
start_own(void)
{
	own = true;
	start();
}

static inline void
stop(void)
{
	pool_free(request);
	pool_free(process);
	if (own)
		servers_free(&servers);
}

/* An organization of this test's own, so that tests do not meet. */
static inline uint64_t
tenant(void)
{
	return (uint64_t)getpid();
}

static inline void
begin(enum db_mode mode)
{
	OK(db_begin(db, request, mode, tenant()));
}

static inline struct err *
insert(const char *name, int turns)
{
	return EXEC(db,
	    "INSERT INTO ring_groups (organization_id, name, turns)"
	    " VALUES (?, ?, ?)",
	    NULL, INT(tenant()), TEXT(str_of(name)), INT(turns));
}

static inline size_t
count(void)
{
	struct rows *rows;

	OK(db_query(db, "SELECT COUNT(*) FROM ring_groups", NULL, 0, &rows));
	return (size_t)rows_int(rows, 0, 0);
}

#endif
