/*
 * Calls in progress as the worker keeps them in Redis: opbx:ID:live, a hash of
 * call keys to JSON, whole while opbx:live is there
 * (lib/worker/folding.h).
 */
#ifndef RESOURCE_CALL_LIVE_H
#define RESOURCE_CALL_LIVE_H

#include "call_record.h"

/* Newest first.  False when Redis cannot tell: then MariaDB does. */
bool calls_living(struct visit *visit, struct cursor_page *page);

#endif
