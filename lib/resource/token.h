/*
 * Personal access tokens: "id|secret", shown once, stored hashed.
 *
 * A token acts as its user within its abilities, and is revoked by deleting
 * it; it never comes back.  No token makes a wider or a longer one.
 */
#ifndef RESOURCE_TOKEN_H
#define RESOURCE_TOKEN_H

#include "resource.h"
#include "who.h"

enum { TOKENS_MOST = 100 }; /* of one user */

/* "*", or a responder and what of it: "extensions:read". */
struct ability {
	struct str ability;
};

struct token_record {
	struct row row;
	uint64_t user_id;
	struct str name;
	struct children abilities; /* of struct ability */
	struct instant expires_at; /* 0: never */
	struct instant last_used_at;
	struct str token; /* "id|secret", of a new one alone */
};

extern const struct resource tokens;
/* A token with what is shown of it once. */
extern const struct record token_table, made_token_table;

/*
 * A token of the one who asks; *made is all of it.  Each in a transaction of
 * its own.
 */
struct err *token_make(struct change *change, const struct who *who,
    const struct json *body, struct token_record *made);
struct err *token_revoke(
    struct change *change, const struct who *who, uint64_t id);

/* What is wrong with one that `who` would give away, or NULL. */
const char *check_ability(const struct who *who, struct str ability);
/*
 * Whose tokens somebody may see and revoke: his own and those of the people
 * he manages, else FORBIDDEN.  Inside a transaction.
 */
struct err *check_tokens_of(
    struct change *change, const struct who *who, uint64_t user);

#endif
