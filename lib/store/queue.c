#include "queue.h"

#include <inttypes.h>
#include <unistd.h>

enum { FAILURE_MOST = 1000, HOST_MOST = 64 };

const char *const queue_names[] = {
    [QUEUE_RECORDINGS] = "recordings",
    [QUEUE_CDR] = "cdr",
    [QUEUE_CACHE] = "cache",
    [QUEUE_NOTIFICATIONS] = "notifications",
    [QUEUES] = NULL,
};

/*
 * KEYS of all scripts: the stream, :jobs, :due, :tries.  Time is Redis' own,
 * so that workers need not agree on theirs.
 */

/*
 * ARGV: organization, key, "put" or "restore".  The state names its entry, so
 * that one without an entry keeps no job away.
 */
static const char put_script[] =
    "local field=ARGV[1]..':'..ARGV[2] "
    "local state=redis.call('HGET',KEYS[2],field) "
    "if state then local id=string.sub(state,2) "
    "if #redis.call('XRANGE',KEYS[1],id,id)>0 then "
    "if string.sub(state,1,1)=='t' and ARGV[3]=='put' then "
    "redis.call('HSET',KEYS[2],field,'a'..id) end return 0 end end "
    "local id=redis.call('XADD',KEYS[1],'*','organization',ARGV[1],"
    "'key',ARGV[2]) "
    "redis.call('HSET',KEYS[2],field,'w'..id) return 1";

/* ARGV: consumer, lease.  Gives {id, organization, key, attempt} or {}. */
static const char take_script[] =
    "local time=redis.call('TIME') "
    "local now=time[1]*1000+math.floor(time[2]/1000) "
    "local function fresh() return redis.pcall('XREADGROUP','GROUP',"
    "'workers',ARGV[1],'COUNT',1,'STREAMS',KEYS[1],'>') end "
    "while true do "
    "local id=redis.call('ZRANGEBYSCORE',KEYS[3],'-inf',now,"
    "'LIMIT',0,1)[1] "
    "if id then redis.call('XCLAIM',KEYS[1],'workers',ARGV[1],0,id,"
    "'JUSTID') else "
    "local got=fresh() "
    "if got and got.err then redis.call('XGROUP','CREATE',KEYS[1],"
    "'workers','0','MKSTREAM') got=fresh() end "
    "if not got then return {} end "
    "id=got[1][2][1][1] end "
    "local entry=redis.call('XRANGE',KEYS[1],id,id)[1] "
    "if entry then local f=entry[2] local field=f[2]..':'..f[4] "
    "redis.call('ZADD',KEYS[3],now+ARGV[2],id) "
    "if redis.call('HGET',KEYS[2],field)~='a'..id then "
    "redis.call('HSET',KEYS[2],field,'t'..id) end "
    "return {id,f[2],f[4],redis.call('HINCRBY',KEYS[4],id,1)} end "
    "redis.call('XACK',KEYS[1],'workers',id) "
    "redis.call('ZREM',KEYS[3],id) redis.call('HDEL',KEYS[4],id) end";

/* ARGV: id, attempt, organization, key. */
static const char done_script[] =
    "if redis.call('HGET',KEYS[4],ARGV[1])~=ARGV[2] then return 0 end "
    "local field=ARGV[3]..':'..ARGV[4] "
    "redis.call('XACK',KEYS[1],'workers',ARGV[1]) "
    "redis.call('XDEL',KEYS[1],ARGV[1]) "
    "redis.call('ZREM',KEYS[3],ARGV[1]) "
    "redis.call('HDEL',KEYS[4],ARGV[1]) "
    "if redis.call('HGET',KEYS[2],field)=='a'..ARGV[1] then "
    "local id=redis.call('XADD',KEYS[1],'*','organization',ARGV[3],"
    "'key',ARGV[4]) "
    "redis.call('HSET',KEYS[2],field,'w'..id) "
    "else redis.call('HDEL',KEYS[2],field) end return 1";

/* ARGV: id, attempt, pause, 1 when the attempt does not count. */
static const char later_script[] =
    "if redis.call('HGET',KEYS[4],ARGV[1])~=ARGV[2] then return 0 end "
    "local time=redis.call('TIME') "
    "redis.call('ZADD',KEYS[3],"
    "time[1]*1000+math.floor(time[2]/1000)+ARGV[3],ARGV[1]) "
    "if ARGV[4]=='1' then redis.call('HINCRBY',KEYS[4],ARGV[1],-1) end "
    "return 1";

/* Gives {how many, milliseconds of the oldest}. */
static const char depth_script[] =
    "local n=redis.call('XLEN',KEYS[1]) "
    "local first=redis.call('XRANGE',KEYS[1],'-','+','COUNT',1)[1] "
    "if not first then return {n,0} end "
    "local time=redis.call('TIME') "
    "return {n,math.max(1,time[1]*1000+math.floor(time[2]/1000)"
    "-tonumber(string.match(first[1],'^%d+')))}";

#define KEYS_FORMAT                                                     \
	"EVAL %s 4 opbx:queue:%s opbx:queue:%s:jobs opbx:queue:%s:due " \
	"opbx:queue:%s:tries "
#define KEYS_OF(script, queue)                                                \
	(script), queue_names[queue], queue_names[queue], queue_names[queue], \
	    queue_names[queue]

static struct err *
put(struct redis *redis, struct pool *pool, enum queue_name queue,
    uint64_t organization, struct str key, const char *how)
{
	struct reply reply;

	if (key.n == 0 || key.n > QUEUE_KEY)
		return err_internal(pool, "no key of a job: %.*s", PSTR(key));
	return redis_call(redis, pool, &reply, KEYS_FORMAT "%llu %b %s",
	    KEYS_OF(put_script, queue), (unsigned long long)organization, key.p,
	    key.n, how);
}

struct err *
queue_put(struct redis *redis, struct pool *pool, enum queue_name queue,
    uint64_t organization, struct str key)
{
	return put(redis, pool, queue, organization, key, "put");
}

struct err *
queue_restore(struct redis *redis, struct pool *pool, enum queue_name queue,
    uint64_t organization, struct str key)
{
	return put(redis, pool, queue, organization, key, "restore");
}

static bool
read_job(const struct reply *reply, struct queue_job *job)
{
	int64_t organization;

	if (reply->kind != REPLY_LIST || reply->count != 4 ||
	    !str_to_int(reply->list[1].text, 0, INT64_MAX, &organization))
		return false;
	job->id = reply->list[0].text;
	job->organization = (uint64_t)organization;
	job->key = reply->list[2].text;
	job->attempt = (int)reply->list[3].number;
	return true;
}

struct err *
queue_take(struct redis *redis, struct pool *pool, enum queue_name queue,
    struct queue_job *job, bool *found)
{
	/* One name a machine: leases tell who is alive, names do not. */
	char host[HOST_MOST + 1] = "worker";
	struct reply reply;

	*found = false;
	if (gethostname(host, HOST_MOST) != 0 || host[0] == '\0')
		host[0] = '-';
	TRY(redis_call(redis, pool, &reply, KEYS_FORMAT "%s %d",
	    KEYS_OF(take_script, queue), host, QUEUE_LEASE));
	if (reply.kind == REPLY_LIST && reply.count == 0)
		return NULL;
	*job = (struct queue_job){.queue = queue};
	if (!read_job(&reply, job))
		return err_internal(
		    pool, "queue %s: no job", queue_names[queue]);
	*found = true;
	return NULL;
}

struct err *
queue_done(struct redis *redis, struct pool *pool, const struct queue_job *job)
{
	struct reply reply;

	return redis_call(redis, pool, &reply, KEYS_FORMAT "%b %d %llu %b",
	    KEYS_OF(done_script, job->queue), job->id.p, job->id.n,
	    job->attempt, (unsigned long long)job->organization, job->key.p,
	    job->key.n);
}

static struct err *
later(struct redis *redis, struct pool *pool, const struct queue_job *job,
    int pause, bool uncounted)
{
	struct reply reply;

	return redis_call(redis, pool, &reply, KEYS_FORMAT "%b %d %d %d",
	    KEYS_OF(later_script, job->queue), job->id.p, job->id.n,
	    job->attempt, pause, uncounted ? 1 : 0);
}

struct err *
queue_failed(
    struct redis *redis, struct pool *pool, const struct queue_job *job)
{
	static const int pauses[] = {1000, 5000, 30000, 120000};
	size_t last = sizeof pauses / sizeof *pauses - 1;
	size_t i = job->attempt > 0 ? (size_t)job->attempt - 1 : 0;

	return later(redis, pool, job, pauses[i < last ? i : last], false);
}

struct err *
queue_return(
    struct redis *redis, struct pool *pool, const struct queue_job *job)
{
	return later(redis, pool, job, 1000, true);
}

struct err *
queue_park(struct db *db, const struct queue_job *job, struct str failure)
{
	return EXEC(db,
	    "INSERT INTO parked_jobs (organization_id, queue, job_key, payload,"
	    " attempts, failure) VALUES (?, ?, ?, '{}', ?, ?)"
	    " ON DUPLICATE KEY UPDATE attempts = VALUES(attempts),"
	    " failure = VALUES(failure), parked_at = UTC_TIMESTAMP(3)",
	    NULL, INT(job->organization), TEXT(str_of(queue_names[job->queue])),
	    TEXT(job->key),
	    INT(job->attempt < QUEUE_ATTEMPTS ? job->attempt : QUEUE_ATTEMPTS),
	    TEXT(str_head(failure, FAILURE_MOST)));
}

static struct err *
depth_of(struct redis *redis, struct pool *pool, const char *name,
    struct queue_depth *depth)
{
	struct reply reply;

	*depth = (struct queue_depth){0, 0};
	TRY(redis_call(redis, pool, &reply, "EVAL %s 1 opbx:queue:%s",
	    depth_script, name));
	if (reply.kind == REPLY_LIST && reply.count == 2)
		*depth = (struct queue_depth){
		    reply.list[0].number, reply.list[1].number};
	return NULL;
}

struct err *
queue_depth(struct redis *redis, struct pool *pool, enum queue_name queue,
    struct queue_depth *depth)
{
	return depth_of(redis, pool, queue_names[queue], depth);
}

/* That of the events (intake.h) has no jobs, but waits like the others. */
static const char *
name_of(int queue)
{
	return queue < QUEUES ? queue_names[queue] : "events";
}

void
queue_print(struct buf *out, struct redis *redis, struct pool *pool)
{
	enum { ALL = QUEUES + 1 };
	struct queue_depth depths[ALL];

	for (int i = 0; i < ALL; i++)
		if (depth_of(redis, pool, name_of(i), &depths[i]) != NULL)
			return;
	buf_add_text(out,
	    "# HELP opbx_queue_jobs Jobs that wait, are being done or paused.\n"
	    "# TYPE opbx_queue_jobs gauge\n");
	for (int i = 0; i < ALL; i++)
		buf_printf(out, "opbx_queue_jobs{queue=\"%s\"} %" PRId64 "\n",
		    name_of(i), depths[i].waiting);
	buf_add_text(out,
	    "# HELP opbx_queue_age_seconds How old the oldest of them is.\n"
	    "# TYPE opbx_queue_age_seconds gauge\n");
	for (int i = 0; i < ALL; i++)
		buf_printf(out,
		    "opbx_queue_age_seconds{queue=\"%s\"} %" PRId64
		    ".%03" PRId64 "\n",
		    name_of(i), depths[i].age / 1000, depths[i].age % 1000);
}
