/* Between the files that describe a responder (schema*.c). */
#ifndef RESOURCE_SCHEMA_PRIVATE_H
#define RESOURCE_SCHEMA_PRIVATE_H

#include "schema.h"

/* A responder while it is described. */
struct describe {
	struct json_out *out;
	struct pool *pool;
	const struct control *control;
	const struct route *route;
};

/* A record's four shapes. */
enum shape {
	SHAPE_ANSWER, /* as it is shown */
	SHAPE_NEW,    /* POST: nothing that is the server's */
	SHAPE_WHOLE,  /* PUT: what was shown may be sent back */
	SHAPE_CHANGE, /* PATCH: only what is to change */
};

/* -- schema_record.c */
void schema_put_record(struct json_out *out, const char *key,
    const struct record *record, enum shape shape);
void schema_put_field(struct json_out *out, const char *key,
    const struct field *field, enum shape shape);

/* -- schema_query.c: the elements of an operation's "parameters" */
void schema_put_parameters(struct json_out *out, const struct route *route);

/* -- schema_answer.c: the members of an operation's "responses" */
void schema_put_responses(const struct describe *d);

/* -- schema_common.c: what all parts refer to, members of "components" */
void schema_put_common(struct json_out *out, struct str base);
void schema_put_common_schemas(struct json_out *out);

/* -- schema_names.c */
bool route_is(const struct route *route, const char *method);
/* "/ID" or "/TOKEN" */
bool route_has(const struct route *route, const char *piece);
/* What is known of the answers of control.h, and what others say. */
enum gives route_gives(const struct route *route);
/* The whole of an object, with its ETag? */
bool route_gives_object(const struct route *route);
const struct record *route_data(const struct route *route);
const struct record *route_takes(const struct route *route);
enum shape route_shape(const struct route *route);

/* "ring-groups" -> "RingGroups" */
struct str schema_camel(struct pool *pool, struct str name);
struct str schema_name(
    const struct describe *d, const struct record *record, enum shape shape);
/* {"$ref": "#/components/schemas/RingGroup"} */
void schema_put_ref(const struct describe *d, const char *key,
    const struct record *record, enum shape shape);
/* {"$ref": "#/components/KIND/NAME"} */
void schema_put_component(
    struct json_out *out, const char *key, const char *kind, const char *name);
struct str schema_operation(const struct describe *d);
struct str schema_summary(const struct describe *d);

#endif
