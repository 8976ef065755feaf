/* One input of a form, tied to its label, its help and its complaints. */
#ifndef RECORD_HTML_INPUT_H
#define RECORD_HTML_INPUT_H

#include "html.h"

struct form_page {
	const struct html *html;
	struct buf *out;
	const struct err *err;
	const char *prefix; /* of ids: a page may hold several forms */
};

/* What an input shows: numbers and booleans as they are written. */
struct str form_text(struct pool *pool, const struct json *json);
/* parts: those of a target's type and id, too. */
void form_complaints(const struct form_page *page, struct str path, bool parts);
/* field: NULL for what is hidden; more: attributes. */
void form_input(const struct form_page *page, const char *type,
    const struct field *field, struct str path, struct str value,
    const char *more);
void form_value(const struct form_page *page, const struct field *field,
    struct str path, struct str value);
/* An object of any kind that a call can go to, or a number. */
void form_target(const struct form_page *page, const struct field *field,
    struct str path, const struct json *json);

#endif
