#include "carrier_due.h"

/* One statement for no tenant in particular. */
static struct err *
call(struct db *db, struct pool *pool, const char *sql,
    const struct value *values, size_t count, struct rows **rows)
{
	struct err *err;

	TRY(db_begin(db, pool, DB_WRITE, 0));
	err = db_query(db, sql, values, count, rows);
	if (err == NULL)
		return db_commit(db);
	db_rollback(db);
	return err;
}
#define CALL(db, pool, sql, rows, ...)                                 \
	call((db), (pool), (sql), (const struct value[]){__VA_ARGS__}, \
	    sizeof((const struct value[]){__VA_ARGS__}) /              \
		sizeof(struct value),                                  \
	    (rows))

struct err *
carrier_claim(struct db *db, struct pool *pool, uint64_t wanted,
    struct carrier_due *due, bool *found)
{
	struct rows *rows;

	*found = false;
	TRY(CALL(db, pool, "CALL carrier_claim(?, ?)", &rows,
	    wanted != 0 ? INT(wanted) : NIL, INT(CARRIER_LEASE)));
	if (rows->count == 0)
		return NULL;
	*due = (struct carrier_due){
	    .organization = (uint64_t)rows_int(rows, 0, 0),
	    .lease = rows_text(rows, 0, 1),
	    .attempts = (int)rows_int(rows, 0, 2),
	};
	*found = true;
	return NULL;
}

struct err *
carrier_release(struct db *db, struct pool *pool, const struct carrier_due *due,
    int64_t pause, int attempts)
{
	struct rows *rows;

	return CALL(db, pool, "SELECT carrier_release(?, ?, ?, ?)", &rows,
	    INT(due->organization), TEXT(due->lease),
	    pause >= 0 ? INT(pause) : NIL, INT(attempts));
}

struct err *
hang_up_put(struct db *db, uint64_t call_id, struct str call_key, bool *may)
{
	struct rows *rows;

	TRY(QUERY(db, "SELECT hang_up_put(?, ?)", &rows, INT(call_id),
	    TEXT(call_key)));
	*may = rows_int(rows, 0, 0) != 0;
	return NULL;
}

struct err *
hang_up_claim(
    struct db *db, struct pool *pool, struct hang_up *hang_up, bool *found)
{
	struct rows *rows;

	*found = false;
	TRY(CALL(db, pool, "CALL hang_up_claim(?)", &rows, INT(HANG_UP_LEASE)));
	if (rows->count == 0)
		return NULL;
	*hang_up = (struct hang_up){
	    .organization = (uint64_t)rows_int(rows, 0, 0),
	    .call = (uint64_t)rows_int(rows, 0, 1),
	    .call_key = rows_text(rows, 0, 2),
	    .attempt = (int)rows_int(rows, 0, 3),
	};
	*found = true;
	return NULL;
}

struct err *
hang_up_done(struct db *db, struct pool *pool, const struct hang_up *hang_up)
{
	struct rows *rows;

	return CALL(db, pool, "SELECT hang_up_done(?, ?)", &rows,
	    INT(hang_up->organization), INT(hang_up->call));
}

struct err *
hang_up_failed(struct db *db, struct pool *pool, const struct hang_up *hang_up,
    int64_t pause, bool sent)
{
	struct rows *rows;

	return CALL(db, pool, "SELECT hang_up_failed(?, ?, ?, ?)", &rows,
	    INT(hang_up->organization), INT(hang_up->call), INT(pause),
	    INT(sent));
}
