/* Voices and trunks: what there is at the carrier to choose from. */
#include "instant.h"
#include "settings.h"

/* clang-format off */
static const struct field language_fields[] = {
	{ FIELD_AS(text_row, text, ""), .flags = READONLY },
};
static const struct record language_row = {
	.name = "language", RECORD(text_row, language_fields),
};
static const struct field voice_fields[] = {
	{ FIELD(voice_row, voice), .flags = READONLY,
	    .help = "as the settings and menus name it" },
	{ FIELD(voice_row, gender), .flags = READONLY },
	{ FIELD(voice_row, provider), .flags = READONLY },
	{ FIELD(voice_row, languages), .of = &language_row,
	    .flags = READONLY },
};
static const struct record voice_record = {
	.name = "voice", RECORD(voice_row, voice_fields),
};
static const struct field trunk_fields[] = {
	{ FIELD(trunk_row, name), .flags = READONLY,
	    .help = "as outbound rules name it" },
	{ FIELD(trunk_row, direction), .flags = READONLY },
	{ FIELD(trunk_row, transport), .flags = READONLY },
};
static const struct record trunk_record = {
	.name = "trunk", RECORD(trunk_row, trunk_fields),
};

#define LIST_FIELDS(of_what, name_of)                                  \
	{ FIELD(carrier_list_record, note), .flags = READONLY,         \
	    .help = "why there are none, or old ones" },               \
	{ FIELD(carrier_list_record, fetched_at), .flags = READONLY }, \
	{ FIELD_AS(carrier_list_record, rows, name_of), .of = (of_what), \
	    .flags = READONLY }
static const struct field voices_fields[] = {
	LIST_FIELDS(&voice_record, "voices"),
};
static const struct field trunks_fields[] = {
	LIST_FIELDS(&trunk_record, "trunks"),
};
/* clang-format on */

const struct record voices_record = {
    .name = "voices",
    RECORD(carrier_list_record, voices_fields),
};
const struct record trunks_record = {
    .name = "trunks",
    RECORD(carrier_list_record, trunks_fields),
};

/* Reads the row; *list is NULL when it was never fetched. */
static struct err *
load(struct change *change, const char *name, struct carrier_list_record *x,
    const struct json **list)
{
	struct rows *rows;
	bool keyed;

	*list = NULL;
	TRY(QUERY(change->db,
	    "SELECT s.carrier = 'cloudonix' AND s.carrier_api_key_sealed IS NOT"
	    " NULL, l.document, l.failure, l.fetched_at FROM settings s"
	    " LEFT JOIN carrier_lists l"
	    " ON l.organization_id = s.organization_id AND l.name = ?"
	    " WHERE s.id = ?",
	    &rows, TEXT(str_of(name)), INT(change->organization)));
	keyed = rows_int(rows, 0, 0) != 0;
	x->note = rows_text(rows, 0, 2);
	x->fetched_at.at = instant_of(rows_text(rows, 0, 3));
	if (!keyed)
		x->note = STR("Without an API key of the carrier nobody can "
			      "ask what there is.");
	else if (x->fetched_at.at == 0)
		x->note = STR("It was not fetched yet.");
	if (rows_text(rows, 0, 1).p == NULL)
		return NULL;
	return json_parse(change->pool, rows_text(rows, 0, 1), list);
}

static struct children
languages_of(struct pool *pool, const struct json *list)
{
	size_t count = json_count(list);
	struct text_row *rows = NEW_ARRAY(pool, struct text_row, count + 1);

	for (size_t i = 0; i < count; i++)
		rows[i].text = json_text(json_at(list, i));
	return (struct children){count, rows};
}

struct err *
voices_load(struct change *change, struct carrier_list_record *x)
{
	const struct json *list;
	struct voice_row *rows;

	TRY(load(change, "voices", x, &list));
	rows = NEW_ARRAY(change->pool, struct voice_row, json_count(list) + 1);
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *one = json_at(list, i);

		rows[i] = (struct voice_row){
		    json_text(json_get(one, "voice")),
		    json_text(json_get(one, "gender")),
		    json_text(json_get(one, "provider")),
		    languages_of(change->pool, json_get(one, "languages")),
		};
	}
	x->rows = (struct children){json_count(list), rows};
	return NULL;
}

struct err *
trunks_load(struct change *change, struct carrier_list_record *x)
{
	const struct json *list;
	struct trunk_row *rows;

	TRY(load(change, "trunks", x, &list));
	rows = NEW_ARRAY(change->pool, struct trunk_row, json_count(list) + 1);
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *one = json_at(list, i);

		rows[i] = (struct trunk_row){
		    json_text(json_get(one, "name")),
		    json_text(json_get(one, "direction")),
		    json_text(json_get(one, "transport")),
		};
	}
	x->rows = (struct children){json_count(list), rows};
	return NULL;
}
