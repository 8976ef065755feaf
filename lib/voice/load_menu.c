/*
 * Menus and conference rooms.
 */
#include "load.h"

#include "load_row.h"

static struct err *
load_options(const struct loading *l, struct str key, struct ivr_menu *x)
{
	struct rows *rows;

	TRY(QUERY(l->db,
	    "SELECT digits, label, target_type, target_id, target_number"
	    " FROM ivr_menu_options WHERE ivr_menu_id = ?"
	    " ORDER BY position, digits",
	    &rows, TEXT(key)));
	x->options = NEW_ARRAY(l->pool, struct option, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct columns r = {rows, i, 0};

		x->options[i].digits = next_text(&r);
		x->options[i].label = next_text(&r);
		x->options[i].target = next_target(&r);
	}
	x->option_count = rows->count;
	return NULL;
}

struct err *
load_ivr_menu(const struct loading *l, struct str key, void **out)
{
	struct ivr_menu *x = NEW(l->pool, struct ivr_menu);
	struct rows *rows;
	struct columns r;

	TRY(QUERY(l->db,
	    "SELECT m.id, m.name, m.status,"
	    " g.audio_token, COALESCE(g.text, m.greeting_text),"
	    " COALESCE(g.voice, m.voice), COALESCE(g.language, m.language),"
	    " i.audio_token, COALESCE(i.text, m.invalid_text),"
	    " COALESCE(i.voice, m.voice), COALESCE(i.language, m.language),"
	    " n.audio_token, COALESCE(n.text, m.no_input_text),"
	    " COALESCE(n.voice, m.voice), COALESCE(n.language, m.language),"
	    " m.first_timeout, m.digit_timeout, m.max_attempts,"
	    " m.direct_dial, m.timeout_type, m.timeout_id, m.timeout_number"
	    " FROM ivr_menus m"
	    " LEFT JOIN prompts g ON g.id = m.greeting_prompt_id"
	    "  AND g.living = 1"
	    " LEFT JOIN prompts i ON i.id = m.invalid_prompt_id"
	    "  AND i.living = 1"
	    " LEFT JOIN prompts n ON n.id = m.no_input_prompt_id"
	    "  AND n.living = 1"
	    " WHERE m.id = ? AND m.living = 1",
	    &rows, TEXT(key)));
	if (rows->count == 0)
		return NULL;
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	x->name = next_text(&r);
	x->active = next_is(&r, "active");
	x->greeting = next_prompt(&r, l);
	x->invalid = next_prompt(&r, l);
	x->no_input = next_prompt(&r, l);
	x->first_timeout = (int)next_int(&r);
	x->digit_timeout = (int)next_int(&r);
	x->max_attempts = (int)next_int(&r);
	x->direct_dial = next_bool(&r);
	x->timeout_target = next_target(&r);
	*out = x;
	return load_options(l, key, x);
}

struct err *
load_conference_room(const struct loading *l, struct str key, void **out)
{
	struct conference_room *x = NEW(l->pool, struct conference_room);
	struct rows *rows;
	struct columns r;

	TRY(QUERY(l->db,
	    "SELECT id, name, pin_sealed, host_pin_sealed, wait_for_host,"
	    " muted, beep, record, max_participants"
	    " FROM conference_rooms WHERE id = ? AND living = 1",
	    &rows, TEXT(key)));
	if (rows->count == 0)
		return NULL;
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	x->name = next_text(&r);
	x->pin = next_text(&r);
	x->host_pin = next_text(&r);
	x->wait_for_host = next_bool(&r);
	x->muted = next_bool(&r);
	x->beep = next_bool(&r);
	x->record = next_bool(&r);
	x->max_participants = (int)next_int(&r);
	*out = x;
	return NULL;
}
