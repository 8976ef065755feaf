/*
 * Who signs in: a user of a tenant, or an operator of the platform.
 *
 * Both have a password, sessions, links and a second factor, in tables of
 * their own; what is done with them is the same.
 */
#ifndef GUARD_PERSON_H
#define GUARD_PERSON_H

#include "audit.h"
#include "gate.h"
#include "req.h"
#include "who.h"

enum person_kind { PERSON_USER, PERSON_OPERATOR };

struct person {
	enum person_kind kind;
	uint64_t organization; /* of a user */
	uint64_t id;
	/* What person_load() reads. */
	struct str name, email;
	enum role role;
	bool active;
	struct str password_hash; /* absent: none yet */
	struct str totp_sealed;   /* absent: none */
	bool second;              /* a one-time code is asked for */
	uint64_t totp_step;       /* the last one that was accepted */
	int64_t signed_in;        /* the last time, instant; 0: never */
	struct str slug, organization_name;
	bool suspended; /* the organization is */
};

/* Nobody is signed in otherwise than by a session: kind and ids of it. */
struct person person_of(const struct who *who);
/* A transaction in which the views show this person's rows. */
struct err *person_begin(struct gate *gate, struct pool *pool,
    enum db_mode mode, const struct person *person);
/*
 * Commits, or rolls back when err is not NULL; returns what went wrong.  Here,
 * so that an analyzer sees that what failed is never looked at.
 */
static inline struct err *
person_end(struct gate *gate, struct err *err)
{
	if (err == NULL)
		err = db_commit(gate->db);
	db_rollback(gate->db);
	return err;
}
/* Inside one; *found is false when there is nobody, or a deleted one. */
struct err *person_load(struct gate *gate, struct person *person, bool *found);
/*
 * What a person did with their own account ("sign_in"): an audit row of the
 * tenant, in its transaction.  Operators have no tenant: what they do stands
 * in the log.  details: JSON, or absent.
 */
struct err *person_note(struct gate *gate, struct req *req,
    const struct person *person, const char *action, struct str details);
/* The same of somebody who only says to be this person. */
struct err *person_note_unknown(struct gate *gate, struct req *req,
    const struct person *person, const char *action);

#endif
