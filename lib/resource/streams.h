/*
 * Server-sent events to all who watch, out of one process and one loop.
 *
 *	snapshot	{"source", "calls", "extensions", "people", "notices"}:
 *			all there is; whatever was known before is void
 *	call		a call as it is now, as GET /calls shows it
 *	gone		{"id"}: a call that rang here, and is not to be seen
 *			any more
 *	presence	{"extensions", "people"}: those that changed
 *	notice		{"id", "event", "text", …}: as it is told to those who
 *			asked for it
 *	outage		{"source": "database"}: Redis is away, and snapshots
 *			come in place of calls until one says "redis"
 *	end		{"reason"}: of the stream
 *
 * Snapshots, calls, notices and what is gone have ids.  Who comes again with
 * Last-Event-ID is told what he missed, or, where that is not known any more,
 * gets a snapshot.  Whoever may not watch any more is told so within seconds.
 */
#ifndef RESOURCE_STREAMS_H
#define RESOURCE_STREAMS_H

#include "control.h"

struct streams;

struct streams *streams_new(struct pool *process);
/* The visit's answer goes on; its req has a place for that. */
struct err *streams_add(struct streams *streams, struct visit *visit);
/* Every SERVE_PULSE ms. */
void streams_pulse(struct streams *streams, struct desk *desk);
/* Its req is over. */
void streams_remove(struct streams *streams, const struct req *req);

#endif
