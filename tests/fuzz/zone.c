/*
 * Any bytes as a zone file: refused, or a zone whose two directions agree.
 */
#include "zone.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
check(const struct zone *zone, int64_t instant)
{
	struct local_time local = zone_local(zone, instant), again;
	int64_t back, next = zone_next_change(zone, instant);

	assert(next > instant || next == INT64_MAX);
	if (local.year < -9999 || local.year > 9999)
		return;
	back = zone_instant(zone, &local);
	again = zone_local(zone, back);
	assert(back <= instant);
	assert(again.second == local.second && again.minute == local.minute &&
	       again.hour == local.hour && again.day == local.day &&
	       again.month == local.month && again.year == local.year);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct pool *pool;
	const struct zone *zone;

	if (pool == NULL)
		pool = pool_new();
	if (zone_parse(pool, (struct str){(const char *)bytes, n}, &zone) ==
	    NULL) {
		int64_t change = INT64_C(-62135596800000);

		for (int i = 0; i < 64 && change < INT64_MAX; i++) {
			check(zone, change);
			check(zone, change - 1);
			change = zone_next_change(zone, change);
		}
		for (int i = 0; i < 62; i++) {
			check(zone, INT64_C(1) << i);
			check(zone, -(INT64_C(1) << i));
		}
		check(zone, INT64_MIN);
		check(zone, INT64_MAX);
	}
	pool_clear(pool);
	return 0;
}
