/* opbxctl restore: an installation as it was when the backup was made. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "migrate.h"

enum { PATIENCE_MS = 600000, SMALL = 1 << 20 };

struct restore {
	struct ctl *ctl;
	struct pool *pool;
	struct db *admin;
	struct str folder; /* where it was unpacked */
	struct str var;
	bool force, keys;
};

static struct str
inside(const struct restore *r, const char *name)
{
	return pool_printf(r->pool, "%s/%s", r->folder.p, name);
}

static struct err *
unpack(struct restore *r, struct str file)
{
	const char *words[] = {"tar", "--extract",
	    pool_printf(r->pool, "--file=%.*s", PSTR(file)).p,
	    pool_printf(r->pool, "--directory=%s", r->folder.p).p, NULL};
	struct str manifest, line, mark = NO_STR;

	TRY(archive_run(r->pool, words, -1, -1, false));
	TRY(archive_read(
	    r->pool, inside(r, ARCHIVE_MANIFEST), SMALL, &manifest));
	str_next(&manifest, '\n', &line);
	if (!str_is(line, ARCHIVE_FORMAT))
		return err_internal(
		    r->pool, "%.*s is no backup of this kind", PSTR(file));
	while (str_next(&manifest, '\n', &line))
		if (str_starts(line, STR("key ")))
			mark = str_cut(line, 4, line.n);
	if (r->keys && access(inside(r, ARCHIVE_SECRET).p, R_OK) != 0)
		return err_internal(
		    r->pool, "the backup was made without --with-keys");
	if (r->keys ||
	    str_equal(mark, archive_key_mark(r->pool, &r->ctl->master)))
		return NULL;
	return err_internal(r->pool,
	    "the backup was made under another key: put that secret to %s, or"
	    " restore --with-keys where the backup holds it",
	    conf_path(r->pool, r->ctl->conf, "secret_file", "secret").p);
}

static struct err *
is_there(struct restore *r, const char *table, bool *there)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(r->admin, r->pool, DB_WRITE, 0));
	err = db_query(r->admin,
	    pool_printf(r->pool, "SELECT 1 FROM `%s` LIMIT 1", table).p, NULL,
	    0, &rows);
	db_rollback(r->admin);
	TRY(err);
	*there = *there || rows->count > 0;
	return NULL;
}

static bool
has_files(struct str folder)
{
	DIR *dir = opendir(folder.p);
	const struct dirent *entry;
	bool found = false;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		found = found || entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* Somebody's work is not written over by a slip. */
static struct err *
check_empty(struct restore *r, const struct str *tables, size_t count)
{
	static const char *const told[] = {"organization", "operator"};
	bool there =
	    has_files(pool_printf(r->pool, "%s/" ARCHIVE_AUDIO, r->var.p));

	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < sizeof told / sizeof *told; n++)
			if (str_is(tables[i], told[n]))
				TRY(is_there(r, told[n], &there));
	if (!there || r->force)
		return NULL;
	return err_internal(r->pool,
	    "this installation is not empty: --force gives up what it holds");
}

/* The secret as it was; its file keeps its owner and mode. */
static struct err *
restore_key(struct restore *r)
{
	struct pool *pool = r->pool;
	struct str to = conf_path(pool, r->ctl->conf, "secret_file", "secret");
	struct str new = pool_printf(pool, "%s.restored", to.p);
	struct stat status;
	struct str text;

	if (!r->keys)
		return NULL;
	TRY(archive_read(pool, inside(r, ARCHIVE_SECRET), SMALL, &text));
	TRY(archive_write(pool, new, text));
	if (stat(to.p, &status) == 0 &&
	    (chown(new.p, status.st_uid, status.st_gid) != 0 ||
		chmod(new.p, status.st_mode & 0640) != 0))
		return err_internal(
		    pool, "cannot change %s: %s", new.p, strerror(errno));
	if (rename(new.p, to.p) != 0)
		return err_internal(
		    pool, "cannot write %s: %s", to.p, strerror(errno));
	return crypto_load(pool, to, &r->ctl->master);
}

static struct err *
drop_tables(struct restore *r, const struct str *tables, size_t count)
{
	struct buf sql = buf_new(r->pool, 4096);

	buf_add_text(&sql, "SET FOREIGN_KEY_CHECKS = 0;\n");
	for (size_t i = 0; i < count; i++)
		buf_printf(
		    &sql, "DROP TABLE IF EXISTS `%.*s`;\n", PSTR(tables[i]));
	buf_add_text(&sql, "SET FOREIGN_KEY_CHECKS = 1;\n");
	return db_script(r->admin, r->pool, buf_str(&sql));
}

static struct err *
load(struct restore *r)
{
	struct str name =
	    pool_copy(r->pool, conf_text(r->ctl->conf, "db.name", "opbx"));
	const char *words[] = {"mariadb",
	    pool_printf(r->pool, "--defaults-file=%s/defaults", r->folder.p).p,
	    "--default-character-set=utf8mb4", "--max-allowed-packet=1G",
	    "--batch", "--binary-mode",
	    pool_printf(r->pool, "--database=%s", name.p).p, NULL};
	int in = open(inside(r, ARCHIVE_SQL).p, O_RDONLY | O_CLOEXEC);
	struct err *err;

	if (in < 0)
		return err_internal(r->pool, "cannot read %s: %s",
		    inside(r, ARCHIVE_SQL).p, strerror(errno));
	err = archive_run(r->pool, words, in, -1, false);
	close(in);
	return err;
}

/*
 * Routines, triggers, views and accounts are made anew by migrate, for this
 * installation's keys.  A generation is above whatever a cache has seen: it
 * could still hold what was configured after the backup.
 */
static const char settle[] =
    "DELETE FROM schema_version WHERE file NOT REGEXP '^[0-9]{4}-';\n"
    "UPDATE generation SET number = GREATEST(number + 1,"
    " FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000));\n";

static void
say(void *context, struct str line)
{
	(void)context;
	printf("%.*s\n", PSTR(line));
}

static struct err *
restore_database(struct restore *r, const struct str *tables, size_t count)
{
	TRY(archive_defaults(r->pool, r->ctl->conf, r->folder));
	TRY(drop_tables(r, tables, count));
	TRY(load(r));
	TRY(db_script(r->admin, r->pool, str_of(settle)));
	return migrate_run(r->pool, r->ctl->conf, &r->ctl->master, say, NULL);
}

/* One rename: what there was goes with the folder. */
static struct err *
restore_audio(struct restore *r)
{
	struct str from = inside(r, ARCHIVE_AUDIO);
	struct str to = pool_printf(r->pool, "%s/" ARCHIVE_AUDIO, r->var.p);

	if (rename(to.p, inside(r, "old").p) != 0 && errno != ENOENT)
		return err_internal(
		    r->pool, "cannot move %s: %s", to.p, strerror(errno));
	if (access(from.p, F_OK) == 0 && rename(from.p, to.p) != 0)
		return err_internal(
		    r->pool, "cannot make %s: %s", to.p, strerror(errno));
	return NULL;
}

static struct err *
publish(struct restore *r)
{
	struct ctl *ctl = r->ctl;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(r->admin, r->pool, DB_WRITE, 0));
	err = db_query(r->admin,
	    "SELECT organization_id, number FROM generation", NULL, 0, &rows);
	db_rollback(r->admin);
	TRY(err);
	/* The account's password goes by the key, and that may be another. */
	ctl->db = db_new(r->pool, ctl->conf, &ctl->master, "ctl", PATIENCE_MS);
	for (size_t i = 0; i < rows->count; i++)
		generation_publish(ctl->generations, r->pool, ctl->db,
		    (uint64_t)rows_int(rows, i, 0),
		    (uint64_t)rows_int(rows, i, 1));
	return NULL;
}

static struct err *
restore(struct restore *r, struct str file)
{
	struct str name = conf_text(r->ctl->conf, "db.name", "opbx");
	struct str *tables;
	size_t count = 0;

	TRY(archive_folder(r->pool, r->var, &r->folder));
	TRY(unpack(r, file));
	r->admin = db_new(
	    r->pool, r->ctl->conf, &r->ctl->master, "admin", PATIENCE_MS);
	TRY(archive_tables(r->ctl, r->admin, &tables, &count));
	TRY(check_empty(r, tables, count));
	TRY(db_script(r->admin, r->pool,
	    pool_printf(r->pool,
		"CREATE DATABASE IF NOT EXISTS `%.*s`; USE `%.*s`", PSTR(name),
		PSTR(name))));
	TRY(restore_key(r));
	TRY(restore_database(r, tables, count));
	TRY(restore_audio(r));
	return publish(r);
}

int
ctl_restore(struct ctl *ctl, int argc, char **argv)
{
	enum { FORCE, KEYS };
	struct ctl_option options[] = {
	    [FORCE] = {"force", .flag = true},
	    [KEYS] = {"with-keys", .flag = true},
	    {.name = NULL},
	};
	struct restore r = {.ctl = ctl, .pool = ctl->pool};
	struct err *err;

	if (argc < 1 || argv[0][0] == '-')
		return ctl_usage("restore");
	if (!ctl_options(argc - 1, argv + 1, options))
		return 2;
	r.force = options[FORCE].value.n > 0;
	r.keys = options[KEYS].value.n > 0;
	r.var = conf_path(ctl->pool, ctl->conf, "var_dir", "/var/lib/opbx");
	err = restore(&r, str_of(argv[0]));
	if (err != NULL)
		return ctl_fail(err);
	printf("restored: restart the web server's programs and the worker\n");
	return 0;
}
