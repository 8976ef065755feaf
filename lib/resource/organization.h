/*
 * A tenant's beginning: the organization, its settings, its first voice key,
 * its webhook secret and its owner, in one transaction.
 */
#ifndef RESOURCE_ORGANIZATION_H
#define RESOURCE_ORGANIZATION_H

#include "resource.h"

struct new_organization {
	struct str name;
	struct str slug;                /* absent: made from the name */
	struct str country;             /* ISO 3166 */
	struct str timezone;            /* IANA */
	struct str domain, domain_uuid; /* the carrier's; absent: none yet */
	struct str emergency_trunk;
	struct str owner_name, owner_email;
	struct str owner_password; /* absent: by a link */
};

/* Secrets that are shown once: what is stored cannot be shown as text. */
struct made_organization {
	uint64_t id, owner;
	struct str slug;
	struct str voice_key, webhook_secret;
	struct str link_token; /* sets the owner's password, valid 1 h */
};

/*
 * VALIDATION_ERROR with every complaint at once.  change->organization need
 * not be set; afterwards it is the new one.
 */
struct err *organization_create(struct change *change,
    const struct new_organization *wanted, struct made_organization *made);

/*
 * A new voice key; the one before it stays valid for `grace` milliseconds,
 * any older one ends at once: there are never more than two.
 * Inside change_begin() … change_end().
 */
struct err *voice_key_rotate(
    struct change *change, int64_t grace, struct str *key);

/*
 * A new voice key and webhook secret; the old ones are good no more.  Inside
 * a change.
 */
struct err *organization_renew(
    struct change *change, struct str *key, struct str *secret);

/*
 * Suspended: inbound calls are rejected, subscribers reach emergency numbers
 * only, sign-in and tokens are refused.  Inside a change.
 */
struct err *organization_set_suspended(struct change *change, bool suspended);
/* Which own number outside calls show; inside a change. */
struct err *organization_set_caller_id(struct change *change, uint64_t did);

#endif
