/* opbxctl backup: all that must last, in one file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "clock.h"

enum { PATIENCE_MS = 10000, WORDS_MOST = 512 };

/* One list of words for a program, ended by NULL. */
struct words {
	size_t count;
	const char *list[WORDS_MOST];
};

static void
add(struct words *words, const char *word)
{
	if (words->count + 1 < WORDS_MOST)
		words->list[words->count++] = word;
}

/* Of all tables one moment, while others go on writing. */
static struct err *
dump(struct ctl *ctl, struct str folder)
{
	static const char *const options[] = {"--single-transaction", "--quick",
	    "--hex-blob", "--skip-triggers", "--no-tablespaces",
	    "--default-character-set=utf8mb4", "--max-allowed-packet=1G"};
	struct pool *pool = ctl->pool;
	struct db *admin =
	    db_new(pool, ctl->conf, &ctl->master, "admin", PATIENCE_MS);
	struct words words = {0, {NULL}};
	struct str path = pool_printf(pool, "%s/" ARCHIVE_SQL, folder.p);
	struct str *tables;
	size_t count = 0;
	struct err *err;
	int out;

	TRY(archive_tables(ctl, admin, &tables, &count));
	if (count == 0 || count > WORDS_MOST - 16)
		return err_internal(
		    pool, "there is no database to save: opbxctl migrate");
	TRY(archive_defaults(pool, ctl->conf, folder));
	add(&words, "mariadb-dump");
	add(&words,
	    pool_printf(pool, "--defaults-file=%s/defaults", folder.p).p);
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		add(&words, options[i]);
	add(&words, pool_copy(pool, conf_text(ctl->conf, "db.name", "opbx")).p);
	for (size_t i = 0; i < count; i++)
		add(&words, tables[i].p);
	TRY(archive_write(pool, path, STR("")));
	out = open(path.p, O_WRONLY | O_CLOEXEC);
	if (out < 0)
		return err_internal(
		    pool, "cannot write %s: %s", path.p, strerror(errno));
	err = archive_run(pool, words.list, -1, out, false);
	close(out);
	return err;
}

static struct err *
note(struct ctl *ctl, struct str folder, bool keys)
{
	struct str text = pool_printf(ctl->pool,
	    ARCHIVE_FORMAT "\nmade %.*s\nkey %.*s\nkeys %s\n",
	    PSTR(clock_print(ctl->pool, clock_now())),
	    PSTR(archive_key_mark(ctl->pool, &ctl->master)),
	    keys ? "yes" : "no");

	return archive_write(ctl->pool,
	    pool_printf(ctl->pool, "%s/" ARCHIVE_MANIFEST, folder.p), text);
}

static struct err *
copy(struct ctl *ctl, struct str from, struct str folder, const char *name)
{
	enum { MOST = 1 << 20 };
	struct str text;

	TRY(archive_read(ctl->pool, from, MOST, &text));
	return archive_write(
	    ctl->pool, pool_printf(ctl->pool, "%s/%s", folder.p, name), text);
}

/* Audio files are written whole and never changed; one may go meanwhile. */
static struct err *
pack(struct ctl *ctl, struct str folder, bool keys, struct str archive)
{
	struct pool *pool = ctl->pool;
	struct str var = conf_path(pool, ctl->conf, "var_dir", "/var/lib/opbx");
	struct words words = {0, {NULL}};

	TRY(archive_write(pool, archive, STR("")));
	add(&words, "tar");
	add(&words, "--create");
	add(&words, "--ignore-failed-read");
	add(&words, "--warning=no-file-changed");
	add(&words, pool_printf(pool, "--file=%s", archive.p).p);
	add(&words, pool_printf(pool, "--directory=%s", folder.p).p);
	add(&words, ARCHIVE_MANIFEST);
	add(&words, ARCHIVE_SQL);
	if (keys) {
		add(&words, ARCHIVE_SECRET);
		add(&words, ARCHIVE_CONF);
	}
	add(&words, pool_printf(pool, "--directory=%s", var.p).p);
	if (access(pool_printf(pool, "%s/" ARCHIVE_AUDIO, var.p).p, F_OK) == 0)
		add(&words, ARCHIVE_AUDIO);
	return archive_run(pool, words.list, -1, -1, true);
}

/* There at once, whole and on the disk; what is there already stays. */
static struct err *
publish(struct ctl *ctl, struct str archive, struct str file)
{
	int fd = open(archive.p, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	if (good && link(archive.p, file.p) == 0)
		return NULL;
	return err_internal(
	    ctl->pool, "cannot write %s: %s", file.p, strerror(errno));
}

static struct err *
save(struct ctl *ctl, struct str file, bool keys)
{
	struct pool *pool = ctl->pool;
	struct str folder, archive, parent = file;

	while (parent.n > 0 && parent.p[parent.n - 1] != '/')
		parent.n--;
	if (access(file.p, F_OK) == 0)
		return err_internal(pool, "%s is there already", file.p);
	TRY(archive_folder(pool, parent.n > 0 ? parent : STR("."), &folder));
	TRY(note(ctl, folder, keys));
	TRY(dump(ctl, folder));
	if (keys) {
		TRY(copy(ctl,
		    conf_path(pool, ctl->conf, "secret_file", "secret"), folder,
		    ARCHIVE_SECRET));
		TRY(copy(ctl, conf_file(ctl->conf), folder, ARCHIVE_CONF));
	}
	archive = pool_printf(pool, "%s/archive.tar", folder.p);
	TRY(pack(ctl, folder, keys, archive));
	return publish(ctl, archive, file);
}

/* "DIR/opbx-20261225T170000Z.tar" */
static struct str
name_in(struct pool *pool, struct str folder)
{
	struct str now = clock_print(pool, clock_now());
	struct buf name = buf_new(pool, folder.n + 32);

	buf_printf(&name, "%.*s/opbx-", PSTR(folder));
	for (size_t i = 0; i < now.n && now.p[i] != '.'; i++)
		if (now.p[i] != '-' && now.p[i] != ':' && now.p[i] != 'Z')
			buf_add_char(&name, now.p[i]);
	buf_add_text(&name, "Z.tar");
	return buf_str(&name);
}

int
ctl_backup(struct ctl *ctl, int argc, char **argv)
{
	enum { TO, KEYS };
	struct ctl_option options[] = {
	    [TO] = {.name = "to"},
	    [KEYS] = {"with-keys", .flag = true},
	    {.name = NULL},
	};
	struct str file = NO_STR;
	struct err *err;

	if (argc > 0 && argv[0][0] != '-') {
		file = str_of(argv[0]);
		argc--;
		argv++;
	}
	if (!ctl_options(argc, argv, options))
		return 2;
	if ((file.n > 0) == (options[TO].value.n > 0))
		return ctl_usage("backup");
	if (file.n == 0)
		file = name_in(ctl->pool, options[TO].value);
	umask(077);
	err = save(ctl, file, options[KEYS].value.n > 0);
	if (err != NULL)
		return ctl_fail(err);
	printf("%.*s\n", PSTR(file));
	return 0;
}
