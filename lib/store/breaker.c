#include "breaker.h"

#include "clock.h"

enum { WAITS = 3 };

/* A trial of what hangs costs somebody his patience: it becomes rarer. */
static bool
is_over(const struct breaker *breaker, int64_t now)
{
	int shift = breaker->waits > 1 ? breaker->waits - 1 : 0;

	return now - breaker->opened >=
	       ((int64_t)breaker->pause << shift) * 1000;
}

bool
breaker_allows(struct breaker *breaker, int64_t now)
{
	if (breaker->opened == 0)
		return true;
	if (!breaker->hurry && !is_over(breaker, now))
		return false;
	breaker->hurry = false;
	/* The pause starts anew, so that a trial nobody ends cannot stick. */
	breaker->opened = now;
	breaker->trying = true;
	return true;
}

void
breaker_succeeded(struct breaker *breaker)
{
	if (breaker->opened != 0)
		metrics_closed(breaker->watched, clock_monotonic());
	breaker->failures = breaker->waits = 0;
	breaker->trying = breaker->hurry = false;
	breaker->opened = 0;
}

void
breaker_failed(struct breaker *breaker, int64_t now)
{
	if (breaker->failures < breaker->limit)
		breaker->failures++;
	if (breaker->failures < breaker->limit)
		return;
	metrics_opened(breaker->watched, now, breaker->opened == 0);
	breaker->trying = false;
	breaker->opened = now != 0 ? now : 1;
}

void
breaker_late(struct breaker *breaker, int64_t now)
{
	breaker->failures = breaker->limit;
	if (breaker->waits < WAITS)
		breaker->waits++;
	breaker_failed(breaker, now);
}

bool
breaker_hurry(struct breaker *breaker)
{
	if (breaker->waits > 0)
		return false;
	breaker->hurry = breaker->opened != 0;
	return true;
}

enum breaker_state
breaker_state(const struct breaker *breaker, int64_t now)
{
	if (breaker->opened == 0)
		return BREAKER_CLOSED;
	if (breaker->trying || is_over(breaker, now))
		return BREAKER_HALF_OPEN;
	return BREAKER_OPEN;
}
