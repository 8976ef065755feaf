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
#include "zone.h"

/* Somewhere to go from every page. */
struct html_place {
	struct str href, text;
	const char *responder;
};

/* Objects of one kind, to choose from by name. */
struct html_choices {
	const struct html_choices *next;
	const char *of; /* responder; HTML_NUMBERS: proved numbers, by number */
	bool more;      /* than are here: no list to choose from */
	size_t count;
	struct str *values, *names;
};
#define HTML_NUMBERS "numbers"

struct html {
	struct req *req;
	const struct record *record;
	struct str base;  /* "/cgi-bin/ring-groups" */
	struct str title; /* "Ring groups" */
	/* What the visitor may look at; links lead nowhere else. */
	const struct html_place *places;
	size_t place_count;
	struct str who;  /* "Ann, owner"; absent: nobody is signed in */
	struct str csrf; /* absent: none */
	const struct html_choices *choices;
	const struct zone *zone;   /* whose times are shown; NULL: UTC */
	struct str zone_name;      /* absent: UTC */
	const char *const *only;   /* fields that may be changed; NULL: all */
	const struct record *asks; /* of the list besides its own filters */
	bool listed;               /* there is a list to go back to */
	bool may_create, may_change, may_delete;
	bool secrets;  /* may be seen */
	bool restores; /* what is deleted may come back */
	bool single;   /* the only object: it has no id in its address */
	bool plays;    /* base/ID/audio is to be listened to */
	/* Of a form that makes no object: its heading and its button. */
	const char *does;
	const char *question; /* that /docs/ answers; NULL: none */
};

/* The frame of a page; what is between is added to req->out. */
void html_open(const struct html *html, int status, struct str heading);
void html_close(const struct html *html);
/* A message, what is wrong with fields, what still uses an object. */
void html_problem(const struct html *html, const struct err *err);
/* Links to who still uses an object; NULL: nothing is said. */
void html_references(const struct html *html, const struct reference *first);

/* Is there a page to link to, for this visitor? */
bool html_leads(const struct html *html, const char *responder);
/*
 * A value that field_print() or JSON wrote, in words: a name for an id, a
 * clock's time for an instant.  The second adds it to the page with a link to
 * what it names.
 */
struct str html_text(
    const struct html *html, const struct field *field, struct str text);
void html_text_add(
    const struct html *html, const struct field *field, struct str text);
/* NULL: none were looked for. */
const struct html_choices *html_choices(
    const struct html *html, const char *of);
/* The responder of what a target of this type names; NULL: none. */
const char *html_target_responder(enum target_type type);

/* Parts: a field's value, a link, this list's address with one change. */
void html_cell(
    const struct html *html, const struct field *field, const void *object);
void html_link(const struct html *html, struct str href, struct str text);
struct str html_with(const struct html *html, const struct form *query,
    const char *name, struct str value);

/* One input of a list's question, filled from it. */
void html_filter(const struct html *html, const struct field *field,
    const struct form *query);
/* To this list as a file. */
void html_file_link(const struct html *html, const struct form *query);
void html_list(const struct html *html, const struct list *list,
    const struct page *page, const struct form *query);
/*
 * The form of a new (id 0) or an existing object; html_close() ends it. values:
 * a JSON object; etag: absent for none; err: why what was typed was refused, or
 * NULL.
 */
void html_form(const struct html *html, uint64_t id, const struct json *values,
    const struct err *err);
/* references: who still uses what is to be deleted; NULL: nobody. */
void html_confirm(const struct html *html, uint64_t id, struct str name,
    const struct reference *references);
/*
 * A form that posts to base/ID/action, or base/action (id 0), with an input
 * for each field of `takes` (NULL: a button alone); values and err as above.
 */
void html_action(const struct html *html, uint64_t id, const char *action,
    const struct record *takes, const struct json *values,
    const struct err *err);
/* One field of an object, as it is read; lists are tables. */
void html_show(const struct html *html, const struct field *field,
    const struct json *json);
/* What an object holds, to be read and copied. */
void html_values(const struct html *html, const struct record *record,
    const struct json *values);

#endif
