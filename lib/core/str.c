#include "str.h"

struct str
str_of(const char *text)
{
	if (text == NULL)
		return NO_STR;
	return (struct str){text, strlen(text)};
}

bool
str_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_is(struct str s, const char *text)
{
	return str_equal(s, str_of(text));
}

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	return c;
}

/* Not strncasecmp(): that one stops at a NUL and asks the locale. */
bool
str_equal_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool
str_is_nocase(struct str s, const char *text)
{
	return str_equal_nocase(s, str_of(text));
}

int
str_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_equal(str_cut(s, 0, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	       str_equal(str_cut(s, s.n - suffix.n, s.n), suffix);
}

char
str_lower(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return "abcdefghijklmnopqrstuvwxyz"[byte - 'A'];
	return byte;
}

ptrdiff_t
str_find(struct str s, char byte)
{
	const char *at = s.n > 0 ? memchr(s.p, byte, s.n) : NULL;

	return at != NULL ? at - s.p : -1;
}

struct str
str_cut(struct str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	if (s.p == NULL)
		return s;
	return (struct str){s.p + from, to - from};
}

struct str
str_head(struct str s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_cut(s, 0, n);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_space(s.p[0]))
		s = str_cut(s, 1, s.n);
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
str_next(struct str *rest, char at, struct str *piece)
{
	ptrdiff_t end;

	if (rest->p == NULL)
		return false;
	end = str_find(*rest, at);
	if (end < 0) {
		*piece = *rest;
		*rest = NO_STR;
	} else {
		*piece = str_cut(*rest, 0, (size_t)end);
		*rest = str_cut(*rest, (size_t)end + 1, rest->n);
	}
	return true;
}

bool
str_to_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	size_t i = negative ? 1 : 0;
	int64_t value = 0;

	if (i == s.n || s.n - i > 19)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, s.p[i] - '0', &value))
			return false;
	}
	if (!negative && value == INT64_MIN)
		return false;
	if (!negative)
		value = -value;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

size_t
str_sequence(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char low = 0x80, high = 0xbf;
	size_t need;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80)
		return p[0] != 0 ? 1 : 0;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		need = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		need = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (s.n < need)
		return 0;
	/* The second byte excludes overlong forms, surrogates, > U+10FFFF. */
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return need;
}

bool
str_is_utf8(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t length;

		if ((signed char)s.p[i] > 0) {
			i++;
			continue;
		}
		length = str_sequence((struct str){s.p + i, s.n - i});
		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

size_t
str_length(struct str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			count++;
	return count;
}

bool
str_is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* FNV-1a, with a final mix so that the low bits are usable as an index. */
uint64_t
str_hash(struct str s)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	hash ^= hash >> 32;
	return hash * UINT64_C(0x9e3779b97f4a7c15) >> 7 ^ hash;
}
