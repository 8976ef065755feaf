/* What carriers and `voice` tell of a call, of any kind, and a row made of it.
 */
#include "fold.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t
nobody(void *self, struct str text)
{
	(void)self;
	(void)text;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = {"call-initiated", "call-status",
	    "session-update", "cdr", "recording", "voice"};
	static struct pool *pool;
	const struct fold_facts facts = {
	    .country = {"US"}, .did = nobody, .extension = nobody};
	struct folded_call call;
	struct fold *fold;
	struct str body;

	if (pool == NULL)
		pool = pool_new();
	body = pool_copy(pool, (struct str){(const char *)data, size});
	fold = fold_new(pool, &facts);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct call_event event = {.kind = str_of(kinds[i]),
		    .call_key = STR("key"),
		    .hash = str_of(kinds[i]),
		    .body = body,
		    .received = 1767225600000};

		fold_add(fold, &event);
	}
	fold_result(fold, &call);
	assert(call.duration >= -1 && call.billed >= -1);
	assert(call.ended == 0 || call.ended >= call.started);
	pool_clear(pool);
	return 0;
}
