/*
 * What trial.c, trial_follow.c and trial_tell.c share.
 */
#ifndef CTL_TRIAL_PRIVATE_H
#define CTL_TRIAL_PRIVATE_H

#include "trial.h"

enum { TRIAL_STEPS = 512, TRIAL_QUEUE = 256 };

/* Where the carrier goes next, with what. */
struct trial_ask {
	struct str url;
	bool get;
	struct str name, value; /* "DialCallStatus", "busy"; absent: none */
	int64_t due;            /* not before */
	struct str also, with;  /* one more parameter */
};

struct trial_work {
	struct pool *pool;
	struct trial_plan plan;
	struct trial_ask ask;      /* url absent: nothing is to be asked */
	struct trial_event *asked; /* the event under way; NULL: `voice` is */
	size_t dials, gathers;     /* so far */
	int64_t now;               /* of the last answer */
	struct str taker;          /* who answered, if an extension */
	bool ringing, answered;    /* was told */
	bool heard;                /* somebody or something took the call */
	bool signing_off;          /* the last events are in the queue */
	const char *outcome;       /* of the last Dial, as a disposition */
	/* Events on their way: which, and not before. */
	size_t queued;
	struct {
		struct trial_event *event;
		int64_t due;
	} queue[TRIAL_QUEUE];
	uint64_t chance;
	size_t step_count, shown;
	struct str steps[TRIAL_STEPS];
};

void trial_say(struct trial *trial, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Executes a document: what is asked next, or that the call is over. */
void trial_follow(struct trial *trial, struct trial_leg *leg);
void trial_end(struct trial *trial, const char *why);
/* trial_tell.c: what a carrier tells at each turn. */
void trial_tell_begin(struct trial *trial);
void trial_tell_ringing(struct trial *trial);
void trial_tell_answered(struct trial *trial);
/* At the end: the last update and the record. */
void trial_tell_end(struct trial *trial);
void trial_tell_recording(
    struct trial *trial, struct str url, bool message, struct str audio);
/* The piece of a list "a,b,c" with that number; absent behind the last. */
struct str trial_word(struct str list, size_t number);

#endif
