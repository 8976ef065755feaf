/*
 * The simulator: a whole call that is only imagined.
 *
 * The same route() and the same documents as `voice`, leg after leg, and the
 * same way back through a sealed cursor.  Nothing is counted, proved, locked
 * or written.  `simulate` and `opbxctl route` are its two doors.
 */
#ifndef VOICE_PLAY_H
#define VOICE_PLAY_H

#include "directory.h"

enum { PLAY_LEGS = 64 };

/* How every Dial to that number ends: "1001" or "+12125550100". */
struct play_outcome {
	struct str number;
	struct str word; /* "busy", "no_answer", "declines", "answers", … */
};

struct play_step {
	struct str text;
	const char *type; /* of the object it is about; "": none */
	uint64_t id;
	struct str name;
};

/* One request of the carrier and what it was told. */
struct play_leg {
	struct str sent;     /* "DialCallStatus=busy"; absent: the first */
	struct str document; /* CXML */
	size_t step_count;
	struct play_step *steps;
	struct str loop;    /* names it, when there is one */
	struct str happens; /* then: "1001 is busy"; absent: nothing */
};

struct play {
	struct pool *pool;
	struct directory *directory;
	const struct crypto_key *cursor_key;
	uint64_t organization;
	bool secrets; /* who asks may see them, and try PINs */

	struct str from, to;  /* as a carrier would write them */
	struct str direction; /* absent: by who calls */
	struct str at; /* absent: now; without an offset the tenant's clock */
	size_t outcome_count;
	const struct play_outcome *outcomes;
	/*
	 * What happens next, where outcomes do not say it, in order: "busy",
	 * "digits=1" or "1", "silence" or "", "recorded".
	 */
	size_t then_count;
	const struct str *then;

	/* What came of it. */
	struct call call; /* direction and now as they were understood */
	size_t count;
	struct play_leg legs[PLAY_LEGS];
	struct str ends; /* why there is no further leg */
};

/*
 * VALIDATION_ERROR names "at", "outcomes.N.outcome" or "then.N"; the legs up
 * to there are there all the same.
 */
struct err *play_run(struct play *play);

/* False for a word that says of no Dial how it ended. */
bool play_outcome_parse(struct str word, enum outcome *outcome);

#endif
