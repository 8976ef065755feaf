#include "streams_private.h"

#include "clock.h"

#include <inttypes.h>

enum {
	SECOND = 1000000,
	CHECK = 3 * SECOND,       /* may they still watch? */
	UNVERIFIED = 60 * SECOND, /* as long as MariaDB cannot say */
	BEAT = 15 * SECOND,
	LOOK = 5 * SECOND, /* at the office, though nothing was said of it */
	LOOK_AWAY = 2 * SECOND,
};

static void
free_pool(void *pool)
{
	pool_free(pool);
}

struct streams *
streams_new(struct pool *process)
{
	struct streams *streams = NEW(process, struct streams);

	streams->home = process;
	streams->pool = pool_new();
	pool_own(process, free_pool, streams->pool);
	return streams;
}

/* -- Who comes and goes ---------------------------------------------------- */

static struct room *
find_room(struct streams *streams, uint64_t organization)
{
	struct room *room = streams->rooms;

	while (room != NULL && room->organization != organization)
		room = room->next;
	if (room != NULL)
		return room;
	room = streams->empty;
	if (room != NULL)
		streams->empty = room->next;
	else
		room = NEW(streams->home, struct room);
	*room = (struct room){.organization = organization,
	    .next = streams->rooms,
	    .pool = pool_new(),
	    .spare = pool_new()};
	streams->rooms = room;
	return room;
}

/* What was missed can be told only where all of it is still there. */
static bool
can_resume(struct visit *visit, struct feed_place *last)
{
	struct str said = req_header(visit->req, "Last-Event-ID", NULL);
	struct feed_place first, end;

	return said.n > 0 && feed_parse(said, last) &&
	       feed_ends(visit->desk->redis, visit->req->pool,
		   visit->change.organization, &first, &end) == NULL &&
	       first.at != 0 && feed_compare(first, *last) <= 0 &&
	       feed_compare(*last, end) <= 0;
}

struct err *
streams_add(struct streams *streams, struct visit *visit)
{
	struct stream *stream = NEW(visit->req->pool, struct stream);
	int64_t now = clock_monotonic();

	*stream = (struct stream){.visit = *visit,
	    .next = streams->first,
	    .room = find_room(streams, visit->change.organization),
	    .spoken = now,
	    .checked = now,
	    .verified = now};
	stream->resumed = can_resume(visit, &stream->last);
	stream->fresh = !stream->resumed;
	stream->room->streams++;
	streams->first = stream;
	visit->req->held = true;
	buf_add_text(&visit->req->out, "retry: 3000\n\n");
	return NULL;
}

void
streams_remove(struct streams *streams, const struct req *req)
{
	struct stream **at = &streams->first;
	struct room **room = &streams->rooms, *empty;

	while (*at != NULL && (*at)->visit.req != req)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	while (*room != (*at)->room)
		room = &(*room)->next;
	*at = (*at)->next;
	if (--(*room)->streams > 0)
		return;
	empty = *room;
	*room = empty->next;
	pool_free(empty->pool);
	pool_free(empty->spare);
	empty->next = streams->empty;
	streams->empty = empty;
}

/* -- What a room is told --------------------------------------------------- */

void
stream_look(struct stream *stream, struct pool *pool, struct req *req,
    struct visit *visit)
{
	*req = *stream->visit.req;
	req->pool = pool;
	*visit = stream->visit;
	visit->req = req;
	visit->change.pool = pool;
	visit->change.now = clock_now();
}

/* The office anew; *changes is what of its presence is different. */
static struct err *
look(struct streams *streams, struct room *room, struct stream *witness,
    struct office *changes, bool *changed)
{
	struct feed_place first, end = room->end;
	struct pool *old = room->pool;
	struct office office;
	struct visit visit;
	struct req req;
	struct err *err;

	*changed = false;
	pool_clear(room->spare);
	stream_look(witness, room->spare, &req, &visit);
	/* Before it: what comes meanwhile is told once more. */
	if (feed_ends(visit.desk->redis, streams->pool, room->organization,
		&first, &end) != NULL)
		end = room->end;
	err = office_load(&visit, &office);
	if (err != NULL)
		return err;
	if (room->known)
		*changed = office_compare(
		    streams->pool, &room->office, &office, changes);
	/* Of what is told from now on. */
	office.source = room->away ? SOURCE_DATABASE : SOURCE_REDIS;
	room->office = office;
	room->known = true;
	room->end = end;
	room->pool = room->spare;
	room->spare = old;
	return NULL;
}

static bool
is_of(const struct stream *stream, const struct room *room)
{
	return stream->room == room && stream->visit.req->held;
}

/* From where on somebody of the room has to be told. */
static bool
find_place(const struct streams *streams, const struct room *room,
    struct feed_place *behind, bool *fresh)
{
	bool any = false;

	*fresh = false;
	for (const struct stream *s = streams->first; s != NULL; s = s->next) {
		if (!is_of(s, room) || s->visit.req->stalled)
			continue;
		*fresh = *fresh || s->fresh || s->resumed;
		if (s->fresh)
			continue;
		if (!any || feed_compare(s->last, *behind) < 0)
			*behind = s->last;
		any = true;
	}
	return any;
}

static void
tell_stream(struct streams *streams, struct stream *stream,
    const struct feed *feed, const struct office *changes, bool changed)
{
	struct pool *pool = streams->pool;

	/* Who does not keep up begins anew later. */
	if (stream->visit.req->stalled) {
		stream->fresh = stream->fresh || changed;
		return;
	}
	if (stream->fresh) {
		if (stream->room->known)
			stream_snapshot(stream, pool);
		return;
	}
	stream_feed(stream, pool, feed);
	if (stream->resumed && stream->room->known)
		stream_presence(stream, pool, &stream->room->office);
	else if (changed)
		stream_presence(stream, pool, changes);
	stream->resumed = stream->resumed && !stream->room->known;
}

/* Redis comes and goes: whoever watches is told, and begins anew. */
static void
note_redis(struct streams *streams, struct room *room, bool away)
{
	if (room->away == away)
		return;
	room->away = away;
	room->looked = 0;
	for (struct stream *s = streams->first; s != NULL; s = s->next) {
		if (!is_of(s, room))
			continue;
		s->fresh = true;
		if (away && !s->visit.req->stalled)
			stream_outage(s);
	}
}

/* Without a feed whatever MariaDB knows is told every time it is asked. */
static void
begin_anew(struct streams *streams, const struct room *room)
{
	for (struct stream *s = streams->first; s != NULL; s = s->next)
		if (is_of(s, room))
			s->fresh = true;
}

static void
pulse_room(struct streams *streams, struct desk *desk, struct room *room)
{
	int64_t now = clock_monotonic();
	struct feed_place behind = {0};
	struct office changes = {0};
	struct feed feed = {0};
	struct stream *witness = NULL;
	bool fresh, changed = false, due;

	for (struct stream *s = streams->first; s != NULL; s = s->next)
		if (is_of(s, room))
			witness = s;
	if (witness == NULL)
		return;
	if (find_place(streams, room, &behind, &fresh))
		note_redis(streams, room,
		    feed_read(desk->redis, streams->pool, room->organization,
			behind, &feed) != NULL);
	else if (room->away)
		note_redis(streams, room,
		    feed_read(desk->redis, streams->pool, room->organization,
			room->end, &feed) != NULL);
	due = room->looked == 0 ||
	      now - room->looked >= (room->away ? LOOK_AWAY : LOOK);
	if (due || !room->known || feed.count > 0 || (fresh && !room->away)) {
		if (look(streams, room, witness, &changes, &changed) == NULL &&
		    room->away)
			begin_anew(streams, room);
		room->looked = now;
	}
	for (struct stream *s = streams->first; s != NULL; s = s->next)
		if (is_of(s, room))
			tell_stream(streams, s, &feed, &changes, changed);
}

/* -- Each of them ---------------------------------------------------------- */

/* May they still watch, and as whom? */
static void
check(struct streams *streams, struct stream *stream)
{
	struct visit *own = &stream->visit, visit;
	int64_t now = clock_monotonic();
	struct who who;
	struct req req;
	struct err *err;

	stream->checked = now;
	stream_look(stream, streams->pool, &req, &visit);
	err = who_find(own->desk->gate, &req,
	    form_get(&own->query, "organization_id"), visit.change.now, &who);
	if (err != NULL &&
	    (err->code == UNAVAILABLE || err->code == INTERNAL)) {
		if (now - stream->verified > UNVERIFIED)
			stream_end(stream, "unavailable");
		return;
	}
	if (err != NULL)
		stream_end(stream, "signed_out");
	else if (who.role != own->who.role ||
		 who.organization != own->who.organization ||
		 !who_may(&who, own->desk->control->name, "read"))
		stream_end(stream, "changed");
	stream->verified = now;
}

static void
pulse_stream(struct stream *stream)
{
	struct req *req = stream->visit.req;
	int64_t now = clock_monotonic();

	if (req->stalled) {
		if (now - stream->spoken > 2 * (int64_t)BEAT)
			req->held = false;
		return;
	}
	if (req->out.n == 0 && now - stream->spoken > BEAT)
		stream_beat(stream);
	if (req->out.n == 0)
		return;
	stream->spoken = now;
	if (!answer_flush(req))
		req->held = false;
}

void
streams_pulse(struct streams *streams, struct desk *desk)
{
	int64_t now = clock_monotonic();

	for (struct stream *s = streams->first; s != NULL; s = s->next)
		if (now - s->checked > CHECK)
			check(streams, s);
	for (struct room *room = streams->rooms; room != NULL;
	     room = room->next) {
		pulse_room(streams, desk, room);
		pool_clear(streams->pool);
	}
	for (struct stream *s = streams->first; s != NULL; s = s->next)
		pulse_stream(s);
	pool_clear(streams->pool);
}
