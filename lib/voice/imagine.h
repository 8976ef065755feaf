/*
 * Look-ups for a call that is only imagined.
 *
 * They answer as the tenant's own do, but looking up counts nothing, what the
 * imagined call has deleted or proved is so for that call alone, and secrets
 * can be kept from whoever looks on.  What they do not know: that another
 * tenant has proved the number, and the wrong PINs of the call itself.
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
	struct affected *affected;
};

/*
 * Before each decision, with the look-ups of directory_open().  What earlier
 * ones did stays so as long as `imagined` is the same.
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
