#include "html_input.h"

#include "take.h"
#include "words.h"

struct str
form_text(struct pool *pool, const struct json *json)
{
	if (json_kind(json) == JSON_NULL)
		return STR("");
	if (json_kind(json) == JSON_TEXT)
		return json_text(json);
	return json_print(pool, json);
}

/* Is this, or a part of it, complained of? */
static const struct complaint *
next_complaint(const struct form_page *page, const struct complaint *c,
    struct str path, bool parts)
{
	if (page->err == NULL)
		return NULL;
	for (c = c == NULL ? page->err->complaints : c->next; c != NULL;
	     c = c->next)
		if (str_equal(c->field, path) ||
		    (parts && str_starts(c->field, path) &&
			(str_is(str_cut(c->field, path.n, c->field.n), ".id") ||
			    str_is(str_cut(c->field, path.n, c->field.n),
				".type"))))
			return c;
	return NULL;
}

void
form_complaints(const struct form_page *page, struct str path, bool parts)
{
	const struct complaint *c = next_complaint(page, NULL, path, parts);

	if (c == NULL)
		return;
	buf_printf(page->out, " <em class=\"complaint\" id=\"%s", page->prefix);
	buf_add_html(page->out, path);
	buf_add_text(page->out, "-complaint\">");
	for (; c != NULL; c = next_complaint(page, c, path, parts)) {
		buf_add_html(page->out, c->text);
		buf_add_text(page->out, "<br>");
	}
	page->out->n -= strlen("<br>");
	buf_add_text(page->out, "</em>");
}

/*
 * The attributes of an input that lead to its label, its help and what is
 * wrong with it.
 */
static void
add_marks(const struct form_page *page, const struct field *field,
    struct str path, bool parts)
{
	bool wrong = next_complaint(page, NULL, path, parts) != NULL;
	struct str id =
	    pool_printf(page->out->pool, "%s%.*s", page->prefix, PSTR(path));

	buf_add_text(page->out, " id=\"");
	buf_add_html(page->out, id);
	buf_add_text(page->out, "\"");
	if (field == NULL)
		return;
	if ((field->flags & REQUIRED) != 0 && str_is(path, field->name))
		buf_add_text(page->out, " required");
	if (wrong)
		buf_add_text(page->out, " aria-invalid=\"true\"");
	if (!wrong && field->help == NULL)
		return;
	buf_add_text(page->out, " aria-describedby=\"");
	if (wrong) {
		buf_add_html(page->out, id);
		buf_printf(
		    page->out, "-complaint%s", field->help != NULL ? " " : "");
	}
	if (field->help != NULL) {
		buf_add_html(page->out, id);
		buf_add_text(page->out, "-help");
	}
	buf_add_text(page->out, "\"");
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

void
form_input(const struct form_page *page, const char *type,
    const struct field *field, struct str path, struct str value,
    const char *more)
{
	buf_printf(page->out, "<input type=\"%s\" name=\"", type);
	buf_add_html(page->out, path);
	buf_add_text(page->out, "\" value=\"");
	buf_add_html(page->out, value);
	buf_printf(page->out, "\"%s", more);
	if (strcmp(type, "hidden") != 0)
		add_marks(page, field, path, false);
	buf_add_text(page->out, ">");
}

static void
open_select(const struct form_page *page, const struct field *field,
    struct str name, struct str path, bool parts)
{
	buf_add_text(page->out, "<select name=\"");
	buf_add_html(page->out, name);
	buf_add_text(page->out, "\"");
	add_marks(page, field, path, parts);
	buf_add_text(page->out, ">");
}

static void
add_choice(const struct form_page *page, const struct field *field,
    struct str path, struct str value)
{
	open_select(page, field, path, path, false);
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

/* One of the objects there are; what else was typed stays to choose. */
static void
add_object(const struct form_page *page, const struct field *field,
    const struct html_choices *choices, struct str path, struct str value)
{
	bool known = value.n == 0;

	open_select(page, field, path, path, false);
	add_option(page, STR(""), STR("-"), value);
	for (size_t i = 0; i < choices->count; i++) {
		add_option(page, choices->values[i], choices->names[i], value);
		known = known || str_equal(value, choices->values[i]);
	}
	if (!known)
		add_option(page, value, value, value);
	buf_add_text(page->out, "</select>");
}

/* A value that has a name in words. */
static void
add_named(const struct form_page *page, const struct field *field,
    struct str path, struct str value)
{
	bool known = value.n == 0;

	open_select(page, field, path, path, false);
	add_option(page, STR(""), STR("-"), value);
	for (size_t i = 0; field->words[i] != NULL; i++) {
		struct str word = str_of(field->words[i]), own = word;

		if (field->kind == FIELD_INT)
			own = pool_printf(page->out->pool, "%lld",
			    (long long)field->min + (long long)i);
		add_option(page, own, word, value);
		known = known || str_equal(own, value);
	}
	if (!known)
		add_option(page, value, value, value);
	buf_add_text(page->out, "</select>");
}

static void
add_area(const struct form_page *page, const struct field *field,
    struct str path, struct str value)
{
	buf_add_text(page->out, "<textarea rows=\"3\" name=\"");
	buf_add_html(page->out, path);
	buf_add_text(page->out, "\"");
	add_marks(page, field, path, false);
	/* A line break right behind the tag is not part of the text. */
	buf_add_text(page->out, ">\n");
	buf_add_html(page->out, value);
	buf_add_text(page->out, "</textarea>");
}

void
form_value(const struct form_page *page, const struct field *field,
    struct str path, struct str value)
{
	const struct html_choices *choices =
	    html_choices(page->html, field->kind == FIELD_ID    ? field->refers
				     : field->kind == FIELD_DID ? HTML_NUMBERS
								: NULL);

	if (field->format == TEXT_FILE) {
		/* No page can fill this in. */
		form_input(page, "file", field, path, STR(""),
		    " accept=\"audio/wav,audio/mpeg,.wav,.mp3\"");
	} else if ((field->flags & WRITEONLY) != 0) {
		/* What was typed in vain is not said back either. */
		form_input(page, "password", field, path, STR(""),
		    " autocomplete=\"new-password\"");
	} else if (field->kind == FIELD_BOOL || field->kind == FIELD_CHOICE) {
		add_choice(page, field, path, value);
	} else if (field->words != NULL) {
		add_named(page, field, path, value);
	} else if (choices != NULL && !choices->more) {
		add_object(page, field, choices, path, value);
	} else if (field->kind == FIELD_JSON || field->format == TEXT_LINES) {
		add_area(page, field, path, value);
	} else {
		form_input(page, "text", field, path, value,
		    field->kind == FIELD_INT || field->kind == FIELD_ID
			? " inputmode=\"numeric\""
			: "");
	}
}

/* -- Targets ----------------------------------------------------------------
 */

/* The objects of one type; of too many the type alone, with an ID beside. */
static bool
add_targets(const struct form_page *page, enum target_type type,
    struct str chosen, bool *known)
{
	struct pool *pool = page->out->pool;
	const struct html_choices *choices =
	    html_choices(page->html, html_target_responder(type));
	const char *name = target_type_name(type);
	struct str words = heading_of(pool, str_of(name));

	*known = *known || str_is(chosen, name);
	if (choices == NULL || choices->more) {
		add_option(page, str_of(name), words, chosen);
		return html_target_responder(type) != NULL;
	}
	if (choices->count == 0)
		return false;
	buf_add_text(page->out, "<optgroup label=\"");
	buf_add_html(page->out, words);
	buf_add_text(page->out, "\">");
	for (size_t i = 0; i < choices->count; i++) {
		struct str value = pool_printf(
		    pool, "%s:%.*s", name, PSTR(choices->values[i]));

		add_option(page, value,
		    type == TARGET_VOICEMAIL
			? pool_printf(pool, "voicemail of %.*s",
			      PSTR(choices->names[i]))
			: choices->names[i],
		    chosen);
		*known = *known || str_equal(value, chosen);
	}
	buf_add_text(page->out, "</optgroup>");
	return false;
}

static void
add_part(const struct form_page *page, const char *label, struct str path,
    const char *name, const struct json *json, const char *more)
{
	struct pool *pool = page->out->pool;
	struct str place = pool_printf(pool, "%.*s.%s", PSTR(path), name);
	static const struct field plain = {.name = ""};

	buf_printf(page->out, " <label for=\"%s", page->prefix);
	buf_add_html(page->out, place);
	buf_printf(page->out, "\">%s</label> ", label);
	form_input(page, "text", &plain, place,
	    form_text(pool, json_get(json, name)), more);
}

/* What is chosen: "extension:5", "hangup", or as somebody else wrote it. */
static struct str
chosen_target(struct pool *pool, const struct json *json)
{
	struct str to = json_text(json_get(json, "to"));
	struct str type = json_text(json_get(json, "type"));
	struct str id = form_text(pool, json_get(json, "id"));

	if (to.n > 0 || id.n == 0)
		return to.n > 0 ? to : type;
	return pool_printf(pool, "%.*s:%.*s", PSTR(type), PSTR(id));
}

void
form_target(const struct form_page *page, const struct field *field,
    struct str path, const struct json *json)
{
	struct pool *pool = page->out->pool;
	struct str chosen = chosen_target(pool, json);
	bool many = false, known = chosen.n == 0;
	const struct html_choices *own;

	buf_add_text(page->out, "<label for=\"");
	buf_printf(page->out, "%s", page->prefix);
	buf_add_html(page->out, path);
	buf_add_text(page->out, "\">Where to</label> ");
	open_select(page, field, take_path(pool, path, STR("to")), path, true);
	add_option(page, STR(""), STR("-"), chosen);
	for (int i = TARGET_EXTENSION; i <= TARGET_HANGUP; i++) {
		enum target_type type = (enum target_type)i;

		if ((field->targets & TARGET_BIT(i)) == 0)
			continue;
		own = html_choices(page->html, html_target_responder(type));
		/* "extension:5" of those that are too many to choose from. */
		if (own != NULL && own->more &&
		    str_starts(chosen, str_of(target_type_name(type))))
			chosen = str_of(target_type_name(type));
		many = add_targets(page, type, chosen, &known) || many;
	}
	if (!known)
		add_option(page, chosen, chosen, chosen);
	buf_add_text(page->out, "</select>");
	form_complaints(page, path, true);
	if (many) {
		add_part(
		    page, "ID", path, "id", json, " inputmode=\"numeric\"");
		form_complaints(page, take_path(pool, path, STR("id")), false);
	}
	if ((field->targets & TARGET_BIT(TARGET_EXTERNAL)) == 0)
		return;
	add_part(page, "Number, if external", path, "number", json, "");
	form_complaints(page, take_path(pool, path, STR("number")), false);
}
