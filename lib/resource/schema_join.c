/* The parts of all responders as one document. */
#include "schema_private.h"

static const struct json *
find_schema(const struct json *const *parts, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		const struct json *found =
		    json_get(json_get(parts[i], "schemas"), name);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static void
put_paths(struct json_out *out, const struct json *const *parts, size_t count)
{
	struct pool *pool = out->buf->pool;

	json_open(out, "paths", '{');
	for (size_t i = 0; i < count; i++) {
		const struct json *paths = json_get(parts[i], "paths"), *path;
		struct str name;

		for (size_t j = 0; j < json_count(paths); j++) {
			path = json_member(paths, j, &name);
			json_put_raw(out, pool_copy(pool, name).p,
			    json_print(pool, path));
		}
	}
	json_close(out, '}');
}

/* A resource that two responders show is described by both, alike. */
static struct err *
put_schemas(struct json_out *out, const struct json *const *parts, size_t count)
{
	struct pool *pool = out->buf->pool;

	json_open(out, "schemas", '{');
	for (size_t i = 0; i < count; i++) {
		const struct json *schemas = json_get(parts[i], "schemas");

		for (size_t j = 0; j < json_count(schemas); j++) {
			struct str name, text;
			const struct json *schema =
			    json_member(schemas, j, &name);
			const struct json *first;

			name = pool_copy(pool, name);
			text = json_print(pool, schema);
			first = find_schema(parts, count, name.p);
			if (first == schema)
				json_put_raw(out, name.p, text);
			else if (!str_equal(json_print(pool, first), text))
				return err_internal(pool,
				    "two responders describe %.*s,"
				    " and not alike",
				    PSTR(name));
		}
	}
	schema_put_common_schemas(out);
	json_close(out, '}');
	return NULL;
}

static void
put_tags(struct json_out *out, const struct json *const *parts, size_t count)
{
	json_open(out, "tags", '[');
	for (size_t i = 0; i < count; i++) {
		json_open(out, NULL, '{');
		json_put_text(
		    out, "name", json_text(json_get(parts[i], "name")));
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void
put_info(struct json_out *out, struct str base)
{
	json_put_text(out, "openapi", STR("3.1.1"));
	json_open(out, "info", '{');
	json_put_text(out, "title", STR("OpBX"));
	json_put_text(out, "version", STR("1"));
	json_put_text(out, "description",
	    STR("The control plane of a multi-tenant PBX.  Bodies are JSON or"
		" forms, errors application/problem+json."));
	json_close(out, '}');
	json_open(out, "servers", '[');
	json_open(out, NULL, '{');
	json_put_text(out, "url", base);
	json_close(out, '}');
	json_close(out, ']');
}

struct err *
schema_join(struct pool *pool, const struct json *const *parts, size_t count,
    struct str base, struct str *document)
{
	struct buf buf = buf_new(pool, 1 << 18);
	struct json_out out = {&buf, false};

	json_open(&out, NULL, '{');
	put_info(&out, base);
	put_tags(&out, parts, count);
	put_paths(&out, parts, count);
	json_open(&out, "components", '{');
	TRY(put_schemas(&out, parts, count));
	schema_put_common(&out, base);
	json_close(&out, '}');
	json_close(&out, '}');
	buf_add_char(&buf, '\n');
	*document = buf_str(&buf);
	return NULL;
}
