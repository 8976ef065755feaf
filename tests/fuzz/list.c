/* The query of a list: what is not refused is within its bounds. */
#include "list.h"

#include "extension.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pool *pool;
	struct form query;
	struct list list;
	struct str text;

	if (pool == NULL)
		pool = pool_new();
	text = pool_copy(pool, (struct str){(const char *)data, size});
	if (form_parse(pool, text, &query) == NULL &&
	    list_parse(pool, extensions.record, &query, &list) == NULL) {
		assert(list.page >= 1);
		assert(list.per_page >= 1 && list.per_page <= 100);
	}
	pool_clear(pool);
	return 0;
}
