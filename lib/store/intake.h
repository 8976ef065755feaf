/*
 * Events: what carriers and `voice` tell of calls, taken in so that nothing
 * that was acknowledged is lost and nothing counts twice.
 *
 * Taking in (responders): the Redis queue opbx:queue:events, else a row of
 * call_event, else a file of var_dir/spool (spool.h), whichever can be had
 * first.  intake_put() returns NULL only when the event lies where a kill of
 * any process or server cannot reach it (doc/decisions/0011-acknowledged.md).
 *
 * Draining (the worker): queue and spool into call_event.  A row's event_hash
 * is the SHA-256 of kind, a line feed and key; it is unique in the tenant, so
 * an event that was taken in twice, or stored and not yet taken out of the
 * queue, is one row all the same.  Rows come with unfolded = 1 and hold
 * `received` as occurred_at.
 */
#ifndef STORE_INTAKE_H
#define STORE_INTAKE_H

#include "db.h"
#include "redis.h"

struct intake;

struct event {
	uint64_t organization;
	struct str kind;     /* "call-initiated" "call-status" "session-update"
				"cdr" "recording" "voice"; at most 32 bytes */
	struct str call_key; /* at most 128 bytes; empty: of no call */
	struct str key;      /* the same for all repeats of the event */
	int64_t received;    /* instant */
	struct str body;     /* a JSON object, as it came */
};

enum accepted {
	EVENT_NEW,
	EVENT_REPEATED, /* it was durable before */
	EVENT_PENDING,  /* somebody is making it durable: ask again soon */
};

enum { INTAKE_MOST = 128 /* events at once */ };

/*
 * db: of an account that may INSERT INTO call_events; the worker's also
 * UPDATE.  etc/opbx.conf: var_dir, spool.bytes.
 */
struct intake *intake_new(struct pool *process, const struct conf *conf,
    struct db *db, struct redis *redis);

/* What one request brought. */
struct parcel {
	struct pool *pool;          /* lives as long as they do */
	const struct event *events; /* of one organization */
	size_t count;               /* 1 to INTAKE_MOST */
	enum accepted *accepted;    /* one an event */
	const char *where; /* for the log: "redis", "database", "spool" */
	/*
	 * UNAVAILABLE with Retry-After when one of them could be stored
	 * nowhere: none counts as acknowledged then, and all may come again.
	 */
	struct err *err;
};

/*
 * Makes events durable, those of several requests on one way to Redis and
 * back.  db must not be in a transaction.
 */
void intake_put_parcels(
    struct intake *intake, struct parcel *parcels, size_t count);
/* One alone. */
struct err *intake_put(struct intake *intake, struct pool *pool,
    const struct event *event, enum accepted *accepted);

/*
 * For what nobody acknowledges: into the queue without waiting for it, or
 * into the spool (spool_add()).  Some are gathered and sent together; whoever
 * tells flushes before it waits.  They may be lost with the process or with
 * the server that took them; an error says that nobody did.
 */
struct err *intake_tell(
    struct intake *intake, struct pool *pool, const struct event *event);
struct err *intake_flush(struct intake *intake, struct pool *pool);

/*
 * For the worker, with a connection to Redis for this alone: one batch of the
 * queue into call_event, then out of the queue.  Waits at most `patience`
 * milliseconds (0 to 200) for the first event.  *taken counts what is out of
 * the queue now; 0: there was nothing.  What a consumer left undone for 90 s
 * is taken, too.  An event that MariaDB refuses is parked (parked_job, queue
 * "events", all that its row would have) and does not hold up the others.
 */
struct err *intake_drain_stream(
    struct intake *intake, struct pool *pool, int patience, size_t *taken);
/* The same for the oldest file of this node's spool. */
struct err *intake_drain_spool(
    struct intake *intake, struct pool *pool, size_t *taken);
/*
 * Milliseconds since the first of the last batch of the queue came in; 0 when
 * that was empty.
 */
int64_t intake_age(const struct intake *intake);
/*
 * Milliseconds since what waits longest came into the queue or the spool of
 * this node; 0 when nothing does.  A queue that cannot be asked holds nothing.
 */
int64_t intake_waits(struct intake *intake, struct pool *pool);

#endif
