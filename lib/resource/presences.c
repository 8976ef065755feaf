#include "presences.h"

#include "clock.h"
#include "instant.h"

#include <stdlib.h>

enum { DAY_MS = 24 * 3600 * 1000, CALLS_MOST = 10000 };

struct side {
	uint64_t extension;
	enum presence presence;
};

/* Sorted, the strongest of an extension first. */
struct presences {
	struct pool *pool;
	size_t count, room;
	struct side *sides;
};

static void
add(struct presences *p, uint64_t extension, enum presence presence)
{
	GROW(p->pool, p->sides, p->count, p->room);
	p->sides[p->count++] = (struct side){extension, presence};
}

static int
compare(const void *a, const void *b)
{
	const struct side *x = a, *y = b;

	if (x->extension != y->extension)
		return x->extension < y->extension ? -1 : 1;
	return (int)y->presence - (int)x->presence;
}

static void
add_ids(struct presences *p, const struct json *ids, enum presence presence)
{
	for (size_t i = 0; i < json_count(ids); i++)
		add(p, (uint64_t)json_int(json_at(ids, i)), presence);
}

/* Names and values in turn, as folding_tell.c writes them. */
static void
read_hash(struct presences *p, const struct reply *hash, int64_t now)
{
	for (size_t i = 1; i < hash->count; i += 2) {
		const struct json *call;
		int64_t started = 0;

		if (json_parse(p->pool, hash->list[i].text, &call) != NULL)
			continue;
		clock_parse(json_text(json_get(call, "started_at")), &started);
		if (now - started >= DAY_MS)
			continue;
		add_ids(p, json_get(call, "ringing"), PRESENCE_RINGING);
		add_ids(p, json_get(call, "talking"), PRESENCE_TALKING);
	}
}

static bool
by_redis(struct redis *redis, struct presences *p, uint64_t organization,
    int64_t now)
{
	struct reply whole, hash;

	if (redis_send(redis, p->pool, "EXISTS opbx:live") != NULL ||
	    redis_send(redis, p->pool, "HGETALL opbx:%llu:live",
		(unsigned long long)organization) != NULL ||
	    redis_receive(redis, p->pool, &whole) != NULL ||
	    redis_receive(redis, p->pool, &hash) != NULL || whole.number != 1 ||
	    hash.kind != REPLY_LIST)
		return false;
	read_hash(p, &hash, now);
	return true;
}

static void
read_rows(struct presences *p, const struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct presence_sides sides;
		const struct json *legs;

		if (json_parse(p->pool, rows_text(rows, i, 3), &legs) != NULL)
			continue;
		presence_of_call(call_state_parse(rows_text(rows, i, 0)),
		    (uint64_t)rows_int(rows, i, 1),
		    (uint64_t)rows_int(rows, i, 2), legs, &sides);
		for (size_t k = 0; k < sides.ringing_count; k++)
			add(p, sides.ringing[k], PRESENCE_RINGING);
		for (size_t k = 0; k < sides.talking_count; k++)
			add(p, sides.talking[k], PRESENCE_TALKING);
	}
}

static struct err *
by_mariadb(
    struct db *db, struct presences *p, uint64_t organization, int64_t now)
{
	struct rows *rows;
	struct err *err = db_begin(db, p->pool, DB_READ, organization);

	if (err == NULL)
		err = QUERY(db,
		    "SELECT state, from_extension_id, extension_id, legs"
		    " FROM calls WHERE organization_id = ? AND state IN"
		    " ('initiated', 'ringing', 'answered') AND started_at > ?"
		    " LIMIT ?",
		    &rows, INT(organization),
		    instant_value(p->pool, now - DAY_MS), INT(CALLS_MOST));
	if (err == NULL)
		err = db_commit(db);
	else
		db_rollback(db);
	TRY(err);
	read_rows(p, rows);
	return NULL;
}

struct err *
presences_load(struct redis *redis, struct db *db, struct pool *pool,
    uint64_t organization, int64_t now, struct presences **out)
{
	struct presences *p = NEW(pool, struct presences);

	p->pool = pool;
	if (!by_redis(redis, p, organization, now))
		TRY(by_mariadb(db, p, organization, now));
	if (p->count > 0)
		qsort(p->sides, p->count, sizeof *p->sides, compare);
	*out = p;
	return NULL;
}

enum presence
presences_find(const struct presences *p, uint64_t extension)
{
	size_t low = 0, high = p != NULL ? p->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->sides[middle].extension < extension)
			low = middle + 1;
		else
			high = middle;
	}
	return p != NULL && low < p->count &&
		       p->sides[low].extension == extension
		   ? p->sides[low].presence
		   : PRESENCE_IDLE;
}
