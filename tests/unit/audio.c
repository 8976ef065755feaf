#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio.h"

static struct pool *pool;
static const struct conf *conf;
static char folder[] = "/tmp/opbx-audio-XXXXXX";

static void
make_folder(void)
{
	pool = pool_new();
	crypto_start();
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_null(conf_parse(pool, STR("var_dir = .\n"),
	    pool_printf(pool, "%s/opbx.conf", folder), &conf));
}

static int
remove_one(
    const char *path, const struct stat *stat_of, int kind, struct FTW *at)
{
	(void)stat_of;
	(void)kind;
	(void)at;
	return remove(path);
}

static void
free_folder(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	pool_free(pool);
}

TestSuite(audio, .init = make_folder, .fini = free_folder);

static struct str
read_back(struct str path)
{
	static char bytes[64];
	FILE *file = fopen(path.p, "rb");
	size_t n;

	if (file == NULL)
		return NO_STR;
	n = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	return (struct str){bytes, n};
}

static struct str
path_of_token(const char *token)
{
	return audio_path_of_token(pool, conf, AUDIO_PROMPT, 12, str_of(token));
}

Test(audio, paths_are_made_of_numbers_and_digests)
{
	struct str row = audio_path_of_row(pool, conf, AUDIO_RECORDING, 12, 7);
	struct str odd = path_of_token("../../../etc/passwd");

	cr_assert(str_ends(row, STR("/audio/12/recording/7")));
	cr_assert(str_starts(row, str_of(folder)));
	cr_assert(str_starts(odd, str_of(folder)));
	cr_assert_null(memmem(odd.p, odd.n, "..", 2));
	cr_assert_null(memmem(odd.p, odd.n, "passwd", 6));
	cr_assert(str_equal(odd, path_of_token("../../../etc/passwd")));
	cr_assert_not(str_equal(odd, path_of_token("../../../etc/passwe")));
	cr_assert_not(
	    str_equal(odd, audio_path_of_token(pool, conf, AUDIO_PROMPT, 13,
			       STR("../../../etc/passwd"))));
}

Test(audio, tokens_are_long_and_differ)
{
	struct str a = audio_token(pool), b = audio_token(pool);

	cr_assert_eq(a.n, 32);
	cr_assert_not(str_equal(a, b));
}

Test(audio, a_file_is_written_whole_and_for_its_group_alone)
{
	struct str path = path_of_token("a");
	struct stat stat_of;

	cr_assert_null(audio_write(pool, path, STR("sound\0more")));
	cr_assert(str_equal(read_back(path), STR("sound\0more")));
	cr_assert_eq(stat(path.p, &stat_of), 0);
	cr_assert_eq(stat_of.st_mode & 07777, 0640);
	cr_assert_null(audio_write(pool, path, STR("other")));
	cr_assert(str_equal(read_back(path), STR("other")));
	cr_assert_null(audio_write(pool, path_of_token("b"), STR("")));
	cr_assert_eq(read_back(path_of_token("b")).n, 0);
}

Test(audio, what_is_removed_is_gone_and_may_be_gone_before)
{
	struct str path = path_of_token("a");

	cr_assert_null(audio_write(pool, path, STR("x")));
	audio_remove(path);
	cr_assert_null(read_back(path).p);
	audio_remove(path);
	audio_remove(NO_STR);
}

Test(audio, a_disk_that_refuses_is_said)
{
	struct str path = path_of_token("a");
	struct str file = pool_printf(pool, "%s/audio", folder);
	FILE *there = fopen(file.p, "w");
	struct err *err;

	cr_assert_not_null(there);
	fclose(there);
	err = audio_write(pool, path, STR("x"));
	cr_assert_not_null(err);
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_assert_null(
	    memmem(err->message.p, err->message.n, folder, strlen(folder)));
}
