#include "db_private.h"

#include "clock.h"
#include "db_error.h"

#include <assert.h>
#include <errmsg.h>
#include <mysql.h>
#include <poll.h>
#include <sys/socket.h>

/*
 * The connector's non-blocking calls come in pairs, _start and _cont; AWAIT
 * runs one to its end or to the deadline.  A call that met the deadline is
 * still under way inside the connector, so its connection is dropped.
 */

/* Of mysqld_error.h. */
enum {
	NODE_NOT_READY = 1047, /* of a Galera cluster */
	NO_SUCH_DATABASE = 1049,
	SHUTTING_DOWN = 1053,
	DEADLOCK = 1213,
	CONNECTION_KILLED = 1927,
};

#define AWAIT(db, start, cont)                                                \
	do {                                                                  \
		int status_ = (start);                                        \
		while (                                                       \
		    status_ != 0 && (status_ = wait_for((db), status_)) != 0) \
			status_ = (cont);                                     \
	} while (0)

/* What came of `status`; 0 when the deadline did. */
static int
wait_for(struct db *db, int status)
{
	struct pollfd fd = {.fd = mysql_get_socket(db->mysql)};
	int came = 0;

	if ((status & MYSQL_WAIT_READ) != 0)
		fd.events |= POLLIN;
	if ((status & MYSQL_WAIT_WRITE) != 0)
		fd.events |= POLLOUT;
	if ((status & MYSQL_WAIT_EXCEPT) != 0)
		fd.events |= POLLPRI;
	for (;;) {
		int64_t left = db->deadline - clock_monotonic();

		if (poll(&fd, 1, left > 0 ? (int)((left + 999) / 1000) : 0) > 0)
			break;
		if (left <= 0) {
			db->late = true;
			return 0;
		}
	}
	if ((fd.revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) != 0)
		came |= status & MYSQL_WAIT_READ;
	if ((fd.revents & (POLLOUT | POLLHUP | POLLERR | POLLNVAL)) != 0)
		came |= status & MYSQL_WAIT_WRITE;
	if ((fd.revents & POLLPRI) != 0)
		came |= MYSQL_WAIT_EXCEPT;
	return came != 0 ? came : status;
}

static void
start_timer(struct db *db, int milliseconds)
{
	db->deadline = clock_monotonic() + (int64_t)milliseconds * 1000;
	db->late = false;
}

static void
close_statements(struct db *db)
{
	for (size_t i = 0; i < DB_STATEMENTS; i++)
		if (db->statements[i].handle != NULL)
			mysql_stmt_close(db->statements[i].handle);
	memset(db->statements, 0, sizeof db->statements);
	db->prepared = 0;
	pool_clear(db->session);
}

void
db_drop(struct db *db)
{
	if (db->mysql == NULL)
		return;
	/* So that the farewell of mysql_close() cannot wait either. */
	shutdown(mysql_get_socket(db->mysql), SHUT_RDWR);
	mysql_close(db->mysql);
	db->mysql = NULL;
	close_statements(db);
	db->ended = true;
}

static bool
is_lost(const struct db *db, unsigned number)
{
	/* CR_: the connector's own errors, about the connection. */
	return db->late || number == SHUTTING_DOWN ||
	       number == NODE_NOT_READY || number == CONNECTION_KILLED ||
	       (number >= CR_MIN_ERROR && number <= CR_MYSQL_LAST_ERROR);
}

/* Sorts out why a statement failed. */
static struct err *
failed(struct db *db, const char *sql, unsigned number, const char *message)
{
	struct err *err;

	if (is_lost(db, number))
		return db_lost(db, sql, number, "");
	db->said = pool_printf(db->request, "error %u: %s", number, message);
	err = db_error(db->request, sql, number, str_of(message));
	db->may_retry = number == DEADLOCK;
	/* Its victim is rolled back whole. */
	if (number == DEADLOCK)
		db->ended = true;
	return err;
}

struct err *
db_run(struct db *db, struct str sql)
{
	MYSQL *mysql = db->mysql;
	int bad = 0;

	start_timer(db, db->timeout);
	AWAIT(db, mysql_real_query_start(&bad, mysql, sql.p, sql.n),
	    mysql_real_query_cont(&bad, mysql, status_));
	while (!db->late && bad == 0) {
		MYSQL_RES *result = NULL;

		if (mysql_field_count(mysql) > 0)
			AWAIT(db, mysql_store_result_start(&result, mysql),
			    mysql_store_result_cont(&result, mysql, status_));
		if (result != NULL)
			mysql_free_result(result);
		if (db->late || !mysql_more_results(mysql))
			break;
		AWAIT(db, mysql_next_result_start(&bad, mysql),
		    mysql_next_result_cont(&bad, mysql, status_));
	}
	if (db->late || bad != 0)
		return failed(
		    db, sql.p, mysql_errno(mysql), mysql_error(mysql));
	return NULL;
}

static unsigned
try_connect(struct db *db, const char *database)
{
	MYSQL *ret = NULL;
	char init[512];

	/* The server gives up, too, on what nobody waits for any more. */
	snprintf(init, sizeof init,
	    "SET time_zone = '+00:00', autocommit = 1, sql_mode = "
	    "'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,"
	    "NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
	    "NO_ENGINE_SUBSTITUTION', max_statement_time = %d.%03d, "
	    "tx_isolation = 'REPEATABLE-READ'",
	    db->timeout / 1000, db->timeout % 1000);
	db->mysql = mysql_init(NULL);
	if (db->mysql == NULL)
		abort();
	mysql_options(db->mysql, MYSQL_OPT_NONBLOCK, NULL);
	mysql_options(db->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(db->mysql, MYSQL_INIT_COMMAND, init);
	start_timer(db, db->connect);
	AWAIT(db,
	    mysql_real_connect_start(&ret, db->mysql,
		db->socket.n > 0 ? NULL : db->host.p, db->user.p,
		db->password.p, database, (unsigned)db->port,
		db->socket.n > 0 ? db->socket.p : NULL,
		CLIENT_MULTI_STATEMENTS),
	    mysql_real_connect_cont(&ret, db->mysql, status_));
	if (ret != NULL && !db->late)
		return 0;
	return db->late ? CR_CONNECTION_ERROR : mysql_errno(db->mysql);
}

struct err *
db_connect(struct db *db)
{
	unsigned number;

	if (db->mysql != NULL)
		return NULL;
	number = try_connect(db, db->name.p);
	if (number == NO_SUCH_DATABASE && db->admin) {
		db_drop(db);
		number = try_connect(db, NULL);
	}
	if (number == 0)
		return NULL;
	return db_lost(db, "connecting", number, mysql_error(db->mysql));
}

static struct err *
statement_failed(struct db *db, MYSQL_STMT *handle, const char *sql)
{
	return failed(
	    db, sql, mysql_stmt_errno(handle), mysql_stmt_error(handle));
}

/* The connection's prepared statement of this text. */
static struct err *
prepare(struct db *db, const char *text, MYSQL_STMT **out)
{
	struct str sql = str_of(text);
	uint64_t hash = str_hash(sql);
	size_t i = hash % DB_STATEMENTS;
	struct err *err;
	my_bool yes = 1;
	int bad = 0;

	for (; db->statements[i].handle != NULL; i = (i + 1) % DB_STATEMENTS) {
		if (db->statements[i].hash == hash &&
		    str_equal(db->statements[i].sql, sql)) {
			*out = db->statements[i].handle;
			return NULL;
		}
	}
	if (db->prepared == DB_STATEMENTS * 3 / 4) {
		close_statements(db);
		i = hash % DB_STATEMENTS;
	}
	*out = mysql_stmt_init(db->mysql);
	if (*out == NULL)
		abort();
	/* Kept before it is prepared, so that dropping closes it, too. */
	db->statements[i] =
	    (struct statement){*out, pool_copy(db->session, sql), hash};
	db->prepared++;
	mysql_stmt_attr_set(*out, STMT_ATTR_UPDATE_MAX_LENGTH, &yes);
	AWAIT(db, mysql_stmt_prepare_start(&bad, *out, sql.p, sql.n),
	    mysql_stmt_prepare_cont(&bad, *out, status_));
	if (!db->late && bad == 0)
		return NULL;
	err = statement_failed(db, *out, text);
	if (db->mysql != NULL) {
		/* It is the last of its chain, so the slot may be cleared. */
		mysql_stmt_close(*out);
		db->statements[i] = (struct statement){.handle = NULL};
		db->prepared--;
	}
	return err;
}

static MYSQL_BIND *
bind_values(struct pool *pool, const struct value *values, size_t count)
{
	MYSQL_BIND *binds = NEW_ARRAY(pool, MYSQL_BIND, count);

	for (size_t i = 0; i < count; i++) {
		const struct value *value = &values[i];

		binds[i].buffer_type = MYSQL_TYPE_NULL;
		if (value->kind == VALUE_INT) {
			binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
			binds[i].buffer = (void *)(uintptr_t)&value->number;
		} else if (value->kind == VALUE_TEXT && value->text.p != NULL) {
			binds[i].buffer_type = MYSQL_TYPE_STRING;
			binds[i].buffer = (void *)(uintptr_t)value->text.p;
			binds[i].buffer_length = value->text.n;
		}
	}
	return binds;
}

/* Binds every column as text, with room for the longest of its cells. */
static MYSQL_BIND *
bind_columns(struct pool *pool, const MYSQL_FIELD *fields, size_t columns)
{
	MYSQL_BIND *binds = NEW_ARRAY(pool, MYSQL_BIND, columns);

	for (size_t i = 0; i < columns; i++) {
		binds[i].buffer_type = MYSQL_TYPE_STRING;
		binds[i].buffer_length = fields[i].max_length + 1;
		binds[i].buffer = pool_alloc(pool, binds[i].buffer_length);
		binds[i].length = &binds[i].length_value;
		binds[i].is_null = &binds[i].is_null_value;
	}
	return binds;
}

/* Copies a stored result into the request's pool. */
static struct rows *
collect(const struct db *db, MYSQL_STMT *handle)
{
	struct pool *pool = db->request;
	const MYSQL_FIELD *fields = mariadb_stmt_fetch_fields(handle);
	struct rows *rows = NEW(pool, struct rows);
	MYSQL_BIND *binds;
	struct str *names, *cell;

	rows->columns = mysql_stmt_field_count(handle);
	rows->count = mysql_stmt_num_rows(handle);
	rows->names = names = NEW_ARRAY(pool, struct str, rows->columns);
	rows->cells = cell =
	    NEW_ARRAY(pool, struct str, rows->columns * rows->count);
	for (size_t i = 0; i < rows->columns; i++)
		names[i] = pool_copy(pool, str_of(fields[i].name));
	if (rows->count == 0)
		return rows;
	binds = bind_columns(pool, fields, rows->columns);
	mysql_stmt_bind_result(handle, binds);
	for (size_t row = 0; row < rows->count; row++) {
		int status = mysql_stmt_fetch(handle);

		assert(status == 0);
		for (size_t i = 0; i < rows->columns; i++, cell++)
			if (!*binds[i].is_null)
				*cell = pool_copy(
				    pool, (struct str){binds[i].buffer,
					      *binds[i].length});
	}
	return rows;
}

/* Stores the results of a statement; the first with columns is *rows. */
static struct err *
take_results(
    struct db *db, MYSQL_STMT *handle, const char *sql, struct rows **rows)
{
	int bad = 0;

	for (;;) {
		if (mysql_stmt_field_count(handle) > 0) {
			AWAIT(db, mysql_stmt_store_result_start(&bad, handle),
			    mysql_stmt_store_result_cont(
				&bad, handle, status_));
			if (db->late || bad != 0)
				break;
			if (*rows == NULL)
				*rows = collect(db, handle);
			mysql_stmt_free_result(handle);
		}
		if (!mysql_stmt_more_results(handle))
			return NULL;
		AWAIT(db, mysql_stmt_next_result_start(&bad, handle),
		    mysql_stmt_next_result_cont(&bad, handle, status_));
		if (db->late || bad != 0)
			break;
	}
	return statement_failed(db, handle, sql);
}

struct err *
db_query(struct db *db, const char *sql, const struct value *values,
    size_t count, struct rows **out)
{
	MYSQL_STMT *handle;
	int bad = 0;

	assert(db->open);
	*out = NULL;
	if (db->ended)
		return err_unavailable(
		    db->request, "mariadb: the transaction ended before");
	start_timer(db, db->timeout);
	TRY(prepare(db, sql, &handle));
	assert(mysql_stmt_param_count(handle) == count);
	if (count > 0)
		mysql_stmt_bind_param(
		    handle, bind_values(db->request, values, count));
	AWAIT(db, mysql_stmt_execute_start(&bad, handle),
	    mysql_stmt_execute_cont(&bad, handle, status_));
	if (db->late || bad != 0)
		return statement_failed(db, handle, sql);
	db->affected = mysql_stmt_affected_rows(handle);
	db->last_id = mysql_stmt_insert_id(handle);
	TRY(take_results(db, handle, sql, out));
	if (*out == NULL)
		*out = NEW(db->request, struct rows);
	return NULL;
}

struct err *
db_exec(struct db *db, const char *sql, const struct value *values,
    size_t count, uint64_t *affected)
{
	struct rows *rows;

	TRY(db_query(db, sql, values, count, &rows));
	if (affected != NULL)
		*affected = db->affected;
	return NULL;
}
