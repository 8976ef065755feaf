/*
 * The whole schema, loaded into a database of a test's own.
 */
#ifndef TESTS_SCHEMA_H
#define TESTS_SCHEMA_H

#include "buf.h"
#include "db.h"
#include "expect.h"

#include <glob.h>

static inline struct str
schema_file(struct pool *pool, const char *path)
{
	struct buf text = buf_new(pool, 65536);
	FILE *file = fopen(path, "r");
	char part[4096];
	size_t n;

	cr_assert_not_null(file, "%s: run this where sql/ is", path);
	while ((n = fread(part, 1, sizeof part, file)) > 0)
		buf_add(&text, (struct str){part, n});
	fclose(file);
	return buf_str(&text);
}

/* admin may do everything; it uses the new database of that name then. */
static inline void
schema_load(struct pool *pool, struct db *admin, const char *name)
{
	static const char *const files[] = {
	    "sql/routines.sql", "sql/triggers.sql", "sql/views.sql"};
	glob_t found;

	OK(db_script(admin, pool,
	    pool_printf(pool, "CREATE DATABASE %s; USE %s", name, name)));
	cr_assert_eq(glob("sql/0*.sql", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		OK(db_script(
		    admin, pool, schema_file(pool, found.gl_pathv[i])));
	globfree(&found);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		OK(db_script(admin, pool, schema_file(pool, files[i])));
}

#endif
