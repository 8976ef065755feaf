/*
 * What a responder tells of itself for the OpenAPI 3.1 document: its routes,
 * and the records that they take and give.
 *
 * All of it is read off the tables that also find routes, validate bodies and
 * show objects, so that the document cannot promise what the program does not
 * do.  `NAME --describe` prints a part; cgi-bin/schema.c joins them.
 */
#ifndef RESOURCE_SCHEMA_H
#define RESOURCE_SCHEMA_H

#include "control.h"

/* {"name": …, "paths": {…}, "schemas": {…}} */
void schema_describe(const struct control *control, struct buf *out);

/*
 * The whole document out of parts, in their order; base: "https://…/cgi-bin".
 * INTERNAL when two parts say different things of one name.
 */
struct err *schema_join(struct pool *pool, const struct json *const *parts,
    size_t count, struct str base, struct str *document);

#endif
