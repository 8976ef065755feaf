#include "carrier_sync.h"

#include "carrier_private.h"
#include "clock.h"

enum {
	FAILURES = 3,      /* in a row, before the breaker opens */
	LEAVE = 3,         /* requests kept for hanging up */
	AGAIN_MS = 100,    /* there is more to tell */
	DAY_MS = 86400000, /* lists are fetched again */
};

struct carrier_work *
carrier_work_new(struct pool *process, const struct conf *conf,
    const struct crypto_key *master, struct db *db, struct redis *redis,
    struct fetch *fetch)
{
	struct carrier_work *work = NEW(process, struct carrier_work);
	struct bucket *bucket = bucket_new(process, conf, redis);

	*work = (struct carrier_work){
	    .db = db,
	    .carrier = carrier_new(process, conf, fetch),
	    .bucket = bucket,
	    .intake = intake_new(process, conf, db, redis),
	    .breaker = {.watched = DEPENDENCY_CARRIER,
		.limit = FAILURES,
		.pause = (int)bucket_window(bucket)},
	    .base_url = conf_text(conf, "base_url", "http://127.0.0.1:8080"),
	    .seal = crypto_derive(master, "seal"),
	};
	return work;
}

/* -- Whose carrier it is --------------------------------------------------- */

static struct str
opened(struct carrier_work *work, struct pool *pool, const char *place,
    uint64_t id, struct str sealed)
{
	struct str plain;

	if (sealed.p == NULL ||
	    !crypto_open(pool, &work->seal,
		pool_printf(pool, "%s:%llu", place, (unsigned long long)id),
		sealed, &plain))
		return NO_STR;
	return plain;
}

static void
fill_tenant(struct carrier_work *work, struct pool *pool,
    const struct rows *rows, struct carrier_tenant *tenant)
{
	struct str base = rows_text(rows, 0, 3);
	struct str sealed = rows_text(rows, 0, 4);

	if (base.n == 0)
		base = work->base_url;
	tenant->domain.name = rows_text(rows, 0, 0).n > 0
				  ? rows_text(rows, 0, 0)
				  : rows_text(rows, 0, 1);
	tenant->keyed =
	    sealed.p != NULL && str_is(rows_text(rows, 0, 2), "cloudonix");
	if (tenant->keyed)
		tenant->domain.key = opened(work, pool,
		    "setting.carrier_api_key", tenant->organization, sealed);
	tenant->profile = (struct carrier_profile){
	    .voice_key = opened(work, pool, "voice_key.key",
		(uint64_t)rows_int(rows, 0, 6), rows_text(rows, 0, 7)),
	    .session_update = pool_printf(
		pool, "%.*s/cgi-bin/webhook/session-update", PSTR(base)),
	    .cdr = pool_printf(pool, "%.*s/cgi-bin/webhook/cdr", PSTR(base)),
	    .call_timeout = (int)rows_int(rows, 0, 5),
	};
	tenant->voice_url = pool_printf(pool, "%.*s/cgi-bin/voice", PSTR(base));
	if (tenant->domain.name.n == 0)
		tenant->wrong =
		    STR("the organization has no domain at the carrier");
	else if (tenant->keyed && tenant->domain.key.n == 0)
		tenant->wrong = STR("the API key was sealed with another key");
	else if (tenant->profile.voice_key.n == 0)
		tenant->wrong = STR("the organization has no voice key");
}

struct err *
carrier_load_tenant(struct carrier_work *work, struct pool *pool,
    uint64_t organization, struct carrier_tenant *tenant)
{
	struct rows *rows;
	struct err *err;

	*tenant = (struct carrier_tenant){.organization = organization};
	TRY(db_begin(work->db, pool, DB_READ, organization));
	err = QUERY(work->db,
	    "SELECT o.domain, o.domain_uuid, s.carrier, s.base_url,"
	    " s.carrier_api_key_sealed, s.default_ring_timeout, k.id,"
	    " k.key_sealed FROM organizations o JOIN settings s ON s.id = o.id"
	    " LEFT JOIN voice_keys k ON k.organization_id = o.id"
	    " AND k.expires_at IS NULL"
	    " WHERE o.id = ? AND o.living = 1 ORDER BY k.id DESC LIMIT 1",
	    &rows, INT(organization));
	db_rollback(work->db);
	if (err == NULL && rows->count > 0)
		fill_tenant(work, pool, rows, tenant);
	return err;
}

/* -- Requests -------------------------------------------------------------- */

int64_t
carrier_ask(struct carrier_work *work, struct pool *pool,
    const struct carrier_tenant *tenant, int leave,
    const struct carrier_question *request, struct carrier_answer *answer)
{
	int64_t wait;

	*answer = (struct carrier_answer){.outcome = CARRIER_TROUBLE};
	if (breaker_state(&work->breaker, clock_monotonic()) == BREAKER_OPEN)
		return work->breaker.pause;
	wait = bucket_take(work->bucket, pool, tenant->organization, leave);
	if (wait != 0) {
		answer->outcome = CARRIER_BUSY;
		return wait;
	}
	if (!breaker_allows(&work->breaker, clock_monotonic()))
		return work->breaker.pause;
	carrier_send(work->carrier, pool, &tenant->domain, request, answer);
	if (answer->outcome == CARRIER_TROUBLE)
		breaker_failed(&work->breaker, clock_monotonic());
	else
		breaker_succeeded(&work->breaker);
	if (answer->outcome == CARRIER_BUSY)
		bucket_spend(work->bucket, pool, tenant->organization);
	return 0;
}

bool
turn_ask(struct turn *turn, const struct carrier_question *request,
    struct carrier_answer *answer)
{
	if (turn->over)
		return false;
	turn->wait = carrier_ask(
	    turn->work, turn->pool, &turn->tenant, LEAVE, request, answer);
	turn->over = turn->wait != 0;
	if (turn->over)
		return false;
	turn->requests++;
	turn->busy = answer->outcome == CARRIER_BUSY;
	turn->over = turn->busy;
	return !turn->busy;
}

void
turn_failed(struct turn *turn, const struct carrier_answer *answer)
{
	if (turn->failure.p == NULL)
		turn->failure = answer->failure;
	if (answer->outcome == CARRIER_REFUSED ||
	    answer->outcome == CARRIER_TROUBLE)
		turn->over = true;
}

bool
turn_is_over(const struct turn *turn)
{
	return turn->over;
}

struct err *
turn_query(struct turn *turn, const char *sql, const struct value *values,
    size_t count, struct rows **rows)
{
	struct db *db = turn->work->db;
	struct err *err;

	TRY(db_begin(db, turn->pool, DB_READ, turn->tenant.organization));
	err = db_query(db, sql, values, count, rows);
	db_rollback(db);
	return err;
}

struct err *
turn_exec(struct turn *turn, const char *sql, const struct value *values,
    size_t count, uint64_t *affected)
{
	struct db *db = turn->work->db;
	struct err *err;

	TRY(db_begin(db, turn->pool, DB_WRITE, turn->tenant.organization));
	err = db_exec(db, sql, values, count, affected);
	if (err == NULL)
		return db_commit(db);
	db_rollback(db);
	return err;
}

/* -- A turn ---------------------------------------------------------------- */

static int64_t
pause_after(int attempts)
{
	static const int64_t pauses[] = {5, 30, 120, 600, 3600};
	int last = (int)(sizeof pauses / sizeof pauses[0]) - 1;

	return pauses[attempts < last ? attempts : last] * 1000;
}

/* What is out of step: rows that wait, rows that failed. */
static struct err *
count_left(struct turn *turn, bool *waiting, bool *failed)
{
	struct rows *rows;

	TRY(TURN_QUERY(turn,
	    "SELECT EXISTS (SELECT 1 FROM extensions WHERE carrier_state ="
	    " 'pending'), EXISTS (SELECT 1 FROM extensions WHERE carrier_state"
	    " = 'failed') OR EXISTS (SELECT 1 FROM carrier_steps WHERE state ="
	    " 'failed') WHERE ? = 1",
	    &rows, INT(1)));
	*waiting = rows_int(rows, 0, 0) != 0;
	*failed = rows_int(rows, 0, 1) != 0;
	return NULL;
}

static struct err *
take_turn(struct turn *turn)
{
	TRY(turn_wire(turn));
	if (!turn->over)
		TRY(turn_subscribers(turn));
	if (!turn->over)
		TRY(turn_lists(turn));
	return NULL;
}

/* When it is to be looked at again, and how often it was in vain. */
static struct err *
decide(struct turn *turn, int *attempts, int64_t *pause)
{
	bool waiting = false, failed = false;

	if (turn->wait != 0) {
		*pause = turn->wait;
		return NULL;
	}
	TRY(count_left(turn, &waiting, &failed));
	if (turn->over || (failed && !waiting)) {
		*pause = pause_after(*attempts);
		if (turn->busy && *pause < bucket_window(turn->work->bucket))
			*pause = bucket_window(turn->work->bucket);
		*attempts += 1;
		return NULL;
	}
	*pause = waiting ? AGAIN_MS : DAY_MS;
	if (!waiting)
		*attempts = 0;
	return NULL;
}

struct err *
carrier_see_to(struct carrier_work *work, struct pool *pool, uint64_t wanted,
    struct carrier_seen *seen, bool *found)
{
	struct carrier_due due;
	struct turn turn = {.work = work, .pool = pool};
	struct err *err;

	TRY(carrier_claim(work->db, pool, wanted, &due, found));
	if (!*found)
		return NULL;
	*seen = (struct carrier_seen){due.organization, 0, -1, NO_STR};
	err = carrier_load_tenant(work, pool, due.organization, &turn.tenant);
	if (err == NULL && turn.tenant.keyed) {
		err = take_turn(&turn);
		if (err == NULL)
			err = decide(&turn, &due.attempts, &seen->pause);
	}
	seen->requests = turn.requests;
	seen->failure = turn.failure;
	if (err != NULL) {
		/* What we could not note is done once more. */
		(void)carrier_release(work->db, pool, &due,
		    pause_after(due.attempts), due.attempts + 1);
		return err;
	}
	return carrier_release(work->db, pool, &due, seen->pause, due.attempts);
}
