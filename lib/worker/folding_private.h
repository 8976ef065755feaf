/* What the files of folding.h share.  Nobody else includes this. */
#ifndef WORKER_FOLDING_PRIVATE_H
#define WORKER_FOLDING_PRIVATE_H

#include "fold.h"
#include "folding.h"
#include "folding_trouble.h"
#include "lock.h"

enum {
	FOLD_TOGETHER = 64, /* calls of a tenant in one transaction */
	FOLD_EVENTS = 5000, /* of one call; more of its progress is not read */
	/* What has not ended by then is given up. */
	FOLD_LIVE_SECONDS = 24 * 3600,
};

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
	struct rows was;    /* its row, if there is one */
	struct rows events; /* all that there are */
	struct rows passed; /* ids of a full one's that need not be read */
	size_t marked;      /* events of it that wait no longer */
	bool full;          /* it has more than are read */
	bool news;          /* some of them are not in it yet */
	bool torn;          /* the row stays: not all of them are there */
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
 * folding_calls.c: folds calls of one tenant and tells of them; one that cannot
 * be folded does not hold up others.  The keys and the first error are in
 * `pool`.  *done grows by those of which less is left to do.
 */
struct err *folding_calls(struct folding *folding, struct pool *pool,
    uint64_t organization, const struct str *keys, size_t count, size_t *done);

/*
 * folding_park.c: what cannot be folded waits for `opbxctl jobs`; its events
 * stay, unfolded = 2, and go into the call with the next one that comes.
 */
struct err *folding_park(
    struct folding_call *call, struct str cause, int64_t attempts);
/* Inside the transaction that folds it: it is parked no longer. */
struct err *folding_unpark(const struct folding_call *call);

/*
 * folding_claim.c: the calls that no other worker is at come first among the
 * keys, as many as it returns.  Without Redis all are.
 */
struct folding_claim {
	struct pool *pool;
	uint64_t organization;
	struct str token;
	struct lock *locks;
	size_t count;
};
size_t folding_claim(struct folding *folding, struct pool *pool,
    uint64_t organization, struct str *keys, size_t count,
    struct folding_claim *claim);
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

/*
 * folding_load.c: their rows, locked, and their events; waits for another
 * worker that has one.  *too_many: they cannot be read together.
 */
struct err *folding_load(
    struct folding_call *calls, size_t count, bool *too_many);
/*
 * Events as they are read: a body of more than 8 KiB is absent until
 * folding_read_bodies().
 */
#define FOLDING_EVENTS                                                \
	"SELECT id, kind, event_hash, IF(LENGTH(body) <= 8192, body," \
	" NULL), occurred_at, created_at, unfolded, call_key,"        \
	" LENGTH(body) FROM call_events WHERE organization_id = ?"
enum {
	FOLD_BYTES = 16 << 20, /* of large bodies at once */
	EVENT_ID = 0,
	EVENT_KIND,
	EVENT_HASH,
	EVENT_BODY,
	EVENT_OCCURRED,
	EVENT_CREATED,
	EVENT_UNFOLDED,
	EVENT_KEY,
	EVENT_BYTES,
};
/*
 * folding_full.c: the events of a call that has too many, or too large ones:
 * those that are told only once before all others; of a full one with no news
 * of that sort no more than those.  Where even they are too much it is torn.
 */
struct err *folding_load_full(struct folding_call *call);
/* Of an event that is read: does it wait, or is it given up? */
bool folding_is_new(const struct rows *events, size_t i);
bool folding_is_parked(const struct rows *events, size_t i);
bool folding_has_new(const struct rows *events);
/* Carriers tell it over and over; all else is told once. */
bool folding_is_progress(struct str kind);
/*
 * folding_bodies.c: the bytes of the large ones, of those that are told once
 * or of all.
 */
int64_t folding_large(const struct folding_call *call, bool once);
/*
 * Reads them, what is told once first, as many as FOLD_BYTES hold of `count`
 * calls; what stays absent counts for nothing.
 */
struct err *folding_read_bodies(struct folding_call *calls, size_t count);

/* What is to be told of those that changed. */
struct err *folding_describe(struct folding_call *calls, size_t count);

/*
 * folding_write.c: the rows of those with news that are not torn; sets
 * `changed`.
 */
struct err *folding_write(struct folding_call *calls, size_t count);
/* What its new events say of a call of which some are gone: its CDR. */
struct err *folding_write_late(struct folding_call *call);
/* Did more events go into the row than these `folded`? */
bool folding_was_full(const struct rows *was);
bool folding_is_torn(const struct rows *was, size_t folded);
/* The events of these calls of one tenant are in them now. */
struct err *folding_mark(struct folding_call *calls, size_t count);
/* folding_records.c */
struct err *folding_write_records(struct folding_call *call);

/* folding_notices.c: what people want to be told of, once. */
struct err *folding_write_notices(struct folding_call *call);

/* folding_show.c: the columns, and what is told of a row of them. */
#define FOLDING_SHOWN                                                    \
	"SELECT id, call_key, direction, state, from_raw, to_raw,"       \
	" from_number, to_number, caller_name, did_id, (SELECT d.number" \
	" FROM dids d WHERE d.id = calls.did_id), from_extension_id,"    \
	" extension_id, target_type, target_id, target_number,"          \
	" emergency, missed, started_at, ringing_at, answered_at,"       \
	" ended_at, duration, billed, version, updated_at, legs FROM calls"
enum { FOLDING_SHOWN_KEY = 1 };
void folding_telling(struct pool *pool, const struct rows *rows, size_t i,
    struct telling *telling);

/* folding_tell.c: Redis, behind the transaction. */
struct err *folding_tell(struct folding *folding, struct pool *pool,
    uint64_t organization, const struct telling *tellings, size_t count);
struct err *folding_rebuild(struct folding *folding, struct pool *pool);

#endif
