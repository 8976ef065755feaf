/* What streams say. */
#include "streams_private.h"

static void
say(struct stream *stream, const char *event, struct str id, struct str data)
{
	struct buf *out = &stream->visit.req->out;

	if (id.n > 0)
		buf_printf(out, "id: %.*s\n", PSTR(id));
	buf_printf(out, "event: %s\ndata: ", event);
	buf_add(out, data);
	buf_add_text(out, "\n\n");
}

static struct str
print(struct pool *pool, const struct record *record, const void *object)
{
	return record_print(pool, record, object, SHOW_MASKED);
}

void
stream_snapshot(struct stream *stream, struct pool *pool)
{
	struct room *room = stream->room;
	struct office view;

	office_view(pool, &room->office, &stream->visit.who, &view);
	stream->last = room->end;
	stream->fresh = stream->resumed = false;
	say(stream, "snapshot", feed_print(pool, room->end),
	    print(pool, &office_record, &view));
}

void
stream_presence(
    struct stream *stream, struct pool *pool, const struct office *changes)
{
	struct office view;

	office_view(pool, changes, &stream->visit.who, &view);
	if (view.extensions.count + view.people.count > 0)
		say(stream, "presence", NO_STR,
		    print(pool, &office_changes, &view));
}

static bool
owns_any(const struct stream *stream, const struct json *ids)
{
	for (size_t i = 0; i < json_count(ids); i++)
		if (office_owns(&stream->room->office, &stream->visit.who,
			(uint64_t)json_int(json_at(ids, i))))
			return true;
	return false;
}

static bool
sees_call(const struct stream *stream, const struct json *call)
{
	static const char *const sides[] = {
	    "extension_id", "from_extension_id"};

	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
		if (office_owns(&stream->room->office, &stream->visit.who,
			(uint64_t)json_int(json_get(call, sides[i]))))
			return true;
	return owns_any(stream, json_get(call, "ringing")) ||
	       owns_any(stream, json_get(call, "talking"));
}

static bool
hears_notice(const struct stream *stream, const struct json *notice)
{
	const struct who *who = &stream->visit.who;

	return office_may_hear(&stream->room->office, who,
		   json_text(json_get(notice, "event")), NULL, 0) ||
	       owns_any(stream, json_get(notice, "extensions"));
}

/* It rang here, and is somebody else's or nobody's by now. */
static void
say_gone(
    struct stream *stream, struct pool *pool, const struct feed_entry *entry)
{
	if (owns_any(stream, json_get(entry->json, "extensions")))
		say(stream, "gone", feed_print(pool, entry->place),
		    pool_printf(pool, "{\"id\":%lld}",
			(long long)json_int(json_get(entry->json, "id"))));
}

void
stream_feed(struct stream *stream, struct pool *pool, const struct feed *feed)
{
	for (size_t i = 0; i < feed->count; i++) {
		const struct feed_entry *entry = &feed->entries[i];
		struct str type = json_text(json_get(entry->json, "type"));

		if (feed_compare(entry->place, stream->last) <= 0)
			continue;
		stream->last = entry->place;
		if (str_is(type, "call") && sees_call(stream, entry->json))
			say(stream, "call", feed_print(pool, entry->place),
			    entry->text);
		else if (str_is(type, "call"))
			say_gone(stream, pool, entry);
		else if (str_is(type, "notice") &&
			 hears_notice(stream, entry->json))
			say(stream, "notice", feed_print(pool, entry->place),
			    entry->text);
	}
}

void
stream_outage(struct stream *stream)
{
	say(stream, "outage", NO_STR, STR("{\"source\":\"database\"}"));
}

/* A comment: it keeps whatever is between awake. */
void
stream_beat(struct stream *stream)
{
	buf_add_text(&stream->visit.req->out, ": still here\n\n");
}

void
stream_end(struct stream *stream, const char *reason)
{
	struct buf data = buf_new(stream->visit.req->pool, 64);

	buf_printf(&data, "{\"reason\":\"%s\"}", reason);
	say(stream, "end", NO_STR, buf_str(&data));
	stream->visit.req->held = false;
}
