/*
 * One event of a call as evidence: what a carrier's message, or a decision of
 * `voice`, says of it.
 *
 * Carriers write the same thing in many ways (letters, case, seconds or
 * milliseconds, missing and null); here it becomes one.  What cannot be
 * understood says nothing.  Times are instants, 0 for unknown.
 */
#ifndef PBX_EVIDENCE_H
#define PBX_EVIDENCE_H

#include "target.h"

enum call_state {
	CALL_UNKNOWN, /* nothing was said */
	CALL_INITIATED,
	CALL_RINGING,
	CALL_ANSWERED,
	CALL_COMPLETED, /* answered and ended */
	CALL_CANCELED,
	CALL_BUSY,
	CALL_NO_ANSWER,
	CALL_FAILED,
};

/* "no_answer", as in SQL and JSON; "unknown". */
const char *call_state_name(enum call_state state);
/* Letters alone count: "NO ANSWER", "no-answer", "NOANSWER". */
enum call_state call_state_parse(struct str text);
/* One that a call does not leave. */
bool call_state_is_end(enum call_state state);

/* By how much they are believed, the most first. */
enum evidence_kind {
	EVIDENCE_VOICE,
	EVIDENCE_CDR,
	EVIDENCE_SESSION,
	EVIDENCE_INITIATED,
	EVIDENCE_STATUS,
	EVIDENCE_RECORDING,
	EVIDENCE_LOST, /* nobody knows the call any more */
	EVIDENCE_NONE, /* says nothing */
};

/* An event as it was kept. */
struct call_event {
	struct str kind; /* "session-update" */
	struct str call_key;
	struct str hash; /* no two different events have the same */
	int64_t received;
	struct str body; /* JSON */
};

enum { DIALLED_MOST = 50, STEPS_MOST = 64 };

struct voice_step {
	struct str text, type; /* type: of the object; empty: none */
	uint64_t id;
};

/* What `voice` decided, and how the Dial before it ended. */
struct voice_evidence {
	bool first; /* the call's first request */
	uint64_t did, caller;
	struct target target;
	struct str decision; /* "extension", "emergency" */
	size_t dialled_count;
	struct str dialled[DIALLED_MOST];
	bool outside;            /* over a trunk */
	uint64_t mailbox;        /* a message is to be recorded */
	enum call_state outcome; /* of the Dial before */
	enum call_state ends;    /* the document ends the call so */
	bool emergency, missed;
	bool unaudited; /* `voice` could not write of the emergency */
	size_t step_count;
	struct voice_step steps[STEPS_MOST];
};

struct evidence {
	enum evidence_kind kind;
	struct str hash;
	int64_t received;
	int64_t at; /* when it came about, else received */
	struct str document;

	struct str leg; /* what follows is of this leg alone; empty: the call */
	enum call_state state;
	bool ended;
	int64_t start, ringing, answer, end;
	/* Guesses: the time of the message that first said so, and what
	 * follows from a duration. */
	int64_t maybe_start, maybe_answer, maybe_end;
	struct str from, to, name;
	struct str direction; /* "inbound", …; empty: not said */
	int duration, billed; /* seconds; -1: not said */

	/* Of a CDR. */
	struct str record; /* its id; empty: none */
	struct str subscriber, trunk, cost;

	/* Something was recorded. */
	struct str recording; /* its address; empty: none */
	int seconds;          /* -1: not said */
	uint64_t mailbox;     /* it is a message for this one; 0: not said */
	bool message;         /* it is one, for whom is not said */

	const struct voice_evidence *voice; /* EVIDENCE_VOICE alone */
};

void evidence_read(
    struct pool *pool, const struct call_event *event, struct evidence *out);

#endif
