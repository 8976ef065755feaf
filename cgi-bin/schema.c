/*
 * /cgi-bin/schema
 *
 * What can be asked of the control plane, as an OpenAPI 3.1 document or, for
 * a browser, as a page.  It is joined once per process from what every
 * responder told of itself when it was built (schema_dir).
 *
 * Touches: nothing.
 */
#include "schema.h"

#include <dirent.h>
#include <stdlib.h>

#include "etag.h"
#include "sql_file.h"

enum { PARTS_MOST = 64, HTTP_OK = 200 };

/* What the process keeps: the document, or why there is none. */
struct shelf {
	struct pool *pool;
	struct str document, etag;
	const struct json *json;
	struct err *err;
};

static int
by_name(const void *a, const void *b)
{
	return str_compare(((const struct sql_file *)a)->name,
	    ((const struct sql_file *)b)->name);
}

static struct err *
read_folder(
    struct pool *pool, struct str folder, struct sql_file *files, size_t *count)
{
	DIR *dir = opendir(folder.p);
	const struct dirent *entry;
	struct err *err = NULL;

	if (dir == NULL)
		return err_internal(
		    pool, "schema_dir: the folder %s cannot be read", folder.p);
	while (err == NULL && *count < PARTS_MOST &&
	       (entry = readdir(dir)) != NULL)
		if (str_ends(str_of(entry->d_name), STR(".json")))
			err = sql_file_read(pool, folder, str_of(entry->d_name),
			    &files[(*count)++]);
	closedir(dir);
	TRY(err);
	if (*count == 0)
		return err_internal(
		    pool, "schema_dir: there is nothing in %s", folder.p);
	qsort(files, *count, sizeof *files, by_name);
	return NULL;
}

static struct err *
make_document(struct shelf *shelf, const struct conf *conf)
{
	struct pool *pool = shelf->pool;
	struct sql_file *files = NEW_ARRAY(pool, struct sql_file, PARTS_MOST);
	const struct json **parts =
	    NEW_ARRAY(pool, const struct json *, PARTS_MOST);
	struct str base = conf_text(conf, "base_url", "http://127.0.0.1:8080");
	size_t count = 0;

	TRY(read_folder(pool,
	    conf_path(pool, conf, "schema_dir", "/usr/share/opbx/schema"),
	    files, &count));
	for (size_t i = 0; i < count; i++) {
		struct err *err = json_parse(pool, files[i].text, &parts[i]);

		if (err != NULL)
			return err_internal(pool, "%.*s: %.*s",
			    PSTR(files[i].name), PSTR(err->message));
	}
	TRY(schema_join(pool, parts, count,
	    pool_printf(pool, "%.*s/cgi-bin", PSTR(base)), &shelf->document));
	return json_parse(pool, shelf->document, &shelf->json);
}

static void *
start(struct pool *process, const struct conf *conf,
    const struct crypto_key *master)
{
	struct shelf *shelf = NEW(process, struct shelf);
	unsigned char hash[CRYPTO_HASH];

	(void)master;
	shelf->pool = process;
	shelf->err = make_document(shelf, conf);
	if (shelf->err != NULL)
		return shelf;
	crypto_sha256(shelf->document, hash);
	shelf->etag = pool_printf(
	    process, "\"%.*s\"", PSTR(crypto_hex(process, hash, 12)));
	return shelf;
}

/* -- The page ---------------------------------------------------------------
 */

static void
add_cell(struct buf *out, struct str text)
{
	buf_add_text(out, "<td>");
	buf_add_html(out, text);
	buf_add_text(out, "</td>");
}

/* "owner, admin" */
static struct str
texts_of(struct pool *pool, const struct json *list)
{
	struct buf out = buf_new(pool, 64);

	for (size_t i = 0; i < json_count(list); i++) {
		buf_add_text(&out, i > 0 ? ", " : "");
		buf_add(&out, json_text(json_at(list, i)));
	}
	return buf_str(&out);
}

/* "#/components/schemas/RingGroupNew" -> "RingGroupNew" */
static struct str
name_in(const struct json *schema)
{
	struct str rest = json_text(json_get(schema, "$ref")), name = rest;

	while (str_next(&rest, '/', &name))
		;
	return name;
}

static void
add_schema_link(struct buf *out, const struct json *schema)
{
	struct str name = name_in(schema);

	buf_add_text(out, "<td>");
	if (name.n > 0) {
		buf_add_text(out, "<a href=\"#");
		buf_add_html(out, name);
		buf_add_text(out, "\">");
		buf_add_html(out, name);
		buf_add_text(out, "</a>");
	}
	buf_add_text(out, "</td>");
}

static const struct json *
json_schema(const struct json *holder)
{
	return json_get(
	    json_get(json_get(holder, "content"), "application/json"),
	    "schema");
}

static void
add_operation(struct buf *out, struct str path, struct str method,
    const struct json *operation)
{
	const struct json *responses = json_get(operation, "responses");
	const struct json *data;
	struct str status;

	data =
	    json_get(json_get(json_schema(json_member(responses, 0, &status)),
			 "properties"),
		"data");
	if (json_get(data, "items") != NULL)
		data = json_get(data, "items");
	buf_add_text(out, "<tr>");
	add_cell(
	    out, pool_printf(out->pool, "%.*s %.*s", PSTR(method), PSTR(path)));
	add_cell(out, json_text(json_get(operation, "summary")));
	add_cell(out, texts_of(out->pool, json_get(operation, "x-roles")));
	add_schema_link(out, json_schema(json_get(operation, "requestBody")));
	add_schema_link(out, data);
	buf_add_text(out, "</tr>\n");
}

static void
add_paths(struct buf *out, const struct json *paths)
{
	buf_add_text(out,
	    "<table>\n<thead><tr><th scope=\"col\">Request</th>"
	    "<th scope=\"col\">What it does</th><th scope=\"col\">Roles</th>"
	    "<th scope=\"col\">Takes</th><th scope=\"col\">Gives</th>"
	    "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < json_count(paths); i++) {
		struct str path, method;
		const struct json *methods = json_member(paths, i, &path);

		for (size_t j = 0; j < json_count(methods); j++) {
			const struct json *operation =
			    json_member(methods, j, &method);

			add_operation(out, path, method, operation);
		}
	}
	buf_add_text(out, "</tbody>\n</table>\n");
}

/* What there is to say of a field, as it stands in the document. */
static void
add_field(
    struct buf *out, struct str name, const struct json *field, bool required)
{
	struct buf rest = buf_new(out->pool, 128);

	for (size_t i = 0; i < json_count(field); i++) {
		struct str key;
		const struct json *value = json_member(field, i, &key);

		if (str_is(key, "description") || str_is(key, "type") ||
		    str_is(key, "pattern"))
			continue;
		buf_printf(&rest, "%s%.*s %.*s", rest.n > 0 ? "; " : "",
		    PSTR(key), PSTR(json_print(out->pool, value)));
	}
	buf_add_text(out, "<tr>");
	add_cell(out, name);
	add_cell(out, json_get(field, "type") != NULL
			  ? json_print(out->pool, json_get(field, "type"))
			  : STR(""));
	add_cell(out, required ? STR("yes") : STR("no"));
	add_cell(out, buf_str(&rest));
	add_cell(out, json_text(json_get(field, "description")));
	buf_add_text(out, "</tr>\n");
}

static bool
holds(const struct json *list, struct str text)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (str_equal(json_text(json_at(list, i)), text))
			return true;
	return false;
}

static void
add_schemas(struct buf *out, const struct json *schemas)
{
	for (size_t i = 0; i < json_count(schemas); i++) {
		struct str name, field;
		const struct json *schema = json_member(schemas, i, &name);
		const struct json *fields = json_get(schema, "properties");

		buf_add_text(out, "<h2 id=\"");
		buf_add_html(out, name);
		buf_add_text(out, "\">");
		buf_add_html(out, name);
		buf_add_text(out,
		    "</h2>\n<table>\n<thead><tr><th scope=\"col\">Field</th>"
		    "<th scope=\"col\">Type</th><th scope=\"col\">Required"
		    "</th><th scope=\"col\">Bounds</th>"
		    "<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
		for (size_t j = 0; j < json_count(fields); j++) {
			const struct json *value =
			    json_member(fields, j, &field);

			add_field(out, field, value,
			    holds(json_get(schema, "required"), field));
		}
		buf_add_text(out, "</tbody>\n</table>\n");
	}
}

static void
answer_page(struct visit *visit, const struct json *document)
{
	struct html html = visit_html(visit);
	struct buf *out = &visit->req->out;

	html_open(&html, HTTP_OK, STR("What can be asked"));
	buf_add_text(out, "<p>For programs: this page as JSON is an OpenAPI "
			  "document.</p>\n");
	add_paths(out, json_get(document, "paths"));
	add_schemas(out, json_get(json_get(document, "components"), "schemas"));
	html_close(&html);
}

/* -- The answer --------------------------------------------------------------
 */

static struct err *
show_schema(struct visit *visit)
{
	const struct shelf *shelf = visit->desk->own;
	struct req *req = visit->req;

	if (shelf->err != NULL)
		return shelf->err;
	if (visit->face == FACE_HTML) {
		answer_page(visit, shelf->json);
		return NULL;
	}
	answer_header(req, "ETag", shelf->etag);
	answer_header(req, "Cache-Control", STR("public, no-cache"));
	if (etag_answers(req, shelf->etag))
		return NULL;
	answer(req, HTTP_OK, "application/json");
	buf_add(&req->out, shelf->document);
	return NULL;
}

static const struct route routes[] = {
    ROUTE("GET", "/schema", ANYBODY, show_schema, NULL, .gives = GIVES_FILE,
	.does = "This document"),
};

int
main(int argc, char **argv)
{
	struct control control = CONTROL("schema", routes);

	control.start = start;
	return control_serve(control, argc, argv);
}
