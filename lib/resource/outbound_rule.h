/*
 * Outbound rules: which numbers outside may be called, by whom, over which
 * trunk.  What no rule allows is denied (lib/pbx/outbound.h).
 */
#ifndef RESOURCE_OUTBOUND_RULE_H
#define RESOURCE_OUTBOUND_RULE_H

#include "number.h"
#include "resource.h"

/* Its ordinary numbers: fixed, mobile and toll-free. */
struct rule_country {
	struct str country; /* ISO 3166 */
};

/* Whatever begins so, of every kind. */
struct rule_prefix {
	struct str prefix; /* "+44207" */
};

/* A user's extension, or one that forwards. */
struct rule_extension {
	uint64_t extension_id;
};

struct outbound_rule_record {
	struct row row;
	struct str name;
	struct children countries; /* of struct rule_country */
	struct children prefixes;  /* of struct rule_prefix */
	struct str trunk;
	struct own_did caller_id;
	int priority;               /* 1 is tried first */
	struct children extensions; /* of struct rule_extension; none: all */
	int max_minutes;            /* 0: no limit */
	enum status status;
};

extern const struct resource outbound_rules;

#endif
