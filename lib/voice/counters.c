#include "counters.h"

#include <inttypes.h>

enum {
	WRONG_PINS = 20,
	WINDOW = 600,         /* seconds in which they are counted */
	LOCKED = 900,         /* seconds */
	CALL_KEPT = 6 * 3600, /* seconds */
	GROUP_KEPT = 30 * 86400,
};

static struct str
key_of(const struct counters *c, const char *what, uint64_t id, struct str rest)
{
	struct buf key = buf_new(c->pool, 96);

	buf_printf(
	    &key, "opbx:%" PRIu64 ":%s:%" PRIu64, c->organization, what, id);
	if (rest.n > 0) {
		buf_add_char(&key, ':');
		buf_add_url(&key, rest);
	}
	return buf_str(&key);
}

/* One script, so that two requests of one call cannot both count it. */
static bool
count_in_redis(const struct counters *c, uint64_t ring_group,
    struct str call_key, uint64_t *calls)
{
	static const char script[] =
	    "local n = redis.call('GET', KEYS[2]) "
	    "if n then return tonumber(n) end "
	    "n = redis.call('INCR', KEYS[1]) - 1 "
	    "redis.call('EXPIRE', KEYS[1], ARGV[1]) "
	    "redis.call('SET', KEYS[2], n, 'EX', ARGV[2]) "
	    "return n";
	struct str calls_key = key_of(c, "group_calls", ring_group, NO_STR);
	struct str call = key_of(c, "group_call", ring_group, call_key);
	struct reply reply;

	if (redis_call(c->redis, c->pool, &reply, "EVAL %s 2 %b %b %d %d",
		script, calls_key.p, calls_key.n, call.p, call.n, GROUP_KEPT,
		CALL_KEPT) != NULL ||
	    reply.kind != REPLY_INT)
		return false;
	*calls = (uint64_t)reply.number;
	return true;
}

static bool
count_without_key(
    const struct counters *c, uint64_t ring_group, uint64_t *calls)
{
	struct str key = key_of(c, "group_calls", ring_group, NO_STR);
	struct reply reply;

	if (redis_call(c->redis, c->pool, &reply, "INCR %b", key.p, key.n) !=
		NULL ||
	    reply.kind != REPLY_INT)
		return false;
	*calls = (uint64_t)(reply.number - 1);
	return true;
}

static struct err *
count_in_database(const struct counters *c, uint64_t ring_group,
    struct str call_key, uint64_t *calls)
{
	struct rows *rows;

	db_rollback(c->db);
	TRY(db_begin(c->db, c->pool, DB_WRITE, c->organization));
	TRY(QUERY(c->db, "SELECT ring_group_call(?, ?)", &rows, INT(ring_group),
	    TEXT(call_key)));
	*calls = (uint64_t)rows_int(rows, 0, 0);
	return db_commit(c->db);
}

uint64_t
counters_group_calls(
    const struct counters *c, uint64_t ring_group, struct str call_key)
{
	uint64_t calls = 0;

	if (call_key.n > 0 ? count_in_redis(c, ring_group, call_key, &calls)
			   : count_without_key(c, ring_group, &calls))
		return calls;
	if (count_in_database(c, ring_group, call_key, &calls) == NULL)
		return calls;
	db_rollback(c->db);
	return str_hash(call_key) >> 32;
}

uint64_t
counters_group_calls_so_far(const struct counters *c, uint64_t ring_group)
{
	struct str key = key_of(c, "group_calls", ring_group, NO_STR);
	struct reply reply;
	int64_t calls;

	if (redis_call(c->redis, c->pool, &reply, "GET %b", key.p, key.n) !=
		NULL ||
	    !str_to_int(reply.text, 0, INT64_MAX, &calls))
		return 0;
	return (uint64_t)calls;
}

bool
counters_locked(const struct counters *c, struct node node)
{
	struct str key =
	    key_of(c, "pin_lock", node.id, str_of(target_type_name(node.type)));
	struct rows *rows;
	struct reply reply;
	struct err *err;

	if (redis_call(c->redis, c->pool, &reply, "GET %b", key.p, key.n) ==
	    NULL)
		return reply.kind == REPLY_TEXT;
	db_rollback(c->db);
	err = db_begin(c->db, c->pool, DB_READ, c->organization);
	if (err == NULL)
		err = QUERY(c->db, "SELECT pin_locked(?, ?)", &rows,
		    TEXT(str_of(target_type_name(node.type))), INT(node.id));
	db_rollback(c->db);
	/* Nobody knows: locked, because guesses would not be counted. */
	return err != NULL || rows_int(rows, 0, 0) != 0;
}

static bool
note_in_redis(const struct counters *c, struct node node)
{
	static const char script[] =
	    "local n = redis.call('INCR', KEYS[1]) "
	    "if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end "
	    "if n >= tonumber(ARGV[2]) then "
	    "redis.call('SET', KEYS[2], 1, 'EX', ARGV[3]) "
	    "redis.call('DEL', KEYS[1]) end "
	    "return n";
	struct str type = str_of(target_type_name(node.type));
	struct str count = key_of(c, "wrong_pins", node.id, type);
	struct str lock = key_of(c, "pin_lock", node.id, type);
	struct reply reply;

	return redis_call(c->redis, c->pool, &reply, "EVAL %s 2 %b %b %d %d %d",
		   script, count.p, count.n, lock.p, lock.n, WINDOW, WRONG_PINS,
		   LOCKED) == NULL;
}

void
counters_wrong_pin(const struct counters *c, struct node node)
{
	struct rows *rows;
	struct err *err;

	if (note_in_redis(c, node))
		return;
	db_rollback(c->db);
	err = db_begin(c->db, c->pool, DB_WRITE, c->organization);
	if (err == NULL)
		err = QUERY(c->db, "SELECT wrong_pin(?, ?)", &rows,
		    TEXT(str_of(target_type_name(node.type))), INT(node.id));
	if (err == NULL)
		err = db_commit(c->db);
	if (err != NULL)
		db_rollback(c->db);
}
