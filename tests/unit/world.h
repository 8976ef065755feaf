/*
 * The router's look-ups into one generated tenant, any of which can fail.
 */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include "generated.h"

/* For world.broken. */
enum {
	BREAK_EXTENSIONS = 1 << 0,
	BREAK_DIDS = 1 << 1,
	BREAK_GROUPS = 1 << 2,
	BREAK_MENUS = 1 << 3,
	BREAK_HOURS = 1 << 4,
	BREAK_ROOMS = 1 << 5,
	BREAK_RULES = 1 << 6,
	BREAK_BLOCKED = 1 << 7,
	BREAK_EVERYTHING = (1 << 8) - 1,
};

static struct world world;
/* Its pool is the request's. */
static struct random random_;

static bool
is_broken(unsigned kind)
{
	if ((world.broken & kind) == 0)
		return false;
	world.failed = true;
	return true;
}

#define BY_ID(type, array, count, bit)                                 \
	static const struct type *find_##type(void *self, uint64_t id) \
	{                                                              \
		(void)self;                                            \
		return is_broken(bit) || id == 0 || id > (count)       \
			   ? NULL                                      \
			   : &world.array[id - 1];                     \
	}

BY_ID(extension, extensions, EXTENSIONS, BREAK_EXTENSIONS)
BY_ID(ring_group, groups, GROUPS, BREAK_GROUPS)
BY_ID(ivr_menu, menus, MENUS, BREAK_MENUS)
BY_ID(business_hours, hours, HOURS, BREAK_HOURS)
BY_ID(conference_room, rooms, ROOMS, BREAK_ROOMS)

static const struct extension *
find_number(void *self, struct str number)
{
	(void)self;
	for (int i = 0; !is_broken(BREAK_EXTENSIONS) && i < EXTENSIONS; i++)
		if (str_equal(world.extensions[i].number, number))
			return &world.extensions[i];
	return NULL;
}

static const struct did *
find_did(void *self, struct str number)
{
	(void)self;
	for (int i = 0; !is_broken(BREAK_DIDS) && i < DIDS; i++)
		if (str_equal(world.dids[i].number, number))
			return &world.dids[i];
	return NULL;
}

static const struct outbound_rules *
find_rules(void *self)
{
	(void)self;
	return is_broken(BREAK_RULES) ? NULL : &world.rules;
}

static const struct blocked_callers *
find_blocked(void *self)
{
	(void)self;
	return is_broken(BREAK_BLOCKED) ? NULL : &world.blocked;
}

static const struct messages *
find_messages(void *self, uint64_t extension)
{
	(void)self;
	(void)extension;
	return &world.messages;
}

static const struct zone *
find_zone(void *self, struct str name)
{
	(void)self;
	return zone_load(name);
}

static uint64_t
group_calls(void *self, uint64_t group)
{
	(void)self;
	return group * 7;
}

static bool
locked(void *self, struct node node)
{
	(void)self;
	(void)node;
	return world.locked;
}

static bool
pin_matches(void *self, struct node node, struct str sealed, struct str digits,
    const char *which)
{
	(void)self;
	(void)node;
	(void)which;
	return str_equal(sealed, digits);
}

static const struct lookups look = {
    .self = NULL,
    .failed = &world.failed,
    .organization = &world.organization,
    .extension = find_extension,
    .number = find_number,
    .did = find_did,
    .ring_group = find_ring_group,
    .ivr_menu = find_ivr_menu,
    .business_hours = find_business_hours,
    .conference_room = find_conference_room,
    .outbound_rules = find_rules,
    .blocked_callers = find_blocked,
    .messages = find_messages,
    .zone = find_zone,
    .group_calls = group_calls,
    .locked = locked,
    .pin_matches = pin_matches,
};

#endif
