#include "etag.h"

bool
etag_in(struct str list, struct str etag, bool weak)
{
	struct str tag;

	while (str_next(&list, ',', &tag)) {
		tag = str_trim(tag);
		if (str_is(tag, "*"))
			return true;
		if (weak && str_starts(tag, STR("W/")))
			tag = str_cut(tag, 2, tag.n);
		if (str_equal(tag, etag))
			return true;
	}
	return false;
}

bool
etag_answers(struct req *req, struct str etag)
{
	struct str none = req_header(req, "If-None-Match", NULL);

	if (none.p == NULL || !etag_in(none, etag, true))
		return false;
	answer(req, 304, "application/json");
	return true;
}
