/* lib/pbx/fold.h: when a call was, by what little is told of it. */
#include "fold_setup.h"

/* T0 is 1768089515. */
#define RECORD(more)                                                          \
	{                                                                     \
		"cdr",                                                        \
		    "{\"disposition\":\"ANSWER\",\"from\":\"1001\"," more "}" \
	}

Test(fold, a_record_with_one_time_began_and_ended_at_once)
{
	struct folded_call call = FOLD(
	    RECORD("\"timestamp\":1768089515,\"duration\":33,\"billsec\":31"));

	cr_assert_eq(call.started, T0 - 33000);
	cr_assert_eq(call.answered, T0 - 31000);
	cr_assert_eq(call.ended, T0);
	cr_assert_eq(call.cdrs[0].started, T0 - 33000);
	cr_assert_eq(call.cdrs[0].ended, T0);
	cr_assert_eq(call.duration, 33);
}

Test(fold, what_is_told_counts_more_than_what_follows)
{
	struct folded_call call = FOLD(
	    RECORD("\"timestamp\":1768089600,\"duration\":30,\"startTime\":"
		   "\"2026-01-10T23:58:35Z\""));

	cr_assert_eq(call.started, T0);
	cr_assert_eq(call.ended, T0 + 30000);
	call = FOLD(RECORD("\"timestamp\":1768089600,\"duration\":30,"
			   "\"endTime\":\"2026-01-10T23:58:35Z\""));
	cr_assert_eq(call.started, T0 - 30000);
	cr_assert_eq(call.ended, T0);
	/* Another event knows when it began. */
	call = FOLD(RECORD("\"timestamp\":1768089545,\"duration\":34"),
	    {"session-update",
		"{\"status\":\"ringing\",\"callStartTime\":1768089515449}"});
	cr_assert_eq(call.started, T0 + 449);
	cr_assert_eq(call.ended, T0 + 30000);
}

Test(fold, a_record_without_a_duration_is_a_moment)
{
	struct folded_call call = FOLD(RECORD("\"timestamp\":1768089515"));

	cr_assert_eq(call.started, T0);
	cr_assert_eq(call.ended, T0);
	cr_assert_eq(call.duration, 0);
	call = FOLD(RECORD("\"timestamp\":\"soon\",\"duration\":-3"));
	cr_assert(call.exists);
	cr_assert_eq(call.started, T0, "when it came");
}
