/*
 * What is whose: an extension is the user's whom its user_id names, and with
 * it the calls, recordings and messages of that extension.
 */
#ifndef RESOURCE_OWN_H
#define RESOURCE_OWN_H

#include "resource.h"

/*
 * The living extensions of a user, at most `most` of them, in the order of
 * their ids.  Inside a transaction.
 */
struct err *own_extensions(struct change *change, uint64_t user, uint64_t *ids,
    size_t most, size_t *count);

#endif
