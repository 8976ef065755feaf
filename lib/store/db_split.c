#include "db_split.h"

struct db_split
db_split_open(struct str text)
{
	return (struct db_split){text, STR(";"), 1, 1};
}

static void
skip(struct db_split *split, size_t n)
{
	for (size_t i = 0; i < n; i++)
		split->next += split->rest.p[i] == '\n';
	split->rest = str_cut(split->rest, n, split->rest.n);
}

static size_t
line_length(struct str text)
{
	ptrdiff_t n = str_find(text, '\n');

	return n < 0 ? text.n : (size_t)n + 1;
}

/* Length of the comment or quoted text that begins here; 0: none does. */
static size_t
unit(struct str text)
{
	size_t i;

	if (text.p[0] == '#' ||
	    (str_starts(text, STR("--")) && (text.n == 2 || text.p[2] <= ' ')))
		return line_length(text);
	if (str_starts(text, STR("/*"))) {
		for (i = 2; i + 1 < text.n; i++)
			if (text.p[i] == '*' && text.p[i + 1] == '/')
				return i + 2;
		return text.n;
	}
	if (text.p[0] != '\'' && text.p[0] != '"' && text.p[0] != '`')
		return 0;
	for (i = 1; i < text.n && text.p[i] != text.p[0]; i++)
		if (text.p[i] == '\\' && text.p[0] != '`')
			i++;
	return i < text.n ? i + 1 : text.n;
}

/* Skips what comes between statements; true when something is left. */
static bool
skip_between(struct db_split *split)
{
	static const struct str word = {"DELIMITER ", 10};

	while (split->rest.n > 0) {
		struct str rest = split->rest;
		size_t n;

		if (str_equal_nocase(str_cut(rest, 0, word.n), word)) {
			n = line_length(rest);
			split->delimiter = str_trim(str_cut(rest, word.n, n));
			skip(split, n);
			continue;
		}
		if (rest.p[0] > 0 && rest.p[0] <= ' ') {
			skip(split, 1);
			continue;
		}
		if (str_starts(rest, split->delimiter)) {
			skip(split, split->delimiter.n);
			continue;
		}
		/* Quotes begin a statement, and so does code in a comment. */
		n = rest.p[0] == '#' || rest.p[0] == '-' || rest.p[0] == '/'
			? unit(rest)
			: 0;
		if (n == 0 || str_starts(rest, STR("/*!")) ||
		    str_starts(rest, STR("/*M!")))
			return true;
		skip(split, n);
	}
	return false;
}

bool
db_split_next(struct db_split *split, struct str *statement)
{
	struct str rest;
	size_t n = 0;

	if (!skip_between(split))
		return false;
	rest = split->rest;
	split->line = split->next;
	while (n < rest.n) {
		struct str here = str_cut(rest, n, rest.n);
		size_t length;

		if (split->delimiter.n > 0 &&
		    str_starts(here, split->delimiter)) {
			*statement = str_trim(str_cut(rest, 0, n));
			skip(split, n + split->delimiter.n);
			return true;
		}
		length = unit(here);
		n += length > 0 ? length : 1;
	}
	*statement = str_trim(rest);
	skip(split, rest.n);
	return true;
}
