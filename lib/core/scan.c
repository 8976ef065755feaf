#include "scan.h"

enum { LEVELS = 32, PATH_MOST = 200 };

struct scan {
	struct pool *pool;
	const char *start;
	const char *p; /* the next byte */
	const char *end;
	scan_found *found;
	scan_key *key;
	void *context;
	const char *problem; /* what is wrong at p */
	size_t objects;	     /* begun so far */
	int level;
};

/* One step of the way from the document to a value. */
struct step {
	const struct step *above; /* NULL: a member of the document */
	struct str key;		  /* absent in an array */
	size_t index;
};

static bool scan_value(struct scan *scan, const struct step *step);

static bool
refuse(struct scan *scan, const char *problem)
{
	scan->problem = problem;
	return false;
}

/* The next byte; NUL at the end, where no NUL is allowed either. */
static char
peek(const struct scan *scan)
{
	if (scan->p == scan->end)
		return '\0';
	return *scan->p;
}

static void
skip_space(struct scan *scan)
{
	while (scan->p < scan->end && (*scan->p == ' ' || *scan->p == '\n' ||
					  *scan->p == '\t' || *scan->p == '\r'))
		scan->p++;
}

/*
 * Skips bytes that stand for themselves in a string: ASCII but for controls,
 * '"' and '\'.  Eight at a time: a byte of `stop` has its high bit set when
 * that byte, or one before it, ends the run.
 */
static const char *
skip_plain(const char *p, const char *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);

	while (end - p >= 8) {
		uint64_t word, quote, slash, stop;

		memcpy(&word, p, sizeof word);
		quote = word ^ (ones * '"');
		slash = word ^ (ones * '\\');
		stop = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
		       ((word - ones * 0x20) & ~word) | word;
		if ((stop & (ones * 0x80)) != 0)
			break;
		p += 8;
	}
	while (p < end && (unsigned char)*p >= 0x20 &&
	       (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

static bool
take_hex(struct scan *scan, unsigned *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++) {
		char c = peek(scan);
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			digit = (unsigned)(c - 'A') + 10;
		else
			return refuse(scan, "expected four hex digits");
		*code = *code << 4 | digit;
		scan->p++;
	}
	return true;
}

/* The code point of a \u escape, of both halves when it needs two. */
static bool
take_code(struct scan *scan, unsigned *code)
{
	unsigned low;

	if (!take_hex(scan, code))
		return false;
	if (*code == 0)
		return refuse(scan, "U+0000 is not allowed");
	if (*code < 0xd800 || *code > 0xdfff)
		return true;
	if (*code > 0xdbff || scan->end - scan->p < 2 || scan->p[0] != '\\' ||
	    scan->p[1] != 'u')
		return refuse(scan, "half a surrogate pair");
	scan->p += 2;
	if (!take_hex(scan, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(scan, "half a surrogate pair");
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

static char *
put_code(char *out, unsigned code)
{
	if (code < 0x80) {
		*out++ = (char)code;
	} else if (code < 0x800) {
		*out++ = (char)(0xc0 | code >> 6);
		*out++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*out++ = (char)(0xe0 | code >> 12);
		*out++ = (char)(0x80 | (code >> 6 & 0x3f));
		*out++ = (char)(0x80 | (code & 0x3f));
	} else {
		*out++ = (char)(0xf0 | code >> 18);
		*out++ = (char)(0x80 | (code >> 12 & 0x3f));
		*out++ = (char)(0x80 | (code >> 6 & 0x3f));
		*out++ = (char)(0x80 | (code & 0x3f));
	}
	return out;
}

/* The escape at p, behind its backslash, is written to *out. */
static bool
take_escape(struct scan *scan, char **out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char bytes[] = "\"\\/\b\f\n\r\t";
	char c = peek(scan);
	const char *at = c != '\0' ? strchr(letters, c) : NULL;
	unsigned code;

	if (at != NULL) {
		scan->p++;
		*(*out)++ = bytes[at - letters];
		return true;
	}
	if (c != 'u')
		return refuse(scan, "unknown escape");
	scan->p++;
	if (!take_code(scan, &code))
		return false;
	*out = put_code(*out, code);
	return true;
}

/* How many bytes there are before the quote that ends the string. */
static size_t
string_rest(const struct scan *scan)
{
	size_t most = (size_t)(scan->end - scan->p), n = 0;

	while (n < most && scan->p[n] != '"')
		n += scan->p[n] == '\\' ? 2 : 1;
	return n < most ? n : most;
}

/* The rest of a string that has an escape at p; no escape grows by reading. */
static bool
take_escaped(struct scan *scan, const char *from, struct str *text)
{
	size_t before = (size_t)(scan->p - from);
	char *copy = pool_alloc(scan->pool, before + string_rest(scan) + 1);
	char *out = copy;

	memcpy(out, from, before);
	out += before;
	while (scan->p < scan->end && *scan->p != '"') {
		size_t n = (size_t)(skip_plain(scan->p, scan->end) - scan->p);

		if (n == 0 && *scan->p == '\\') {
			scan->p++;
			if (!take_escape(scan, &out))
				return false;
			continue;
		}
		if (n == 0 && (unsigned char)*scan->p >= 0x80)
			n = str_sequence((struct str){
			    scan->p, (size_t)(scan->end - scan->p)});
		if (n == 0)
			return refuse(scan, "a byte that is not text");
		memcpy(out, scan->p, n);
		out += n;
		scan->p += n;
	}
	*text = (struct str){copy, (size_t)(out - copy)};
	return true;
}

/* A string: a slice of the document unless it holds an escape. */
static bool
take_string(struct scan *scan, struct str *text)
{
	const char *from = ++scan->p;

	for (;;) {
		size_t n;

		scan->p = skip_plain(scan->p, scan->end);
		if (peek(scan) == '"') {
			*text = (struct str){from, (size_t)(scan->p - from)};
			break;
		}
		if (scan->p == scan->end)
			return refuse(scan, "a string without end");
		if (*scan->p == '\\') {
			if (!take_escaped(scan, from, text))
				return false;
			if (scan->p == scan->end)
				return refuse(scan, "a string without end");
			break;
		}
		n = (unsigned char)*scan->p < 0x80
			? 0
			: str_sequence((struct str){
			      scan->p, (size_t)(scan->end - scan->p)});
		if (n == 0)
			return refuse(scan, "a byte that is not text");
		scan->p += n;
	}
	scan->p++;
	return true;
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
