/*
 * A tenant out of a JSON file, for the tests of the router: look-ups without
 * a database.  Objects are named by what people call them: extensions and
 * DIDs by number, the others by name.  Ids are given in the file's order.
 */
#ifndef TESTS_VOICE_TENANT_H
#define TESTS_VOICE_TENANT_H

#include "json.h"
#include "route.h"

struct tenant;

struct tenant *tenant_read(struct pool *pool, struct str document);
/*
 * Lays members over an object, or adds one: kind "extensions", name "1001".
 * {"deleted": true} takes it away.
 * For kind "organization" the name is empty.
 */
struct err *tenant_change(struct tenant *tenant, struct str kind,
    struct str name, struct str document);
/* Builds what was read and changed; call_key as in struct call. */
struct lookups tenant_lookups(struct tenant *tenant, struct str call_key);
/* What is to fail from now on: a kind, or "" for nothing. */
void tenant_break(struct tenant *tenant, struct str kind);
/* Locked from now on: "conference_room Board", "voicemail 1002". */
void tenant_lock(struct tenant *tenant, struct str node);
/* The number of a DID's id. */
struct str tenant_did(const struct tenant *tenant, uint64_t id);
/* "ring_group Sales" for the id of an object. */
struct str tenant_name(
    const struct tenant *tenant, enum target_type type, uint64_t id);

#endif
