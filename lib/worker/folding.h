/*
 * Makes calls of events.
 *
 * A call's row is computed anew from all its events (lib/pbx/fold.h) and
 * written in one transaction with what else they say: CDRs verbatim,
 * recordings to fetch, messages.  Rows of call_event that are not in their
 * call yet have unfolded = 1, so whatever dies, nothing is lost and nothing
 * counts twice.  Afterwards Redis is told: of the calls that live now
 * (opbx:ID:live, a hash of call keys to JSON) and of what changed
 * (opbx:ID:feed, a stream).  Several workers may do it side by side.
 */
#ifndef WORKER_FOLDING_H
#define WORKER_FOLDING_H

#include "intake.h"
#include "log.h"
#include "pace.h"

struct folding_facts;
struct folding_troubles;

struct folding {
	struct db *db;       /* of the account "worker" */
	struct redis *redis; /* one of its own: reading the queue waits */
	struct intake *intake;
	struct pool *call; /* of some calls at a time */
	struct log *log;
	struct folding_facts *facts; /* of this round */
	struct folding_troubles *troubles;
	struct pace pace;
	int64_t began;   /* the last round; monotonic */
	int64_t age;     /* of the oldest row that it found; milliseconds */
	int64_t after;   /* which events are at hand: those above that id, */
	int most;        /* as many of them */
	int64_t spooled; /* when the spool was looked at; monotonic */
	int64_t rebuilt; /* when the living calls were; monotonic, 0: not yet */
};

struct folding folding_new(struct pool *process, const struct conf *conf,
    struct db *db, struct log *log);

/*
 * One round: what the queue (waiting `patience` ms for it) and the spool
 * hold goes to call_event, then what is unfolded into calls.  *done counts
 * what was moved: 0 when there was nothing to do.
 */
struct err *folding_round(
    struct folding *folding, struct pool *pool, int patience, size_t *done);

/* After a round that moved `done`: how many milliseconds to wait (pace.h). */
int folding_rest(struct folding *folding, size_t done);

#endif
