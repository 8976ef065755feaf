#include "sweep.h"

#include "aggregates.h"
#include "recordings.h"
#include "warm.h"

struct err *
sweep_run(const struct work *work, struct pool *pool, int age)
{
	static const struct trade *const trades[] = {
	    &recordings_trade, &aggregates_trade, &warm_trade};

	for (size_t i = 0; i < sizeof trades / sizeof *trades; i++)
		TRY(trades[i]->sweep(work, pool, age));
	return NULL;
}
