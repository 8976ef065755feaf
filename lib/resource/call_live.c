#include "call_live.h"

#include "clock.h"
#include "json.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static unsigned
choice_of(const char *const *choices, struct str name)
{
	unsigned i = 0;

	while (choices[i] != NULL && !str_is(name, choices[i]))
		i++;
	return choices[i] != NULL ? i : 0;
}

static struct instant
instant_in(const struct json *json, const char *name)
{
	struct instant instant = {0};

	clock_parse(json_text(json_get(json, name)), &instant.at);
	return instant;
}

static uint64_t
id_in(const struct json *json, const char *name)
{
	return (uint64_t)json_int(json_get(json, name));
}

static size_t
read_ids(const struct json *list, uint64_t *ids)
{
	size_t n = 0;

	while (n < json_count(list) && n < PRESENCE_SIDES) {
		ids[n] = (uint64_t)json_int(json_at(list, n));
		n++;
	}
	return n;
}

static const struct presence_sides *
read_sides(struct pool *pool, const struct json *json)
{
	struct presence_sides *sides = NEW(pool, struct presence_sides);

	sides->ringing_count =
	    read_ids(json_get(json, "ringing"), sides->ringing);
	sides->talking_count =
	    read_ids(json_get(json, "talking"), sides->talking);
	return sides;
}

static struct call_record *
read_call(struct pool *pool, const struct json *json)
{
	struct call_record *call = NEW(pool, struct call_record);
	const struct json *did = json_get(json, "did");
	const struct json *target = json_get(json, "target");

	*call = (struct call_record){
	    .id = id_in(json, "id"),
	    .call_key = json_text(json_get(json, "call_key")),
	    .direction =
		choice_of(call_ways, json_text(json_get(json, "direction"))),
	    .state = choice_of(call_states, json_text(json_get(json, "state"))),
	    .from_raw = json_text(json_get(json, "from")),
	    .to_raw = json_text(json_get(json, "to")),
	    .from_number = json_text(json_get(json, "from_number")),
	    .to_number = json_text(json_get(json, "to_number")),
	    .caller_name = json_text(json_get(json, "caller_name")),
	    .did_id = id_in(did, "id"),
	    .did_number = json_text(json_get(did, "number")),
	    .from_extension_id = id_in(json, "from_extension_id"),
	    .extension_id = id_in(json, "extension_id"),
	    .emergency = json_bool(json_get(json, "emergency")),
	    .missed = json_bool(json_get(json, "missed")),
	    .started_at = instant_in(json, "started_at"),
	    .ringing_at = instant_in(json, "ringing_at"),
	    .answered_at = instant_in(json, "answered_at"),
	    .updated_at = instant_in(json, "updated_at"),
	    .sides = read_sides(pool, json),
	};
	if (target_type_parse(
		json_text(json_get(target, "type")), &call->target.type)) {
		call->target.id = id_in(target, "id");
		call->target.number = json_text(json_get(target, "number"));
	}
	return call;
}

static int
newest_first_(const void *a, const void *b)
{
	const struct call_record *x = *(const struct call_record *const *)a;
	const struct call_record *y = *(const struct call_record *const *)b;

	if (x->started_at.at != y->started_at.at)
		return x->started_at.at > y->started_at.at ? -1 : 1;
	return x->id > y->id ? -1 : x->id < y->id;
}

/* Names and values in turn. */
static void
read_all(
    struct visit *visit, const struct reply *hash, struct cursor_page *page)
{
	struct pool *pool = visit->req->pool;

	page->objects = NEW_ARRAY(pool, void *, hash->count / 2 + 1);
	for (size_t i = 1; i < hash->count; i += 2) {
		const struct json *json;
		struct call_record *call;

		if (json_parse(pool, hash->list[i].text, &json) != NULL)
			continue;
		call = read_call(pool, json);
		if (visit->change.now - call->started_at.at < DAY_MS)
			page->objects[page->count++] = call;
	}
	qsort(page->objects, page->count, sizeof *page->objects, newest_first_);
	if (page->count > CURSOR_PAGE)
		page->count = CURSOR_PAGE;
}

bool
calls_living(struct visit *visit, struct cursor_page *page)
{
	struct redis *redis = visit->desk->redis;
	struct pool *pool = visit->req->pool;
	struct reply whole, hash;

	*page = (struct cursor_page){0};
	if (redis_send(redis, pool, "EXISTS opbx:live") != NULL ||
	    redis_send(redis, pool, "HGETALL opbx:%llu:live",
		(unsigned long long)visit->change.organization) != NULL ||
	    redis_receive(redis, pool, &whole) != NULL ||
	    redis_receive(redis, pool, &hash) != NULL)
		return false;
	if (whole.number != 1 || hash.kind != REPLY_LIST)
		return false;
	read_all(visit, &hash, page);
	return true;
}
