/*
 * A growing text in a pool, and the escapes that texts need on their way out.
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include "pool.h"

struct buf {
	struct pool *pool;
	char *p;     /* always NUL-terminated once anything was added */
	size_t n;    /* bytes used */
	size_t room; /* bytes allocated */
};

/* An empty text; room is a guess of its final size. */
struct buf buf_new(struct pool *pool, size_t room);
void buf_add(struct buf *buf, struct str text);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char byte);
void buf_add_int(struct buf *buf, int64_t number);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str buf_str(const struct buf *buf);

/* A JSON string with its quotes (RFC 8259); absent becomes null. */
void buf_add_json(struct buf *buf, struct str text);
/* Text for HTML content and quoted attributes. */
void buf_add_html(struct buf *buf, struct str text);
/* Percent-encoded but for the unreserved bytes of RFC 3986. */
void buf_add_url(struct buf *buf, struct str text);

#endif
