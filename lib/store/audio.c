#include "audio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN_BYTES = 24, NAME_BYTES = 16 };
enum { FOLDER_MODE = 02770, FILE_MODE = 0640 };
enum { MIB = 1 << 20 };

static const char *const folders[] = {
    [AUDIO_PROMPT] = "prompt",
    [AUDIO_RECORDING] = "recording",
    [AUDIO_VOICEMAIL] = "voicemail",
};

struct str
audio_token(struct pool *pool)
{
	return crypto_token(pool, TOKEN_BYTES);
}

static struct str
path_of(struct pool *pool, const struct conf *conf, enum audio_kind kind,
    uint64_t organization, struct str name)
{
	struct str root = conf_path(pool, conf, "var_dir", "/var/lib/opbx");

	return pool_printf(pool, "%.*s/audio/%llu/%s/%.*s", PSTR(root),
	    (unsigned long long)organization, folders[kind], PSTR(name));
}

struct str
audio_path_of_token(struct pool *pool, const struct conf *conf,
    enum audio_kind kind, uint64_t organization, struct str token)
{
	unsigned char hash[CRYPTO_HASH];

	/* Who sees the folder does not know the address. */
	crypto_sha256(token, hash);
	return path_of(
	    pool, conf, kind, organization, crypto_hex(pool, hash, NAME_BYTES));
}

struct str
audio_path_of_row(struct pool *pool, const struct conf *conf,
    enum audio_kind kind, uint64_t organization, uint64_t id)
{
	return path_of(pool, conf, kind, organization,
	    pool_printf(pool, "%llu", (unsigned long long)id));
}

static struct err *
cannot(struct pool *pool, const char *what, struct str path)
{
	return err_unavailable(
	    pool, "cannot %s %.*s: %s", what, PSTR(path), strerror(errno));
}

static struct str
folder_of(struct pool *pool, struct str path)
{
	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	return pool_copy(pool, str_cut(path, 0, path.n > 1 ? path.n - 1 : 1));
}

/* A new entry of a folder lasts only when the folder is on the disk, too. */
static struct err *
sync_folder(struct pool *pool, struct str path)
{
	int fd = open(path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return done ? NULL : cannot(pool, "write", path);
}

/* The three below var_dir: audio, the organization's, the kind's. */
static struct err *
make_folders(struct pool *pool, struct str path)
{
	struct str inner = folder_of(pool, path);
	struct str middle = folder_of(pool, inner);
	struct str each[] = {folder_of(pool, middle), middle, inner};

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		if (mkdir(each[i].p, 0700) != 0) {
			if (errno == EEXIST)
				continue;
			return cannot(pool, "make", each[i]);
		}
		/* Whatever the umask: others of our group write here. */
		if (chmod(each[i].p, FOLDER_MODE) != 0)
			return cannot(pool, "open", each[i]);
		TRY(sync_folder(pool, folder_of(pool, each[i])));
	}
	return NULL;
}

static bool
write_whole(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t done = write(fd, bytes.p, bytes.n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes = str_cut(bytes, (size_t)done, bytes.n);
	}
	return true;
}

static void
drop(void *object)
{
	struct audio_draft *draft = object;

	if (draft->fd < 0)
		return;
	close(draft->fd);
	unlink(draft->name.p);
}

struct err *
audio_open(struct pool *pool, struct str path, struct audio_draft **out)
{
	struct audio_draft *draft = NEW(pool, struct audio_draft);

	*out = draft;
	draft->path = path;
	draft->name = pool_printf(pool, "%.*s.%.*s", PSTR(path),
	    PSTR(crypto_token(pool, NAME_BYTES)));
	TRY(make_folders(pool, path));
	draft->fd =
	    open(draft->name.p, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (draft->fd < 0)
		return cannot(pool, "make", draft->name);
	pool_own(pool, drop, draft);
	return NULL;
}

struct err *
audio_keep(struct pool *pool, struct audio_draft *draft)
{
	struct err *err = NULL;

	if (fchmod(draft->fd, FILE_MODE) != 0 || fsync(draft->fd) != 0 ||
	    rename(draft->name.p, draft->path.p) != 0)
		err = cannot(pool, "write", draft->path);
	if (err != NULL)
		unlink(draft->name.p);
	close(draft->fd);
	draft->fd = -1;
	TRY(err);
	return sync_folder(pool, folder_of(pool, draft->path));
}

struct err *
audio_write(struct pool *pool, struct str path, struct str bytes)
{
	struct audio_draft *draft;

	TRY(audio_open(pool, path, &draft));
	if (!write_whole(draft->fd, bytes))
		return cannot(pool, "write", path);
	return audio_keep(pool, draft);
}

void
audio_remove(struct str path)
{
	if (path.p != NULL)
		unlink(path.p);
}

struct err *
audio_check_storage(struct db *db, struct pool *pool, int64_t more)
{
	struct rows *rows;
	int64_t limit, used = 0;

	TRY(db_query(
	    db, "SELECT limit_storage_mb FROM organizations", NULL, 0, &rows));
	limit = rows->count > 0 ? rows_int(rows, 0, 0) : 0;
	if (limit == 0)
		return NULL;
	TRY(db_query(db,
	    "SELECT SUM(bytes) FROM prompts"
	    " UNION ALL SELECT SUM(bytes) FROM recordings"
	    " UNION ALL SELECT SUM(bytes) FROM voicemails",
	    NULL, 0, &rows));
	for (size_t i = 0; i < rows->count; i++)
		used += rows_int(rows, i, 0);
	if (used + more <= limit * MIB)
		return NULL;
	return err_new(pool, CONFLICT,
	    "The organization may store %lld MiB of audio. %lld KiB are left, "
	    "the file has %lld.",
	    (long long)limit,
	    (long long)(used < limit * MIB ? (limit * MIB - used) / 1024 : 0),
	    (long long)(more + 1023) / 1024);
}
