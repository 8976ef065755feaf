/* Lists of objects, and the question before one is deleted. */
#include "html.h"
#include "words.h"

static struct buf *
out_of(const struct html *html)
{
	return &html->req->out;
}

struct str
html_with(const struct html *html, const struct form *query, const char *name,
    struct str value)
{
	struct buf url = buf_new(html->req->pool, 128);
	/* All of a list is in its file. */
	bool whole = strcmp(name, "format") == 0;
	char join = '?';

	buf_add(&url, html->base);
	for (size_t i = 0; i < query->count; i++) {
		const struct param *param = &query->params[i];

		if (str_is(param->name, name) || param->value.n == 0 ||
		    (str_is(param->name, "page") && !str_is(STR("page"), name)))
			continue;
		if (whole && (str_is(param->name, "per_page") ||
				 str_is(param->name, "cursor")))
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

void
html_file_link(const struct html *html, const struct form *query)
{
	buf_add_text(out_of(html), "<p>");
	html_link(html, html_with(html, query, "format", STR("csv")),
	    STR("Download as CSV"));
	buf_add_text(out_of(html), "</p>\n");
}

static bool
is_shown(const struct field *field)
{
	return (field->flags & (UNLISTED | SECRET | WRITEONLY)) == 0;
}

/* -- What is looked for -----------------------------------------------------
 */

static void
add_option(
    struct buf *out, struct str value, struct str label, struct str chosen)
{
	buf_add_text(out, "<option value=\"");
	buf_add_html(out, value);
	buf_add_text(out, str_equal(value, chosen) ? "\" selected>" : "\">");
	buf_add_html(out, label);
	buf_add_text(out, "</option>");
}

/* "-started_at" is an order: the newest come first. */
static struct str
choice_words(struct pool *pool, const struct field *field, size_t i)
{
	struct str choice = str_of(field->choices[i]);

	if (strcmp(field->name, "sort") != 0)
		return words_of(pool, choice);
	return str_starts(choice, STR("-")) ? STR("newest first")
					    : STR("oldest first");
}

static void
add_options(const struct html *html, const struct field *field,
    const struct html_choices *choices, struct str given)
{
	struct buf *out = out_of(html);

	/* What is no filter has a value always. */
	if (field->kind != FIELD_CHOICE || (field->flags & FILTER) != 0)
		add_option(out, STR(""), STR("any"), given);
	if (field->kind == FIELD_BOOL) {
		add_option(out, STR("true"), STR("yes"), given);
		add_option(out, STR("false"), STR("no"), given);
	} else if (field->kind == FIELD_CHOICE) {
		for (size_t i = 0; field->choices[i] != NULL; i++)
			add_option(out, str_of(field->choices[i]),
			    choice_words(out->pool, field, i), given);
	} else {
		for (size_t i = 0; i < choices->count; i++)
			add_option(
			    out, choices->values[i], choices->names[i], given);
	}
}

void
html_filter(const struct html *html, const struct field *field,
    const struct form *query)
{
	const struct html_choices *choices =
	    field->kind == FIELD_ID ? html_choices(html, field->refers) : NULL;
	struct str given = form_get(query, field->name);
	struct buf *out = out_of(html);

	if (field->kind == FIELD_JSON || field->kind == FIELD_LIST ||
	    field->kind == FIELD_TARGET)
		return;
	buf_add_text(out, "<label>");
	buf_add_html(out, label_of(out->pool, field));
	if (field->kind == FIELD_BOOL || field->kind == FIELD_CHOICE ||
	    (choices != NULL && !choices->more)) {
		buf_printf(out, " <select name=\"%s\">", field->name);
		add_options(html, field, choices, given);
		buf_add_text(out, "</select></label>\n");
		return;
	}
	buf_printf(
	    out, " <input type=\"text\" name=\"%s\" value=\"", field->name);
	buf_add_html(out, given);
	buf_add_text(out, "\">");
	if (field->help != NULL && field->kind == FIELD_TEXT) {
		buf_add_text(out, " <small>");
		buf_add_html(out, str_of(field->help));
		buf_add_text(out, "</small>");
	}
	buf_add_text(out, "</label>\n");
}

/* The order and the length of pages stay when something else is looked for. */
static void
keep(struct buf *out, const struct form *query, const char *name)
{
	struct str value = form_get(query, name);

	if (value.n == 0)
		return;
	buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	buf_add_html(out, value);
	buf_add_text(out, "\">\n");
}

/* Filters are folded away until one is in use. */
static void
add_filters(const struct html *html, const struct form *query)
{
	const struct record *record = html->record;
	struct buf *out = out_of(html);
	bool some = false, used = false;

	for (size_t i = 0; i < record->count; i++) {
		if ((record->fields[i].flags & FILTER) == 0)
			continue;
		some = true;
		used = used || form_get(query, record->fields[i].name).n > 0;
	}
	if (!some)
		return;
	buf_printf(out, "<details%s>\n<summary>Filters</summary>\n",
	    used ? " open" : "");
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & FILTER) != 0)
			html_filter(html, &record->fields[i], query);
	buf_add_text(out, "</details>\n");
}

static void
add_search(
    const struct html *html, const struct list *list, const struct form *query)
{
	struct buf *out = out_of(html);
	struct str which = form_get(query, "deleted");

	buf_add_text(out, "<form method=\"get\" action=\"");
	buf_add_html(out, html->base);
	buf_add_text(out, "\" class=\"search\" role=\"search\">\n"
			  "<label>Search "
			  "<input type=\"search\" name=\"q\" value=\"");
	buf_add_html(out, list->q);
	buf_add_text(out, "\"></label>\n");
	for (size_t i = 0; html->asks != NULL && i < html->asks->count; i++)
		html_filter(html, &html->asks->fields[i], query);
	if (html->restores) {
		buf_add_text(out, "<label>Which <select name=\"deleted\">");
		add_option(out, STR(""), STR("not deleted"), which);
		add_option(out, STR("only"), STR("only deleted"), which);
		add_option(out, STR("with"), STR("all"), which);
		buf_add_text(out, "</select></label>\n");
	}
	add_filters(html, query);
	keep(out, query, "sort");
	keep(out, query, "per_page");
	buf_add_text(out, "<button>Show</button>\n</form>\n");
}

/* -- What was found ---------------------------------------------------------
 */

static void
add_head(
    const struct html *html, const struct list *list, const struct form *query)
{
	const struct record *record = html->record;
	struct buf *out = out_of(html);

	buf_add_text(out, "<div class=\"wide\">\n<table>\n<thead><tr>"
			  "<th scope=\"col\">ID</th>");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str name = str_of(field->name);
		struct str label = label_of(html->req->pool, field);
		struct str down = pool_printf(out->pool, "-%s", field->name);
		bool up = str_equal(list->sort, name);

		if (!is_shown(field))
			continue;
		buf_printf(out, "<th scope=\"col\"%s>",
		    up                            ? " aria-sort=\"ascending\""
		    : str_equal(list->sort, down) ? " aria-sort=\"descending\""
						  : "");
		if ((field->flags & SORT) != 0)
			html_link(html,
			    html_with(html, query, "sort", up ? down : name),
			    label);
		else
			buf_add_html(out, label);
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "</tr></thead>\n<tbody>\n");
}

/* What an object is called leads to it. */
static bool
is_title(const struct field *field)
{
	return strcmp(field->name, "name") == 0 ||
	       strcmp(field->name, "number") == 0;
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
	struct str href = pool_printf(html->req->pool, "%.*s/%.*s%s",
	    PSTR(html->base), PSTR(id), deleted ? "?deleted=with" : "");

	buf_printf(out, "<tr%s><td>", deleted ? " class=\"deleted\"" : "");
	html_link(html, href, id);
	buf_add_text(out, "</td>");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str title;

		if (!is_shown(field))
			continue;
		buf_add_text(out, "<td>");
		/* A name may be empty, and nobody finds an empty link. */
		title = is_title(field) && !field_is_none(field, object)
			    ? field_print(html->req->pool, field, object)
			    : NO_STR;
		if (title.n > 0)
			html_link(html, href, title);
		else
			html_cell(html, field, object);
		buf_add_text(out, "</td>");
	}
	buf_add_text(out, "</tr>\n");
}

static void
add_page_link(const struct html *html, const struct form *query, int64_t page,
    const char *text)
{
	html_link(html,
	    html_with(html, query, "page",
		pool_printf(html->req->pool, "%lld", (long long)page)),
	    str_of(text));
	buf_add_char(out_of(html), ' ');
}

/* What to do where there is nothing. */
static void
add_nothing(const struct html *html, const struct form *query)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<p>There is nothing here");
	if (query->count > 0) {
		buf_add_text(out, " of what you look for. ");
		html_link(html, html->base, STR("Show all"));
	} else if (html->may_create) {
		buf_add_text(out, " yet. ");
		html_link(html,
		    pool_printf(out->pool, "%.*s/new", PSTR(html->base)),
		    STR("Make the first one"));
	} else {
		buf_add_text(out, " yet");
	}
	buf_add_text(out, ".</p>\n");
}

void
html_list(const struct html *html, const struct list *list,
    const struct page *page, const struct form *query)
{
	struct buf *out = out_of(html);

	html_open(html, 200, html->title);
	if (html->may_create) {
		buf_add_text(out, "<p class=\"new\">");
		html_link(html,
		    pool_printf(html->req->pool, "%.*s/new", PSTR(html->base)),
		    pool_printf(html->req->pool, "New %.*s",
			PSTR(words_of(out->pool, str_of(html->record->name)))));
		buf_add_text(out, "</p>\n");
	}
	add_search(html, list, query);
	add_head(html, list, query);
	for (size_t i = 0; i < page->count; i++)
		add_row(html, page_at(html->record, page, i));
	buf_add_text(out, "</tbody>\n</table>\n</div>\n");
	if (page->total == 0)
		add_nothing(html, query);
	buf_printf(out, "<p>Page %lld of %lld, %lld in all. ",
	    (long long)list->page, (long long)page->last_page,
	    (long long)page->total);
	if (list->page > 1)
		add_page_link(html, query, list->page - 1, "Previous page");
	if (list->page < page->last_page)
		add_page_link(html, query, list->page + 1, "Next page");
	buf_add_text(out, "</p>\n");
	html_file_link(html, query);
	html_close(html);
}

/* -- Deleting ---------------------------------------------------------------
 */

void
html_confirm(const struct html *html, uint64_t id, struct str name,
    const struct reference *references)
{
	struct buf *out = out_of(html);
	struct str one = words_of(out->pool, str_of(html->record->name));
	struct str here = pool_printf(
	    out->pool, "%.*s/%llu", PSTR(html->base), (unsigned long long)id);

	html_open(html, 200, pool_printf(out->pool, "Delete %.*s", PSTR(one)));
	buf_add_text(out, "<p>Delete ");
	buf_add_html(out, name);
	buf_add_text(out, html->restores ? "? It can be restored.</p>\n"
					 : "? It cannot be restored.</p>\n");
	html_references(html, references);
	buf_add_text(out, "<form method=\"post\" action=\"");
	buf_add_html(out, here);
	buf_add_text(
	    out, "\">\n<input type=\"hidden\" name=\"_csrf\" value=\"");
	buf_add_html(out, html->csrf);
	buf_add_text(out, "\">\n<input type=\"hidden\" name=\"_method\" "
			  "value=\"DELETE\">\n<input type=\"hidden\" "
			  "name=\"_next\" value=\"");
	buf_add_html(out, html->base);
	buf_add_text(out, "\">\n<button class=\"danger\">Delete</button> ");
	html_link(html, here, STR("Keep it"));
	buf_add_text(out, "\n</form>\n");
	html_close(html);
}
