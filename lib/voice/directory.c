#include "directory.h"

#include "counters.h"
#include "shelf.h"
#include <inttypes.h>

#define CACHE_BYTES (INT64_C(20) << 20)
#define CACHE_LEAST (INT64_C(64) << 10)
#define CACHE_MOST (INT64_C(2) << 30)

struct directory {
	struct shelf shelf;
	struct crypto_key seal;
	struct str call_key; /* of the request */
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

static void
pack_webhook_rules(struct pack *pack, void *object)
{
	struct webhook_rules *rules = object;

	pack_bool(pack, &rules->require_signature);
	pack_str(pack, &rules->secret);
	pack_int(pack, &rules->rate);
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
KIND('w', webhook_rules);
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

	d->shelf.db = db;
	d->shelf.redis = redis;
	d->shelf.generations = generations;
	d->seal = crypto_derive(master, "seal");
	d->shelf.base_url =
	    conf_text(conf, "base_url", "http://127.0.0.1:8080");
	d->shelf.cache = cache_new((size_t)conf_int(
	    conf, "cache.bytes", CACHE_BYTES, CACHE_LEAST, CACHE_MOST));
	return d;
}

void
directory_renew(struct directory *d)
{
	d->shelf.anew = true;
}

uint64_t
directory_generation(const struct directory *d)
{
	return d->shelf.generation;
}

static struct shelf *
shelf_of(void *self)
{
	struct directory *d = self;

	return &d->shelf;
}

#define BY_ID(name)                                                     \
	static const struct name *find_##name(void *self, uint64_t id)  \
	{                                                               \
		return shelf_find_id(shelf_of(self), &name##_kind, id); \
	}
BY_ID(ring_group)
BY_ID(ivr_menu)
BY_ID(business_hours)
BY_ID(conference_room)

/* An assistant's token is kept sealed, in the caches as well. */
static const struct extension *
find_extension(void *self, uint64_t id)
{
	struct directory *d = self;
	const struct extension *kept =
	    shelf_find_id(&d->shelf, &extension_kind, id);
	struct extension *open;

	if (kept == NULL || kept->service_token.n == 0)
		return kept;
	open = NEW(d->shelf.pool, struct extension);
	*open = *kept;
	if (!crypto_open(d->shelf.pool, &d->seal,
		pool_printf(
		    d->shelf.pool, "extension.service_token:%" PRIu64, id),
		kept->service_token, &open->service_token))
		open->service_token = NO_STR;
	return open;
}

static const struct extension *
find_number(void *self, struct str number)
{
	const uint64_t *id = shelf_find(shelf_of(self), &number_kind, number);

	return id == NULL ? NULL : find_extension(self, *id);
}

static const struct did *
find_did(void *self, struct str e164)
{
	return e164.n == 0 ? NULL : shelf_find(shelf_of(self), &did_kind, e164);
}

static const struct outbound_rules *
find_outbound_rules(void *self)
{
	return shelf_find(shelf_of(self), &outbound_rules_kind, STR("all"));
}

static const struct blocked_callers *
find_blocked_callers(void *self)
{
	return shelf_find(shelf_of(self), &blocked_callers_kind, STR("all"));
}

static const struct messages *
find_messages(void *self, uint64_t extension)
{
	struct shelf *shelf = shelf_of(self);
	struct loading loading = shelf_loading(shelf);
	struct messages *messages = NEW(shelf->pool, struct messages);
	struct err *err = shelf->database_down
			      ? err_unavailable(shelf->pool, "MariaDB is down")
			      : shelf_snapshot(shelf);

	if (err == NULL)
		err = load_messages(&loading, extension, messages);
	if (err == NULL)
		return messages;
	shelf->failed = true;
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
	return (struct counters){
	    d->shelf.redis, d->shelf.db, d->shelf.pool, d->shelf.organization};
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

	return crypto_open(d->shelf.pool, &d->seal,
		   pool_printf(
		       d->shelf.pool, "%s.%s:%" PRIu64, table, which, node.id),
		   sealed, &plain) &&
	       crypto_same(plain, digits);
}

static struct err *
find_tenant(struct directory *d, struct pool *request, const struct kind *kind,
    struct str key, uint64_t *organization)
{
	const uint64_t *id;

	shelf_open(&d->shelf, request, 0);
	id = shelf_find(&d->shelf, kind, key);
	if (d->shelf.failed)
		return err_unavailable(request, "no tenant can be looked up");
	*organization = id != NULL ? *id : 0;
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
	*organization = 0;
	/* Nothing longer is a domain (RFC 1035) or a UUID. */
	if (name->text.n > 253)
		return NULL;
	return find_tenant(d, request,
	    name->uuid ? &domain_uuid_kind : &domain_kind,
	    pool_lower(request, name->text), organization);
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

	shelf_open(&d->shelf, request, organization);
	d->call_key = call_key;
	org = shelf_find_id(&d->shelf, &organization_kind, organization);
	if (d->shelf.failed)
		return err_unavailable(request, "the tenant is not known");
	if (org == NULL)
		return err_new(request, NOT_FOUND, "No such organization.");
	d->shelf.tenant_url = org->base_url;
	*lookups = (struct lookups){
	    .self = d,
	    .failed = &d->shelf.failed,
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

struct err *
directory_webhook_rules(struct directory *d, struct webhook_rules *rules)
{
	struct pool *pool = d->shelf.pool;
	uint64_t organization = d->shelf.organization;
	const struct webhook_rules *kept =
	    shelf_find_id(&d->shelf, &webhook_rules_kind, organization);

	if (kept == NULL)
		return err_unavailable(pool, "the webhook's rules: %s",
		    d->shelf.failed ? "nobody can be asked" : "there are none");
	*rules = *kept;
	rules->secret = NO_STR;
	if (kept->require_signature &&
	    !crypto_open(pool, &d->seal,
		pool_printf(
		    pool, "setting.webhook_secret:%" PRIu64, organization),
		kept->secret, &rules->secret))
		rules->secret = NO_STR;
	return NULL;
}

void
directory_close(struct directory *d)
{
	shelf_close(&d->shelf);
}

bool
directory_settle(struct directory *d, struct pool *request)
{
	return shelf_settle(&d->shelf, request);
}

const char *
directory_source(const struct directory *d)
{
	return d->shelf.source;
}

struct str
directory_failure(const struct directory *d)
{
	return d->shelf.failure;
}
