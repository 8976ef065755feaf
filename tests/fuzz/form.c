/*
 * Any bytes as a form: what is taken is UTF-8 without U+0000, NUL-terminated
 * and found again under its name.
 */
#include <assert.h>

#include "form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct str text = pool_copy(
	    pool, (struct str){data != NULL ? (const char *)data : "", size});
	struct form form;

	if (form_parse(pool, text, &form) != NULL)
		assert(form.count == 0);
	for (size_t i = 0; i < form.count; i++) {
		struct param *param = &form.params[i];

		assert(str_is_utf8(param->name) && str_is_utf8(param->value));
		assert(param->name.p[param->name.n] == '\0');
		assert(param->value.p[param->value.n] == '\0');
		assert(form_get_str(&form, param->name).p != NULL);
	}
	pool_free(pool);
	return 0;
}
