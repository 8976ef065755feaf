/* What the files of folding.h share.  Nobody else includes this. */
#ifndef WORKER_FOLDING_PRIVATE_H
#define WORKER_FOLDING_PRIVATE_H

#include "fold.h"
#include "folding.h"

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
	struct fold_facts facts;
	struct err *failed; /* of a look-up */
	struct folded_call folded;
	/* For who is told afterwards. */
	bool changed, cdrs;
	struct telling telling;
	uint64_t recordings[16]; /* ids of new ones */
	size_t recording_count;
	uint64_t message; /* 0: no new one */
};

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
struct err *folding_write(struct folding_call *call, const struct rows *was);
/* folding_records.c */
struct err *folding_write_records(struct folding_call *call);

/* folding_tell.c: inside the transaction, and behind it. */
struct err *folding_describe(struct folding_call *call);
struct err *folding_tell(struct folding *folding, struct pool *pool,
    uint64_t organization, const struct telling *tellings, size_t count);
struct err *folding_rebuild(struct folding *folding, struct pool *pool);

#endif
