#include "milestone.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const struct str numbers = {"1 7 90 extensions number", 24};
static const struct str names = {"1 7 90 extensions name", 22};

Test(milestone, what_was_kept_is_found_by_its_list_and_step)
{
	struct milestone found;

	cr_assert_not(milestone_find(numbers, 0, &found));
	cr_assert_not(milestone_find(numbers, 1, &found));
	milestone_keep(numbers, 1, STR("1001"), 5);
	milestone_keep(numbers, 2, STR(""), 6);
	cr_assert(milestone_find(numbers, 1, &found));
	cr_assert_eq(found.id, 5);
	cr_assert(str_is((struct str){found.value, found.n}, "1001"));
	cr_assert(milestone_find(numbers, 2, &found));
	cr_assert_eq(found.n, 0);
	cr_assert_not(milestone_find(numbers, 3, &found));
	cr_assert_not(milestone_find(names, 1, &found));
	cr_assert_not(milestone_find(STR(""), 1, &found));
	milestone_keep(numbers, 1, STR("1002"), 7);
	cr_assert(milestone_find(numbers, 1, &found));
	cr_assert_eq(found.id, 7);
}

Test(milestone, what_is_too_long_is_not_kept)
{
	static char text[1000];
	struct milestone found;

	memset(text, 'x', sizeof text);
	milestone_keep(names, 1, (struct str){text, 121}, 5);
	cr_assert_not(milestone_find(names, 1, &found));
	milestone_keep(names, 1, (struct str){text, 120}, 5);
	cr_assert(milestone_find(names, 1, &found));
	cr_assert_eq(found.n, 120);
	milestone_keep((struct str){text, 201}, 1, STR("a"), 5);
	cr_assert_not(milestone_find((struct str){text, 201}, 1, &found));
	cr_assert_not(milestone_find((struct str){text, 200}, 1, &found));
}

Test(milestone, the_later_takes_the_place_of_the_earlier)
{
	struct milestone found;
	size_t right = 0;
	char text[32];

	for (int64_t step = 1; step <= 5000; step++) {
		snprintf(text, sizeof text, "%lld", (long long)step);
		milestone_keep(numbers, step, str_of(text), step);
	}
	for (int64_t step = 1; step <= 5000; step++)
		if (milestone_find(numbers, step, &found)) {
			cr_assert_eq(found.id, step);
			right++;
		}
	cr_assert_eq(right, 512);
	cr_assert(milestone_find(numbers, 5000, &found));
}
