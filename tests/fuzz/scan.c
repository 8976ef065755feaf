/*
 * Any bytes as a carrier's request: refused with a place inside the text, or
 * scalars that lie where they may and are well-formed text.
 */
#include "scan.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
found(void *context, struct str path, struct str value)
{
	size_t *left = context;

	assert(path.p != NULL && path.n <= 200 && str_is_utf8(path));
	assert(str_is_utf8(value));
	/* No document holds more scalars than bytes. */
	assert((*left)-- > 0);
}

static void
key(void *context, size_t object, size_t at, struct str name)
{
	const struct str *text = context;

	assert(object < text->n && at < text->n && text->p[at] == '"');
	assert(str_is_utf8(name));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct pool *pool;
	struct str text = {(const char *)bytes, n};
	struct err *by_value, *by_key;
	size_t left = n;

	if (pool == NULL)
		pool = pool_new();
	by_value = scan_object(pool, text, found, &left);
	by_key = scan_keys(pool, text, key, &text);
	if (by_value != NULL)
		assert(str_is_utf8(by_value->message));
	if (by_key != NULL)
		assert(str_is_utf8(by_key->message));
	/* Only a number beyond 64 bits is read by one and not by the other. */
	if (by_value == NULL && by_key != NULL)
		assert(strstr(by_key->message.p, "too large") != NULL);
	pool_clear(pool);
	return 0;
}
