#include "pace.h"

#include <criterion/criterion.h>

static void
look(struct pace *pace, const char *stat)
{
	pace_look(pace, str_of(stat));
}

Test(pace, cores_that_work_all_the_time_are_busy)
{
	struct pace pace = {0};

	look(&pace, "cpu  100 0 100 1000 50 0 0 0 0 0\ncpu0 1 1 1 1\n");
	cr_assert_not(pace.busy);
	look(&pace, "cpu  190 0 100 1010 51 0 0 0 0 0\n");
	cr_assert(pace.busy);
	look(&pace, "cpu  250 0 100 1030 51 0 0 0 0 0\n");
	cr_assert_not(pace.busy);
	/* What others than users take is work, too. */
	look(&pace, "cpu  250 30 130 1030 51 10 10 20\n");
	cr_assert(pace.busy);
	/* Waiting for a disk is none. */
	look(&pace, "cpu  250 30 130 1030 91 10 10 20\n");
	cr_assert_not(pace.busy);
}

Test(pace, two_looks_at_once_are_one)
{
	struct pace pace = {0};

	look(&pace, "cpu  100 0 100 1000 50 0 0 0\n");
	look(&pace, "cpu  200 0 200 1000 50 0 0 0\n");
	cr_assert(pace.busy);
	look(&pace, "cpu  200 0 200 1003 50 0 0 0\n");
	cr_assert(pace.busy);
	cr_assert_eq(pace.idle, 1050);
}

Test(pace, what_is_no_such_file_says_nothing)
{
	static const char *const texts[] = {"", "\n", "cpu", "cpu \n",
	    "cpu  1 2 3\n", "cpu  1 2 3 x 5 6 7 8\n", "cpu  -1 2 3 4 5 6 7 8\n",
	    "cpu0 900 0 0 0 0 0 0 0\n", "intr 900 0 0 0 0 0 0 0\n",
	    "cpu  99999999999999999999 0 0 0 0 0 0 0\n"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pace pace = {0};

		look(&pace, texts[i]);
		cr_assert(!pace.busy && pace.all == 0, "%s", texts[i]);
	}
}

Test(pace, few_are_gathered_and_many_are_not)
{
	struct pace pace = {0};

	cr_assert_eq(pace_rest(&pace, 0, 100, 0), 0);
	cr_assert_eq(pace_rest(&pace, 1, 100, 0), 20);
	cr_assert_eq(pace_rest(&pace, 1000, 100, 0), 0);
}

Test(pace, while_others_work_it_steps_back_but_not_for_ever)
{
	struct pace pace = {.busy = true};

	cr_assert_eq(pace_rest(&pace, 1, 100, 0), 20);
	cr_assert_eq(pace_rest(&pace, 1000, 100, 0), 300);
	cr_assert_eq(pace_rest(&pace, 1000, 100000, 0), 1000);
	cr_assert_eq(pace_rest(&pace, 1000, 100, PACE_LATE_MS), 300);
	cr_assert_eq(pace_rest(&pace, 1000, 100, PACE_LATE_MS + 1), 100);
	cr_assert_eq(pace_rest(&pace, 1000, 2000, PACE_LATE_MS + 1), 1000);
	cr_assert_eq(pace_rest(&pace, 1000, 100, PACE_OVERDUE_MS), 100);
	cr_assert_eq(pace_rest(&pace, 1000, 100, PACE_OVERDUE_MS + 1), 0);
}

Test(pace, this_machine_can_be_looked_at)
{
	struct pace pace = {0};

	cr_assert_eq(pace_rest_now(&pace, 1, 0, 0), 20);
	cr_assert_gt(pace.all, 0);
}
