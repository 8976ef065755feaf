/*
 * Look-ups for a call that is only imagined.
 *
 * They answer as the tenant's own do, but looking up counts nothing, what the
 * imagined caller has deleted is gone for him alone, and secrets can be kept
 * from whoever looks on.
 */
#ifndef VOICE_IMAGINE_H
#define VOICE_IMAGINE_H

#include "directory.h"

struct imagined {
	struct pool *pool;
	bool secrets; /* may be seen by whoever asks */
	struct lookups real;
	struct lookups look; /* what route() is given */
	struct heard_did *dids;
	struct gone_message *gone;
};

/*
 * Before each decision, with the look-ups of directory_open().  What was
 * deleted stays so as long as `imagined` is the same.
 */
void imagine(struct imagined *imagined, const struct lookups *lookups);
/* After it: what its effects change for the decisions that follow. */
void imagine_effects(
    struct imagined *imagined, const struct decision *decision);

/*
 * What a step is about, in the words of targets, JSON and audit rows: "did"
 * for an own number, else as target_type_name(); *name for people.
 */
const char *imagine_name(
    struct imagined *imagined, struct node node, struct str *name);

#endif
