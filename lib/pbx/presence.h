/*
 * What extensions are doing, by the calls that live.  Pure: no I/O, no clock.
 */
#ifndef PBX_PRESENCE_H
#define PBX_PRESENCE_H

#include "evidence.h"
#include "json.h"

enum presence {
	PRESENCE_NONE, /* of what is no telephone, or is inactive */
	PRESENCE_IDLE,
	PRESENCE_RINGING,
	PRESENCE_TALKING,
	PRESENCE_DO_NOT_DISTURB, /* and neither of those two */
};
/* "none", "idle", …, NULL */
extern const char *const presence_names[];

enum { PRESENCE_SIDES = 64 };

/* Whom one call rings, and who talks in it. */
struct presence_sides {
	size_t ringing_count, talking_count;
	uint64_t ringing[PRESENCE_SIDES], talking[PRESENCE_SIDES];
};
/* legs: as fold.h writes them. */
void presence_of_call(enum call_state state, uint64_t from_extension,
    uint64_t extension, const struct json *legs, struct presence_sides *out);
/* "ringing": [7, 9], "talking": [3] */
void presence_put(struct json_out *out, const struct presence_sides *sides);

#endif
