#include "orphans.h"

#include "audio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 86400 };

/* Not clock.h's: the file system's time is never stopped. */
static bool
is_old(const struct stat *status)
{
	return time(NULL) - status->st_mtime > DAY;
}

static void
close_folder(void *object)
{
	closedir(object);
}

/* NULL when there is none. */
static DIR *
open_folder(struct pool *pool, struct str path)
{
	DIR *folder = opendir(path.p);

	if (folder != NULL)
		pool_own(pool, close_folder, folder);
	return folder;
}

/* The names that the rows of a kind give their files. */
struct names {
	size_t count;
	struct str *names; /* sorted */
};

static int
compare(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_compare(*x, *y);
}

static bool
is_named(const struct names *names, struct str name)
{
	return names->count > 0 && bsearch(&name, names->names, names->count,
				       sizeof name, compare) != NULL;
}

static struct str
name_of(struct str path)
{
	size_t from = path.n;

	while (from > 0 && path.p[from - 1] != '/')
		from--;
	return str_cut(path, from, path.n);
}

static struct err *
read_names(const struct work *work, struct pool *pool, enum audio_kind kind,
    uint64_t organization, struct names *out)
{
	static const char *const sqls[] = {
	    /* One that is words has none. */
	    [AUDIO_PROMPT] = "SELECT COALESCE(audio_token, '') FROM prompts",
	    [AUDIO_RECORDING] = "SELECT id FROM recordings",
	    [AUDIO_VOICEMAIL] = "SELECT id FROM voicemails",
	};
	struct rows *rows;
	struct err *err;

	TRY(db_begin(work->db, pool, DB_READ, organization));
	err = db_query(work->db, sqls[kind], NULL, 0, &rows);
	db_rollback(work->db);
	TRY(err);
	out->count = rows->count;
	out->names = NEW_ARRAY(pool, struct str, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct str cell = rows_text(rows, i, 0);

		if (kind == AUDIO_PROMPT)
			cell = name_of(audio_path_of_token(
			    pool, work->conf, kind, organization, cell));
		out->names[i] = cell;
	}
	qsort(out->names, out->count, sizeof *out->names, compare);
	return NULL;
}

/* The rows are read after the folder: a file without one then is nobody's. */
static struct err *
look_into(const struct work *work, struct pool *pool, enum audio_kind kind,
    uint64_t organization, struct str path)
{
	DIR *folder = open_folder(pool, path);
	struct names names = {0, NULL};
	struct dirent *entry;
	bool read = false;

	while (folder != NULL && !*work->stop &&
	       (entry = readdir(folder)) != NULL) {
		struct stat status;
		struct str name = str_of(entry->d_name);

		if (name.p[0] == '.' ||
		    fstatat(dirfd(folder), name.p, &status,
			AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(status.st_mode) || !is_old(&status))
			continue;
		if (!read)
			TRY(read_names(work, pool, kind, organization, &names));
		read = true;
		if (!is_named(&names, name))
			unlinkat(dirfd(folder), name.p, 0);
	}
	return NULL;
}

static struct err *
look_at_organization(
    const struct work *work, uint64_t organization, struct pool *outer)
{
	struct pool *pool = pool_new();
	struct err *err = NULL;

	for (int kind = AUDIO_PROMPT; err == NULL && kind <= AUDIO_VOICEMAIL;
	     kind++) {
		struct str path = audio_path_of_row(
		    pool, work->conf, (enum audio_kind)kind, organization, 0);

		path.n -= name_of(path).n;
		err = look_into(work, pool, (enum audio_kind)kind, organization,
		    pool_copy(pool, path));
	}
	if (err != NULL)
		err = err_unavailable(outer, "%.*s",
		    PSTR(err->cause.n > 0 ? err->cause : err->message));
	pool_free(pool);
	return err;
}

/* A file's time says when it was done last; false: not a day ago. */
static bool
is_due(struct str mark)
{
	struct stat status;

	return stat(mark.p, &status) != 0 || is_old(&status);
}

static void
set_mark(struct str mark)
{
	int fd =
	    open(mark.p, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0)
		return;
	futimens(fd, NULL);
	close(fd);
}

struct err *
orphans_remove(const struct work *work, struct pool *pool)
{
	struct str root =
	    conf_path(pool, work->conf, "var_dir", "/var/lib/opbx");
	struct str path = pool_printf(pool, "%.*s/audio", PSTR(root));
	struct str mark = pool_printf(pool, "%.*s/.looked", PSTR(path));
	DIR *folder;
	struct dirent *entry;
	int64_t organization;

	if (!is_due(mark))
		return NULL;
	folder = open_folder(pool, path);
	if (folder == NULL)
		return NULL;
	while (!*work->stop && (entry = readdir(folder)) != NULL)
		if (str_to_int(
			str_of(entry->d_name), 1, INT64_MAX, &organization))
			TRY(look_at_organization(
			    work, (uint64_t)organization, pool));
	if (!*work->stop)
		set_mark(mark);
	return NULL;
}
