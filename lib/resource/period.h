/*
 * Periods of opening hours as people write them, "09:00" to "17:00", and as
 * the router reads them, minutes of the day.
 */
#ifndef RESOURCE_PERIOD_H
#define RESOURCE_PERIOD_H

#include "hours.h"
#include "resource.h"

struct period_record {
	int day; /* of the week: 0 Sunday; unused on an exception's dates */
	struct str from, to;
};

/* Rows of a week, and of the dates of an exception. */
extern const struct record week_period_record, day_period_record;

enum span { SPAN_WEEK, SPAN_DAY };

/*
 * Complains below `path` of what is no time of day; a period of a week may
 * cross midnight (to <= from), one of a day ends at 24:00.  When nothing is
 * wrong the rows become those of periods_merge().
 */
void periods_take(struct change *change, const char *path, enum span span,
    struct children *list);
/* Rows <-> minutes. */
struct children periods_show(
    struct pool *pool, const struct period *periods, size_t count);
struct period *periods_read(struct pool *pool, const struct children *list);
/*
 * In order and without overlaps; returns how many are left.  hours_at() gives
 * the same answer as before at every instant, whatever the exceptions: what
 * begins on one day goes with it, so only periods of one day become one, and
 * one that crosses midnight is cut short where the next day's own goes on.
 */
size_t periods_merge(enum span span, struct period *periods, size_t count);

#endif
