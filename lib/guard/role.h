/*
 * Roles: sets, not a ladder.
 *
 * A route names the set of roles that may take it.  `operator` runs the
 * platform, belongs to no tenant, and is never part of a tenant's sets.
 */
#ifndef GUARD_ROLE_H
#define GUARD_ROLE_H

#include "str.h"

enum role {
	ROLE_NONE = 0,
	ROLE_OWNER = 1,
	ROLE_ADMIN = 2,
	ROLE_AGENT = 4,
	ROLE_USER = 8,
	ROLE_OPERATOR = 16,
};

enum {
	OWNERS = ROLE_OWNER,
	ADMINS = ROLE_OWNER | ROLE_ADMIN,
	AGENTS = ROLE_OWNER | ROLE_ADMIN | ROLE_AGENT,
	READERS = ROLE_OWNER | ROLE_ADMIN | ROLE_AGENT | ROLE_USER,
	/* Whoever is signed in, of a tenant or of the platform. */
	SIGNED_IN =
	    ROLE_OWNER | ROLE_ADMIN | ROLE_AGENT | ROLE_USER | ROLE_OPERATOR,
	/* Nobody is asked who they are. */
	ANYBODY = 32,
	/* Besides: who asks from this machine and does not say who. */
	FROM_HERE = 64,
};

/* ROLE_NONE for a text that names no role. */
enum role role_parse(struct str text);
const char *role_name(enum role role);
bool role_in(enum role role, unsigned set);
/* SIP passwords, PINs and keys are shown to owner and admin alone. */
bool role_sees_secrets(enum role role);
/* May `role` create, change or remove people who are `other`? */
bool role_manages(enum role role, enum role other);

#endif
