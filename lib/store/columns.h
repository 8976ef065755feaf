/*
 * The columns of one row, read in the order in which a statement names them,
 * so that a statement and the lines below it can be read side by side.
 */
#ifndef STORE_COLUMNS_H
#define STORE_COLUMNS_H

#include "instant.h"

struct columns {
	const struct rows *rows;
	size_t row, column;
};

static inline struct str
next_text(struct columns *r)
{
	return rows_text(r->rows, r->row, r->column++);
}

static inline int64_t
next_int(struct columns *r)
{
	return rows_int(r->rows, r->row, r->column++);
}

static inline uint64_t
next_id(struct columns *r)
{
	return (uint64_t)next_int(r);
}

static inline bool
next_bool(struct columns *r)
{
	return next_int(r) != 0;
}

static inline bool
next_is(struct columns *r, const char *word)
{
	return str_is(next_text(r), word);
}

static inline int64_t
next_instant(struct columns *r)
{
	return instant_of(next_text(r));
}

/* The texts of a JSON array; none where it is not one. */
struct str *next_texts(struct columns *r, struct pool *pool, size_t *count);

#endif
