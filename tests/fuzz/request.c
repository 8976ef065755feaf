/* A carrier's request of any bytes, as JSON and as a form, is read or refused.
 */
#include "request.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct str text)
{
	assert(str_is_utf8(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pool *pool;
	struct carrier_request request;
	struct req req = {0};

	if (pool == NULL)
		pool = pool_new();
	req.pool = pool;
	req.body = pool_copy(pool, (struct str){(const char *)data, size});
	for (int form = 0; form < 2; form++) {
		req.content_type =
		    form ? STR("application/x-www-form-urlencoded")
			 : STR("application/json");
		request_read(&req, &request);
		assert(request.name_count <= REQUEST_NAMES);
		if (request.unusable != NULL)
			continue;
		check(request.call.to);
		check(request.call.from);
		check(request.call.key);
		check(request.call.digits);
		check(request.call.caller_name);
		check(request.call.diverted);
		assert(request.call.key.n <= 128);
		assert(request.has_to == (request.call.to.n > 0));
	}
	pool_clear(pool);
	return 0;
}
