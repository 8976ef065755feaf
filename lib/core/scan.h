/*
 * A strict JSON reader that builds nothing: it calls back with each scalar
 * of one object and its path.  The execution plane reads carriers' requests
 * with it (doc/decisions/0003): a document of a kilobyte costs a microsecond
 * where a tree costs twenty.  RFC 8259; UTF-8 without U+0000; at most 32
 * levels; the document must be an object.
 */
#ifndef CORE_SCAN_H
#define CORE_SCAN_H

#include "err.h"

/*
 * path: keys joined by '.', array elements by their index ("callIds.0");
 * keys keep their case.  value: the text of a string without its escapes, a
 * number or true/false as written; absent for null.  Both live until the
 * pool is cleared.  A repeated key is reported each time it comes.
 */
typedef void scan_found(void *context, struct str path, struct str value);

/* BAD_REQUEST with what is wrong and at which byte. */
struct err *scan_object(struct pool *pool, struct str text,
    scan_found *found, void *context);

#endif
