/*
 * Time zones of the IANA database, as TZif files describe them (RFC 9636).
 *
 * zone_parse() is pure; zone_load() reads /usr/share/zoneinfo once per zone
 * and process, so a newer database is seen by the next process.  Beyond the
 * file's last transition the rule in its footer counts, so a zone is right
 * in any year.  Instants are milliseconds, as in clock.h.
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

/*
 * Version 2 or later of TZif, without leap seconds.  Any bytes may be given;
 * the zone keeps none of them.  INTERNAL, the cause says what is wrong.
 */
struct err *zone_parse(
    struct pool *pool, struct str bytes, const struct zone **out);
/*
 * By IANA name ("America/New_York"); NULL when there is none, or when the
 * name is not a capital followed by letters, digits, '_', '-', '+' and
 * single '/'.  The capital leaves out "localtime" and the other files of
 * that folder that are no zones or mean something else on every machine.
 * The zone lives as long as the process.
 */
const struct zone *zone_load(struct str name);

struct local_time zone_local(const struct zone *zone, int64_t instant);
/*
 * The instant of a local time; of one that comes twice the first, of one that
 * is skipped the instant that the skip begins.  weekday and offset are not
 * read; day, hour, minute and second may run over (day 32, hour 24).  The
 * year must have at most four digits.
 */
int64_t zone_instant(const struct zone *zone, const struct local_time *local);
/*
 * "2026-12-25T10:00" on this clock, or with an offset on any; false for what
 * clock_parse() refuses.
 */
bool zone_parse_instant(
    const struct zone *zone, struct str text, int64_t *instant);
/* The first later instant at which the offset may change, else INT64_MAX. */
int64_t zone_next_change(const struct zone *zone, int64_t instant);

#endif
