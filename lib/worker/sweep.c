#include "sweep.h"

#include "aggregates.h"
#include "notices.h"
#include "recordings.h"
#include "warm.h"

struct err *
sweep_run(const struct work *work, struct pool *pool, int age)
{
	TRY(recordings_trade.sweep(work, pool, age));
	TRY(notices_trade.sweep(work, pool, age));
	TRY(aggregates_trade.sweep(work, pool, age));
	return warm_trade.sweep(work, pool, age);
}
