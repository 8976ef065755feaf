/* A webhook's body of any bytes, as JSON and as a form, is read or refused. */
#include "event.h"

#include "json.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct pool *pool, const struct event *event, bool form)
{
	const struct json *json;

	assert(event->body.n > 0 && event->body.p[0] == '{');
	assert(event->key.n > 0);
	assert(event->call_key.n <= 128);
	assert(str_is_utf8(event->call_key));
	if (form)
		assert(json_parse(pool, event->body, &json) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pool *pool;
	struct carrier_message message;
	struct req req = {0};

	if (pool == NULL)
		pool = pool_new();
	req.pool = pool;
	req.body = pool_copy(pool, (struct str){(const char *)data, size});
	for (int form = 0; form < 2; form++) {
		req.content_type =
		    form ? STR("application/x-www-form-urlencoded")
			 : STR("application/json");
		event_read(&req, STR("cdr"), &message);
		assert(message.request.name_count <= REQUEST_NAMES);
		assert((message.unusable == NULL) == (message.count > 0));
		assert(message.count <= INTAKE_MOST);
		for (size_t i = 0; i < message.count; i++)
			check(pool, &message.events[i], form);
	}
	pool_clear(pool);
	return 0;
}
