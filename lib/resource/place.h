/*
 * Where an object has its page, by what targets, steps and audit rows call it.
 */
#ifndef RESOURCE_PLACE_H
#define RESOURCE_PLACE_H

#include "pool.h"

/* "ring-groups" of "ring_group"; NULL when there is no responder for it. */
const char *place_responder(struct str type);
/* "/cgi-bin/ring-groups/7", or "/cgi-bin/settings"; absent: nowhere. */
struct str place_of(struct pool *pool, struct str type, uint64_t id);

#endif
