#include "redis.h"

#include "clock.h"

#include <assert.h>
#include <errno.h>
#include <hiredis.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>

/*
 * hiredis is used without its own waiting: its time-outs count each read
 * anew.  Here one deadline covers all that is waited for.
 */
enum {
	CONNECT_MS = 250,
	COMMAND_MS = 250,
	FAILURES = 3,
	PAUSE_MS = 1000,
	UNWANTED = 10000, /* unread replies that stay bearable */
};

struct redis {
	struct str socket, host, password;
	int port;
	int factor; /* of both deadlines */
	int connect_ms, command_ms;
	redisContext *context;
	struct breaker breaker;
	size_t due;       /* replies to come, the unwanted ones first */
	size_t unwanted;  /* of those, to be thrown away */
	size_t lost;      /* replies that went with their connection */
	bool pushed;      /* a subscriber's: nothing is ever due */
	bool unsent;      /* bytes are left in hiredis' buffer */
	int64_t sent;     /* when something became due; monotonic */
	int64_t deadline; /* of the replies waited for; 0: not waiting */
};

static void
drop(struct redis *redis)
{
	if (redis->context != NULL)
		redisFree(redis->context);
	redis->context = NULL;
	redis->lost += redis->due - redis->unwanted;
	redis->due = redis->unwanted = 0;
	redis->pushed = redis->unsent = false;
	redis->deadline = 0;
}

static void
destroy(void *object)
{
	drop(object);
}

struct redis *
redis_new(struct pool *process, const struct conf *conf)
{
	struct redis *redis = NEW(process, struct redis);

	redis->socket = conf_path(process, conf, "redis.socket", NULL);
	redis->host = conf_text(conf, "redis.host", "127.0.0.1");
	redis->factor = (int)conf_int(conf, "deadline.factor", 1, 1, 100);
	redis->connect_ms = CONNECT_MS * redis->factor;
	redis->command_ms = COMMAND_MS * redis->factor;
	redis->port = (int)conf_int(conf, "redis.port", 6379, 1, 65535);
	redis->password = conf_text(conf, "redis.password", NULL);
	redis->breaker = (struct breaker){
	    .watched = DEPENDENCY_REDIS, .limit = FAILURES, .pause = PAUSE_MS};
	pool_own(process, destroy, redis);
	return redis;
}

void
redis_set_patience(struct redis *redis, int milliseconds)
{
	redis->command_ms = milliseconds * redis->factor;
}

void
redis_close(struct redis *redis)
{
	drop(redis);
}

enum breaker_state
redis_state(const struct redis *redis)
{
	return breaker_state(&redis->breaker, clock_monotonic());
}

bool
redis_hurry(struct redis *redis)
{
	return breaker_hurry(&redis->breaker);
}

static struct err *
failed(struct redis *redis, struct pool *pool, const char *doing)
{
	const redisContext *context = redis->context;
	struct err *err;

	if (context != NULL && context->err != 0)
		err = err_unavailable(
		    pool, "redis: %s: %s", doing, context->errstr);
	else
		err = err_unavailable(
		    pool, "redis: %s: no answer in time", doing);
	drop(redis);
	breaker_failed(&redis->breaker, clock_monotonic());
	return err;
}

static struct err *
late(struct redis *redis, struct pool *pool, const char *doing)
{
	struct err *err = failed(redis, pool, doing);

	breaker_late(&redis->breaker, clock_monotonic());
	return err;
}

/* What of `events` came before the deadline; 0: nothing did. */
static short
wait_for(const struct redis *redis, short events, int64_t deadline)
{
	struct pollfd fd = {redis->context->fd, events, 0};

	for (;;) {
		int64_t left = deadline - clock_monotonic();
		int n = poll(&fd, 1, left > 0 ? (int)((left + 999) / 1000) : 0);

		if (n > 0)
			return fd.revents;
		if (n == 0 || errno != EINTR)
			return 0;
	}
}

/* Hands the kernel what it takes; false when the connection is gone. */
static bool
flush(struct redis *redis)
{
	int done = 0;

	if (redisBufferWrite(redis->context, &done) != REDIS_OK)
		return false;
	redis->unsent = done == 0;
	return true;
}

/* The next reply; NULL without an error: the deadline came first. */
static struct err *
read_reply(
    struct redis *redis, struct pool *pool, int64_t deadline, redisReply **out)
{
	for (;;) {
		void *reply = NULL;
		short want = POLLIN, got;

		if (redisGetReplyFromReader(redis->context, &reply) != REDIS_OK)
			return failed(redis, pool, "reading");
		*out = reply;
		if (reply != NULL)
			return NULL;
		if (redis->unsent)
			want |= POLLOUT;
		got = wait_for(redis, want, deadline);
		if (got == 0)
			return NULL;
		if ((got & POLLOUT) != 0 && !flush(redis))
			return failed(redis, pool, "writing");
		if ((got & (POLLIN | POLLHUP | POLLERR)) != 0 &&
		    redisBufferRead(redis->context) != REDIS_OK)
			return failed(redis, pool, "reading");
	}
}

/* One reply that is due, within the pipeline's deadline. */
static struct err *
read_due(struct redis *redis, struct pool *pool, redisReply **out)
{
	if (redis->deadline == 0)
		redis->deadline =
		    clock_monotonic() + (int64_t)redis->command_ms * 1000;
	TRY(read_reply(redis, pool, redis->deadline, out));
	if (*out == NULL)
		return late(redis, pool, "waiting");
	breaker_succeeded(&redis->breaker);
	if (--redis->due == 0)
		redis->deadline = 0;
	return NULL;
}

static struct err *
authenticate(struct redis *redis, struct pool *pool)
{
	redisReply *reply = NULL;
	struct err *err = NULL;

	if (redis->password.n == 0)
		return NULL;
	redisAppendCommand(
	    redis->context, "AUTH %b", redis->password.p, redis->password.n);
	if (!flush(redis))
		return failed(redis, pool, "writing");
	redis->due = redis->unwanted = 1;
	TRY(read_due(redis, pool, &reply));
	redis->unwanted = 0;
	if (reply->type == REDIS_REPLY_ERROR)
		err = failed(redis, pool, "the password was refused");
	freeReplyObject(reply);
	return err;
}

static struct err *
open_connection(struct redis *redis, struct pool *pool)
{
	int64_t now = clock_monotonic();
	int error = 0;
	socklen_t size = sizeof error;

	if (!breaker_allows(&redis->breaker, now))
		return err_unavailable(pool, "redis: the breaker is open");
	redis->context = redis->socket.n > 0
			     ? redisConnectUnixNonBlock(redis->socket.p)
			     : redisConnectNonBlock(redis->host.p, redis->port);
	if (redis->context == NULL || redis->context->err != 0)
		return failed(redis, pool, "connecting");
	if (wait_for(redis, POLLOUT, now + (int64_t)redis->connect_ms * 1000) ==
	    0)
		return late(redis, pool, "connecting");
	if (getsockopt(
		redis->context->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 ||
	    error != 0)
		return failed(redis, pool, "connecting");
	return authenticate(redis, pool);
}

/*
 * Before a new pipeline: reads what nobody wanted, as far as it has come, and
 * notices a server that went away since the last one.  Never waits.
 */
static struct err *
settle(struct redis *redis, struct pool *pool)
{
	while (redis->context != NULL) {
		char byte;
		ssize_t n;
		void *reply = NULL;

		if (redis->unwanted > 0) {
			if (redisGetReplyFromReader(redis->context, &reply) !=
			    REDIS_OK)
				return failed(redis, pool, "reading");
			if (reply != NULL) {
				freeReplyObject(reply);
				redis->unwanted--;
				redis->due--;
				redis->sent = clock_monotonic();
				breaker_succeeded(&redis->breaker);
				continue;
			}
		}
		n = recv(redis->context->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0)
			drop(redis); /* it was idle: nobody's failure */
		else if (redis->unwanted == 0)
			break;
		else if (redisBufferRead(redis->context) != REDIS_OK)
			return failed(redis, pool, "reading");
	}
	if (redis->unwanted > UNWANTED ||
	    (redis->unwanted > 0 && clock_monotonic() - redis->sent >
					(int64_t)redis->command_ms * 1000))
		return late(redis, pool, "waiting");
	return NULL;
}

/* What was not received by now is unwanted. */
static void
forget(void *object)
{
	struct redis *redis = object;

	redis->unwanted = redis->due;
	redis->lost = 0;
	redis->deadline = 0;
}

/* Before a command goes to hiredis' buffer. */
static struct err *
make_ready(struct redis *redis, struct pool *pool)
{
	if (redis->due == redis->unwanted && !redis->pushed)
		TRY(settle(redis, pool));
	return redis->context == NULL ? open_connection(redis, pool) : NULL;
}

/* It lies in the buffer. */
static struct err *
send_off(struct redis *redis, struct pool *pool)
{
	if (!flush(redis))
		return failed(redis, pool, "writing");
	if (redis->pushed)
		return NULL;
	if (redis->due == 0)
		redis->sent = clock_monotonic();
	if (redis->due == redis->unwanted)
		pool_own(pool, forget, redis);
	redis->due++;
	return NULL;
}

static struct err *
send_list(
    struct redis *redis, struct pool *pool, const char *format, va_list list)
{
	int status;

	TRY(make_ready(redis, pool));
	status = redisvAppendCommand(redis->context, format, list);
	assert(status == REDIS_OK); /* the format is wrong */
	return send_off(redis, pool);
}

struct err *
redis_send_words(struct redis *redis, struct pool *pool,
    const struct str *words, size_t count)
{
	const char **texts = NEW_ARRAY(pool, const char *, count);
	size_t *lengths = NEW_ARRAY(pool, size_t, count);
	int status;

	assert(count > 0 && count <= INT_MAX);
	for (size_t i = 0; i < count; i++) {
		texts[i] = words[i].p;
		lengths[i] = words[i].n;
	}
	TRY(make_ready(redis, pool));
	status =
	    redisAppendCommandArgv(redis->context, (int)count, texts, lengths);
	assert(status == REDIS_OK);
	return send_off(redis, pool);
}

struct err *
redis_send(struct redis *redis, struct pool *pool, const char *format, ...)
{
	va_list list;
	struct err *err;

	va_start(list, format);
	err = send_list(redis, pool, format, list);
	va_end(list);
	return err;
}

static struct reply
convert(struct pool *pool, const redisReply *from)
{
	struct reply to = {.kind = REPLY_NIL};

	switch (from->type) {
	case REDIS_REPLY_INTEGER:
		to.kind = REPLY_INT;
		to.number = from->integer;
		break;
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_ERROR:
		to.kind =
		    from->type == REDIS_REPLY_ERROR ? REPLY_ERROR : REPLY_TEXT;
		to.text = pool_copy(pool, (struct str){from->str, from->len});
		break;
	case REDIS_REPLY_ARRAY:
		to.kind = REPLY_LIST;
		to.count = from->elements;
		to.list = NEW_ARRAY(pool, struct reply, to.count);
		for (size_t i = 0; i < to.count; i++)
			to.list[i] = convert(pool, from->element[i]);
		break;
	default:
		break;
	}
	return to;
}

struct err *
redis_receive(struct redis *redis, struct pool *pool, struct reply *reply)
{
	redisReply *got = NULL;

	*reply = (struct reply){.kind = REPLY_NIL};
	if (redis->lost > 0) {
		redis->lost--;
		return err_unavailable(
		    pool, "redis: the reply was lost with its connection");
	}
	if (redis->due == redis->unwanted)
		return err_unavailable(pool, "redis: no reply is due");
	while (redis->unwanted > 0) {
		TRY(read_due(redis, pool, &got));
		redis->unwanted--;
		freeReplyObject(got);
	}
	/* What is lost from here on is counted without this one. */
	redis->unwanted = 1;
	TRY(read_due(redis, pool, &got));
	redis->unwanted = 0;
	*reply = convert(pool, got);
	freeReplyObject(got);
	return NULL;
}

static struct err *
take_reply(struct redis *redis, struct pool *pool, struct str name,
    struct reply *reply)
{
	TRY(redis_receive(redis, pool, reply));
	if (reply->kind == REPLY_ERROR)
		return err_unavailable(
		    pool, "redis: %.*s: %.*s", PSTR(name), PSTR(reply->text));
	return NULL;
}

struct err *
redis_call_words(struct redis *redis, struct pool *pool, struct reply *reply,
    const struct str *words, size_t count)
{
	forget(redis);
	TRY(redis_send_words(redis, pool, words, count));
	return take_reply(redis, pool, *words, reply);
}

struct err *
redis_call(struct redis *redis, struct pool *pool, struct reply *reply,
    const char *format, ...)
{
	va_list list;
	struct err *err;

	forget(redis);
	va_start(list, format);
	err = send_list(redis, pool, format, list);
	va_end(list);
	TRY(err);
	return take_reply(
	    redis, pool, str_head(str_of(format), strcspn(format, " ")), reply);
}

struct err *
redis_wait(struct redis *redis, struct pool *pool, int milliseconds,
    struct reply *reply, bool *got)
{
	redisReply *message = NULL;

	*got = false;
	if (redis->context == NULL)
		return err_unavailable(pool, "redis: not connected");
	redis->pushed = true;
	TRY(read_reply(redis, pool,
	    clock_monotonic() + (int64_t)milliseconds * 1000, &message));
	if (message == NULL)
		return NULL;
	*reply = convert(pool, message);
	*got = true;
	freeReplyObject(message);
	return NULL;
}
