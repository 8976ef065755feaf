/* What an object holds, in words: to be read and copied, not changed. */
#include "html.h"
#include "words.h"

static const struct json *
look_up(const struct json *json, struct pool *pool, const char *path)
{
	struct str rest = str_of(path), name;

	if (rest.n == 0)
		return json;
	while (str_next(&rest, '.', &name))
		json = json_get(json, pool_copy(pool, name).p);
	return json;
}

static struct str
text_of(struct pool *pool, const struct field *field, const struct json *json)
{
	struct str word, rest;

	if (json_kind(json) == JSON_NULL)
		return STR("");
	if (json_kind(json) == JSON_TEXT)
		return json_text(json);
	if (field->kind != FIELD_TARGET)
		return json_print(pool, json);
	word = json_text(json_get(json, "type"));
	rest = json_text(json_get(json, "number"));
	if (json_kind(json_get(json, "id")) == JSON_INT)
		rest = json_print(pool, json_get(json, "id"));
	return pool_printf(
	    pool, "%.*s%s%.*s", PSTR(word), rest.n > 0 ? " " : "", PSTR(rest));
}

static void
add_head(struct buf *out, const struct record *record)
{
	buf_add_text(out, "<thead><tr>");
	for (size_t i = 0; i < record->count; i++) {
		buf_add_text(out, "<th scope=\"col\">");
		buf_add_html(
		    out, record_is_plain(record)
			     ? heading_of(out->pool, str_of(record->name))
			     : label_of(out->pool, &record->fields[i]));
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "</tr></thead>\n");
}

static void
add_rows(const struct html *html, const struct record *record,
    const struct json *list)
{
	struct buf *out = &html->req->out;

	if (json_count(list) == 0) {
		buf_add_text(out, "none");
		return;
	}
	buf_add_text(out, "<table>\n");
	add_head(out, record);
	buf_add_text(out, "<tbody>\n");
	for (size_t n = 0; n < json_count(list); n++) {
		buf_add_text(out, "<tr>");
		for (size_t i = 0; i < record->count; i++) {
			const struct field *field = &record->fields[i];

			buf_add_text(out, "<td>");
			html_show(html, field,
			    look_up(json_at(list, n), out->pool, field->name));
			buf_add_text(out, "</td>");
		}
		buf_add_text(out, "</tr>\n");
	}
	buf_add_text(out, "</tbody>\n</table>");
}

void
html_show(
    const struct html *html, const struct field *field, const struct json *json)
{
	struct buf *out = &html->req->out;
	bool lines = field->kind == FIELD_JSON || field->format == TEXT_LINES;

	if (field->kind == FIELD_LIST) {
		add_rows(html, field->of, json);
		return;
	}
	buf_add_text(out, lines ? "<pre>" : "<output>");
	html_text_add(html, field, text_of(out->pool, field, json));
	buf_add_text(out, lines ? "</pre>" : "</output>");
}

void
html_values(const struct html *html, const struct record *record,
    const struct json *values)
{
	struct buf *out = &html->req->out;

	buf_add_text(out, "<dl>\n");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		buf_add_text(out, "<dt>");
		buf_add_html(out, label_of(out->pool, field));
		if (field->help != NULL) {
			buf_add_text(out, " <small>");
			buf_add_html(out, str_of(field->help));
			buf_add_text(out, "</small>");
		}
		buf_add_text(out, "</dt>\n<dd>");
		html_show(html, field, look_up(values, out->pool, field->name));
		buf_add_text(out, "</dd>\n");
	}
	buf_add_text(out, "</dl>\n");
}
