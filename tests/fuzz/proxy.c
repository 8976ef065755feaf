/* A list of proxies and X-Forwarded-For: the client is a slice of what came. */
#include "proxy.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_within(struct str part, struct str whole)
{
	return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pool *pool;
	struct str rest, list, forwarded, client;
	struct str remote = STR("192.0.2.1");
	struct proxies proxies;

	if (pool == NULL)
		pool = pool_new();
	rest = pool_copy(pool, (struct str){(const char *)data, size});
	str_next(&rest, '\n', &list);
	forwarded = rest;
	if (proxy_parse(pool, list, &proxies) != NULL)
		assert(
		    proxy_parse(pool, STR("192.0.2.0/24"), &proxies) == NULL);
	client = proxy_client(&proxies, remote, forwarded);
	assert(client.n > 0);
	assert(is_within(client, remote) || is_within(client, forwarded));
	pool_clear(pool);
	return 0;
}
