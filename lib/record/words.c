#include "words.h"

#include "buf.h"

/* What is not written as it is spelt in names. */
static const struct {
	const char *name, *word;
} spelt[] = {
    {"ai", "AI"},
    {"api", "API"},
    {"cdrs", "CDRs"},
    {"did", "DID"},
    {"dids", "DIDs"},
    {"email", "e-mail"},
    {"hangup", "hang up"},
    {"id", "ID"},
    {"ivr", "IVR"},
    {"mb", "MB"},
    {"params", "parameters"},
    {"pin", "PIN"},
    {"rates", "rate of"},
    {"retention", "keep"},
    {"sip", "SIP"},
    {"timezone", "time zone"},
    {"url", "URL"},
    {"uuid", "UUID"},
};

/* Actions whose name is that of what they make or change. */
static const struct {
	const char *action, *deed;
} deeds[] = {
    {"active", "Calls in progress"},
    {"audio", "Replace the audio"},
    {"carrier/wire", "Wire the carrier"},
    {"end", "End this session"},
    {"end-sessions", "End all sessions"},
    {"heard", "Mark as heard"},
    {"invite", "Send an invitation"},
    {"prove", "Confirm this number"},
    {"reset-two-factor", "Turn off one-time codes"},
    {"sip-password", "Make a new SIP password"},
    {"test", "Send a test"},
    {"unheard", "Mark as not heard"},
    {"voice-key", "Make a new voice key"},
    {"webhook-secret", "Make a new webhook secret"},
};

static bool
is_between(char c)
{
	return c == '_' || c == '.' || c == '-';
}

static void
add_word(struct buf *out, struct str name)
{
	int64_t place;

	if (name.n == 0)
		return;
	if (out->n > 0)
		buf_add_char(out, ' ');
	for (size_t i = 0; i < sizeof spelt / sizeof spelt[0]; i++)
		if (str_is(name, spelt[i].name)) {
			buf_add_text(out, spelt[i].word);
			return;
		}
	if (str_to_int(name, 0, INT32_MAX, &place))
		buf_add_int(out, place + 1);
	else
		buf_add(out, name);
}

static struct buf
spell(struct pool *pool, struct str name)
{
	struct buf out = buf_new(pool, name.n + 16);
	size_t from = 0;

	for (size_t i = 0; i < name.n; i++)
		if (is_between(name.p[i])) {
			add_word(&out, str_cut(name, from, i));
			from = i + 1;
		}
	add_word(&out, str_cut(name, from, name.n));
	return out;
}

struct str
words_of(struct pool *pool, struct str name)
{
	struct buf out = spell(pool, name);

	return buf_str(&out);
}

struct str
heading_of(struct pool *pool, struct str name)
{
	struct buf out = spell(pool, name);

	if (out.n > 0 && out.p[0] >= 'a' && out.p[0] <= 'z')
		out.p[0] = (char)(out.p[0] - 'a' + 'A');
	return buf_str(&out);
}

struct str
deed_of(struct pool *pool, struct str action)
{
	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
		if (str_is(action, deeds[i].action))
			return str_of(deeds[i].deed);
	return heading_of(pool, action);
}

struct str
label_of(struct pool *pool, const struct field *field)
{
	struct str name = str_of(field->name);

	if (field->kind == FIELD_ID &&
	    (str_ends(name, STR("_id")) || str_ends(name, STR(".id"))))
		name.n -= 3;
	return heading_of(pool, name);
}
