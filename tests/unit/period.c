/*
 * Periods of opening hours: what is merged is open at the same minutes,
 * whatever the exceptions, and says so without overlaps.
 */
#include "period.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "clock.h"

enum { WEEKS = 400, PERIODS = 12, STEP = 30, DAYS = 9 };

/* Half hours, so that many edges meet. */
static struct period
any_period(int *seed)
{
	struct period period;

	*seed = (int)(((unsigned)*seed * 1103515245U + 12345U) & 0x7fffffff);
	period.day = *seed / 65536 % 7;
	*seed = (int)(((unsigned)*seed * 1103515245U + 12345U) & 0x7fffffff);
	period.from = *seed / 65536 % 48 * STEP;
	*seed = (int)(((unsigned)*seed * 1103515245U + 12345U) & 0x7fffffff);
	period.to = *seed / 65536 % 49 * STEP;
	return period;
}

/* Exceptions on some dates from Saturday 3 to Sunday 11 January 2026. */
static size_t
fill_exceptions(struct exception *exceptions, unsigned mask)
{
	size_t count = 0;

	for (int i = 0; i < DAYS; i++)
		if ((mask & 1U << (unsigned)i) != 0)
			exceptions[count++] = (struct exception){
			    .from_year = 2026,
			    .from_month = 1,
			    .from_day = 3 + i,
			    .to_year = 2026,
			    .to_month = 1,
			    .to_day = 3 + i,
			};
	return count;
}

static void
expect_same(struct period *before, size_t count, struct period *after,
    size_t left, unsigned mask)
{
	const struct zone *utc = zone_load(STR("UTC"));
	struct exception exceptions[DAYS];
	struct business_hours a = {.periods = before, .period_count = count};
	struct business_hours b = {.periods = after, .period_count = left};
	int64_t start = clock_days(2026, 1, 3) * DAY_MINUTES;

	a.exceptions = b.exceptions = exceptions;
	a.exception_count = b.exception_count =
	    fill_exceptions(exceptions, mask);
	for (int64_t minute = 0; minute < DAYS * DAY_MINUTES; minute += 15) {
		int64_t instant = (start + minute) * 60000;

		cr_assert_eq(hours_at(&a, utc, instant).state,
		    hours_at(&b, utc, instant).state,
		    "exceptions %x, minute %d", mask, (int)minute);
	}
}

static void
expect_tidy(const struct period *periods, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct period *period = &periods[i];

		cr_assert(period->from >= 0 && period->from < DAY_MINUTES);
		cr_assert(period->to > 0 && period->to <= DAY_MINUTES);
		if (i == 0 || period->day != period[-1].day)
			continue;
		/* Of one day only the last may cross midnight. */
		cr_assert_lt(period[-1].from, period[-1].to);
		cr_assert_leq(period[-1].to, period->from);
	}
}

Test(period, a_merged_week_is_open_at_the_same_minutes)
{
	int seed = 1;

	for (int week = 0; week < WEEKS; week++) {
		struct period before[PERIODS], after[PERIODS], again[PERIODS];
		size_t count = (size_t)week % PERIODS + 1, left;

		for (size_t i = 0; i < count; i++)
			before[i] = after[i] = any_period(&seed);
		left = periods_merge(SPAN_WEEK, after, count);
		cr_assert_leq(left, count);
		expect_tidy(after, left);
		expect_same(before, count, after, left, 0);
		for (unsigned i = 0; i < DAYS; i++)
			expect_same(before, count, after, left, 1U << i);
		expect_same(before, count, after, left, (unsigned)seed & 0x1ff);
		memcpy(again, after, sizeof after);
		cr_assert_eq(periods_merge(SPAN_WEEK, again, left), left);
		for (size_t i = 0; i < left; i++)
			cr_assert(again[i].day == after[i].day &&
				  again[i].from == after[i].from &&
				  again[i].to == after[i].to);
	}
}

#define WEEK(...)                          \
	struct period p[] = {__VA_ARGS__}; \
	size_t left = periods_merge(SPAN_WEEK, p, sizeof p / sizeof p[0]);
#define IS(i, d, f, t)                                                   \
	cr_assert(p[i].day == (d) && p[i].from == (f) && p[i].to == (t), \
	    "%d %d-%d", p[i].day, p[i].from, p[i].to)

Test(period, more_than_a_day_stays_two_rows)
{
	/* 00:00-23:00 and 22:00-21:00 of the next day. */
	WEEK({1, 1320, 1260}, {1, 0, 1380});

	cr_assert_eq(left, 2);
	IS(0, 1, 0, 1320);
	IS(1, 1, 1320, 1260);
}

Test(period, saturday_goes_on_in_sunday)
{
	WEEK({6, 1200, 600}, {0, 540, 720});

	cr_assert_eq(left, 2);
	IS(0, 0, 540, 720);
	IS(1, 6, 1200, 540);
}

Test(period, every_day_around_the_clock_is_seven_rows)
{
	WEEK({0, 0, 0}, {1, 600, 600}, {1, 0, 600}, {2, 0, 1440}, {3, 0, 1440},
	    {4, 0, 1440}, {5, 0, 1440}, {6, 0, 1440});

	/* Monday's second reaches into Tuesday, which is open anyway. */
	cr_assert_eq(left, 7);
	for (int day = 0; day < 7; day++)
		IS(day, day, 0, 1440);
}

Test(period, nothing_stays_nothing)
{
	struct period none[1];

	cr_assert_eq(periods_merge(SPAN_WEEK, none, 0), 0);
	cr_assert_eq(periods_merge(SPAN_DAY, none, 0), 0);
}

Test(period, a_day_ends_at_midnight)
{
	struct period p[] = {
	    {0, 1200, 0}, {0, 1260, 1440}, {0, 60, 120}, {0, 120, 180}};

	cr_assert_eq(periods_merge(SPAN_DAY, p, 4), 2);
	IS(0, 0, 60, 180);
	IS(1, 0, 1200, 1440);
}

Test(period, rows_and_minutes_are_the_same)
{
	struct pool *pool = pool_new();
	struct period p[] = {{0, 0, 1440}, {6, 545, 61}};
	struct children rows = periods_show(pool, p, 2);
	const struct period_record *row = rows.rows;
	const struct period *back = periods_read(pool, &rows);

	cr_assert_eq(rows.count, 2);
	cr_assert(str_is(row[0].from, "00:00") && str_is(row[0].to, "24:00"));
	cr_assert(str_is(row[1].from, "09:05") && str_is(row[1].to, "01:01"));
	cr_assert(back[1].day == 6 && back[1].from == 545 && back[1].to == 61);
	pool_free(pool);
}
