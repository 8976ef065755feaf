/*
 * The files of the sql folder.  Knows nothing of the database.
 */
#ifndef STORE_SQL_FILE_H
#define STORE_SQL_FILE_H

#include "err.h"

struct sql_file {
	struct str name; /* "0001-tenants.sql" */
	struct str text;
	struct str checksum; /* SHA-256, hex */
};

struct str sql_checksum(struct pool *pool, struct str text);
/* "0001-tenants.sql": four digits, what, .sql */
bool sql_is_migration(struct str name);
/* folder ends with a NUL. */
struct err *sql_file_read(struct pool *pool, struct str folder, struct str name,
    struct sql_file *out);
/* All migrations by number; none, or two of one number, is an error. */
struct err *sql_migrations(struct pool *pool, struct str folder,
    struct sql_file **files, size_t *count);

#endif
