#include "intake.h"

#include <assert.h>

#include "instant.h"
#include "intake_private.h"
#include "pack.h"

enum { LAYOUT = 1 /* of an event's text, its first number */ };

struct intake *
intake_new(struct pool *process, const struct conf *conf, struct db *db,
    struct redis *redis)
{
	struct intake *intake = NEW(process, struct intake);

	intake->process = process;
	intake->db = db;
	intake->redis = redis;
	intake->spool = spool_new(process, conf);
	intake_tell_init(intake);
	return intake;
}

static void
event_pack(struct pack *pack, struct event *event)
{
	pack_u64(pack, &event->organization);
	pack_str(pack, &event->kind);
	pack_str(pack, &event->call_key);
	pack_str(pack, &event->key);
	pack_i64(pack, &event->received);
	pack_str(pack, &event->body);
}

struct str
event_write(struct pool *pool, const struct event *event)
{
	struct buf buf = buf_new(pool, event->body.n + 512);
	struct pack pack = pack_writer(&buf);
	struct event same = *event;
	int layout = LAYOUT;

	pack_int(&pack, &layout);
	event_pack(&pack, &same);
	return buf_str(&buf);
}

bool
event_parse(struct pool *pool, struct str text, struct event *event)
{
	struct pack pack = pack_reader(pool, text);
	int layout = 0;

	*event = (struct event){0};
	pack_int(&pack, &layout);
	event_pack(&pack, event);
	return pack_done(&pack) && layout == LAYOUT && event->organization > 0;
}

void
event_hash(struct pool *pool, const struct event *event,
    unsigned char hash[CRYPTO_HASH])
{
	struct buf buf = buf_new(pool, event->kind.n + event->key.n + 2);

	buf_add(&buf, event->kind);
	buf_add_char(&buf, '\n');
	buf_add(&buf, event->key);
	crypto_sha256(buf_str(&buf), hash);
}

void
event_values(struct pool *pool, const struct event *event,
    struct value values[INTAKE_VALUES])
{
	unsigned char *hash = pool_alloc(pool, CRYPTO_HASH);
	struct str call_key = event->call_key;

	event_hash(pool, event, hash);
	values[0] = INT(event->organization);
	values[1] = TEXT(call_key.p != NULL ? call_key : STR(""));
	values[2] = TEXT(event->kind);
	values[3] = TEXT(((struct str){(const char *)hash, CRYPTO_HASH}));
	values[4] = TEXT(event->body);
	values[5] = instant_value(pool, event->received);
}

static void
open_parcel(struct parcel *parcel, struct taken *all)
{
	assert(parcel->count > 0 && parcel->count <= INTAKE_MOST);
	for (size_t i = 0; i < parcel->count; i++) {
		const struct event *event = &parcel->events[i];

		assert(event->organization == parcel->events->organization);
		all[i].event = event;
		all[i].accepted = &parcel->accepted[i];
		all[i].text = event_write(parcel->pool, event);
		parcel->accepted[i] = EVENT_NEW;
	}
	parcel->where = "redis";
	parcel->err = NULL;
}

void
intake_put_parcels(struct intake *intake, struct parcel *parcels, size_t count)
{
	struct pool *pool = parcels->pool;
	size_t n = 0;
	struct taken *all, *next;
	struct err *redis;

	for (size_t i = 0; i < count; i++)
		n += parcels[i].count;
	next = all = NEW_ARRAY(pool, struct taken, n);
	for (size_t i = 0; i < count; next += parcels[i++].count)
		open_parcel(&parcels[i], next);
	redis = intake_put_queue(intake, pool, all, n);
	intake_put_elsewhere(intake, parcels, count, all, redis);
}

struct err *
intake_put(struct intake *intake, struct pool *pool, const struct event *event,
    enum accepted *accepted)
{
	struct parcel parcel = {
	    .pool = pool, .events = event, .count = 1, .accepted = accepted};

	intake_put_parcels(intake, &parcel, 1);
	return parcel.err;
}
