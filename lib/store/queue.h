/*
 * Queues: work that nobody waits for, told to the worker through Redis.
 *
 * A job is a kind of work (the queue), a tenant and a key that says which row
 * of MariaDB is meant; that row is the truth, so a job that Redis lost is put
 * again by whoever finds the row (queue_restore()), and doing a job twice
 * does what doing it once does.
 *
 * A queue is the Redis Stream opbx:queue:NAME with the consumer group
 * "workers".  Beside it lie, changed in one script each, so that a kill at
 * any moment leaves them in step:
 *	:jobs	"ORGANIZATION:KEY" to its state, so that there is never more
 *		than one job of a key: w(aiting), t(aken), a(gain: put while
 *		it was taken, and put again when it is done)
 *	:due	stream id to the instant from which anybody may take it
 *		again: the end of a lease, or of the pause after a failure
 *	:tries	stream id to how often it was taken
 */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include "buf.h"
#include "db.h"
#include "redis.h"

enum queue_name {
	QUEUE_RECORDINGS,    /* keys "recording:ID" and "voicemail:ID" */
	QUEUE_CDR,           /* key "fold": the tenant has unfolded cdrs */
	QUEUE_CACHE,         /* key "warm" */
	QUEUE_NOTIFICATIONS, /* "notice:ID": people are to be told of it */
	QUEUES,
};
/* NULL-terminated. */
extern const char *const queue_names[];

enum {
	QUEUE_ATTEMPTS = 5,
	QUEUE_LEASE = 90000, /* milliseconds until silence is taken for death */
	QUEUE_KEY = 64,      /* bytes of a key at most */
};

struct queue_job {
	enum queue_name queue;
	uint64_t organization;
	struct str key;
	/* Of a taken one: */
	struct str id;
	int attempt; /* from 1 */
};

/*
 * There is work.  Of a job that waits already nothing changes; one that is
 * taken is done once more afterwards.  An error harms nobody: the sweep finds
 * the row.
 */
struct err *queue_put(struct redis *redis, struct pool *pool,
    enum queue_name queue, uint64_t organization, struct str key);
/* The same, but a job that is waiting, taken or paused is left alone. */
struct err *queue_restore(struct redis *redis, struct pool *pool,
    enum queue_name queue, uint64_t organization, struct str key);

/*
 * The next job: one whose pause or lease is over, else a new one.  It is the
 * caller's for QUEUE_LEASE.  *found is false when none is due.
 */
struct err *queue_take(struct redis *redis, struct pool *pool,
    enum queue_name queue, struct queue_job *job, bool *found);
/* Each does nothing when the lease was over and another has the job. */
struct err *queue_done(
    struct redis *redis, struct pool *pool, const struct queue_job *job);
/* Due again after 1 s, 5 s, 30 s and 2 min. */
struct err *queue_failed(
    struct redis *redis, struct pool *pool, const struct queue_job *job);
/* Due again in a second, and this attempt does not count. */
struct err *queue_return(
    struct redis *redis, struct pool *pool, const struct queue_job *job);

/*
 * Into parked_job, for `opbxctl jobs`: inside a write transaction of the
 * job's tenant.  failure: why, for people.  The job is still to be done().
 */
struct err *queue_park(
    struct db *db, const struct queue_job *job, struct str failure);

struct queue_depth {
	int64_t waiting; /* waiting, taken and paused */
	int64_t age;     /* milliseconds of the oldest; 0: there is none */
};
struct err *queue_depth(struct redis *redis, struct pool *pool,
    enum queue_name queue, struct queue_depth *depth);
/*
 * Depth and age of all, and of the events, as Prometheus reads it; nothing
 * without Redis.
 */
void queue_print(struct buf *out, struct redis *redis, struct pool *pool);

#endif
