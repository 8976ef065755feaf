/*
 * Users: the people of an organization, and who may do what with whom.
 *
 * Nobody manages a role at or above their own except owners, nobody changes
 * their own role or locks themselves out, and the last active owner stays.
 * Who makes a change is asked again inside its transaction, so that two
 * owners who put each other down at once do not both succeed.
 */
#ifndef RESOURCE_USER_H
#define RESOURCE_USER_H

#include "resource.h"

struct user_record {
	struct row row;
	struct str name, email;
	unsigned role; /* its place among the choices: user_role() */
	enum status status;
	struct str phone;
	struct str password; /* a new one; absent: as it is */
	struct document settings;
	bool two_factor;
	struct instant password_changed_at, last_sign_in_at;
	/* Set by the rules: what ends when it is saved. */
	unsigned ends; /* set of enum user_end */
};

extern const struct record user_table;
extern const struct resource users;
/* The same people as everybody sees them: what is their own is blank. */
extern const struct resource colleagues;

enum role user_role(const struct user_record *user);
/* Does the change come from that user himself? */
bool is_self(const struct change *change, uint64_t user);

/*
 * Each in a transaction of its own; changes go by resource_update().  base:
 * the installation's URL, where links lead (link.h).  A new user without a
 * password gets a link by mail.
 */
struct err *user_add(struct change *change, const struct json *body,
    struct str base, uint64_t *id);
struct err *user_remove(struct change *change, uint64_t id);
struct err *user_bring_back(struct change *change, uint64_t id);
/* A new link by mail, valid once and for a week. */
struct err *user_invite(struct change *change, uint64_t id, struct str base);
/*
 * For who lost what makes the codes: from then on the password alone does.
 */
struct err *user_reset_two_factor(struct change *change, uint64_t id);

/* The parts that others need, inside a transaction. */

/*
 * Who may change whom: FORBIDDEN unless the change is by somebody who manages
 * people of that role.  Asks what the one who changes may do now.
 */
struct err *check_manages(struct change *change, enum role other);

enum user_end {
	END_SESSIONS = 1,
	END_LINKS = 2,
	END_TOKENS = 4,
};
struct err *user_end(struct change *change, uint64_t id, unsigned ends);
struct err *user_set_password(
    struct change *change, uint64_t id, struct str password);

#endif
