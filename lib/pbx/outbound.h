/*
 * Which rule lets a call out, and over which trunk: default deny.
 *
 * A rule matches when it is for all extensions or names this one, and when
 * the number belongs to one of its countries and is of an ordinary kind
 * (fixed, mobile, toll-free) or begins with one of its prefixes.  Rules are
 * tried by priority (1 before 2), then longest prefix, then id.
 */
#ifndef PBX_OUTBOUND_H
#define PBX_OUTBOUND_H

#include "tenant.h"

/* The length of the prefix that matches, 0 for a country, -1 for no match. */
int outbound_match(const struct outbound_rule *rule,
    const struct number *number, uint64_t extension);
/*
 * The n-th matching rule in that order, n from 0; NULL when there are not so
 * many.  extension: who forwards or calls; 0 for nobody in particular.
 */
const struct outbound_rule *outbound_choose(const struct outbound_rules *rules,
    const struct number *number, uint64_t extension, int n);

/* "sip:user@host[:port][;…]" whose host is one of those allowed. */
bool outbound_sip_allowed(
    struct str uri, const struct str *hosts, size_t count);
/* The host of a sip: URI without port and parameters; absent if malformed. */
struct str outbound_sip_host(struct str uri);

#endif
