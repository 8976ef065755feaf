/* Between take.c, which walks a document, and value.c, which reads values. */
#ifndef RECORD_TAKE_H
#define RECORD_TAKE_H

#include "record.h"

/* "members.0" and "extension_id" -> "members.0.extension_id" */
struct str take_path(struct pool *pool, struct str path, struct str name);
/* null, or from a form nothing. */
bool take_is_blank(const struct take *take, const struct json *json);
void take_field(const struct take *take, const struct field *field,
    const struct json *json, struct str path, void *object);

#endif
