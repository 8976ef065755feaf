#include "milestone.h"

#include <criterion/criterion.h>

enum { COUNT = 4 };

/* Rows 0 to 499, 500 to 999, none, and 1000 to 1249. */
static const struct milestone milestones[COUNT] = {{{"", 0}, 0, 500},
    {{"b", 1}, 7, 500}, {{"c", 1}, 8, 0}, {{"d", 1}, 9, 250}};

static struct stretch
rows(int64_t first, int64_t end)
{
	return stretch_of(milestones, COUNT, (struct wanted){first, end, 1250});
}

static void
is(struct stretch s, int from, int to, int64_t passed)
{
	cr_assert_eq(s.from, from < 0 ? NULL : &milestones[from]);
	cr_assert_eq(s.to, to < 0 ? NULL : &milestones[to]);
	cr_assert_eq(s.passed, passed);
}

Test(milestone, a_stretch_goes_from_one_to_another)
{
	is(rows(0, 25), 0, 1, 0);
	is(rows(499, 500), 0, 1, 0);
	is(rows(475, 500), 0, 1, 0);
	is(rows(500, 525), 1, 2, 500);
	is(rows(999, 1000), 1, 2, 500);
}

Test(milestone, a_page_across_one_needs_both_sides_of_it)
{
	is(rows(499, 501), 0, 2, 0);
	is(rows(0, 1001), 0, -1, 0);
	is(rows(999, 1024), 1, -1, 500);
}

Test(milestone, the_last_stretch_has_no_end)
{
	is(rows(1000, 1025), 3, -1, 1000);
	is(rows(1249, 1250), 3, -1, 1000);
}

Test(milestone, that_no_rows_follow_makes_no_difference)
{
	const struct milestone empty[2] = {{{"", 0}, 0, 0}, {{"x", 1}, 3, 90}};
	struct stretch s = stretch_of(empty, 2, (struct wanted){0, 25, 90});

	cr_assert_eq(s.from, &empty[1]);
	cr_assert_eq(s.passed, 0);
	cr_assert_null(s.to);
}

Test(milestone, those_that_do_not_add_up_are_not_followed)
{
	is(stretch_of(milestones, COUNT, (struct wanted){600, 625, 1251}), -1,
	    -1, 0);
	is(stretch_of(milestones, COUNT, (struct wanted){600, 625, 1249}), -1,
	    -1, 0);
	is(stretch_of(milestones, COUNT, (struct wanted){0, 25, 0}), -1, -1, 0);
	is(stretch_of(milestones, 0, (struct wanted){600, 625, 1250}), -1, -1,
	    0);
	is(stretch_of(NULL, 0, (struct wanted){0, 25, 0}), -1, -1, 0);
}
