#include "quiet.h"

#include "evidence.h"

enum {
	SILENT = 300,   /* seconds, until the carrier is asked */
	TALKING = 900,  /* the same while somebody talks */
	RINGING = 1800, /* seconds, until it is given up unasked */
	LONGEST = 4 * 3600,
	LEAVE = 3, /* requests kept for hanging up */
	BEHIND_MS = 60000,
};

/* One that was claimed. */
struct quiet {
	struct carrier_work *work;
	struct pool *pool;
	struct quiet_call *call;
	enum call_state state;
	int64_t events;  /* that it was made of */
	int64_t silence; /* seconds */
};

static struct err *
claim(struct quiet *quiet, bool *found)
{
	struct db *db = quiet->work->db;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, quiet->pool, DB_WRITE, 0));
	err = QUERY(
	    db, "CALL quiet_claim(?, ?)", &rows, INT(SILENT), INT(TALKING));
	if (err != NULL) {
		db_rollback(db);
		return err;
	}
	TRY(db_commit(db));
	*found = rows->count > 0;
	if (!*found)
		return NULL;
	*quiet->call = (struct quiet_call){
	    .organization = (uint64_t)rows_int(rows, 0, 0),
	    .id = (uint64_t)rows_int(rows, 0, 1),
	    .key = rows_text(rows, 0, 2),
	};
	quiet->state = call_state_parse(rows_text(rows, 0, 3));
	quiet->events = rows_int(rows, 0, 4);
	quiet->silence = rows_int(rows, 0, 5);
	return NULL;
}

static struct err *
later(struct quiet *quiet, int64_t pause)
{
	struct db *db = quiet->work->db;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, quiet->pool, DB_WRITE, 0));
	err = QUERY(db, "SELECT quiet_later(?, ?, ?)", &rows,
	    INT(quiet->call->organization), INT(quiet->call->id), INT(pause));
	if (err == NULL)
		return db_commit(db);
	db_rollback(db);
	return err;
}

/*
 * Of a call that came back to life and is lost again there is another event:
 * the call is made of more of them.
 */
static struct err *
note(struct quiet *quiet, const char *kind, struct str body)
{
	const struct quiet_call *call = quiet->call;
	struct db *db = quiet->work->db;
	struct err *err;

	TRY(db_begin(db, quiet->pool, DB_WRITE, call->organization));
	err = EXEC(db,
	    "INSERT INTO call_events (organization_id, call_key, kind,"
	    " event_hash, body, occurred_at) VALUES (?, ?, ?,"
	    " UNHEX(SHA2(CONCAT('quiet ', ?, ' ', ?), 256)), ?,"
	    " UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE"
	    " event_hash = VALUES(event_hash)",
	    NULL, INT(call->organization), TEXT(call->key), TEXT(str_of(kind)),
	    INT(quiet->events), TEXT(call->key), TEXT(body));
	if (err == NULL)
		return db_commit(db);
	db_rollback(db);
	return err;
}

static struct err *
lose(struct quiet *quiet, const char *why)
{
	struct buf text = buf_new(quiet->pool, 128);
	struct json_out out = {&text, false};

	quiet->call->over = str_of(why);
	json_open(&out, NULL, '{');
	json_put_text(&out, "reason", quiet->call->over);
	json_close(&out, '}');
	return note(quiet, "lost", buf_str(&text));
}

/* -- What the carrier says ------------------------------------------------- */

static bool
has_ended(const struct json *session)
{
	const struct json *end = json_get(session, "callEndTime");

	return call_state_is_end(
		   call_state_parse(json_text(json_get(session, "status")))) ||
	       json_int(end) > 0 || json_text(end).n > 1 ||
	       json_text(json_get(session, "endTime")).n > 0;
}

/* What came of asking. */
enum heard {
	NOTHING,
	NO_TURN, /* nor was it asked: it has no time for us */
	ALL,     /* whether the call lives */
};

/* *wait: milliseconds, of a carrier that could not be asked just now. */
static struct err *
ask(struct quiet *quiet, enum heard *heard, int64_t *wait)
{
	struct carrier_question question;
	struct carrier_answer answer;
	struct carrier_tenant tenant;

	TRY(carrier_load_tenant(
	    quiet->work, quiet->pool, quiet->call->organization, &tenant));
	if (!tenant.keyed || tenant.wrong.p != NULL)
		return NULL;
	question = carrier_read_call(quiet->pool, quiet->call->key);
	*wait = carrier_ask(
	    quiet->work, quiet->pool, &tenant, LEAVE, &question, &answer);
	if (*wait != 0) {
		*heard = answer.outcome == CARRIER_BUSY ? NO_TURN : NOTHING;
		return NULL;
	}
	if (answer.outcome == CARRIER_DONE || answer.outcome == CARRIER_ABSENT)
		*heard = ALL;
	if (answer.outcome == CARRIER_ABSENT)
		return lose(quiet, "the carrier knows of no such call");
	if (answer.outcome != CARRIER_DONE || !has_ended(answer.body))
		return NULL;
	quiet->call->over = STR("the carrier says so");
	return note(
	    quiet, "session-update", json_print(quiet->pool, answer.body));
}

/* -- Nobody can be asked --------------------------------------------------- */

/* Seconds that the carrier allowed it; 0: it did not say. */
static struct err *
find_time_limit(struct quiet *quiet, int64_t *seconds)
{
	struct db *db = quiet->work->db;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, quiet->pool, DB_READ, quiet->call->organization));
	err = QUERY(db,
	    "SELECT MAX(CAST(JSON_VALUE(body, '$.timeLimit') AS SIGNED))"
	    " FROM call_events WHERE organization_id = ? AND call_key = ?"
	    " AND kind = 'session-update'",
	    &rows, INT(quiet->call->organization), TEXT(quiet->call->key));
	db_rollback(db);
	TRY(err);
	*seconds = rows_int(rows, 0, 0);
	return NULL;
}

static struct err *
give_up(struct quiet *quiet)
{
	int64_t limit = 0;

	if (quiet->state == CALL_RINGING)
		return quiet->silence < RINGING
			   ? NULL
			   : lose(quiet, "it rang for half an hour");
	if (quiet->silence < LONGEST)
		return NULL;
	TRY(find_time_limit(quiet, &limit));
	return quiet->silence < limit
		   ? NULL
		   : lose(quiet, "nothing was heard of it for hours");
}

struct err *
quiet_ask(struct carrier_work *work, struct pool *pool, struct quiet_call *call,
    bool *found)
{
	struct quiet quiet = {.work = work, .pool = pool, .call = call};
	enum heard heard = NOTHING;
	int64_t wait = 0;

	*found = false;
	/* Of any call may be what waits: none is quiet for all we know. */
	if (intake_waits(work->intake, pool) > BEHIND_MS)
		return NULL;
	TRY(claim(&quiet, found));
	if (!*found)
		return NULL;
	TRY(ask(&quiet, &heard, &wait));
	if (heard == NOTHING)
		TRY(give_up(&quiet));
	return wait != 0 && call->over.p == NULL ? later(&quiet, wait) : NULL;
}
