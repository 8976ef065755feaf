/*
 * DIDs: the tenant's own telephone numbers, and where calls to them go.
 *
 * A new one is a claim.  It is proved by the first authenticated inbound call
 * to it or, when the operator assigned it, by did_prove().  A claim is no
 * caller id and hinders nobody; of the proved there is one over all tenants.
 */
#ifndef RESOURCE_DID_H
#define RESOURCE_DID_H

#include "resource.h"

struct did_record {
	struct row row;
	struct str number; /* E.164; never changes, because its proof stays */
	struct str name;
	struct target target;
	enum status status;
	struct str caller_name_prefix;
	bool record;
	uint64_t announcement_prompt_id;
	struct str announcement_text;
	struct instant proved_at; /* 0: a claim */
};

extern const struct record did_table;
extern const struct resource dids;

/*
 * A carrier's call or the operator vouches for the number.  Inside
 * change_begin() … change_end().  CONFLICT when another tenant has proved it,
 * without a word of who that is; nothing happens to one that is proved
 * already.
 */
struct err *did_prove(struct change *change, uint64_t id);
/* A new number that is proved at once; a change of its own. */
struct err *did_assign(
    struct change *change, const struct json *body, uint64_t *id);

#endif
