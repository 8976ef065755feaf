#include "tenant.h"

#include <assert.h>

#include "source.h"

static const struct {
	const char *kind;
	enum target_type type;
} kinds[KINDS] = {
    {"organization", TARGET_NONE},
    {"extensions", TARGET_EXTENSION},
    {"dids", TARGET_NONE},
    {"ring_groups", TARGET_RING_GROUP},
    {"ivr_menus", TARGET_IVR_MENU},
    {"business_hours", TARGET_BUSINESS_HOURS},
    {"conference_rooms", TARGET_CONFERENCE_ROOM},
    {"outbound_rules", TARGET_NONE},
    {"blocked_callers", TARGET_NONE},
};

static struct source *
source_of(struct list *list, struct str name)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_equal(list->sources[i].name, name))
			return &list->sources[i];
	assert(list->count < MOST);
	list->sources[list->count].name = name;
	return &list->sources[list->count++];
}

static void
add_layer(struct source *source, const struct json *layer)
{
	assert(source->count < LAYERS);
	source->layers[source->count++] = layer;
}

struct tenant *
tenant_read(struct pool *pool, struct str document)
{
	struct tenant *tenant = NEW(pool, struct tenant);
	const struct json *root;

	tenant->pool = pool;
	if (json_parse(pool, document, &root) != NULL)
		return NULL;
	for (int k = 0; k < KINDS; k++) {
		const struct json *objects = json_get(root, kinds[k].kind);
		struct list *list = &tenant->lists[k];

		list->kind = kinds[k].kind;
		list->type = kinds[k].type;
		if (k == ORGANIZATION) {
			add_layer(source_of(list, STR("")), objects);
			continue;
		}
		for (size_t i = 0; i < json_count(objects); i++) {
			struct str name;
			const struct json *object =
			    json_member(objects, i, &name);

			add_layer(source_of(list, name), object);
		}
	}
	return tenant;
}

struct err *
tenant_change(struct tenant *tenant, struct str kind, struct str name,
    struct str document)
{
	const struct json *layer;

	TRY(json_parse(tenant->pool, document, &layer));
	for (int k = 0; k < KINDS; k++)
		if (str_is(kind, kinds[k].kind)) {
			add_layer(source_of(&tenant->lists[k],
				      pool_copy(tenant->pool, name)),
			    layer);
			return NULL;
		}
	return err_new(
	    tenant->pool, BAD_REQUEST, "there is no kind %.*s", PSTR(kind));
}

void
tenant_break(struct tenant *tenant, struct str kind)
{
	tenant->broken = pool_copy(tenant->pool, kind);
}

void
tenant_lock(struct tenant *tenant, struct str node)
{
	assert(tenant->lock_count < MOST);
	tenant->locks[tenant->lock_count++] = pool_copy(tenant->pool, node);
}

/* True where this kind is to fail from now on. */
static bool
is_broken(struct tenant *tenant, enum kind kind)
{
	if (!str_is(tenant->broken, tenant->lists[kind].kind) &&
	    !str_is(tenant->broken, "everything"))
		return false;
	tenant->failed = true;
	return true;
}

/* The object with this id, or NULL. */
static const struct source *
find(struct tenant *tenant, enum kind kind, uint64_t id)
{
	const struct list *list = &tenant->lists[kind];

	if (is_broken(tenant, kind) || id == 0 || id > list->count ||
	    source_bool(&list->sources[id - 1], "deleted", false))
		return NULL;
	return &list->sources[id - 1];
}

/*
 * As the router gets it from the cache: through its packed form, as slices
 * without a NUL behind them.
 */
static struct pack
travel(struct tenant *tenant, struct buf *packed)
{
	size_t n = packed->n;

	buf_add_text(packed, "garbage");
	return pack_reader(tenant->pool, str_cut(buf_str(packed), 0, n));
}

#define TRAVEL(tenant, type, x)                                    \
	do {                                                       \
		struct buf packed_ = buf_new((tenant)->pool, 256); \
		struct pack out_ = pack_writer(&packed_), in_;     \
                                                                   \
		type##_pack(&out_, (x));                           \
		in_ = travel((tenant), &packed_);                  \
		*(x) = (struct type){0};                           \
		type##_pack(&in_, (x));                            \
		assert(pack_done(&in_));                           \
	} while (0)

#define FIND(type, LIST)                                               \
	static const struct type *find_##type(void *self, uint64_t id) \
	{                                                              \
		struct tenant *tenant = self;                          \
		const struct source *source = find(tenant, LIST, id);  \
		struct type *x;                                        \
                                                                       \
		if (source == NULL)                                    \
			return NULL;                                   \
		x = NEW(tenant->pool, struct type);                    \
		x->id = id;                                            \
		build_##type(tenant, source, x);                       \
		TRAVEL(tenant, type, x);                               \
		return x;                                              \
	}

#define business_hours_pack hours_pack
FIND(extension, EXTENSIONS)
FIND(ring_group, RING_GROUPS)
FIND(ivr_menu, IVR_MENUS)
FIND(business_hours, BUSINESS_HOURS)
FIND(conference_room, CONFERENCE_ROOMS)

static const struct extension *
find_number(void *self, struct str dialled)
{
	return find_extension(self, tenant_id(self, EXTENSIONS, dialled));
}

static const struct did *
find_did(void *self, struct str e164)
{
	struct tenant *tenant = self;
	uint64_t id = tenant_id(tenant, DIDS, e164);
	const struct source *source = find(tenant, DIDS, id);
	struct did *x;

	if (source == NULL)
		return NULL;
	x = NEW(tenant->pool, struct did);
	x->id = id;
	build_did(tenant, source, x);
	TRAVEL(tenant, did, x);
	return x;
}

static const struct outbound_rules *
find_outbound_rules(void *self)
{
	struct tenant *tenant = self;
	struct outbound_rules *x = NEW(tenant->pool, struct outbound_rules);

	if (is_broken(tenant, OUTBOUND_RULES))
		return NULL;
	build_outbound_rules(tenant, x);
	TRAVEL(tenant, outbound_rules, x);
	return x;
}

static const struct blocked_callers *
find_blocked_callers(void *self)
{
	struct tenant *tenant = self;
	struct blocked_callers *x = NEW(tenant->pool, struct blocked_callers);

	if (is_broken(tenant, BLOCKED_CALLERS))
		return NULL;
	build_blocked_callers(tenant, x);
	TRAVEL(tenant, blocked_callers, x);
	return x;
}

static const struct messages *
find_messages(void *self, uint64_t extension)
{
	struct tenant *tenant = self;
	const struct source *source = find(tenant, EXTENSIONS, extension);
	struct messages *x = NEW(tenant->pool, struct messages);

	if (source != NULL)
		build_messages(tenant, source, x);
	return source != NULL ? x : NULL;
}

static const struct zone *
find_zone(void *self, struct str name)
{
	(void)self;
	return zone_load(name);
}

/* As counters.c does it: the same for every request of one call. */
static uint64_t
group_calls(void *self, uint64_t group)
{
	struct tenant *tenant = self;
	struct counted *counted;

	for (counted = tenant->counted; counted != NULL;
	     counted = counted->next)
		if (counted->group == group && tenant->call_key.n > 0 &&
		    str_equal(counted->call_key, tenant->call_key))
			return counted->calls;
	counted = NEW(tenant->pool, struct counted);
	counted->group = group;
	counted->call_key = pool_copy(tenant->pool, tenant->call_key);
	counted->calls = tenant->group_calls[group]++;
	counted->next = tenant->counted;
	tenant->counted = counted;
	return counted->calls;
}

static bool
locked(void *self, struct node node)
{
	struct tenant *tenant = self;
	struct str name = tenant_name(tenant, node.type, node.id);

	for (size_t i = 0; i < tenant->lock_count; i++)
		if (str_equal(tenant->locks[i], name))
			return true;
	return false;
}

static bool
pin_matches(void *self, struct node node, struct str sealed, struct str digits,
    const char *which)
{
	(void)self;
	(void)node;
	(void)which;
	return str_equal(sealed, digits);
}

struct lookups
tenant_lookups(struct tenant *tenant, struct str call_key)
{
	tenant->failed = false;
	tenant->call_key = call_key;
	tenant->organization = (struct organization){0};
	build_organization(tenant, &tenant->organization);
	TRAVEL(tenant, organization, &tenant->organization);
	return (struct lookups){
	    .self = tenant,
	    .failed = &tenant->failed,
	    .organization = &tenant->organization,
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
	    .group_calls = group_calls,
	    .locked = locked,
	    .pin_matches = pin_matches,
	};
}

struct str
tenant_name(const struct tenant *tenant, enum target_type type, uint64_t id)
{
	enum target_type of =
	    type == TARGET_VOICEMAIL ? TARGET_EXTENSION : type;

	for (int k = 0; k < KINDS; k++)
		if (tenant->lists[k].type == of && of != TARGET_NONE &&
		    id >= 1 && id <= tenant->lists[k].count)
			return pool_printf(tenant->pool, "%s %.*s",
			    target_type_name(type),
			    PSTR(tenant->lists[k].sources[id - 1].name));
	return pool_printf(tenant->pool, "%s %llu", target_type_name(type),
	    (unsigned long long)id);
}

struct str
tenant_did(const struct tenant *tenant, uint64_t id)
{
	const struct list *list = &tenant->lists[DIDS];

	return id >= 1 && id <= list->count ? list->sources[id - 1].name
					    : NO_STR;
}
