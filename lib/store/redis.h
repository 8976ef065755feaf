/*
 * Redis: one connection per process, opened when first needed.
 *
 * Never the truth.  Every wait has a deadline (250 ms to connect, 250 ms a
 * command), and a breaker keeps a process from waiting again for what is
 * down: an error here always means "go on without".  Only redis.c knows
 * hiredis.
 */
#ifndef STORE_REDIS_H
#define STORE_REDIS_H

#include "conf.h"
#include "err.h"

struct redis;

enum reply_kind { REPLY_NIL, REPLY_INT, REPLY_TEXT, REPLY_LIST, REPLY_ERROR };

struct reply {
	enum reply_kind kind;
	int64_t number;
	struct str text;
	size_t count;
	struct reply *list;
};

struct redis *redis_new(struct pool *process, const struct conf *conf);

/*
 * Sends a command without waiting: printf-like, with %b for a struct str's
 * (p, n) pair and %s, %d, %llu as in hiredis.  Nothing is sent when the
 * breaker is open.
 */
struct err *redis_send(struct redis *redis, struct pool *pool,
    const char *format, ...);
/* The next reply, in the order of the commands sent. */
struct err *redis_receive(struct redis *redis, struct pool *pool,
    struct reply *reply);
/* Send and receive. An error reply of the server is an error here too. */
struct err *redis_call(struct redis *redis, struct pool *pool,
    struct reply *reply, const char *format, ...);
/*
 * For a subscriber: waits at most `milliseconds` for the next push message.
 * *got is false when none came.
 */
struct err *redis_wait(struct redis *redis, struct pool *pool,
    int milliseconds, struct reply *reply, bool *got);
/* Drops the connection; the next command opens another. */
void redis_close(struct redis *redis);

#endif
