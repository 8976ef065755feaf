/*
 * A tenant's whole configuration, for those who look at all of it at once:
 * the linter (lint.h), pictures of a call's ways.
 *
 * What the router reads one by one (tenant.h), with what only people need
 * beside it.  Every list is in the order of ids.
 */
#ifndef PBX_CONFIGURATION_H
#define PBX_CONFIGURATION_H

#include "tenant.h"

struct configured_extension {
	struct extension x;
	uint64_t caller_id, emergency; /* DIDs as they are named; 0: none */
	uint64_t greeting;             /* a prompt; 0: none */
};

struct configured_did {
	struct did x;
	int64_t created;
	uint64_t announcement;
};

struct configured_menu {
	struct ivr_menu x;
	uint64_t greeting, invalid, no_input;
};

struct configured_rule {
	struct outbound_rule x;
	bool active;
	uint64_t caller_id;
};

struct configured_prompt {
	uint64_t id;
	struct str name;
};

struct notified {
	struct str type; /* "extension", "ring_group", "did" */
	uint64_t id;
};

struct configured_notification {
	uint64_t id;
	struct str name, event, address;
	bool active;
	int64_t delivered, failed; /* instants; 0: never */
	size_t subject_count;      /* none: all of the organization */
	struct notified *subjects;
};

struct configuration {
	int64_t now;
	struct organization org;
	uint64_t caller_id, emergency; /* DIDs as they are named; 0: none */
	size_t extension_count, did_count, group_count, menu_count, hours_count,
	    room_count, rule_count, blocked_count, prompt_count,
	    notification_count;
	struct configured_extension *extensions;
	struct configured_did *dids;
	struct ring_group *groups;
	struct configured_menu *menus;
	struct business_hours *hours;
	struct conference_room *rooms;
	struct configured_rule *rules; /* also those that are inactive */
	struct blocked_caller *blocked;
	struct configured_prompt *prompts;
	struct configured_notification *notifications;
};

/* The place of an id in its list; -1: there is none. */
#define CONFIGURED(list, count, id, type, member)         \
	configuration_find((list), (count), sizeof(type), \
	    (ptrdiff_t)offsetof(type, member), (id))
ptrdiff_t configuration_find(
    const void *list, size_t count, size_t size, ptrdiff_t offset, uint64_t id);
ptrdiff_t configuration_extension(const struct configuration *c, uint64_t id);
ptrdiff_t configuration_did(const struct configuration *c, uint64_t id);

#endif
