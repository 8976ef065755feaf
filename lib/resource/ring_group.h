/*
 * Ring groups: several extensions behind one target.
 */
#ifndef RESOURCE_RING_GROUP_H
#define RESOURCE_RING_GROUP_H

#include "resource.h"
#include "tenant.h"

/* A user's extension; they ring by priority, then by id. */
struct member_record {
	uint64_t extension_id;
	int priority;
	struct str number, name; /* of the extension, to be shown */
};

struct ring_group_record {
	struct row row;
	struct str name;
	enum strategy strategy;
	int ring_timeout, turns;
	enum status status;
	struct target fallback;
	struct children members; /* of struct member_record */
};

extern const struct resource ring_groups;

#endif
