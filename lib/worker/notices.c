#include "notices.h"

#include "clock.h"
#include "instant.h"
#include "notices_private.h"

#include <inttypes.h>

enum { FEED_MOST = 1000 };

struct err *
notice_put(struct db *db, uint64_t organization, const struct notice *notice,
    uint64_t *id)
{
	uint64_t affected;

	TRY(EXEC(db,
	    "INSERT INTO notices (organization_id, event, notice_key,"
	    " call_key, voicemail_id, text) VALUES (?, ?, ?, ?, ?, ?)"
	    " ON DUPLICATE KEY UPDATE id = id",
	    &affected, INT(organization), TEXT(notice->event),
	    TEXT(notice->key), TEXT(notice->call_key),
	    notice->voicemail != 0 ? INT(notice->voicemail) : NIL,
	    TEXT(str_head(notice->text, 1000))));
	*id = affected == 1 ? db_last_id(db) : 0;
	return NULL;
}

struct err *
notice_queue(
    struct redis *redis, struct pool *pool, uint64_t organization, uint64_t id)
{
	return queue_put(redis, pool, QUEUE_NOTIFICATIONS, organization,
	    pool_printf(pool, "notice:%" PRIu64, id));
}

/* -- Who wants it ---------------------------------------------------------- */

/* Is one of the rule's subjects what it is about?  None: everything is. */
static struct err *
concerns(struct telling_notice *t, uint64_t rule, bool *yes)
{
	struct rows *rows;

	TRY(QUERY(t->work->db,
	    "SELECT subject_type, subject_id FROM notification_subjects"
	    " WHERE notification_id = ?",
	    &rows, INT(rule)));
	*yes = rows->count == 0;
	for (size_t i = 0; i < rows->count && !*yes; i++)
		*yes = notice_is_about(
		    t, rows_text(rows, i, 0), (uint64_t)rows_int(rows, i, 1));
	return NULL;
}

enum { ID, NAME, EMAIL, URL, SECRET };

static struct err *
open_secret(struct telling_notice *t, const struct rows *rows, size_t i,
    struct str *secret)
{
	struct str place = pool_printf(t->pool, "notification.secret:%" PRIu64,
	    (uint64_t)rows_int(rows, i, ID));

	if (!crypto_open(t->pool, &t->work->seal, place,
		rows_text(rows, i, SECRET), secret))
		return err_internal(
		    t->pool, "a secret was sealed with another key");
	return NULL;
}

/* A caller's name may be anything, a subject is one short line. */
static struct str
subject_of(const struct telling_notice *t)
{
	struct str line = pool_copy(t->pool, str_head(t->text, 200));

	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < ' ' || line.p[i] == 0x7f)
			((char *)(uintptr_t)line.p)[i] = ' ';
	return line;
}

static struct err *
put_rule(struct telling_notice *t, const struct rows *rows, size_t i)
{
	struct delivery delivery = {
	    .organization = t->organization,
	    .notification = (uint64_t)rows_int(rows, i, ID),
	    .kind = DELIVERY_MAIL,
	    .to = rows_text(rows, i, EMAIL),
	};
	bool yes;

	TRY(concerns(t, delivery.notification, &yes));
	/* It has the message itself with it. */
	if (!yes || (t->mailbox_email.n > 0 &&
			str_equal(t->mailbox_email, delivery.to)))
		return NULL;
	if (rows_text(rows, i, URL).p != NULL) {
		delivery.kind = DELIVERY_HTTPS;
		delivery.to = NO_STR;
		delivery.url = rows_text(rows, i, URL);
		delivery.body = notice_body(
		    t, delivery.notification, rows_text(rows, i, NAME));
		TRY(open_secret(t, rows, i, &delivery.secret));
	} else {
		delivery.subject = subject_of(t);
		delivery.text = notice_letter(t, rows_text(rows, i, NAME));
	}
	return delivery_put(t->work->db, t->pool, &t->work->seal, &delivery);
}

static struct err *
put_rules(struct telling_notice *t)
{
	struct rows *rows;

	TRY(QUERY(t->work->db,
	    "SELECT id, name, email, url, secret_sealed FROM notifications"
	    " WHERE event = ? AND status = 'active' AND deleted_at IS NULL"
	    " ORDER BY id",
	    &rows, TEXT(t->event)));
	for (size_t i = 0; i < rows->count; i++)
		TRY(put_rule(t, rows, i));
	return NULL;
}

/* The mailbox's own address gets the message itself. */
static struct err *
put_message(struct telling_notice *t)
{
	const struct delivery delivery = {
	    .organization = t->organization,
	    .kind = DELIVERY_MAIL,
	    .to = t->mailbox_email,
	    .subject = subject_of(t),
	    .text = notice_letter(t, NO_STR),
	    .file = t->file,
	    .file_name = t->file_name,
	    .file_type = t->file_type,
	};

	if (t->mailbox_email.n == 0)
		return NULL;
	return delivery_put(t->work->db, t->pool, &t->work->seal, &delivery);
}

/* -- The job --------------------------------------------------------------- */

/* Twice does no harm, the id is the same. */
static void
tell_feed(struct telling_notice *t)
{
	struct str event = notice_event(t);
	struct reply reply;

	(void)redis_call(t->work->redis, t->pool, &reply,
	    "XADD opbx:%llu:feed MAXLEN ~ %d * event %b",
	    (unsigned long long)t->organization, (int)FEED_MOST, event.p,
	    event.n);
}

static struct err *
tell(struct telling_notice *t)
{
	bool pending;

	TRY(notice_load(t, &pending));
	if (!pending)
		return NULL;
	TRY(put_message(t));
	TRY(put_rules(t));
	return EXEC(t->work->db,
	    "UPDATE notices SET pending = NULL WHERE id = ?", NULL, INT(t->id));
}

static bool
read_key(const struct queue_job *job, uint64_t *id)
{
	struct str text = job->key, kind;
	int64_t number;

	if (!str_next(&text, ':', &kind) || !str_is(kind, "notice") ||
	    !str_to_int(text, 1, INT64_MAX, &number))
		return false;
	*id = (uint64_t)number;
	return true;
}

static struct err *
run(const struct work *work, struct pool *pool, const struct queue_job *job,
    struct str *failure)
{
	struct telling_notice t = {
	    .work = work, .pool = pool, .organization = job->organization};
	struct err *err;

	(void)failure;
	if (!read_key(job, &t.id))
		return NULL;
	TRY(db_begin(work->db, pool, DB_WRITE, job->organization));
	err = tell(&t);
	if (err == NULL)
		err = db_commit(work->db);
	db_rollback(work->db);
	TRY(err);
	/*
	 * Who watches is told when nothing is locked any more: Redis may hang.
	 * Who dies before it leaves his job, and who has that next tells it.
	 */
	if (t.found)
		tell_feed(&t);
	return NULL;
}

/* So that nobody tries it for ever. */
static struct err *
note(const struct work *work, struct pool *pool, const struct queue_job *job,
    struct str failure, bool for_good)
{
	uint64_t id;

	(void)pool;
	(void)failure;
	if (!for_good || !read_key(job, &id))
		return NULL;
	return EXEC(work->db, "UPDATE notices SET pending = NULL WHERE id = ?",
	    NULL, INT(id));
}

const struct trade notices_trade = {
    .queue = QUEUE_NOTIFICATIONS,
    .pending = "SELECT notices_pending(?, ?)",
    .run = run,
    .note = note,
};
