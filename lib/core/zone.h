/*
 * Time zones of the IANA database, as TZif files describe them (RFC 9636).
 *
 * zone_parse() is pure; zone_load() reads /usr/share/zoneinfo once per zone
 * and process.  Between and beyond the file's transitions the rule in its
 * footer counts, so a zone is right in any year.
 */
#ifndef CORE_ZONE_H
#define CORE_ZONE_H

#include "err.h"

struct zone;

/* A date and time of day as a clock on the wall shows it. */
struct local_time {
	int year, month, day;     /* 2026, 1..12, 1..31 */
	int weekday;              /* 0 Sunday .. 6 Saturday */
	int hour, minute, second; /* 0..23, 0..59, 0..59 */
	int offset;               /* seconds east of UTC */
};

struct err *zone_parse(struct pool *pool, struct str bytes,
    const struct zone **out);
/*
 * By IANA name ("America/New_York"); NULL when there is none, or when the
 * name is not made of letters, digits, '_', '-', '+' and single '/'.
 */
const struct zone *zone_load(struct str name);

struct local_time zone_local(const struct zone *zone, int64_t instant);
/*
 * The instant of a local time; of one that comes twice the first, of one that
 * is skipped the instant that the skip begins.
 */
int64_t zone_instant(const struct zone *zone, const struct local_time *local);

#endif
