/* What the files of folding.h share.  Nobody else includes this. */
#ifndef WORKER_FOLDING_PRIVATE_H
#define WORKER_FOLDING_PRIVATE_H

#include "fold.h"
#include "folding.h"

enum { LIVE_HOURS = 24 }; /* what has not ended by then is given up */

/* One call on its way, inside a transaction of its tenant. */
struct folding_call {
	struct db *db;
	struct pool *pool;
	uint64_t organization;
	struct str key;
	struct fold_facts facts;
	int recording_days, voicemail_days; /* 0: for ever */
	struct err *failed;                 /* of a look-up */
	struct folded_call folded;
	/* For who is told afterwards. */
	bool changed, cdrs, no_row;
	uint64_t recordings[16]; /* ids of new ones */
	size_t recording_count;
	uint64_t message; /* 0: no new one */
};

/* folding_write.c: the rows. */
struct err *folding_write(struct folding_call *call);
/* folding_records.c */
struct err *folding_write_records(struct folding_call *call);

/* folding_tell.c: Redis, as far as it can be reached. */
struct err *folding_tell(struct folding *folding, struct pool *pool,
    uint64_t organization, struct str call_key);
struct err *folding_rebuild(struct folding *folding, struct pool *pool);

#endif
