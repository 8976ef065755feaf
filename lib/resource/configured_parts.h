/*
 * Between the files that load a configuration: the columns of one row, read in
 * the order in which a statement names them.
 */
#ifndef RESOURCE_CONFIGURED_PARTS_H
#define RESOURCE_CONFIGURED_PARTS_H

#include "configured.h"
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
next_is(struct columns *r, const char *word)
{
	return str_is(next_text(r), word);
}

static inline int64_t
next_instant(struct columns *r)
{
	return instant_of(next_text(r));
}

/* type, id, number */
struct target next_target(struct columns *r);
/* The texts of a JSON array. */
struct str *next_texts(struct columns *r, struct pool *pool, size_t *count);
/*
 * How many rows belong to this parent; *row, which only goes on, is then
 * behind them.  Both in the order of the parents' ids.
 */
size_t rows_of(const struct rows *rows, size_t *row, uint64_t parent);

struct err *load_configured_hours(
    struct change *change, struct configuration *c);
struct err *load_configured_rules(
    struct change *change, struct configuration *c);
/* Blocked callers, prompts, notifications. */
struct err *load_configured_lists(
    struct change *change, struct configuration *c);

#endif
