/*
 * What still uses an object.
 *
 * The database refuses to delete what is in use (1451); this says who uses
 * it, before it is tried.
 */
#ifndef RESOURCE_REFERENCES_H
#define RESOURCE_REFERENCES_H

#include "resource.h"

/* One of them, as JSON. */
extern const struct record reference_record;

/* The list, each user once, at most 100. */
struct err *references_find(struct change *change,
    const struct resource *resource, uint64_t id, struct reference **first);
/* Who leads to the mailbox of an extension. */
struct err *references_to_mailbox(
    struct change *change, uint64_t extension, struct reference **first);
/* CONFLICT that holds them when there is one. */
struct err *check_unused(
    struct change *change, const struct resource *resource, uint64_t id);

#endif
