/* Nothing but what was sealed opens; what is packed in any way is harmless. */
#include "cursor.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct crypto_key key = {{1, 2, 3}};
	static const struct organization organization = {.id = 7};
	static struct pool *pool;
	struct str bytes = {(const char *)data, size};
	struct call call = {.key = STR("call")};
	struct cursor cursor = {0};
	struct pack pack;

	if (pool == NULL) {
		crypto_start();
		pool = pool_new();
	}
	assert(!cursor_open(
	    pool, &key, &organization, &call, pool_copy(pool, bytes), &cursor));
	pack = pack_reader(pool, bytes);
	cursor = (struct cursor){0};
	cursor_pack(&pack, &cursor);
	assert(cursor.trail_count <= TRAIL);
	assert(cursor.stage <= STAGE_LAST);
	pool_clear(pool);
	return 0;
}
