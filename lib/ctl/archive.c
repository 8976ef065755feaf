#include "archive.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MARK = 16, WALKED = 16 };

static int
remove_one(
    const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static void
remove_folder(void *path)
{
	nftw(path, remove_one, WALKED, FTW_DEPTH | FTW_PHYS);
}

static struct err *
cannot(struct pool *pool, const char *what, struct str path)
{
	return err_internal(
	    pool, "cannot %s %.*s: %s", what, PSTR(path), strerror(errno));
}

struct err *
archive_folder(struct pool *pool, struct str parent, struct str *path)
{
	struct str name = pool_printf(pool, "%.*s/.opbx-XXXXXX", PSTR(parent));
	char *text = pool_alloc(pool, name.n + 1);

	memcpy(text, name.p, name.n);
	if (mkdtemp(text) == NULL)
		return cannot(pool, "make a folder in", parent);
	pool_own(pool, remove_folder, text);
	*path = str_of(text);
	return NULL;
}

struct err *
archive_write(struct pool *pool, struct str path, struct str text)
{
	int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = fd >= 0;

	while (good && text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);

		good = n > 0;
		if (good)
			text = str_cut(text, (size_t)n, text.n);
	}
	good = good && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		good = false;
	return good ? NULL : cannot(pool, "write", path);
}

struct err *
archive_read(struct pool *pool, struct str path, size_t most, struct str *text)
{
	FILE *file = fopen(path.p, "re");
	struct buf buf = buf_new(pool, 4096);
	char piece[4096];
	size_t n;

	if (file == NULL)
		return cannot(pool, "read", path);
	while (buf.n <= most && (n = fread(piece, 1, sizeof piece, file)) > 0)
		buf_add(&buf, (struct str){piece, n});
	fclose(file);
	if (buf.n > most)
		return err_internal(pool, "%.*s is too long", PSTR(path));
	*text = buf_str(&buf);
	return NULL;
}

/* In an option file a value stands in quotes, with backslashes doubled. */
static void
add_option(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, "%s=\"", name);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, value.p[i]);
	}
	buf_add_text(out, "\"\n");
}

struct err *
archive_defaults(struct pool *pool, const struct conf *conf, struct str folder)
{
	struct str socket = conf_path(pool, conf, "db.socket", NULL);
	struct str password = conf_text(conf, "db.admin_password", "");
	struct buf text = buf_new(pool, 512);

	buf_add_text(&text, "[client]\n");
	add_option(&text, "user", conf_text(conf, "db.admin_user", "root"));
	if (password.n > 0)
		add_option(&text, "password", password);
	if (socket.n > 0) {
		add_option(&text, "socket", socket);
	} else {
		add_option(
		    &text, "host", conf_text(conf, "db.host", "127.0.0.1"));
		buf_printf(&text, "port=%lld\nprotocol=tcp\n",
		    (long long)conf_int(conf, "db.port", 3306, 1, 65535));
	}
	return archive_write(pool,
	    pool_printf(pool, "%.*s/defaults", PSTR(folder)), buf_str(&text));
}

/* What a program gets as its input and its output. */
static void
redirect(posix_spawn_file_actions_t *actions, int from, int to)
{
	if (from >= 0)
		posix_spawn_file_actions_adddup2(actions, from, to);
}

struct err *
archive_run(
    struct pool *pool, const char *const *words, int in, int out, bool differs)
{
	posix_spawn_file_actions_t actions;
	int status = 0, failure;
	pid_t pid = 0;

	posix_spawn_file_actions_init(&actions);
	redirect(&actions, in, STDIN_FILENO);
	redirect(&actions, out, STDOUT_FILENO);
	failure = posix_spawnp(&pid, words[0], &actions, NULL,
	    (char *const *)(uintptr_t)words, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failure != 0)
		return err_internal(pool, "cannot start %s: %s: install it",
		    words[0], strerror(failure));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_internal(
			    pool, "%s: %s", words[0], strerror(errno));
	if (WIFEXITED(status) &&
	    (WEXITSTATUS(status) == 0 || (differs && WEXITSTATUS(status) == 1)))
		return NULL;
	return err_internal(pool, "%s did not end well", words[0]);
}

struct str
archive_key_mark(struct pool *pool, const struct crypto_key *master)
{
	struct crypto_key key = crypto_derive(master, "backup mark");
	struct str mark = crypto_hex(pool, key.bytes, MARK);

	crypto_wipe(&key, sizeof key);
	return mark;
}

struct err *
archive_tables(
    struct ctl *ctl, struct db *admin, struct str **names, size_t *count)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(admin, ctl->pool, DB_WRITE, 0));
	err = db_query(admin,
	    "SELECT table_name FROM information_schema.tables"
	    " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
	    " ORDER BY table_name",
	    NULL, 0, &rows);
	db_rollback(admin);
	TRY(err);
	*names = NEW_ARRAY(ctl->pool, struct str, rows->count + 1);
	*count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		(*names)[i] = pool_copy(ctl->pool, rows_text(rows, i, 0));
	return NULL;
}
