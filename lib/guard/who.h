/*
 * Who is asking: a personal access token, "id|secret", behind Bearer, or the
 * session of a cookie.  Where both are sent the token decides.
 *
 * A token acts as its user, within its abilities.  Only the hashes of secrets
 * are stored.  Deactivating the user, suspending the organization, revoking
 * the token and ending the session take effect at once, because every request
 * asks.
 */
#ifndef GUARD_WHO_H
#define GUARD_WHO_H

#include "audit.h"
#include "gate.h"
#include "json.h"
#include "req.h"
#include "role.h"

struct who {
	uint64_t organization;   /* 0: an operator who acts for none */
	uint64_t user, platform; /* one of them: a user's or an operator's id */
	uint64_t token, session; /* one of them: how they showed who they are */
	struct str name, email;
	enum role role;
	/* Of a token: ["extensions:read", …] or ["*"].  NULL: all. */
	const struct json *abilities;
	struct str csrf; /* what a form of theirs must send; absent: nothing */
	int api_rate;    /* requests a minute of the organization; 0: any */
};

/*
 * UNAUTHENTICATED when nobody is known, RATE_LIMITED when that was guessed too
 * often, FORBIDDEN when the organization is suspended or another than the one
 * the request names (X-Organization-Id, ?organization_id=).  An operator acts
 * for the one that is named, NOT_FOUND when there is none.  Outside of a
 * transaction.
 */
struct err *who_find(struct gate *gate, struct req *req, struct str wanted,
    int64_t now, struct who *who);
/* May a token do "read" or "write" with a resource ("ring-groups")? */
bool who_may(const struct who *who, const char *resource, const char *what);
/* Everything that its user may. */
bool who_may_all(const struct who *who);

/* Inside a write transaction of the organization. */
struct new_user {
	struct str name, email, password; /* password absent: none yet */
	enum role role;
	bool cheap; /* for tests: a password hash that costs little */
};
struct err *user_create(struct db *db, struct pool *pool,
    const struct audit *by, const struct new_user *user, uint64_t *id);

struct new_token {
	uint64_t user;
	struct str name;
	struct str abilities; /* a JSON array of texts */
	int64_t expires;      /* instant; 0: never */
};
/* *text: "id|secret", shown once and never again. */
struct err *token_create(struct db *db, struct pool *pool,
    const struct audit *by, const struct new_token *token, struct str *text);

#endif
