#include "clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const int64_t SECOND = 1000;
static const int64_t MINUTE = INT64_C(60) * 1000;
static const int64_t HOUR = INT64_C(60) * 60 * 1000;
static const int64_t DAY = INT64_C(24) * 60 * 60 * 1000;

/* 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z */
static const int64_t FIRST = INT64_C(-62167219200000);
static const int64_t LAST = INT64_C(253402300799999);

/* The environment is asked once: the time is read in every request. */
enum state { UNKNOWN, RUNNING, STOPPED };
static _Atomic int state = UNKNOWN;
static _Atomic int64_t stopped_at;

static int
find_state(void)
{
	const char *text = getenv("OPBX_CLOCK");
	int64_t instant = 0;
	int found = RUNNING;

	if (text != NULL && text[0] != '\0') {
		if (!clock_parse(str_of(text), &instant)) {
			fprintf(
			    stderr, "OPBX_CLOCK is not an instant: %s\n", text);
			exit(EXIT_FAILURE);
		}
		found = STOPPED;
	}
	atomic_store(&stopped_at, instant);
	atomic_store(&state, found);
	return found;
}

int64_t
clock_now(void)
{
	struct timespec now;
	int known = atomic_load(&state);

	if (known == UNKNOWN)
		known = find_state();
	if (known == STOPPED)
		return atomic_load(&stopped_at);
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

int64_t
clock_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/*
 * Both ways count in years that begin in March, so that the leap day is the
 * last day of a year, and in eras of 400 years, which are all equally long.
 */
enum { ERA_DAYS = 146097, DAYS_TO_1970 = 719468 };

int64_t
clock_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t month_from_march = month > 2 ? month - 3 : month + 9;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
			     year_of_era / 100 + day_of_year;

	return era * ERA_DAYS + day_of_era - DAYS_TO_1970;
}

void
clock_date(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + DAYS_TO_1970;
	int64_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t day_of_era = z - era * ERA_DAYS;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 +
				  day_of_era / 36524 - day_of_era / 146096) /
			      365;
	int64_t day_of_year =
	    day_of_era -
	    (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;

	*day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	*month = (int)(month_from_march < 10 ? month_from_march + 3
					     : month_from_march - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

/* Writes a number with exactly `width` digits; returns the byte behind it. */
static char *
put_digits(char *p, int64_t number, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		p[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return p + width;
}

static char *
put_char(char *p, char byte)
{
	*p = byte;
	return p + 1;
}

size_t
clock_write(int64_t instant, char text[CLOCK_TEXT])
{
	int64_t days, rest;
	int year, month, day;
	char *p = text;

	if (instant < FIRST)
		instant = FIRST;
	if (instant > LAST)
		instant = LAST;
	/* Division that rounds down, for the time before 1970 too. */
	days = (instant >= 0 ? instant : instant - (DAY - 1)) / DAY;
	rest = instant - days * DAY;
	clock_date(days, &year, &month, &day);
	p = put_char(put_digits(p, year, 4), '-');
	p = put_char(put_digits(p, month, 2), '-');
	p = put_char(put_digits(p, day, 2), 'T');
	p = put_char(put_digits(p, rest / HOUR, 2), ':');
	p = put_char(put_digits(p, rest / MINUTE % 60, 2), ':');
	p = put_digits(p, rest / SECOND % 60, 2);
	if (rest % SECOND != 0)
		p = put_digits(put_char(p, '.'), rest % SECOND, 3);
	p = put_char(p, 'Z');
	*p = '\0';
	return (size_t)(p - text);
}

struct str
clock_print(struct pool *pool, int64_t instant)
{
	char text[CLOCK_TEXT];
	size_t n = clock_write(instant, text);

	return pool_copy(pool, (struct str){text, n});
}

/* Takes exactly `width` digits off the front. */
static bool
take_digits(struct str *s, size_t width, int *number)
{
	int value = 0;

	if (s->n < width)
		return false;
	for (size_t i = 0; i < width; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		value = value * 10 + (s->p[i] - '0');
	}
	*number = value;
	*s = str_cut(*s, width, s->n);
	return true;
}

/* Takes one byte off the front if it is one of those. */
static bool
take_any(struct str *s, const char *bytes)
{
	if (s->n == 0 || s->p[0] == '\0' || strchr(bytes, s->p[0]) == NULL)
		return false;
	*s = str_cut(*s, 1, s->n);
	return true;
}

static int
month_days(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* The date as the milliseconds of its midnight. */
static bool
take_date(struct str *s, int64_t *instant)
{
	int year, month, day;

	if (!take_digits(s, 4, &year) || !take_any(s, "-") ||
	    !take_digits(s, 2, &month) || !take_any(s, "-") ||
	    !take_digits(s, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > month_days(year, month))
		return false;
	*instant = clock_days(year, month, day) * DAY;
	return true;
}

/* The time of day in milliseconds; *leap when its second is the 61st. */
static bool
take_time(struct str *s, int64_t *since_midnight, bool *leap)
{
	int hour, minute, second = 0, scale = 100, digit;
	int64_t fraction = 0;

	*leap = false;
	if (!take_digits(s, 2, &hour) || !take_any(s, ":") ||
	    !take_digits(s, 2, &minute) || hour > 23 || minute > 59)
		return false;
	if (take_any(s, ":")) {
		if (!take_digits(s, 2, &second) || second > 60)
			return false;
		if (take_any(s, ".")) {
			if (!take_digits(s, 1, &digit))
				return false;
			do {
				fraction += (int64_t)digit * scale;
				scale /= 10;
			} while (take_digits(s, 1, &digit));
		}
	}
	*leap = second == 60;
	*since_midnight =
	    hour * HOUR + minute * MINUTE + second * SECOND + fraction;
	return true;
}

/* 'Z' or an offset in milliseconds; nothing is UTC. */
static bool
take_offset(struct str *s, int64_t *offset)
{
	bool west = s->n > 0 && s->p[0] == '-';
	int hour, minute;

	*offset = 0;
	if (s->n == 0 || take_any(s, "Zz"))
		return true;
	if (!take_any(s, "+-") || !take_digits(s, 2, &hour) ||
	    !take_any(s, ":") || !take_digits(s, 2, &minute) || hour > 23 ||
	    minute > 59)
		return false;
	*offset = hour * HOUR + minute * MINUTE;
	if (west)
		*offset = -*offset;
	return true;
}

bool
clock_parse(struct str text, int64_t *instant)
{
	int64_t date, time_of_day, offset, result;
	bool leap;

	if (!take_date(&text, &date) || !take_any(&text, "Tt ") ||
	    !take_time(&text, &time_of_day, &leap) ||
	    !take_offset(&text, &offset) || text.n > 0)
		return false;
	result = date + time_of_day - offset;
	/* Leap seconds come at the end of a day of UTC and nowhere else. */
	if (leap && (result % DAY + DAY) % DAY >= SECOND)
		return false;
	*instant = result;
	return true;
}
