/*
 * Whose call is it, and may this request speak for the carrier?
 *
 * Every name in the request (header, body, query) must name one and the same
 * tenant; then that tenant's keys are compared in constant time with what the
 * Authorization and X-Cx-Apikey headers hold: one match suffices.  Without a
 * name the key's hash names the tenant (spec section 5, "Whose call").
 */
#ifndef VOICE_ADMIT_H
#define VOICE_ADMIT_H

#include "directory.h"

/*
 * On success the directory is open for the tenant.  UNAUTHENTICATED with the
 * reason as its cause; UNAVAILABLE when it cannot be found out.
 */
struct err *admit(struct directory *directory, struct pool *pool,
    const struct carrier_request *request, int64_t now,
    struct lookups *lookups);

#endif
