#include "clock.h"
#include "folding_private.h"
#include "instant.h"

#include <inttypes.h>

enum {
	FEED_MOST = 1000,
	SEEN_SECONDS = 3600, /* how late a worker may tell of an old version */
	PAGE = 100,          /* organizations */
	READY_SECONDS = 1800,
	LIVING_MOST = 10000, /* of one organization */
};

/*
 * Two workers may tell of one call in the wrong order: what is older than
 * what was told says nothing.  KEYS: live, feed, and what was told of each
 * call.  ARGV: how long that counts and how long a call lives, the length of
 * the feed, then of each call its version, "1" while it lives, key and text.
 */
static const char script[] =
    "local told = redis.call('MGET', unpack(KEYS, 3)) "
    "local live, gone = {}, {} "
    "for i, was in ipairs(told) do "
    "local version, lives, key, text = unpack(ARGV, 4 * i, 4 * i + 3) "
    "local seen = tonumber(was or '0') "
    "if seen <= tonumber(version) then "
    "redis.call('SET', KEYS[i + 2], version, 'EX', ARGV[1]) "
    "if lives == '1' then live[#live + 1] = key live[#live + 1] = text "
    "else gone[#gone + 1] = key end "
    "if seen < tonumber(version) then "
    "redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'event', text) "
    "end end end "
    "if #live > 0 then redis.call('HSET', KEYS[1], unpack(live)) "
    "redis.call('EXPIRE', KEYS[1], ARGV[2]) end "
    "if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end "
    "return 0";

enum { FRAME = 8, EACH = 5 }; /* words of the command, and for a call */

struct err *
folding_tell(struct folding *folding, struct pool *pool, uint64_t organization,
    const struct telling *tellings, size_t count)
{
	struct str *words = NEW_ARRAY(pool, struct str, FRAME + EACH * count);
	struct str *keys = words + 5, *values = keys + count;
	struct reply reply;

	if (count == 0)
		return NULL;
	words[0] = STR("EVAL");
	words[1] = str_of(script);
	words[2] = pool_printf(pool, "%zu", count + 2);
	words[3] = pool_printf(pool, "opbx:%" PRIu64 ":live", organization);
	words[4] = pool_printf(pool, "opbx:%" PRIu64 ":feed", organization);
	*values++ = pool_printf(pool, "%d", (int)SEEN_SECONDS);
	*values++ = pool_printf(pool, "%d", (int)FOLD_LIVE_SECONDS);
	*values++ = pool_printf(pool, "%d", (int)FEED_MOST);
	for (size_t i = 0; i < count; i++) {
		const struct telling *t = &tellings[i];

		keys[i] = pool_printf(pool, "opbx:%" PRIu64 ":told:%.*s",
		    organization, PSTR(t->key));
		*values++ = t->version;
		*values++ = t->lives ? STR("1") : STR("0");
		*values++ = t->key;
		*values++ = t->text;
	}
	return redis_call_words(
	    folding->redis, pool, &reply, words, FRAME + EACH * count);
}

static struct err *
read_call(struct folding *folding, struct pool *pool, uint64_t organization,
    struct str key, struct rows **rows)
{
	struct err *err = db_begin(folding->db, pool, DB_READ, organization);

	if (err == NULL)
		err = QUERY(folding->db,
		    FOLDING_SHOWN " WHERE organization_id = ? AND call_key = ?",
		    rows, INT(organization), TEXT(key));
	if (err == NULL)
		return db_commit(folding->db);
	db_rollback(folding->db);
	return err;
}

/* -- Anew ------------------------------------------------------------------ */

static struct err *
tell_rows(struct folding *folding, struct pool *pool, uint64_t organization,
    const struct rows *rows)
{
	struct telling tellings[FOLD_TOGETHER];
	size_t n = 0;

	for (size_t i = 0; i < rows->count; i++) {
		folding_telling(pool, rows, i, &tellings[n++]);
		if (n < FOLD_TOGETHER && i + 1 < rows->count)
			continue;
		TRY(folding_tell(folding, pool, organization, tellings, n));
		n = 0;
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
			known = str_equal(
			    rows_text(living, j, FOLDING_SHOWN_KEY), key);
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
		    FOLDING_SHOWN " WHERE organization_id = ? AND state IN"
				  " ('initiated', 'ringing', 'answered')"
				  " AND started_at > ? LIMIT ?",
		    &rows, INT(organization),
		    instant_value(
			pool, clock_now() - (int64_t)FOLD_LIVE_SECONDS * 1000),
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
