#include "scan_private.h"

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

bool
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
