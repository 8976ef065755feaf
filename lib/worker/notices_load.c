#include "instant.h"
#include "notices_private.h"

#include <inttypes.h>

static struct err *
load_call(struct telling_notice *t, struct str key)
{
	struct rows *rows;

	if (key.p == NULL)
		return NULL;
	TRY(QUERY(t->work->db,
	    "SELECT id, call_key, direction, state, from_raw, to_raw,"
	    " from_number, to_number, caller_name, did_id, from_extension_id,"
	    " extension_id, started_at, legs, steps, target_type, target_id"
	    " FROM calls WHERE organization_id = ? AND call_key = ?",
	    &rows, INT(t->organization), TEXT(key)));
	if (rows->count == 0)
		return NULL;
	t->call = rows;
	TRY(json_parse(t->pool, rows_text(rows, 0, CALL_LEGS), &t->legs));
	return json_parse(t->pool, rows_text(rows, 0, CALL_STEPS), &t->steps);
}

static struct err *
load_message(struct telling_notice *t, uint64_t id)
{
	struct rows *rows;
	struct str type;

	if (id == 0)
		return NULL;
	TRY(QUERY(t->work->db,
	    "SELECT v.id, v.extension_id, v.from_number, v.caller_name,"
	    " v.received_at, v.seconds, v.media_type, v.state,"
	    " e.voicemail_email, e.number, e.name FROM voicemails v"
	    " JOIN extensions e ON e.id = v.extension_id WHERE v.id = ?"
	    " AND v.deleted_at IS NULL",
	    &rows, INT(id)));
	if (rows->count == 0)
		return NULL;
	t->message = rows;
	t->mailbox_email = rows_text(rows, 0, MESSAGE_EMAIL);
	type = rows_text(rows, 0, MESSAGE_TYPE);
	if (!str_is(rows_text(rows, 0, MESSAGE_STATE), "ready"))
		return NULL;
	/* As lib/store/audio.h lays them out, below var_dir. */
	t->file = pool_printf(t->pool, "audio/%" PRIu64 "/voicemail/%" PRIu64,
	    t->organization, id);
	t->file_type = type;
	t->file_name = pool_printf(t->pool, "message-%" PRIu64 "%s", id,
	    str_is(type, "audio/mpeg") ? ".mp3" : ".wav");
	return NULL;
}

struct err *
notice_load(struct telling_notice *t, bool *pending)
{
	struct rows *rows, *zones;

	*pending = false;
	/* The notice alone: others refer to the organization meanwhile. */
	TRY(QUERY(t->work->db,
	    "SELECT event, text, created_at, call_key, voicemail_id, pending"
	    " FROM notices WHERE id = ? FOR UPDATE",
	    &rows, INT(t->id)));
	t->found = rows->count == 1;
	if (!t->found)
		return NULL;
	*pending = rows_int(rows, 0, 5) == 1;
	TRY(QUERY(t->work->db,
	    "SELECT timezone FROM organizations WHERE id = ?", &zones,
	    INT(t->organization)));
	t->event = rows_text(rows, 0, 0);
	t->text = rows_text(rows, 0, 1);
	t->at = instant_of(rows_text(rows, 0, 2));
	t->timezone = rows_text(zones, 0, 0);
	TRY(load_call(t, rows_text(rows, 0, 3)));
	return load_message(t, (uint64_t)rows_int(rows, 0, 4));
}

static bool
rang(const struct telling_notice *t, uint64_t extension)
{
	for (size_t i = 0; i < json_count(t->legs); i++)
		if ((uint64_t)json_int(json_get(
			json_at(t->legs, i), "extension_id")) == extension)
			return true;
	return false;
}

/* Did the call come through it? */
static bool
passed(const struct telling_notice *t, const char *type, uint64_t id)
{
	for (size_t i = 0; i < json_count(t->steps); i++) {
		const struct json *step = json_at(t->steps, i);

		if (str_is(json_text(json_get(step, "type")), type) &&
		    (uint64_t)json_int(json_get(step, "id")) == id)
			return true;
	}
	return false;
}

static bool
is_column(const struct rows *rows, size_t column, uint64_t id)
{
	return rows != NULL && (uint64_t)rows_int(rows, 0, column) == id;
}

bool
notice_is_about(const struct telling_notice *t, struct str type, uint64_t id)
{
	if (str_is(type, "did"))
		return is_column(t->call, CALL_DID, id);
	if (str_is(type, "ring_group"))
		return passed(t, "ring_group", id) ||
		       (is_column(t->call, CALL_TARGET_ID, id) &&
			   str_is(rows_text(t->call, 0, CALL_TARGET_TYPE),
			       "ring_group"));
	if (!str_is(type, "extension"))
		return false;
	if (str_is(t->event, "voicemail"))
		return is_column(t->message, MESSAGE_EXTENSION, id);
	if (str_is(t->event, "emergency"))
		return is_column(t->call, CALL_FROM_EXTENSION, id);
	return is_column(t->call, CALL_EXTENSION, id) || rang(t, id);
}
