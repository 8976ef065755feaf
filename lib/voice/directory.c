#include "directory.h"

#include <inttypes.h>
#include <stdio.h>

#include "counters.h"
#include "load.h"

enum {
	LONGEST_KEY = 320,	  /* bytes of a cache key */
	KEPT_SECONDS = 7 * 86400, /* in Redis */
	OLDER = 8,		  /* generations looked back in an outage */
};

/* One kind of object: how it is loaded, and how it is cached. */
struct kind {
	char letter;
	size_t size;
	struct err *(*load)(const struct loading *, struct str, void **);
	void (*pack)(struct pack *, void *);
};

/* What this request has looked up already. */
struct seen {
	struct seen *next;
	const struct kind *kind;
	struct str key;
	const void *object; /* NULL: there is none */
};

/* To be written to Redis after the answer. */
struct fresh {
	struct fresh *next;
	struct str key;
	struct str value;
};

struct directory {
	struct db *db;
	struct redis *redis;
	struct generations *generations;
	struct cache *cache;
	struct crypto_key seal;
	struct str base_url;

	/* Of the request. */
	struct pool *pool;
	uint64_t organization;
	uint64_t generation;
	struct str call_key;
	bool failed, database_down, redis_down, lagging;
	struct str failure; /* what MariaDB or the way to it said */
	const char *source;
	struct seen *seen;
	struct fresh *fresh;
};

#define PACK(name, type)                                         \
	static void pack_##name(struct pack *pack, void *object) \
	{                                                        \
		type##_pack(pack, object);                       \
	}
PACK(organization, organization)
PACK(extension, extension)
PACK(did, did)
PACK(ring_group, ring_group)
PACK(ivr_menu, ivr_menu)
PACK(business_hours, hours)
PACK(conference_room, conference_room)
PACK(outbound_rules, outbound_rules)
PACK(blocked_callers, blocked_callers)

static void
pack_id(struct pack *pack, void *id)
{
	pack_u64(pack, id);
}

static struct err *load_domain(
    const struct loading *l, struct str key, void **out);
static struct err *load_domain_uuid(
    const struct loading *l, struct str key, void **out);
static struct err *load_key(
    const struct loading *l, struct str key, void **out);

#define KIND(letter, name)                       \
	static const struct kind name##_kind = { \
	    letter, sizeof(struct name), load_##name, pack_##name}
KIND('o', organization);
KIND('e', extension);
KIND('d', did);
KIND('g', ring_group);
KIND('m', ivr_menu);
KIND('h', business_hours);
KIND('c', conference_room);
KIND('r', outbound_rules);
KIND('b', blocked_callers);
static const struct kind number_kind = {
    'n', sizeof(uint64_t), load_number, pack_id};
static const struct kind domain_kind = {
    'D', sizeof(uint64_t), load_domain, pack_id};
static const struct kind domain_uuid_kind = {
    'U', sizeof(uint64_t), load_domain_uuid, pack_id};
static const struct kind key_kind = {'K', sizeof(uint64_t), load_key, pack_id};

struct directory *
directory_new(struct pool *process, const struct conf *conf, struct db *db,
    struct redis *redis, struct generations *generations,
    const struct crypto_key *master)
{
	struct directory *d = NEW(process, struct directory);

	d->db = db;
	d->redis = redis;
	d->generations = generations;
	d->seal = crypto_derive(master, "seal");
	d->base_url = conf_text(conf, "base_url", "http://127.0.0.1:8080");
	d->cache = cache_new((size_t)conf_int(conf, "cache.bytes",
	    16 * 1024 * 1024, 64 * 1024, INT64_C(4) << 30));
	return d;
}

/* The transaction of this request, begun by the first look-up that needs it. */
static struct err *
snapshot(struct directory *d)
{
	struct rows *rows;
	uint64_t generation;

	if (db_in_transaction(d->db))
		return NULL;
	TRY(db_begin(d->db, d->pool, DB_READ, d->organization));
	TRY(QUERY(
	    d->db, "SELECT generation_of(?)", &rows, INT(d->organization)));
	generation = (uint64_t)rows_int(rows, 0, 0);
	/* A replica may lag behind: what it says is not kept. */
	d->lagging = generation < d->generation;
	if (generation > d->generation) {
		d->generation = generation;
		generation_seen(d->generations, d->organization, generation);
	}
	return NULL;
}

static struct str
cache_key(const struct directory *d, const struct kind *kind, struct str key,
    char room[LONGEST_KEY])
{
	size_t n = key.n < LONGEST_KEY - 16 ? key.n : LONGEST_KEY - 16;

	memcpy(room, &d->organization, sizeof d->organization);
	room[sizeof d->organization] = kind->letter;
	memcpy(room + sizeof d->organization + 1, key.p, n);
	return (struct str){room, sizeof d->organization + 1 + n};
}

static struct str
redis_key(struct directory *d, const struct kind *kind, struct str key,
    uint64_t generation)
{
	struct buf text = buf_new(d->pool, 64 + key.n * 2);

	buf_printf(&text, "opbx:%" PRIu64 ":%" PRIu64 ":%c:", d->organization,
	    generation, kind->letter);
	buf_add_url(&text, key);
	return buf_str(&text);
}

/* Fills *object from a packed text; an empty text stands for "none". */
static bool
unpack(struct directory *d, const struct kind *kind, struct str text,
    const void **object)
{
	struct pack pack;
	void *fresh;

	*object = NULL;
	if (text.n == 0)
		return true;
	/* Strings will be slices of it, so it has to outlive the cache. */
	pack = pack_reader(d->pool, pool_copy(d->pool, text));
	fresh = pool_alloc(d->pool, kind->size);
	kind->pack(&pack, fresh);
	*object = fresh;
	return pack_done(&pack);
}

static bool
from_redis(struct directory *d, const struct kind *kind, struct str key,
    uint64_t generation, struct str *text)
{
	struct str name = redis_key(d, kind, key, generation);
	struct reply reply;

	if (d->redis_down)
		return false;
	if (redis_call(d->redis, d->pool, &reply, "GET %b", name.p, name.n) !=
	    NULL) {
		d->redis_down = true;
		return false;
	}
	*text = reply.text;
	return reply.kind == REPLY_TEXT;
}

static struct err *
from_database(struct directory *d, const struct kind *kind, struct str key,
    struct str *text)
{
	struct loading loading = {d->db, d->pool, d->organization, d->base_url};
	struct buf packed = buf_new(d->pool, 256);
	struct pack pack = pack_writer(&packed);
	void *object = NULL;

	TRY(snapshot(d));
	TRY(kind->load(&loading, key, &object));
	if (object != NULL)
		kind->pack(&pack, object);
	*text = buf_str(&packed);
	return NULL;
}

/* MariaDB is down: whatever was known last. */
static bool
from_the_past(struct directory *d, const struct kind *kind, struct str key,
    struct str *text)
{
	char room[LONGEST_KEY];
	uint64_t stamp;

	d->source = "stale";
	if (cache_get(d->cache, cache_key(d, kind, key, room), text, &stamp))
		return true;
	for (uint64_t back = 1; back <= OLDER && back <= d->generation; back++)
		if (from_redis(d, kind, key, d->generation - back, text))
			return true;
	return false;
}

static void
remember(struct directory *d, const struct kind *kind, struct str key,
    struct str text, bool in_redis)
{
	char room[LONGEST_KEY];
	struct fresh *fresh;

	if (d->lagging)
		return;
	cache_put(d->cache, cache_key(d, kind, key, room), text, d->generation);
	if (in_redis)
		return;
	fresh = NEW(d->pool, struct fresh);
	fresh->key = redis_key(d, kind, key, d->generation);
	fresh->value = text;
	fresh->next = d->fresh;
	d->fresh = fresh;
}

/* False when it cannot be found out; *object is NULL when there is none. */
static bool
find(struct directory *d, const struct kind *kind, struct str key,
    const void **object)
{
	char room[LONGEST_KEY];
	struct str text;
	uint64_t stamp;
	struct err *err;

	if (cache_get(d->cache, cache_key(d, kind, key, room), &text, &stamp) &&
	    stamp == d->generation && unpack(d, kind, text, object))
		return true;
	if (from_redis(d, kind, key, d->generation, &text) &&
	    unpack(d, kind, text, object)) {
		d->source = "redis";
		remember(d, kind, key, text, true);
		return true;
	}
	if (!d->database_down) {
		err = from_database(d, kind, key, &text);
		if (err == NULL) {
			d->source = "database";
			remember(d, kind, key, text, false);
			return unpack(d, kind, text, object);
		}
		db_rollback(d->db);
		d->database_down = true;
		d->failure = err->cause.n > 0 ? err->cause : err->message;
	}
	return from_the_past(d, kind, key, &text) &&
	       unpack(d, kind, text, object);
}

static const void *
look_up(struct directory *d, const struct kind *kind, struct str key)
{
	struct seen *seen;
	const void *object;

	for (seen = d->seen; seen != NULL; seen = seen->next)
		if (seen->kind == kind && str_equal(seen->key, key))
			return seen->object;
	if (!find(d, kind, key, &object)) {
		d->failed = true;
		return NULL;
	}
	seen = NEW(d->pool, struct seen);
	*seen = (struct seen){d->seen, kind, pool_copy(d->pool, key), object};
	d->seen = seen;
	return object;
}

static const void *
look_up_id(struct directory *d, const struct kind *kind, uint64_t id)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRIu64, id);

	return id == 0 ? NULL : look_up(d, kind, (struct str){text, (size_t)n});
}

#define BY_ID(name)                                                    \
	static const struct name *find_##name(void *self, uint64_t id) \
	{                                                              \
		return look_up_id(self, &name##_kind, id);             \
	}
BY_ID(extension)
BY_ID(ring_group)
BY_ID(ivr_menu)
BY_ID(business_hours)
BY_ID(conference_room)

static const struct extension *
find_number(void *self, struct str number)
{
	const uint64_t *id = look_up(self, &number_kind, number);

	return id == NULL ? NULL : find_extension(self, *id);
}

static const struct did *
find_did(void *self, struct str e164)
{
	return e164.n == 0 ? NULL : look_up(self, &did_kind, e164);
}

static const struct outbound_rules *
find_outbound_rules(void *self)
{
	return look_up(self, &outbound_rules_kind, STR("all"));
}

static const struct blocked_callers *
find_blocked_callers(void *self)
{
	return look_up(self, &blocked_callers_kind, STR("all"));
}

static const struct messages *
find_messages(void *self, uint64_t extension)
{
	struct directory *d = self;
	struct loading loading = {d->db, d->pool, d->organization, d->base_url};
	struct messages *messages = NEW(d->pool, struct messages);
	struct err *err = d->database_down
			      ? err_unavailable(d->pool, "MariaDB is down")
			      : snapshot(d);

	if (err == NULL)
		err = load_messages(&loading, extension, messages);
	if (err == NULL)
		return messages;
	d->failed = true;
	return NULL;
}

static const struct zone *
find_zone(void *self, struct str name)
{
	(void)self;
	return zone_load(name);
}

static struct counters
counters_of(struct directory *d)
{
	return (struct counters){d->redis, d->db, d->pool, d->organization};
}

static uint64_t
count_group_calls(void *self, uint64_t ring_group)
{
	struct directory *d = self;
	struct counters counters = counters_of(d);

	return counters_group_calls(&counters, ring_group, d->call_key);
}

static uint64_t
group_calls_so_far(void *self, uint64_t ring_group)
{
	struct counters counters = counters_of(self);

	return counters_group_calls_so_far(&counters, ring_group);
}

void
directory_imagine(struct lookups *lookups)
{
	lookups->group_calls = group_calls_so_far;
}

static bool
is_locked(void *self, struct node node)
{
	struct counters counters = counters_of(self);

	return counters_locked(&counters, node);
}

static bool
matches_pin(void *self, struct node node, struct str sealed, struct str digits,
    const char *which)
{
	struct directory *d = self;
	const char *table = node.type == TARGET_CONFERENCE_ROOM
				? "conference_room"
				: "extension";
	struct str plain;

	return crypto_open(d->pool, &d->seal,
		   pool_printf(
		       d->pool, "%s.%s:%" PRIu64, table, which, node.id),
		   sealed, &plain) &&
	       crypto_same(plain, digits);
}

static void
begin(struct directory *d, struct pool *request, uint64_t organization)
{
	enum generation_source source;

	directory_close(d);
	d->pool = request;
	d->organization = organization;
	d->failed = d->database_down = d->redis_down = d->lagging = false;
	d->source = "memory";
	d->seen = NULL;
	d->failure = NO_STR;
	d->generation = generation_now(
	    d->generations, request, d->db, organization, &source);
	if (source == GENERATION_OLD)
		d->source = "stale";
}

static struct err *
find_tenant(struct directory *d, struct pool *request, const struct kind *kind,
    struct str key, uint64_t *organization)
{
	const void *id;

	begin(d, request, 0);
	if (!find(d, kind, key, &id))
		return err_unavailable(request, "no tenant can be looked up");
	*organization = id != NULL ? *(const uint64_t *)id : 0;
	return NULL;
}

static struct err *
load_tenant(
    const struct loading *l, const char *sql, struct str key, void **out)
{
	struct rows *rows;
	uint64_t *id;

	TRY(QUERY(l->db, sql, &rows, TEXT(key)));
	if (rows->count == 0 || rows_text(rows, 0, 0).p == NULL)
		return NULL;
	id = NEW(l->pool, uint64_t);
	*id = (uint64_t)rows_int(rows, 0, 0);
	*out = id;
	return NULL;
}

static struct err *
load_domain(const struct loading *l, struct str key, void **out)
{
	return load_tenant(l, "SELECT organization_by_domain(?)", key, out);
}

static struct err *
load_domain_uuid(const struct loading *l, struct str key, void **out)
{
	return load_tenant(
	    l, "SELECT organization_by_domain_uuid(?)", key, out);
}

static struct err *
load_key(const struct loading *l, struct str key, void **out)
{
	return load_tenant(l, "SELECT organization_by_voice_key(?)", key, out);
}

struct err *
directory_find(struct directory *d, struct pool *request,
    const struct tenant_name *name, uint64_t *organization)
{
	char lower[256];
	struct str key = {lower, name->text.n};

	*organization = 0;
	/* Nothing longer is a domain (RFC 1035) or a UUID. */
	if (name->text.n >= sizeof lower)
		return NULL;
	for (size_t i = 0; i < name->text.n; i++) {
		char c = name->text.p[i];

		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return find_tenant(d, request,
	    name->uuid ? &domain_uuid_kind : &domain_kind, key, organization);
}

struct err *
directory_find_key(struct directory *d, struct pool *request, struct str hash,
    uint64_t *organization)
{
	return find_tenant(d, request, &key_kind, hash, organization);
}

struct err *
directory_open(struct directory *d, struct pool *request, uint64_t organization,
    struct str call_key, struct lookups *lookups)
{
	const struct organization *org;

	begin(d, request, organization);
	d->call_key = call_key;
	org = look_up_id(d, &organization_kind, organization);
	if (d->failed)
		return err_unavailable(request, "the tenant is not known");
	if (org == NULL)
		return err_new(request, NOT_FOUND, "No such organization.");
	*lookups = (struct lookups){
	    .self = d,
	    .failed = &d->failed,
	    .organization = org,
	    .extension = find_extension,
	    .number = find_number,
	    .did = find_did,
	    .ring_group = find_ring_group,
	    .ivr_menu = find_ivr_menu,
	    .business_hours = find_business_hours,
	    .conference_room = find_conference_room,
	    .outbound_rules = find_outbound_rules,
	    .blocked_callers = find_blocked_callers,
	    .messages = find_messages,
	    .zone = find_zone,
	    .group_calls = count_group_calls,
	    .locked = is_locked,
	    .pin_matches = matches_pin,
	};
	return NULL;
}

void
directory_close(struct directory *d)
{
	if (db_in_transaction(d->db))
		db_rollback(d->db);
}

void
directory_settle(struct directory *d, struct pool *request)
{
	struct reply reply;
	size_t sent = 0;

	for (struct fresh *fresh = d->fresh; fresh != NULL;
	     fresh = fresh->next) {
		if (redis_send(d->redis, request, "SET %b %b EX %d",
			fresh->key.p, fresh->key.n, fresh->value.p,
			fresh->value.n, KEPT_SECONDS) != NULL)
			break;
		sent++;
	}
	while (sent-- > 0)
		if (redis_receive(d->redis, request, &reply) != NULL)
			break;
	d->fresh = NULL;
	d->pool = NULL;
}

const char *
directory_source(const struct directory *d)
{
	return d->source;
}

struct str
directory_failure(const struct directory *d)
{
	return d->failure;
}
