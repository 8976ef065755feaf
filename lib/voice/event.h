/*
 * A carrier's webhook: the events in it, whose they are and of which call.
 *
 * The body is a JSON object, an array of a few, or a form, which becomes an
 * object of texts.  Only read as far as it must be known before it is stored;
 * what it says of the call is for lib/pbx/fold.h.  Objects are what scan.h
 * takes for one: a repeated key is none of its business.
 */
#ifndef VOICE_EVENT_H
#define VOICE_EVENT_H

#include "intake.h"
#include "request.h"

/* One of several that came at once and cannot be read. */
struct refused_event {
	size_t place; /* in the array, from 1 */
	struct str why;
};

struct carrier_message {
	struct carrier_request request; /* its names and keys, for admit() */
	size_t count;
	/* All but organization and received. */
	struct event *events;
	/* The others of the array are events all the same. */
	size_t refused_count;
	struct refused_event *refused;
	struct err *unusable; /* BAD_REQUEST; then there are no events */
};

/*
 * kind: the endpoint.  An event's key is X-Idempotency-Key (with the event's
 * place in an array of several), else call and eventId, else the hash of its
 * text.  Its call is session.token, token, Session, ParentCallSid or CallSid,
 * whichever is there first.  Never fails.
 */
void event_read(
    const struct req *req, struct str kind, struct carrier_message *message);

#endif
