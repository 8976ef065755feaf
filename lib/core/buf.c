#include "buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

struct buf
buf_new(struct pool *pool, size_t room)
{
	struct buf buf = {pool, NULL, 0, 0};

	buf.room = room < 16 ? 16 : room;
	buf.p = pool_alloc(pool, buf.room);
	return buf;
}

/* Makes room for n more bytes and the NUL behind them. */
static void
reserve(struct buf *buf, size_t n)
{
	size_t room = buf->room;
	char *p;

	if (buf->room - buf->n > n)
		return;
	assert(n < SIZE_MAX / 4);
	if (room == 0)
		room = 16;
	while (room - buf->n <= n)
		room *= 2;
	p = pool_alloc(buf->pool, room);
	if (buf->n > 0)
		memcpy(p, buf->p, buf->n);
	buf->p = p;
	buf->room = room;
}

void
buf_add(struct buf *buf, struct str text)
{
	if (text.n == 0)
		return;
	reserve(buf, text.n);
	memcpy(buf->p + buf->n, text.p, text.n);
	buf->n += text.n;
	buf->p[buf->n] = '\0';
}

void
buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, str_of(text));
}

void
buf_add_char(struct buf *buf, char byte)
{
	reserve(buf, 1);
	buf->p[buf->n++] = byte;
	buf->p[buf->n] = '\0';
}

void
buf_add_int(struct buf *buf, int64_t number)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char digits[24];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	if (number < 0)
		digits[--at] = '-';
	buf_add(buf, (struct str){digits + at, sizeof digits - at});
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(NULL, 0, format, list);
	va_end(list);
	assert(n >= 0);
	reserve(buf, (size_t)n);
	va_start(list, format);
	vsnprintf(buf->p + buf->n, (size_t)n + 1, format, list);
	va_end(list);
	buf->n += (size_t)n;
}

struct str
buf_str(const struct buf *buf)
{
	return (struct str){buf->p, buf->n};
}

/* Adds text, with each byte that needs it replaced by what escape() writes. */
static void
add_escaped(
    struct buf *buf, struct str text, size_t (*escape)(unsigned char, char[8]))
{
	size_t from = 0;
	char out[8];

	for (size_t i = 0; i < text.n; i++) {
		size_t n = escape((unsigned char)text.p[i], out);

		if (n == 0)
			continue;
		buf_add(buf, str_cut(text, from, i));
		buf_add(buf, (struct str){out, n});
		from = i + 1;
	}
	buf_add(buf, str_cut(text, from, text.n));
}

static const char hex[] = "0123456789abcdef";

static size_t
escape_json(unsigned char c, char out[8])
{
	static const char letters[32] = {['\b'] = 'b',
	    ['\t'] = 't',
	    ['\n'] = 'n',
	    ['\f'] = 'f',
	    ['\r'] = 'r'};
	char letter = '\0';

	if (c == '"' || c == '\\')
		letter = (char)c;
	else if (c < 0x20)
		letter = letters[c];
	else if (c != 0x7f)
		return 0;
	out[0] = '\\';
	if (letter != '\0') {
		out[1] = letter;
		return 2;
	}
	out[1] = 'u';
	out[2] = out[3] = '0';
	out[4] = hex[c >> 4];
	out[5] = hex[c & 15];
	return 6;
}

static size_t
escape_html(unsigned char c, char out[8])
{
	struct str entity;

	switch (c) {
	case '&':
		entity = STR("&amp;");
		break;
	case '<':
		entity = STR("&lt;");
		break;
	case '>':
		entity = STR("&gt;");
		break;
	case '"':
		entity = STR("&quot;");
		break;
	case '\'':
		entity = STR("&#39;");
		break;
	default:
		return 0;
	}
	memcpy(out, entity.p, entity.n);
	return entity.n;
}

static size_t
escape_url(unsigned char c, char out[8])
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' ||
	    c == '~')
		return 0;
	out[0] = '%';
	out[1] = "0123456789ABCDEF"[c >> 4];
	out[2] = "0123456789ABCDEF"[c & 15];
	return 3;
}

void
buf_add_json(struct buf *buf, struct str text)
{
	if (text.p == NULL) {
		buf_add(buf, STR("null"));
		return;
	}
	buf_add_char(buf, '"');
	add_escaped(buf, text, escape_json);
	buf_add_char(buf, '"');
}

void
buf_add_html(struct buf *buf, struct str text)
{
	add_escaped(buf, text, escape_html);
}

void
buf_add_url(struct buf *buf, struct str text)
{
	add_escaped(buf, text, escape_url);
}
