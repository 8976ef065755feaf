/* The frame of pages, lists and confirmations; forms are in html_form.c. */
#include "html.h"
#include "words.h"

static const char policy[] = "default-src 'none'; style-src 'self'; "
			     "img-src 'self'; media-src 'self'; "
			     "form-action 'self'; "
			     "base-uri 'none'; frame-ancestors 'none'";

static struct buf *
out_of(const struct html *html)
{
	return &html->req->out;
}

static void
add_link(const struct html *html, struct str href, struct str text)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<a href=\"");
	buf_add_html(out, href);
	buf_add_text(out, "\">");
	buf_add_html(out, text);
	buf_add_text(out, "</a>");
}

void
html_open(const struct html *html, int status, struct str heading)
{
	struct buf *out = out_of(html);

	answer(html->req, status, "text/html; charset=utf-8");
	answer_header(html->req, "Content-Security-Policy", str_of(policy));
	buf_add_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			  "<meta charset=\"utf-8\">\n"
			  "<meta name=\"viewport\" content=\""
			  "width=device-width, initial-scale=1\">\n<title>");
	buf_add_html(out, heading);
	buf_add_text(out, " - OpBX</title>\n"
			  "<link rel=\"stylesheet\" href=\"/style.css\">\n"
			  "</head>\n<body>\n<header><a href=\"/\">OpBX</a> ");
	if (html->title.p != NULL)
		add_link(html, html->base, html->title);
	buf_add_text(out, "</header>\n<main>\n<h1>");
	buf_add_html(out, heading);
	buf_add_text(out, "</h1>\n");
}

void
html_close(const struct html *html)
{
	buf_add_text(out_of(html), "</main>\n</body>\n</html>\n");
}

void
html_problem(const struct html *html, const struct err *err)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<p class=\"problem\" role=\"alert\">");
	buf_add_html(out, err->message);
	buf_add_text(out, "</p>\n");
	if (err->complaints != NULL) {
		buf_add_text(out, "<ul class=\"complaints\">\n");
		for (const struct complaint *c = err->complaints; c != NULL;
		     c = c->next) {
			buf_add_text(out, "<li>");
			buf_add_html(out, heading_of(out->pool, c->field));
			buf_add_text(out, " ");
			buf_add_html(out, c->text);
			buf_add_text(out, "</li>\n");
		}
		buf_add_text(out, "</ul>\n");
	}
	if (err->references == NULL)
		return;
	buf_add_text(out, "<p>Still used by:</p>\n"
			  "<ul class=\"references\">\n");
	for (const struct reference *r = err->references; r != NULL;
	     r = r->next) {
		buf_add_text(out, "<li>");
		buf_add_html(out, words_of(out->pool, r->type));
		buf_printf(out, " %llu ", (unsigned long long)r->id);
		buf_add_html(out, r->name);
		buf_add_text(out, "</li>\n");
	}
	buf_add_text(out, "</ul>\n");
}

/* The list's address with one parameter changed. */
static struct str
with_parameter(const struct html *html, const struct form *query,
    const char *name, struct str value)
{
	struct buf url = buf_new(html->req->pool, 128);
	char join = '?';

	buf_add(&url, html->base);
	for (size_t i = 0; i < query->count; i++) {
		const struct param *param = &query->params[i];

		if (str_is(param->name, name) || param->value.n == 0 ||
		    (str_is(param->name, "page") && !str_is(STR("page"), name)))
			continue;
		buf_add_char(&url, join);
		join = '&';
		buf_add_url(&url, param->name);
		buf_add_char(&url, '=');
		buf_add_url(&url, param->value);
	}
	buf_printf(&url, "%c%s=", join, name);
	buf_add_url(&url, value);
	return buf_str(&url);
}

static bool
is_shown(const struct field *field)
{
	return (field->flags & (UNLISTED | SECRET | WRITEONLY)) == 0;
}

static void
add_search(const struct html *html, const struct list *list)
{
	static const char *const living[][2] = {
	    {"", "not deleted"}, {"only", "only deleted"}, {"with", "all"}};
	struct buf *out = out_of(html);

	buf_add_text(out, "<form method=\"get\" action=\"");
	buf_add_html(out, html->base);
	buf_add_text(out, "\" class=\"search\">\n<label>Search "
			  "<input type=\"search\" name=\"q\" value=\"");
	buf_add_html(out, list->q);
	buf_add_text(out, "\"></label>\n<label>Which "
			  "<select name=\"deleted\">");
	for (size_t i = 0; i < 3; i++)
		buf_printf(out, "<option value=\"%s\"%s>%s</option>",
		    living[i][0],
		    (list->living == LIVING && i == 0) ||
			    (list->living == DELETED && i == 1) ||
			    (list->living == LIVING_OR_DELETED && i == 2)
			? " selected"
			: "",
		    living[i][1]);
	buf_add_text(out, "</select></label>\n"
			  "<button>Show</button>\n</form>\n");
}

static void
add_head(
    const struct html *html, const struct list *list, const struct form *query)
{
	const struct record *record = html->record;
	struct buf *out = out_of(html);

	buf_add_text(out, "<table>\n<thead><tr><th scope=\"col\">ID</th>");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str name = str_of(field->name);
		struct str label = label_of(html->req->pool, field);

		if (!is_shown(field))
			continue;
		buf_add_text(out, "<th scope=\"col\">");
		if ((field->flags & SORT) != 0)
			add_link(html,
			    with_parameter(html, query, "sort",
				str_equal(list->sort, name)
				    ? pool_printf(
					  html->req->pool, "-%s", field->name)
				    : name),
			    label);
		else
			buf_add_html(out, label);
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "</tr></thead>\n<tbody>\n");
}

bool
html_leads(const struct html *html, const char *responder)
{
	for (size_t i = 0;
	     html->responders != NULL && html->responders[i] != NULL; i++)
		if (responder != NULL &&
		    strcmp(html->responders[i], responder) == 0)
			return true;
	return false;
}

/* Choices in words, as in forms; what somebody wrote as it is. */
static struct str
cell_text(struct pool *pool, const struct field *field, const void *object)
{
	struct str text = field_print(pool, field, object);
	ptrdiff_t space = str_find(text, ' ');
	size_t n = space < 0 ? text.n : (size_t)space;

	if (field->kind == FIELD_BOOL)
		return str_is(text, "true") ? STR("yes") : STR("no");
	if (field->kind == FIELD_CHOICE)
		return words_of(pool, text);
	if (field->kind == FIELD_TARGET)
		return pool_printf(pool, "%.*s%.*s",
		    PSTR(words_of(pool, str_cut(text, 0, n))),
		    PSTR(str_cut(text, n, text.n)));
	return text;
}

/* The id of another object leads there. */
static void
add_cell(const struct html *html, const struct field *field, const void *object)
{
	struct str text = cell_text(html->req->pool, field, object);

	if (field->kind != FIELD_ID || text.n == 0 ||
	    !html_leads(html, field->refers))
		buf_add_html(out_of(html), text);
	else
		add_link(html,
		    pool_printf(html->req->pool, "/cgi-bin/%s/%.*s",
			field->refers, PSTR(text)),
		    text);
}

void
html_cell(
    const struct html *html, const struct field *field, const void *object)
{
	add_cell(html, field, object);
}

void
html_link(const struct html *html, struct str href, struct str text)
{
	add_link(html, href, text);
}

struct str
html_with(const struct html *html, const struct form *query, const char *name,
    struct str value)
{
	return with_parameter(html, query, name, value);
}

static void
add_row(const struct html *html, const void *object)
{
	const struct record *record = html->record;
	const struct row *row = object;
	struct buf *out = out_of(html);
	struct str id =
	    pool_printf(html->req->pool, "%llu", (unsigned long long)row->id);
	bool deleted = row->deleted_at.at != 0;

	buf_printf(out, "<tr%s><td>", deleted ? " class=\"deleted\"" : "");
	add_link(html,
	    pool_printf(html->req->pool, "%.*s/%.*s%s", PSTR(html->base),
		PSTR(id), deleted ? "?deleted=with" : ""),
	    id);
	buf_add_text(out, "</td>");
	for (size_t i = 0; i < record->count; i++) {
		if (!is_shown(&record->fields[i]))
			continue;
		buf_add_text(out, "<td>");
		add_cell(html, &record->fields[i], object);
		buf_add_text(out, "</td>");
	}
	buf_add_text(out, "</tr>\n");
}

static void
add_page_link(const struct html *html, const struct form *query, int64_t page,
    const char *text)
{
	add_link(html,
	    with_parameter(html, query, "page",
		pool_printf(html->req->pool, "%lld", (long long)page)),
	    str_of(text));
	buf_add_char(out_of(html), ' ');
}

void
html_list(const struct html *html, const struct list *list,
    const struct page *page, const struct form *query)
{
	struct buf *out = out_of(html);

	html_open(html, 200, html->title);
	add_search(html, list);
	if (html->may_create) {
		buf_add_text(out, "<p>");
		add_link(html,
		    pool_printf(html->req->pool, "%.*s/new", PSTR(html->base)),
		    STR("New"));
		buf_add_text(out, "</p>\n");
	}
	add_head(html, list, query);
	for (size_t i = 0; i < page->count; i++)
		add_row(html, page_at(html->record, page, i));
	buf_add_text(out, "</tbody>\n</table>\n");
	buf_printf(out, "<p>Page %lld of %lld, %lld in all. ",
	    (long long)list->page, (long long)page->last_page,
	    (long long)page->total);
	if (list->page > 1)
		add_page_link(html, query, list->page - 1, "Back");
	if (list->page < page->last_page)
		add_page_link(html, query, list->page + 1, "On");
	buf_add_text(out, "</p>\n");
	html_close(html);
}

static void
open_post(const struct html *html, uint64_t id)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<form method=\"post\" action=\"");
	buf_add_html(out, html->base);
	buf_printf(out, "/%llu\">\n", (unsigned long long)id);
	buf_add_text(out, "<input type=\"hidden\" name=\"_csrf\" value=\"");
	buf_add_html(out, html->csrf);
	buf_add_text(out, "\">\n");
}

void
html_confirm(const struct html *html, uint64_t id, struct str name)
{
	struct buf *out = out_of(html);

	html_open(html, 200, STR("Delete"));
	buf_add_text(out, "<p>Delete ");
	buf_add_html(out, name);
	buf_add_text(out, html->restores ? "? It can be restored.</p>\n"
					 : "? It cannot be restored.</p>\n");
	open_post(html, id);
	buf_add_text(out, "<input type=\"hidden\" name=\"_method\" "
			  "value=\"DELETE\">\n<input type=\"hidden\" "
			  "name=\"_next\" value=\"");
	buf_add_html(out, html->base);
	buf_add_text(out, "\">\n<button>Delete</button>\n</form>\n");
	html_close(html);
}
