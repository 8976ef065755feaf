/*
 * MariaDB: one connection per process and account, opened when first needed.
 *
 * Statements are literals and always prepared; the connection keeps what it
 * prepared.  Everything happens in a transaction that is bound to one
 * organization in one place, db_begin(): the views the accounts may use raise
 * an error without it (sql/views.sql).  Every wait has a deadline, and a
 * breaker keeps a process from waiting again for what is down (3 failures or
 * one missed deadline, 1 s).  Only db.c knows mysql.h.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "breaker.h"
#include "conf.h"
#include "crypto.h"
#include "err.h"

struct db;

enum db_mode {
	DB_READ,  /* one consistent snapshot, nothing may be written */
	DB_WRITE, /* READ COMMITTED */
};

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT };

struct value {
	enum value_kind kind;
	int64_t number;
	struct str text; /* absent binds NULL */
};

#define INT(n) ((struct value){VALUE_INT, (int64_t)(n), NO_STR})
#define TEXT(s) ((struct value){VALUE_TEXT, 0, (s)})
#define NIL ((struct value){VALUE_NULL, 0, NO_STR})

/* The rows of an answer, all of them, in the request's pool. */
struct rows {
	size_t count;
	size_t columns;
	const struct str *names;
	const struct str *cells; /* count × columns; SQL NULL is absent */
};

/*
 * A connection for one of the accounts of sql/grants.sql ("voice"), or for
 * the administrator ("admin"), who gets in without a database, too, when
 * db.name does not exist yet.  Does not connect yet.  timeout: milliseconds a
 * command may take, its preparation included; to connect may take a quarter of
 * it, at least 250 ms and at most 5 s.
 *
 * etc/opbx.conf: db.socket, else db.host (an address rather than a name:
 * looking up a name has no deadline) and db.port; db.name; db.prefix or
 * db.accounts = one with db.user and db.password; db.admin_user,
 * db.admin_password; deadline.factor.
 */
struct db *db_new(struct pool *process, const struct conf *conf,
    const struct crypto_key *master, const char *account, int timeout);

/*
 * Starts a transaction as one tenant; organization 0 stands for none, and
 * then only the definer routines answer.  Errors and rows of all that follows
 * live in `request` until db_commit() or db_rollback(); clearing `request`
 * rolls back what was forgotten.  UNAVAILABLE when MariaDB cannot be reached
 * or the breaker is open.
 */
struct err *db_begin(struct db *db, struct pool *request, enum db_mode mode,
    uint64_t organization);
/*
 * Rows and errors of what follows live in another pool: a transaction that
 * reads more than memory should hold gives each part one of its own.
 */
void db_use(struct db *db, struct pool *pool);
/* Inside one: the views of operators show this one until it is over. */
struct err *db_as_operator(struct db *db, uint64_t id);
/* The transaction is over, whatever this returns. */
struct err *db_commit(struct db *db);
/* Safe to call at any time. */
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);
/*
 * After an error: true when a deadlock or a lost connection (but no deadline)
 * ended the transaction and nothing of it was written.  The caller may do all
 * of it again, once.
 */
bool db_may_retry(const struct db *db);

/*
 * sql: one statement of a small fixed set, never with a value in it.  Of
 * several results (CALL) the first with columns counts.  A statement that was
 * refused (lib/store/db_error.h) leaves the transaction open.
 */
struct err *db_query(struct db *db, const char *sql, const struct value *values,
    size_t count, struct rows **out);
/* affected may be NULL. */
struct err *db_exec(struct db *db, const char *sql, const struct value *values,
    size_t count, uint64_t *affected);
/* AUTO_INCREMENT value, or LAST_INSERT_ID(n), of the last statement. */
uint64_t db_last_id(const struct db *db);
#define QUERY(db, sql, out, ...)                                   \
	db_query((db), (sql), (const struct value[]){__VA_ARGS__}, \
	    sizeof((const struct value[]){__VA_ARGS__}) /          \
		sizeof(struct value),                              \
	    (out))
#define EXEC(db, sql, affected, ...)                              \
	db_exec((db), (sql), (const struct value[]){__VA_ARGS__}, \
	    sizeof((const struct value[]){__VA_ARGS__}) /         \
		sizeof(struct value),                             \
	    (affected))

/* Cell by row and column; numbers of a NULL cell are 0. */
struct str rows_text(const struct rows *rows, size_t row, size_t column);
int64_t rows_int(const struct rows *rows, size_t row, size_t column);
/* Of rows in the order of their first column, an id: the first from it on. */
size_t rows_first(const struct rows *rows, uint64_t id);

/*
 * For opbxctl alone: runs a file's statements one after the other, without
 * preparing, as the administrator; DELIMITER lines are understood.  The
 * cause of an error names the line and what the server says.
 */
struct err *db_script(struct db *db, struct pool *pool, struct str text);

/* For metrics. */
enum breaker_state db_state(const struct db *db);

#endif
