#include "scan_private.h"

enum { LEVELS = 32, PATH_MOST = 200 };

/* One step of the way from the document to a value. */
struct step {
	const struct step *above; /* NULL: a member of the document */
	struct str key;           /* absent in an array */
	size_t index;
};

static bool scan_value(struct scan *scan, const struct step *step);

static void
skip_space(struct scan *scan)
{
	while (scan->p < scan->end && (*scan->p == ' ' || *scan->p == '\n' ||
					  *scan->p == '\t' || *scan->p == '\r'))
		scan->p++;
}

/* One digit and all that follow. */
static bool
take_digits(struct scan *scan)
{
	if (peek(scan) < '0' || peek(scan) > '9')
		return refuse(scan, "expected a digit");
	while (peek(scan) >= '0' && peek(scan) <= '9')
		scan->p++;
	return true;
}

static bool
take_number(struct scan *scan, struct str *text)
{
	const char *from = scan->p;
	bool whole = true;
	int64_t number;

	if (*scan->p == '-')
		scan->p++;
	if (peek(scan) == '0')
		scan->p++;
	else if (!take_digits(scan))
		return false;
	if (peek(scan) == '.') {
		whole = false;
		scan->p++;
		if (!take_digits(scan))
			return false;
	}
	if (peek(scan) == 'e' || peek(scan) == 'E') {
		whole = false;
		scan->p++;
		if (peek(scan) == '+' || peek(scan) == '-')
			scan->p++;
		if (!take_digits(scan))
			return false;
	}
	*text = (struct str){from, (size_t)(scan->p - from)};
	if (scan->key != NULL && whole &&
	    !str_to_int(*text, INT64_MIN, INT64_MAX, &number)) {
		scan->p = from;
		return refuse(scan, "a number that is too large");
	}
	return true;
}

static bool
take_word(struct scan *scan, struct str word)
{
	if (!str_starts(
		(struct str){scan->p, (size_t)(scan->end - scan->p)}, word))
		return refuse(scan, "expected a value");
	scan->p += word.n;
	return true;
}

/* Decimal digits of an index, at the end of digits[]. */
static struct str
index_text(size_t index, char digits[24])
{
	size_t at = 24;

	do {
		digits[--at] = (char)('0' + index % 10);
		index /= 10;
	} while (index != 0);
	return (struct str){digits + at, 24 - at};
}

/* The path as text; absent when it is longer than anybody needs. */
static struct str
step_path(struct scan *scan, const struct step *step)
{
	char path[PATH_MOST + 1];
	size_t at = sizeof path;

	if (step->above == NULL && step->key.n <= PATH_MOST)
		return step->key;
	for (; step != NULL; step = step->above) {
		char digits[24];
		struct str name = step->key.p != NULL
				      ? step->key
				      : index_text(step->index, digits);

		if (name.n + 1 > at)
			return NO_STR;
		at -= name.n;
		memcpy(path + at, name.p, name.n);
		path[--at] = '.';
	}
	/* Without the '.' in front of the first. */
	return pool_copy(
	    scan->pool, (struct str){path + at + 1, sizeof path - at - 1});
}

static bool
scan_member(struct scan *scan, const struct step *above, size_t object)
{
	struct step step = {above, NO_STR, 0};
	size_t at = (size_t)(scan->p - scan->start);

	if (peek(scan) != '"')
		return refuse(scan, "expected a key");
	if (!take_string(scan, &step.key))
		return false;
	if (scan->key != NULL)
		scan->key(scan->context, object, at, step.key);
	skip_space(scan);
	if (peek(scan) != ':')
		return refuse(scan, "expected ':'");
	scan->p++;
	return scan_value(scan, &step);
}

/* The members or elements between two brackets, p at the first one. */
static bool
scan_inside(struct scan *scan, const struct step *above, char last)
{
	struct step step = {above, NO_STR, 0};
	size_t object = scan->objects;

	if (scan->level == LEVELS)
		return refuse(scan, "more than 32 levels");
	scan->level++;
	scan->p++;
	if (last == '}')
		scan->objects++;
	skip_space(scan);
	if (peek(scan) == last)
		goto done;
	for (;;) {
		skip_space(scan);
		if (last == '}' ? !scan_member(scan, above, object)
				: !scan_value(scan, &step))
			return false;
		skip_space(scan);
		if (peek(scan) == last)
			goto done;
		if (peek(scan) != ',')
			return refuse(scan, last == '}'
						? "expected ',' or '}'"
						: "expected ',' or ']'");
		scan->p++;
		step.index++;
	}
done:
	scan->p++;
	scan->level--;
	return true;
}

static bool
scan_value(struct scan *scan, const struct step *step)
{
	struct str value = NO_STR;
	bool good;

	skip_space(scan);
	switch (peek(scan)) {
	case '{':
		return scan_inside(scan, step, '}');
	case '[':
		return scan_inside(scan, step, ']');
	case '"':
		good = take_string(scan, &value);
		break;
	case 't':
		value = STR("true");
		good = take_word(scan, value);
		break;
	case 'f':
		value = STR("false");
		good = take_word(scan, value);
		break;
	case 'n':
		good = take_word(scan, STR("null"));
		break;
	default:
		if (peek(scan) != '-' && (peek(scan) < '0' || peek(scan) > '9'))
			return refuse(scan, "expected a value");
		good = take_number(scan, &value);
		break;
	}
	if (good && scan->found != NULL && step != NULL) {
		struct str path = step_path(scan, step);

		if (path.p != NULL)
			scan->found(scan->context, path, value);
	}
	return good;
}

static struct err *
scan_document(struct scan *scan)
{
	bool good = scan_value(scan, NULL);

	if (good) {
		skip_space(scan);
		if (scan->p == scan->end)
			return NULL;
		refuse(scan, "something behind the end");
	}
	return err_new(scan->pool, BAD_REQUEST,
	    "This is not valid JSON: %s at byte %zu.", scan->problem,
	    (size_t)(scan->p - scan->start));
}

static struct scan
scan_begin(struct pool *pool, struct str text, void *context)
{
	const char *p = text.p != NULL ? text.p : "";

	return (struct scan){.pool = pool,
	    .start = p,
	    .p = p,
	    .end = p + text.n,
	    .context = context};
}

struct err *
scan_object(
    struct pool *pool, struct str text, scan_found *found, void *context)
{
	struct scan scan = scan_begin(pool, text, context);

	scan.found = found;
	skip_space(&scan);
	if (peek(&scan) != '{')
		return err_new(pool, BAD_REQUEST,
		    "This is not a JSON object: expected '{' at byte %zu.",
		    (size_t)(scan.p - scan.start));
	return scan_document(&scan);
}

struct err *
scan_keys(struct pool *pool, struct str text, scan_key *key, void *context)
{
	struct scan scan = scan_begin(pool, text, context);

	scan.key = key;
	return scan_document(&scan);
}
