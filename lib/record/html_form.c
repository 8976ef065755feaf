/* An object as a form: one input a field, complaints beside their inputs. */
#include "html_input.h"
#include "take.h"
#include "words.h"

enum { EMPTY_ROWS = 3 };

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

static void add_fields(const struct form_page *page,
    const struct record *record, struct str path, const struct json *json);

/* The way to the objects that there are to refer to. */
static void
add_all(const struct form_page *page, const char *responder)
{
	if (html_leads(page->html, responder))
		buf_printf(page->out,
		    " <a class=\"all\" href=\"/cgi-bin/%s\">All %.*s</a>",
		    responder,
		    PSTR(words_of(page->out->pool, str_of(responder))));
}

/* Those there are and some empty ones; empty lines are not sent on. */
static void
add_rows(const struct form_page *page, const struct field *field,
    struct str path, const struct json *json)
{
	struct pool *pool = page->out->pool;
	size_t count = json_count(json);
	size_t most = count + EMPTY_ROWS;

	if (field->max > 0 && most > (size_t)field->max)
		most = (size_t)field->max;
	if (most < count)
		most = count;
	for (size_t i = 0; i < field->of->count; i++)
		add_all(page, field->of->fields[i].refers);
	for (size_t i = 0; i < most; i++) {
		struct str place = pool_printf(pool, "%.*s.%zu", PSTR(path), i);

		if (record_is_plain(field->of)) {
			add_fields(page, field->of, place, json_at(json, i));
			continue;
		}
		buf_add_text(page->out, "<fieldset><legend>");
		buf_add_html(
		    page->out, heading_of(pool, str_of(field->of->name)));
		buf_printf(page->out, " %zu%s</legend>", i + 1,
		    i >= count ? " (empty: none)" : "");
		form_complaints(page, place, false);
		add_fields(page, field->of, place, json_at(json, i));
		buf_add_text(page->out, "</fieldset>\n");
	}
}

static void
add_help(
    const struct form_page *page, const struct field *field, struct str path)
{
	/* Of a list's rows it stands once, above them. */
	if (str_is(path, field->name))
		add_all(page, field->refers);
	if (field->help == NULL) {
		if (field->kind == FIELD_INSTANT)
			buf_add_text(page->out, " <small>like "
						"2026-12-25T17:00:00Z</small>");
		return;
	}
	buf_printf(page->out, " <small id=\"%s", page->prefix);
	buf_add_html(page->out, path);
	buf_add_text(page->out, "-help\">");
	buf_add_html(page->out, str_of(field->help));
	buf_add_text(page->out, "</small>");
}

/* What this visitor may only read. */
static void
add_fixed(const struct form_page *page, const struct field *field,
    struct str label, const struct json *json)
{
	bool list = field->kind == FIELD_LIST;

	buf_add_text(page->out,
	    list ? "<fieldset><legend>" : "<p><span class=\"label\">");
	buf_add_html(page->out, label);
	buf_add_text(page->out, list ? "</legend>" : "</span> ");
	html_show(page->html, field, json);
	if (field->help != NULL) {
		buf_add_text(page->out, " <small>");
		buf_add_html(page->out, str_of(field->help));
		buf_add_text(page->out, "</small>");
	}
	buf_add_text(page->out, list ? "</fieldset>\n" : "</p>\n");
}

static void
add_field(const struct form_page *page, const struct field *field,
    struct str label, struct str path, const struct json *json)
{
	bool group = field->kind == FIELD_TARGET || field->kind == FIELD_LIST;

	if (group) {
		buf_add_text(page->out, "<fieldset><legend>");
	} else {
		buf_printf(page->out, "<p><label for=\"%s", page->prefix);
		buf_add_html(page->out, path);
		buf_add_text(page->out, "\">");
	}
	buf_add_html(page->out, label);
	buf_add_text(page->out, group ? "</legend>\n" : "</label> ");
	if (field->kind == FIELD_TARGET) {
		form_target(page, field, path, json);
	} else if (field->kind == FIELD_LIST) {
		form_complaints(page, path, false);
		add_rows(page, field, path, json);
	} else {
		form_value(page, field, path, form_text(page->out->pool, json));
		form_complaints(page, path, false);
	}
	add_help(page, field, path);
	buf_add_text(page->out, group ? "</fieldset>\n" : "</p>\n");
}

static bool
is_fixed(
    const struct form_page *page, const struct field *field, struct str path)
{
	const char *const *name = page->html->only;

	if ((field->flags & READONLY) != 0)
		return true;
	/* What is in a list may be changed with it. */
	if (name == NULL || !str_is(path, field->name))
		return false;
	while (*name != NULL && strcmp(*name, field->name) != 0)
		name++;
	return *name == NULL;
}

/* Of "countries.0": "Country 1". */
static struct str
label_of_row(struct pool *pool, const struct record *record, struct str path)
{
	size_t from = path.n;

	while (from > 0 && path.p[from - 1] != '.')
		from--;
	return heading_of(pool, pool_printf(pool, "%s.%.*s", record->name,
				    PSTR(str_cut(path, from, path.n))));
}

/* Rows that stand for objects chosen by name need not say the name again. */
static bool
is_named(const struct form_page *page, const struct record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct html_choices *choices =
		    html_choices(page->html, record->fields[i].refers);

		if (choices != NULL && !choices->more)
			return true;
	}
	return false;
}

static void
add_fields(const struct form_page *page, const struct record *record,
    struct str path, const struct json *json)
{
	struct pool *pool = page->out->pool;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const struct json *value = look_up(json, pool, field->name);
		struct str place = take_path(pool, path, str_of(field->name));
		struct str label = record_is_plain(record)
				       ? label_of_row(pool, record, path)
				       : label_of(pool, field);

		if ((field->flags & SECRET) != 0 && !page->html->secrets)
			continue;
		if (!is_fixed(page, field, place))
			add_field(page, field, label, place, value);
		else if (json_kind(value) != JSON_NULL &&
			 (field->flags & WRITEONLY) == 0 &&
			 !(path.n > 0 && is_named(page, record)))
			add_fixed(page, field, label, value);
	}
}

/* Only so does a browser send a file and not its name. */
static const char *
encoding(const struct record *record)
{
	for (size_t i = 0; record != NULL && i < record->count; i++)
		if (record->fields[i].format == TEXT_FILE)
			return "\" enctype=\"multipart/form-data\">\n";
	return "\">\n";
}

static void
add_player(const struct form_page *page, uint64_t id, const struct json *values)
{
	if (!page->html->plays || id == 0 ||
	    json_kind(json_get(values, "media_type")) != JSON_TEXT)
		return;
	buf_add_text(page->out, "<p><audio controls preload=\"none\" src=\"");
	buf_add_html(page->out, page->html->base);
	buf_printf(page->out, "/%llu/audio\"></audio>\n<a href=\"",
	    (unsigned long long)id);
	buf_add_html(page->out, page->html->base);
	buf_printf(page->out, "/%llu/audio?download=1\">Download</a></p>\n",
	    (unsigned long long)id);
}

static bool
has_input(const struct html *html)
{
	for (size_t i = 0; i < html->record->count; i++)
		if ((html->record->fields[i].flags & READONLY) == 0)
			return html->only == NULL || html->only[0] != NULL;
	return false;
}

/* "Extension 1001 Ann"; by its ID what has no name. */
static struct str
title_of(const struct html *html, uint64_t id, const struct json *values)
{
	struct pool *pool = html->req->pool;
	struct str one = heading_of(pool, str_of(html->record->name));
	struct str number = json_text(json_get(values, "number"));
	struct str name = json_text(json_get(values, "name"));

	if (number.n == 0 && name.n == 0)
		return pool_printf(
		    pool, "%.*s %llu", PSTR(one), (unsigned long long)id);
	return pool_printf(pool, "%.*s %.*s%s%.*s", PSTR(one), PSTR(number),
	    number.n > 0 && name.n > 0 ? " " : "", PSTR(name));
}

/* When it was made and changed, and whether it is gone. */
static void
add_dates(const struct html *html, uint64_t id, const struct json *values)
{
	static const struct field instant = {.kind = FIELD_INSTANT};
	struct str made = json_text(json_get(values, "created_at"));
	struct str changed = json_text(json_get(values, "updated_at"));
	struct buf *out = &html->req->out;

	if (made.n == 0 || html->single)
		return;
	buf_printf(out, "<p class=\"dates\">ID %llu, made %.*s",
	    (unsigned long long)id, PSTR(html_text(html, &instant, made)));
	if (changed.n > 0)
		buf_printf(out, ", changed %.*s",
		    PSTR(html_text(html, &instant, changed)));
	buf_add_text(out, "</p>\n");
}

void
html_form(const struct html *html, uint64_t id, const struct json *values,
    const struct err *err)
{
	static const char *const nothing[] = {NULL};
	struct html own = *html;
	struct form_page page = {&own, &html->req->out, err, ""};
	struct pool *pool = html->req->pool;
	struct str heading = html->title;
	bool changes;

	if (html->does != NULL)
		heading = str_of(html->does);
	else if (!html->single)
		heading =
		    id != 0
			? title_of(html, id, values)
			: pool_printf(pool, "New %.*s",
			      PSTR(words_of(pool, str_of(html->record->name))));
	if (!html->may_change && (id != 0 || html->single))
		own.only = nothing;
	changes = has_input(&own);
	html_open(html, err != NULL ? err_status(err->code) : 200, heading);
	if (err != NULL)
		html_problem(html, err);
	buf_add_text(page.out, "<form method=\"post\" action=\"");
	buf_add_html(page.out, html->base);
	if (id != 0 && !html->single)
		buf_printf(page.out, "/%llu", (unsigned long long)id);
	buf_add_text(page.out, encoding(html->record));
	if (id != 0)
		form_input(
		    &page, "hidden", NULL, STR("_method"), STR("PATCH"), "");
	form_input(&page, "hidden", NULL, STR("_csrf"), html->csrf, "");
	buf_add_char(page.out, '\n');
	add_fields(&page, html->record, STR(""), values);
	if (changes)
		buf_printf(page.out, "<button>%s</button>\n",
		    html->does != NULL ? html->does : "Save");
	buf_add_text(page.out, "</form>\n");
	add_player(&page, id, values);
	add_dates(html, id, values);
	if (id != 0 && html->may_delete && !html->single)
		buf_printf(page.out,
		    "<p><a href=\"%.*s/%llu/delete\">Delete</a></p>\n",
		    PSTR(html->base), (unsigned long long)id);
}

void
html_action(const struct html *html, uint64_t id, const char *action,
    const struct record *takes, const struct json *values,
    const struct err *err)
{
	struct html own = *html;
	struct pool *pool = html->req->pool;
	struct form_page page = {
	    &own, &html->req->out, err, pool_printf(pool, "%s-", action).p};
	struct str name = deed_of(pool, str_of(action));

	own.only = NULL;
	buf_add_text(page.out, "<form method=\"post\" action=\"");
	buf_add_html(page.out, html->base);
	if (id != 0)
		buf_printf(page.out, "/%llu", (unsigned long long)id);
	buf_printf(page.out, "/%s%s", action, encoding(takes));
	form_input(&page, "hidden", NULL, STR("_csrf"), html->csrf, "");
	buf_add_char(page.out, '\n');
	if (takes != NULL) {
		buf_add_text(page.out, "<h2>");
		buf_add_html(page.out, name);
		buf_add_text(page.out, "</h2>\n");
		add_fields(&page, takes, STR(""), values);
	}
	buf_add_text(page.out, "<button>");
	buf_add_html(page.out, name);
	buf_add_text(page.out, "</button>\n</form>\n");
}
