#include "spool.h"

#include "clock.h"
#include "crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	SUM = 8,          /* bytes of the SHA-256 */
	HEAD = 4 + SUM,   /* length, little end first; sum */
	GROWN = 4 << 20,  /* bytes; then another file is begun */
	FRAME = 64 << 20, /* bytes; a longer one is damage */
	NAME = 80,        /* bytes of a file's name */
	FOLDER_MODE = 0770,
	FILE_MODE = 0660,
	RETRY = 5, /* seconds */
};

#define SPOOL_BYTES (INT64_C(1) << 30)
#define SPOOL_LEAST (INT64_C(64) << 10)
#define SPOOL_MOST (INT64_C(1) << 50)

struct spool {
	struct str folder;
	int64_t most;
	int fd; /* the file of this process; -1: none */
	char name[NAME];
	int64_t size;
	unsigned number;
	bool named; /* the folder with the file's name is on the disk */
};

static void
let_go(struct spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}

static void
destroy(void *object)
{
	let_go(object);
}

struct spool *
spool_new(struct pool *process, const struct conf *conf)
{
	struct spool *spool = NEW(process, struct spool);
	struct str var = conf_path(process, conf, "var_dir", "/var/lib/opbx");

	spool->folder = pool_printf(process, "%.*s/spool", PSTR(var));
	spool->most =
	    conf_int(conf, "spool.bytes", SPOOL_BYTES, SPOOL_LEAST, SPOOL_MOST);
	spool->fd = -1;
	pool_own(process, destroy, spool);
	return spool;
}

static struct err *
cannot(struct pool *pool, const char *verb, struct str what)
{
	struct err *err = err_unavailable(pool, "spool: cannot %s %.*s: %s",
	    verb, PSTR(what), strerror(errno));

	err->retry_after = RETRY;
	return err;
}

static struct str
path_of(const struct spool *spool, struct pool *pool, struct str name)
{
	return pool_printf(pool, "%.*s/%.*s", PSTR(spool->folder), PSTR(name));
}

bool
spool_waits(const char *name)
{
	return name[0] != '.' && str_ends(str_of(name), STR(".spool"));
}

int64_t
spool_size(const struct spool *spool)
{
	DIR *dir = opendir(spool->folder.p);
	const struct dirent *entry;
	struct stat is;
	int64_t size = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' &&
		    fstatat(dirfd(dir), entry->d_name, &is, 0) == 0)
			size += is.st_size;
	closedir(dir);
	return size;
}

/* -- Writing -------------------------------------------------------------- */

static struct err *
sync_folder(struct pool *pool, struct str path)
{
	int fd = open(path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err *err = NULL;

	if (fd < 0)
		return cannot(pool, "open", path);
	if (fsync(fd) != 0)
		err = cannot(pool, "write", path);
	close(fd);
	return err;
}

static struct err *
make_folder(const struct spool *spool, struct pool *pool)
{
	ptrdiff_t slash = (ptrdiff_t)spool->folder.n - 1;

	if (mkdir(spool->folder.p, FOLDER_MODE) != 0)
		return errno == EEXIST ? NULL
				       : cannot(pool, "make", spool->folder);
	/* Whatever the umask: others of our group write here. */
	if (chmod(spool->folder.p, FOLDER_MODE) != 0)
		return cannot(pool, "open", spool->folder);
	while (spool->folder.p[slash] != '/')
		slash--;
	return sync_folder(
	    pool, pool_copy(pool, str_cut(spool->folder, 0, (size_t)slash)));
}

static struct err *
full(const struct spool *spool, struct pool *pool)
{
	struct err *err = err_unavailable(
	    pool, "spool: %.*s has reached spool.bytes", PSTR(spool->folder));

	err->retry_after = RETRY;
	return err;
}

/* A file that is there after a crash, locked, and empty. */
static struct err *
begin(struct spool *spool, struct pool *pool)
{
	struct str name;
	struct err *err;

	let_go(spool);
	TRY(make_folder(spool, pool));
	spool->size = 0;
	snprintf(spool->name, sizeof spool->name, "%015lld-%ld-%06u.spool",
	    (long long)clock_now(), (long)getpid(), spool->number++ % 1000000);
	name = path_of(spool, pool, str_of(spool->name));
	spool->fd = open(name.p,
	    O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (spool->fd < 0)
		return cannot(pool, "make", name);
	spool->named = false;
	if (flock(spool->fd, LOCK_EX | LOCK_NB) == 0)
		return NULL;
	err = cannot(pool, "lock", name);
	let_go(spool);
	return err;
}

/* A full disk must not fill with files of nothing besides. */
static void
give_up(struct spool *spool, struct pool *pool)
{
	if (spool->size == 0)
		unlink(path_of(spool, pool, str_of(spool->name)).p);
	let_go(spool);
}

/* What the folder does not know after a crash was not kept. */
static struct err *
keep_name(struct spool *spool, struct pool *pool)
{
	struct err *err;

	if (spool->named)
		return NULL;
	err = sync_folder(pool, spool->folder);
	if (err != NULL)
		give_up(spool, pool);
	spool->named = err == NULL;
	return err;
}

/* The reader may have taken it away, or put it aside. */
static bool
is_there(const struct spool *spool, struct pool *pool)
{
	struct stat ours, there;

	return fstat(spool->fd, &ours) == 0 &&
	       stat(path_of(spool, pool, str_of(spool->name)).p, &there) == 0 &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

/* Our file is locked and has room for so much. */
static struct err *
hold(struct spool *spool, struct pool *pool, int64_t bytes)
{
	/* Others write to theirs meanwhile. */
	if (spool_size(spool) + bytes > spool->most)
		return full(spool, pool);
	if (spool->fd >= 0 && spool->size < GROWN &&
	    flock(spool->fd, LOCK_EX | LOCK_NB) == 0 && is_there(spool, pool))
		return NULL;
	return begin(spool, pool);
}

static bool
write_all(int fd, struct iovec *parts, int count)
{
	while (count > 0) {
		ssize_t done = writev(fd, parts, count > 64 ? 64 : count);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		while (count > 0 && (size_t)done >= parts->iov_len) {
			done -= (ssize_t)parts->iov_len;
			parts++;
			count--;
		}
		if (count > 0) {
			parts->iov_base = (char *)parts->iov_base + done;
			parts->iov_len -= (size_t)done;
		}
	}
	return true;
}

static void
write_head(unsigned char head[HEAD], struct str frame)
{
	unsigned char hash[CRYPTO_HASH];

	for (int i = 0; i < 4; i++)
		head[i] = (unsigned char)(frame.n >> 8 * i);
	crypto_sha256(frame, hash);
	memcpy(head + 4, hash, SUM);
}

static struct err *
append(struct spool *spool, struct pool *pool, const struct str *frames,
    size_t count, bool wait)
{
	struct iovec *parts = NEW_ARRAY(pool, struct iovec, 2 * count);
	unsigned char *heads = pool_alloc(pool, HEAD * count);
	int64_t bytes = 0;
	struct err *err;

	for (size_t i = 0; i < count; i++) {
		unsigned char *head = heads + HEAD * i;

		bytes += (int64_t)frames[i].n + HEAD;
		write_head(head, frames[i]);
		parts[2 * i] = (struct iovec){head, HEAD};
		parts[2 * i + 1] =
		    (struct iovec){(void *)(uintptr_t)frames[i].p, frames[i].n};
	}
	if (write_all(spool->fd, parts, (int)(2 * count)) &&
	    (!wait || fdatasync(spool->fd) == 0)) {
		spool->size += bytes;
		return NULL;
	}
	/*
	 * Not acknowledged, so it must not be read either.  What the kernel
	 * has after a failed fsync nobody knows: this file is not used again.
	 */
	err = cannot(pool, "write", spool->folder);
	if (ftruncate(spool->fd, spool->size) != 0 || fdatasync(spool->fd) != 0)
		err->cause = pool_printf(pool, "%.*s; nor cut it off: %s",
		    PSTR(err->cause), strerror(errno));
	give_up(spool, pool);
	return err;
}

struct err *
spool_put(struct spool *spool, struct pool *pool, const struct str *frames,
    size_t count)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += (int64_t)frames[i].n + HEAD;
	TRY(hold(spool, pool, bytes));
	TRY(keep_name(spool, pool));
	TRY(append(spool, pool, frames, count, true));
	flock(spool->fd, LOCK_UN);
	return NULL;
}

struct err *
spool_add(struct spool *spool, struct pool *pool, struct str frame)
{
	int64_t bytes = (int64_t)frame.n + HEAD;

	TRY(hold(spool, pool, bytes));
	if (spool_size(spool) + bytes > spool->most / 2) {
		flock(spool->fd, LOCK_UN);
		return full(spool, pool);
	}
	TRY(append(spool, pool, &frame, 1, false));
	flock(spool->fd, LOCK_UN);
	return NULL;
}

/* -- Reading -------------------------------------------------------------- */

/* The first name, of those behind `after`; absent when there is none. */
static struct str
next_name(const struct spool *spool, struct pool *pool, struct str after)
{
	DIR *dir = opendir(spool->folder.p);
	const struct dirent *entry;
	char first[NAME] = "";

	if (dir == NULL)
		return NO_STR;
	while ((entry = readdir(dir)) != NULL) {
		struct str name = str_of(entry->d_name);

		if (spool_waits(entry->d_name) && name.n < NAME &&
		    str_compare(name, after) > 0 &&
		    (first[0] == '\0' || str_compare(name, str_of(first)) < 0))
			memcpy(first, name.p, name.n + 1);
	}
	closedir(dir);
	return first[0] == '\0' ? NO_STR : pool_copy(pool, str_of(first));
}

int64_t
spool_since(const struct spool *spool, struct pool *pool)
{
	struct str name = next_name(spool, pool, STR("")), begun;
	int64_t instant;

	return name.p != NULL && str_next(&name, '-', &begun) &&
		       str_to_int(begun, 0, INT64_MAX, &instant)
		   ? instant
		   : 0;
}

static struct err *
read_whole(int fd, struct pool *pool, struct str name, struct str *text)
{
	struct stat is;
	char *bytes;
	size_t have = 0;

	if (fstat(fd, &is) != 0)
		return cannot(pool, "read", name);
	bytes = pool_alloc(pool, (size_t)is.st_size + 1);
	while (have < (size_t)is.st_size) {
		ssize_t n = pread(
		    fd, bytes + have, (size_t)is.st_size - have, (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot(pool, "read", name);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	*text = (struct str){bytes, have};
	return NULL;
}

/* The frame that `text` begins with; false when it is not whole. */
static bool
next_frame(struct str *text, struct str *frame, bool *damaged)
{
	const unsigned char *head = (const unsigned char *)text->p;
	unsigned char hash[CRYPTO_HASH];
	size_t n = 0;

	if (text->n < HEAD)
		return false;
	for (int i = 0; i < 4; i++)
		n |= (size_t)head[i] << 8 * i;
	*damaged = n > FRAME;
	if (n > text->n - HEAD)
		return false;
	*frame = str_cut(*text, HEAD, HEAD + n);
	crypto_sha256(*frame, hash);
	*damaged = memcmp(head + 4, hash, SUM) != 0;
	if (*damaged)
		return false;
	*text = str_cut(*text, HEAD + n, text->n);
	return true;
}

static void
read_frames(struct pool *pool, struct str text, struct spool_file *file)
{
	struct str rest = text, frame;
	size_t count = 0;

	while (next_frame(&rest, &frame, &file->damaged))
		count++;
	file->frames = NEW_ARRAY(pool, struct str, count + 1);
	while (next_frame(&text, &frame, &file->damaged))
		file->frames[file->count++] = frame;
}

/* False when it is somebody's, or gone. */
static bool
lock(struct spool_file *file, struct str path)
{
	struct stat is;

	file->fd = open(path.p, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0)
		return false;
	if (flock(file->fd, LOCK_EX | LOCK_NB) == 0 &&
	    fstat(file->fd, &is) == 0 && is.st_nlink > 0)
		return true;
	spool_leave(file);
	return false;
}

struct err *
spool_take(struct spool *spool, struct pool *pool, struct spool_file *file,
    bool *found)
{
	struct str text;
	struct err *err;

	*file = (struct spool_file){.fd = -1, .name = STR("")};
	*found = false;
	do {
		file->name = next_name(spool, pool, file->name);
		if (file->name.p == NULL)
			return NULL;
	} while (!lock(file, path_of(spool, pool, file->name)));
	err = read_whole(file->fd, pool, file->name, &text);
	if (err != NULL) {
		spool_leave(file);
		return err;
	}
	read_frames(pool, text, file);
	*found = true;
	return NULL;
}

struct err *
spool_done(struct spool *spool, struct pool *pool, struct spool_file *file)
{
	struct str path = path_of(spool, pool, file->name), aside;
	struct err *err = NULL;

	aside = pool_printf(pool, "%.*s.bad", PSTR(path));
	if (file->damaged ? rename(path.p, aside.p) != 0 : unlink(path.p) != 0)
		err = cannot(pool, "remove", file->name);
	spool_leave(file);
	return err;
}

void
spool_leave(struct spool_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
