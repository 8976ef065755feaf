/* What the files of folding.h share.  Nobody else includes this. */
#ifndef WORKER_FOLDING_PRIVATE_H
#define WORKER_FOLDING_PRIVATE_H

#include "fold.h"
#include "folding.h"
#include "lock.h"

enum { LIVE_HOURS = 24 }; /* what has not ended by then is given up */

/* A call as Redis is told of it. */
struct telling {
	struct str key, version, text;
	bool lives;
};

/* One call on its way, inside a transaction of its tenant. */
struct folding_call {
	struct folding *folding;
	struct db *db;
	struct pool *pool;
	uint64_t organization;
	struct str key;
	/* All that there are, once it is folded; NULL: there is nothing new. */
	const struct rows *events;
	struct fold_facts facts;
	struct err *failed; /* of a look-up */
	struct folded_call folded;
	/* For who is told afterwards. */
	bool changed, cdrs;
	struct telling telling;
	uint64_t recordings[16]; /* ids of new ones */
	size_t recording_count;
	uint64_t message;    /* 0: no new one */
	uint64_t notices[4]; /* ids of new ones */
	size_t notice_count;
};

/*
 * folding_claim.c: the calls that no other worker is at come first among the
 * keys, as many as it returns.  Without Redis all are.
 */
struct folding_claim {
	uint64_t organization;
	struct str token;
	struct lock *locks;
	size_t count;
};
size_t folding_claim(struct folding *folding, uint64_t organization,
    struct str *keys, size_t count, struct folding_claim *claim);
void folding_release(struct folding *folding, struct folding_claim *claim);

/*
 * folding_facts.c: what the fold asks of the tenant; kept for a round, in
 * which many calls ask the same.
 */
struct folding_facts *folding_facts_new(struct pool *process);
void folding_facts_forget(struct folding *folding);
struct err *folding_facts_load(struct folding_call *call);
int folding_recording_days(const struct folding_call *call);
int folding_voicemail_days(const struct folding_call *call);

/* folding_write.c: the row; waits for another worker that has it. */
struct err *folding_lock(struct folding_call *call, struct rows **was);
/* `folded` of its events went into it before: are some of those gone? */
bool folding_is_torn(const struct rows *was, size_t folded);
/* The events of these calls of one tenant are in them now. */
struct err *folding_mark(const struct folding_call *calls, size_t count);
/* What its new events say of a call of which some are gone: its CDR. */
struct err *folding_write_late(
    struct folding_call *call, const struct rows *was);
struct err *folding_write(struct folding_call *call, const struct rows *was);
/* folding_records.c */
struct err *folding_write_records(struct folding_call *call);

/* folding_notices.c: what people want to be told of, once. */
struct err *folding_write_notices(struct folding_call *call);

/* folding_tell.c: inside the transaction, and behind it. */
struct err *folding_describe(struct folding_call *call);
struct err *folding_tell(struct folding *folding, struct pool *pool,
    uint64_t organization, const struct telling *tellings, size_t count);
struct err *folding_rebuild(struct folding *folding, struct pool *pool);

#endif
