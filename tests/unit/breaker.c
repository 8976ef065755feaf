#include "breaker.h"

#include <criterion/criterion.h>

static struct breaker
three_then_a_second(void)
{
	return (struct breaker){.limit = 3, .pause = 1000};
}

/* The instant at which it opened. */
static int64_t
opened(struct breaker *breaker)
{
	int64_t now = 5000000;

	for (int i = 0; i < 3; i++, now += 1000) {
		cr_assert(breaker_allows(breaker, now));
		breaker_failed(breaker, now);
	}
	return now - 1000;
}

Test(breaker, lets_calls_through_at_first)
{
	struct breaker breaker = three_then_a_second();

	cr_assert(breaker_allows(&breaker, 1));
	cr_assert_eq(breaker_state(&breaker, 1), BREAKER_CLOSED);
}

Test(breaker, opens_after_failures_in_a_row)
{
	struct breaker breaker = three_then_a_second();
	int64_t now = opened(&breaker);

	cr_assert_not(breaker_allows(&breaker, now));
	cr_assert_not(breaker_allows(&breaker, now + 999999));
	cr_assert_eq(breaker_state(&breaker, now), BREAKER_OPEN);
}

Test(breaker, a_success_between_failures_starts_the_count_anew)
{
	struct breaker breaker = three_then_a_second();

	for (int i = 0; i < 10; i++) {
		breaker_failed(&breaker, i);
		breaker_failed(&breaker, i);
		breaker_succeeded(&breaker);
	}
	cr_assert(breaker_allows(&breaker, 10));
}

Test(breaker, lets_one_trial_through_after_the_pause)
{
	struct breaker breaker = three_then_a_second();
	int64_t now = opened(&breaker) + 1000000;

	cr_assert_eq(breaker_state(&breaker, now), BREAKER_HALF_OPEN);
	cr_assert(breaker_allows(&breaker, now));
	cr_assert_not(breaker_allows(&breaker, now), "only one");
	cr_assert_eq(breaker_state(&breaker, now), BREAKER_HALF_OPEN);
}

Test(breaker, closes_when_the_trial_succeeds)
{
	struct breaker breaker = three_then_a_second();
	int64_t now = opened(&breaker) + 1000000;

	cr_assert(breaker_allows(&breaker, now));
	breaker_succeeded(&breaker);
	cr_assert_eq(breaker_state(&breaker, now), BREAKER_CLOSED);
	breaker_failed(&breaker, now);
	breaker_failed(&breaker, now);
	cr_assert(breaker_allows(&breaker, now), "the count began anew");
}

Test(breaker, opens_again_when_the_trial_fails)
{
	struct breaker breaker = three_then_a_second();
	int64_t now = opened(&breaker) + 1000000;

	cr_assert(breaker_allows(&breaker, now));
	breaker_failed(&breaker, now + 250000);
	cr_assert_not(breaker_allows(&breaker, now + 1249999));
	cr_assert(breaker_allows(&breaker, now + 1250000));
}

Test(breaker, a_trial_that_nobody_ends_does_not_stick)
{
	struct breaker breaker = three_then_a_second();
	int64_t now = opened(&breaker) + 1000000;

	cr_assert(breaker_allows(&breaker, now));
	cr_assert_not(breaker_allows(&breaker, now + 999999));
	cr_assert(breaker_allows(&breaker, now + 1000000));
}

Test(breaker, a_failure_at_the_clock_s_zero_opens_too)
{
	struct breaker breaker = {.limit = 1, .pause = 1000};

	breaker_failed(&breaker, 0);
	cr_assert_not(breaker_allows(&breaker, 0));
}

Test(breaker, asking_for_the_state_is_no_trial)
{
	struct breaker breaker = three_then_a_second();
	int64_t now = opened(&breaker) + 1000000;

	for (int i = 0; i < 5; i++)
		cr_assert_eq(breaker_state(&breaker, now), BREAKER_HALF_OPEN);
	cr_assert(breaker_allows(&breaker, now));
}

Test(breaker, opens_at_once_after_a_wait_in_vain)
{
	struct breaker breaker = three_then_a_second();

	breaker_late(&breaker, 5000000);
	cr_assert_not(breaker_allows(&breaker, 5999999));
	cr_assert(breaker_allows(&breaker, 6000000));
	breaker_succeeded(&breaker);
	breaker_failed(&breaker, 6000001);
	cr_assert(breaker_allows(&breaker, 6000002));
}

Test(breaker, who_has_no_other_way_is_let_through_where_nobody_waits)
{
	struct breaker breaker = three_then_a_second();
	int64_t now = opened(&breaker);

	cr_assert_not(breaker_allows(&breaker, now));
	cr_assert(breaker_hurry(&breaker));
	cr_assert(breaker_allows(&breaker, now));
	/* Once, whether it ends or not. */
	cr_assert_not(breaker_allows(&breaker, now));
	breaker_failed(&breaker, now);
	cr_assert_not(breaker_allows(&breaker, now));
	/* What was let through while it was closed is no trial kept for later.
	 */
	breaker_succeeded(&breaker);
	cr_assert(breaker_hurry(&breaker));
	now = opened(&breaker);
	cr_assert_not(breaker_allows(&breaker, now));
	/* A wait in vain is not repeated for anybody. */
	breaker_late(&breaker, now);
	cr_assert_not(breaker_hurry(&breaker));
	cr_assert_not(breaker_allows(&breaker, now + 1));
}

Test(breaker, what_hangs_is_tried_ever_more_rarely)
{
	struct breaker breaker = three_then_a_second();
	static const int64_t pauses[] = {1, 2, 4, 4, 4};
	int64_t now = 5000000;

	for (size_t i = 0; i < 5; i++) {
		breaker_late(&breaker, now);
		cr_assert_not(
		    breaker_allows(&breaker, now + pauses[i] * 1000000 - 1));
		now += pauses[i] * 1000000;
		cr_assert_eq(breaker_state(&breaker, now), BREAKER_HALF_OPEN);
		cr_assert(breaker_allows(&breaker, now));
	}
	/* Once it answers all is as it was. */
	breaker_succeeded(&breaker);
	breaker_late(&breaker, now);
	cr_assert(breaker_allows(&breaker, now + 1000000));
	/* What refuses at once costs nothing and may be asked again soon. */
	breaker_succeeded(&breaker);
	for (int i = 0; i < 20; i++)
		breaker_failed(&breaker, now);
	cr_assert(breaker_allows(&breaker, now + 1000000));
}
