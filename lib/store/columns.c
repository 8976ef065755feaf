#include "columns.h"

#include "json.h"

struct str *
next_texts(struct columns *r, struct pool *pool, size_t *count)
{
	const struct json *list = NULL;
	struct str *texts;

	*count = 0;
	if (json_parse(pool, next_text(r), &list) != NULL)
		list = NULL;
	texts = NEW_ARRAY(pool, struct str, json_count(list) + 1);
	for (size_t i = 0; i < json_count(list); i++)
		texts[(*count)++] = json_text(json_at(list, i));
	return texts;
}
