#include "zone_rule.h"

#include "clock.h"

static bool
take_byte(struct str *rest, char byte)
{
	if (rest->n == 0 || rest->p[0] != byte)
		return false;
	*rest = str_cut(*rest, 1, rest->n);
	return true;
}

static bool
take_number(struct str *rest, int min, int max, int *out)
{
	int64_t value;
	size_t n = 0;

	while (n < rest->n && n < 4 && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	if (!str_to_int(str_cut(*rest, 0, n), min, max, &value))
		return false;
	*rest = str_cut(*rest, n, rest->n);
	*out = (int)value;
	return true;
}

/* [+-]h[hh][:mm[:ss]] */
static bool
take_time(struct str *rest, int most_hours, int *seconds)
{
	bool negative = take_byte(rest, '-');
	int hours, minutes = 0, more = 0;

	if (!negative)
		take_byte(rest, '+');
	if (!take_number(rest, 0, most_hours, &hours))
		return false;
	if (take_byte(rest, ':')) {
		if (!take_number(rest, 0, 59, &minutes))
			return false;
		if (take_byte(rest, ':') && !take_number(rest, 0, 59, &more))
			return false;
	}
	*seconds = (hours * 60 + minutes) * 60 + more;
	if (negative)
		*seconds = -*seconds;
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "EST" or "<+0530>"; nobody needs it, but it must be well-formed. */
static bool
take_abbreviation(struct str *rest)
{
	bool quoted = take_byte(rest, '<');
	size_t n = 0;

	while (n < rest->n &&
	       (is_letter(rest->p[n]) ||
		   (quoted && (is_digit(rest->p[n]) || rest->p[n] == '+' ||
				  rest->p[n] == '-'))))
		n++;
	*rest = str_cut(*rest, n, rest->n);
	return n >= 3 && (!quoted || take_byte(rest, '>'));
}

static bool
take_change(struct str *rest, struct change *change)
{
	bool fine;

	if (!take_byte(rest, ','))
		return false;
	if (take_byte(rest, 'J')) {
		change->kind = CHANGE_JULIAN;
		fine = take_number(rest, 1, 365, &change->day);
	} else if (take_byte(rest, 'M')) {
		change->kind = CHANGE_WEEK;
		fine = take_number(rest, 1, 12, &change->month) &&
		       take_byte(rest, '.') &&
		       take_number(rest, 1, 5, &change->week) &&
		       take_byte(rest, '.') &&
		       take_number(rest, 0, 6, &change->day);
	} else {
		change->kind = CHANGE_COUNT;
		fine = take_number(rest, 0, 365, &change->day);
	}
	change->time = 2 * 60 * 60;
	if (fine && take_byte(rest, '/'))
		fine = take_time(rest, 7 * 24 - 1, &change->time);
	return fine;
}

/* POSIX counts offsets west of UTC. */
static bool
take_offset(struct str *rest, int *offset)
{
	if (!take_time(rest, 24, offset))
		return false;
	*offset = -*offset;
	return true;
}

bool
zone_rule_parse(struct str text, struct zone_rule *rule)
{
	*rule = (struct zone_rule){0};
	if (!take_abbreviation(&text) || !take_offset(&text, &rule->standard))
		return false;
	if (text.n == 0)
		return true;
	rule->changes = true;
	if (!take_abbreviation(&text))
		return false;
	rule->daylight = rule->standard + 60 * 60;
	if (text.n > 0 && text.p[0] != ',' &&
	    !take_offset(&text, &rule->daylight))
		return false;
	return take_change(&text, &rule->start) &&
	       take_change(&text, &rule->end) && text.n == 0;
}

int64_t
zone_day(int64_t second)
{
	return second / DAY_SECONDS - (second % DAY_SECONDS < 0);
}

int
zone_weekday(int64_t days)
{
	int weekday = (int)((days + 4) % 7); /* 1970-01-01 was a Thursday */

	return weekday < 0 ? weekday + 7 : weekday;
}

static int64_t
day_in_year(const struct change *change, int year)
{
	int64_t first, next, day;

	if (change->kind == CHANGE_WEEK) {
		first = clock_days(year, change->month, 1);
		next = change->month < 12
			   ? clock_days(year, change->month + 1, 1)
			   : clock_days(year + 1, 1, 1);
		day = first + 7 * ((int64_t)change->week - 1) +
		      (change->day - zone_weekday(first) + 7) % 7;
		return day < next ? day : day - 7;
	}
	first = clock_days(year, 1, 1);
	if (change->kind == CHANGE_COUNT)
		return first + change->day;
	day = first + change->day - 1;
	/* Day 60 is March 1 in every year. */
	next = clock_days(year, 3, 1);
	return change->day >= 60 ? next + change->day - 60 : day;
}

struct span
zone_rule_span(const struct zone_rule *rule, int64_t second)
{
	struct span span = {rule->standard, INT64_MAX};
	int64_t begin = INT64_MIN;
	int year, month, day;

	if (!rule->changes)
		return span;
	clock_date(zone_day(second + rule->standard), &year, &month, &day);
	/* A change may lie a week outside its year. */
	for (int i = 0; i < 8; i++) {
		bool start = i % 2 == 1;
		const struct change *change = start ? &rule->start : &rule->end;
		int64_t at =
		    day_in_year(change, year - 2 + i / 2) * DAY_SECONDS +
		    change->time - (start ? rule->standard : rule->daylight);

		/*
		 * Where an end meets a start, daylight saving time goes on:
		 * so do footers say that it lasts all year.
		 */
		if (at > second && at < span.end) {
			span.end = at;
		} else if (at <= second &&
			   (at > begin || (at == begin && start))) {
			begin = at;
			span.offset = start ? rule->daylight : rule->standard;
		}
	}
	return span;
}
