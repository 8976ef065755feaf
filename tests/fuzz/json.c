/*
 * Any bytes as a JSON document: refused, or a tree whose text reads as the
 * same tree; and both readers agree on what is a document.
 */
#include "json.h"

#include <assert.h>

#include "scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct scanned {
	size_t scalars;
};

static void
found(void *context, struct str path, struct str value)
{
	struct scanned *scanned = context;

	assert(path.p != NULL && str_is_utf8(path) && str_is_utf8(value));
	scanned->scalars++;
}

/* The scalars of a tree, and every look-up on the way. */
static size_t
walk(const struct json *json)
{
	size_t scalars = 0;
	struct str key;

	switch (json_kind(json)) {
	case JSON_ARRAY:
		for (size_t i = 0; i < json_count(json); i++)
			scalars += walk(json_at(json, i));
		return scalars;
	case JSON_OBJECT:
		for (size_t i = 0; i < json_count(json); i++) {
			const struct json *value = json_member(json, i, &key);

			assert(json_get(json, key.p) == value);
			scalars += walk(value);
		}
		return scalars;
	case JSON_TEXT:
		assert(str_is_utf8(json_text(json)));
		return 1;
	case JSON_NULL:
	case JSON_BOOL:
	case JSON_INT:
	case JSON_REAL:
		break;
	}
	return 1;
}

static void
check(struct pool *pool, struct str text)
{
	struct scanned scanned = {0};
	const struct json *json, *again;
	struct err *refused = scan_object(pool, text, found, &scanned);
	struct err *err = json_parse(pool, text, &json);
	struct str printed;
	size_t scalars;

	if (err != NULL) {
		assert(str_is_utf8(err->message));
		return;
	}
	assert((refused == NULL) == (json_kind(json) == JSON_OBJECT));
	scalars = walk(json);
	/* Paths that are too long are not reported. */
	assert(refused != NULL || scanned.scalars <= scalars);
	assert(refused != NULL || text.n > 200 || scanned.scalars == scalars);
	printed = json_print(pool, json);
	err = json_parse(pool, printed, &again);
	assert(err == NULL);
	assert(str_equal(json_print(pool, again), printed));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct pool *pool;

	if (pool == NULL)
		pool = pool_new();
	check(pool, (struct str){(const char *)bytes, n});
	pool_clear(pool);
	return 0;
}
