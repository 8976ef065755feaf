#include "clock.h"

#include <criterion/criterion.h>
#include <stdlib.h>

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

TestSuite(clock, .init = begin, .fini = end);

Test(clock, stops_where_the_environment_says)
{
	int64_t instant;

	setenv("OPBX_CLOCK", "2026-12-25T08:59:59.5-05:00", 1);
	instant = clock_now();
	cr_assert_str_eq(
	    clock_print(pool, instant).p, "2026-12-25T13:59:59.500Z");
	cr_assert_eq(clock_now(), instant);
	cr_assert_gt(clock_monotonic(), 0);
}

Test(clock, runs_when_it_is_not_stopped)
{
	unsetenv("OPBX_CLOCK");
	cr_assert_gt(clock_now(), INT64_C(1700000000000));
}

Test(clock, will_not_start_at_a_wrong_time, .exit_code = EXIT_FAILURE)
{
	setenv("OPBX_CLOCK", "yesterday", 1);
	(void)clock_now();
}

Test(clock, monotonic_never_goes_back)
{
	int64_t last = clock_monotonic();

	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_monotonic();

		cr_assert_geq(now, last);
		last = now;
	}
}

Test(clock, prints_rfc_3339)
{
	static const struct {
		int64_t instant;
		const char *text;
	} cases[] = {
	    {0, "1970-01-01T00:00:00Z"},
	    {1, "1970-01-01T00:00:00.001Z"},
	    {-1, "1969-12-31T23:59:59.999Z"},
	    {-86400000, "1969-12-31T00:00:00Z"},
	    {INT64_C(951782400000), "2000-02-29T00:00:00Z"},
	    {INT64_C(4107542400000), "2100-03-01T00:00:00Z"},
	    {INT64_C(1795363200123), "2026-11-22T16:00:00.123Z"},
	    {INT64_MIN, "0000-01-01T00:00:00Z"},
	    {INT64_MAX, "9999-12-31T23:59:59.999Z"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[CLOCK_TEXT];

		cr_assert_str_eq(
		    clock_print(pool, cases[i].instant).p, cases[i].text);
		cr_assert_eq(
		    clock_write(cases[i].instant, text), strlen(cases[i].text));
		cr_assert_str_eq(text, cases[i].text);
	}
}

Test(clock, parses_what_rfc_3339_allows)
{
	static const struct {
		const char *text, *same;
	} cases[] = {
	    {"2026-11-22T15:56:38.123Z", "2026-11-22T15:56:38.123Z"},
	    {"2026-11-22t15:56:38z", "2026-11-22T15:56:38Z"},
	    {"2026-11-22 15:56", "2026-11-22T15:56:00Z"},
	    {"2026-11-22 15:56:01", "2026-11-22T15:56:01Z"},
	    {"2026-11-22T15:56:38.1239999999999999999999Z",
		"2026-11-22T15:56:38.123Z"},
	    {"2026-11-22T15:56:38.5+05:30", "2026-11-22T10:26:38.500Z"},
	    {"2026-01-01T00:00:00+00:01", "2025-12-31T23:59:00Z"},
	    {"2025-12-31T23:30-01:00", "2026-01-01T00:30:00Z"},
	    {"2026-11-22T15:56:38-00:00", "2026-11-22T15:56:38Z"},
	    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
	    {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
	    {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
	    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
	    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
	    {"2016-12-31T18:59:60.5-05:00", "2017-01-01T00:00:00.500Z"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t instant = 0;

		cr_assert(clock_parse(str_of(cases[i].text), &instant), "%s",
		    cases[i].text);
		cr_assert_str_eq(clock_print(pool, instant).p, cases[i].same);
	}
}

Test(clock, refuses_everything_else)
{
	static const char *const bad[] = {"", "2026", "2026-11-22",
	    "2026-11-22T", "2026-11-22T15",
	    "2026-11-22T15:56:", "2026-11-22T15:56:38.", "2026-11-22T15:56.5Z",
	    "2026-11-22T15:56:38,5Z", "2026-11-22T24:00:00Z",
	    "2026-11-22T23:60:00Z", "2026-11-22T23:58:60Z",
	    "2026-11-22T12:59:60Z", "2026-11-22T23:59:61Z",
	    "2026-00-22T15:56:38Z", "2026-13-22T15:56:38Z",
	    "2026-11-00T15:56:38Z", "2026-11-31T15:56:38Z",
	    "2026-02-29T15:56:38Z", "2100-02-29T15:56:38Z",
	    "2026-1-22T15:56:38Z", "26-11-22T15:56:38Z",
	    "+2026-11-22T15:56:38Z", "-026-11-22T15:56:38Z",
	    "12026-11-22T15:56:38Z", "2026/11/22T15:56:38Z",
	    "2026-11-22_15:56:38Z", "2026-11-22T15:56:38ZZ",
	    "2026-11-22T15:56:38 Z", " 2026-11-22T15:56:38Z",
	    "2026-11-22T15:56:38Z ", "2026-11-22T15:56:38+5:00",
	    "2026-11-22T15:56:38+0500", "2026-11-22T15:56:38+05",
	    "2026-11-22T15:56:38+24:00", "2026-11-22T15:56:38+05:60",
	    "2026-11-22T15:56:38 05:00", "2026-11-22T15:56:38+05:00Z",
	    "2026-11-22T15:56:38Z+05:00", "1795363200"};
	int64_t instant = 42;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_not(
		    clock_parse(str_of(bad[i]), &instant), "%s", bad[i]);
	cr_assert_not(clock_parse(NO_STR, &instant));
	cr_assert_not(clock_parse(STR("2026-11-22T15:56:38\0"), &instant));
	cr_assert_not(clock_parse(STR("2026-11-22\0"
				      "15:56:38"),
	    &instant));
	cr_assert_eq(instant, 42);
}

Test(clock, every_day_of_eight_centuries_comes_once)
{
	int64_t days = clock_days(1600, 1, 1);

	cr_assert_eq(clock_days(1970, 1, 1), 0);
	cr_assert_eq(clock_days(2000, 3, 1) - clock_days(2000, 2, 28), 2);
	cr_assert_eq(clock_days(1900, 3, 1) - clock_days(1900, 2, 28), 1);
	for (int i = 0, before = 0; i < 800 * 366; i++, days++) {
		int year, month, day, number;

		clock_date(days, &year, &month, &day);
		number = (year * 100 + month) * 100 + day;
		cr_assert_gt(number, before);
		before = number;
		cr_assert_eq(clock_days(year, month, day), days);
	}
}
