/*
 * Signing in by e-mail address and password.
 *
 * A try costs the same and is answered alike whether the address is known or
 * not, the password wrong or none yet, the account active or not: always as
 * many passwords are verified and as many rows written.
 */
#ifndef GUARD_SIGN_IN_H
#define GUARD_SIGN_IN_H

#include "session.h"

/*
 * How many accounts of one address are tried when no organization is named:
 * those that were signed in to last.
 */
enum { SIGN_IN_ACCOUNTS = 3, CANDIDATES = 10 };

struct credentials {
	struct str email, password;
	/* A slug, "-" for the platform; absent: whichever it is. */
	struct str organization;
	struct str otp; /* or a recovery code; absent: none */
};

struct sign_in {
	struct person person;
	struct session session;
	/* Where the password fits: to choose from when there are several. */
	size_t count;
	struct person fits[SIGN_IN_ACCOUNTS];
};

/*
 * UNAUTHENTICATED; RATE_LIMITED after 5 tries a minute of an account from an
 * address; VALIDATION_ERROR that complains of "organization" when there are
 * several; FORBIDDEN when the organization is suspended.  Ends the session
 * that came with the request.
 */
struct err *sign_in(struct gate *gate, struct req *req,
    const struct credentials *credentials, int64_t now, struct sign_in *out);
/* Who may be meant by an address: those who signed in last come first. */
struct candidates {
	size_t most; /* at most so many: CANDIDATES */
	size_t count;
	struct person people[CANDIDATES];
};
/*
 * organization: a slug, "-" for the platform, absent for any.  Outside of a
 * transaction.
 */
struct err *sign_in_candidates(struct gate *gate, struct req *req,
    struct str email, struct str organization, struct candidates *found);

#endif
