#include "shelf.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	LONGEST_KEY = 320,        /* bytes of a cache key */
	KEPT_SECONDS = 7 * 86400, /* in Redis */
	OLDER = 8,                /* generations looked back in an outage */
};

struct seen {
	struct seen *next;
	const struct kind *kind;
	struct str key;
	const void *object; /* NULL: there is none */
};

struct fresh {
	struct fresh *next;
	struct str key;
	struct str value;
};

struct loading
shelf_loading(const struct shelf *s)
{
	return (struct loading){s->db, s->pool, s->organization,
	    s->tenant_url.n > 0 ? s->tenant_url : s->base_url};
}

/* The transaction of this request, begun by the first look-up that needs it. */
struct err *
shelf_snapshot(struct shelf *s)
{
	struct rows *rows;
	uint64_t generation;

	if (db_in_transaction(s->db))
		return NULL;
	TRY(db_begin(s->db, s->pool, DB_READ, s->organization));
	TRY(QUERY(
	    s->db, "SELECT generation_of(?)", &rows, INT(s->organization)));
	generation = (uint64_t)rows_int(rows, 0, 0);
	/* A replica may lag behind: what it says is not kept. */
	s->lagging = generation < s->generation;
	if (generation > s->generation) {
		s->generation = generation;
		generation_seen(s->generations, s->organization, generation);
	}
	return NULL;
}

static struct str
cache_key(const struct shelf *s, const struct kind *kind, struct str key,
    char room[LONGEST_KEY])
{
	size_t n = key.n < LONGEST_KEY - 16 ? key.n : LONGEST_KEY - 16;

	memcpy(room, &s->organization, sizeof s->organization);
	room[sizeof s->organization] = kind->letter;
	memcpy(room + sizeof s->organization + 1, key.p, n);
	return (struct str){room, sizeof s->organization + 1 + n};
}

static struct str
redis_key(struct shelf *s, const struct kind *kind, struct str key,
    uint64_t generation)
{
	struct buf text = buf_new(s->pool, 64 + key.n * 2);

	buf_printf(&text, "opbx:%" PRIu64 ":%" PRIu64 ":%c%d:", s->organization,
	    generation, kind->letter, TENANT_LAYOUT);
	buf_add_url(&text, key);
	return buf_str(&text);
}

/* Fills *object from a packed text; an empty text stands for "none". */
static bool
unpack(struct shelf *s, const struct kind *kind, struct str text,
    const void **object)
{
	struct pack pack;
	void *fresh;

	*object = NULL;
	if (text.n == 0)
		return true;
	/* Strings will be slices of it, so it has to outlive the cache. */
	pack = pack_reader(s->pool, pool_copy(s->pool, text));
	fresh = pool_alloc(s->pool, kind->size);
	kind->pack(&pack, fresh);
	*object = fresh;
	return pack_done(&pack);
}

static bool
from_redis(struct shelf *s, const struct kind *kind, struct str key,
    uint64_t generation, struct str *text)
{
	struct str name = redis_key(s, kind, key, generation);
	struct reply reply;

	if (s->redis_down)
		return false;
	if (redis_call(s->redis, s->pool, &reply, "GET %b", name.p, name.n) !=
	    NULL) {
		s->redis_down = true;
		return false;
	}
	*text = reply.text;
	return reply.kind == REPLY_TEXT;
}

static struct err *
from_database(
    struct shelf *s, const struct kind *kind, struct str key, struct str *text)
{
	struct loading loading = shelf_loading(s);
	struct buf packed = buf_new(s->pool, 256);
	struct pack pack = pack_writer(&packed);
	void *object = NULL;

	TRY(shelf_snapshot(s));
	TRY(kind->load(&loading, key, &object));
	if (object != NULL)
		kind->pack(&pack, object);
	*text = buf_str(&packed);
	return NULL;
}

/* MariaDB is down: whatever was known last. */
static bool
from_the_past(
    struct shelf *s, const struct kind *kind, struct str key, struct str *text)
{
	char room[LONGEST_KEY];
	uint64_t stamp;
	uint64_t back = 1;

	s->source = "stale";
	s->answered[METRIC_CACHE_STALE]++;
	if (cache_get(s->cache, cache_key(s, kind, key, room), text, &stamp))
		return true;
	/* It was gone a moment ago and may be back: only it can know. */
	if (s->redis_down && redis_hurry(s->redis)) {
		s->redis_down = false;
		back = 0;
	}
	for (; back <= OLDER && back <= s->generation; back++)
		if (from_redis(s, kind, key, s->generation - back, text))
			return true;
	return false;
}

static void
remember(struct shelf *s, const struct kind *kind, struct str key,
    struct str text, bool in_redis)
{
	char room[LONGEST_KEY];
	struct fresh *fresh;

	if (s->lagging)
		return;
	cache_put(s->cache, cache_key(s, kind, key, room), text, s->generation);
	/* Anybody can name tenants that are none: Redis is not filled so. */
	if (in_redis || (s->organization == 0 && text.n == 0))
		return;
	fresh = NEW(s->pool, struct fresh);
	fresh->key = redis_key(s, kind, key, s->generation);
	fresh->value = text;
	fresh->next = s->fresh;
	s->fresh = fresh;
}

/* False when it cannot be found out; *object is NULL when there is none. */
static bool
find(struct shelf *s, const struct kind *kind, struct str key,
    const void **object)
{
	char room[LONGEST_KEY];
	struct str text;
	uint64_t stamp;
	struct err *err;

	if (!s->anew &&
	    cache_get(s->cache, cache_key(s, kind, key, room), &text, &stamp) &&
	    stamp == s->generation && unpack(s, kind, text, object)) {
		s->answered[METRIC_CACHE_MEMORY]++;
		return true;
	}
	if (!s->anew && from_redis(s, kind, key, s->generation, &text) &&
	    unpack(s, kind, text, object)) {
		s->source = "redis";
		s->answered[METRIC_CACHE_REDIS]++;
		remember(s, kind, key, text, true);
		return true;
	}
	if (!s->database_down) {
		err = from_database(s, kind, key, &text);
		if (err == NULL) {
			s->source = "database";
			s->answered[METRIC_CACHE_DATABASE]++;
			remember(s, kind, key, text, false);
			return unpack(s, kind, text, object);
		}
		db_rollback(s->db);
		s->database_down = true;
		s->failure = err->cause.n > 0 ? err->cause : err->message;
	}
	return from_the_past(s, kind, key, &text) &&
	       unpack(s, kind, text, object);
}

const void *
shelf_find(struct shelf *s, const struct kind *kind, struct str key)
{
	struct seen *seen;
	const void *object;

	for (seen = s->seen; seen != NULL; seen = seen->next)
		if (seen->kind == kind && str_equal(seen->key, key))
			return seen->object;
	if (!find(s, kind, key, &object)) {
		s->failed = true;
		return NULL;
	}
	seen = NEW(s->pool, struct seen);
	*seen = (struct seen){s->seen, kind, pool_copy(s->pool, key), object};
	s->seen = seen;
	return object;
}

const void *
shelf_find_id(struct shelf *s, const struct kind *kind, uint64_t id)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRIu64, id);

	return id == 0 ? NULL
		       : shelf_find(s, kind, (struct str){text, (size_t)n});
}

void
shelf_open(struct shelf *s, struct pool *request, uint64_t organization)
{
	enum generation_source source;

	shelf_close(s);
	s->pool = request;
	s->organization = organization;
	s->failed = s->database_down = s->redis_down = s->lagging = false;
	s->source = "memory";
	s->tenant_url = NO_STR;
	s->seen = NULL;
	s->failure = NO_STR;
	s->generation = generation_now(
	    s->generations, request, s->db, organization, &source);
	if (source == GENERATION_OLD)
		s->source = "stale";
}

void
shelf_close(struct shelf *s)
{
	if (db_in_transaction(s->db))
		db_rollback(s->db);
}

/* Nobody waits any more: what the request's look-ups were answered by. */
static void
count(struct shelf *s)
{
	for (int i = METRIC_CACHE_MEMORY; i <= METRIC_CACHE_STALE; i++) {
		metrics_add((enum metric)i, s->answered[i]);
		s->answered[i] = 0;
	}
	if (s->pool != NULL && strcmp(s->source, "stale") == 0)
		metrics_add(METRIC_STALE_ANSWERS, 1);
}

bool
shelf_settle(struct shelf *s, struct pool *request)
{
	struct reply reply;
	size_t sent = 0, taken = 0, count_of = 0;

	count(s);
	for (struct fresh *fresh = s->fresh; fresh != NULL;
	     fresh = fresh->next) {
		count_of++;
		if (sent + 1 == count_of &&
		    redis_send(s->redis, request, "SET %b %b EX %d",
			fresh->key.p, fresh->key.n, fresh->value.p,
			fresh->value.n, KEPT_SECONDS) == NULL)
			sent++;
	}
	while (taken < sent && redis_receive(s->redis, request, &reply) == NULL)
		taken++;
	s->fresh = NULL;
	s->pool = NULL;
	return taken == count_of;
}
