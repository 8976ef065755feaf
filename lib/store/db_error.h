/*
 * What a statement that MariaDB refused means to a client.
 *
 * The schema guards uniqueness, references and ranges, and the names of its
 * constraints carry the field (KIND__TABLE__FIELD, sql/0001-tenants.sql):
 *	1062 not unique				422, the field
 *	1452 refers to what is not there	422, the field
 *	1451 still referred to			409, the table that refers
 *	4025 a check failed			422, the field
 *	1048 1264 1265 1292 1366 1406		422, the column
 *	1205 1213 and a server in trouble	503
 *	anything else				500: a bug of ours
 * Knows nothing of the connection.
 */
#ifndef STORE_DB_ERROR_H
#define STORE_DB_ERROR_H

#include "err.h"

/*
 * The error's cause holds the number and the SQL text, never a value; the
 * server's message only for errors that cannot quote one.
 */
struct err *db_error(
    struct pool *pool, const char *sql, unsigned number, struct str message);

#endif
