/*
 * A call as the router meets it: one request of the carrier, and the cursor
 * that says where in its configuration the call stands.
 */
#ifndef PBX_CALL_H
#define PBX_CALL_H

#include "tenant.h"

enum direction {
	DIRECTION_INBOUND,     /* a trunk's caller; also unknown and none */
	DIRECTION_SUBSCRIBER,  /* subscriber, outbound, internal */
	DIRECTION_APPLICATION, /* outbound-api, application */
};

enum direction direction_parse(struct str text);
const char *direction_name(enum direction direction);

/* How a Dial ended. */
enum outcome {
	OUTCOME_NONE, /* no status, or one that says nothing of a Dial */
	OUTCOME_ANSWERED,
	OUTCOME_CANCELED,
	OUTCOME_BUSY,
	OUTCOME_NO_ANSWER,
	OUTCOME_FAILED,
};

/*
 * Of DialCallStatus and CallStatus the first that has letters; they alone
 * count, without regard to case: "no-answer", "NO ANSWER" and "noanswer" are
 * one.
 */
enum outcome outcome_parse(struct str dial_call_status, struct str call_status);

/* What the document that the carrier last got from us waits for. */
enum stage {
	STAGE_START,     /* nothing: this is the call's first request */
	STAGE_EXTENSION, /* the end of a Dial to an extension */
	STAGE_GROUP,     /* the end of a Dial to members of a ring group */
	STAGE_MENU,      /* a digit or silence */
	STAGE_ROOM_PIN,  /* a conference room's PIN */
	STAGE_SERVICE,   /* the end of a Dial to an assistant or a sip: URI */
	STAGE_TRUNK,     /* the end of a Dial over a trunk */
	STAGE_RECORDED,  /* a message was left, or not */
	STAGE_MAILBOX_PIN,
	STAGE_MAILBOX, /* what to do with the message that was played */
	STAGE_LAST = STAGE_MAILBOX,
};

enum {
	TRAIL = 16,
	ENTERED = 64,
	/* Up with every change of cursor_pack(): calls outlive upgrades. */
	CURSOR_LAYOUT = 1,
};

struct node {
	enum target_type type;
	uint64_t id;
};

/*
 * Travels in the action URL, sealed by lib/voice/cursor.c: a callback needs
 * no stored state.
 */
struct cursor {
	enum stage stage;
	enum direction direction;
	uint64_t node;       /* the object the stage is about */
	struct str did;      /* the own number that was called; absent: none */
	uint64_t mailbox;    /* the extension first called; 0: none yet */
	uint64_t forwarder;  /* whose forward is followed; 0: nobody's */
	int position;        /* members walked, rules tried, tries made */
	int start;           /* round robin: where the walk began */
	struct str external; /* STAGE_TRUNK: the number being called */
	uint64_t message;    /* STAGE_MAILBOX: the one that was played */
	bool announced;      /* the recording was announced */
	int entered;         /* targets in all */
	size_t trail_count;  /* targets since the last digit */
	struct node trail[TRAIL];
	int64_t expires; /* seconds since 1970 */
};

void cursor_pack(struct pack *pack, struct cursor *cursor);

enum limit { LIMIT_NONE, LIMIT_RATE, LIMIT_CALLS };

struct call {
	struct str key; /* the carrier's session; absent: none */
	enum direction direction;
	struct str from, to; /* as the carrier wrote them */
	struct str caller_name;
	struct str diverted; /* "number@domain", or just a number */
	struct str digits;   /* absent: none were sent */
	enum outcome outcome;
	int64_t now;      /* instant */
	bool not_ours;    /* the number called could not be proved */
	enum limit limit; /* which of the tenant's limits is spent */
	struct cursor cursor;
};

#endif
