/* What is a good password, and what it costs to try one. */
#include "password.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
setup(void)
{
	crypto_start();
	pool = pool_new();
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(password, .init = setup, .fini = teardown);

static const char *
complaint(const char *password)
{
	struct complaints all = {pool, NULL, NULL};

	password_check(&all, STR("password"), str_of(password),
	    STR("ann.example@acme.example"));
	if (all.first == NULL)
		return "";
	cr_assert(str_is(all.first->field, "password"));
	cr_assert_null(all.first->next);
	return all.first->text.p;
}

static struct str
many(const char *character, int times)
{
	struct str text = STR("");

	while (times-- > 0)
		text = pool_printf(pool, "%.*s%s", PSTR(text), character);
	return text;
}

Test(password, bounds)
{
	cr_assert_str_empty(complaint("correct horse"));
	cr_assert_str_empty(complaint("10charactr"));
	cr_assert_str_not_empty(complaint("9charactr"));
	cr_assert_str_not_empty(complaint(""));
	/* Characters, not bytes. */
	cr_assert_str_empty(complaint("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"
				      "abcdef"));
	cr_assert_str_not_empty(complaint("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"
					  "abcde"));
	cr_assert_str_empty(
	    complaint(pool_printf(pool, "abcd%.*s", PSTR(many("x", 196))).p));
	cr_assert_str_not_empty(
	    complaint(pool_printf(pool, "abcd%.*s", PSTR(many("x", 197))).p));
}

Test(password, what_everybody_tries_first)
{
	static const char *const bad[] = {"1234567890", "Password123",
	    "QWERTYUIOP", "aaaaaaaaaa", "1212121212", "abcabcabcabc",
	    "ann.example@acme.example", "ANN.Example@acme.example",
	    "ann.example", "Ann.Example"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_str_not_empty(complaint(bad[i]), "%s", bad[i]);
	cr_assert_str_empty(complaint("ann.example1"));
	cr_assert_str_empty(complaint("1234567890x!"));
}

Test(password, nobody_has_no_password)
{
	struct str hash = crypto_password_hash(pool, STR("a password"), true);

	cr_assert(password_verify(hash, STR("a password"), true));
	cr_assert(password_verify(hash, STR("a password"), false));
	cr_assert_not(password_verify(hash, STR("A password"), true));
	cr_assert_not(password_verify(hash, STR(""), true));
	cr_assert_not(password_verify(NO_STR, STR("a password"), true));
	cr_assert_not(password_verify(NO_STR, STR(""), true));
	cr_assert_not(password_verify(STR(""), NO_STR, false));
}
