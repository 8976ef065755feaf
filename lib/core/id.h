/*
 * Identifiers that come from outside or go there.
 */
#ifndef CORE_ID_H
#define CORE_ID_H

#include "pool.h"

/* A random UUID (RFC 9562, version 4) in its usual text form. */
struct str id_uuid(struct pool *pool);
/* 1..64 bytes of letters, digits, '-', '_', '.': fit for a request id. */
bool id_is_request_id(struct str text);
/* Another one after each start of the machine, so that what it left is known.
 */
uint64_t id_of_boot(void);

#endif
