/* What the two sides of intake.h share: who takes in and who drains. */
#ifndef STORE_INTAKE_PRIVATE_H
#define STORE_INTAKE_PRIVATE_H

#include "crypto.h"
#include "intake.h"
#include "spool.h"

#define INTAKE_QUEUE "opbx:queue:events"
#define INTAKE_GROUP "workers"

struct intake {
	struct db *db;
	struct redis *redis;
	struct spool *spool;
	const char *where; /* intake_where() */
	char script[48];   /* Redis' name of it; empty: not loaded yet */
	/* Of who drains. */
	struct pool *process;
	struct str consumer;
	int batch;       /* events to ask for next */
	bool left;       /* something was delivered to us and not stored */
	int64_t claimed; /* when others' leavings were looked for; monotonic */
	char claim_from[48];
};

/* As it lies in the queue and in the spool; false for what is none of ours. */
struct str event_write(struct pool *pool, const struct event *event);
bool event_parse(struct pool *pool, struct str text, struct event *event);

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
