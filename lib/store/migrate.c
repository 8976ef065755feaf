#include "migrate.h"

#include "accounts.h"
#include "buf.h"
#include "db.h"
#include "db_split.h"
#include "sql_file.h"

enum {
	STATEMENT_MS = 3600 * 1000,
	LOCK_SECONDS = 300,
};

/* A row of schema_version. */
struct version {
	struct str file;
	struct str checksum;
	int64_t statements;
	bool finished;
};

struct migration {
	bool doing; /* else only asked what there is to do */
	struct pool *pool;
	const struct conf *conf;
	const struct crypto_key *master;
	struct db *db;
	migrate_said *said;
	void *context;
	struct str folder;
	size_t file_count, version_count;
	struct sql_file *files;
	struct version *versions;
	size_t waiting;
};

/* A statement in a transaction of its own. */
static struct err *
query(struct migration *m, const char *sql, const struct value *values,
    size_t count, struct rows **rows)
{
	struct err *err;

	TRY(db_begin(m->db, m->pool, DB_WRITE, 0));
	err = db_query(m->db, sql, values, count, rows);
	if (err == NULL)
		err = db_commit(m->db);
	db_rollback(m->db);
	return err;
}

static struct err *
script(struct migration *m, const char *sql)
{
	return db_script(m->db, m->pool, str_of(sql));
}

static struct err *
log_in(struct migration *m)
{
	struct str name = conf_text(m->conf, "db.name", "opbx");
	struct rows *rows;

	TRY(accounts_check(m->pool, m->conf));
	m->db = db_new(m->pool, m->conf, m->master, "admin", STATEMENT_MS);
	TRY(query(m,
	    "SELECT DATABASE(), GET_LOCK(CONCAT('opbx migrate ', ?), ?)",
	    (const struct value[]){TEXT(name), INT(LOCK_SECONDS)}, 2, &rows));
	if (rows_int(rows, 0, 1) != 1)
		return err_internal(m->pool,
		    "another migration has not ended for %d seconds",
		    LOCK_SECONDS);
	if (rows_text(rows, 0, 0).p != NULL || !m->doing)
		return NULL;
	return script(m, pool_printf(m->pool,
			     "CREATE DATABASE IF NOT EXISTS `%.*s`; USE `%.*s`",
			     PSTR(name), PSTR(name))
			     .p);
}

static struct err *
read_versions(struct migration *m)
{
	struct rows *rows;

	TRY(query(m,
	    "SELECT 1 FROM information_schema.tables WHERE"
	    " table_schema = DATABASE() AND table_name = 'schema_version'",
	    NULL, 0, &rows));
	if (rows->count == 0 && !m->doing)
		return NULL;
	TRY(script(m, "CREATE TABLE IF NOT EXISTS schema_version ("
		      " file VARCHAR(100) NOT NULL PRIMARY KEY,"
		      " checksum CHAR(64) NOT NULL,"
		      " statements INT UNSIGNED NOT NULL DEFAULT 0,"
		      " finished_at DATETIME(3) NULL)"
		      " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"));
	TRY(query(m,
	    "SELECT file, checksum, statements, finished_at IS NOT NULL"
	    " FROM schema_version ORDER BY file",
	    NULL, 0, &rows));
	m->versions = NEW_ARRAY(m->pool, struct version, rows->count + 1);
	m->version_count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		m->versions[i] = (struct version){rows_text(rows, i, 0),
		    rows_text(rows, i, 1), rows_int(rows, i, 2),
		    rows_int(rows, i, 3) != 0};
	return NULL;
}

static const struct version *
version_of(const struct migration *m, struct str file)
{
	for (size_t i = 0; i < m->version_count; i++)
		if (str_equal(m->versions[i].file, file))
			return &m->versions[i];
	return NULL;
}

/* What was applied is still what the folder has, and nothing came between. */
static struct err *
check_history(struct migration *m)
{
	bool open = false;
	const char *newest = "";

	for (size_t i = 0; i < m->version_count; i++) {
		const struct version *version = &m->versions[i];
		bool found = !sql_is_migration(version->file);

		for (size_t j = 0; j < m->file_count; j++)
			found |= str_equal(m->files[j].name, version->file);
		if (!found)
			return err_internal(m->pool,
			    "%s was applied, but %s does not have it: the "
			    "database is newer than this program",
			    version->file.p, m->folder.p);
	}
	for (size_t j = 0; j < m->file_count; j++) {
		const struct sql_file *file = &m->files[j];
		const struct version *version = version_of(m, file->name);

		if (version == NULL || !version->finished) {
			if (!open)
				newest = file->name.p;
			open = true;
			m->waiting++;
			continue;
		}
		if (open)
			return err_internal(m->pool,
			    "%s was never applied, but %s was: a new file "
			    "must have the highest number",
			    newest, file->name.p);
		if (!str_equal(version->checksum, file->checksum))
			return err_internal(m->pool,
			    "%s was changed after it was applied: put it back, "
			    "and write the change into a new file",
			    file->name.p);
	}
	return NULL;
}

static struct err *
keep_version(struct migration *m, struct str file, struct str checksum,
    int64_t statements, bool finished)
{
	struct rows *rows;

	return query(m,
	    "INSERT INTO schema_version"
	    " (file, checksum, statements, finished_at)"
	    " VALUES (?, ?, ?, IF(?, UTC_TIMESTAMP(3), NULL))"
	    " ON DUPLICATE KEY UPDATE checksum = VALUES(checksum),"
	    " statements = VALUES(statements),"
	    " finished_at = VALUES(finished_at)",
	    (const struct value[]){
		TEXT(file), TEXT(checksum), INT(statements), INT(finished)},
	    4, &rows);
}

static struct err *
failed_in(struct migration *m, struct str file, int64_t statement, int line,
    const struct err *err)
{
	struct str why = err->cause.n > 0 ? err->cause : err->message;

	/* It counts from the statement, we from the file. */
	if (statement > 0 && str_starts(why, STR("line ")))
		why = str_cut(why, (size_t)str_find(why, ':') + 2, why.n);
	if (statement == 0)
		return err_internal(
		    m->pool, "%.*s: %.*s", PSTR(file), PSTR(why));
	return err_internal(m->pool, "%.*s, statement %lld (line %d): %.*s",
	    PSTR(file), (long long)statement, line, PSTR(why));
}

/*
 * Statement by statement.  Until the file is finished its checksum is that of
 * the statements done, so that what is left of a file can be mended.
 */
static struct err *
apply_file(struct migration *m, const struct sql_file *file)
{
	const struct version *version = version_of(m, file->name);
	struct db_split split = db_split_open(file->text);
	struct buf done = buf_new(m->pool, file->text.n + 1);
	struct str statement;
	int64_t count = 0;

	while (db_split_next(&split, &statement)) {
		struct err *err;

		buf_add(&done, statement);
		buf_add_char(&done, '\n');
		count++;
		if (version != NULL && count <= version->statements) {
			if (count == version->statements &&
			    !str_equal(version->checksum,
				sql_checksum(m->pool, buf_str(&done))))
				return err_internal(m->pool,
				    "%s was changed before its statement %lld, "
				    "up to which it was applied",
				    file->name.p, (long long)count + 1);
			continue;
		}
		err = script(m, pool_printf(m->pool, "DELIMITER $$$$\n%.*s",
				    PSTR(statement))
				    .p);
		if (err != NULL)
			return failed_in(m, file->name, count, split.line, err);
		TRY(keep_version(m, file->name,
		    sql_checksum(m->pool, buf_str(&done)), count, false));
	}
	TRY(keep_version(m, file->name, file->checksum, count, true));
	m->said(m->context, pool_printf(m->pool, "applied %s", file->name.p));
	return NULL;
}

/* Without what would show a password. */
static struct err *
mask(struct migration *m, struct err *err)
{
	static const struct str word = {"IDENTIFIED", 10};

	for (size_t i = 0; err != NULL && i + word.n <= err->cause.n; i++)
		if (str_starts(str_cut(err->cause, i, err->cause.n), word)) {
			err->cause =
			    pool_copy(m->pool, str_cut(err->cause, 0, i));
			break;
		}
	return err;
}

/* Routines, triggers, views, grants: as often as their text changes. */
static struct err *
apply_again(struct migration *m, const char *name, struct str text)
{
	const struct version *version = version_of(m, str_of(name));
	struct str checksum = sql_checksum(m->pool, text);
	bool same = version != NULL && str_equal(version->checksum, checksum);
	struct err *err;

	/* A new table wants its triggers and its grants. */
	if (same && (!m->doing || m->waiting == 0))
		return NULL;
	if (!m->doing) {
		m->waiting++;
		return NULL;
	}
	err = mask(m, db_script(m->db, m->pool, text));
	if (err != NULL)
		return failed_in(m, str_of(name), 0, 0, err);
	TRY(keep_version(m, str_of(name), checksum, 0, true));
	m->said(m->context, pool_printf(m->pool, "applied %s", name));
	return NULL;
}

static struct err *
apply_changed(struct migration *m)
{
	static const char *const names[] = {
	    "routines.sql", "triggers.sql", "milestones.sql", "views.sql"};
	struct sql_file file = {NO_STR, NO_STR, NO_STR};
	struct str sql;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		TRY(sql_file_read(m->pool, m->folder, str_of(names[i]), &file));
		TRY(apply_again(m, names[i], file.text));
	}
	if (conf_is(m->conf, "db.accounts", "one"))
		return NULL;
	TRY(sql_file_read(m->pool, m->folder, STR("grants.sql"), &file));
	TRY(accounts_grants(m->pool, m->conf, file.text, &sql));
	sql = pool_printf(m->pool, "%.*s%.*s",
	    PSTR(accounts_make(m->pool, m->conf, m->master)), PSTR(sql));
	return apply_again(m, "grants.sql", sql);
}

static struct err *
migrate(struct migration *m)
{
	m->folder =
	    conf_path(m->pool, m->conf, "sql_dir", "/usr/share/opbx/sql");
	TRY(sql_migrations(m->pool, m->folder, &m->files, &m->file_count));
	TRY(log_in(m));
	TRY(read_versions(m));
	TRY(check_history(m));
	for (size_t i = 0; m->doing && i < m->file_count; i++) {
		const struct version *version = version_of(m, m->files[i].name);

		if (version == NULL || !version->finished)
			TRY(apply_file(m, &m->files[i]));
	}
	return apply_changed(m);
}

struct err *
migrate_run(struct pool *pool, const struct conf *conf,
    const struct crypto_key *master, migrate_said *said, void *context)
{
	struct migration m = {.doing = true,
	    .pool = pool,
	    .conf = conf,
	    .master = master,
	    .said = said,
	    .context = context};

	TRY(migrate(&m));
	return script(&m, "DO RELEASE_ALL_LOCKS()");
}

struct err *
migrate_check(struct pool *pool, const struct conf *conf,
    const struct crypto_key *master, size_t *waiting)
{
	struct migration m = {.pool = pool, .conf = conf, .master = master};

	TRY(migrate(&m));
	*waiting = m.waiting;
	return script(&m, "DO RELEASE_ALL_LOCKS()");
}
