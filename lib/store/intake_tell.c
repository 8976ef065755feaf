/* What nobody acknowledges: gathered while others wait, then sent at once. */
#include "clock.h"
#include "intake_private.h"
#include "pack.h"

enum {
	BYTES_MOST = 64 << 10, /* that are gathered */
	AGE_US = 100000,       /* for as long */
};

static void
free_pool(void *pool)
{
	pool_free(pool);
}

void
intake_tell_init(struct intake *intake)
{
	intake->told.pool = pool_new();
	pool_own(intake->process, free_pool, intake->told.pool);
}

void
frames_pack(struct pack *pack, struct frames *frames)
{
	frames->list = pack_array(pack, frames->list, &frames->count,
	    sizeof *frames->list, TOLD_MOST);
	for (size_t i = 0; i < frames->count; i++)
		pack_str(pack, &frames->list[i]);
}

static struct err *
send_all(struct intake *intake, struct pool *pool, struct frames *frames)
{
	struct buf buf;
	struct pack pack;

	if (frames->count == 1)
		return redis_send(intake->redis, pool, "XADD %s * event %b",
		    INTAKE_QUEUE, frames->list->p, frames->list->n);
	buf = buf_new(pool, BYTES_MOST);
	pack = pack_writer(&buf);
	frames_pack(&pack, frames);
	return redis_send(intake->redis, pool, "XADD %s * events %b",
	    INTAKE_QUEUE, buf.p, buf.n);
}

struct err *
intake_flush(struct intake *intake, struct pool *pool)
{
	struct told *told = &intake->told;
	struct frames frames = {told->count, told->list};
	struct err *err = NULL;

	if (told->count == 0)
		return NULL;
	if (send_all(intake, pool, &frames) != NULL)
		for (size_t i = 0; i < told->count && err == NULL; i++)
			err = spool_add(intake->spool, pool, told->list[i]);
	told->count = told->bytes = 0;
	pool_clear(told->pool);
	return err;
}

struct err *
intake_tell(struct intake *intake, struct pool *pool, const struct event *event)
{
	struct told *told = &intake->told;
	struct str text = event_write(pool, event);
	int64_t now = clock_monotonic();

	if (told->count == 0)
		told->since = now;
	told->list[told->count++] = pool_copy(told->pool, text);
	told->bytes += text.n;
	if (told->count < TOLD_MOST && told->bytes < BYTES_MOST &&
	    now - told->since < AGE_US)
		return NULL;
	return intake_flush(intake, pool);
}
