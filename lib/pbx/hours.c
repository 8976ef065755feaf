#include "hours.h"

#include "clock.h"

static const int64_t YEAR = INT64_C(366) * DAY_MINUTES * 60 * 1000;

struct date {
	int year, month, day, weekday;
};

static struct date
date_of(const struct local_time *local)
{
	return (struct date){
	    local->year, local->month, local->day, local->weekday};
}

static struct date
date_before(struct date date)
{
	int64_t days = clock_days(date.year, date.month, date.day) - 1;

	clock_date(days, &date.year, &date.month, &date.day);
	date.weekday = (date.weekday + 6) % 7;
	return date;
}

/* Dates in the order of the calendar; year 0 for the order in any year. */
static int64_t
date_rank(int year, int month, int day)
{
	return ((int64_t)year * 100 + month) * 100 + day;
}

static bool
exception_covers(const struct exception *exception, struct date date)
{
	bool yearly = exception->from_year == 0;
	int64_t at = date_rank(yearly ? 0 : date.year, date.month, date.day);
	int64_t from = date_rank(
	    exception->from_year, exception->from_month, exception->from_day);
	int64_t to = date_rank(yearly ? 0 : exception->to_year,
	    exception->to_month, exception->to_day);

	if (yearly && to < from)
		return at >= from || at <= to;
	return from <= at && at <= to;
}

static const struct exception *
exception_on(const struct business_hours *hours, struct date date)
{
	for (size_t i = hours->exception_count; i > 0; i--)
		if (exception_covers(&hours->exceptions[i - 1], date))
			return &hours->exceptions[i - 1];
	return NULL;
}

/* On the day it begins; edges are whole minutes, so no second matters. */
static bool
period_holds(const struct period *period, int minute)
{
	return minute >= period->from &&
	       (minute < period->to || period->to <= period->from);
}

static bool
exception_open(const struct exception *exception, int minute)
{
	for (size_t i = 0; i < exception->period_count; i++)
		if (period_holds(&exception->periods[i], minute))
			return true;
	return false;
}

static bool
week_open(const struct business_hours *hours, struct date today, int minute)
{
	struct date yesterday = date_before(today);
	bool cut = exception_on(hours, yesterday) != NULL;

	for (size_t i = 0; i < hours->period_count; i++) {
		const struct period *period = &hours->periods[i];

		if (period->day == today.weekday &&
		    period_holds(period, minute))
			return true;
		if (!cut && period->day == yesterday.weekday &&
		    period->to <= period->from && minute < period->to)
			return true;
	}
	return false;
}

static bool
is_overridden(const struct business_hours *hours, int64_t instant)
{
	return hours->override != OVERRIDE_NONE &&
	       (hours->override_until == 0 || instant < hours->override_until);
}

struct hours_answer
hours_at(const struct business_hours *hours, const struct zone *zone,
    int64_t instant)
{
	struct hours_answer answer = {.local = zone_local(zone, instant)};
	int minute = answer.local.hour * 60 + answer.local.minute;
	struct date today = date_of(&answer.local);

	if (is_overridden(hours, instant)) {
		answer.overridden = true;
		answer.state = hours->override == OVERRIDE_OPEN ? HOURS_OPEN
								: HOURS_CLOSED;
		return answer;
	}
	answer.exception = exception_on(hours, today);
	if (answer.exception != NULL)
		answer.state = exception_open(answer.exception, minute)
				   ? HOURS_OPEN
				   : HOURS_EXCEPTION;
	else
		answer.state =
		    week_open(hours, today, minute) ? HOURS_OPEN : HOURS_CLOSED;
	return answer;
}

/* The first edge of a period after `minute`, if it is before `edge`. */
static int
nearer_edge(const struct period *periods, size_t count, int minute, int edge)
{
	for (size_t i = 0; i < count; i++) {
		if (periods[i].from > minute && periods[i].from < edge)
			edge = periods[i].from;
		if (periods[i].to > minute && periods[i].to < edge)
			edge = periods[i].to;
	}
	return edge;
}

/*
 * A later instant up to which the state surely stays: the next edge that the
 * wall clock will show, or sooner where the clock itself is changed or the
 * override ends.
 */
static int64_t
stays_until(const struct business_hours *hours, const struct zone *zone,
    const struct hours_answer *answer, int64_t instant)
{
	const struct local_time *local = &answer->local;
	int minute = local->hour * 60 + local->minute;
	int edge = DAY_MINUTES;
	int64_t until, change;

	if (answer->overridden)
		return hours->override_until;
	if (answer->exception != NULL)
		edge = nearer_edge(answer->exception->periods,
		    answer->exception->period_count, minute, edge);
	else
		edge = nearer_edge(
		    hours->periods, hours->period_count, minute, edge);
	until = instant - (instant % 1000 + 1000) % 1000 +
		((int64_t)(edge - minute) * 60 - local->second) * 1000;
	change = zone_next_change(zone, instant);
	return change < until ? change : until;
}

int64_t
hours_next_change(const struct business_hours *hours, const struct zone *zone,
    int64_t instant)
{
	struct hours_answer answer = hours_at(hours, zone, instant);
	enum hours_state state = answer.state;
	int64_t last = instant + YEAR;

	while (answer.state == state) {
		instant = stays_until(hours, zone, &answer, instant);
		/* 0 is the end of an override without one. */
		if (instant == 0 || instant > last)
			return 0;
		answer = hours_at(hours, zone, instant);
	}
	return instant;
}

bool
hours_parse_minutes(struct str text, int *minutes)
{
	struct str hour = str_cut(text, 0, 2), minute = str_cut(text, 3, 5);
	int64_t h, m;

	if (text.n != 5 || text.p[2] != ':' || !str_is_digits(hour) ||
	    !str_is_digits(minute) || !str_to_int(hour, 0, 24, &h) ||
	    !str_to_int(minute, 0, 59, &m) || h * 60 + m > DAY_MINUTES)
		return false;
	*minutes = (int)(h * 60 + m);
	return true;
}

/* So many digits, 1 to max, up to the next '-' or the end. */
static bool
next_number(struct str *rest, size_t digits, int max, int *out)
{
	struct str piece;
	int64_t number;

	if (!str_next(rest, '-', &piece) || piece.n != digits ||
	    !str_is_digits(piece) || !str_to_int(piece, 1, max, &number))
		return false;
	*out = (int)number;
	return true;
}

bool
hours_parse_date(struct str text, int *year, int *month, int *day)
{
	int y = 0, m = 0, d = 0;

	if ((text.n == 10 && !next_number(&text, 4, 9999, &y)) ||
	    !next_number(&text, 2, 12, &m) || !next_number(&text, 2, 31, &d) ||
	    text.p != NULL)
		return false;
	*year = y;
	*month = m;
	*day = d;
	return true;
}

static struct period *
pack_periods(struct pack *pack, struct period *periods, size_t *count)
{
	periods =
	    pack_array(pack, periods, count, sizeof *periods, PERIODS_MOST);
	for (size_t i = 0; i < *count; i++) {
		pack_int(pack, &periods[i].day);
		pack_int(pack, &periods[i].from);
		pack_int(pack, &periods[i].to);
	}
	return periods;
}

static void
pack_exception(struct pack *pack, struct exception *exception)
{
	pack_str(pack, &exception->name);
	pack_int(pack, &exception->from_year);
	pack_int(pack, &exception->from_month);
	pack_int(pack, &exception->from_day);
	pack_int(pack, &exception->to_year);
	pack_int(pack, &exception->to_month);
	pack_int(pack, &exception->to_day);
	exception->periods =
	    pack_periods(pack, exception->periods, &exception->period_count);
}

void
hours_pack(struct pack *pack, struct business_hours *hours)
{
	pack_u64(pack, &hours->id);
	pack_str(pack, &hours->name);
	pack_str(pack, &hours->timezone);
	target_pack(pack, &hours->open);
	target_pack(pack, &hours->closed);
	target_pack(pack, &hours->exception);
	PACK_ENUM(pack, hours->override, OVERRIDE_CLOSED);
	pack_i64(pack, &hours->override_until);
	hours->periods =
	    pack_periods(pack, hours->periods, &hours->period_count);
	hours->exceptions =
	    pack_array(pack, hours->exceptions, &hours->exception_count,
		sizeof *hours->exceptions, EXCEPTIONS_MOST);
	for (size_t i = 0; i < hours->exception_count; i++)
		pack_exception(pack, &hours->exceptions[i]);
}
