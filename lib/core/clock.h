/*
 * The time.  Instants are milliseconds since 1970-01-01T00:00:00Z.
 *
 * OPBX_CLOCK in the environment (an RFC 3339 instant) stops the wall clock
 * of a process at that instant, for tests and for bug reports.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include "pool.h"

int64_t clock_now(void);
/* Microseconds of a clock that only goes forward and is never stopped. */
int64_t clock_monotonic(void);

/* "2026-11-22T15:56:38.123Z" (RFC 3339, UTC); milliseconds if not zero. */
struct str clock_print(struct pool *pool, int64_t instant);
/*
 * RFC 3339 with 'T' or a space, optional seconds and fraction, 'Z' or an
 * offset; false for anything else.  Without an offset: UTC.
 */
bool clock_parse(struct str text, int64_t *instant);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t clock_days(int year, int month, int day);
void clock_date(int64_t days, int *year, int *month, int *day);

#endif
