/*
 * A resource: a record with what a change of it entails.
 *
 * Responders, opbxctl and imports create, change, delete and restore objects
 * through these functions and no others, so each does the same: take and
 * check, write the row and its children, write the audit row, raise the
 * tenant's generation, commit, tell the caches.
 */
#ifndef RESOURCE_RESOURCE_H
#define RESOURCE_RESOURCE_H

#include "audit.h"
#include "generation.h"
#include "list.h"
#include "once.h"
#include "record.h"
#include "role.h"

struct presences;

/* Who changes what, with which means.  Zero what does not apply. */
struct change {
	struct pool *pool;
	struct db *db;
	struct generations *generations;
	const struct conf *conf;       /* NULL: as if nothing was set */
	const struct crypto_key *seal; /* crypto_derive(master, "seal") */
	uint64_t organization;
	struct actor actor;
	enum role role; /* opbxctl acts as ROLE_OWNER */
	int64_t now;
	struct str if_match; /* ETags the object may have; absent: any */
	bool form;           /* the body came from a form: texts only */
	bool cheap;          /* passwords that cost little: for tests */
	struct once *once;   /* marked as done with the change; NULL: none */
	void *beside; /* what take() needs besides the body: a file, or NULL */
	/* What extensions do now, to be shown; NULL: nobody asked. */
	const struct presences *presences;

	struct complaints all; /* of the object being taken */
	bool forbidden;        /* there are some of what a role may not */
	uint64_t generation;
	uint64_t everybody; /* of organization 0; 0: it was not raised */
};

enum status { ACTIVE, INACTIVE };
extern const char *const statuses[];

/* Whose an object is. */
enum scope {
	SCOPE_TENANT,  /* one of many of the tenant */
	SCOPE_SINGLE,  /* the tenant's only one, and its id is the tenant's */
	SCOPE_TENANTS, /* a tenant itself */
};

struct resource {
	const char *name; /* "ring-groups": in URLs and abilities */
	const struct record *record;
	enum scope scope;
	/*
	 * Client JSON -> object, and every rule: resource_take(), then the
	 * check_… functions of the resource by name.  NULL: resource_take().
	 * before is NULL for a new object.  Runs inside the transaction;
	 * complaints go to change->all, and an error means something else.
	 */
	struct err *(*take)(struct change *change, const struct json *body,
	    const void *before, void *object);
	/* The rows of its lists; NULL when it has none. */
	struct err *(*load)(struct change *change, void *object);
	struct err *(*save)(struct change *change, const void *object);
	/* A page of a list that is in no view of one tenant; else NULL. */
	struct err *(*read)(
	    struct change *change, const struct list *list, struct page *page);
	/*
	 * Who refers to it besides targets: rows of (type, id, name); each
	 * '?' is the id.  NULL: nobody does.
	 */
	const char *references;
	/* One row: how many living there may be (0: any) and are.  Or NULL. */
	const char *limit;
	/* What www/docs/NAME.html answers; NULL: there is no such page. */
	const char *question;
};

/* PUT begins with the defaults, PATCH with what is there. */
enum update { REPLACE, MODIFY };

struct err *resource_create(struct change *change,
    const struct resource *resource, const struct json *body, uint64_t *id);
/* *after: the object as it is now. */
struct err *resource_update(struct change *change,
    const struct resource *resource, uint64_t id, enum update update,
    const struct json *body);
/* CONFLICT with references while something still uses it. */
struct err *resource_delete(
    struct change *change, const struct resource *resource, uint64_t id);
struct err *resource_restore(
    struct change *change, const struct resource *resource, uint64_t id);

/*
 * The parts, for what is more than one of the above in one transaction.
 * change_begin() holds the tenant's generation row, so that checks and writes
 * of one tenant's configuration come one after the other.  change_end() rolls
 * back when err is not NULL and returns it, else commits and publishes.
 */
struct err *change_begin(struct change *change);
struct err *change_end(struct change *change, struct err *err);
/*
 * Which domain and which key name which tenant is everybody's business: such
 * a change raises the generation of organization 0, too.
 */
struct err *change_for_all(struct change *change);
struct err *resource_insert(struct change *change,
    const struct resource *resource, const struct json *body, uint64_t *id);
/* As resource_delete() and resource_restore(). */
struct err *resource_remove(
    struct change *change, const struct resource *resource, uint64_t id);
struct err *resource_bring_back(
    struct change *change, const struct resource *resource, uint64_t id);
/* Writes object over before, with its lists and the audit row. */
struct err *resource_write(struct change *change,
    const struct resource *resource, const void *before, void *object,
    const char *action);

/* Inside a transaction of any mode. */
struct err *resource_load(struct change *change,
    const struct resource *resource, uint64_t id, enum living living,
    void *object);
/* record_take() and record_check() of the whole object. */
void resource_take(struct change *change, const struct resource *resource,
    const struct json *body, const void *before, void *object);
/* "\"3f…\"": changes with every change, tells nothing of secrets. */
struct str resource_etag(
    struct change *change, const struct resource *resource, const void *object);
/* Of anything that is a text. */
struct str text_etag(struct change *change, struct str text);
/* CONFLICT when the tenant has as many as it may; inside a transaction. */
struct err *check_limit(struct change *change, const struct resource *resource);
/* PRECONDITION_FAILED unless change->if_match names the object's ETag. */
struct err *check_match(
    struct change *change, const struct resource *resource, const void *object);
struct store change_store(const struct change *change);

#endif
