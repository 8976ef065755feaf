/*
 * What a decision leaves behind: an event of kind "voice", which goes the way
 * of the carrier's own (lib/store/intake.h) and becomes part of the call: who
 * called whom as we understood it, whom we dialled, how the Dial before went,
 * and the router's steps, so that the call can be explained later.
 *
 * A member that says nothing is left out:
 *	at (milliseconds), first, from, to, name, direction, did, extension
 *	(that called), target, decision, dial (numbers), outside, mailbox,
 *	outcome, recording, seconds, ends, emergency, unaudited (the audit
 *	could not be written), missed, steps
 */
#ifndef VOICE_JOURNAL_H
#define VOICE_JOURNAL_H

#include "intake.h"
#include "request.h"
#include "route.h"

/* The steps of one decision have fewer bytes than this. */
enum { JOURNAL_STEPS = 1000 };

/*
 * The event, for the intake.  look may have to be asked once more, so it must
 * still be open.  False: a call without a key leaves nothing.
 */
bool journal_event(struct pool *pool, const struct carrier_request *request,
    const struct decision *decision, const struct lookups *look,
    struct event *event);
/*
 * It has to be durable before the answer: a message will be recorded, and
 * nothing else tells whose it is.  All others may be lost with the process or
 * with the server that took them.
 */
bool journal_is_promise(const struct decision *decision);

/* The event's body; for tests. */
struct str journal_body(struct pool *pool,
    const struct carrier_request *request, const struct decision *decision,
    const struct lookups *look);

#endif
