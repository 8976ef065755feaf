/*
 * The control plane: a table of routes, and what happens to a request before
 * and after the function that answers it.
 *
 * In this order: the route (404, 405), who is asking (401, 403), what was
 * sent (400, 413, 415), the answer.  Errors become problem JSON or, for a
 * browser, a page.
 */
#ifndef RESOURCE_CONTROL_H
#define RESOURCE_CONTROL_H

#include "html.h"
#include "limit.h"
#include "redis.h"
#include "resource.h"
#include "rest.h"
#include "serve.h"
#include "who.h"

struct visit;

/* What an answer that succeeds holds, for the schema. */
enum gives {
	GIVES_KNOWN,   /* what the answers of this header give */
	GIVES_ONE,     /* 200 {"data": {…}} */
	GIVES_NEW,     /* 201 {"data": {…}}, Location */
	GIVES_LIST,    /* 200 {"data": […]} */
	GIVES_PAGED,   /* what answer_list() gives, and can be asked */
	GIVES_CURSOR,  /* 200 {"data": […], "meta": {"next": …}} */
	GIVES_EVENTS,  /* 200 {"data": {…}} or text/event-stream, 304 */
	GIVES_LATER,   /* 202 {"data": {…}}: as it is before it is done */
	GIVES_NOTHING, /* 204 */
	GIVES_FILE,    /* 200 or 206, bytes of another type than JSON */
	GIVES_PAGE,    /* HTML alone: forms */
};

/*
 * What may be asked, of whom, and who answers.  The last four describe what
 * is not one of the answers below: bodies, parameters and answers are records,
 * with a view or without, so that the schema knows them.
 */
struct route {
	const char *method;
	const char *path; /* "/ring-groups/ID/restore" */
	unsigned roles;   /* a set: ADMINS */
	struct err *(*answer)(struct visit *visit);
	const struct resource *resource;
	enum gives gives;
	const struct record *takes; /* the body; NULL: none */
	const struct record *query; /* what may stand behind '?' */
	const struct record *data;  /* NULL: the resource's */
	const char *does;           /* in a few words; NULL: by its path */
};

/* A row of a table: what follows the five is named, `.gives = GIVES_ONE`. */
#define ROUTE(...)                    \
	{                             \
		.method = __VA_ARGS__ \
	}

struct desk;

struct control {
	const char *name; /* the responder and its database account */
	const struct route *routes;
	size_t count;
	const char *const *types; /* of bodies; NULL: JSON and forms */
	size_t body_limit;        /* bytes; 0: 1 MiB */
	/* Opens what the responder needs besides; NULL: nothing. */
	void *(*start)(struct pool *process, const struct conf *conf,
	    const struct crypto_key *master);
	/*
	 * Its pages ask by themselves: that is no sign of life of whoever has
	 * them open.
	 */
	bool quiet;
	/* Of answers that go on (serve.h); NULL: there are none. */
	void (*pulse)(struct desk *desk);
	void (*gone)(struct req *req, struct desk *desk);
};

/* What a process keeps between requests. */
struct desk {
	const struct control *control;
	void *own; /* what control->start returned */
	struct db *db;
	struct redis *redis;
	struct generations *generations;
	struct gate *gate;
	struct limits *limits; /* requests of a tenant per minute */
	struct crypto_key seal;
};

/* One request whose route and sender are known. */
struct visit {
	struct req *req;
	struct desk *desk;
	const struct route *route;
	const struct resource *resource;
	struct who who;
	struct form query;
	struct body body; /* of POST, PUT and PATCH */
	enum face face;
	uint64_t id;      /* in the path; 0: none */
	struct str token; /* in the path; absent: none */
	/* What of the object this visitor may change; NULL: what the role may
	 */
	const char *const *only;
	bool locked; /* nothing of it, nor delete it, nor act on it */
	struct once once;
	bool trying; /* an Idempotency-Key waits for how it ends */
	struct change change;
};

#define CONTROL(responder, table)              \
	((struct control){.name = (responder), \
	    .routes = (table),                 \
	    .count = sizeof(table) / sizeof((table)[0])})

/* Runs a responder: its main is this one line. */
int control_serve(struct control control, int argc, char **argv);

/* The page of this visit's resource. */
struct html visit_html(const struct visit *visit);
/* Where its visitor can go, and who that is (places.c). */
void visit_places(const struct visit *visit, struct html *html);
/*
 * The objects that html->record can refer to, and the organization's clock
 * (choices.c).  Ends the transaction that there is.
 */
struct err *visit_choices(struct visit *visit, struct html *html);
/* "/cgi-bin/ring-groups" */
struct str visit_base(const struct visit *visit);
enum show visit_show(const struct visit *visit);
/* A form for each "POST /ring-groups/ID/action" that the visitor may take. */
void visit_actions(struct visit *visit, const struct html *html, bool deleted);

/* The answers that every resource has (answers.c). */
struct err *list_records(struct visit *visit);
struct err *new_record(struct visit *visit);
struct err *create_record(struct visit *visit);
struct err *show_record(struct visit *visit);
struct err *replace_record(struct visit *visit);
struct err *modify_record(struct visit *visit);
struct err *ask_delete(struct visit *visit);
struct err *delete_record(struct visit *visit);
struct err *restore_record(struct visit *visit);
/*
 * The same error; or, where a browser's form holds what is complained of or
 * is in conflict with what there is, that form again with what was typed:
 * then NULL.  The form is of
 * route->takes, else of the resource.
 */
struct err *answer_refused(struct visit *visit, struct err *err);
/* What list_records() does with list_parse()'s; outside of a transaction. */
struct err *answer_list(struct visit *visit, struct list *list);
/* What a record without a row holds, as JSON or as a page. */
struct err *answer_data(struct visit *visit, int status,
    const struct record *record, const void *object);
/*
 * What was sent, as route->takes or route->query describes it: defaults,
 * values and complaints.  object: of that record.
 */
struct err *visit_take_body(struct visit *visit, void *object);
struct err *visit_take_query(struct visit *visit, void *object);
/* 204, or 303 to the list. */
struct err *answer_deleted(struct visit *visit);
/* The object as it is now, as a change leaves it: 200, or 303. */
struct err *answer_changed(struct visit *visit, uint64_t id, int status);

#endif
