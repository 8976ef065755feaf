/*
 * A circuit breaker: stops waiting for what is down.
 *
 * closed: calls go through; after `limit` failures in a row, or one that was
 * waited for in vain, it opens.
 * open: calls are refused at once for `pause` milliseconds, and for twice and
 * then four times as long while each trial is waited for in vain, too.
 * half-open: one trial goes through; success closes, failure opens again.
 * A trial that never says how it ended blocks others for one pause only.
 */
#ifndef STORE_BREAKER_H
#define STORE_BREAKER_H

#include "metrics.h"

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

struct breaker {
	enum dependency watched; /* for metrics; 0: nobody's */
	int limit;
	int pause; /* milliseconds */
	int failures;
	int waits; /* in vain, one after the other; 3 at most */
	bool trying;
	bool hurry;     /* the next call is a trial, whatever the pause */
	int64_t opened; /* clock_monotonic(), microseconds; 0: closed */
};

/*
 * now: clock_monotonic().  True when a call may be made now; whoever was told
 * so reports the outcome with one of the two below.
 */
bool breaker_allows(struct breaker *breaker, int64_t now);
void breaker_succeeded(struct breaker *breaker);
void breaker_failed(struct breaker *breaker, int64_t now);
/* The same for a wait in vain, which is not repeated: opens at once. */
void breaker_late(struct breaker *breaker, int64_t now);
/*
 * For who has no other way: the next call goes through.  False when it might be
 * waited for in vain, as the last one was; then nothing changes.
 */
bool breaker_hurry(struct breaker *breaker);
/* For metrics; asking changes nothing. */
enum breaker_state breaker_state(const struct breaker *breaker, int64_t now);

#endif
