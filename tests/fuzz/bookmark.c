/* Where a reader of a history or of the feed says that it stands. */
#include "bookmark.h"
#include "feed.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct crypto_key key = {{1, 2, 3}};
	static struct pool *pool;
	struct feed_place at, again;
	struct place place;
	struct str text;

	if (pool == NULL) {
		crypto_start();
		pool = pool_new();
	}
	text = pool_copy(pool, (struct str){(const char *)data, size});
	/* Nothing that is not ours. */
	assert(!bookmark_parse(pool, &key, STR("calls"), text, &place));
	if (feed_parse(text, &at)) {
		assert(feed_parse(feed_print(pool, at), &again));
		assert(feed_compare(at, again) == 0);
	}
	pool_clear(pool);
	return 0;
}
