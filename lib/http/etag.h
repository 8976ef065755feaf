/*
 * What If-Match and If-None-Match ask (RFC 9110 section 13.1).
 */
#ifndef HTTP_ETAG_H
#define HTTP_ETAG_H

#include "req.h"

/*
 * Does a list of ETags name this one, as "*" names any?  weak: "W/" before it
 * counts for nothing, as If-None-Match compares.
 */
bool etag_in(struct str list, struct str etag, bool weak);
/*
 * True when If-None-Match names what there is: then the answer is 304 without
 * a body and nothing is left to do.  The ETag's header is the caller's.
 */
bool etag_answers(struct req *req, struct str etag);

#endif
