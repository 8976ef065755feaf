/*
 * Counters of all processes of a node, in one file that all of them map.
 *
 * As the log: a process opens it once and counts wherever it is; without a
 * file it counts for itself alone.  Counting is an addition to memory, some
 * nanoseconds, and never waits.  The numbers only grow; they begin at 0 with
 * a new file (after a boot, or an upgrade that counts something else).
 */
#ifndef CORE_METRICS_H
#define CORE_METRICS_H

#include "buf.h"

/* What is counted besides requests. */
enum metric {
	METRIC_CACHE_MEMORY, /* look-ups that the process itself answered */
	METRIC_CACHE_REDIS,
	METRIC_CACHE_DATABASE,
	METRIC_CACHE_STALE,   /* answered by what was known last */
	METRIC_STALE_ANSWERS, /* calls, not look-ups */
	METRICS,
};

/* What is waited for, behind a circuit breaker. */
enum dependency {
	DEPENDENCY_NONE, /* is not told of */
	DEPENDENCY_MARIADB,
	DEPENDENCY_REDIS,
	DEPENDENCY_CARRIER,
	DEPENDENCIES,
};

/*
 * Maps folder/metrics, which it makes when it is not there, damaged, or of
 * another layout.  responder: whose requests this process counts.
 */
void metrics_open(
    struct pool *process, struct str folder, const char *responder);

void metrics_add(enum metric metric, uint64_t n);
/* One request was answered, in so many microseconds. */
void metrics_request(int status, int64_t microseconds);
/*
 * A breaker opened, or a trial failed and it stays open (anew: false); it
 * closed again.  now: clock_monotonic().
 */
void metrics_opened(enum dependency dependency, int64_t now, bool anew);
void metrics_closed(enum dependency dependency, int64_t now);

/* All of it as Prometheus reads it, text format 0.0.4. */
void metrics_print(struct buf *out, int64_t now);

#endif
