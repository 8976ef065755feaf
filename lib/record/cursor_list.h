/*
 * Lists of what only grows (calls, CDRs, the audit): paged by position, so
 * that page 10,000 costs what page 1 costs, and never counted.
 *
 * Rows are read along an index, by the one condition that finds fewest of
 * them (a way; what is true of either of two columns is two ways), from where
 * the last page ended.  What else was asked for is tried row by row, of at
 * most CURSOR_SCAN rows: a page may therefore hold fewer rows than it could,
 * or none, and yet say where the next one begins.
 *
 * Statements depend on the table, the way and the order alone, so a process
 * prepares few of them.  What is tried row by row stands inside IF(), which
 * the optimizer cannot look into: it would otherwise take another index, and
 * with it sort all that there is.
 */
#ifndef RECORD_CURSOR_LIST_H
#define RECORD_CURSOR_LIST_H

#include "bookmark.h"
#include "record.h"

enum {
	CURSOR_SCAN = 1000,  /* rows looked at for one page */
	CURSOR_WAYS = 64,    /* of one list */
	CURSOR_TESTS = 12,   /* of one list */
	CURSOR_PAGE = 500,   /* rows of one page at most */
	CURSOR_PER_PAGE = 25 /* unless somebody says how many */
};

/* Before and behind everything. */
extern const struct place place_first, place_last;

/*
 * Of a way: a column, "extension_id", with an index (organization_id, the
 * column, the instant).  Of a test: a literal, "extension_id = ?", in which
 * each '?' is the value; NIL switches it off.
 */
struct condition {
	const char *sql;
	struct value value;
};

struct cursor_list {
	/* Has no view of its own, and the fields "id" and `at`. */
	const struct record *record;
	const char *view; /* "calls" */
	const char *at;   /* "started_at": column and field */
	bool ascending;   /* oldest first */
	int64_t per_page;
	struct place after,
	    before;  /* rows between these two, neither of them */
	size_t ways; /* rows that fulfil any of these; none: all rows */
	struct condition way[CURSOR_WAYS];
	size_t tests; /* and all of these */
	struct condition test[CURSOR_TESTS];
};

struct cursor_page {
	size_t count;
	void **objects;
	bool more;
	struct place next; /* the last one that was looked at, if more */
};

void cursor_way(
    struct cursor_list *list, const char *column, struct value value);
void cursor_test(struct cursor_list *list, const char *sql, struct value value);
/* The wish becomes a way and is NIL afterwards; false when it was before. */
bool cursor_go(
    struct cursor_list *list, const char *column, struct value *wish);
/* Of choices of which the first stands for none of them. */
struct value cursor_choice(const char *const *choices, unsigned choice);
/* Inside a transaction. */
struct err *cursor_read(const struct store *store,
    const struct cursor_list *list, struct cursor_page *page);
/* The list goes on behind this place. */
void cursor_continue(struct cursor_list *list, struct place place);

#endif
