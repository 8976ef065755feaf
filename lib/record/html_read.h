/*
 * Pages of what is only read: filters, tables and objects, made from the same
 * records as JSON.  Between html_open() and html_close().
 */
#ifndef RECORD_HTML_READ_H
#define RECORD_HTML_READ_H

#include "html.h"

/* The form of a list's query, filled from it. */
void html_filters(const struct html *html, const struct record *query,
    const struct form *given);
/* leads: ids lead to the objects, below html->base. */
void html_rows(const struct html *html, const struct record *record,
    void *const *objects, size_t count, bool leads);
/* Each field with its name; lists of rows as tables of their own. */
void html_details(
    const struct html *html, const struct record *record, const void *object);
void html_note(const struct html *html, const char *text);
/* A link to the same list with another cursor; absent: to its beginning. */
void html_next(
    const struct html *html, const struct form *query, struct str cursor);

#endif
