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
#include "redis.h"
#include "resource.h"
#include "rest.h"
#include "serve.h"
#include "who.h"

struct visit;

struct route {
	const char *method;
	const char *path; /* "/ring-groups/ID/restore" */
	unsigned roles;   /* a set: ADMINS */
	struct err *(*answer)(struct visit *visit);
	const struct resource *resource;
};

struct control {
	const char *name; /* the responder and its database account */
	const struct route *routes;
	size_t count;
};

/* What a process keeps between requests. */
struct desk {
	const struct control *control;
	struct db *db;
	struct redis *redis;
	struct generations *generations;
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
	uint64_t id; /* in the path; 0: none */
	struct change change;
};

#define CONTROL(responder, table) \
	((struct control){        \
	    (responder), (table), sizeof(table) / sizeof((table)[0])})

/* Runs a responder: its main is this one line. */
int control_serve(struct control control, int argc, char **argv);

/* The page of this visit's resource. */
struct html visit_html(const struct visit *visit);
/* "/cgi-bin/ring-groups" */
struct str visit_base(const struct visit *visit);

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
/* The object as it is now, as a change leaves it: 200, or 303. */
struct err *answer_changed(struct visit *visit, uint64_t id, int status);

#endif
