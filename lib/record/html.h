/*
 * The HTML face: every list and object as a plain page that works without
 * scripts, made from the same table as everything else.
 *
 * Forms are filled from JSON, so that an object and what somebody typed in
 * vain are shown alike.  Every value reaches the page as text.
 */
#ifndef RECORD_HTML_H
#define RECORD_HTML_H

#include "list.h"
#include "req.h"

struct html {
	struct req *req;
	const struct record *record;
	struct str base;  /* "/cgi-bin/ring-groups" */
	struct str title; /* "Ring groups" */
	/* What there is below /cgi-bin/, NULL: links lead nowhere else. */
	const char *const *responders;
	struct str csrf; /* absent: none */
	bool may_create, may_change, may_delete;
	bool secrets;  /* may be seen */
	bool restores; /* what is deleted may come back */
	bool single;   /* the only object: it has no id in its address */
	bool plays;    /* base/ID/audio is to be listened to */
	/* Of a form that makes no object: its heading and its button. */
	const char *does;
};

/* The frame of a page; what is between is added to req->out. */
void html_open(const struct html *html, int status, struct str heading);
void html_close(const struct html *html);
/* A message, what is wrong with fields, what still uses an object. */
void html_problem(const struct html *html, const struct err *err);

/* Is there a page to link to? */
bool html_leads(const struct html *html, const char *responder);

/* Parts: a field's value, a link, this list's address with one change. */
void html_cell(
    const struct html *html, const struct field *field, const void *object);
void html_link(const struct html *html, struct str href, struct str text);
struct str html_with(const struct html *html, const struct form *query,
    const char *name, struct str value);

void html_list(const struct html *html, const struct list *list,
    const struct page *page, const struct form *query);
/*
 * The form of a new (id 0) or an existing object; html_close() ends it. values:
 * a JSON object; etag: absent for none; err: why what was typed was refused, or
 * NULL.
 */
void html_form(const struct html *html, uint64_t id, const struct json *values,
    const struct err *err);
void html_confirm(const struct html *html, uint64_t id, struct str name);
/*
 * A form that posts to base/ID/action, or base/action (id 0), with an input
 * for each field of `takes` (NULL: a button alone); values and err as above.
 */
void html_action(const struct html *html, uint64_t id, const char *action,
    const struct record *takes, const struct json *values,
    const struct err *err);
/* What an object holds, to be read and copied. */
void html_values(const struct html *html, const struct record *record,
    const struct json *values);

#endif
