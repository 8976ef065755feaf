#include "rest.h"

enum { TOKEN_LEAST = 16, TOKEN_MOST = 64 };

static bool
accepts(struct str range, const char *type)
{
	struct str name;

	str_next(&range, ';', &name);
	return str_is_nocase(str_trim(name), type);
}

enum face
rest_face(const struct req *req)
{
	struct str rest = req_header(req, "Accept", NULL), range;

	while (str_next(&rest, ',', &range)) {
		if (accepts(range, "text/html") ||
		    accepts(range, "application/xhtml+xml"))
			return FACE_HTML;
		if (accepts(range, "text/csv"))
			return FACE_CSV;
		if (accepts(range, "application/json") ||
		    accepts(range, "application/problem+json"))
			return FACE_JSON;
	}
	return FACE_JSON;
}

static bool
is_token(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return text.n >= TOKEN_LEAST && text.n <= TOKEN_MOST;
}

/* One piece of the path, and what the pattern has in its place. */
static bool
match_piece(struct str a, struct str b, uint64_t *id, struct str *token)
{
	int64_t number;

	if (str_is(b, "TOKEN")) {
		*token = a;
		return is_token(a);
	}
	if (!str_is(b, "ID"))
		return str_equal(a, b);
	if (!str_is_digits(a) || a.p[0] == '0' ||
	    !str_to_int(a, 1, INT64_MAX, &number))
		return false;
	*id = (uint64_t)number;
	return true;
}

bool
rest_match(
    struct str path, const char *pattern, uint64_t *id, struct str *token)
{
	struct str want = str_of(pattern), a, b;

	/* "/ring-groups/" is "/ring-groups". */
	if (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	while (str_next(&want, '/', &b))
		if (!str_next(&path, '/', &a) || !match_piece(a, b, id, token))
			return false;
	return path.p == NULL;
}

struct str
rest_next(const struct form *form, struct str otherwise)
{
	struct str next = form_get(form, "_next");

	/* "//host" and "/\host" lead elsewhere in a browser. */
	if (next.n == 0 || next.p[0] != '/' || next.n > 2000 ||
	    (next.n > 1 && (next.p[1] == '/' || next.p[1] == '\\')))
		return otherwise;
	for (size_t i = 0; i < next.n; i++)
		if ((unsigned char)next.p[i] <= ' ' || next.p[i] == '\\' ||
		    (unsigned char)next.p[i] >= 0x7f)
			return otherwise;
	return next;
}

void
rest_see_other(struct req *req, struct str where)
{
	req->out.n = 0;
	answer(req, 303, "text/plain");
	answer_header(req, "Location", where);
}
