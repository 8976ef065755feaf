/* What the files of streams.h share.  Nobody else includes this. */
#ifndef RESOURCE_STREAMS_PRIVATE_H
#define RESOURCE_STREAMS_PRIVATE_H

#include "feed.h"
#include "office.h"
#include "streams.h"

/* An organization that somebody watches. */
struct room {
	struct room *next;
	uint64_t organization;
	size_t streams;
	/* As it was told last; in one of two pools, the other is free. */
	struct office office;
	struct pool *pool, *spare;
	bool known;            /* there is an office */
	bool away;             /* Redis is, and it was said */
	int64_t looked;        /* monotonic */
	struct feed_place end; /* of the feed when it was looked at */
};

struct stream {
	struct stream *next;
	struct visit visit; /* as it was let in; its req goes on */
	struct room *room;
	struct feed_place last;            /* of the feed that it was told */
	bool fresh;                        /* gets a snapshot */
	bool resumed;                      /* gets the presence of all */
	int64_t spoken, checked, verified; /* monotonic */
};

struct streams {
	struct stream *first;
	struct room *rooms;
	struct pool *pool;  /* of a pulse */
	struct room *empty; /* of former rooms, to be used again */
	struct pool *home;  /* where they lie */
};

/* streams_say.c: each adds to the stream's answer. */
void stream_snapshot(struct stream *stream, struct pool *pool);
void stream_presence(
    struct stream *stream, struct pool *pool, const struct office *changes);
void stream_feed(
    struct stream *stream, struct pool *pool, const struct feed *feed);
void stream_outage(struct stream *stream);
void stream_beat(struct stream *stream);
void stream_end(struct stream *stream, const char *reason);

/* The visit as somebody else's pool and clock have it, for one look. */
void stream_look(struct stream *stream, struct pool *pool, struct req *req,
    struct visit *visit);

#endif
