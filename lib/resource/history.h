/*
 * Lists of what happened: read only, newest first, paged by cursor
 * (cursor_list.h), as JSON, page and CSV.
 *
 *	struct err *
 *	list_calls(struct visit *visit)
 *	{
 *		struct calls_query query;
 *		struct cursor_list list;
 *
 *		TRY(history_begin(visit, &calls, &query, &list));
 *		... cursor_way(), cursor_test() by what the query asks for
 *		return history_answer(visit, &calls, &query, &list);
 *	}
 */
#ifndef RESOURCE_HISTORY_H
#define RESOURCE_HISTORY_H

#include "control.h"
#include "cursor_list.h"
#include "number.h"
#include "zone.h"

/* The struct of a list's query begins with this. */
struct history_query {
	struct str from, to, cursor;
	unsigned sort;
	int per_page;
};

/* clang-format off */
#define HISTORY_FIELDS(type, sorts)                                         \
	{ FIELD_AS(type, history.from, "from"), .max = 40,                  \
	    .help = "a date or an instant: not before it" },                \
	{ FIELD_AS(type, history.to, "to"), .max = 40,                      \
	    .help = "a date, with all of that day, or an instant: before "  \
	    "it" },                                                         \
	{ FIELD_AS(type, history.sort, "sort"), .choices = (sorts) },       \
	{ FIELD_AS(type, history.per_page, "per_page"), .min = 1,           \
	    .max = 100, .def = "25" },                                      \
	{ FIELD_AS(type, history.cursor, "cursor"), .max = 200,             \
	    .help = "meta.next of the page before" }
/* clang-format on */

struct history {
	const char *name; /* "calls": of the file */
	const struct record *record, *query;
	const char *view, *at; /* see struct cursor_list */
};

/* "any", which is nobody's wish, then what may be wished for. */
extern const char *const any_bool[];     /* any, true, false */
extern const char *const newest_first[]; /* -started_at, started_at */

/* What of the organization a report needs: whose days, whose numbers. */
struct habits {
	const struct zone *zone;
	struct country country;
};
struct err *find_habits(struct change *change, struct habits *habits);

/*
 * Parameters of this record, with complaints in change->all.  Those of every
 * route, and what begins with '_', are passed over.
 */
struct err *take_query(
    struct visit *visit, const struct record *record, void *query);
/*
 * "2026-11-22" is the first instant of that day there, or at its end the first
 * of the next; else an RFC 3339 instant.  False for anything else.
 */
bool parse_moment(
    const struct habits *habits, struct str text, bool end, int64_t *out);
/* A number in E.164, or a complaint; NIL for none. */
struct value take_number_filter(struct visit *visit,
    const struct habits *habits, const char *name, struct str text);

/*
 * What contains the text, for LIKE ? ESCAPE '!'; NIL for none.  A number may
 * be written as people do: "(202) 555-01" is looked for as its digits.
 */
struct value take_search(struct visit *visit, struct str text);

/* Begins a transaction.  *habits may be NULL. */
struct err *history_begin(struct visit *visit, const struct history *history,
    void *query, struct cursor_list *list, struct habits *habits);
/* Complains of what is wrong by now, or answers. */
struct err *history_answer(struct visit *visit, const struct history *history,
    void *query, struct cursor_list *list);

/*
 * The calls of whoever may not see all of them: `most` ids of extensions, and
 * *all when there is no such limit.
 */
enum { OWN_MOST = CURSOR_WAYS / 2 };
struct own {
	bool all;
	size_t count;
	uint64_t ids[OWN_MOST];
};
struct err *find_own(struct visit *visit, struct own *own);
bool own_has(const struct own *own, uint64_t extension);

/* One object with its ETag; in a browser a page of `heading`. */
struct err *answer_object(struct visit *visit, const struct record *record,
    const void *object, struct str heading);
/* All there are, as JSON or as the file NAME.csv. */
void answer_rows(struct visit *visit, const char *name,
    const struct record *record, void *const *objects, size_t count);

/* The parts: the head of NAME.csv, {"data": […], the header ETag. */
void history_file(
    struct visit *visit, const char *name, const struct record *record);
void history_rows(struct visit *visit, const struct record *record,
    void *const *objects, size_t count, struct json_out *out);
struct str history_etag(
    struct visit *visit, const struct record *record, const void *object);

#endif
