/*
 * Blocked callers: numbers, beginnings of numbers, and who hides theirs.
 */
#ifndef RESOURCE_BLOCKED_CALLER_H
#define RESOURCE_BLOCKED_CALLER_H

#include "resource.h"
#include "tenant.h"

struct blocked_caller_record {
	struct row row;
	struct str pattern; /* "+12125550100", "+1900" or "anonymous" */
	bool prefix;
	enum block_action action;
	struct str note;
	struct instant expires_at;
};

extern const struct resource blocked_callers;

#endif
