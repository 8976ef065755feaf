/*
 * The time.  Instants are milliseconds since 1970-01-01T00:00:00Z.
 *
 * OPBX_CLOCK in the environment (an RFC 3339 instant) stops the wall clock
 * of a process at that instant, for tests and for bug reports.  Anything else
 * in it ends the process: a test must not run at the wrong time unnoticed.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include "pool.h"

int64_t clock_now(void);
/* Microseconds of a clock that only goes forward and is never stopped. */
int64_t clock_monotonic(void);

/*
 * "2026-11-22T15:56:38.123Z" (RFC 3339, UTC); milliseconds if not zero.
 * What lies outside the years 0000..9999 is printed as the nearest instant
 * inside them.
 */
struct str clock_print(struct pool *pool, int64_t instant);
enum { CLOCK_TEXT = 32 };
/* The same without a pool, NUL-terminated; returns the length. */
size_t clock_write(int64_t instant, char text[CLOCK_TEXT]);
/*
 * RFC 3339 with 'T' or a space, optional seconds and fraction, 'Z' or an
 * offset; false for anything else.  Without an offset: UTC.  Digits beyond
 * the millisecond are dropped; a leap second is the second after it.
 */
bool clock_parse(struct str text, int64_t *instant);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t clock_days(int year, int month, int day);
void clock_date(int64_t days, int *year, int *month, int *day);

#endif
