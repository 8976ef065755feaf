/*
 * The tenant's outbound rules as lib/pbx/outbound.h judges by them, read
 * inside a transaction.  What is saved must be allowed by what is stored, not
 * by what a cache remembers.
 */
#ifndef RESOURCE_RULES_H
#define RESOURCE_RULES_H

#include "outbound.h"
#include "resource.h"

/* The active rules: what they match, not how they dial. */
struct err *rules_load(struct change *change, struct outbound_rules *rules);

#endif
