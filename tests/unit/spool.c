#include "spool.h"

#include "buf.h"
#include "clock.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static struct pool *pool;
static struct spool *spool;

static struct spool *
open_spool(const char *more)
{
	const struct conf *conf;
	struct err *err =
	    conf_parse(pool, pool_printf(pool, "var_dir = .\n%s", more),
		pool_printf(pool, "%s/opbx.conf", folder), &conf);

	cr_assert_null(err);
	return spool_new(pool, conf);
}

static void
setup(void)
{
	snprintf(folder, sizeof folder, "/tmp/opbx-spool-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	pool = pool_new();
	spool = open_spool("");
}

static int
remove_it(const char *path, const struct stat *about, int kind, struct FTW *ftw)
{
	(void)about, (void)kind, (void)ftw;
	return remove(path);
}

static void
teardown(void)
{
	pool_free(pool);
	nftw(folder, remove_it, 16, FTW_DEPTH | FTW_PHYS);
}

TestSuite(spool, .init = setup, .fini = teardown, .timeout = 30);

static void
put(struct spool *into, const char *text)
{
	struct str frame = str_of(text);
	struct err *err = spool_put(into, pool, &frame, 1);

	cr_assert_null(err, "%s", err->cause.p);
}

/* All frames of all files that can be had, with a ' ' behind each. */
static struct str
drained(struct spool *from)
{
	struct buf all = buf_new(pool, 64);
	struct spool_file file;
	bool found;

	for (;;) {
		cr_assert_null(spool_take(from, pool, &file, &found));
		if (!found)
			return buf_str(&all);
		for (size_t i = 0; i < file.count; i++) {
			buf_add(&all, file.frames[i]);
			buf_add_char(&all, ' ');
		}
		cr_assert_null(spool_done(from, pool, &file));
	}
}

static void
holds(const char *expected)
{
	struct str all = drained(spool);

	cr_assert(str_is(all, expected), "\"%.*s\"", PSTR(all));
}

/* The files of a pattern; the first one's path, if there is one. */
static size_t
files(const char *pattern, struct str *first)
{
	glob_t found;
	size_t n;

	if (glob(pool_printf(pool, "%s/spool/%s", folder, pattern).p, 0, NULL,
		&found) != 0)
		return 0;
	n = found.gl_pathc;
	if (first != NULL)
		*first = pool_copy(pool, str_of(found.gl_pathv[0]));
	globfree(&found);
	return n;
}

Test(spool, nothing_is_made_before_it_is_needed)
{
	struct spool_file file;
	bool found = true;

	cr_assert_null(spool_take(spool, pool, &file, &found));
	cr_assert_not(found);
	cr_assert_eq(spool_size(spool), 0);
	cr_assert_eq(spool_since(spool, pool), 0);
	cr_assert_eq(files("*", NULL), 0);
}

Test(spool, gives_back_what_it_took_in_order)
{
	struct str many[] = {STR("b"), STR(""), STR("c\xff\n")};
	int64_t before = clock_now();

	put(spool, "a");
	cr_assert(spool_since(spool, pool) >= before &&
		  spool_since(spool, pool) <= clock_now());
	cr_assert_null(spool_put(spool, pool, many, 3));
	put(spool, "d");
	cr_assert_eq(files("*.spool", NULL), 1);
	cr_assert_gt(spool_size(spool), 5);
	holds("a b  c\xff\n d ");
	cr_assert_eq(files("*", NULL), 0);
	holds("");
}

Test(spool, bytes_of_every_kind_come_back)
{
	struct str zero = {"a\0b", 3};
	struct spool_file file;
	bool found;

	cr_assert_null(spool_put(spool, pool, &zero, 1));
	cr_assert_null(spool_take(spool, pool, &file, &found));
	cr_assert_eq(file.count, 1);
	cr_assert_eq(file.frames[0].n, 3);
	cr_assert_eq(memcmp(file.frames[0].p, "a\0b", 3), 0);
	spool_leave(&file);
}

Test(spool, a_file_that_is_left_is_there_again)
{
	struct spool_file file;
	bool found;

	put(spool, "a");
	cr_assert_null(spool_take(spool, pool, &file, &found));
	cr_assert(found);
	spool_leave(&file);
	holds("a ");
}

Test(spool, writing_goes_on_beside_a_reader)
{
	struct spool_file file, second;
	bool found;

	put(spool, "a");
	cr_assert_null(spool_take(spool, pool, &file, &found));
	put(spool, "b"); /* the first one is held */
	cr_assert_eq(files("*.spool", NULL), 2);
	cr_assert_null(spool_take(spool, pool, &second, &found));
	cr_assert(found);
	cr_assert(str_is(second.frames[0], "b"));
	spool_leave(&second);
	cr_assert_null(spool_done(spool, pool, &file));
	holds("b ");
	put(spool, "c"); /* the file it wrote to is gone */
	holds("c ");
}

Test(spool, a_large_file_is_followed_by_another)
{
	char *large = pool_alloc(pool, 1 << 20);
	struct str frame = {memset(large, 'x', 1 << 20), 1 << 20};

	for (int i = 0; i < 6; i++)
		cr_assert_null(spool_put(spool, pool, &frame, 1));
	cr_assert_eq(files("*.spool", NULL), 2);
	cr_assert_eq(drained(spool).n, 6 * ((1 << 20) + 1));
}

Test(spool, processes_have_files_of_their_own_and_the_oldest_is_first)
{
	struct spool *other = open_spool("");
	int status;

	put(spool, "a");
	usleep(2000);
	if (fork() == 0) {
		put(other, "b");
		_exit(0);
	}
	cr_assert_gt(wait(&status), 0);
	cr_assert_eq(status, 0);
	put(spool, "c");
	cr_assert_eq(files("*.spool", NULL), 2);
	holds("a c b ");
}

Test(spool, what_a_killed_process_left_unfinished_is_passed_over)
{
	struct str path;
	struct stat is;

	put(spool, "whole");
	put(spool, "torn frame");
	cr_assert_eq(files("*.spool", &path), 1);
	cr_assert_eq(stat(path.p, &is), 0);
	for (off_t cut = 1; cut < 22; cut++) {
		struct spool_file file;
		bool found;

		cr_assert_eq(truncate(path.p, is.st_size - cut), 0);
		cr_assert_null(spool_take(spool, pool, &file, &found));
		cr_assert(found);
		cr_assert_eq(file.count, 1, "%ld cut off", (long)cut);
		cr_assert(str_is(file.frames[0], "whole"));
		cr_assert_not(file.damaged, "%ld cut off", (long)cut);
		spool_leave(&file);
	}
	holds("whole ");
	cr_assert_eq(files("*", NULL), 0);
}

Test(spool, damage_is_kept_for_people)
{
	struct str path;
	int fd;

	put(spool, "first");
	put(spool, "second");
	cr_assert_eq(files("*.spool", &path), 1);
	fd = open(path.p, O_WRONLY);
	cr_assert_eq(pwrite(fd, "S", 1, 12 + 5 + 12), 1);
	close(fd);
	holds("first ");
	cr_assert_eq(files("*.spool", NULL), 0);
	cr_assert_eq(files("*.spool.bad", NULL), 1);
	put(spool, "third");
	holds("third ");
}

Test(spool, a_length_that_cannot_be_is_damage)
{
	struct str path;
	int fd;

	put(spool, "first");
	cr_assert_eq(files("*.spool", &path), 1);
	fd = open(path.p, O_WRONLY | O_APPEND);
	cr_assert_eq(write(fd, "\xff\xff\xff\xff________", 12), 12);
	close(fd);
	holds("first ");
	cr_assert_eq(files("*.spool.bad", NULL), 1);
}

Test(spool, files_of_others_are_none)
{
	struct str path;

	put(spool, "a");
	cr_assert_eq(files("*.spool", &path), 1);
	cr_assert_eq(rename(path.p, pool_printf(pool, "%s.bad", path.p).p), 0);
	holds("");
}

static void
refused(struct spool *by, const char *text)
{
	struct str frame = str_of(text);
	struct err *err = spool_put(by, pool, &frame, 1);

	cr_assert_not_null(err, "it took \"%.20s\"", text);
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_assert_gt(err->retry_after, 0);
}

static const char *
text_of(size_t n)
{
	return memset(pool_alloc(pool, n + 1), 'x', n);
}

Test(spool, its_size_has_an_end)
{
	struct spool *small = open_spool("spool.bytes = 65536\n");
	struct spool *other = open_spool("spool.bytes = 65536\n");

	put(small, text_of(40000));
	refused(small, text_of(40000));
	refused(other, text_of(40000)); /* all processes together */
	put(small, text_of(10000));
	for (int i = 0; i < 10; i++)
		refused(small, text_of(20000));
	cr_assert_leq(files("*", NULL), 3);
	cr_assert_eq(drained(small).n, 50002);
	put(small, text_of(40000));
	put(other, "a");
}

/* A disk that is full in the middle of a frame. */
Test(spool, a_full_disk_is_no_acknowledgement)
{
	struct rlimit limit = {30000, RLIM_INFINITY};

	signal(SIGXFSZ, SIG_IGN);
	put(spool, text_of(20000));
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	refused(spool, text_of(20000));
	put(spool, "short");
	for (int i = 0; i < 5; i++)
		refused(spool, text_of(40000));
	/* Nor is it filled with files of nothing. */
	cr_assert_eq(files("*", NULL), 2);
	limit.rlim_cur = RLIM_INFINITY;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	put(spool, "end");
	cr_assert_eq(drained(spool).n, 20001 + 6 + 4);
	cr_assert_eq(files("*.bad", NULL), 0);
}

Test(spool, all_frames_or_none)
{
	struct str frames[] = {STR("a"), {text_of(20000), 20000}, STR("b")};
	struct rlimit limit = {15000, RLIM_INFINITY};

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_assert_not_null(spool_put(spool, pool, frames, 3));
	limit.rlim_cur = RLIM_INFINITY;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	holds("");
}

Test(spool, a_folder_that_cannot_be_made)
{
	char path[80];
	int fd;

	snprintf(path, sizeof path, "%s/spool", folder);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	refused(spool, "a");
	holds("");
}
