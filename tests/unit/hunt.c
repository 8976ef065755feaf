/*
 * How a ring group finds somebody: everybody's turn comes, nobody's twice.
 */
#include "hunt.h"

#include <criterion/criterion.h>

enum { MEMBERS = 6 };

static struct member members[MEMBERS];
static struct ring_group group;

/* "1011": who of the members accepts calls. */
static void
gather(const char *accepting, int turns)
{
	memset(members, 0, sizeof members);
	group = (struct ring_group){
	    .active = true, .turns = turns, .members = members};
	group.member_count = strlen(accepting);
	for (size_t i = 0; i < group.member_count; i++) {
		members[i].extension_id = i + 1;
		members[i].accepting = accepting[i] == '1';
	}
}

/* The members of a whole walk as digits, from a start. */
static const char *
walk(int start)
{
	static char text[64];
	const struct member *member;
	int position = 0;
	size_t n = 0;

	while ((member = hunt_next(&group, start, &position)) != NULL) {
		text[n++] = (char)('0' + member->extension_id);
		position++;
	}
	text[n] = '\0';
	return text;
}

Test(hunt, counts_who_accepts)
{
	gather("", 1);
	cr_assert_eq(hunt_accepting(&group), 0);
	gather("000", 1);
	cr_assert_eq(hunt_accepting(&group), 0);
	gather("0101", 1);
	cr_assert_eq(hunt_accepting(&group), 2);
}

Test(hunt, walks_in_order_and_turns)
{
	gather("11", 2);
	cr_assert_str_eq(walk(0), "1212");
	gather("111", 1);
	cr_assert_str_eq(walk(0), "123");
	gather("1", 9);
	cr_assert_str_eq(walk(0), "111111111");
}

Test(hunt, passes_over_who_is_away)
{
	gather("0110", 2);
	cr_assert_str_eq(walk(0), "2323");
	gather("0000", 9);
	cr_assert_str_eq(walk(0), "");
	gather("", 9);
	cr_assert_str_eq(walk(0), "");
}

Test(hunt, wraps_from_its_start)
{
	gather("111", 1);
	cr_assert_str_eq(walk(1), "231");
	cr_assert_str_eq(walk(2), "312");
	gather("101", 2);
	cr_assert_str_eq(walk(2), "3131");
	gather("011", 1);
	cr_assert_str_eq(walk(2), "32");
}

/* Configuration says 1 to 9; what is not configured is one turn. */
Test(hunt, turns_are_at_least_one)
{
	gather("11", 0);
	cr_assert_str_eq(walk(0), "12");
	gather("11", -3);
	cr_assert_str_eq(walk(0), "12");
}

Test(hunt, start_moves_by_one_with_each_call)
{
	gather("111", 1);
	for (uint64_t call = 0; call < 9; call++)
		cr_assert_eq(hunt_start(&group, call), (int)(call % 3));
	gather("10110", 1);
	cr_assert_eq(hunt_start(&group, 0), 0);
	cr_assert_eq(hunt_start(&group, 1), 2);
	cr_assert_eq(hunt_start(&group, 2), 3);
	cr_assert_eq(hunt_start(&group, 3), 0);
	cr_assert_eq(hunt_start(&group, UINT64_MAX), 0);
}

Test(hunt, start_without_anybody)
{
	gather("000", 1);
	cr_assert_eq(hunt_start(&group, 5), 0);
	gather("", 1);
	cr_assert_eq(hunt_start(&group, 5), 0);
}

Test(hunt, position_moves_to_the_member)
{
	const struct member *member;
	int position = 0;

	gather("0010", 1);
	member = hunt_next(&group, 0, &position);
	cr_assert_eq(member->extension_id, 3);
	cr_assert_eq(position, 2);
	position = 3;
	cr_assert_null(hunt_next(&group, 0, &position));
	cr_assert_eq(position, 4);
	cr_assert_null(hunt_next(&group, 0, &position), "spent stays spent");
}

/* A cursor is older than the group: whatever it says is inside or spent. */
Test(hunt, position_of_a_larger_group)
{
	int position = 100;

	gather("11", 2);
	cr_assert_null(hunt_next(&group, 5, &position));
	position = -7;
	cr_assert_eq(hunt_next(&group, 7, &position)->extension_id, 2);
}

/*
 * Members who come and go while a call walks: positions only grow, each is
 * rung at most once, and who accepted all the time was rung in every turn.
 */
Test(hunt, nobody_is_skipped_or_repeated)
{
	uint64_t random = 42;

	for (int round = 0; round < 2000; round++) {
		int rung[MEMBERS] = {0}, position = 0, last = -1;
		bool always[MEMBERS];
		const struct member *member;
		int turns = 1 + round % 4, start = round % MEMBERS;

		gather("111111", turns);
		for (int i = 0; i < MEMBERS; i++)
			always[i] = true;
		for (;;) {
			for (int i = 0; i < MEMBERS; i++) {
				random = random * 6364136223846793005u + 1;
				members[i].accepting = (random >> 60) != 0;
				always[i] = always[i] && members[i].accepting;
			}
			member = hunt_next(&group, start, &position);
			if (member == NULL)
				break;
			cr_assert_gt(position, last);
			last = position++;
			rung[member->extension_id - 1]++;
		}
		for (int i = 0; i < MEMBERS; i++) {
			cr_assert_leq(rung[i], turns);
			if (always[i])
				cr_assert_eq(rung[i], turns, "round %d", round);
		}
	}
}
