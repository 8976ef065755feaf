/*
 * A list of records: which of them, in which order, which page.
 *
 * ?page= &per_page= &sort=name,-created_at &q= &deleted=only|with, one
 * parameter per field that has FILTER, and ?settings.theme=dark for a field
 * that is JSON.  A parameter that means nothing here is complained of, so
 * that a misspelt filter is never a longer list.
 *
 * Values never stand in a statement's text; which filters are used does, so
 * that the database can choose an index by them.
 *
 * A tenant's configuration is counted as it changes (row_counts), and a list
 * of all of it is read along an index (organization_id, living, what it is
 * sorted by) from the milestone before the page (milestone.h), so that any page
 * of 100,000 rows takes a few milliseconds, the first time as every time.
 * Lists that are filtered, searched or sorted by two names count and sort what
 * they find.
 */
#ifndef RECORD_LIST_H
#define RECORD_LIST_H

#include "form.h"
#include "record.h"

enum { PER_PAGE = 25, PER_PAGE_MOST = 100, PAGE_MOST = 1000000 };
enum { LIST_ONLY = 8, LIST_FILTERS = 24 };

struct sort {
	const char *column;
	bool down;
	bool whole; /* never NULL */
};

/* column = value; of a JSON column: what stands at the path. */
struct filter {
	const char *column;
	struct value path; /* NIL of any other column */
	struct value value;
};

struct list {
	int64_t page, per_page;
	enum living living;
	struct str sort, q;
	size_t sorts;
	struct sort by[3]; /* the last is the id */
	size_t filter_count;
	struct filter filters[LIST_FILTERS];
	const char *where; /* " AND …": filters and q; "" */
	const char *only[LIST_ONLY];
	size_t count;
	struct value values[64]; /* of where, then of only */
};

struct page {
	int64_t total, last_page;
	size_t count;
	char *objects; /* count × record->size */
};

/* What contains the text, for LIKE ? ESCAPE '!'. */
struct str list_like(struct pool *pool, struct str text);
/*
 * VALIDATION_ERROR with everything that is wrong in the query.  The record's
 * view has an organization_id.
 */
struct err *list_parse(struct pool *pool, const struct record *record,
    const struct form *query, struct list *list);
/*
 * One more condition, a literal in which each '?' stands for the value:
 *	list_only(&list, "extension_id IN (SELECT id FROM extensions"
 *			 " WHERE user_id = ?)", INT(user));
 * At most LIST_ONLY of them.  Whether there is one must not depend on more
 * than who asks: a filter is switched off by NIL, "(? IS NULL OR …)".
 */
void list_only(struct list *list, const char *sql, struct value value);
/* The page of it, and how many there are in all. */
struct err *list_read(const struct store *store, const struct record *record,
    const struct list *list, struct page *page);
void *page_at(const struct record *record, const struct page *page, size_t i);

#endif
