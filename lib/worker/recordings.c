#include "recordings.h"

#include "audio.h"
#include "clock.h"
#include "instant.h"
#include "notices.h"
#include "sniff.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum {
	FETCH_MS = 60000,
	FETCH_MOST = 100 << 20,
	DAY_MS = 86400000,
};

/* The row that a key names. */
struct source {
	enum audio_kind kind;
	uint64_t organization, id;
	bool wanted; /* its audio is still to be fetched */
	struct str url;
	int64_t since;   /* the instant that its retention counts from */
	int64_t days;    /* of retention; 0: for ever */
	struct str key;  /* the carrier's, sealed; absent: none */
	uint64_t notice; /* of a message that is here now; 0: none */
	struct str path;
};

/* What was fetched. */
struct fetched {
	struct sound sound;
	size_t bytes;
};

static bool
read_key(const struct queue_job *job, struct source *source)
{
	struct str id = job->key, kind;
	int64_t number;

	if (!str_next(&id, ':', &kind) ||
	    !str_to_int(id, 1, INT64_MAX, &number))
		return false;
	*source = (struct source){.organization = job->organization,
	    .id = (uint64_t)number,
	    .kind =
		str_is(kind, "voicemail") ? AUDIO_VOICEMAIL : AUDIO_RECORDING};
	return str_is(kind, "voicemail") || str_is(kind, "recording");
}

static struct err *
load(const struct work *work, struct pool *pool, struct source *source)
{
	static const char *const sqls[] = {
	    [AUDIO_RECORDING] =
		"SELECT r.source_url, r.recorded_at, s.recording_retention,"
		" s.carrier, s.carrier_api_key_sealed FROM recordings r"
		" JOIN settings s ON s.organization_id = r.organization_id"
		" WHERE r.id = ? AND r.state = 'pending'"
		" AND r.deleted_at IS NULL AND r.source_url IS NOT NULL",
	    [AUDIO_VOICEMAIL] =
		"SELECT v.source_url, v.received_at, s.voicemail_retention,"
		" s.carrier, s.carrier_api_key_sealed FROM voicemails v"
		" JOIN settings s ON s.organization_id = v.organization_id"
		" WHERE v.id = ? AND v.state = 'pending'"
		" AND v.deleted_at IS NULL AND v.source_url IS NOT NULL",
	};
	struct rows *rows;

	TRY(QUERY(work->db, sqls[source->kind], &rows, INT(source->id)));
	source->wanted = rows->count == 1;
	if (!source->wanted)
		return NULL;
	source->url = rows_text(rows, 0, 0);
	source->since = instant_of(rows_text(rows, 0, 1));
	source->days = rows_int(rows, 0, 2);
	if (str_is(rows_text(rows, 0, 3), "cloudonix"))
		source->key = rows_text(rows, 0, 4);
	source->path = audio_path_of_row(
	    pool, work->conf, source->kind, source->organization, source->id);
	return NULL;
}

/* Is the host one of carrier.hosts, or below one? */
static bool
is_carriers(const struct work *work, struct pool *pool, struct str url)
{
	struct str hosts =
	    conf_text(work->conf, "carrier.hosts", "cloudonix.io");
	struct str host, each;

	if (!fetch_host(pool, url, &host))
		return false;
	while (str_next(&hosts, ' ', &each)) {
		struct str below = pool_printf(pool, ".%.*s", PSTR(each));

		if (each.n > 0 &&
		    (str_equal(host, each) || str_ends(host, below)))
			return true;
	}
	return false;
}

static struct err *
authorization(const struct work *work, struct pool *pool,
    const struct source *source, struct str *out)
{
	struct str place = pool_printf(
	    pool, "setting.carrier_api_key:%" PRIu64, source->organization);
	struct str key;

	*out = NO_STR;
	if (source->key.p == NULL || !is_carriers(work, pool, source->url))
		return NULL;
	if (!crypto_open(pool, &work->seal, place, source->key, &key))
		return err_internal(
		    pool, "the carrier's key was sealed with another key");
	*out = pool_printf(pool, "Bearer %.*s", PSTR(key));
	return NULL;
}

static void
forget_map(void *object)
{
	const struct str *map = object;

	munmap((void *)(uintptr_t)map->p, map->n);
}

/* Mapped, so that the worker's memory does not grow with what it fetched. */
static struct err *
sniff_file(struct pool *pool, int fd, size_t bytes, struct sound *sound)
{
	struct str *map = NEW(pool, struct str);
	void *pages;

	if (bytes == 0)
		return err_new(pool, UNSUPPORTED_TYPE, "it is empty");
	pages = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (pages == MAP_FAILED)
		return err_unavailable(pool, "cannot map what was fetched");
	*map = (struct str){pages, bytes};
	pool_own(pool, forget_map, map);
	return sniff_audio(pool, *map, sound);
}

/* Into the draft; *failure says what is wrong with it. */
static struct err *
get(const struct work *work, struct pool *pool, const struct source *source,
    int fd, struct fetched *fetched, struct str *failure)
{
	struct fetch_request request = {
	    .method = "GET",
	    .url = source->url,
	    .timeout = FETCH_MS,
	    .most = FETCH_MOST,
	    .file = fd,
	};
	struct fetch_answer answer;
	struct err *err;

	TRY(authorization(work, pool, source, &request.authorization));
	err = fetch_request(work->fetch, pool, &request, &answer);
	if (err == NULL && answer.status != 200)
		err =
		    err_new(pool, UNAVAILABLE, "it answered %d", answer.status);
	if (err == NULL)
		err = sniff_file(pool, fd, answer.bytes, &fetched->sound);
	if (err != NULL) {
		*failure = err->message;
		return NULL;
	}
	fetched->bytes = answer.bytes;
	return NULL;
}

static struct err *
set_ready(const struct work *work, struct pool *pool,
    const struct source *source, const struct fetched *fetched)
{
	int64_t seconds = (fetched->sound.ms + 500) / 1000;
	struct value type = TEXT(str_of(fetched->sound.type));
	struct value length = INT(seconds > 0 ? seconds : 1);
	struct value end =
	    source->days == 0
		? NIL
		: instant_value(pool, source->since + source->days * DAY_MS);

	if (source->kind == AUDIO_RECORDING)
		return EXEC(work->db,
		    "UPDATE recordings SET state = 'ready', failure = NULL,"
		    " media_type = ?, bytes = ?, seconds = ?, expires_at = ?"
		    " WHERE id = ?",
		    NULL, type, INT(fetched->bytes), length, end,
		    INT(source->id));
	return EXEC(work->db,
	    "UPDATE voicemails SET state = 'ready', failure = NULL,"
	    " media_type = ?, bytes = ?, seconds = ?, expires_at = ?,"
	    " audio_token = COALESCE(audio_token, ?)"
	    " WHERE id = ?",
	    NULL, type, INT(fetched->bytes), length, end,
	    TEXT(audio_token(pool)), INT(source->id));
}

/* Locked: whoever else fetched the same waits, and finds it done. */
static struct err *
is_wanted(const struct work *work, const struct source *source, bool *yes)
{
	struct rows *rows;

	TRY(QUERY(work->db,
	    source->kind == AUDIO_RECORDING
		? "SELECT 1 FROM recordings WHERE id = ?"
		  " AND state = 'pending' AND deleted_at IS NULL FOR UPDATE"
		: "SELECT 1 FROM voicemails WHERE id = ?"
		  " AND state = 'pending' AND deleted_at IS NULL FOR UPDATE",
	    &rows, INT(source->id)));
	*yes = rows->count > 0;
	return NULL;
}

/* A message can be listened to from now on: whoever wants to know is told. */
static struct err *
put_notice(const struct work *work, struct pool *pool, struct source *source)
{
	struct notice notice = {
	    .event = STR("voicemail"), .voicemail = source->id};
	struct rows *rows;

	TRY(QUERY(work->db,
	    "SELECT v.call_key, v.from_number, v.caller_name, e.number, e.name,"
	    " v.seconds FROM voicemails v"
	    " JOIN extensions e ON e.id = v.extension_id WHERE v.id = ?",
	    &rows, INT(source->id)));
	if (rows->count == 0)
		return NULL;
	notice.key = pool_printf(pool, "voicemail %" PRIu64, source->id);
	notice.call_key = rows_text(rows, 0, 0);
	notice.text =
	    pool_printf(pool, "Message from %.*s%s%.*s for %.*s %.*s, %lld s",
		PSTR(rows_text(rows, 0, 1).n > 0 ? rows_text(rows, 0, 1)
						 : STR("an unknown caller")),
		rows_text(rows, 0, 2).n > 0 ? ", " : "",
		PSTR(rows_text(rows, 0, 2)), PSTR(rows_text(rows, 0, 3)),
		PSTR(rows_text(rows, 0, 4)), (long long)rows_int(rows, 0, 5));
	return notice_put(
	    work->db, source->organization, &notice, &source->notice);
}

/* Told once a day: what does not fit today is fetched when there is room. */
static struct err *
put_full(const struct work *work, struct pool *pool,
    const struct source *source, struct str why)
{
	const struct notice notice = {.event = STR("limit"),
	    .key = pool_printf(pool, "storage %.*s",
		PSTR(str_cut(clock_print(pool, clock_now()), 0, 10))),
	    .text = why};
	struct err *err;
	uint64_t id;

	TRY(db_begin(work->db, pool, DB_WRITE, source->organization));
	err = notice_put(work->db, source->organization, &notice, &id);
	if (err == NULL)
		return db_commit(work->db);
	db_rollback(work->db);
	return err;
}

static struct err *
keep_row(const struct work *work, struct pool *pool, struct source *source,
    const struct fetched *fetched, struct audio_draft *draft,
    struct str *failure)
{
	struct err *err;
	bool wanted;

	TRY(is_wanted(work, source, &wanted));
	if (!wanted)
		return NULL;
	err = audio_check_storage(work->db, pool, (int64_t)fetched->bytes);
	if (err != NULL && err->code == CONFLICT) {
		*failure = err->message;
		return NULL;
	}
	TRY(err);
	TRY(audio_keep(pool, draft));
	TRY(set_ready(work, pool, source, fetched));
	return source->kind == AUDIO_VOICEMAIL ? put_notice(work, pool, source)
					       : NULL;
}

static struct err *
keep(const struct work *work, struct pool *pool, struct source *source,
    const struct fetched *fetched, struct audio_draft *draft,
    struct str *failure)
{
	struct err *err;

	TRY(db_begin(work->db, pool, DB_WRITE, source->organization));
	err = keep_row(work, pool, source, fetched, draft, failure);
	if (err == NULL)
		err = db_commit(work->db);
	else
		db_rollback(work->db);
	if (err == NULL && failure->p != NULL)
		return put_full(work, pool, source, *failure);
	return err;
}

/* *failure: there is no room for even a byte more. */
static struct err *
prepare(const struct work *work, struct pool *pool, struct source *source,
    struct str *failure)
{
	struct err *err;

	TRY(db_begin(work->db, pool, DB_READ, source->organization));
	err = load(work, pool, source);
	if (err == NULL && source->wanted)
		err = audio_check_storage(work->db, pool, 1);
	db_rollback(work->db);
	if (err == NULL || err->code != CONFLICT)
		return err;
	*failure = err->message;
	return put_full(work, pool, source, *failure);
}

static struct err *
run(const struct work *work, struct pool *pool, const struct queue_job *job,
    struct str *failure)
{
	struct fetched fetched = {.bytes = 0};
	struct audio_draft *draft;
	struct source source;

	if (!read_key(job, &source))
		return NULL;
	TRY(prepare(work, pool, &source, failure));
	if (!source.wanted || failure->p != NULL)
		return NULL;
	TRY(audio_open(pool, source.path, &draft));
	TRY(get(work, pool, &source, draft->fd, &fetched, failure));
	if (failure->p != NULL)
		return NULL;
	TRY(keep(work, pool, &source, &fetched, draft, failure));
	/* Whoever asked for it by mail gets it now; the sweep is slower. */
	if (source.notice != 0)
		(void)notice_queue(
		    work->redis, pool, source.organization, source.notice);
	return NULL;
}

static struct err *
note(const struct work *work, struct pool *pool, const struct queue_job *job,
    struct str failure, bool for_good)
{
	struct source source;

	(void)pool;
	if (!read_key(job, &source))
		return NULL;
	return EXEC(work->db,
	    source.kind == AUDIO_RECORDING
		? "UPDATE recordings SET failure = ?, state = ?"
		  " WHERE id = ? AND state = 'pending'"
		: "UPDATE voicemails SET failure = ?, state = ?"
		  " WHERE id = ? AND state = 'pending'",
	    NULL, TEXT(str_head(failure, 500)),
	    TEXT(for_good ? STR("failed") : STR("pending")), INT(source.id));
}

const struct trade recordings_trade = {
    .queue = QUEUE_RECORDINGS,
    .pending = "SELECT audio_unfetched(?, ?)",
    .run = run,
    .note = note,
};
