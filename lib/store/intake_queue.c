/* Events into the queue of Redis, as many as there are by one script. */
#include "intake_private.h"

#include <stdio.h>

enum {
	PENDING_SECONDS = 30,
	DONE_SECONDS = 3600,
	FRAME = 6, /* words of the command besides the events' */
};

/* What the script says of an event. */
enum { SAYS_STORED, SAYS_REPEATED, SAYS_PENDING, SAYS_QUEUED };

/*
 * Of each: was it here, and if not, into the queue.  Then once for all: is it
 * on its way to the disk?  While an fsync of the append-only file runs, Redis
 * answers before it writes (flushAppendOnlyFile(), appendfsync everysec);
 * without such a file it tells nothing of it.  Then the events are only
 * queued, and are stored elsewhere, too.
 *
 * KEYS: the queue, and each event's own.  ARGV: how long `done` and `pending`
 * count, and each event's text.
 */
static const char script[] =
    "local said, fresh, seen = {}, {}, {} "
    "for i = 1, #KEYS - 1 do "
    "local key = KEYS[i + 1] "
    "local was = not seen[key] and redis.call('GET', key) "
    "if was then said[i] = was == 'done' and 1 or 2 "
    "elseif seen[key] then said[i] = -seen[key] "
    "else redis.call('XADD', KEYS[1], '*', 'event', ARGV[i + 2]) "
    "fresh[#fresh + 1] = i seen[key] = i end end "
    "if #fresh == 0 then return said end "
    "local sure = string.find(redis.call('INFO', 'persistence'), "
    "'aof_pending_bio_fsync:0', 1, true) "
    "for _, i in ipairs(fresh) do "
    "redis.call('SET', KEYS[i + 1], sure and 'done' or 'pending', 'EX', "
    "sure and ARGV[1] or ARGV[2]) "
    "said[i] = sure and 0 or 3 end "
    "for i, what in ipairs(said) do "
    "if what < 0 then said[i] = sure and 1 or 2 end end "
    "return said";

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
run_script(struct intake *intake, struct pool *pool, struct str *words,
    size_t count, struct reply *reply)
{
	if (intake->script[0] == '\0')
		TRY(load_script(intake, pool));
	words[1] = str_of(intake->script);
	return redis_call_words(intake->redis, pool, reply, words, count);
}

static struct str
key_of(struct pool *pool, const struct event *event)
{
	unsigned char hash[CRYPTO_HASH];

	event_hash(pool, event, hash);
	return pool_printf(pool, "opbx:%llu:idem:webhook:%.*s",
	    (unsigned long long)event->organization,
	    PSTR(crypto_hex(pool, hash, sizeof hash)));
}

struct err *
intake_put_queue(
    struct intake *intake, struct pool *pool, struct taken *all, size_t count)
{
	size_t n = FRAME + 2 * count;
	struct str *words = NEW_ARRAY(pool, struct str, n);
	struct reply reply;
	struct err *err;

	words[0] = STR("EVALSHA");
	words[2] = pool_printf(pool, "%zu", count + 1);
	words[3] = STR(INTAKE_QUEUE);
	words[count + 4] = pool_printf(pool, "%d", (int)DONE_SECONDS);
	words[count + 5] = pool_printf(pool, "%d", (int)PENDING_SECONDS);
	for (size_t i = 0; i < count; i++) {
		all[i].redis_key = key_of(pool, all[i].event);
		words[4 + i] = all[i].redis_key;
		words[FRAME + count + i] = all[i].text;
	}
	err = run_script(intake, pool, words, n, &reply);
	/* It was started anew since. */
	if (err != NULL && strstr(err->cause.p, "NOSCRIPT") != NULL) {
		intake->script[0] = '\0';
		err = run_script(intake, pool, words, n, &reply);
	}
	TRY(err);
	for (size_t i = 0; i < count && i < reply.count; i++)
		hear(&all[i], reply.list[i].number);
	return NULL;
}

/* Nobody waits for it: a repeat that comes too early is told to wait. */
void
intake_tell_done(
    struct intake *intake, struct pool *pool, const struct taken *taken)
{
	struct err *err = redis_send(intake->redis, pool, "SET %b done EX %d",
	    taken->redis_key.p, taken->redis_key.n, (int)DONE_SECONDS);

	(void)err; /* then the row's event_hash knows it */
}
