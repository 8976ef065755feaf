/*
 * Any bytes as a tenant's configuration: refused with its line, or read; and
 * what was read is written as a text that is read as the same.
 */
#include "config_file.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct str
written(struct pool *pool, const struct section *first)
{
	struct buf out = buf_new(pool, 256);

	for (; first != NULL; first = first->next) {
		config_section(&out, first->type, first->key);
		for (const struct entry *entry = first->entries; entry != NULL;
		     entry = entry->next)
			config_entry(&out, pool_copy(pool, entry->path).p,
			    json_print(pool, entry->value));
	}
	return buf_str(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct pool *pool;
	struct str text = {bytes != NULL ? (const char *)bytes : "", n};
	struct section *first, *again;
	struct err *err;

	if (pool == NULL)
		pool = pool_new();
	err = config_parse(pool, text, &first);
	if (err != NULL) {
		assert(err->code == BAD_REQUEST && err->message.n > 0);
	} else {
		text = written(pool, first);
		assert(config_parse(pool, text, &again) == NULL);
		assert(str_equal(text, written(pool, again)));
	}
	pool_clear(pool);
	return 0;
}
