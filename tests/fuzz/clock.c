/* An instant of any text is read or refused, and printed as it was meant. */
#include "clock.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pool *pool;
	int64_t instant, again;

	if (pool == NULL)
		pool = pool_new();
	if (clock_parse((struct str){(const char *)data, size}, &instant)) {
		assert(clock_parse(clock_print(pool, instant), &again));
		assert(again == instant);
	}
	pool_clear(pool);
	return 0;
}
