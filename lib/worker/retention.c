#include "retention.h"

#include "audio.h"
#include "clock.h"
#include "orphans.h"

#include <inttypes.h>

enum { BATCH = 500 };

/* -- Recordings and voicemails ----------------------------------------------
 */

static struct err *
is_over(const struct work *work, bool voicemail, uint64_t id, int64_t days,
    bool *over)
{
	struct rows *rows;

	TRY(QUERY(work->db,
	    voicemail ? "SELECT 1 FROM voicemails WHERE id = ? AND"
			" (expires_at <= UTC_TIMESTAMP(3) OR deleted_at <="
			" UTC_TIMESTAMP(3) - INTERVAL ? DAY) FOR UPDATE"
		      : "SELECT 1 FROM recordings WHERE id = ? AND"
			" (expires_at <= UTC_TIMESTAMP(3) OR deleted_at <="
			" UTC_TIMESTAMP(3) - INTERVAL ? DAY) FOR UPDATE",
	    &rows, INT(id), INT(days)));
	*over = rows->count > 0;
	return NULL;
}

/* The file goes first: what a row does not name must not stay. */
static struct err *
remove_row(const struct work *work, struct pool *pool, uint64_t organization,
    bool voicemail, uint64_t id, int64_t days)
{
	bool over;

	TRY(is_over(work, voicemail, id, days, &over));
	if (!over)
		return NULL;
	audio_remove(audio_path_of_row(pool, work->conf,
	    voicemail ? AUDIO_VOICEMAIL : AUDIO_RECORDING, organization, id));
	return EXEC(work->db,
	    voicemail ? "DELETE FROM voicemails WHERE id = ?"
		      : "DELETE FROM recordings WHERE id = ?",
	    NULL, INT(id));
}

static struct err *
remove_one(const struct work *work, struct pool *pool, uint64_t organization,
    struct str key, int64_t days)
{
	struct str id = key, kind;
	int64_t number;
	struct err *err;

	if (!str_next(&id, ':', &kind) ||
	    !str_to_int(id, 1, INT64_MAX, &number))
		return err_internal(pool, "no row: %.*s", PSTR(key));
	TRY(db_begin(work->db, pool, DB_WRITE, organization));
	err = remove_row(work, pool, organization, str_is(kind, "voicemail"),
	    (uint64_t)number, days);
	if (err == NULL)
		return db_commit(work->db);
	db_rollback(work->db);
	return err;
}

/* *left: there may be more. */
static struct err *
remove_audio(const struct work *work, struct pool *pool, bool *left)
{
	int64_t days =
	    conf_int(work->conf, "retention.deleted_days", 30, 0, 36500);
	const struct value values[] = {INT(days), INT(BATCH)};
	uint64_t organization;
	struct str list, key;
	size_t n = 0;

	TRY(work_ask(
	    work, pool, "SELECT audio_expired(?, ?)", values, 2, &list));
	while (
	    !*work->stop && work_next_job(pool, &list, &organization, &key)) {
		TRY(remove_one(work, pool, organization, key, days));
		n++;
	}
	*left = n >= BATCH;
	return NULL;
}

/* -- Rows of no use ---------------------------------------------------------
 */

static const struct useless {
	const char *table; /* as the routine forget() knows it */
	const char *key;   /* of etc/opbx.conf; NULL: days are fixed */
	int64_t days;
} useless[] = {
    {"call_event", "retention.event_days", 90},
    {"parked_job", "retention.parked_days", 90},
    {"notice", NULL, 90},
    {"ring_group_start", NULL, 2},
    {"idempotency_key", NULL, 0},
    {"counter", NULL, 0},
    {"attempt", NULL, 0},
    {"session", NULL, 0},
    {"operator_idempotency_key", NULL, 0},
    {"operator_session", NULL, 0},
    /* For a while a link can say that it was used, or came too late. */
    {"password_link", NULL, 7},
    {"operator_password_link", NULL, 7},
    {"recovery_code", NULL, 30},
    {"operator_recovery_code", NULL, 30},
    {"voice_key", NULL, 7},
    {"outbox", NULL, 0},
};

static struct err *
forget(const struct work *work, struct pool *pool, const struct useless *one,
    int64_t *count)
{
	int64_t days = one->key != NULL
			   ? conf_int(work->conf, one->key, one->days, 1, 36500)
			   : one->days;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(work->db, pool, DB_WRITE, 0));
	err = QUERY(work->db, "SELECT forget(?, ?, ?)", &rows,
	    TEXT(str_of(one->table)), INT(days), INT(BATCH));
	if (err != NULL) {
		db_rollback(work->db);
		return err;
	}
	*count = rows_int(rows, 0, 0);
	return db_commit(work->db);
}

struct err *
retention_run(const struct work *work, struct pool *pool)
{
	bool left = true;

	while (left && !*work->stop)
		TRY(remove_audio(work, pool, &left));
	for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
		int64_t count = BATCH;

		while (count >= BATCH && !*work->stop)
			TRY(forget(work, pool, &useless[i], &count));
	}
	return *work->stop ? NULL : orphans_remove(work, pool);
}
