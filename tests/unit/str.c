#include "str.h"

#include <criterion/criterion.h>

Test(str, absent_and_empty_are_equal_but_not_the_same)
{
	cr_assert(str_equal(NO_STR, STR("")));
	cr_assert(str_is(NO_STR, ""));
	cr_assert_null(str_of(NULL).p);
	cr_assert_not_null(str_of("").p);
}

Test(str, equal_compares_every_byte)
{
	cr_assert(str_equal(STR("a\0b"), STR("a\0b")));
	cr_assert_not(str_equal(STR("a\0b"), STR("a\0c")));
	cr_assert_not(str_equal(STR("a"), STR("ab")));
	cr_assert_not(str_is(STR("A"), "a"));
}

Test(str, nocase_looks_behind_a_nul_and_only_at_ascii)
{
	cr_assert(str_is_nocase(STR("X-Request-ID"), "x-request-id"));
	cr_assert_not(str_equal_nocase(STR("a\0b"), STR("a\0c")));
	cr_assert_not(str_equal_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
	cr_assert_not(str_equal_nocase(STR("@"), STR("`")));
	cr_assert_not(str_equal_nocase(STR("["), STR("{")));
}

Test(str, compare_orders_by_unsigned_bytes_then_length)
{
	cr_assert_lt(str_compare(STR("a"), STR("b")), 0);
	cr_assert_lt(str_compare(STR("a"), STR("aa")), 0);
	cr_assert_gt(str_compare(STR("\xff"), STR("a")), 0);
	cr_assert_eq(str_compare(NO_STR, STR("")), 0);
}

Test(str, starts_and_ends)
{
	cr_assert(str_starts(STR("+1212"), STR("+1")));
	cr_assert(str_ends(STR("host_pin"), STR("pin")));
	cr_assert(str_starts(STR("x"), NO_STR));
	cr_assert_not(str_starts(STR("+"), STR("+1")));
	cr_assert_not(str_ends(STR("in"), STR("pin")));
	cr_assert_not(str_starts(NO_STR, STR("x")));
}

Test(str, find_and_cut_stay_inside)
{
	struct str s = STR("abc");

	cr_assert_eq(str_find(s, 'c'), 2);
	cr_assert_eq(str_find(s, 'x'), -1);
	cr_assert_eq(str_find(NO_STR, 'x'), -1);
	cr_assert(str_is(str_cut(s, 1, 99), "bc"));
	cr_assert_eq(str_cut(s, 9, 12).n, 0);
	cr_assert_eq(str_cut(s, 2, 1).n, 0);
	cr_assert_eq(str_cut(s, SIZE_MAX, SIZE_MAX).p, s.p + 3);
	cr_assert_null(str_cut(NO_STR, 0, 5).p);
}

Test(str, head_cuts_no_code_point_in_two)
{
	struct str s = STR("a\xc3\xa4\xf0\x9f\x98\x80z");

	cr_assert(str_is(str_head(s, 1), "a"));
	cr_assert(str_is(str_head(s, 2), "a"));
	cr_assert(str_is(str_head(s, 3), "a\xc3\xa4"));
	for (size_t n = 3; n < 7; n++)
		cr_assert_eq(str_head(s, n).n, 3);
	cr_assert_eq(str_head(s, 7).n, 7);
	cr_assert_eq(str_head(s, 99).n, s.n);
	cr_assert_eq(str_head(STR("\x80\x80\x80"), 2).n, 0);
}

Test(str, trim_takes_white_space_only)
{
	cr_assert(str_is(str_trim(STR(" \t\r\n a b \v\f")), "a b"));
	cr_assert_eq(str_trim(STR("   ")).n, 0);
	cr_assert_eq(str_trim(NO_STR).n, 0);
	/* U+00A0 is not ASCII. */
	cr_assert(str_is(str_trim(STR("\xc2\xa0x")), "\xc2\xa0x"));
}

Test(str, next_yields_every_piece_once)
{
	struct str rest = STR("a,,b,"), piece;
	static const char *const want[] = {"a", "", "b", ""};

	for (size_t i = 0; i < 4; i++) {
		cr_assert(str_next(&rest, ',', &piece));
		cr_assert(str_is(piece, want[i]));
	}
	cr_assert_not(str_next(&rest, ',', &piece));
	cr_assert_null(rest.p);
	rest = STR("");
	cr_assert(str_next(&rest, ',', &piece));
	cr_assert_not(str_next(&rest, ',', &piece));
}

Test(str, to_int_takes_whole_numbers_within_limits)
{
	int64_t n = 0;

	cr_assert(
	    str_to_int(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &n));
	cr_assert_eq(n, INT64_MIN);
	cr_assert(
	    str_to_int(STR("9223372036854775807"), INT64_MIN, INT64_MAX, &n));
	cr_assert_eq(n, INT64_MAX);
	cr_assert(str_to_int(STR("007"), 0, 9, &n));
	cr_assert_eq(n, 7);
}

Test(str, to_int_refuses_the_rest_and_leaves_out_alone)
{
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "1.0",
	    "1e3", "0x10", "--1", "9223372036854775808", "-9223372036854775809",
	    "99999999999999999999", "\xd9\xa1", "1-"};
	int64_t n = 42;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_not(
		    str_to_int(str_of(bad[i]), INT64_MIN, INT64_MAX, &n), "%s",
		    bad[i]);
	cr_assert_not(str_to_int(STR("1\0"), 0, 99, &n));
	cr_assert_not(str_to_int(NO_STR, 0, 99, &n));
	cr_assert_not(str_to_int(STR("5"), 6, 9, &n));
	cr_assert_not(str_to_int(STR("10"), 6, 9, &n));
	cr_assert_eq(n, 42);
}

Test(str, utf8_takes_every_length_of_sequence)
{
	cr_assert(str_is_utf8(NO_STR));
	cr_assert(str_is_utf8(STR("a\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f"
				  "\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80"
				  "\x80\xf4\x8f\xbf\xbf")));
	cr_assert_eq(
	    str_length(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
}

Test(str, utf8_refuses_what_rfc_3629_refuses)
{
	static const struct str bad[] = {
	    {"\0", 1},               /* U+0000 */
	    {"abc\0def", 7},         /* inside */
	    {"\x80", 1},             /* a continuation alone */
	    {"\xc0\x80", 2},         /* overlong U+0000 */
	    {"\xc1\xbf", 2},         /* overlong U+007F */
	    {"\xe0\x9f\xbf", 3},     /* overlong U+07FF */
	    {"\xf0\x8f\xbf\xbf", 4}, /* overlong U+FFFF */
	    {"\xed\xa0\x80", 3},     /* U+D800 */
	    {"\xed\xbf\xbf", 3},     /* U+DFFF */
	    {"\xf4\x90\x80\x80", 4}, /* U+110000 */
	    {"\xf5\x80\x80\x80", 4},
	    {"\xff", 1},
	    {"\xc3", 1},
	    {"\xe2\x82", 2},
	    {"\xf0\x9f\x98", 3},
	    {"\xc3\x28", 2},
	    {"\xe2\x28\xa1", 3},
	    {"\xe2\x82\x28", 3},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_not(str_is_utf8(bad[i]), "number %zu", i);
}

Test(str, digits_are_ascii_and_at_least_one)
{
	cr_assert(str_is_digits(STR("0123456789")));
	cr_assert_not(str_is_digits(STR("")));
	cr_assert_not(str_is_digits(NO_STR));
	cr_assert_not(str_is_digits(STR("12a")));
	cr_assert_not(str_is_digits(STR("-1")));
	cr_assert_not(str_is_digits(STR("\xd9\xa1")));
}

Test(str, hash_spreads_over_the_low_bits)
{
	size_t hits[16] = {0};
	char text[] = "10000";

	for (int i = 0; i < 1600; i++) {
		text[1] = (char)('0' + i / 1000);
		text[2] = (char)('0' + i / 100 % 10);
		text[3] = (char)('0' + i / 10 % 10);
		text[4] = (char)('0' + i % 10);
		hits[str_hash(str_of(text)) % 16]++;
	}
	for (size_t i = 0; i < 16; i++)
		cr_assert(hits[i] > 50 && hits[i] < 150);
	cr_assert_eq(str_hash(NO_STR), str_hash(STR("")));
}
