/*
 * Rules that several resources share.  Each complains in change->all and
 * returns an error only when the question could not be answered.  Inside a
 * transaction.
 */
#ifndef RESOURCE_CHECK_H
#define RESOURCE_CHECK_H

#include "number.h"
#include "resource.h"

/* Finds the DID; it must be the tenant's own, active and proved. */
struct err *check_own_did(
    struct change *change, const char *path, struct own_did *did);
/*
 * What it leads to must exist, a mailbox be a user's.  An external number is
 * normalised to E.164 and must be allowed by an outbound rule of `extension`
 * (0: of nobody in particular); an own DID always is, sip: only to hosts in
 * the settings.
 */
struct err *check_target(struct change *change, const char *path,
    struct target *target, uint64_t extension);
/*
 * Complains of what the role does not allow; forbidden() makes FORBIDDEN of
 * that, and NULL when there was nothing of it.
 */
void forbid(struct change *change, struct str field, const char *text);
struct err *forbidden(struct change *change);
/* An id of a user of the tenant; 0 is none. */
struct err *check_user(struct change *change, const char *path, uint64_t id);
struct err *check_prompt(struct change *change, const char *path, uint64_t id);
/* What a type does not use must be absent. */
void check_unused_field(struct change *change, const struct resource *resource,
    const void *object, const char *name, const char *type);
/* The organization's country. */
struct err *find_country(struct change *change, struct country *country);
/* True when the number is one that calls for help, here or for the tenant. */
struct err *find_emergency(
    struct change *change, struct str number, bool *emergency);

#endif
