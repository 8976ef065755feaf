#include "phone.h"

#include "did.h"
#include "json.h"

/* {"do_not_disturb": true} and the like, for the audit row. */
static struct str
document(struct pool *pool, const char *key, struct str raw)
{
	struct buf text = buf_new(pool, 96);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_raw(&out, key, raw);
	json_close(&out, '}');
	return buf_str(&text);
}

static struct str
json_of(struct pool *pool, struct str text)
{
	struct buf out = buf_new(pool, text.n + 8);

	buf_add_json(&out, text);
	return buf_str(&out);
}

static struct str
target_text(struct pool *pool, const struct target *target)
{
	struct buf text = buf_new(pool, 96);
	struct json_out out = {&text, false};

	if (target->type == TARGET_NONE)
		return STR("null");
	json_open(&out, NULL, '{');
	json_put_text(&out, "type", str_of(target_type_name(target->type)));
	if (target->type == TARGET_EXTERNAL)
		json_put_text(&out, "number", target->number);
	else
		json_put_int(&out, "id", (int64_t)target->id);
	json_close(&out, '}');
	return buf_str(&text);
}

static struct err *
record(struct change *change, const char *action, const char *type, uint64_t id,
    struct str before, struct str after)
{
	struct audit audit = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = action,
	    .type = type,
	    .id = id,
	    .before = before,
	    .after = after};

	return audit_write(change->db, change->pool, &audit);
}

static struct err *
set_do_not_disturb(struct change *change, uint64_t id, bool on)
{
	uint64_t affected;

	TRY(EXEC(change->db,
	    "UPDATE extensions SET do_not_disturb = ?"
	    " WHERE id = ? AND living = 1 AND do_not_disturb <> ?",
	    &affected, INT(on), INT(id), INT(on)));
	if (affected == 0)
		return NULL;
	return record(change, "update", "extension", id,
	    document(change->pool, "do_not_disturb",
		on ? STR("false") : STR("true")),
	    document(change->pool, "do_not_disturb",
		on ? STR("true") : STR("false")));
}

static struct err *
set_forward(struct change *change, uint64_t id, const struct target *target)
{
	struct target before = {.type = TARGET_NONE};
	struct rows *rows;
	bool none = target->type == TARGET_NONE;

	TRY(QUERY(change->db,
	    "SELECT always_type, always_id, always_number FROM extensions"
	    " WHERE id = ? AND living = 1 FOR UPDATE",
	    &rows, INT(id)));
	if (rows->count == 0)
		return err_new(change->pool, NOT_FOUND, "No such extension.");
	if (target_type_parse(rows_text(rows, 0, 0), &before.type)) {
		before.id = (uint64_t)rows_int(rows, 0, 1);
		before.number = rows_text(rows, 0, 2);
	}
	TRY(EXEC(change->db,
	    "UPDATE extensions SET always_type = ?, always_id = ?,"
	    " always_number = ? WHERE id = ? AND living = 1",
	    NULL, none ? NIL : TEXT(str_of(target_type_name(target->type))),
	    target->id != 0 ? INT(target->id) : NIL, TEXT(target->number),
	    INT(id)));
	return record(change, "update", "extension", id,
	    document(change->pool, "forward_always",
		target_text(change->pool, &before)),
	    document(change->pool, "forward_always",
		target_text(change->pool, target)));
}

/* One that is gone meanwhile cannot be proved either. */
static struct err *
prove(struct change *change, uint64_t id)
{
	struct err *err = did_prove(change, id);

	return err != NULL && err->code == NOT_FOUND
		   ? err_new(change->pool, CONFLICT, "The number is gone.")
		   : err;
}

static struct err *
set_message(struct change *change, uint64_t id, bool deleted)
{
	uint64_t affected;

	if (!deleted) {
		TRY(EXEC(change->db,
		    "UPDATE voicemails SET heard_at = CURRENT_TIMESTAMP(3)"
		    " WHERE id = ? AND heard_at IS NULL",
		    &affected, INT(id)));
		/* Of a message that was heard before there is nothing new. */
		if (affected == 0)
			return NULL;
		return record(change, "update", "voicemail", id,
		    document(change->pool, "heard", STR("false")),
		    document(change->pool, "heard", STR("true")));
	}
	TRY(EXEC(change->db,
	    "UPDATE voicemails SET deleted_at = CURRENT_TIMESTAMP(3)"
	    " WHERE id = ? AND deleted_at IS NULL",
	    NULL, INT(id)));
	return record(change, "delete", "voicemail", id, NO_STR, NO_STR);
}

static struct err *
apply(struct change *change, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_EMERGENCY:
		return record(change, "emergency_call", "extension", effect->id,
		    NO_STR,
		    document(change->pool, "number",
			json_of(change->pool, effect->text)));
	case EFFECT_DO_NOT_DISTURB:
		return set_do_not_disturb(change, effect->id, effect->on);
	case EFFECT_FORWARD_ALWAYS:
		return set_forward(change, effect->id, &effect->target);
	case EFFECT_PROVE_DID:
		return prove(change, effect->id);
	case EFFECT_MESSAGE_HEARD:
		return set_message(change, effect->id, false);
	case EFFECT_MESSAGE_DELETED:
		return set_message(change, effect->id, true);
	case EFFECT_MISSED_CALL:
	case EFFECT_WRONG_PIN:
		break;
	}
	return NULL;
}

/* Configuration is cached and has a generation; the rest has none. */
static bool
is_configuration(enum effect_kind kind)
{
	return kind == EFFECT_DO_NOT_DISTURB || kind == EFFECT_FORWARD_ALWAYS ||
	       kind == EFFECT_PROVE_DID;
}

static struct err *
try_once(struct change *change, const struct effect *effect)
{
	struct err *err;

	if (is_configuration(effect->kind)) {
		err = change_begin(change);
		if (err == NULL)
			err = apply(change, effect);
		return change_end(change, err);
	}
	err =
	    db_begin(change->db, change->pool, DB_WRITE, change->organization);
	if (err == NULL)
		err = apply(change, effect);
	if (err == NULL)
		err = db_commit(change->db);
	if (err != NULL)
		db_rollback(change->db);
	return err;
}

struct err *
phone_apply(struct change *change, const struct effect *effect)
{
	struct err *err;

	if (effect->kind == EFFECT_MISSED_CALL ||
	    effect->kind == EFFECT_WRONG_PIN)
		return NULL;
	err = try_once(change, effect);
	if (err != NULL && db_may_retry(change->db))
		err = try_once(change, effect);
	return err;
}
