#include "feed.h"

enum { ENTRIES_MOST = 200 };

static bool
number_of(struct str text, uint64_t *out)
{
	int64_t number;

	if (!str_is_digits(text) || !str_to_int(text, 0, INT64_MAX, &number))
		return false;
	*out = (uint64_t)number;
	return true;
}

bool
feed_parse(struct str text, struct feed_place *place)
{
	struct str at;

	*place = (struct feed_place){0};
	return str_next(&text, '-', &at) && number_of(at, &place->at) &&
	       number_of(text, &place->number);
}

struct str
feed_print(struct pool *pool, struct feed_place place)
{
	return pool_printf(pool, "%llu-%llu", (unsigned long long)place.at,
	    (unsigned long long)place.number);
}

int
feed_compare(struct feed_place a, struct feed_place b)
{
	if (a.at != b.at)
		return a.at < b.at ? -1 : 1;
	return a.number < b.number ? -1 : a.number > b.number;
}

/* [["1700000000000-0", ["event", "{…}"]], …] */
static void
take_entries(struct pool *pool, const struct reply *list, struct feed *out)
{
	out->entries = NEW_ARRAY(pool, struct feed_entry, list->count + 1);
	for (size_t i = 0; i < list->count; i++) {
		const struct reply *entry = &list->list[i];
		struct feed_entry *one = &out->entries[out->count];

		if (entry->count != 2 || entry->list[1].count < 2 ||
		    !feed_parse(entry->list[0].text, &one->place))
			continue;
		one->text = entry->list[1].list[1].text;
		if (json_parse(pool, one->text, &one->json) == NULL)
			out->count++;
	}
}

struct err *
feed_read(struct redis *redis, struct pool *pool, uint64_t organization,
    struct feed_place behind, struct feed *out)
{
	struct reply reply;

	*out = (struct feed){0};
	TRY(redis_call(redis, pool, &reply,
	    "XREAD COUNT %d STREAMS opbx:%llu:feed %s", (int)ENTRIES_MOST,
	    (unsigned long long)organization, feed_print(pool, behind).p));
	if (reply.count == 1 && reply.list[0].count == 2)
		take_entries(pool, &reply.list[0].list[1], out);
	return NULL;
}

static void
place_of(const struct reply *list, struct feed_place *place)
{
	*place = (struct feed_place){0};
	if (list->count == 1 && list->list[0].count == 2)
		feed_parse(list->list[0].list[0].text, place);
}

struct err *
feed_ends(struct redis *redis, struct pool *pool, uint64_t organization,
    struct feed_place *first, struct feed_place *last)
{
	struct reply reply;

	TRY(redis_call(redis, pool, &reply, "XRANGE opbx:%llu:feed - + COUNT 1",
	    (unsigned long long)organization));
	place_of(&reply, first);
	TRY(redis_call(redis, pool, &reply,
	    "XREVRANGE opbx:%llu:feed + - COUNT 1",
	    (unsigned long long)organization));
	place_of(&reply, last);
	return NULL;
}
