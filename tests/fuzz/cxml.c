/* A document of any bytes is read or refused. */
#include "cxml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pool *pool;
	struct cxml *root;

	if (pool == NULL)
		pool = pool_new();
	(void)cxml_parse(pool,
	    pool_copy(pool, (struct str){(const char *)data, size}), &root);
	pool_clear(pool);
	return 0;
}
