/*
 * Time zones: the same wall clock as libc in every zone, and no byte of a
 * zone file and no name does harm.
 */
#include "zone.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

static const int64_t LAST = INT64_C(4102444800); /* 2100-01-01 */

static struct pool *pool;

static void
setup(void)
{
	pool = pool_new();
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(zone, .init = setup, .fini = teardown);

static void
libc_zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static bool
same_as_libc(const struct zone *zone, int64_t second)
{
	struct local_time local = zone_local(zone, second * 1000);
	time_t time = (time_t)second;
	struct tm tm;

	localtime_r(&time, &tm);
	return local.year == tm.tm_year + 1900 &&
	       local.month == tm.tm_mon + 1 && local.day == tm.tm_mday &&
	       local.weekday == tm.tm_wday && local.hour == tm.tm_hour &&
	       local.minute == tm.tm_min && local.second == tm.tm_sec &&
	       local.offset == tm.tm_gmtoff;
}

static int64_t
wall_of(const struct local_time *local)
{
	return clock_days(local->year, local->month, local->day) * DAY +
	       local->hour * HOUR + local->minute * 60 + local->second;
}

/* A local time leads back to where it came from, or to its first coming. */
static bool
inverts(const struct zone *zone, int64_t second)
{
	struct local_time local = zone_local(zone, second * 1000), again;
	int64_t instant = zone_instant(zone, &local);

	again = zone_local(zone, instant);
	return instant % 1000 == 0 && instant <= second * 1000 &&
	       instant > (second - 25 * HOUR) * 1000 &&
	       wall_of(&again) == wall_of(&local);
}

/* Every quarter of an hour that the wall shows, skips or repeats there. */
static bool
instants_around(const struct zone *zone, int64_t at)
{
	int old = zone_local(zone, (at - 1) * 1000).offset;
	int new = zone_local(zone, at * 1000).offset;
	int low = old < new ? old : new, high = old < new ? new : old;

	for (int64_t wall = at + low - HOUR; wall < at + high + HOUR;
	     wall += 900) {
		int64_t want = wall - old < at    ? wall - old
			       : wall - new >= at ? wall - new
						  : at;
		struct local_time local = {.second = (int)(wall % DAY)};

		clock_date(wall / DAY, &local.year, &local.month, &local.day);
		if (zone_instant(zone, &local) != want * 1000)
			return false;
	}
	return true;
}

static void
compare_with_libc(const struct zone *zone, const char *name)
{
	uint64_t random = str_hash(str_of(name));
	int64_t last = LAST * 1000, change = 0;
	int changes = 0;

	for (int64_t t = 0; t < LAST; t += 20 * DAY) {
		int64_t second;

		random = random * UINT64_C(6364136223846793005) + 1;
		second = t + (int64_t)(random >> 33) % (20 * DAY);
		if (!same_as_libc(zone, second) || !inverts(zone, second))
			cr_assert_fail("%s at %lld", name, (long long)second);
	}
	while ((change = zone_next_change(zone, change)) < last) {
		int64_t second = change / 1000;

		changes++;
		if (!same_as_libc(zone, second - 1) ||
		    !same_as_libc(zone, second) ||
		    !same_as_libc(zone, second + 1) ||
		    !inverts(zone, second - 1) || !inverts(zone, second) ||
		    !instants_around(zone, second))
			cr_assert_fail(
			    "%s at change %lld", name, (long long)second);
	}
	cr_assert_lt(changes, 1000, "%s", name);
}

Test(zone, shows_what_libc_shows_in_every_zone, .timeout = 120)
{
	FILE *table = fopen("/usr/share/zoneinfo/zone.tab", "re");
	char line[512];
	int count = 0;

	cr_assert_not_null(table);
	while (fgets(line, sizeof line, table) != NULL) {
		struct str rest = str_trim(str_of(line)), name = NO_STR;
		const struct zone *zone;

		if (line[0] == '#')
			continue;
		for (int i = 0; i < 3; i++)
			cr_assert(str_next(&rest, '\t', &name));
		name = pool_copy(pool, name);
		zone = zone_load(name);
		cr_assert_not_null(zone, "%s", name.p);
		libc_zone(pool_printf(pool, ":%s", name.p).p);
		compare_with_libc(zone, name.p);
		count++;
	}
	fclose(table);
	cr_assert_gt(count, 400);
	cr_assert_not_null(zone_load(STR("UTC")));
}

/* A zone file that has no transitions, only a footer. */
static struct str
footer_file(const char *footer)
{
	static const char head[44] = "TZif3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				     "\0\0\0\1\0\0\0\1";
	static const char type[7] = {0};
	struct buf buf = buf_new(pool, 256);

	for (int i = 0; i < 2; i++) {
		buf_add(&buf, (struct str){head, sizeof head});
		buf_add(&buf, (struct str){type, sizeof type});
	}
	buf_printf(&buf, "\n%s\n", footer);
	return buf_str(&buf);
}

Test(zone, follows_every_kind_of_footer, .timeout = 60)
{
	static const char *const footers[] = {"UTC0", "EST5", "<+0545>-5:45",
	    "<-01>1<+00>,M3.5.0/0,M10.5.0/1", "EST5EDT,M3.2.0,M11.1.0",
	    "GMT0BST,M3.5.0/1,M10.5.0", "IST-1GMT0,M10.5.0,M3.5.0/1",
	    "CET-1CEST-2,J60/2,J300/3", "CET-1CEST,59/2,299/3",
	    "CET-1CEST,J59,J365/23", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
	    "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
	    "EET-2EEST,M3.4.4/50,M10.4.4/50", "IST-2IDT,M3.4.4/26,M10.5.0",
	    "NZST-12NZDT,M9.5.0,M4.1.0/3",
	    "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
	    "<-04>4<-03>,M9.1.6/24,M4.1.6/24", "AAA3BBB,7/0,J355/23:59:59",
	    "AAA-12:34:56BBB-14:01:02,M2.5.3/+12:34:56,M8.4.6/0:0:1"};

	for (size_t i = 0; i < sizeof footers / sizeof *footers; i++) {
		const struct zone *zone;

		cr_assert_null(zone_parse(pool, footer_file(footers[i]), &zone),
		    "%s", footers[i]);
		libc_zone(footers[i]);
		compare_with_libc(zone, footers[i]);
	}
}

/* RFC 9636 section 3.3.1: so a footer says "daylight time all year". */
Test(zone, keeps_daylight_time_all_year)
{
	const struct zone *zone;

	cr_assert_null(
	    zone_parse(pool, footer_file("XXX3EDT4,0/0,J365/23"), &zone));
	for (int64_t second = 0; second < 3 * 366 * DAY; second += HOUR)
		cr_assert_eq(zone_local(zone, second * 1000).offset, -4 * HOUR);
}

/* Both changes of a year may lie in the first week of the next. */
Test(zone, follows_changes_that_leave_their_year)
{
	const struct zone *zone;

	cr_assert_null(
	    zone_parse(pool, footer_file("AAA0BBB,J365/167,J364/167"), &zone));
	for (int year = 2000; year < 2030; year++) {
		int64_t new_year = clock_days(year, 1, 1) * DAY * 1000;

		cr_assert_eq(zone_local(zone, new_year).offset, HOUR);
		cr_assert_eq(zone_next_change(zone, new_year),
		    new_year + (4 * DAY + 22 * HOUR) * 1000);
	}
}

Test(zone, refuses_a_footer_that_is_no_rule)
{
	static const char *const footers[] = {"E5", "EST", "EST+", "EST25",
	    "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,",
	    "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M3.2.0,M11.1.0 ",
	    "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M13.2.0,M11.1.0",
	    "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
	    "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2,M11.1.0", "EST5EDT,J0,J365",
	    "EST5EDT,J1,J366", "EST5EDT,0,366", "EST5EDT,-1,300",
	    "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/,M11.1.0",
	    "EST5EDT,M3.2.0/1:60,M11.1.0", "EST5EDT,M3.2.0/1:00:60,M11.1.0",
	    "EST5:60EDT,M3.2.0,M11.1.0", "<+05-5", "<>-5", "<+05>", "+05-5",
	    "5EST", ":EST5", " EST5", "EST99999999999999999999",
	    "EST5EDT,J99999999999,J1", "EST--5", "<+0 5>-5", "E\xc3\x89T5"};
	const struct zone *zone;

	for (size_t i = 0; i < sizeof footers / sizeof *footers; i++) {
		struct err *err =
		    zone_parse(pool, footer_file(footers[i]), &zone);

		cr_assert(err != NULL && zone == NULL, "%s", footers[i]);
		cr_assert_eq(err->code, INTERNAL);
	}
}

/* A zone file with two transitions, to the same offset. */
static struct str
table_file(char first, char second, char type, const char *offset)
{
	struct str file = footer_file("");
	struct buf buf = buf_new(pool, 256);
	char times[16] = {0}, types[2] = {0, type};

	times[7] = first;
	times[15] = second;
	buf_add(&buf, str_cut(file, 0, 44 + 7 + 35));
	buf_add_char(&buf, 2);
	buf_add(&buf, str_cut(file, 44 + 7 + 36, 44 + 7 + 44));
	buf_add(&buf, (struct str){times, sizeof times});
	buf_add(&buf, (struct str){types, sizeof types});
	buf_add(&buf, (struct str){offset, 4});
	buf_add(&buf, (struct str){"\0\0\0", 3});
	buf_add_text(&buf, "\n\n");
	return buf_str(&buf);
}

Test(zone, refuses_a_table_that_makes_no_sense)
{
	const char *fine = "\0\0\016\020"; /* 3600 */
	const struct zone *zone;

	cr_assert_null(zone_parse(pool, table_file(5, 9, 0, fine), &zone));
	cr_assert_eq(zone_local(zone, 0).offset, HOUR);
	cr_assert_eq(zone_next_change(zone, 0), 5000);
	cr_assert_eq(zone_next_change(zone, 5000), 9000);
	cr_assert_eq(zone_next_change(zone, 9000), INT64_MAX);
	cr_assert_not_null(zone_parse(pool, table_file(5, 5, 0, fine), &zone));
	cr_assert_not_null(zone_parse(pool, table_file(5, 4, 0, fine), &zone));
	cr_assert_not_null(zone_parse(pool, table_file(5, 9, 1, fine), &zone));
	cr_assert_not_null(
	    zone_parse(pool, table_file(5, 9, (char)0xff, fine), &zone));
	/* 26 hours, -25 hours, the smallest number. */
	cr_assert_not_null(
	    zone_parse(pool, table_file(5, 9, 0, "\0\1\155\240"), &zone));
	cr_assert_not_null(
	    zone_parse(pool, table_file(5, 9, 0, "\377\376\240\160"), &zone));
	cr_assert_not_null(
	    zone_parse(pool, table_file(5, 9, 0, "\200\0\0\0"), &zone));
}

static struct str
real_file(const char *path)
{
	char *bytes = pool_alloc(pool, 8192);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(file, bytes, 8192);

	cr_assert(n > 100 && n < 8192);
	close(file);
	return (struct str){bytes, (size_t)n};
}

Test(zone, refuses_a_file_that_was_cut_anywhere)
{
	struct str bytes = real_file("/usr/share/zoneinfo/America/New_York");
	const struct zone *zone;

	cr_assert_null(zone_parse(pool, bytes, &zone));
	for (size_t n = 0; n < bytes.n; n++)
		cr_assert_not_null(
		    zone_parse(pool, str_cut(bytes, 0, n), &zone), "%zu", n);
}

/* Asks whatever was made of wild bytes a few questions. */
static void
ask(const struct zone *zone)
{
	int64_t instants[] = {INT64_MIN, INT64_MIN / 2, -1, 0, 1,
	    INT64_C(1767225600000), INT64_C(2500000000000), INT64_MAX / 2,
	    INT64_MAX};

	for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
		struct local_time local = zone_local(zone, instants[i]);

		cr_assert_gt(
		    zone_next_change(zone, instants[i]), instants[i] - 1);
		if (local.year >= -9999 && local.year <= 9999)
			cr_assert_leq(zone_instant(zone, &local), instants[i]);
	}
}

Test(zone, survives_any_changed_byte, .timeout = 60)
{
	struct str bytes = real_file("/usr/share/zoneinfo/Australia/Lord_Howe");
	char *copy = pool_alloc(pool, bytes.n);
	static const char values[] = {0, 1, 0x7f, (char)0x80, (char)0xff};

	for (size_t i = 0; i < bytes.n * sizeof values; i++) {
		size_t at = i / sizeof values;
		struct pool *scratch = pool_new();
		const struct zone *zone;

		memcpy(copy, bytes.p, bytes.n);
		copy[at] = values[i % sizeof values];
		if (zone_parse(scratch, (struct str){copy, bytes.n}, &zone) ==
		    NULL)
			ask(zone);
		pool_free(scratch);
	}
}

Test(zone, refuses_version_one_and_leap_seconds)
{
	struct str file = footer_file("UTC0");
	char *bytes = pool_alloc(pool, file.n);
	const struct zone *zone;

	memcpy(bytes, file.p, file.n);
	cr_assert_null(zone_parse(pool, (struct str){bytes, file.n}, &zone));
	bytes[4] = 0;
	cr_assert_not_null(
	    zone_parse(pool, (struct str){bytes, file.n}, &zone));
	bytes[4] = '3';
	bytes[44 + 7 + 31] = 1;
	cr_assert_not_null(
	    zone_parse(pool, (struct str){bytes, file.n}, &zone));
}

Test(zone, without_a_rule_keeps_the_last_offset)
{
	const struct zone *zone;

	cr_assert_null(zone_parse(pool, footer_file(""), &zone));
	cr_assert_eq(zone_local(zone, LAST * 1000).offset, 0);
	cr_assert_eq(zone_next_change(zone, 0), INT64_MAX);
}

Test(zone, loads_by_name_and_only_once)
{
	static const char *const names[] = {"UTC", "Etc/GMT+5",
	    "America/Argentina/Buenos_Aires", "America/Port-au-Prince",
	    "Asia/Kathmandu", "GMT0"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct zone *zone = zone_load(str_of(names[i]));

		cr_assert_not_null(zone, "%s", names[i]);
		cr_assert_eq(zone, zone_load(str_of(names[i])));
	}
	cr_assert_eq(zone_local(zone_load(STR("Asia/Kathmandu")), 0).offset,
	    5 * HOUR + 30 * 60);
}

Test(zone, refuses_a_name_that_is_none)
{
	char longest[5000];
	static const struct str names[] = {
	    {NULL, 0}, {"", 0}, {"UTC\0", 4}, {"UTC\0/../UTC", 11}};
	static const char *const texts[] = {" UTC", "UTC ", "UTC/", "/UTC",
	    "Europe", "Europe/", "Europe//London", "Europe/./London",
	    "Europe/../Europe/London", "../zoneinfo/UTC", "./UTC",
	    "/usr/share/zoneinfo/UTC", "/etc/passwd", "localtime", "posixrules",
	    "posix/UTC", "right/UTC", "tzdata.zi", "zone.tab", "europe/london",
	    "Europe/Atlantis", "Nowhere", "EST5EDT,M3.2.0", "Europe\\London",
	    "Europe/London\n", "%s", "UTC%00", "Z\xc3\xbcrich", "Etc/GMT+5/",
	    "A", "-", "+"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		cr_assert_null(zone_load(names[i]), "%zu", i);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_assert_null(zone_load(str_of(texts[i])), "%s", texts[i]);
	memset(longest, 'A', sizeof longest);
	for (size_t n = 1; n <= sizeof longest; n++)
		cr_assert_null(zone_load((struct str){longest, n}), "%zu", n);
}

Test(zone, lets_days_and_hours_run_over)
{
	const struct zone *zone = zone_load(STR("America/New_York"));
	struct local_time local = {.year = 2026, .month = 12, .day = 32};
	int64_t new_year = zone_instant(zone, &local);

	cr_assert_eq(new_year, INT64_C(1798779600000));
	local = (struct local_time){
	    .year = 2026, .month = 12, .day = 31, .hour = 24};
	cr_assert_eq(zone_instant(zone, &local), new_year);
}

Test(zone, counts_milliseconds_before_1970_down)
{
	const struct zone *zone = zone_load(STR("UTC"));
	struct local_time local = zone_local(zone, -1);

	cr_assert(local.year == 1969 && local.month == 12 && local.day == 31 &&
		  local.hour == 23 && local.minute == 59 &&
		  local.second == 59 && local.weekday == 3);
}
