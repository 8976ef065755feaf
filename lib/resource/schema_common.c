/* What every responder's part refers to. */
#include "schema_private.h"

/* -- Schemas --------------------------------------------------------------- */

/* {"type": "integer", "minimum": 1} */
static void
put_count(struct json_out *out, const char *name, int64_t least)
{
	json_open(out, name, '{');
	json_put_text(out, "type", STR("integer"));
	json_put_int(out, "minimum", least);
	json_close(out, '}');
}

static void
put_typed(struct json_out *out, const char *name, const char *type)
{
	json_open(out, name, '{');
	json_put_text(out, "type", str_of(type));
	json_close(out, '}');
}

/* Closes "properties"; all of the names, to a NULL, must be there. */
static void
close_properties(struct json_out *out, const char *const *required)
{
	json_close(out, '}');
	json_open(out, "required", '[');
	for (; *required != NULL; required++)
		json_put_text(out, NULL, str_of(*required));
	json_close(out, ']');
	json_put_bool(out, "additionalProperties", false);
	json_close(out, '}');
}

static void
open_object(struct json_out *out, const char *name)
{
	json_open(out, name, '{');
	json_put_text(out, "type", STR("object"));
	json_open(out, "properties", '{');
}

/* Where the ids of a target's type come from; NULL: it has none. */
static const char *
target_responder(enum target_type type)
{
	switch (type) {
	case TARGET_EXTENSION:
	case TARGET_VOICEMAIL:
		return "extensions";
	case TARGET_RING_GROUP:
		return "ring-groups";
	case TARGET_IVR_MENU:
		return "ivr-menus";
	case TARGET_BUSINESS_HOURS:
		return "business-hours";
	case TARGET_CONFERENCE_ROOM:
		return "conference-rooms";
	case TARGET_NONE:
	case TARGET_EXTERNAL:
	case TARGET_HANGUP:
		break;
	}
	return NULL;
}

static void
put_target(struct json_out *out, enum target_type type)
{
	static const char *const by_id[] = {"type", "id", NULL};
	static const char *const by_number[] = {"type", "number", NULL};
	static const char *const alone[] = {"type", NULL};
	struct pool *pool = out->buf->pool;
	struct str name = str_of(target_type_name(type));
	const char *refers = target_responder(type);

	open_object(out,
	    pool_printf(pool, "%.*sTarget", PSTR(schema_camel(pool, name))).p);
	json_open(out, "type", '{');
	json_put_text(out, "type", STR("string"));
	json_put_text(out, "const", name);
	json_close(out, '}');
	if (refers != NULL) {
		json_open(out, "id", '{');
		json_put_text(out, "type", STR("integer"));
		json_put_text(out, "format", STR("int64"));
		json_put_int(out, "minimum", 1);
		json_put_text(out, "x-refers", str_of(refers));
		json_close(out, '}');
	} else if (type == TARGET_EXTERNAL) {
		json_open(out, "number", '{');
		json_put_text(out, "type", STR("string"));
		json_put_int(out, "minLength", 1);
		json_put_int(out, "maxLength", 255);
		json_put_text(
		    out, "description", STR("E.164, or a sip: address"));
		json_close(out, '}');
	}
	close_properties(out, refers != NULL            ? by_id
			      : type == TARGET_EXTERNAL ? by_number
							: alone);
}

static void
put_codes(struct json_out *out)
{
	json_open(out, "code", '{');
	json_put_text(out, "type", STR("string"));
	json_open(out, "enum", '[');
	for (int code = BAD_REQUEST; code <= UNAVAILABLE; code++)
		json_put_text(out, NULL, str_of(err_name((enum err_code)code)));
	json_close(out, ']');
	json_close(out, '}');
}

static void
put_problem(struct json_out *out)
{
	/* What a web server refuses by itself has no more than these. */
	static const char *const required[] = {
	    "status", "code", "message", "errors", NULL};

	open_object(out, "Problem");
	put_typed(out, "type", "string");
	put_typed(out, "title", "string");
	put_count(out, "status", 400);
	put_codes(out);
	put_typed(out, "message", "string");
	json_open(out, "errors", '{');
	json_put_text(out, "type", STR("object"));
	json_put_text(out, "description", STR("what is wrong, by field"));
	json_open(out, "additionalProperties", '{');
	json_put_text(out, "type", STR("array"));
	put_typed(out, "items", "string");
	json_put_int(out, "minItems", 1);
	json_close(out, '}');
	json_close(out, '}');
	json_open(out, "references", '{');
	json_put_text(out, "type", STR("array"));
	json_put_text(out, "description", STR("what still uses the object"));
	schema_put_component(out, "items", "schemas", "Reference");
	json_close(out, '}');
	put_typed(out, "request_id", "string");
	close_properties(out, required);
}

static void
put_reference(struct json_out *out)
{
	static const char *const required[] = {"type", "id", "name", NULL};

	open_object(out, "Reference");
	put_typed(out, "type", "string");
	put_count(out, "id", 0);
	put_typed(out, "name", "string");
	close_properties(out, required);
}

static void
put_metas(struct json_out *out)
{
	static const char *const page[] = {
	    "page", "per_page", "total", "last_page", NULL};
	static const char *const cursor[] = {"next", "per_page", NULL};

	open_object(out, "PageMeta");
	put_count(out, "page", 1);
	put_count(out, "per_page", 1);
	put_count(out, "total", 0);
	put_count(out, "last_page", 1);
	close_properties(out, page);
	open_object(out, "CursorMeta");
	json_open(out, "next", '{');
	json_open(out, "type", '[');
	json_put_text(out, NULL, STR("string"));
	json_put_text(out, NULL, STR("null"));
	json_close(out, ']');
	json_put_text(
	    out, "description", STR("?cursor= of the next page; null: none"));
	json_close(out, '}');
	put_count(out, "per_page", 1);
	close_properties(out, cursor);
}

void
schema_put_common_schemas(struct json_out *out)
{
	for (int i = TARGET_EXTENSION; i <= TARGET_HANGUP; i++)
		put_target(out, (enum target_type)i);
	put_problem(out);
	put_reference(out);
	put_metas(out);
}

/* -- Answers that are errors ------------------------------------------------
 */

static void
put_problem_schema(struct json_out *out, enum err_code code)
{
	json_open(out, "schema", '{');
	json_open(out, "allOf", '[');
	schema_put_component(out, NULL, "schemas", "Problem");
	json_open(out, NULL, '{');
	json_open(out, "properties", '{');
	json_open(out, "code", '{');
	json_put_text(out, "const", str_of(err_name(code)));
	json_close(out, '}');
	json_open(out, "status", '{');
	json_put_int(out, "const", err_status(code));
	json_close(out, '}');
	json_close(out, '}');
	json_close(out, '}');
	json_close(out, ']');
	json_close(out, '}');
}

static void
put_error(struct json_out *out, enum err_code code)
{
	static const char *const meanings[] = {
	    [BAD_REQUEST] = "cannot be understood",
	    [UNAUTHENTICATED] = "nobody is signed in",
	    [FORBIDDEN] = "the role or the token does not allow it",
	    [NOT_FOUND] = "there is nothing here",
	    [METHOD_NOT_ALLOWED] = "not by this method",
	    [CONFLICT] = "not in the present state; references says who",
	    [RANGE_NOT_SATISFIABLE] = "the file has no such part",
	    [PRECONDITION_FAILED] = "changed since it was read",
	    [TOO_LARGE] = "the body is too large",
	    [UNSUPPORTED_TYPE] = "the body is of another type",
	    [VALIDATION_ERROR] = "not valid; errors says which fields",
	    [RATE_LIMITED] = "too often; Retry-After says when",
	    [INTERNAL] = "an error of ours",
	    [UNAVAILABLE] = "not just now; Retry-After says when",
	};
	struct pool *pool = out->buf->pool;
	struct str name = pool_lower(pool, str_of(err_name(code)));

	json_open(out, schema_camel(pool, name).p, '{');
	json_put_text(out, "description", str_of(meanings[code]));
	if (code == RATE_LIMITED || code == UNAVAILABLE) {
		json_open(out, "headers", '{');
		schema_put_component(
		    out, "Retry-After", "headers", "RetryAfter");
		json_close(out, '}');
	}
	json_open(out, "content", '{');
	json_open(out, "application/problem+json", '{');
	put_problem_schema(out, code);
	json_close(out, '}');
	json_open(out, "text/html", '{');
	put_typed(out, "schema", "string");
	json_close(out, '}');
	json_close(out, '}');
	json_close(out, '}');
}

static void
put_responses(struct json_out *out)
{
	json_open(out, "responses", '{');
	for (int code = BAD_REQUEST; code <= UNAVAILABLE; code++)
		put_error(out, (enum err_code)code);
	json_open(out, "NotModified", '{');
	json_put_text(out, "description", STR("what If-None-Match names"));
	json_close(out, '}');
	json_open(out, "SeeOther", '{');
	json_put_text(out, "description", STR("a form was carried out"));
	json_open(out, "headers", '{');
	schema_put_component(out, "Location", "headers", "Location");
	json_close(out, '}');
	json_close(out, '}');
	json_close(out, '}');
}

/* -- Parameters, headers, who is asking -------------------------------------
 */

static void
put_parameters(struct json_out *out)
{
	static const struct {
		const char *name, *in, *header, *type, *help;
	} parameters[] = {
	    {"Id", "path", "id", "integer", NULL},
	    {"Token", "path", "token", "string", NULL},
	    {"Organization", "header", "X-Organization-Id", "integer",
		"for which organization an operator acts"},
	    {"IfMatch", "header", "If-Match", "string",
		"the ETag that the object must still have"},
	    {"IfNoneMatch", "header", "If-None-Match", "string",
		"ETags that are known: what has one is not sent again"},
	    {"IdempotencyKey", "header", "Idempotency-Key", "string",
		"the same key and body give the first answer again, for 24 h"},
	};

	json_open(out, "parameters", '{');
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
		json_open(out, parameters[i].name, '{');
		json_put_text(out, "name", str_of(parameters[i].header));
		json_put_text(out, "in", str_of(parameters[i].in));
		if (strcmp(parameters[i].in, "path") == 0)
			json_put_bool(out, "required", true);
		if (parameters[i].help != NULL)
			json_put_text(
			    out, "description", str_of(parameters[i].help));
		if (strcmp(parameters[i].type, "integer") == 0)
			put_count(out, "schema", 1);
		else
			put_typed(out, "schema", parameters[i].type);
		json_close(out, '}');
	}
	json_close(out, '}');
}

static void
put_headers(struct json_out *out)
{
	static const char *const headers[][3] = {
	    {"ETag", "string", "of the object as it is now"},
	    {"Location", "string", "where it is"},
	    {"RetryAfter", "integer", "seconds"},
	};

	json_open(out, "headers", '{');
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		json_open(out, headers[i][0], '{');
		json_put_text(out, "description", str_of(headers[i][2]));
		put_typed(out, "schema", headers[i][1]);
		json_close(out, '}');
	}
	json_close(out, '}');
}

static void
put_key(
    struct json_out *out, const char *scheme, const char *in, const char *name)
{
	json_open(out, scheme, '{');
	json_put_text(out, "type", STR("apiKey"));
	json_put_text(out, "in", str_of(in));
	json_put_text(out, "name", str_of(name));
	json_close(out, '}');
}

static void
put_schemes(struct json_out *out, struct str base)
{
	bool secure = str_starts(base, STR("https://"));

	json_open(out, "securitySchemes", '{');
	json_open(out, "token", '{');
	json_put_text(out, "type", STR("http"));
	json_put_text(out, "scheme", STR("bearer"));
	json_put_text(out, "bearerFormat", STR("id|secret"));
	json_close(out, '}');
	put_key(out, "session", "cookie",
	    secure ? "__Host-opbx_session" : "opbx_session");
	put_key(out, "csrf", "header", "X-CSRF-Token");
	json_close(out, '}');
}

void
schema_put_common(struct json_out *out, struct str base)
{
	put_responses(out);
	put_parameters(out);
	put_headers(out);
	put_schemes(out, base);
}
