/*
 * A call is what all that was said of it says.
 *
 * The result is a function of the set of events: their order and how often
 * each was added do not count.  State: the CDR's disposition if there is one,
 * else of an ended call answered > canceled > busy > no_answer > failed; of a
 * living one the furthest of initiated, ringing, answered.  Times: the first
 * start, the first answer, the last end.  Who called whom: what `voice`
 * decided, else what the carrier says.  One that was lost has ended when it
 * was last heard of, unless something of it came later.  Pure: no I/O, no
 * clock.
 */
#ifndef PBX_FOLD_H
#define PBX_FOLD_H

#include "evidence.h"
#include "number.h"

/* What is known of the tenant; ids are 0 for "there is none". */
struct fold_facts {
	void *self;
	struct country country;
	uint64_t (*did)(void *self, struct str e164);
	uint64_t (*extension)(void *self, struct str number);
};

struct folded_cdr {
	struct str key; /* its id, else the hash of its text */
	struct str disposition;
	struct str from_number, to_number; /* E.164; absent: none */
	int64_t started, answered, ended;
	int duration, billed;
	const struct evidence *evidence; /* the rest */
};

/* leg is the same whoever tells of the recording first. */
struct folded_recording {
	struct str leg, url;
	int seconds; /* -1: not said */
	int64_t at;
	uint64_t mailbox; /* it is a message for this one; 0: it is none */
};

struct folded_call {
	bool exists; /* something was said of a call */
	struct str direction;
	enum call_state state;
	struct str from_raw, to_raw, caller_name;
	struct str from_number, to_number; /* E.164; absent: none */
	uint64_t did, from_extension, extension;
	struct target target;
	bool emergency, missed;
	bool unaudited;         /* nobody wrote of the emergency in the audit */
	struct str limit;       /* which one refused it; absent: none */
	struct str legs, steps; /* JSON */
	int64_t started, ringing, answered, ended; /* 0: not yet */
	int duration, billed;                      /* -1: not known */
	size_t cdr_count, recording_count;
	struct folded_cdr *cdrs;
	struct folded_recording *recordings;
	struct folded_recording *message; /* NULL: none was left */
};

/*
 * The same file by two addresses: what stands behind '?' may be signed anew
 * each time.
 */
bool fold_same_file(struct str a, struct str b);

struct fold;

struct fold *fold_new(struct pool *pool, const struct fold_facts *facts);
void fold_add(struct fold *fold, const struct call_event *event);
void fold_result(struct fold *fold, struct folded_call *out);

#endif
