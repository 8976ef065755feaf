/* lib/pbx/fold.h: a call whose end nobody told. */
#include "fold_setup.h"

static const struct said rings = {
    "session-update", "{\"status\":\"ringing\",\"callerId\":\"1001\"}"};
static const struct said talks = {
    "session-update", "{\"status\":\"connected\",\"destination\":\"1002\"}"};
static const struct said lost = {"lost", "{\"reason\":\"unknown there\"}"};

static struct str
told(const struct said *said, size_t count)
{
	struct folded_call call = fold_of(said, count);

	return text_of(&call);
}

Test(fold, a_lost_call_ended_when_it_was_last_heard_of)
{
	struct folded_call call = FOLD(rings, talks, lost);

	cr_assert_eq(call.state, CALL_COMPLETED);
	cr_assert_eq(call.ended, T0 + 1000);
	call = FOLD(rings, lost);
	cr_assert_eq(call.state, CALL_NO_ANSWER);
	cr_assert_eq(call.ended, T0);
	call = FOLD({"call-initiated", "{\"From\":\"1001\"}"}, lost);
	cr_assert_eq(call.state, CALL_FAILED);
}

Test(fold, what_comes_of_a_lost_call_later_counts)
{
	struct folded_call call = FOLD(rings, lost, talks);

	cr_assert_eq(call.state, CALL_ANSWERED);
	cr_assert_eq(call.ended, 0);
	call = FOLD(
	    rings, lost, {"cdr", "{\"disposition\":\"BUSY\",\"duration\":7}"});
	cr_assert_eq(call.state, CALL_BUSY);
	cr_assert_eq(call.duration, 7);
	/* Of an end that was told nothing is taken. */
	call = FOLD({"session-update", "{\"status\":\"busy\"}"}, lost);
	cr_assert_eq(call.state, CALL_BUSY);
}

Test(fold, that_it_was_lost_is_no_call)
{
	struct folded_call call = FOLD(lost);

	cr_assert_not(call.exists);
}

Test(fold, when_it_was_lost_does_not_depend_on_the_order)
{
	struct call_event events[] = {
	    event(rings, T0), event(lost, T0 + 5000), event(talks, T0 + 9000)};
	struct folded_call one, other;
	struct fold *fold = fold_new(pool, &facts);

	for (size_t i = 0; i < 3; i++)
		fold_add(fold, &events[i]);
	fold_result(fold, &one);
	fold = fold_new(pool, &facts);
	for (size_t i = 6; i-- > 0;)
		fold_add(fold, &events[i % 3]);
	fold_result(fold, &other);
	cr_assert(str_equal(text_of(&one), text_of(&other)));
	cr_assert(str_equal(told((const struct said[]){rings, lost}, 2),
	    told((const struct said[]){rings, lost, lost}, 3)));
}
