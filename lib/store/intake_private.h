/* What the two sides of intake.h share: who takes in and who drains. */
#ifndef STORE_INTAKE_PRIVATE_H
#define STORE_INTAKE_PRIVATE_H

#include "crypto.h"
#include "intake.h"
#include "pack.h"
#include "spool.h"

#define INTAKE_QUEUE "opbx:queue:events"
#define INTAKE_GROUP "workers"

/* Of who tells: what was not sent yet. */
enum { TOLD_MOST = 16 };
struct told {
	struct pool *pool; /* of the texts; cleared when they are sent */
	struct str list[TOLD_MOST];
	size_t count, bytes;
	int64_t since; /* monotonic */
};

struct intake {
	struct db *db;
	struct redis *redis;
	struct spool *spool;
	char script[48]; /* Redis' name of it; empty: not loaded yet */
	struct told told;
	/* Of who drains. */
	struct pool *process;
	struct str consumer;
	int batch;       /* events to ask for next */
	int64_t oldest;  /* when the first of the last batch came; 0: none */
	bool left;       /* something was delivered to us and not stored */
	int64_t claimed; /* when others' leavings were looked for; monotonic */
	char claim_from[48];
};

/* One event on its way: where it has come to. */
struct taken {
	const struct event *event;
	enum accepted *accepted;
	struct str text;
	struct str redis_key;
	bool stored;
	bool queued; /* its key is pending */
};

/* intake_queue.c: what is not stored afterwards is stored elsewhere. */
struct err *intake_put_queue(
    struct intake *intake, struct pool *pool, struct taken *all, size_t count);
/*
 * intake_elsewhere.c: the parcels of which something is not stored, those of
 * an organization in one transaction, else all in one file.  all: of all the
 * parcels, in their order; redis: why it was not stored there.
 */
void intake_put_elsewhere(struct intake *intake, struct parcel *parcels,
    size_t count, struct taken *all, const struct err *redis);
/* What was only queued is stored by now. */
void intake_tell_done(
    struct intake *intake, struct pool *pool, const struct taken *taken);

/* As it lies in the queue and in the spool; false for what is none of ours. */
struct str event_write(struct pool *pool, const struct event *event);
bool event_parse(struct pool *pool, struct str text, struct event *event);

/* Several of them in one entry of the queue, in its field "events". */
struct frames {
	size_t count;
	struct str *list;
};
void frames_pack(struct pack *pack, struct frames *frames);
void intake_tell_init(struct intake *intake);

/* event_hash of its row. */
void event_hash(struct pool *pool, const struct event *event,
    unsigned char hash[CRYPTO_HASH]);

/* The values of a row, in the order of INTAKE_COLUMNS. */
enum { INTAKE_VALUES = 6 };
#define INTAKE_COLUMNS \
	"(organization_id, call_key, kind, event_hash, body, occurred_at)"
void event_values(struct pool *pool, const struct event *event,
    struct value values[INTAKE_VALUES]);

/*
 * NULL: each of them is a row now, or was before, or is parked.  They may be
 * of several organizations.
 */
struct err *intake_store(struct intake *intake, struct pool *pool,
    struct event *events, size_t count);

#endif
