/* Values in words: names for ids, a clock's time for instants. */
#include "clock.h"
#include "html.h"
#include "words.h"

const struct html_choices *
html_choices(const struct html *html, const char *of)
{
	const struct html_choices *choices = html->choices;

	while (of != NULL && choices != NULL && strcmp(choices->of, of) != 0)
		choices = choices->next;
	return of != NULL ? choices : NULL;
}

const char *
html_target_responder(enum target_type type)
{
	static const char *const responders[] = {
	    [TARGET_EXTENSION] = "extensions",
	    [TARGET_RING_GROUP] = "ring-groups",
	    [TARGET_IVR_MENU] = "ivr-menus",
	    [TARGET_BUSINESS_HOURS] = "business-hours",
	    [TARGET_CONFERENCE_ROOM] = "conference-rooms",
	    [TARGET_VOICEMAIL] = "extensions",
	    [TARGET_HANGUP] = NULL,
	};

	return responders[type];
}

/* What an id is called; absent when that is not known here. */
static struct str
name_of(const struct html *html, const char *responder, struct str id)
{
	const struct html_choices *choices = html_choices(html, responder);

	for (size_t i = 0; choices != NULL && i < choices->count; i++)
		if (str_equal(choices->values[i], id))
			return choices->names[i];
	return NO_STR;
}

static struct str
instant_text(const struct html *html, struct str text)
{
	struct pool *pool = html->req->pool;
	struct local_time t;
	int64_t instant;

	if (!clock_parse(text, &instant))
		return text;
	if (html->zone == NULL)
		return pool_printf(pool, "%.*s %.*s UTC",
		    PSTR(str_cut(text, 0, 10)), PSTR(str_cut(text, 11, 19)));
	t = zone_local(html->zone, instant);
	return pool_printf(pool, "%04d-%02d-%02d %02d:%02d:%02d", t.year,
	    t.month, t.day, t.hour, t.minute, t.second);
}

/* "ring_group 5", "external +12125550100", "hangup". */
static struct str
target_text(const struct html *html, struct str text)
{
	struct pool *pool = html->req->pool;
	enum target_type type = TARGET_NONE;
	struct str rest = text, word, name;

	str_next(&rest, ' ', &word);
	if (!target_type_parse(word, &type))
		return text;
	name = name_of(html, html_target_responder(type), rest);
	if (name.p == NULL)
		name = rest;
	return pool_printf(pool, "%.*s%s%.*s", PSTR(words_of(pool, word)),
	    name.n > 0 ? " " : "", PSTR(name));
}

static struct str
number_text(const struct field *field, struct str text)
{
	int64_t number;

	for (size_t i = 0; field->words != NULL && field->words[i] != NULL; i++)
		if (str_to_int(text, field->min, INT32_MAX, &number) &&
		    number == field->min + (int64_t)i)
			return str_of(field->words[i]);
	return text;
}

struct str
html_text(const struct html *html, const struct field *field, struct str text)
{
	struct str name;

	if (text.n == 0)
		return text;
	switch (field->kind) {
	case FIELD_BOOL:
		return str_is(text, "true") ? STR("yes") : STR("no");
	case FIELD_CHOICE:
		return words_of(html->req->pool, text);
	case FIELD_ID:
		name = name_of(html, field->refers, text);
		return name.p != NULL ? name : text;
	case FIELD_TARGET:
		return target_text(html, text);
	case FIELD_INSTANT:
		return instant_text(html, text);
	case FIELD_INT:
	case FIELD_SUM:
		return number_text(field, text);
	case FIELD_TEXT:
	case FIELD_DID:
	case FIELD_JSON:
	case FIELD_LIST:
		break;
	}
	return text;
}

void
html_text_add(
    const struct html *html, const struct field *field, struct str text)
{
	struct str words = html_text(html, field, text), id = text, word;
	const char *responder = field->kind == FIELD_ID ? field->refers : NULL;
	enum target_type type;

	if (field->kind == FIELD_TARGET && str_next(&id, ' ', &word) &&
	    target_type_parse(word, &type))
		responder = html_target_responder(type);
	if (id.n > 0 && html_leads(html, responder))
		html_link(html,
		    pool_printf(html->req->pool, "/cgi-bin/%s/%.*s", responder,
			PSTR(id)),
		    words);
	else
		buf_add_html(&html->req->out, words);
}

void
html_cell(
    const struct html *html, const struct field *field, const void *object)
{
	html_text_add(html, field, field_print(html->req->pool, field, object));
}
