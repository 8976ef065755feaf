/*
 * Notices: what happened and people want to be told of, once each.
 *
 * Whoever sees it happen writes a row in the same transaction; its key is what
 * happened, so that told twice is told once.  A job of the queue
 * `notifications` then puts a delivery (delivery.h) for each rule of the
 * organization that wants it and for the mailbox's own address, and marks the
 * row in that transaction.  An event in opbx:ID:feed tells those who watch,
 * behind it; at least once.
 */
#ifndef WORKER_NOTICES_H
#define WORKER_NOTICES_H

#include "work.h"

struct notice {
	struct str event;    /* as notifications have it: "missed_call" */
	struct str key;      /* what happened */
	struct str call_key; /* absent: of no call */
	uint64_t voicemail;  /* 0: of none */
	struct str text;     /* one line, for people */
};

/*
 * Inside a write transaction of the organization.  *id is 0 when that was
 * said before.
 */
struct err *notice_put(struct db *db, uint64_t organization,
    const struct notice *notice, uint64_t *id);
/* After it: nobody waits for the sweep then. */
struct err *notice_queue(
    struct redis *redis, struct pool *pool, uint64_t organization, uint64_t id);

extern const struct trade notices_trade;

#endif
