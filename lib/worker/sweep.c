#include "sweep.h"

#include "aggregates.h"
#include "notices.h"
#include "recordings.h"
#include "warm.h"

struct err *
sweep_run(const struct work *work, struct pool *pool, int age)
{
	TRY(work_sweep(work, pool, &recordings_trade, age));
	TRY(work_sweep(work, pool, &notices_trade, age));
	TRY(work_sweep(work, pool, &aggregates_trade, age));
	return work_sweep(work, pool, &warm_trade, age);
}
