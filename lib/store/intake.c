#include "intake.h"

#include <assert.h>
#include <stdio.h>

#include "instant.h"
#include "intake_private.h"
#include "pack.h"

enum {
	LAYOUT = 1, /* of an event's text, its first number */
	PENDING_SECONDS = 30,
	DONE_SECONDS = 3600,
	RETRY = 5, /* seconds */
};

/* What the script says of an event. */
enum { SAYS_STORED, SAYS_REPEATED, SAYS_PENDING, SAYS_QUEUED };

/*
 * One call: was it here, into the queue, and is it on its way to the disk?
 * While an fsync of the append-only file runs, Redis answers before it writes
 * (flushAppendOnlyFile(), appendfsync everysec); without such a file it tells
 * nothing of it.  Then the event is only queued, and is stored elsewhere, too.
 */
static const char script[] =
    "local was = redis.call('GET', KEYS[1]) "
    "if was then return was == 'done' and 1 or 2 end "
    "redis.call('XADD', KEYS[2], '*', 'event', ARGV[1]) "
    "if string.find(redis.call('INFO', 'persistence'), "
    "'aof_pending_bio_fsync:0', 1, true) then "
    "redis.call('SET', KEYS[1], 'done', 'EX', ARGV[2]) return 0 end "
    "redis.call('SET', KEYS[1], 'pending', 'EX', ARGV[3]) return 3";

struct intake *
intake_new(struct pool *process, const struct conf *conf, struct db *db,
    struct redis *redis)
{
	struct intake *intake = NEW(process, struct intake);

	intake->process = process;
	intake->db = db;
	intake->redis = redis;
	intake->spool = spool_new(process, conf);
	intake->where = "nowhere";
	intake_tell_init(intake);
	return intake;
}

const char *
intake_where(const struct intake *intake)
{
	return intake->where;
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

/* One event on its way: where it has come to. */
struct taken {
	const struct event *event;
	enum accepted *accepted;
	struct str text;
	struct str redis_key;
	bool stored;
	bool queued; /* its key is pending */
};

/* -- Redis ---------------------------------------------------------------- */

static void
hear(struct taken *taken, int64_t said)
{
	taken->stored = said != SAYS_QUEUED;
	taken->queued = said == SAYS_QUEUED;
	if (said == SAYS_REPEATED)
		*taken->accepted = EVENT_REPEATED;
	else if (said == SAYS_PENDING)
		*taken->accepted = EVENT_PENDING;
}

static struct err *
load_script(struct intake *intake, struct pool *pool)
{
	struct reply reply;

	TRY(redis_call(intake->redis, pool, &reply, "SCRIPT LOAD %b", script,
	    sizeof script - 1));
	snprintf(
	    intake->script, sizeof intake->script, "%.*s", PSTR(reply.text));
	return NULL;
}

static struct err *
run_script(struct intake *intake, struct pool *pool, const struct taken *taken,
    struct reply *reply)
{
	/* What is due from before must not be taken for its own. */
	return redis_call(intake->redis, pool, reply,
	    "EVALSHA %s 2 %b %s %b %d %d", intake->script, taken->redis_key.p,
	    taken->redis_key.n, INTAKE_QUEUE, taken->text.p, taken->text.n,
	    (int)DONE_SECONDS, (int)PENDING_SECONDS);
}

/* What is not stored afterwards is stored elsewhere. */
static struct err *
put_redis(
    struct intake *intake, struct pool *pool, struct taken *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct taken *taken = &all[i];
		unsigned char hash[CRYPTO_HASH];
		struct reply reply;
		struct err *err;

		event_hash(pool, taken->event, hash);
		taken->redis_key =
		    pool_printf(pool, "opbx:%llu:idem:webhook:%.*s",
			(unsigned long long)taken->event->organization,
			PSTR(crypto_hex(pool, hash, sizeof hash)));
		if (intake->script[0] == '\0')
			TRY(load_script(intake, pool));
		err = run_script(intake, pool, taken, &reply);
		/* It was started anew since. */
		if (err != NULL && strstr(err->cause.p, "NOSCRIPT") != NULL) {
			TRY(load_script(intake, pool));
			err = run_script(intake, pool, taken, &reply);
		}
		TRY(err);
		if (reply.kind == REPLY_INT)
			hear(taken, reply.number);
	}
	return NULL;
}

/* Nobody waits for it: a repeat that comes too early is told to wait. */
static void
tell_done(struct intake *intake, struct pool *pool, const struct taken *taken)
{
	struct err *err = redis_send(intake->redis, pool, "SET %b done EX %d",
	    taken->redis_key.p, taken->redis_key.n, (int)DONE_SECONDS);

	(void)err; /* then the row's event_hash knows it */
}

/* -- MariaDB -------------------------------------------------------------- */

static bool
is_repeat(const struct err *err)
{
	return err->code == VALIDATION_ERROR && err->complaints != NULL &&
	       str_is(err->complaints->field, "event_hash");
}

static struct err *
insert(
    struct intake *intake, struct pool *pool, struct taken *all, size_t count)
{
	TRY(db_begin(intake->db, pool, DB_WRITE, all->event->organization));
	for (size_t i = 0; i < count; i++) {
		struct value values[INTAKE_VALUES];
		struct err *err;

		if (all[i].stored)
			continue;
		event_values(pool, all[i].event, values);
		err = db_exec(intake->db,
		    "INSERT INTO call_events " INTAKE_COLUMNS
		    " VALUES (?, ?, ?, ?, ?, ?)",
		    values, INTAKE_VALUES, NULL);
		if (err != NULL && !is_repeat(err))
			return err;
		*all[i].accepted =
		    err != NULL && !all[i].queued ? EVENT_REPEATED : EVENT_NEW;
	}
	return db_commit(intake->db);
}

static struct err *
put_database(
    struct intake *intake, struct pool *pool, struct taken *all, size_t count)
{
	struct err *err = insert(intake, pool, all, count);

	if (err != NULL && db_may_retry(intake->db)) {
		db_rollback(intake->db);
		err = insert(intake, pool, all, count);
	}
	if (err != NULL) {
		db_rollback(intake->db);
		return err;
	}
	for (size_t i = 0; i < count; i++)
		all[i].stored = true;
	return NULL;
}

/* -- All of them ---------------------------------------------------------- */

static struct err *
put_spool(
    struct intake *intake, struct pool *pool, struct taken *all, size_t count)
{
	struct str *frames = NEW_ARRAY(pool, struct str, count);
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (!all[i].stored) {
			frames[n++] = all[i].text;
			*all[i].accepted = EVENT_NEW;
		}
	return spool_put(intake->spool, pool, frames, n);
}

static bool
all_stored(const struct taken *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!all[i].stored)
			return false;
	return true;
}

/* Who waits next is told why the first choice was none. */
static struct err *
nowhere(struct pool *pool, const struct err *redis, const struct err *database,
    const struct err *spool)
{
	struct err *err = err_unavailable(pool, "%.*s; %.*s; %.*s",
	    PSTR(redis != NULL ? redis->cause
			       : STR("redis: an fsync is under way")),
	    PSTR(database->cause), PSTR(spool->cause));

	err->retry_after = RETRY;
	return err;
}

struct err *
intake_put_all(struct intake *intake, struct pool *pool,
    const struct event *events, size_t count, enum accepted *accepted)
{
	struct taken *all = NEW_ARRAY(pool, struct taken, count);
	struct err *redis, *database, *spool;

	assert(count > 0 && count <= INTAKE_MOST);
	for (size_t i = 0; i < count; i++) {
		assert(events[i].organization == events->organization);
		all[i].event = &events[i];
		all[i].accepted = &accepted[i];
		all[i].text = event_write(pool, &events[i]);
		accepted[i] = EVENT_NEW;
	}
	intake->where = "redis";
	redis = put_redis(intake, pool, all, count);
	if (all_stored(all, count))
		return NULL;
	intake->where = "database";
	database = put_database(intake, pool, all, count);
	if (database != NULL) {
		intake->where = "spool";
		spool = put_spool(intake, pool, all, count);
		if (spool != NULL) {
			intake->where = "nowhere";
			return nowhere(pool, redis, database, spool);
		}
	}
	for (size_t i = 0; i < count; i++)
		if (all[i].queued)
			tell_done(intake, pool, &all[i]);
	return NULL;
}

struct err *
intake_put(struct intake *intake, struct pool *pool, const struct event *event,
    enum accepted *accepted)
{
	return intake_put_all(intake, pool, event, 1, accepted);
}
