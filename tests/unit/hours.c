/*
 * Opening hours: the minute at which a shop opens, on the days when clocks
 * change and on holidays, and a slow oracle that paints every minute.
 */
#include "hours.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"

#define PERIODS(...)                               \
	.periods = (struct period[]){__VA_ARGS__}, \
	.period_count =                            \
	    sizeof(struct period[]){__VA_ARGS__} / sizeof(struct period)
#define EXCEPTIONS(...)                                  \
	.exceptions = (struct exception[]){__VA_ARGS__}, \
	.exception_count =                               \
	    sizeof(struct exception[]){__VA_ARGS__} / sizeof(struct exception)
/* Year 0: every year. */
#define DATES(y1, m1, d1, y2, m2, d2)                            \
	.from_year = (y1), .from_month = (m1), .from_day = (d1), \
	.to_year = (y2), .to_month = (m2), .to_day = (d2)
#define AT(hour, minute) ((hour)*60 + (minute))
/* Monday to Friday 09:00-17:00. */
#define OFFICE                                                      \
	PERIODS({1, AT(9, 0), AT(17, 0)}, {2, AT(9, 0), AT(17, 0)}, \
	    {3, AT(9, 0), AT(17, 0)}, {4, AT(9, 0), AT(17, 0)},     \
	    {5, AT(9, 0), AT(17, 0)})

static int64_t
instant_of(const char *text)
{
	int64_t instant;

	cr_assert(clock_parse(str_of(text), &instant), "%s", text);
	return instant;
}

static enum hours_state
state_at(
    const struct business_hours *hours, const char *zone, const char *instant)
{
	return hours_at(hours, zone_load(str_of(zone)), instant_of(instant))
	    .state;
}

#define OPEN(zone, instant) \
	cr_assert_eq(state_at(&hours, zone, instant), HOURS_OPEN, "%s", instant)
#define CLOSED(zone, instant) \
	cr_assert_eq(         \
	    state_at(&hours, zone, instant), HOURS_CLOSED, "%s", instant)
#define EXCEPTION(zone, instant) \
	cr_assert_eq(            \
	    state_at(&hours, zone, instant), HOURS_EXCEPTION, "%s", instant)
#define NEXT(zone, instant, next)                                            \
	cr_assert_eq(hours_next_change(                                      \
			 &hours, zone_load(STR(zone)), instant_of(instant)), \
	    instant_of(next), "after %s", instant)

Test(hours, open_at_nine_and_close_at_five)
{
	struct business_hours hours = {OFFICE};

	/* Thursday 2026-01-15; New York is five hours behind. */
	CLOSED("America/New_York", "2026-01-15T13:59:59.999Z");
	OPEN("America/New_York", "2026-01-15T14:00:00Z");
	OPEN("America/New_York", "2026-01-15T21:59:59.999Z");
	CLOSED("America/New_York", "2026-01-15T22:00:00Z");
	/* Saturday and Sunday. */
	CLOSED("America/New_York", "2026-01-17T15:00:00Z");
	CLOSED("America/New_York", "2026-01-18T15:00:00Z");
	/* In summer only four hours behind. */
	CLOSED("America/New_York", "2026-07-15T12:59:59.999Z");
	OPEN("America/New_York", "2026-07-15T13:00:00Z");
	/* Kathmandu is 5:45 ahead, and there it is Friday first. */
	CLOSED("Asia/Kathmandu", "2026-01-16T03:14:59.999Z");
	OPEN("Asia/Kathmandu", "2026-01-16T03:15:00Z");
	OPEN("Asia/Kathmandu", "2026-01-16T11:14:59Z");
	CLOSED("Asia/Kathmandu", "2026-01-16T11:15:00Z");
}

Test(hours, without_periods_are_closed)
{
	struct business_hours hours = {0};

	CLOSED("UTC", "2026-01-15T12:00:00Z");
	cr_assert_eq(hours_next_change(&hours, zone_load(STR("UTC")), 0), 0);
}

Test(hours, around_the_clock_never_change)
{
	struct business_hours hours = {
	    PERIODS({0, 0, 1440}, {1, 0, 0}, {2, AT(0, 0), AT(24, 0)},
		{3, 0, AT(12, 0)}, {3, AT(12, 0), AT(11, 0)}, {4, 0, 1440},
		{5, 0, 1440}, {6, 0, 1440})};

	OPEN("UTC", "2026-01-13T00:00:00Z");
	OPEN("UTC", "2026-01-13T23:59:59.999Z");
	OPEN("UTC", "2026-01-12T23:59:59.999Z");
	cr_assert_eq(hours_next_change(&hours, zone_load(STR("UTC")),
			 instant_of("2026-01-13T00:00:00Z")),
	    0);
}

Test(hours, cross_midnight_into_the_next_day)
{
	/* Saturday 22:00 to Sunday 02:00; Friday 20:00 to midnight. */
	struct business_hours hours = {
	    PERIODS({6, AT(22, 0), AT(2, 0)}, {5, AT(20, 0), 0})};

	CLOSED("UTC", "2026-01-17T21:59:59Z");
	OPEN("UTC", "2026-01-17T22:00:00Z");
	OPEN("UTC", "2026-01-18T00:00:00Z");
	OPEN("UTC", "2026-01-18T01:59:59Z");
	CLOSED("UTC", "2026-01-18T02:00:00Z");
	CLOSED("UTC", "2026-01-18T22:00:00Z");
	/* Not in the small hours of its own day. */
	CLOSED("UTC", "2026-01-17T01:00:00Z");
	OPEN("UTC", "2026-01-16T23:59:59Z");
	CLOSED("UTC", "2026-01-17T00:00:00Z");
}

Test(hours, that_overlap_are_one)
{
	struct business_hours hours = {PERIODS({4, AT(9, 0), AT(13, 0)},
	    {4, AT(12, 0), AT(17, 0)}, {4, AT(17, 0), AT(18, 0)})};

	OPEN("UTC", "2026-01-15T12:30:00Z");
	OPEN("UTC", "2026-01-15T17:00:00Z");
	NEXT("UTC", "2026-01-15T09:00:00Z", "2026-01-15T18:00:00Z");
	NEXT("UTC", "2026-01-15T18:00:00Z", "2026-01-22T09:00:00Z");
}

Test(hours, take_the_exception_day_out)
{
	struct business_hours hours = {OFFICE,
	    EXCEPTIONS(
		{.name = STR("Christmas"), DATES(0, 12, 25, 0, 12, 25)})};
	const struct zone *zone = zone_load(STR("America/New_York"));
	struct hours_answer answer;

	/* Friday 2026-12-25, and the same day a year before. */
	OPEN("America/New_York", "2026-12-24T15:00:00Z");
	CLOSED("America/New_York", "2026-12-25T04:59:59.999Z");
	EXCEPTION("America/New_York", "2026-12-25T05:00:00Z");
	EXCEPTION("America/New_York", "2026-12-25T15:00:00Z");
	EXCEPTION("America/New_York", "2026-12-26T04:59:59.999Z");
	CLOSED("America/New_York", "2026-12-26T05:00:00Z");
	EXCEPTION("America/New_York", "2025-12-25T15:00:00Z");
	OPEN("America/New_York", "2025-12-26T15:00:00Z");
	NEXT(
	    "America/New_York", "2026-12-24T22:00:00Z", "2026-12-25T05:00:00Z");
	NEXT(
	    "America/New_York", "2026-12-25T05:00:00Z", "2026-12-26T05:00:00Z");
	answer = hours_at(&hours, zone, instant_of("2026-12-25T15:00:00Z"));
	cr_assert(str_is(answer.exception->name, "Christmas"));
	cr_assert(!answer.overridden && answer.local.hour == 10);
	answer = hours_at(&hours, zone, instant_of("2026-12-24T15:00:00Z"));
	cr_assert_null(answer.exception);
}

Test(hours, of_an_exception_stand_for_the_week)
{
	/* Once, Thursday 2026-01-15: 10:00-12:00 and 22:00-02:00. */
	struct business_hours hours = {OFFICE,
	    EXCEPTIONS({DATES(2026, 1, 15, 2026, 1, 15),
		PERIODS({0, AT(10, 0), AT(12, 0)}, {0, AT(22, 0), AT(2, 0)})})};

	EXCEPTION("UTC", "2026-01-15T09:59:59Z");
	OPEN("UTC", "2026-01-15T10:00:00Z");
	EXCEPTION("UTC", "2026-01-15T12:00:00Z");
	EXCEPTION("UTC", "2026-01-15T01:00:00Z");
	OPEN("UTC", "2026-01-15T22:00:00Z");
	OPEN("UTC", "2026-01-15T23:59:59.999Z");
	CLOSED("UTC", "2026-01-16T00:00:00Z");
	CLOSED("UTC", "2026-01-16T01:59:59Z");
	OPEN("UTC", "2026-01-16T09:00:00Z");
	OPEN("UTC", "2027-01-15T09:00:00Z");
	OPEN("UTC", "2026-01-14T09:00:00Z");
	cr_assert_not_null(hours_at(
	    &hours, zone_load(STR("UTC")), instant_of("2026-01-15T10:00:00Z"))
			       .exception);
}

Test(hours, of_the_evening_before_end_at_an_exception)
{
	/* Every night 22:00-06:00; Thursday 2026-01-15 is closed. */
	struct business_hours hours = {
	    PERIODS({0, AT(22, 0), AT(6, 0)}, {1, AT(22, 0), AT(6, 0)},
		{2, AT(22, 0), AT(6, 0)}, {3, AT(22, 0), AT(6, 0)},
		{4, AT(22, 0), AT(6, 0)}, {5, AT(22, 0), AT(6, 0)},
		{6, AT(22, 0), AT(6, 0)}),
	    EXCEPTIONS({DATES(2026, 1, 15, 2026, 1, 15)})};

	OPEN("UTC", "2026-01-14T23:59:59.999Z");
	EXCEPTION("UTC", "2026-01-15T00:00:00Z");
	EXCEPTION("UTC", "2026-01-15T23:00:00Z");
	/* What would have begun on the closed day does not run on. */
	CLOSED("UTC", "2026-01-16T00:00:00Z");
	OPEN("UTC", "2026-01-16T22:00:00Z");
	OPEN("UTC", "2026-01-17T05:59:59Z");
}

Test(hours, know_ranges_and_the_turn_of_the_year)
{
	struct business_hours hours = {OFFICE,
	    EXCEPTIONS({.name = STR("winter"), DATES(0, 12, 24, 0, 1, 2)},
		{.name = STR("fair"), DATES(2026, 6, 29, 2026, 7, 1)},
		{.name = STR("leap"), DATES(0, 2, 29, 0, 2, 29)})};

	CLOSED("UTC", "2026-12-23T23:59:59Z");
	EXCEPTION("UTC", "2026-12-24T00:00:00Z");
	EXCEPTION("UTC", "2026-12-31T23:59:59Z");
	EXCEPTION("UTC", "2027-01-02T23:59:59Z");
	CLOSED("UTC", "2027-01-03T00:00:00Z");
	EXCEPTION("UTC", "2030-01-01T12:00:00Z");
	OPEN("UTC", "2026-06-26T12:00:00Z");
	EXCEPTION("UTC", "2026-06-29T12:00:00Z");
	EXCEPTION("UTC", "2026-06-30T12:00:00Z");
	EXCEPTION("UTC", "2026-07-01T23:59:59Z");
	OPEN("UTC", "2026-07-02T12:00:00Z");
	OPEN("UTC", "2027-06-30T12:00:00Z");
	EXCEPTION("UTC", "2028-02-29T12:00:00Z");
	OPEN("UTC", "2028-02-28T12:00:00Z");
	OPEN("UTC", "2028-03-01T12:00:00Z");
	OPEN("UTC", "2027-03-01T12:00:00Z");
}

Test(hours, follow_the_later_of_two_exceptions)
{
	struct business_hours hours = {OFFICE,
	    EXCEPTIONS({DATES(0, 12, 1, 0, 12, 31)},
		{DATES(2026, 12, 25, 2026, 12, 25), PERIODS({0, 0, 1440})})};

	EXCEPTION("UTC", "2026-12-24T12:00:00Z");
	OPEN("UTC", "2026-12-25T12:00:00Z");
	EXCEPTION("UTC", "2027-12-25T12:00:00Z");
}

Test(hours, are_overridden_up_to_the_end)
{
	struct business_hours hours = {OFFICE, .override = OVERRIDE_CLOSED,
	    .override_until = instant_of("2026-01-15T12:00:00Z"),
	    EXCEPTIONS({DATES(0, 1, 16, 0, 1, 16)})};
	const struct zone *zone = zone_load(STR("UTC"));
	struct hours_answer answer;

	CLOSED("UTC", "2026-01-15T11:59:59.999Z");
	OPEN("UTC", "2026-01-15T12:00:00Z");
	NEXT("UTC", "2026-01-15T10:00:00.5Z", "2026-01-15T12:00:00Z");
	answer = hours_at(&hours, zone, hours.override_until - 1);
	cr_assert(answer.overridden && answer.exception == NULL);
	answer = hours_at(&hours, zone, hours.override_until);
	cr_assert(!answer.overridden);
	hours.override = OVERRIDE_OPEN;
	hours.override_until = 0;
	OPEN("UTC", "2026-01-16T03:00:00Z");
	OPEN("UTC", "2036-01-16T03:00:00Z");
	cr_assert_eq(
	    hours_next_change(&hours, zone, instant_of("2026-01-16T03:00:00Z")),
	    0);
	hours.override = OVERRIDE_NONE;
	EXCEPTION("UTC", "2026-01-16T03:00:00Z");
}

Test(hours, follow_the_clock_put_forward_and_back_in_new_york)
{
	struct business_hours hours = {PERIODS({0, AT(1, 30), AT(3, 30)})};

	/* 2026-03-08: 02:00 becomes 03:00, so an hour and no more. */
	CLOSED("America/New_York", "2026-03-08T06:29:59Z");
	OPEN("America/New_York", "2026-03-08T06:30:00Z");
	OPEN("America/New_York", "2026-03-08T07:00:00Z");
	OPEN("America/New_York", "2026-03-08T07:29:59Z");
	CLOSED("America/New_York", "2026-03-08T07:30:00Z");
	NEXT(
	    "America/New_York", "2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z");
	/* 2026-11-01: 02:00 becomes 01:00, and 01:00-01:30 is shown again. */
	CLOSED("America/New_York", "2026-11-01T05:29:59Z");
	OPEN("America/New_York", "2026-11-01T05:30:00Z");
	OPEN("America/New_York", "2026-11-01T05:59:59Z");
	CLOSED("America/New_York", "2026-11-01T06:00:00Z");
	CLOSED("America/New_York", "2026-11-01T06:29:59Z");
	OPEN("America/New_York", "2026-11-01T06:30:00Z");
	OPEN("America/New_York", "2026-11-01T08:29:59Z");
	CLOSED("America/New_York", "2026-11-01T08:30:00Z");
	NEXT(
	    "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z");
	NEXT(
	    "America/New_York", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z");
	NEXT(
	    "America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T08:30:00Z");
}

Test(hours, skip_a_period_that_the_clock_never_shows)
{
	struct business_hours hours = {PERIODS({0, AT(2, 0), AT(3, 0)})};

	CLOSED("America/New_York", "2026-03-08T06:59:59Z");
	CLOSED("America/New_York", "2026-03-08T07:00:00Z");
	NEXT(
	    "America/New_York", "2026-03-08T05:00:00Z", "2026-03-15T06:00:00Z");
}

Test(hours, follow_the_clock_in_london_and_lord_howe)
{
	struct business_hours hours = {
	    OFFICE, EXCEPTIONS({DATES(2026, 10, 25, 2026, 10, 25)})};

	/* The Fridays and Mondays around the changes of 2026. */
	OPEN("Europe/London", "2026-03-27T09:00:00Z");
	CLOSED("Europe/London", "2026-03-30T07:59:59Z");
	OPEN("Europe/London", "2026-03-30T08:00:00Z");
	CLOSED("Europe/London", "2026-10-23T16:00:00Z");
	OPEN("Europe/London", "2026-10-26T16:59:59Z");
	CLOSED("Europe/London", "2026-10-26T17:00:00Z");
	/* An exception on the day of 25 hours lasts 25 hours. */
	CLOSED("Europe/London", "2026-10-24T22:59:59Z");
	NEXT("Europe/London", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z");
	/* Half an hour: +10:30 in winter, +11 in summer. */
	OPEN("Australia/Lord_Howe", "2026-07-15T22:30:00Z");
	CLOSED("Australia/Lord_Howe", "2026-07-15T22:29:59Z");
	OPEN("Australia/Lord_Howe", "2026-01-14T22:00:00Z");
	CLOSED("Australia/Lord_Howe", "2026-01-14T21:59:59Z");
}

Test(hours, follow_half_an_hour_in_the_night_of_the_change)
{
	struct business_hours hours = {PERIODS({0, AT(1, 30), AT(3, 30)})};

	/* 2026-10-04: 02:00 becomes 02:30; 2026-04-05: 02:00 becomes 01:30. */
	OPEN("Australia/Lord_Howe", "2026-10-03T15:00:00Z");
	CLOSED("Australia/Lord_Howe", "2026-10-03T14:59:59Z");
	NEXT("Australia/Lord_Howe", "2026-10-03T15:00:00Z",
	    "2026-10-03T16:30:00Z");
	OPEN("Australia/Lord_Howe", "2026-04-04T14:30:00Z");
	NEXT("Australia/Lord_Howe", "2026-04-04T14:30:00Z",
	    "2026-04-04T17:00:00Z");
}

/* The oracle: a calendar of days that is painted minute by minute. */

enum { SPAN = 12, CHECKED = 8 }; /* local days; the checked begin at day 2 */

static const char *const zones[] = {"UTC", "America/New_York", "Europe/London",
    "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns",
    "Pacific/Chatham", "Africa/Cairo", "America/Santiago", "Asia/Beirut",
    "America/Nuuk", "Asia/Gaza"};
static uint64_t seed = 42;

static int
dice(int sides)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (int)((seed >> 33) % (uint64_t)sides);
}

/* A schedule, and its exceptions once more as days of the calendar. */
struct rolled {
	struct business_hours hours;
	struct period week[6], own[3][3];
	struct exception exceptions[3];
	int from[3], to[3];
};

static void
roll_periods(struct period *periods, size_t *count, int most)
{
	*count = (size_t)dice(most + 1);
	for (size_t i = 0; i < *count; i++)
		periods[i] =
		    (struct period){dice(7), dice(96) * 15, dice(97) * 15};
}

static void
roll(struct rolled *rolled, int64_t first)
{
	struct business_hours *hours = &rolled->hours;

	*rolled = (struct rolled){0};
	hours->periods = rolled->week;
	hours->exceptions = rolled->exceptions;
	roll_periods(rolled->week, &hours->period_count, 6);
	hours->exception_count = (size_t)dice(4);
	for (size_t i = 0; i < hours->exception_count; i++) {
		struct exception *e = &rolled->exceptions[i];

		rolled->from[i] = dice(SPAN);
		rolled->to[i] = rolled->from[i] + dice(3);
		clock_date(first + rolled->from[i], &e->from_year,
		    &e->from_month, &e->from_day);
		clock_date(first + rolled->to[i], &e->to_year, &e->to_month,
		    &e->to_day);
		if (dice(2) == 0)
			e->from_year = e->to_year = 0;
		e->periods = rolled->own[i];
		roll_periods(e->periods, &e->period_count, 3);
	}
}

static void
paint(char *day, const struct period *period)
{
	int to = period->to <= period->from ? DAY_MINUTES : period->to;

	for (int minute = period->from; minute < to; minute++)
		day[minute] = 'o';
}

/* The part after midnight; days of an exception have no 'c' to paint over. */
static void
paint_rest(char *day, const struct period *period)
{
	for (int minute = 0; minute < period->to; minute++)
		if (day[minute] == 'c')
			day[minute] = 'o';
}

static void
paint_day(
    char days[][DAY_MINUTES], int i, const struct rolled *rolled, int64_t first)
{
	const struct business_hours *hours = &rolled->hours;
	const struct exception *e = NULL;

	for (size_t k = 0; k < hours->exception_count; k++)
		if (rolled->from[k] <= i && i <= rolled->to[k])
			e = &hours->exceptions[k];
	memset(days[i], e != NULL ? 'e' : 'c', DAY_MINUTES);
	for (size_t k = 0; e != NULL && k < e->period_count; k++)
		paint(days[i], &e->periods[k]);
	for (size_t k = 0; e == NULL && k < hours->period_count; k++) {
		const struct period *period = &hours->periods[k];

		if (period->day != (int)((first + i + 4) % 7))
			continue;
		paint(days[i], period);
		if (period->to <= period->from && i + 1 < SPAN)
			paint_rest(days[i + 1], period);
	}
}

/* What libc's wall clock points at in the painted calendar. */
static char
painted(char days[][DAY_MINUTES], int64_t first, int64_t instant)
{
	time_t time = (time_t)(instant / 1000);
	struct tm tm;
	int64_t day;

	localtime_r(&time, &tm);
	day = clock_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) - first;
	cr_assert(day >= 0 && day < SPAN);
	return days[day][tm.tm_hour * 60 + tm.tm_min];
}

static void
compare(const struct rolled *rolled, const struct zone *zone,
    char days[][DAY_MINUTES], int64_t first)
{
	const struct business_hours *hours = &rolled->hours;
	int64_t start = (first + 2) * DAY_MINUTES * 60000;
	int64_t last = start + (int64_t)CHECKED * DAY_MINUTES * 60000;
	int64_t next = 0;
	char before = 0;

	for (int64_t t = start; t < last; t += 60000) {
		char want = painted(days, first, t);
		enum hours_state state = hours_at(hours, zone, t).state;

		if (want != (state == HOURS_OPEN        ? 'o'
				: state == HOURS_CLOSED ? 'c'
							: 'e') ||
		    hours_at(hours, zone, t + 59999).state != state)
			cr_assert_fail("at %lld", (long long)t);
		if (before != 0 && (next == t) != (want != before))
			cr_assert_fail("next at %lld", (long long)t);
		if (before != want || dice(60) == 0)
			next = hours_next_change(hours, zone, t + dice(60000));
		before = want;
	}
}

Test(hours, agree_with_a_painted_calendar, .timeout = 120)
{
	static char days[SPAN][DAY_MINUTES];

	for (size_t i = 0; i < 20 * sizeof zones / sizeof *zones; i++) {
		const char *name = zones[i % (sizeof zones / sizeof *zones)];
		const struct zone *zone = zone_load(str_of(name));
		int64_t around = INT64_C(1577836800000) +
				 (int64_t)dice(10 * 365) * DAY_MINUTES * 60000;
		int64_t change = zone_next_change(zone, around), first;
		struct rolled rolled;

		cr_assert_not_null(zone);
		/* Most of the time the clock changes among the days. */
		if (change != INT64_MAX && dice(4) > 0)
			around = change;
		first = around / DAY_MINUTES / 60000 - dice(6) - 4;
		roll(&rolled, first);
		for (int day = SPAN - 1; day >= 0; day--)
			paint_day(days, day, &rolled, first);
		setenv("TZ", name, 1);
		tzset();
		compare(&rolled, zone, days, first);
	}
}

Test(hours, parse_minutes)
{
	static const char *const wrong[] = {"", "9:00", "09:0", "09:000",
	    "24:01", "25:00", "09:60", "0900", "09.00", "-1:00", "09:-1",
	    "+9:00", " 9:00", "09:00 ", "0x:00", "09:00:00", "ab:cd", "99:99"};
	int minutes = -1;

	cr_assert(hours_parse_minutes(STR("00:00"), &minutes) && minutes == 0);
	cr_assert(hours_parse_minutes(STR("09:05"), &minutes));
	cr_assert_eq(minutes, 545);
	cr_assert(hours_parse_minutes(STR("23:59"), &minutes));
	cr_assert_eq(minutes, 1439);
	cr_assert(hours_parse_minutes(STR("24:00"), &minutes));
	cr_assert_eq(minutes, DAY_MINUTES);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_assert(!hours_parse_minutes(str_of(wrong[i]), &minutes),
		    "%s", wrong[i]);
	cr_assert(!hours_parse_minutes(NO_STR, &minutes));
	cr_assert_eq(minutes, DAY_MINUTES);
}

Test(hours, parse_date)
{
	static const char *const wrong[] = {"", "2026", "2026-12", "2026-12-32",
	    "2026-13-01", "2026-00-01", "2026-12-00", "0000-12-24",
	    "2026-12-24-", "2026-12-2", "2026-1-124", "26-12-24", "12-24-01",
	    "2026/12/24", "2026-12-+4", "+026-12-24", "12-32", "1-024", "12-2",
	    "1224", "12-24 ", " 12-24", "2026-12-24T00"};
	int year = -1, month = -1, day = -1;

	cr_assert(hours_parse_date(STR("2026-12-24"), &year, &month, &day) &&
		  year == 2026 && month == 12 && day == 24);
	cr_assert(hours_parse_date(STR("02-29"), &year, &month, &day) &&
		  year == 0 && month == 2 && day == 29);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_assert(
		    !hours_parse_date(str_of(wrong[i]), &year, &month, &day),
		    "%s", wrong[i]);
	cr_assert(!hours_parse_date(NO_STR, &year, &month, &day));
	cr_assert(year == 0 && month == 2 && day == 29);
}

Test(hours, survive_the_cache)
{
	struct business_hours hours = {.id = 7,
	    .name = STR("Office"),
	    .timezone = STR("Asia/Kathmandu"),
	    .open = {TARGET_RING_GROUP, 3, NO_STR},
	    .closed = {TARGET_VOICEMAIL, 4, NO_STR},
	    .exception = {TARGET_EXTERNAL, 0, STR("+442079460000")},
	    .override = OVERRIDE_OPEN,
	    .override_until = INT64_C(1767225600000),
	    OFFICE,
	    EXCEPTIONS({.name = STR("Christmas"),
		DATES(0, 12, 25, 0, 12, 26),
		PERIODS({0, 600, 720})})};
	struct pool *pool = pool_new();
	struct buf buf = buf_new(pool, 64), again = buf_new(pool, 64);
	struct business_hours copy = {0};
	struct pack pack = pack_writer(&buf);

	hours_pack(&pack, &hours);
	pack = pack_reader(pool, buf_str(&buf));
	hours_pack(&pack, &copy);
	cr_assert(pack_done(&pack));
	cr_assert_eq(copy.period_count, 5);
	cr_assert(str_is(copy.exceptions[0].name, "Christmas"));
	cr_assert_eq(copy.exceptions[0].periods[0].to, 720);
	cr_assert(target_equal(&copy.exception, &hours.exception));
	pack = pack_writer(&again);
	hours_pack(&pack, &copy);
	cr_assert(str_equal(buf_str(&buf), buf_str(&again)));
	for (size_t n = 0; n < buf.n; n++) {
		pack = pack_reader(pool, str_cut(buf_str(&buf), 0, n));
		hours_pack(&pack, &copy);
		cr_assert(!pack_done(&pack), "%zu", n);
	}
	pool_free(pool);
}
