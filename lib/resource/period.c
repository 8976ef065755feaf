#include "period.h"

#include <stdlib.h>

static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday", NULL};

/* clang-format off */
static const struct field week_fields[] = {
	{ FIELD(period_record, day), .min = 0, .max = 6,
	    .words = days, .help = "0 Sunday to 6 Saturday" },
	{ FIELD(period_record, from), .max = 5, .flags = REQUIRED,
	    .help = "like 09:00" },
	{ FIELD(period_record, to), .max = 5, .flags = REQUIRED,
	    .help = "like 17:00; 24:00 is midnight; before from: next day" },
};
static const struct field day_fields[] = {
	{ FIELD(period_record, from), .max = 5, .flags = REQUIRED,
	    .help = "like 09:00" },
	{ FIELD(period_record, to), .max = 5, .flags = REQUIRED,
	    .help = "like 13:00, at most 24:00" },
};
/* clang-format on */

const struct record week_period_record = {
    .name = "period",
    RECORD(period_record, week_fields),
};
const struct record day_period_record = {
    .name = "period",
    RECORD(period_record, day_fields),
};

struct period *
periods_read(struct pool *pool, const struct children *list)
{
	const struct period_record *rows = list->rows;
	struct period *periods =
	    NEW_ARRAY(pool, struct period, list->count + 1);

	for (size_t i = 0; i < list->count; i++) {
		periods[i].day = rows[i].day;
		hours_parse_minutes(rows[i].from, &periods[i].from);
		hours_parse_minutes(rows[i].to, &periods[i].to);
	}
	return periods;
}

static struct str
print_minutes(struct pool *pool, int minutes)
{
	return pool_printf(pool, "%02d:%02d", minutes / 60, minutes % 60);
}

struct children
periods_show(struct pool *pool, const struct period *periods, size_t count)
{
	struct period_record *rows =
	    NEW_ARRAY(pool, struct period_record, count + 1);

	for (size_t i = 0; i < count; i++) {
		rows[i].day = periods[i].day;
		rows[i].from = print_minutes(pool, periods[i].from);
		rows[i].to = print_minutes(pool, periods[i].to);
	}
	return (struct children){count, rows};
}

static bool
take_minutes(
    struct change *change, struct str path, struct str text, int *minutes)
{
	if (text.p == NULL || complained(&change->all, path))
		return false;
	if (hours_parse_minutes(text, minutes))
		return true;
	complain(&change->all, path, "must be a time of day, like 09:00");
	return false;
}

static void
check_period(struct change *change, const char *path, enum span span,
    const struct period_record *row)
{
	struct str from = pool_printf(change->pool, "%s.from", path);
	struct str to = pool_printf(change->pool, "%s.to", path);
	int begins = 0, ends = 0;

	if (take_minutes(change, from, row->from, &begins) &&
	    begins == DAY_MINUTES) {
		complain(&change->all, from, "must be before 24:00");
		return;
	}
	/* 00:00 is as good as 24:00. */
	if (take_minutes(change, to, row->to, &ends) && span == SPAN_DAY &&
	    ends != 0 && ends <= begins && !complained(&change->all, from))
		complain(&change->all, to,
		    "must be later than from; these dates end at 24:00");
}

void
periods_take(struct change *change, const char *path, enum span span,
    struct children *list)
{
	const struct period_record *rows = list->rows;
	struct period *periods;

	for (size_t i = 0; i < list->count; i++)
		check_period(change,
		    pool_printf(change->pool, "%s.%zu", path, i).p, span,
		    &rows[i]);
	if (complained_in(&change->all, str_of(path)))
		return;
	periods = periods_read(change->pool, list);
	*list = periods_show(
	    change->pool, periods, periods_merge(span, periods, list->count));
}

/*
 * While they are merged `to` counts from the midnight before `from`, so that
 * 01:00 of the next day is 1500.
 */
static void
unroll(struct period *period)
{
	if (period->to <= period->from)
		period->to += DAY_MINUTES;
}

static void
roll(struct period *period)
{
	if (period->to > DAY_MINUTES)
		period->to -= DAY_MINUTES;
}

static int
compare(const void *a, const void *b)
{
	const struct period *x = a, *y = b;

	if (x->day != y->day)
		return x->day - y->day;
	if (x->from != y->from)
		return x->from - y->from;
	return y->to - x->to;
}

/* Adds `next`, which begins no earlier, behind the last one of its day. */
static size_t
add_period(struct period *periods, size_t count, const struct period *next)
{
	struct period *last = count > 0 ? &periods[count - 1] : NULL;

	if (last == NULL || last->day != next->day || last->to < next->from) {
		periods[count] = *next;
		return count + 1;
	}
	if (next->to <= last->to)
		return count;
	if (next->to - last->from <= DAY_MINUTES) {
		last->to = next->to;
		return count;
	}
	/* More than a day long together, and no row can say that. */
	last->to = next->from;
	periods[count] = *next;
	return count + 1;
}

/* What reaches into the next day ends where that day's own goes on. */
static void
cut_tail(struct period *period, const struct period *periods, size_t count)
{
	int tail = period->to - DAY_MINUTES;

	for (size_t i = count; i > 0; i--) {
		const struct period *own = &periods[i - 1];

		if (own->day == (period->day + 1) % 7 && own->from < tail &&
		    own->to >= tail)
			tail = own->from;
	}
	if (period->to > DAY_MINUTES)
		period->to = tail + DAY_MINUTES;
}

/* In the order of compare(), and in place. */
static size_t
join(struct period *periods, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		struct period next = periods[i];

		left = add_period(periods, left, &next);
	}
	return left;
}

size_t
periods_merge(enum span span, struct period *periods, size_t count)
{
	for (size_t i = 0; i < count; i++)
		unroll(&periods[i]);
	qsort(periods, count, sizeof *periods, compare);
	count = join(periods, count);
	if (span == SPAN_WEEK) {
		for (size_t i = 0; i < count; i++)
			cut_tail(&periods[i], periods, count);
		/* What was too long together may not be any more. */
		count = join(periods, count);
	}
	for (size_t i = 0; i < count; i++)
		roll(&periods[i]);
	return count;
}
