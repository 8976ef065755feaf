#include "conf.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

static struct pool *pool;

static void
begin(void)
{
	pool = pool_new();
}

static void
end(void)
{
	pool_free(pool);
}

TestSuite(conf, .init = begin, .fini = end);

static const struct conf *
parsed(struct str text)
{
	const struct conf *conf = NULL;
	struct err *err =
	    conf_parse(pool, text, STR("/etc/x/opbx.conf"), &conf);

	cr_assert_null(err, "%s", err != NULL ? err->cause.p : "");
	return conf;
}

/* The cause names file and line. */
static void
refused(struct str text, const char *where)
{
	const struct conf *conf;
	struct err *err = conf_parse(pool, text, STR("/x.conf"), &conf);

	cr_assert_not_null(err, "taken: %.*s", PSTR(text));
	cr_assert_eq(
	    strncmp(err->cause.p, where, strlen(where)), 0, "%s", err->cause.p);
	cr_assert_null(strstr(err->message.p, "x.conf"));
}

Test(conf, reads_keys_and_values)
{
	const struct conf *conf = parsed(STR(
	    "# a comment\n\n  \t# another\nname = a value \r\n"
	    "db.accounts=one\n\tempty-1 =\npassword = #1 = \"2\"\nlast = x"));

	cr_assert_str_eq(conf_text(conf, "name", NULL).p, "a value");
	cr_assert(conf_is(conf, "db.accounts", "one"));
	cr_assert_not(conf_is(conf, "db.accounts", "One"));
	cr_assert_str_eq(conf_text(conf, "empty-1", "no").p, "");
	cr_assert_str_eq(conf_text(conf, "password", NULL).p, "#1 = \"2\"");
	cr_assert_str_eq(conf_text(conf, "last", NULL).p, "x");
	cr_assert_str_eq(conf_file(conf).p, "/etc/x/opbx.conf");
}

Test(conf, an_absent_key_has_the_value_that_the_caller_gives)
{
	const struct conf *conf = parsed(STR("b = 1\nd = 2\n"));
	static const char *const keys[] = {"a", "c", "e", "", "bb"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		cr_assert_str_eq(conf_text(conf, keys[i], "x").p, "x");
		cr_assert_null(conf_text(conf, keys[i], NULL).p);
		cr_assert_eq(conf_int(conf, keys[i], 99, 0, 5), 99);
		cr_assert_not(conf_is(conf, keys[i], "x"));
	}
	cr_assert_null(conf_text(parsed(NO_STR), "a", NULL).p);
}

Test(conf, says_which_line_is_wrong)
{
	refused(STR("a = 1\n\n# x\nnonsense\n"), "/x.conf:4: ");
	refused(STR("a b = 1"), "/x.conf:1: ");
	refused(STR("= 1"), "/x.conf:1: ");
	refused(STR("Name = 1"), "/x.conf:1: ");
	refused(STR("a/b = 1"), "/x.conf:1: ");
	refused(STR("[section]\na = 1"), "/x.conf:1: ");
	refused(STR("\xef\xbb\xbf"
		    "a = 1"),
	    "/x.conf:1: ");
	refused(STR("\xc3\xa4 = 1"), "/x.conf:1: ");
	refused(STR("ok = 1\na = \xff"), "/x.conf:2: ");
	refused(STR("ok = 1\na = b\0c"), "/x.conf:2: ");
	refused(STR("# \xff"), "/x.conf:1: ");
	refused(STR("\n\na = 1\r\rb\n\0"), "/x.conf:4: ");
}

Test(conf, a_key_comes_once)
{
	refused(STR("a = 1\nb = 2\n\na = 3\n"), "/x.conf:4: ");
	refused(STR("a =\na =\na =\n"), "/x.conf:2: ");
}

Test(conf, numbers_have_limits)
{
	const struct conf *conf = parsed(STR("n = 25\nm = -3\n"));

	cr_assert_eq(conf_int(conf, "n", 0, 1, 25), 25);
	cr_assert_eq(conf_int(conf, "m", 0, -3, 0), -3);
}

Test(conf, a_number_too_large_ends_the_process, .exit_code = EX_CONFIG)
{
	(void)conf_int(parsed(STR("n = 26")), "n", 1, 1, 25);
}

Test(conf, a_number_that_is_none_ends_the_process, .exit_code = EX_CONFIG)
{
	(void)conf_int(parsed(STR("n = 5s")), "n", 1, 1, 25);
}

Test(conf, an_empty_number_ends_the_process, .exit_code = EX_CONFIG)
{
	(void)conf_int(parsed(STR("n =")), "n", 1, 1, 25);
}

Test(conf, paths_are_relative_to_the_file)
{
	const struct conf *conf = parsed(STR("a = run/x\nb = /y\nc =\n"));

	cr_assert_str_eq(conf_path(pool, conf, "a", NULL).p, "/etc/x/run/x");
	cr_assert_str_eq(conf_path(pool, conf, "b", NULL).p, "/y");
	cr_assert_eq(conf_path(pool, conf, "c", "z").n, 0);
	cr_assert_str_eq(conf_path(pool, conf, "d", "z").p, "/etc/x/z");
	cr_assert_null(conf_path(pool, conf, "d", NULL).p);
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

Test(conf, the_file_comes_from_the_environment)
{
	char folder[] = "/tmp/opbx-conf-XXXXXX";
	const struct conf *conf;
	struct err *err;

	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	write_file("c", "a = b\np = q\n");
	setenv("OPBX_CONF", "c", 1);
	cr_assert_null(conf_load(pool, &conf));
	cr_assert_eq(chdir("/"), 0);
	cr_assert(conf_is(conf, "a", "b"));
	cr_assert_str_eq(conf_path(pool, conf, "p", NULL).p,
	    pool_printf(pool, "%s/q", folder).p);
	err = conf_read(pool, pool_printf(pool, "%s/none", folder).p, &conf);
	cr_assert_not_null(strstr(err->cause.p, "none"));
	err = conf_read(pool, folder, &conf);
	cr_assert_not_null(strstr(err->cause.p, folder));
	cr_assert_not_null(conf_read(pool, "/dev/zero", &conf));
	write_file(pool_printf(pool, "%s/c", folder).p, "a = b\nc\n");
	err = conf_read(pool, pool_printf(pool, "%s/c", folder).p, &conf);
	cr_assert_not_null(strstr(err->cause.p, "/c:2: "));
	unlink(pool_printf(pool, "%s/c", folder).p);
	rmdir(folder);
}
