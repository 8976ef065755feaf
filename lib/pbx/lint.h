/*
 * The linter: what is wrong with a configuration before a caller finds out.
 *
 * A pure function over all of it.  Each finding names an object, the reason
 * and the mend.  An error is what some caller will meet; a warning is what is
 * of no use, or may not be meant.  Its cost is linear in the configuration.
 */
#ifndef PBX_LINT_H
#define PBX_LINT_H

#include "configuration.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

enum lint_code {
	LINT_LOOP,
	LINT_FALLBACK_TO_ITSELF,
	LINT_NUMBER_WITHOUT_TARGET,
	LINT_DEAD_END,
	LINT_MAILBOX_DISABLED,
	LINT_FORWARD_NOT_ALLOWED,
	LINT_EXTERNAL_NOT_ALLOWED,
	LINT_EMPTY_GROUP,
	LINT_SCHEDULE_GAP,
	LINT_EMERGENCY_WITHOUT_TRUNK,
	LINT_EMERGENCY_WITHOUT_CALLER_ID,
	LINT_NO_CALLER_ID,
	LINT_CALLER_ID_UNUSABLE,
	LINT_DEFAULT_TARGET_MISSING,
	LINT_NUMBER_UNPROVED,
	LINT_NEVER_OPEN,
	LINT_OVERRIDE_WITHOUT_END,
	LINT_OPTION_CONFLICT,
	LINT_RULE_WITHOUT_EXTENSION,
	LINT_RULE_MATCHES_NOTHING,
	LINT_BLOCKED_CALLER_EXPIRED,
	LINT_NOTIFICATION_TO_NOBODY,
	LINT_NOTIFICATION_FAILS,
	LINT_UNREACHABLE,
	LINT_CODES,
};

/* Their names, "dead_end", and NULL behind the last. */
extern const char *const lint_codes[LINT_CODES + 1];

struct finding {
	enum severity severity;
	enum lint_code code;
	const char *type; /* "ring_group", "settings" */
	uint64_t id;
	struct str name; /* of the object, for people */
	struct str reason, mend;
	size_t sequence; /* in which it was found */
};

enum { LINT_OF_ONE_CODE = 100 };

struct lint {
	size_t errors, warnings; /* all there are */
	size_t left_out; /* of a code that has more than LINT_OF_ONE_CODE */
	size_t count;
	struct finding *findings; /* errors first, then by code */
};

void lint(struct pool *pool, const struct configuration *configuration,
    struct lint *lint);

#endif
