/*
 * Any bytes as an upload, the first line as its type: what is taken is UTF-8
 * where it is text, and files are slices of the body.
 */
#include <assert.h>

#include "upload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct str text = pool_copy(
	    pool, (struct str){data != NULL ? (const char *)data : "", size});
	struct str type = STR("multipart/form-data; boundary=b"), body = text;
	struct upload upload;

	/* Most inputs need not find out how to say a boundary. */
	if (text.n > 0 && text.p[0] != '-' && !str_next(&body, '\n', &type))
		body = STR("");
	if (body.p == NULL)
		body = STR("");
	if (upload_parse(pool, type, body, &upload) != NULL)
		assert(upload.count == 0 && upload.fields.count == 0);
	for (size_t i = 0; i < upload.fields.count; i++) {
		struct param *param = &upload.fields.params[i];

		assert(str_is_utf8(param->name) && str_is_utf8(param->value));
		assert(param->name.p[param->name.n] == '\0');
		assert(param->value.p[param->value.n] == '\0');
	}
	for (size_t i = 0; i < upload.count; i++) {
		struct upload_file *file = &upload.files[i];

		assert(str_is_utf8(file->name) && str_is_utf8(file->filename));
		assert(file->bytes.p >= body.p &&
		       file->bytes.p + file->bytes.n <= body.p + body.n);
	}
	pool_free(pool);
	return 0;
}
