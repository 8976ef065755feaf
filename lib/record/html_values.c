/* What an object holds, in words: to be read and copied, not changed. */
#include "html.h"
#include "words.h"

static const struct json *
look_up(const struct json *json, struct pool *pool, const char *path)
{
	struct str rest = str_of(path), name;

	while (str_next(&rest, '.', &name))
		json = json_get(json, pool_copy(pool, name).p);
	return json;
}

static void
add_value(struct buf *out, const struct field *field, const struct json *value)
{
	if (field->kind == FIELD_BOOL)
		buf_add_text(out, json_bool(value) ? "yes" : "no");
	else if (json_kind(value) == JSON_TEXT)
		buf_add_html(out, json_text(value));
	else if (json_kind(value) != JSON_NULL)
		buf_add_html(out, json_print(out->pool, value));
}

static void
add_rows(struct buf *out, const struct record *record, const struct json *list)
{
	buf_add_text(out, "<table>\n<thead><tr>");
	for (size_t i = 0; i < record->count; i++) {
		buf_add_text(out, "<th scope=\"col\">");
		buf_add_html(out, label_of(out->pool, &record->fields[i]));
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "</tr></thead>\n<tbody>\n");
	for (size_t n = 0; n < json_count(list); n++) {
		buf_add_text(out, "<tr>");
		for (size_t i = 0; i < record->count; i++) {
			const struct field *field = &record->fields[i];

			buf_add_text(out, "<td>");
			add_value(out, field,
			    look_up(json_at(list, n), out->pool, field->name));
			buf_add_text(out, "</td>");
		}
		buf_add_text(out, "</tr>\n");
	}
	buf_add_text(out, "</tbody>\n</table>");
}

void
html_values(const struct html *html, const struct record *record,
    const struct json *values)
{
	struct buf *out = &html->req->out;

	buf_add_text(out, "<dl>\n");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const struct json *value =
		    look_up(values, out->pool, field->name);

		buf_add_text(out, "<dt>");
		buf_add_html(out, label_of(out->pool, field));
		if (field->help != NULL) {
			buf_add_text(out, " <small>");
			buf_add_html(out, str_of(field->help));
			buf_add_text(out, "</small>");
		}
		buf_add_text(out, "</dt>\n<dd>");
		if (field->kind == FIELD_LIST)
			add_rows(out, field->of, value);
		else
			add_value(out, field, value);
		buf_add_text(out, "</dd>\n");
	}
	buf_add_text(out, "</dl>\n");
}
