/* One-time codes by time: RFC 6238's own examples, and what is refused. */
#include "totp.h"

#include "crypto.h"

#include <criterion/criterion.h>

static struct pool *pool;
/* Appendix B of RFC 6238: "12345678901234567890", the last six digits. */
static const struct str seed = {"12345678901234567890", 20};

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

TestSuite(totp, .init = setup, .fini = teardown);

static const struct {
	int64_t second;
	const char *code;
} examples[] = {
    {59, "287082"},
    {1111111109, "081804"},
    {1111111111, "050471"},
    {1234567890, "005924"},
    {2000000000, "279037"},
    {20000000000, "353130"},
};

Test(totp, the_examples_of_the_standard)
{
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		uint64_t step = 0;

		cr_assert(totp_check(seed, str_of(examples[i].code),
		    examples[i].second * 1000, 0, &step));
		cr_assert_eq(step, (uint64_t)examples[i].second / 30);
	}
}

Test(totp, one_step_off_is_near_enough_and_two_are_not)
{
	const int64_t at = (int64_t)1111111109 / 30 * 30 * 1000;
	const struct str code = STR("081804");
	uint64_t step = 0;

	cr_assert(totp_check(seed, code, at - 1, 0, &step));
	cr_assert_eq(step, 1111111109 / 30);
	cr_assert(totp_check(seed, code, at - 30000, 0, &step));
	cr_assert(totp_check(seed, code, at + 59999, 0, &step));
	cr_assert_not(totp_check(seed, code, at - 30001, 0, &step));
	cr_assert_not(totp_check(seed, code, at + 60000, 0, &step));
}

Test(totp, a_step_is_accepted_once)
{
	const int64_t now = 1111111109000;
	const uint64_t at = 1111111109 / 30;
	uint64_t step = 0;

	cr_assert(totp_check(seed, STR("081804"), now, at - 1, &step));
	cr_assert_not(totp_check(seed, STR("081804"), now, at, &step));
	cr_assert_not(totp_check(seed, STR("081804"), now, at + 1, &step));
	cr_assert_not(totp_check(seed, STR("081804"), now, UINT64_MAX, &step));
}

Test(totp, what_is_no_code)
{
	static const char *const bad[] = {"", "08180", "0818040", "081805",
	    "O81804", "-81804", " 81804", "81804 ", "081804\n",
	    "\xd9\xa0\x38\x31\x38\x30"};
	const int64_t now = 1111111109000;
	uint64_t step = 0;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_not(totp_check(seed, str_of(bad[i]), now, 0, &step),
		    "%s", bad[i]);
	cr_assert_not(totp_check(seed, NO_STR, now, 0, &step));
	cr_assert_not(totp_check(NO_STR, STR("081804"), now, 0, &step));
	cr_assert_not(totp_check(STR(""), STR("081804"), now, 0, &step));
	cr_assert_not(totp_check(
	    STR("12345678901234567891"), STR("081804"), now, 0, &step));
	cr_assert_not(totp_check(seed, STR("081804"), -1, 0, &step));
	cr_assert_not(totp_check(seed, STR("755224"), 0, 0, &step),
	    "step 0 was never free");
}

/* RFC 4648, section 10, less the padding. */
Test(totp, base32)
{
	static const char *const pairs[][2] = {{"", ""}, {"f", "MY"},
	    {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"},
	    {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		cr_assert(
		    str_is(totp_base32(pool, str_of(pairs[i][0])), pairs[i][1]),
		    "%s", pairs[i][0]);
	cr_assert(str_is(
	    totp_base32(pool, seed), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
	cr_assert(
	    str_is(totp_base32(pool, STR("\xff\xff\xff\xff\xff")), "77777777"));
}

Test(totp, an_address_is_escaped_in_the_uri)
{
	struct str uri = totp_uri(pool, seed, STR("a&b=c?@x.example"));

	cr_assert(
	    str_is(uri, "otpauth://totp/OpBX:a%26b%3Dc%3F%40x.example?secret="
			"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=OpBX"
			"&algorithm=SHA1&digits=6&period=30"),
	    "%.*s", PSTR(uri));
}

Test(totp, seeds_are_random)
{
	struct str a = totp_seed(pool), b = totp_seed(pool);

	cr_assert_eq(a.n, TOTP_SEED);
	cr_assert_not(str_equal(a, b));
}
