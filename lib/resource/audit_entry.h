/*
 * The audit: who changed what, when, from where, before and after.
 */
#ifndef RESOURCE_AUDIT_ENTRY_H
#define RESOURCE_AUDIT_ENTRY_H

#include "history.h"

struct audit_entry {
	uint64_t id;
	struct instant created_at;
	unsigned actor_type;
	uint64_t actor_id;
	struct str actor_name;
	uint64_t token_id;
	struct str remote, request_id;
	struct str action, object_type;
	uint64_t object_id;
	struct str object_name;
	struct document value_before, value_after;
};

struct audit_query {
	struct history_query history;
	unsigned actor_type;
	uint64_t actor_id;
	struct str object_type;
	uint64_t object_id;
	struct str action, q;
};

extern const struct history audit_entries;
extern const struct record audit_row, audit_parameters;

void audit_choose(struct visit *visit, const struct audit_query *query,
    struct cursor_list *list);
struct err *audit_load(
    struct visit *visit, uint64_t id, struct audit_entry *entry);

#endif
