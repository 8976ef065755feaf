#include "folding_private.h"
#include "instant.h"

#define DAY_MS INT64_C(86400000)

static struct value
id_value(uint64_t id)
{
	return id != 0 ? INT(id) : NIL;
}

/* -- CDRs ------------------------------------------------------------------ */

/*
 * One that is there learns what is known of the call by now; sums that count
 * it keep what they know.
 */
static struct err *
write_cdr(struct folding_call *call, const struct folded_cdr *cdr)
{
	const struct evidence *e = cdr->evidence;
	struct pool *pool = call->pool;
	uint64_t affected;

	TRY(EXEC(call->db,
	    "INSERT INTO cdrs (organization_id, record_key, call_key,"
	    " direction, disposition, from_raw, to_raw, from_number,"
	    " to_number, did_id, extension_id, trunk, started_at,"
	    " answered_at, ended_at, duration, billed, cost, document)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?) ON DUPLICATE KEY UPDATE"
	    " direction = IF(unfolded = 1, VALUES(direction), direction),"
	    " did_id = IF(unfolded = 1, VALUES(did_id), did_id),"
	    " extension_id = IF(unfolded = 1, VALUES(extension_id),"
	    " extension_id)",
	    &affected, INT(call->organization), TEXT(cdr->key), TEXT(call->key),
	    TEXT(call->folded.direction), TEXT(cdr->disposition),
	    TEXT(e->from.p != NULL ? e->from : STR("")),
	    TEXT(e->to.p != NULL ? e->to : STR("")), TEXT(cdr->from_number),
	    TEXT(cdr->to_number), id_value(call->folded.did),
	    id_value(call->folded.extension),
	    e->trunk.n > 0 ? TEXT(e->trunk) : NIL,
	    instant_value(pool, cdr->started),
	    instant_value(pool, cdr->answered), instant_value(pool, cdr->ended),
	    INT(cdr->duration), INT(cdr->billed), TEXT(e->cost),
	    TEXT(e->document)));
	call->cdrs = call->cdrs || affected == 1;
	return NULL;
}

/* -- Recordings ------------------------------------------------------------ */

static struct str
party(struct str e164, struct str raw)
{
	return e164.n > 0 ? e164 : raw;
}

static struct value
days_after(struct pool *pool, int64_t at, int days)
{
	return days > 0 ? instant_value(pool, at + days * DAY_MS) : NIL;
}

static struct err *
insert_recording(
    struct folding_call *call, const struct folded_recording *recording)
{
	const struct folded_call *x = &call->folded;
	enum { MOST = sizeof call->recordings / sizeof *call->recordings };

	TRY(EXEC(call->db,
	    "INSERT INTO recordings (organization_id, call_key, leg, did_id,"
	    " extension_id, from_number, to_number, source_url, seconds,"
	    " recorded_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?)",
	    NULL, INT(call->organization), TEXT(call->key),
	    TEXT(recording->leg), id_value(x->did), id_value(x->extension),
	    TEXT(party(x->from_number, x->from_raw)),
	    TEXT(party(x->to_number, x->to_raw)), TEXT(recording->url),
	    recording->seconds >= 0 ? INT(recording->seconds) : NIL,
	    instant_value(call->pool, recording->at),
	    days_after(
		call->pool, recording->at, folding_recording_days(call))));
	if (call->recording_count < MOST)
		call->recordings[call->recording_count++] =
		    db_last_id(call->db);
	return NULL;
}

static bool
is_wanted(const struct folded_call *x, struct str leg)
{
	for (size_t i = 0; i < x->recording_count; i++)
		if (str_equal(x->recordings[i].leg, leg))
			return true;
	return false;
}

/* What turned out to be a message is no recording; whose it is may change. */
static struct err *
settle_recording(struct folding_call *call, const struct rows *rows, size_t i)
{
	const struct folded_call *x = &call->folded;
	int64_t id = rows_int(rows, i, 0);

	if (is_wanted(x, rows_text(rows, i, 1)))
		return EXEC(call->db,
		    "UPDATE recordings SET did_id = ?, extension_id = ?,"
		    " from_number = ?, to_number = ?"
		    " WHERE organization_id = ? AND id = ?",
		    NULL, id_value(x->did), id_value(x->extension),
		    TEXT(party(x->from_number, x->from_raw)),
		    TEXT(party(x->to_number, x->to_raw)),
		    INT(call->organization), INT(id));
	if (x->message == NULL ||
	    !fold_same_file(x->message->url, rows_text(rows, i, 2)))
		return NULL;
	return EXEC(call->db,
	    "UPDATE recordings SET deleted_at = UTC_TIMESTAMP(3)"
	    " WHERE organization_id = ? AND id = ? AND deleted_at IS NULL",
	    NULL, INT(call->organization), INT(id));
}

static struct err *
write_recordings(struct folding_call *call)
{
	const struct folded_call *x = &call->folded;
	struct rows *rows;

	TRY(QUERY(call->db,
	    "SELECT id, leg, source_url FROM recordings WHERE organization_id "
	    "= ?"
	    " AND call_key = ?",
	    &rows, INT(call->organization), TEXT(call->key)));
	for (size_t i = 0; i < rows->count; i++)
		TRY(settle_recording(call, rows, i));
	for (size_t i = 0; i < x->recording_count; i++) {
		bool there = false;

		for (size_t j = 0; j < rows->count; j++)
			there = there || str_equal(rows_text(rows, j, 1),
					     x->recordings[i].leg);
		if (!there)
			TRY(insert_recording(call, &x->recordings[i]));
	}
	return NULL;
}

/* -- Messages -------------------------------------------------------------- */

static struct err *
insert_message(struct folding_call *call)
{
	const struct folded_call *x = &call->folded;
	const struct folded_recording *message = x->message;
	struct rows *rows;

	TRY(QUERY(call->db,
	    "SELECT id FROM extensions WHERE organization_id = ? AND id = ?",
	    &rows, INT(call->organization), INT(message->mailbox)));
	if (rows->count == 0)
		return NULL;
	TRY(EXEC(call->db,
	    "INSERT INTO voicemails (organization_id, extension_id, call_key,"
	    " leg, from_number, caller_name, received_at, source_url,"
	    " seconds, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    NULL, INT(call->organization), INT(message->mailbox),
	    TEXT(call->key), TEXT(message->leg),
	    TEXT(party(x->from_number, x->from_raw)), TEXT(x->caller_name),
	    instant_value(call->pool, message->at), TEXT(message->url),
	    message->seconds >= 0 ? INT(message->seconds) : NIL,
	    days_after(call->pool, message->at, folding_voicemail_days(call))));
	call->message = db_last_id(call->db);
	return NULL;
}

/* The carrier's own word came after ours: until it is fetched it counts. */
static struct err *
write_message(struct folding_call *call)
{
	const struct folded_call *x = &call->folded;
	const struct folded_recording *message = x->message;
	uint64_t changed;
	struct rows *rows;

	TRY(QUERY(call->db,
	    "SELECT id FROM voicemails WHERE organization_id = ?"
	    " AND call_key = ? AND leg = ?",
	    &rows, INT(call->organization), TEXT(call->key),
	    TEXT(message->leg)));
	if (rows->count == 0)
		return insert_message(call);
	TRY(EXEC(call->db,
	    "UPDATE voicemails SET from_number = ?, caller_name = ?"
	    " WHERE organization_id = ? AND id = ?",
	    NULL, TEXT(party(x->from_number, x->from_raw)),
	    TEXT(x->caller_name), INT(call->organization),
	    INT(rows_int(rows, 0, 0))));
	TRY(EXEC(call->db,
	    "UPDATE voicemails SET source_url = ?, state = 'pending',"
	    " failure = NULL, seconds = COALESCE(?, seconds)"
	    " WHERE organization_id = ? AND id = ? AND state <> 'ready'"
	    " AND deleted_at IS NULL AND source_url <> ?",
	    &changed, TEXT(message->url),
	    message->seconds >= 0 ? INT(message->seconds) : NIL,
	    INT(call->organization), INT(rows_int(rows, 0, 0)),
	    TEXT(message->url)));
	if (changed > 0)
		call->message = (uint64_t)rows_int(rows, 0, 0);
	return NULL;
}

struct err *
folding_write_records(struct folding_call *call)
{
	for (size_t i = 0; i < call->folded.cdr_count; i++)
		TRY(write_cdr(call, &call->folded.cdrs[i]));
	if (call->folded.recording_count > 0 || call->folded.message != NULL)
		TRY(write_recordings(call));
	return call->folded.message != NULL ? write_message(call) : NULL;
}
