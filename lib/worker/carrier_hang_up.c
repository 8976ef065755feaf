/* Calls that somebody wants to end. */
#include "audit.h"
#include "carrier_sync.h"

enum { ATTEMPTS = 6 };

/* Somebody waits for it to happen, so he is told that it did not. */
static struct err *
give_up(struct carrier_work *work, struct pool *pool,
    const struct hang_up *hang_up, struct str failure)
{
	struct actor actor = {.type = "system", .name = STR("opbx-worker")};
	struct buf text = buf_new(pool, 128);
	struct json_out out = {&text, false};
	struct audit audit = {.organization = hang_up->organization,
	    .actor = &actor,
	    .action = "hang_up_failed",
	    .type = "call",
	    .id = hang_up->call};
	struct err *err;

	json_open(&out, NULL, '{');
	json_put_text(&out, "failure", failure);
	json_close(&out, '}');
	audit.after = buf_str(&text);
	TRY(db_begin(work->db, pool, DB_WRITE, hang_up->organization));
	err = audit_write(work->db, pool, &audit);
	if (err == NULL)
		err = db_commit(work->db);
	if (err != NULL) {
		db_rollback(work->db);
		return err;
	}
	return hang_up_done(work->db, pool, hang_up);
}

/*
 * It has ended there, or was never known: whatever else is told of it, it is
 * not alive.  Of an answered call "canceled" takes nothing away.
 */
static struct err *
note_end(
    struct carrier_work *work, struct pool *pool, const struct hang_up *hang_up)
{
	struct buf text = buf_new(pool, 256);
	struct json_out out = {&text, false};
	struct err *err;

	json_open(&out, NULL, '{');
	json_put_text(&out, "token", hang_up->call_key);
	json_put_text(&out, "status", STR("canceled"));
	json_close(&out, '}');
	TRY(db_begin(work->db, pool, DB_WRITE, hang_up->organization));
	err = EXEC(work->db,
	    "INSERT INTO call_events (organization_id, call_key, kind,"
	    " event_hash, body, occurred_at) VALUES (?, ?, 'session-update',"
	    " UNHEX(SHA2(CONCAT('hang-up ', ?), 256)), ?, UTC_TIMESTAMP(3))"
	    " ON DUPLICATE KEY UPDATE event_hash = VALUES(event_hash)",
	    NULL, INT(hang_up->organization), TEXT(hang_up->call_key),
	    TEXT(hang_up->call_key), TEXT(buf_str(&text)));
	if (err == NULL)
		return db_commit(work->db);
	db_rollback(work->db);
	return err;
}

struct err *
carrier_hang_up(struct carrier_work *work, struct pool *pool,
    struct hang_up *hang_up, bool *found, struct str *failure)
{
	static const int64_t pauses[ATTEMPTS] = {
	    500, 1000, 2000, 5000, 10000, 10000};
	struct carrier_question request;
	struct carrier_answer answer;
	struct carrier_tenant tenant;
	int64_t wait;

	*failure = NO_STR;
	TRY(hang_up_claim(work->db, pool, hang_up, found));
	if (!*found)
		return NULL;
	TRY(carrier_load_tenant(work, pool, hang_up->organization, &tenant));
	if (!tenant.keyed || tenant.wrong.p != NULL) {
		*failure = tenant.keyed ? tenant.wrong
					: STR("there is no API key any more");
		return give_up(work, pool, hang_up, *failure);
	}
	request = carrier_end_call(pool, hang_up->call_key);
	wait = carrier_ask(work, pool, &tenant, 0, &request, &answer);
	if (wait != 0) {
		*failure = STR("it has to wait for its turn");
		return hang_up_failed(work->db, pool, hang_up, wait, false);
	}
	if (answer.outcome == CARRIER_DONE ||
	    answer.outcome == CARRIER_ABSENT) {
		TRY(note_end(work, pool, hang_up));
		return hang_up_done(work->db, pool, hang_up);
	}
	*failure = answer.failure;
	if (answer.outcome == CARRIER_REFUSED ||
	    answer.outcome == CARRIER_WRONG || hang_up->attempt >= ATTEMPTS)
		return give_up(work, pool, hang_up, *failure);
	return hang_up_failed(
	    work->db, pool, hang_up, pauses[hang_up->attempt - 1], true);
}
