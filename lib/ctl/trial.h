/*
 * A carrier that is none: it places a call as Cloudonix does.
 *
 * It asks `voice` what to do, follows the CXML that it is given, and tells
 * `webhook` what became of the call; what people do (answer, press keys,
 * speak) is said beforehand.  It knows no sockets and no clock: who runs it
 * (trial_call.c, tests/mocks/carrier.c) sends each request that trial_next()
 * gives and tells trial_told() what was answered.
 */
#ifndef CTL_TRIAL_H
#define CTL_TRIAL_H

#include "err.h"

struct trial_plan {
	struct str base; /* "http://127.0.0.1:8080" */
	struct str domain, key;
	struct str secret; /* events are signed with it; absent: not signed */
	struct str from, to, direction, session;
	struct str caller_name; /* may be absent */
	bool form;              /* parameters as a form instead of JSON */
	/*
	 * How each Dial ends, in order, the last word for all that follow:
	 * "answer", "answer=2" (the second that rings), "busy", "no-answer",
	 * "failed", "canceled".  Empty: "answer".
	 */
	struct str answer;
	/* What each Gather gets, in order: "1,,4711#"; then silence. */
	struct str digits;
	int speech;       /* seconds into each Record; 0: silence */
	struct str audio; /* where recordings are said to lie */
	struct str told;  /* kinds of events, else all: "session-update cdr" */
	int repeat;       /* how often each event is sent; 0 counts as 1 */
	uint64_t shuffle; /* seed of their order at the end; 0: as they come */
	int rings;        /* milliseconds before a Dial ends */
	int record_delay; /* milliseconds before the CDR is sent */
	int patience;     /* tries of an event before it is given up; 0: 60 */
	int64_t began;    /* instant */
};

/* One request of `voice` and what it was told. */
struct trial_leg {
	struct str sent; /* what is new in it: "DialCallStatus=busy" */
	int status;      /* 0: no answer */
	bool valid;      /* a Response in XML */
	struct str gist; /* "Dial(1001 1002)", "Say Hangup" */
	struct str document;
	int64_t asked; /* instant */
	int ms;        /* until it was answered */
};

/* One event of the call, however often it is sent. */
struct trial_event {
	struct str kind; /* "session-update" */
	struct str id;   /* eventId; absent: it has none */
	struct str body;
	int sent, taken; /* requests; those that were answered by 2xx */
	int status;      /* of the last answer */
};

enum { TRIAL_LEGS = 48, TRIAL_EVENTS = 24 };

struct trial {
	size_t leg_count, event_count;
	struct trial_leg legs[TRIAL_LEGS];
	struct trial_event events[TRIAL_EVENTS];
	struct str ends; /* how the call ended, for people; absent: not yet */
	struct trial_work *work;
};

struct trial_request {
	struct str url;
	struct str type, body;
	struct str authorization;
	struct str timestamp, signature; /* absent: not signed */
	struct trial_event *event;       /* NULL: it is for `voice` */
	int64_t due;                     /* instant; not before */
};

/* What is in the plan stays the caller's. */
struct trial *trial_new(struct pool *pool, const struct trial_plan *plan);
/* The next request; false when nothing is left to do. */
bool trial_next(
    struct trial *trial, int64_t now, struct trial_request *request);
/*
 * What was answered to it.  status 0: nothing.  retry_after: seconds, 0: not
 * said.
 */
void trial_told(struct trial *trial, int64_t now, int status, int retry_after,
    struct str body);
/*
 * The next thing that happened and was not yet told, for people; false: there
 * is none now.
 */
bool trial_step(struct trial *trial, struct str *text);

#endif
