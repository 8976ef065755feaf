/*
 * Presence of the extensions of one organization: what Redis keeps of calls
 * that live, else what MariaDB does.
 */
#ifndef RESOURCE_PRESENCES_H
#define RESOURCE_PRESENCES_H

#include "db.h"
#include "presence.h"
#include "redis.h"

struct presences;

/* Outside of a transaction. */
struct err *presences_load(struct redis *redis, struct db *db,
    struct pool *pool, uint64_t organization, int64_t now,
    struct presences **out);
/* PRESENCE_IDLE, _RINGING or _TALKING. */
enum presence presences_find(
    const struct presences *presences, uint64_t extension);

#endif
