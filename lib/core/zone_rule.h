/*
 * The rule by which a zone changes its offset every year, as the POSIX TZ
 * strings in the footers of TZif files give it (RFC 9636 section 3.3.1).
 *
 * Seconds are those since 1970 in UTC; offsets are seconds east of UTC.
 * Only zone.c needs this.
 */
#ifndef CORE_ZONE_RULE_H
#define CORE_ZONE_RULE_H

#include "str.h"

enum {
	DAY_SECONDS = 24 * 60 * 60,
	/* RFC 9636 section 3.2: what an offset should lie between. */
	OFFSET_MIN = -(25 * 60 * 60 - 1),
	OFFSET_MAX = 26 * 60 * 60 - 1,
};

enum change_day {
	CHANGE_JULIAN, /* Jn: 1..365, February 29 is never counted */
	CHANGE_COUNT,  /* n: 0..365, February 29 is counted */
	CHANGE_WEEK,   /* Mm.w.d: weekday d of week w, week 5 is the last */
};

/* When, in every year, one of the two offsets begins. */
struct change {
	enum change_day kind;
	int month, week, day;
	int time; /* seconds after midnight; may be negative or > 24 h */
};

struct zone_rule {
	int standard, daylight;
	bool changes; /* false: standard all year, the rest is unused */
	struct change start, end;
};

/* One offset and the first second at which it may no longer hold. */
struct span {
	int offset;
	int64_t end; /* INT64_MAX: holds for ever */
};

/*
 * "EST5EDT,M3.2.0,M11.1.0"; false for anything else.  Daylight saving time
 * without its two dates would be a guess and is refused.
 */
bool zone_rule_parse(struct str text, struct zone_rule *rule);
struct span zone_rule_span(const struct zone_rule *rule, int64_t second);

/* The day since 1970 that a second lies in, and the weekday of a day. */
int64_t zone_day(int64_t second);
int zone_weekday(int64_t days);

#endif
