/*
 * Redis: one connection per process, opened when first needed.
 *
 * Never the truth.  Every wait has a deadline (250 ms to connect, 250 ms for
 * all replies of a pipeline), and a breaker keeps a process from waiting
 * again for what is down (3 failures or one missed deadline, 1 s): an error
 * here always means "go on without".  Only redis.c knows hiredis.
 *
 * Replies come in the order of the commands.  What is still due when the pool
 * of its redis_send() is cleared is thrown away unread, so a request may send
 * a command and never ask what became of it.
 */
#ifndef STORE_REDIS_H
#define STORE_REDIS_H

#include "breaker.h"
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

/*
 * etc/opbx.conf: redis.socket, else redis.host (an address rather than a
 * name: looking up a name has no deadline) and redis.port; redis.password;
 * deadline.factor.
 */
struct redis *redis_new(struct pool *process, const struct conf *conf);
/* How long a command may take, in place of 250 ms: of who keeps nobody waiting.
 */
void redis_set_patience(struct redis *redis, int milliseconds);

/*
 * Sends a command without waiting: printf-like, with %b for a struct str's
 * (p, n) pair and %s, %d, %llu as in hiredis.  Nothing is sent when the
 * breaker is open; a command that was refused has no reply.
 */
struct err *redis_send(
    struct redis *redis, struct pool *pool, const char *format, ...);
/* The same for a command that has as many words as there are. */
struct err *redis_send_words(struct redis *redis, struct pool *pool,
    const struct str *words, size_t count);
/* The next reply.  An error reply is a REPLY_ERROR, not an error. */
struct err *redis_receive(
    struct redis *redis, struct pool *pool, struct reply *reply);
/*
 * Send and receive.  What is due from before is given up: nobody's reply is
 * ever taken for another's.  An error reply of the server is an error here
 * too.
 */
struct err *redis_call(struct redis *redis, struct pool *pool,
    struct reply *reply, const char *format, ...);
struct err *redis_call_words(struct redis *redis, struct pool *pool,
    struct reply *reply, const struct str *words, size_t count);
/*
 * Before a call of who has no other way: the breaker lets it through if it was
 * opened by refusals, which cost no wait.  False: it would be in vain.
 */
bool redis_hurry(struct redis *redis);
/*
 * For a subscriber, after SUBSCRIBE was received: waits at most
 * `milliseconds` for the next push message.  *got is false when none came.
 * From then on all replies (PING's, too) come here.
 */
struct err *redis_wait(struct redis *redis, struct pool *pool, int milliseconds,
    struct reply *reply, bool *got);
/* Drops the connection; the next command opens another. */
void redis_close(struct redis *redis);

/* For metrics. */
enum breaker_state redis_state(const struct redis *redis);

#endif
