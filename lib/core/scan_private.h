/*
 * Inside the scanner: its place in the document.  scan.c reads what a value
 * can be, scan_string.c what stands between quotes.
 */
#ifndef CORE_SCAN_PRIVATE_H
#define CORE_SCAN_PRIVATE_H

#include "scan.h"

struct scan {
	struct pool *pool;
	const char *start;
	const char *p; /* the next byte */
	const char *end;
	scan_found *found;
	scan_key *key;
	void *context;
	const char *problem; /* what is wrong at p */
	size_t objects;      /* begun so far */
	int level;
};

static inline bool
refuse(struct scan *scan, const char *problem)
{
	scan->problem = problem;
	return false;
}

/* The next byte; NUL at the end, where no NUL is allowed either. */
static inline char
peek(const struct scan *scan)
{
	if (scan->p == scan->end)
		return '\0';
	return *scan->p;
}

/*
 * The string whose quote is at p: a slice of the document unless it holds an
 * escape.  p is behind its end, or at what is wrong.
 */
bool take_string(struct scan *scan, struct str *text);

#endif
