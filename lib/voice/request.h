/*
 * A carrier's request: JSON, form or query, whatever its letters' case.
 *
 * Reads only; what it means is decided after authentication (admit.h).
 */
#ifndef VOICE_REQUEST_H
#define VOICE_REQUEST_H

#include "call.h"
#include "req.h"

enum { REQUEST_NAMES = 8 };

/* One name of a tenant, and whether it is a domain's UUID. */
struct tenant_name {
	struct str text;
	bool uuid;
};

struct carrier_request {
	size_t name_count;
	struct tenant_name names[REQUEST_NAMES];
	bool names_disagree; /* repeated or underscored headers, too many */
	struct str key;      /* Authorization: Bearer */
	struct str api_key;  /* X-Cx-Apikey */
	struct str cursor;   /* of our own action URLs; absent: a new call */
	struct call call;    /* all but now, limit and cursor */
	bool has_to;
	/* Of a message that was left. */
	struct str recording_url, recording_seconds;
	struct err *unusable; /* the body could not be read as parameters */
};

/* Never fails: what is wrong is in names_disagree and unusable. */
void request_read(const struct req *req, struct carrier_request *request);

/* Only the names and keys of the headers. */
void request_read_headers(
    const struct req *req, struct carrier_request *request);
/* One more name of the tenant; empty ones and repeats count for nothing. */
void request_add_name(
    struct carrier_request *request, struct str text, bool uuid);

#endif
