#include "clock.h"
#include "folding_private.h"
#include "instant.h"
#include "presence.h"

#include <inttypes.h>

enum {
	FEED_MOST = 1000,
	LIVE_SECONDS = LIVE_HOURS * 3600,
	SEEN_SECONDS = 3600, /* how late a worker may tell of an old version */
	PAGE = 100,          /* organizations */
	READY_SECONDS = 1800,
	LIVING_MOST = 10000, /* of one organization */
};

/* As both queries below have them. */
enum {
	ID,
	KEY,
	DIRECTION,
	STATE,
	FROM,
	TO,
	FROM_NUMBER,
	TO_NUMBER,
	NAME,
	DID,
	DID_NUMBER,
	FROM_EXTENSION,
	EXTENSION,
	TARGET_TYPE,
	TARGET_ID,
	TARGET_NUMBER,
	EMERGENCY,
	MISSED,
	STARTED,
	RINGING,
	ANSWERED,
	ENDED,
	DURATION,
	BILLED,
	VERSION,
	UPDATED,
	LEGS,
};
#define CALL_COLUMNS                                                     \
	"SELECT id, call_key, direction, state, from_raw, to_raw,"       \
	" from_number, to_number, caller_name, did_id, (SELECT d.number" \
	" FROM dids d WHERE d.id = calls.did_id), from_extension_id,"    \
	" extension_id, target_type, target_id, target_number,"          \
	" emergency, missed, started_at, ringing_at, answered_at,"       \
	" ended_at, duration, billed, version, updated_at, legs FROM calls"

static void
put_id(struct json_out *out, const char *name, const struct rows *rows,
    size_t row, size_t column)
{
	if (rows_text(rows, row, column).p != NULL)
		json_put_int(out, name, rows_int(rows, row, column));
	else
		json_put_null(out, name);
}

static void
put_text(struct json_out *out, const char *name, struct str text)
{
	if (text.p != NULL)
		json_put_text(out, name, text);
	else
		json_put_null(out, name);
}

static void
put_time(struct json_out *out, const char *name, struct str cell)
{
	char text[CLOCK_TEXT];

	if (cell.p == NULL)
		json_put_null(out, name);
	else
		json_put_text(out, name,
		    (struct str){text, clock_write(instant_of(cell), text)});
}

static void
put_target(struct json_out *out, const struct rows *rows, size_t i)
{
	if (rows_text(rows, i, TARGET_TYPE).n == 0) {
		json_put_null(out, "target");
		return;
	}
	json_open(out, "target", '{');
	json_put_text(out, "type", rows_text(rows, i, TARGET_TYPE));
	if (rows_text(rows, i, TARGET_ID).p != NULL)
		put_id(out, "id", rows, i, TARGET_ID);
	if (rows_text(rows, i, TARGET_NUMBER).p != NULL)
		json_put_text(out, "number", rows_text(rows, i, TARGET_NUMBER));
	json_close(out, '}');
}

/* For presence: whom it rings, and who talks in it. */
static void
put_sides(struct json_out *out, const struct rows *rows, size_t i)
{
	struct presence_sides sides = {0};
	const struct json *legs = NULL;

	if (json_parse(out->buf->pool, rows_text(rows, i, LEGS), &legs) == NULL)
		presence_of_call(call_state_parse(rows_text(rows, i, STATE)),
		    (uint64_t)rows_int(rows, i, FROM_EXTENSION),
		    (uint64_t)rows_int(rows, i, EXTENSION), legs, &sides);
	presence_put(out, &sides);
}

/* A call as GET /calls shows it; in front what the feed says it is. */
static struct str
describe(struct pool *pool, const struct rows *rows, size_t i)
{
	static const struct {
		const char *name;
		size_t column;
	} texts[] = {{"call_key", KEY}, {"direction", DIRECTION},
	    {"state", STATE}, {"from", FROM}, {"to", TO},
	    {"from_number", FROM_NUMBER}, {"to_number", TO_NUMBER},
	    {"caller_name", NAME}},
	  times[] = {{"started_at", STARTED}, {"ringing_at", RINGING},
	      {"answered_at", ANSWERED}, {"ended_at", ENDED},
	      {"updated_at", UPDATED}};
	struct buf text = buf_new(pool, 768);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "type", STR("call"));
	put_id(&out, "id", rows, i, ID);
	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
		put_text(
		    &out, texts[k].name, rows_text(rows, i, texts[k].column));
	json_open(&out, "did", '{');
	put_id(&out, "id", rows, i, DID);
	put_text(&out, "number", rows_text(rows, i, DID_NUMBER));
	json_close(&out, '}');
	put_id(&out, "from_extension_id", rows, i, FROM_EXTENSION);
	put_id(&out, "extension_id", rows, i, EXTENSION);
	put_target(&out, rows, i);
	json_put_bool(&out, "emergency", rows_int(rows, i, EMERGENCY) != 0);
	json_put_bool(&out, "missed", rows_int(rows, i, MISSED) != 0);
	for (size_t k = 0; k < sizeof times / sizeof *times; k++)
		put_time(
		    &out, times[k].name, rows_text(rows, i, times[k].column));
	put_id(&out, "duration", rows, i, DURATION);
	put_id(&out, "billed", rows, i, BILLED);
	put_sides(&out, rows, i);
	json_close(&out, '}');
	return buf_str(&text);
}

static bool
lives(const struct rows *rows, size_t i, int64_t now)
{
	enum call_state state = call_state_parse(rows_text(rows, i, STATE));

	return !call_state_is_end(state) &&
	       now - instant_of(rows_text(rows, i, STARTED)) <
		   (int64_t)LIVE_SECONDS * 1000;
}

/*
 * Two workers may tell of one call in the wrong order: what is older than
 * what was told says nothing.  ARGV: version, "1" while it lives, the call.
 */
static const char script[] =
    "local seen = tonumber(redis.call('GET', KEYS[2]) or '0') "
    "if seen > tonumber(ARGV[1]) then return 0 end "
    "redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[5]) "
    "if ARGV[2] == '1' then "
    "redis.call('HSET', KEYS[1], ARGV[3], ARGV[4]) "
    "redis.call('EXPIRE', KEYS[1], ARGV[6]) "
    "else redis.call('HDEL', KEYS[1], ARGV[3]) end "
    "if ARGV[7] ~= '0' and seen < tonumber(ARGV[1]) then "
    "redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[7], '*', 'event', "
    "ARGV[4]) end "
    "return 1";

static struct telling
telling_of(struct pool *pool, const struct rows *rows, size_t i)
{
	return (struct telling){
	    .key = rows_text(rows, i, KEY),
	    .version = rows_text(rows, i, VERSION),
	    .text = describe(pool, rows, i),
	    .lives = lives(rows, i, clock_now()),
	};
}

/* All at once. */
struct err *
folding_tell(struct folding *folding, struct pool *pool, uint64_t organization,
    const struct telling *tellings, size_t count)
{
	struct str live =
	    pool_printf(pool, "opbx:%" PRIu64 ":live", organization);
	struct str feed =
	    pool_printf(pool, "opbx:%" PRIu64 ":feed", organization);
	struct reply reply;

	for (size_t i = 0; i < count; i++) {
		const struct telling *t = &tellings[i];
		struct str told = pool_printf(pool,
		    "opbx:%" PRIu64 ":told:%.*s", organization, PSTR(t->key));

		TRY(redis_send(folding->redis, pool,
		    "EVAL %b 3 %b %b %b %b %s %b %b %d %d %d", script,
		    sizeof script - 1, live.p, live.n, told.p, told.n, feed.p,
		    feed.n, t->version.p, t->version.n, t->lives ? "1" : "0",
		    t->key.p, t->key.n, t->text.p, t->text.n, (int)SEEN_SECONDS,
		    (int)LIVE_SECONDS, (int)FEED_MOST));
	}
	for (size_t i = 0; i < count; i++) {
		TRY(redis_receive(folding->redis, pool, &reply));
		if (reply.kind == REPLY_ERROR)
			return err_unavailable(
			    pool, "redis: %.*s", PSTR(reply.text));
	}
	return NULL;
}

static struct err *
read_call(struct folding *folding, struct pool *pool, uint64_t organization,
    struct str key, struct rows **rows)
{
	struct err *err = db_begin(folding->db, pool, DB_READ, organization);

	if (err == NULL)
		err = QUERY(folding->db,
		    CALL_COLUMNS " WHERE organization_id = ? AND call_key = ?",
		    rows, INT(organization), TEXT(key));
	if (err == NULL)
		return db_commit(folding->db);
	db_rollback(folding->db);
	return err;
}

struct err *
folding_describe(struct folding_call *call)
{
	struct rows *rows;

	TRY(QUERY(call->db,
	    CALL_COLUMNS " WHERE organization_id = ? AND call_key = ?", &rows,
	    INT(call->organization), TEXT(call->key)));
	if (rows->count > 0)
		call->telling = telling_of(call->pool, rows, 0);
	return NULL;
}

/* -- Anew ------------------------------------------------------------------ */

static struct err *
tell_rows(struct folding *folding, struct pool *pool, uint64_t organization,
    const struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct telling telling = telling_of(pool, rows, i);

		TRY(folding_tell(folding, pool, organization, &telling, 1));
	}
	return NULL;
}

/* What Redis takes for living and the rows do not. */
static struct err *
bury(struct folding *folding, struct pool *pool, uint64_t organization,
    const struct rows *living)
{
	struct reply keys, reply;

	TRY(redis_call(folding->redis, pool, &keys, "HKEYS opbx:%llu:live",
	    (unsigned long long)organization));
	for (size_t i = 0; i < keys.count; i++) {
		struct str key = keys.list[i].text;
		struct rows *rows;
		bool known = false;

		for (size_t j = 0; j < living->count && !known; j++)
			known = str_equal(rows_text(living, j, KEY), key);
		if (known)
			continue;
		/* It may have begun since. */
		TRY(read_call(folding, pool, organization, key, &rows));
		if (rows->count > 0)
			TRY(tell_rows(folding, pool, organization, rows));
		else
			TRY(redis_call(folding->redis, pool, &reply,
			    "HDEL opbx:%llu:live %b",
			    (unsigned long long)organization, key.p, key.n));
	}
	return NULL;
}

static struct err *
rebuild_one(struct folding *folding, struct pool *pool, uint64_t organization)
{
	struct rows *rows;
	struct err *err = db_begin(folding->db, pool, DB_READ, organization);

	if (err == NULL)
		err = QUERY(folding->db,
		    CALL_COLUMNS " WHERE organization_id = ? AND state IN"
				 " ('initiated', 'ringing', 'answered')"
				 " AND started_at > ? LIMIT ?",
		    &rows, INT(organization),
		    instant_value(
			pool, clock_now() - (int64_t)LIVE_SECONDS * 1000),
		    INT(LIVING_MOST));
	if (err == NULL)
		err = db_commit(folding->db);
	else
		db_rollback(folding->db);
	TRY(err);
	TRY(tell_rows(folding, pool, organization, rows));
	return bury(folding, pool, organization, rows);
}

/* "3,5,9" */
static struct err *
next_organizations(
    struct folding *folding, struct pool *pool, uint64_t after, struct str *ids)
{
	struct rows *rows;
	struct err *err = db_begin(folding->db, pool, DB_READ, 0);

	if (err == NULL)
		err = QUERY(folding->db,
		    "SELECT organization_ids(NULL, NULL, NULL, ?, ?)", &rows,
		    INT(after), INT(PAGE));
	if (err == NULL)
		err = db_commit(folding->db);
	else
		db_rollback(folding->db);
	TRY(err);
	*ids = rows_text(rows, 0, 0);
	return NULL;
}

static struct err *
rebuild_page(struct folding *folding, struct str ids, uint64_t *after)
{
	struct str id;
	int64_t number;

	while (str_next(&ids, ',', &id)) {
		struct err *err;

		if (!str_to_int(id, 1, INT64_MAX, &number))
			break;
		err = rebuild_one(folding, folding->call, (uint64_t)number);
		if (err != NULL)
			return err;
		pool_clear(folding->call);
		*after = (uint64_t)number;
	}
	return NULL;
}

/*
 * opbx:live says that the tables are whole: without it, after a restart of
 * Redis, whoever wants to know asks MariaDB.
 */
struct err *
folding_rebuild(struct folding *folding, struct pool *pool)
{
	struct str ids = NO_STR;
	struct reply reply;
	uint64_t after = 0, before;

	do {
		struct err *err;

		before = after;
		TRY(next_organizations(folding, pool, after, &ids));
		err = rebuild_page(folding, ids, &after);
		if (err != NULL) {
			err = err_unavailable(pool, "%.*s", PSTR(err->cause));
			pool_clear(folding->call);
			return err;
		}
	} while (after != before);
	TRY(redis_call(folding->redis, pool, &reply, "SET opbx:live 1 EX %d",
	    (int)READY_SECONDS));
	folding->rebuilt = clock_monotonic();
	return NULL;
}
