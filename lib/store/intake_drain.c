/* What the worker takes out of the queue and out of the spool. */
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "intake_private.h"

enum {
	BATCH_FIRST = 4,
	BATCH_MOST = 500,
	BATCH_BYTES = 4 << 20, /* a batch of more was too large */
	RECLAIM_MS = 90000,    /* after which another consumer's are ours */
	LOOK_US = 10000000,    /* how often for them */
	IDLE_MS = 3600000,     /* a consumer without events that is gone */
};

/* Entries of the queue and the events they hold. */
struct batch {
	size_t count;
	struct event *events;
	struct str *ids; /* of the entries, those without events, too */
	size_t entries;
	size_t bytes;
};

/* Nobody is deleted while it reads: it would take its events with it. */
static const char forget_consumers[] =
    "for _, c in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) "
    "do if c[4] == 0 and c[6] > tonumber(ARGV[2]) then "
    "redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], c[2]) end end "
    "return 0";

static const char finish_entries[] =
    "redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 2)) "
    "return redis.call('XDEL', KEYS[1], unpack(ARGV, 2))";

static struct str
consumer(struct intake *intake)
{
	char host[64] = "";

	if (intake->consumer.n > 0)
		return intake->consumer;
	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';
	intake->consumer =
	    pool_printf(intake->process, "%s-%ld", host, (long)getpid());
	return intake->consumer;
}

static struct err *
make_group(struct intake *intake, struct pool *pool)
{
	struct reply reply;

	return redis_call(intake->redis, pool, &reply,
	    "XGROUP CREATE %s %s 0 MKSTREAM", INTAKE_QUEUE, INTAKE_GROUP);
}

/* As redis_call(), with the group made when it is not there yet. */
static struct err *
heard(struct intake *intake, struct pool *pool, struct err *sent,
    struct reply *reply, bool *again)
{
	*again = false;
	TRY(sent);
	TRY(redis_receive(intake->redis, pool, reply));
	if (reply->kind != REPLY_ERROR)
		return NULL;
	if (!str_starts(reply->text, STR("NOGROUP")))
		return err_unavailable(
		    pool, "redis: the queue: %.*s", PSTR(reply->text));
	*again = true;
	return make_group(intake, pool);
}

/* patience 0: does not wait.  from: ">" what nobody has, "0" our own. */
static struct err *
read_group(struct intake *intake, struct pool *pool, const char *from,
    int patience, struct reply *reply)
{
	struct str name = consumer(intake);
	bool again;

	do {
		struct err *sent =
		    patience > 0
			? redis_send(intake->redis, pool,
			      "XREADGROUP GROUP %s %b COUNT %d BLOCK %d"
			      " STREAMS %s %s",
			      INTAKE_GROUP, name.p, name.n, intake->batch,
			      patience, INTAKE_QUEUE, from)
			: redis_send(intake->redis, pool,
			      "XREADGROUP GROUP %s %b COUNT %d STREAMS %s %s",
			      INTAKE_GROUP, name.p, name.n, intake->batch,
			      INTAKE_QUEUE, from);

		TRY(heard(intake, pool, sent, reply, &again));
	} while (again);
	/* [[queue, entries]], or nothing at all */
	*reply = reply->kind == REPLY_LIST && reply->count == 1 &&
			 reply->list[0].count == 2
		     ? reply->list[0].list[1]
		     : (struct reply){.kind = REPLY_NIL};
	return NULL;
}

/* What a consumer that died did not finish. */
static struct err *
claim(struct intake *intake, struct pool *pool, struct reply *reply)
{
	struct str name = consumer(intake);
	const char *from =
	    intake->claim_from[0] != '\0' ? intake->claim_from : "0-0";
	struct reply ignored;
	bool again;

	do
		TRY(heard(intake, pool,
		    redis_send(intake->redis, pool,
			"XAUTOCLAIM %s %s %b %d %s COUNT %d", INTAKE_QUEUE,
			INTAKE_GROUP, name.p, name.n, (int)RECLAIM_MS, from,
			intake->batch),
		    reply, &again));
	while (again);
	if (reply->kind != REPLY_LIST || reply->count < 2) {
		*reply = (struct reply){.kind = REPLY_NIL};
		return NULL;
	}
	snprintf(intake->claim_from, sizeof intake->claim_from, "%.*s",
	    PSTR(reply->list[0].text));
	*reply = reply->list[1];
	if (reply->count > 0)
		return NULL;
	intake->claimed = clock_monotonic();
	return redis_call(intake->redis, pool, &ignored, "EVAL %b 1 %s %s %d",
	    forget_consumers, sizeof forget_consumers - 1, INTAKE_QUEUE,
	    INTAKE_GROUP, (int)IDLE_MS);
}

/* It was written by another version: it is kept, where nobody trips on it. */
static struct err *
put_aside(struct intake *intake, struct pool *pool, struct str text)
{
	struct reply reply;

	return redis_call(intake->redis, pool, &reply, "XADD %s * event %b",
	    INTAKE_QUEUE ":unread", text.p, text.n);
}

/* [name, value]: one event, or what intake_flush() made of several. */
static struct frames
frames_of(struct pool *pool, const struct reply *fields)
{
	struct str *value = &fields->list[1].text;
	struct frames frames = {1, value};

	if (str_is(fields->list[0].text, "events")) {
		struct pack pack = pack_reader(pool, *value);

		frames = (struct frames){0};
		frames_pack(&pack, &frames);
		if (!pack_done(&pack))
			frames = (struct frames){1, value};
	}
	return frames;
}

static struct err *
read_entry(struct intake *intake, struct pool *pool, const struct reply *fields,
    struct batch *batch)
{
	struct frames frames = frames_of(pool, fields);

	batch->bytes += fields->list[1].text.n;
	for (size_t i = 0; i < frames.count; i++) {
		if (event_parse(
			pool, frames.list[i], &batch->events[batch->count]))
			batch->count++;
		else
			TRY(put_aside(intake, pool, frames.list[i]));
	}
	return NULL;
}

static struct err *
read_entries(struct intake *intake, struct pool *pool,
    const struct reply *entries, struct batch *batch)
{
	*batch =
	    (struct batch){.ids = NEW_ARRAY(pool, struct str, entries->count)};
	batch->events =
	    NEW_ARRAY(pool, struct event, entries->count * TOLD_MOST + 1);
	for (size_t i = 0; i < entries->count; i++) {
		const struct reply *entry = &entries->list[i];

		/* [id, [name, value]]; of a deleted one nothing is left. */
		if (entry->kind != REPLY_LIST || entry->count != 2)
			continue;
		batch->ids[batch->entries++] = entry->list[0].text;
		if (entry->list[1].count >= 2)
			TRY(read_entry(intake, pool, &entry->list[1], batch));
	}
	return NULL;
}

/* What is too large to be read in time must not be asked for again. */
static void
choose_batch(
    struct intake *intake, const struct err *err, const struct batch *batch)
{
	if (err != NULL)
		intake->batch = 1;
	else if (batch->bytes > BATCH_BYTES)
		intake->batch = (intake->batch + 3) / 4;
	else if (batch->entries >= (size_t)intake->batch &&
		 batch->bytes * 2 <= BATCH_BYTES)
		intake->batch = intake->batch * 2 < BATCH_MOST
				    ? intake->batch * 2
				    : BATCH_MOST;
}

static struct err *
next_entries(struct intake *intake, struct pool *pool, int patience,
    struct reply *entries)
{
	*entries = (struct reply){.kind = REPLY_NIL};
	if (intake->batch == 0)
		intake->batch = BATCH_FIRST;
	if (intake->left) {
		TRY(read_group(intake, pool, "0", 0, entries));
		if (entries->count > 0)
			return NULL;
		intake->left = false;
	}
	if (intake->claimed == 0 ||
	    clock_monotonic() - intake->claimed > LOOK_US) {
		TRY(claim(intake, pool, entries));
		if (entries->count > 0)
			return NULL;
	}
	return read_group(intake, pool, ">", patience, entries);
}

/* They are rows now: out of the queue with them. */
static struct err *
finish(struct intake *intake, struct pool *pool, const struct batch *batch)
{
	enum { FRAME = 5 };
	struct str *words = NEW_ARRAY(pool, struct str, FRAME + batch->entries);
	struct reply reply;

	if (batch->entries == 0)
		return NULL;
	words[0] = STR("EVAL");
	words[1] = str_of(finish_entries);
	words[2] = STR("1");
	words[3] = STR(INTAKE_QUEUE);
	words[4] = STR(INTAKE_GROUP);
	memcpy(words + FRAME, batch->ids, batch->entries * sizeof *words);
	return redis_call_words(
	    intake->redis, pool, &reply, words, FRAME + batch->entries);
}

static struct err *
drain(
    struct intake *intake, struct pool *pool, int patience, struct batch *batch)
{
	struct reply entries;

	intake->oldest = 0;
	TRY(next_entries(intake, pool, patience, &entries));
	if (entries.count == 0)
		return NULL;
	TRY(read_entries(intake, pool, &entries, batch));
	if (batch->count > 0)
		intake->oldest = batch->events->received;
	if (batch->count > 0)
		TRY(intake_store(intake, pool, batch->events, batch->count));
	return finish(intake, pool, batch);
}

struct err *
intake_drain_stream(
    struct intake *intake, struct pool *pool, int patience, size_t *taken)
{
	struct batch batch = {0};
	struct err *err = drain(intake, pool, patience, &batch);

	choose_batch(intake, err, &batch);
	if (err != NULL)
		intake->left = true;
	*taken = err == NULL ? batch.entries : 0;
	return err;
}

int64_t
intake_age(const struct intake *intake)
{
	return intake->oldest != 0 ? clock_now() - intake->oldest : 0;
}

int64_t
intake_waits(struct intake *intake, struct pool *pool)
{
	int64_t now = clock_now(), since = spool_since(intake->spool, pool);
	int64_t queued;
	struct reply reply;
	struct str id;

	if (since == 0)
		since = now;
	/* [[id, fields]], and an id begins with its instant. */
	if (redis_call(intake->redis, pool, &reply, "XRANGE %s - + COUNT 1",
		INTAKE_QUEUE) == NULL &&
	    reply.count == 1 && reply.list[0].count == 2 &&
	    str_next(&reply.list[0].list[0].text, '-', &id) &&
	    str_to_int(id, 0, INT64_MAX, &queued) && queued < since)
		since = queued;
	return since < now ? now - since : 0;
}

static struct err *
drain_file(struct intake *intake, struct pool *pool, struct spool_file *file,
    size_t *taken)
{
	struct event *events = NEW_ARRAY(pool, struct event, file->count + 1);

	for (size_t i = 0; i < file->count; i++) {
		if (event_parse(pool, file->frames[i], &events[*taken]))
			++*taken;
		else
			file->damaged = true;
	}
	if (*taken > 0)
		TRY(intake_store(intake, pool, events, *taken));
	return spool_done(intake->spool, pool, file);
}

struct err *
intake_drain_spool(struct intake *intake, struct pool *pool, size_t *taken)
{
	struct spool_file file;
	bool found = true;

	*taken = 0;
	while (*taken == 0) {
		struct err *err;

		TRY(spool_take(intake->spool, pool, &file, &found));
		if (!found)
			return NULL;
		err = drain_file(intake, pool, &file, taken);
		spool_leave(&file);
		if (err != NULL)
			*taken = 0;
		TRY(err);
	}
	return NULL;
}
