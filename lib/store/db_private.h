/*
 * What db.c (the connector, statements) and db_transaction.c (accounts, the
 * breaker, transactions) share; nobody else includes it.
 */
#ifndef STORE_DB_PRIVATE_H
#define STORE_DB_PRIVATE_H

#include "db.h"

enum { DB_STATEMENTS = 256 }; /* kept per connection; a power of two */

struct st_mysql;
struct st_mysql_stmt;

struct statement {
	struct st_mysql_stmt *handle;
	struct str sql; /* in the session's pool */
	uint64_t hash;
};

struct db {
	struct str socket, host, name, user, password;
	int port;
	int connect, timeout; /* milliseconds */
	bool admin;
	struct st_mysql *mysql; /* NULL: not connected */
	struct pool *session;   /* cleared with the connection */
	struct statement statements[DB_STATEMENTS];
	size_t prepared;
	struct breaker breaker;
	struct pool *request;
	uint64_t transactions; /* counts them, to tell one from the next */
	bool open;             /* between begin and commit or rollback */
	bool ended;            /* open, but the server knows it no more */
	bool may_retry;
	bool late;       /* the deadline came first */
	struct str said; /* by the server, of the last refusal */
	int64_t deadline;
	uint64_t affected, last_id; /* of the last statement */
};

/* db.c */

/* Does nothing when connected. */
struct err *db_connect(struct db *db);
/* Closes the connection without waiting, its statements with it. */
void db_drop(struct db *db);
/* Runs text that needs no preparing; what it answers is thrown away. */
struct err *db_run(struct db *db, struct str sql);

/* db_transaction.c */

/*
 * Why the connection is of no use any more: drops it, tells the breaker.
 * Whatever transaction was open is gone.
 */
struct err *db_lost(
    struct db *db, const char *doing, unsigned number, const char *message);

#endif
