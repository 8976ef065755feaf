#include "html_read.h"

#include "words.h"

static struct buf *
out_of(const struct html *html)
{
	return &html->req->out;
}

void
html_filters(const struct html *html, const struct record *query,
    const struct form *given)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<form method=\"get\" class=\"search\" "
			  "role=\"search\">\n");
	for (size_t i = 0; i < query->count; i++)
		/* Another filter begins another list. */
		if (strcmp(query->fields[i].name, "cursor") != 0)
			html_filter(html, &query->fields[i], given);
	buf_add_text(out, "<button>Show</button>\n</form>\n");
}

static bool
is_shown(const struct field *field)
{
	return (field->flags & (UNLISTED | SECRET | WRITEONLY)) == 0;
}

static void
add_cell(const struct html *html, const struct field *field, const void *object,
    bool leads)
{
	if (leads && strcmp(field->name, "id") == 0)
		html_link(html,
		    pool_printf(html->req->pool, "%.*s/%.*s", PSTR(html->base),
			PSTR(field_print(html->req->pool, field, object))),
		    field_print(html->req->pool, field, object));
	else
		html_cell(html, field, object);
}

static void
add_head(struct buf *out, const struct record *record)
{
	buf_add_text(out, "<div class=\"wide\">\n<table>\n<thead><tr>");
	for (size_t i = 0; i < record->count; i++) {
		if (!is_shown(&record->fields[i]))
			continue;
		buf_add_text(out, "<th scope=\"col\">");
		buf_add_html(out, label_of(out->pool, &record->fields[i]));
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "</tr></thead>\n<tbody>\n");
}

static void
add_row(const struct html *html, const struct record *record,
    const void *object, bool leads)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<tr>");
	for (size_t i = 0; i < record->count; i++) {
		if (!is_shown(&record->fields[i]))
			continue;
		buf_add_text(out, "<td>");
		add_cell(html, &record->fields[i], object, leads);
		buf_add_text(out, "</td>");
	}
	buf_add_text(out, "</tr>\n");
}

void
html_rows(const struct html *html, const struct record *record,
    void *const *objects, size_t count, bool leads)
{
	add_head(out_of(html), record);
	for (size_t i = 0; i < count; i++)
		add_row(html, record, objects[i], leads);
	buf_add_text(out_of(html), "</tbody>\n</table>\n</div>\n");
}

static void
add_children(
    const struct html *html, const struct field *field, const void *object)
{
	const struct children *list = field_in(field, object);
	struct buf *out = out_of(html);

	buf_add_text(out, "<h2>");
	buf_add_html(out, label_of(out->pool, field));
	buf_add_text(out, "</h2>\n");
	if (list->count == 0) {
		html_note(html, "None.");
		return;
	}
	add_head(out, field->of);
	for (size_t i = 0; i < list->count; i++)
		add_row(html, field->of,
		    (const char *)list->rows + i * field->of->size, false);
	buf_add_text(out, "</tbody>\n</table>\n</div>\n");
}

void
html_details(
    const struct html *html, const struct record *record, const void *object)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<dl>\n");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if (field->kind == FIELD_LIST || field_is_none(field, object))
			continue;
		buf_add_text(out, "<dt>");
		buf_add_html(out, label_of(out->pool, field));
		buf_add_text(out,
		    field->kind == FIELD_JSON ? "</dt><dd><pre>" : "</dt><dd>");
		html_cell(html, field, object);
		buf_add_text(out,
		    field->kind == FIELD_JSON ? "</pre></dd>\n" : "</dd>\n");
	}
	buf_add_text(out, "</dl>\n");
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].kind == FIELD_LIST)
			add_children(html, &record->fields[i], object);
}

void
html_note(const struct html *html, const char *text)
{
	buf_add_text(out_of(html), "<p>");
	buf_add_html(out_of(html), str_of(text));
	buf_add_text(out_of(html), "</p>\n");
}

void
html_next(const struct html *html, const struct form *query, struct str cursor)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<p>");
	html_link(html, html_with(html, query, "cursor", cursor),
	    cursor.n > 0 ? STR("Next page") : STR("First page"));
	buf_add_text(out, "</p>\n");
}
