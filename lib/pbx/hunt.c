#include "hunt.h"

size_t
hunt_accepting(const struct ring_group *group)
{
	size_t count = 0;

	for (size_t i = 0; i < group->member_count; i++)
		if (group->members[i].accepting)
			count++;
	return count;
}

int
hunt_start(const struct ring_group *group, uint64_t counter)
{
	size_t accepting = hunt_accepting(group), skip;

	if (accepting == 0)
		return 0;
	skip = (size_t)(counter % accepting);
	for (size_t i = 0; i < group->member_count; i++)
		if (group->members[i].accepting && skip-- == 0)
			return (int)i;
	return 0;
}

const struct member *
hunt_next(const struct ring_group *group, int start, int *position)
{
	size_t count = group->member_count;
	size_t turns = group->turns > 0 ? (size_t)group->turns : 1;
	size_t at = *position > 0 ? (size_t)*position : 0;

	for (; at < count * turns; at++) {
		const struct member *member =
		    &group->members[((size_t)start + at) % count];

		if (member->accepting) {
			*position = (int)at;
			return member;
		}
	}
	*position = (int)at;
	return NULL;
}
