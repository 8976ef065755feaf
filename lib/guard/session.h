/*
 * Sessions: a random secret in a cookie, its hash in MariaDB.
 *
 * The row is the truth: every request asks for it and for the person whose it
 * is, so that what ends a session ends it at once and everywhere.  Redis
 * remembers whose a secret is and when it was last seen; without it MariaDB
 * is asked, which knows that to the minute.
 */
#ifndef GUARD_SESSION_H
#define GUARD_SESSION_H

#include "person.h"

struct session {
	uint64_t id;
	struct str secret; /* what the cookie holds */
	struct str csrf;
	int64_t expires; /* instant */
};

/* What the cookie says; absent when there is none, or two that differ. */
struct str session_cookie(const struct gate *gate, const struct req *req);
/* The token of that session's forms. */
struct str session_csrf(
    const struct gate *gate, struct pool *pool, struct str secret);
/*
 * A new session of the person, in a write transaction of theirs.
 * UNAUTHENTICATED when the password is another by now or the person may not
 * sign in any more.
 */
struct err *session_start(struct gate *gate, struct req *req,
    const struct person *person, int64_t now, struct session *session);
/* Headers of the answer. */
void session_send_cookie(
    const struct gate *gate, struct req *req, const struct session *session);
void session_clear_cookie(const struct gate *gate, struct req *req);

/* Ends the person's session of that id; *ended is false for another's. */
struct err *session_end(
    struct gate *gate, const struct person *person, uint64_t id, bool *ended);
/* All but that one; 0: all. */
struct err *session_end_others(struct gate *gate, const struct person *person,
    uint64_t id, int64_t *count);
/*
 * Ends the session that a request brought along, whoever's it is.  Outside of
 * a transaction; best effort, for it is worth nothing more than its cookie.
 */
void session_drop(struct gate *gate, struct req *req, struct str secret);

/*
 * Whose it may be, by Redis or MariaDB: of which tenant, or which operator;
 * neither for nobody's.  *seen: when, if Redis knows it.
 */
struct err *session_owner(struct gate *gate, struct pool *pool,
    struct str secret, struct person *person, int64_t *seen);
/* The same by MariaDB alone. */
struct err *session_ask_owner(struct gate *gate, struct pool *pool,
    struct str secret, struct person *person);
/* Tells Redis; nobody waits for it. */
void session_seen(struct gate *gate, struct pool *pool, struct str secret,
    const struct person *person, int64_t now);

#endif
