/*
 * application/x-www-form-urlencoded texts: bodies and query strings.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "err.h"
#include "req.h"

struct form {
	size_t count;
	struct param *params; /* in the order of the text, decoded */
};

/*
 * BAD_REQUEST for a broken escape, invalid UTF-8, U+0000 or more than 5000
 * parameters; the form is empty then.  '+' is a space, a name without '=' has
 * an empty value, empty pieces ("a=1&&b=2") count for nothing.
 */
struct err *form_parse(struct pool *pool, struct str text, struct form *form);
/* The last value of that name; absent when there is none. */
struct str form_get(const struct form *form, const char *name);
struct str form_get_str(const struct form *form, struct str name);

#endif
