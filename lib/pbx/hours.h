/*
 * Opening hours: is a schedule open at an instant, and why.
 *
 * In this order: override, exception, weekly periods (spec section 5).  All
 * times are what the wall clock of the schedule's own zone shows, also on the
 * days when it is put forward or back; a period is from <= now < to.
 */
#ifndef PBX_HOURS_H
#define PBX_HOURS_H

#include "pack.h"
#include "target.h"
#include "zone.h"

enum {
	DAY_MINUTES = 24 * 60,
	/* More than this hours_pack() refuses. */
	PERIODS_MOST = 500, /* of the week or of one exception */
	EXCEPTIONS_MOST = 1000,
};

/* to <= from crosses midnight; to may be 1440 (24:00). Minutes of the day. */
struct period {
	int day; /* 0 Sunday .. 6 Saturday; unused in an exception */
	int from, to;
};

/*
 * Replaces its local dates 00:00-24:00 whole: a weekly period that began the
 * evening before ends at their midnight, and its own periods hold on each of
 * its dates, to 24:00 at the latest, also where to <= from.  Without periods
 * the dates are closed.  A yearly 29 February is no date of other years.
 */
struct exception {
	struct str name;
	int from_year, from_month, from_day; /* year 0: every year */
	int to_year, to_month, to_day;       /* inclusive; may wrap the year */
	size_t period_count;
	struct period *periods;
};

enum override { OVERRIDE_NONE, OVERRIDE_OPEN, OVERRIDE_CLOSED };

struct business_hours {
	uint64_t id;
	struct str name;
	struct str timezone; /* IANA; never absent */
	struct target open, closed, exception;
	enum override override;
	int64_t override_until; /* instant; 0: until it is taken back */
	size_t period_count;
	struct period *periods;
	size_t exception_count;
	struct exception *exceptions;
};

/* HOURS_EXCEPTION is closed by an exception; in its periods it is open. */
enum hours_state { HOURS_OPEN, HOURS_CLOSED, HOURS_EXCEPTION };

struct hours_answer {
	enum hours_state state;
	const struct exception *exception; /* the one that applied, or NULL */
	bool overridden;
	struct local_time local;
};

/* Where two exceptions cover a date the one that is later in the list wins. */
struct hours_answer hours_at(const struct business_hours *hours,
    const struct zone *zone, int64_t instant);
/*
 * The first later instant with another state; 0 when there is none within
 * 366 days.
 */
int64_t hours_next_change(const struct business_hours *hours,
    const struct zone *zone, int64_t instant);

/* "09:00", "24:00" to minutes of the day; false for anything else. */
bool hours_parse_minutes(struct str text, int *minutes);
/*
 * "2026-12-24", or "12-24" with year 0; false for anything else.  Whether the
 * month has such a day is not asked.
 */
bool hours_parse_date(struct str text, int *year, int *month, int *day);
void hours_pack(struct pack *pack, struct business_hours *hours);

#endif
