/*
 * Where long lists were passed by: the row at every so many steps, for the
 * next page that lies behind it.
 *
 * A process remembers a fixed number of them, the later one in the place of
 * the earlier.  One counts only as long as nothing of the tenant changed: its
 * name holds the tenant's generation and how many rows there are.
 */
#ifndef RECORD_MILESTONE_H
#define RECORD_MILESTONE_H

#include "str.h"

struct milestone {
	char value[120]; /* of the column the list is sorted by */
	size_t n;
	int64_t id;
};

/* list: names it, with everything its order depends on; step: from 1 on. */
bool milestone_find(struct str list, int64_t step, struct milestone *out);
/* What is too long is not kept. */
void milestone_keep(
    struct str list, int64_t step, struct str value, int64_t id);

#endif
