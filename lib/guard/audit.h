/*
 * Who changed what: one row for every change, in the change's transaction.
 */
#ifndef GUARD_AUDIT_H
#define GUARD_AUDIT_H

#include "db.h"

/* Who makes a change: a signed-in user, a token of theirs, or opbxctl. */
struct actor {
	const char *type; /* "operator", "caller", …; NULL: by what follows */
	uint64_t user;    /* 0: nobody of the tenant */
	uint64_t token;   /* 0: none */
	struct str name;  /* for people: an e-mail address, "opbxctl" */
	struct str remote;
	struct str request_id;
};

struct audit {
	uint64_t organization;
	const struct actor *actor;
	const char *action; /* "create", "update", "delete", "restore" */
	const char *type;   /* "ring_group" */
	uint64_t id;
	struct str name;          /* of the object, for people; absent: none */
	struct str before, after; /* JSON, secrets masked; absent: none */
};

struct err *audit_write(
    struct db *db, struct pool *pool, const struct audit *audit);

#endif
