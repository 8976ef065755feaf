/* An object as a form: one input a field, complaints beside their inputs. */
#include "html.h"
#include "take.h"
#include "words.h"

struct form_page {
	const struct html *html;
	struct buf *out;
	const struct err *err;
};

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

/* What an input shows: numbers and booleans as they are written. */
static struct str
value_text(struct pool *pool, const struct json *json)
{
	if (json_kind(json) == JSON_NULL)
		return STR("");
	if (json_kind(json) == JSON_TEXT)
		return json_text(json);
	return json_print(pool, json);
}

static void
add_complaints(const struct form_page *page, struct str path)
{
	const struct complaint *c =
	    page->err != NULL ? page->err->complaints : NULL;

	for (; c != NULL; c = c->next)
		if (str_equal(c->field, path)) {
			buf_add_text(page->out, " <em class=\"complaint\">");
			buf_add_html(page->out, c->text);
			buf_add_text(page->out, "</em>");
		}
}

static void
add_option(const struct form_page *page, struct str value, struct str label,
    struct str chosen)
{
	buf_add_text(page->out, "<option value=\"");
	buf_add_html(page->out, value);
	buf_printf(
	    page->out, "\"%s>", str_equal(value, chosen) ? " selected" : "");
	buf_add_html(page->out, label);
	buf_add_text(page->out, "</option>");
}

static void
add_input(const struct form_page *page, const char *type, struct str path,
    struct str value, const char *more)
{
	buf_printf(page->out, "<input type=\"%s\" name=\"", type);
	buf_add_html(page->out, path);
	buf_add_text(page->out, "\" value=\"");
	buf_add_html(page->out, value);
	buf_printf(page->out, "\"%s>", more);
}

static void
open_select(const struct form_page *page, struct str path)
{
	buf_add_text(page->out, "<select name=\"");
	buf_add_html(page->out, path);
	buf_add_text(page->out, "\">");
}

static void
add_choice(const struct form_page *page, const struct field *field,
    struct str path, struct str value)
{
	open_select(page, path);
	/* So that an empty line of a list stays empty. */
	if (value.n == 0)
		add_option(page, STR(""), STR("-"), value);
	if (field->kind == FIELD_BOOL) {
		add_option(page, STR("false"), STR("no"), value);
		add_option(page, STR("true"), STR("yes"),
		    str_is(value, "1") || str_is(value, "on") ? STR("true")
							      : value);
	} else {
		for (size_t i = 0; field->choices[i] != NULL; i++)
			add_option(page, str_of(field->choices[i]),
			    words_of(
				page->out->pool, str_of(field->choices[i])),
			    value);
	}
	buf_add_text(page->out, "</select>");
}

static void
add_area(const struct form_page *page, struct str path, struct str value)
{
	buf_add_text(page->out, "<textarea rows=\"3\" name=\"");
	buf_add_html(page->out, path);
	/* A line break right behind the tag is not part of the text. */
	buf_add_text(page->out, "\">\n");
	buf_add_html(page->out, value);
	buf_add_text(page->out, "</textarea>");
}

static void
add_target(const struct form_page *page, const struct field *field,
    struct str path, const struct json *json)
{
	struct pool *pool = page->out->pool;
	struct str type = json_text(json_get(json, "type"));
	struct str place = pool_printf(pool, "%.*s.type", PSTR(path));

	open_select(page, place);
	add_option(page, STR(""), STR("-"), type);
	for (int i = TARGET_EXTENSION; i <= TARGET_HANGUP; i++) {
		struct str name = str_of(target_type_name((enum target_type)i));

		if ((field->targets & TARGET_BIT(i)) != 0)
			add_option(page, name, words_of(pool, name), type);
	}
	buf_add_text(page->out, "</select>");
	add_complaints(page, place);
	place = pool_printf(pool, "%.*s.id", PSTR(path));
	buf_add_text(page->out, " <label>ID ");
	add_input(page, "text", place, value_text(pool, json_get(json, "id")),
	    " inputmode=\"numeric\"");
	buf_add_text(page->out, "</label>");
	add_complaints(page, place);
	if ((field->targets & TARGET_BIT(TARGET_EXTERNAL)) == 0)
		return;
	place = pool_printf(pool, "%.*s.number", PSTR(path));
	buf_add_text(page->out, " <label>Number ");
	add_input(page, "text", place,
	    value_text(pool, json_get(json, "number")), "");
	buf_add_text(page->out, "</label>");
	add_complaints(page, place);
}

static void
add_value(const struct form_page *page, const struct field *field,
    struct str path, struct str value)
{
	if ((field->flags & READONLY) != 0) {
		buf_add_text(page->out, "<output>");
		buf_add_html(page->out, value);
		buf_add_text(page->out, "</output>");
	} else if (field->format == TEXT_FILE) {
		/* No page can fill this in. */
		add_input(page, "file", path, STR(""),
		    " accept=\"audio/wav,audio/mpeg,.wav,.mp3\"");
	} else if ((field->flags & WRITEONLY) != 0) {
		/* What was typed in vain is not said back either. */
		add_input(page, "password", path, STR(""),
		    " autocomplete=\"new-password\"");
	} else if (field->kind == FIELD_BOOL || field->kind == FIELD_CHOICE) {
		add_choice(page, field, path, value);
	} else if (field->kind == FIELD_JSON || field->format == TEXT_LINES) {
		add_area(page, path, value);
	} else {
		add_input(page, "text", path, value,
		    field->kind == FIELD_INT || field->kind == FIELD_ID
			? " inputmode=\"numeric\""
			: "");
	}
}

static void add_fields(const struct form_page *page,
    const struct record *record, struct str path, const struct json *json);

/* Those there are and some empty ones; empty lines are not sent on. */
static void
add_rows(const struct form_page *page, const struct field *field,
    struct str path, const struct json *json)
{
	size_t count = json_count(json);
	bool fixed = (field->flags & READONLY) != 0;
	size_t most = count + (fixed ? 0 : EMPTY_ROWS);

	if (field->max > 0 && most > (size_t)field->max)
		most = (size_t)field->max;
	if (most < count)
		most = count;
	for (size_t i = 0; i < most; i++) {
		struct str place =
		    pool_printf(page->out->pool, "%.*s.%zu", PSTR(path), i);

		buf_add_text(page->out, "<fieldset>");
		add_complaints(page, place);
		add_fields(page, field->of, place, json_at(json, i));
		buf_add_text(page->out, "</fieldset>\n");
	}
}

static void
add_link(const struct form_page *page, const char *responder)
{
	buf_printf(page->out, " <a href=\"/cgi-bin/%s\">%.*s</a>", responder,
	    PSTR(words_of(page->out->pool, str_of(responder))));
}

static void
add_field(const struct form_page *page, const struct field *field,
    struct str label, struct str path, const struct json *json)
{
	bool group = field->kind == FIELD_TARGET || field->kind == FIELD_LIST;

	buf_add_text(page->out, group ? "<fieldset><legend>" : "<p><label>");
	buf_add_html(page->out, label);
	buf_add_text(page->out, group ? "</legend>" : " ");
	if (field->kind == FIELD_TARGET)
		add_target(page, field, path, json);
	else if (field->kind == FIELD_LIST)
		add_rows(page, field, path, json);
	else
		add_value(page, field, path, value_text(page->out->pool, json));
	if (!group)
		buf_add_text(page->out, "</label>");
	add_complaints(page, path);
	if (html_leads(page->html, field->refers))
		add_link(page, field->refers);
	if (field->help != NULL) {
		buf_add_text(page->out, " <small>");
		buf_add_html(page->out, str_of(field->help));
		buf_add_text(page->out, "</small>");
	}
	buf_add_text(page->out, group ? "</fieldset>\n" : "</p>\n");
}

static void
add_fields(const struct form_page *page, const struct record *record,
    struct str path, const struct json *json)
{
	struct pool *pool = page->out->pool;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const struct json *value = look_up(json, pool, field->name);

		if ((field->flags & SECRET) != 0 && !page->html->secrets)
			continue;
		if ((field->flags & READONLY) != 0 &&
		    json_kind(value) == JSON_NULL)
			continue;
		add_field(page, field,
		    record_is_plain(record)
			? heading_of(pool, str_of(record->name))
			: label_of(pool, field),
		    take_path(pool, path, str_of(field->name)), value);
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
has_input(const struct record *record)
{
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & READONLY) == 0)
			return true;
	return false;
}

void
html_form(const struct html *html, uint64_t id, const struct json *values,
    const struct err *err)
{
	struct form_page page = {html, &html->req->out, err};
	struct pool *pool = html->req->pool;
	struct str name = str_of(html->record->name);
	struct str heading = html->title;

	if (html->does != NULL)
		heading = str_of(html->does);
	else if (!html->single)
		heading = id == 0 ? pool_printf(pool, "New %.*s",
					PSTR(words_of(pool, name)))
				  : pool_printf(pool, "%.*s %llu",
					PSTR(heading_of(pool, name)),
					(unsigned long long)id);

	html_open(html, err != NULL ? err_status(err->code) : 200, heading);
	if (err != NULL)
		html_problem(html, err);
	buf_add_text(page.out, "<form method=\"post\" action=\"");
	buf_add_html(page.out, html->base);
	if (id != 0 && !html->single)
		buf_printf(page.out, "/%llu", (unsigned long long)id);
	buf_add_text(page.out, encoding(html->record));
	if (id != 0)
		add_input(&page, "hidden", STR("_method"), STR("PATCH"), "");
	add_input(&page, "hidden", STR("_csrf"), html->csrf, "");
	buf_add_char(page.out, '\n');
	add_fields(&page, html->record, STR(""), values);
	if (html->may_change && has_input(html->record))
		buf_printf(page.out, "<button>%s</button>\n",
		    html->does != NULL ? html->does : "Save");
	buf_add_text(page.out, "</form>\n");
	add_player(&page, id, values);
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
	struct form_page page = {html, &html->req->out, err};
	struct str name = heading_of(html->req->pool, str_of(action));

	buf_add_text(page.out, "<form method=\"post\" action=\"");
	buf_add_html(page.out, html->base);
	if (id != 0)
		buf_printf(page.out, "/%llu", (unsigned long long)id);
	buf_printf(page.out, "/%s%s", action, encoding(takes));
	add_input(&page, "hidden", STR("_csrf"), html->csrf, "");
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
