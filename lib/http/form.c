#include "form.h"

enum { FORM_MOST = 5000 };

/* What a hex digit stands for; 16 or more for any other byte. */
static unsigned
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/*
 * Decodes text to *to, puts a NUL behind it and moves *to past that; false
 * for a '%' without two hex digits behind it.
 */
static bool
decode(struct str text, char **to, struct str *out)
{
	char *at = *to;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			unsigned high, low;

			if (text.n - i < 3)
				return false;
			high = hex_value(text.p[i + 1]);
			low = hex_value(text.p[i + 2]);
			if (high > 15 || low > 15)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		*at++ = c;
	}
	*out = (struct str){*to, (size_t)(at - *to)};
	*at++ = '\0';
	*to = at;
	return true;
}

static struct err *
parse_pair(struct pool *pool, struct str pair, char **to, struct param *param)
{
	struct str name;

	str_next(&pair, '=', &name);
	if (!decode(name, to, &param->name) || !decode(pair, to, &param->value))
		return err_new(
		    pool, BAD_REQUEST, "The form has a broken %%-escape.");
	if (!str_is_utf8(param->name) || !str_is_utf8(param->value))
		return err_new(pool, BAD_REQUEST,
		    "The form is not UTF-8 or has U+0000 in it.");
	return NULL;
}

struct err *
form_parse(struct pool *pool, struct str text, struct form *form)
{
	struct str rest = text, pair;
	size_t count = 0;
	char *to;

	*form = (struct form){0, NULL};
	while (str_next(&rest, '&', &pair))
		count += pair.n > 0 ? 1 : 0;
	if (count > FORM_MOST)
		return err_new(pool, BAD_REQUEST,
		    "The form has more than %d parameters.", FORM_MOST);
	form->params = NEW_ARRAY(pool, struct param, count);
	/* Decoded text is never longer; two NULs for each pair. */
	to = pool_alloc(pool, text.n + 2 * count);
	rest = text;
	while (str_next(&rest, '&', &pair)) {
		struct err *err;

		if (pair.n == 0)
			continue;
		err = parse_pair(pool, pair, &to, &form->params[form->count]);
		if (err != NULL) {
			form->count = 0;
			return err;
		}
		form->count++;
	}
	return NULL;
}

struct str
form_get_str(const struct form *form, struct str name)
{
	for (size_t i = form->count; i > 0; i--)
		if (str_equal(form->params[i - 1].name, name))
			return form->params[i - 1].value;
	return NO_STR;
}

struct str
form_get(const struct form *form, const char *name)
{
	return form_get_str(form, str_of(name));
}
