/*
 * A list of records: which of them, in which order, which page.
 *
 * ?page= &per_page= &sort=name,-created_at &q= &deleted=only|with, one
 * parameter per field that has FILTER, and ?settings.theme=dark for a field
 * that is JSON.  A parameter that means nothing here is complained of, so
 * that a misspelt filter is never a longer list.
 *
 * The statement's text depends on the table and on the order alone: what is
 * not asked for is switched off by its value, so the number of statements a
 * process prepares is bounded.
 */
#ifndef RECORD_LIST_H
#define RECORD_LIST_H

#include "form.h"
#include "record.h"

enum { PER_PAGE = 25, PER_PAGE_MOST = 100, PAGE_MOST = 1000000 };
enum { LIST_ONLY = 8 };

struct list {
	int64_t page, per_page;
	enum living living;
	struct str sort, q;
	const char *order; /* SQL */
	const char *only[LIST_ONLY];
	size_t count;
	struct value values[96]; /* of the WHERE */
};

struct page {
	int64_t total, last_page;
	size_t count;
	char *objects; /* count × record->size */
};

/* What contains the text, for LIKE ? ESCAPE '!'. */
struct str list_like(struct pool *pool, struct str text);
/* VALIDATION_ERROR with everything that is wrong in the query. */
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
