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
 * number or true/false as written; absent for null.  Both live as long as
 * the pool and the document's text do.  A repeated key is reported each time
 * it comes, a '.' in a key is not told from a step, and what lies deeper than
 * 200 bytes of path is read but not reported.
 */
typedef void scan_found(void *context, struct str path, struct str value);

/*
 * BAD_REQUEST with what is wrong and at which byte, counted from 0.  Scalars
 * that stand before the fault have been reported by then.
 */
struct err *scan_object(
    struct pool *pool, struct str text, scan_found *found, void *context);

/*
 * Checks a document of any kind by the same grammar and reports each key
 * instead: the number of the object it stands in and its first byte.  Whole
 * numbers must fit into 64 bits here.
 */
typedef void scan_key(void *context, size_t object, size_t at, struct str key);
struct err *scan_keys(
    struct pool *pool, struct str text, scan_key *key, void *context);

#endif
