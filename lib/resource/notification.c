#include "notification.h"

#include "address.h"
#include "check.h"
#include "clock.h"
#include "delivery.h"

static const char *const events[] = {
    [EVENT_MISSED_CALL] = "missed_call",
    [EVENT_VOICEMAIL] = "voicemail",
    [EVENT_EMERGENCY] = "emergency",
    [EVENT_LIMIT] = "limit",
    [EVENT_FAILURE] = "failure",
    NULL,
};
static const char *const types[] = {
    [SUBJECT_EXTENSION] = "extension",
    [SUBJECT_RING_GROUP] = "ring_group",
    [SUBJECT_DID] = "did",
    NULL,
};

enum { SECRET_BYTES = 32, TESTS_MOST = 10, LONGEST_WHOM = 70 };

/* clang-format off */
static const struct field subject_fields[] = {
	{ FIELD(subject_record, type), .choices = types, .flags = REQUIRED },
	{ FIELD(subject_record, id), .flags = REQUIRED },
	{ FIELD(subject_record, name), .flags = READONLY },
};
static const struct record subject = {
	.name = "subject", RECORD(subject_record, subject_fields),
};
static const struct field fields[] = {
	{ FIELD(notification_record, name), .max = 100,
	    .flags = SORT | SEARCH | FILTER,
	    .help = "none: made of what it tells and whom" },
	{ FIELD(notification_record, event), .choices = events,
	    .flags = SORT | FILTER },
	{ FIELD(notification_record, email), .max = 254,
	    .format = TEXT_EMAIL, .flags = SEARCH | FILTER,
	    .help = "who gets a mail" },
	{ FIELD(notification_record, url), .max = 2000,
	    .format = TEXT_HTTPS, .flags = SEARCH | UNLISTED,
	    .help = "in place of a mail: what is posted to" },
	{ FIELD(notification_record, secret), .min = 16, .max = 100,
	    .flags = SECRET, .help = "signs what is posted; made when "
	    "it is left out" },
	{ FIELD(notification_record, subjects), .of = &subject, .max = 100,
	    .flags = UNLISTED, .help = "none: all of the organization" },
	{ FIELD(notification_record, status), .choices = statuses,
	    .flags = SORT | FILTER },
	{ FIELD(notification_record, delivered_at),
	    .flags = READONLY | ELSEWHERE | SORT },
	{ FIELD(notification_record, failed_at),
	    .flags = READONLY | ELSEWHERE | SORT },
	{ FIELD(notification_record, failure),
	    .flags = READONLY | ELSEWHERE | UNLISTED },
};
/* clang-format on */

static const struct record record = {
    .name = "notification",
    .view = "notifications",
    .order = "name",
    RECORD(notification_record, fields),
};

static void
check_way(struct change *change, struct notification_record *x)
{
	struct complaints *all = &change->all;

	if (x->email.p != NULL && x->url.p != NULL)
		complain(all, STR("url"),
		    "stands in place of an email, not beside it");
	else if (x->email.p == NULL && x->url.p == NULL &&
		 !complained(all, STR("email")) && !complained(all, STR("url")))
		complain(all, STR("email"), "is required, or a url");
	/* Or it would fail when it is needed. */
	if (x->url.p != NULL &&
	    !address_url_is_good(
		x->url, change->conf != NULL
			    ? conf_text(change->conf, "net.allow_private", "no")
			    : NO_STR))
		complain(all, STR("url"),
		    "must not lead to a private or special address");
}

/* One for a URL always; a mail is not signed. */
static void
keep_secret(struct change *change, const struct notification_record *before,
    struct notification_record *x)
{
	if (x->url.p != NULL && x->secret.p == NULL)
		x->secret = before != NULL && before->secret.p != NULL
				? before->secret
				: crypto_token(change->pool, SECRET_BYTES);
	if (x->url.p != NULL || x->secret.p == NULL)
		return;
	if (before != NULL && str_equal(x->secret, before->secret))
		x->secret = NO_STR;
	else
		complain(&change->all, STR("secret"), "belongs to a url only");
}

static struct err *
check_subject(
    struct change *change, const struct subject_record *x, struct str path)
{
	static const char *const queries[] = {
	    [SUBJECT_EXTENSION] = "SELECT 1 FROM extensions"
				  " WHERE id = ? AND deleted_at IS NULL",
	    [SUBJECT_RING_GROUP] = "SELECT 1 FROM ring_groups"
				   " WHERE id = ? AND deleted_at IS NULL",
	    [SUBJECT_DID] = "SELECT 1 FROM dids"
			    " WHERE id = ? AND deleted_at IS NULL",
	};
	struct rows *rows;

	if (x->id == 0)
		return NULL;
	TRY(QUERY(change->db, queries[x->type], &rows, INT(x->id)));
	if (rows->count == 0)
		complain(&change->all,
		    pool_printf(change->pool, "%.*s.id", PSTR(path)),
		    "does not exist");
	return NULL;
}

static struct err *
check_subjects(struct change *change, const struct notification_record *x)
{
	const struct subject_record *list = x->subjects.rows;

	if (x->subjects.count > 0 &&
	    (x->event == EVENT_LIMIT || x->event == EVENT_FAILURE))
		complain(&change->all, STR("subjects"),
		    "must be none: %s is about the whole organization",
		    events[x->event]);
	for (size_t i = 0; i < x->subjects.count; i++) {
		struct str path = pool_printf(change->pool, "subjects.%zu", i);

		TRY(check_subject(change, &list[i], path));
		for (size_t j = 0; j < i; j++)
			if (list[j].id != 0 && list[j].id == list[i].id &&
			    list[j].type == list[i].type) {
				complain(&change->all,
				    pool_printf(
					change->pool, "%.*s.id", PSTR(path)),
				    "is in the list already");
				break;
			}
	}
	return NULL;
}

/* Of nobody's making, so that it must not be another's either. */
static struct err *
make_name(struct change *change, struct notification_record *x)
{
	struct str whom =
	    str_cut(x->email.p != NULL ? x->email : x->url, 0, LONGEST_WHOM);
	struct rows *rows;

	if (x->name.n > 0 || whom.n == 0 ||
	    complained(&change->all, STR("name")))
		return NULL;
	x->name = pool_printf(
	    change->pool, "%s to %.*s", events[x->event], PSTR(whom));
	for (int again = 2;; again++) {
		TRY(QUERY(change->db,
		    "SELECT 1 FROM notifications WHERE name = ? AND id <> ?"
		    " AND deleted_at IS NULL",
		    &rows, TEXT(x->name), INT(x->row.id)));
		if (rows->count == 0)
			return NULL;
		x->name = pool_printf(change->pool, "%s to %.*s, %d",
		    events[x->event], PSTR(whom), again);
	}
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	resource_take(change, &notifications, body, before, object);
	check_way(change, object);
	TRY(make_name(change, object));
	keep_secret(change, before, object);
	return check_subjects(change, object);
}

static struct err *
load(struct change *change, void *object)
{
	struct notification_record *x = object;
	struct subject_record *list;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT s.subject_type, s.subject_id, COALESCE("
	    "(SELECT CONCAT(number, ' ', name) FROM extensions"
	    " WHERE s.subject_type = 'extension' AND id = s.subject_id),"
	    "(SELECT name FROM ring_groups"
	    " WHERE s.subject_type = 'ring_group' AND id = s.subject_id),"
	    "(SELECT number FROM dids"
	    " WHERE s.subject_type = 'did' AND id = s.subject_id))"
	    " FROM notification_subjects s WHERE s.notification_id = ?"
	    " ORDER BY s.subject_type, s.subject_id",
	    &rows, INT(x->row.id)));
	list = NEW_ARRAY(change->pool, struct subject_record, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		for (unsigned t = 0; types[t] != NULL; t++)
			if (str_is(rows_text(rows, i, 0), types[t]))
				list[i].type = (enum subject_type)t;
		list[i].id = (uint64_t)rows_int(rows, i, 1);
		list[i].name = rows_text(rows, i, 2);
	}
	x->subjects = (struct children){rows->count, list};
	return NULL;
}

static struct err *
save(struct change *change, const void *object)
{
	const struct notification_record *x = object;
	const struct subject_record *list = x->subjects.rows;

	TRY(EXEC(change->db,
	    "DELETE FROM notification_subjects WHERE notification_id = ?", NULL,
	    INT(x->row.id)));
	for (size_t i = 0; i < x->subjects.count; i++)
		TRY(EXEC(change->db,
		    "INSERT INTO notification_subjects (organization_id,"
		    " notification_id, subject_type, subject_id)"
		    " VALUES (?, ?, ?, ?)",
		    NULL, INT(change->organization), INT(x->row.id),
		    TEXT(str_of(types[list[i].type])), INT(list[i].id)));
	return NULL;
}

const struct resource notifications = {
    .name = "notifications",
    .record = &record,
    .take = take,
    .load = load,
    .save = save,
    .limit = "SELECT 200, (SELECT COUNT(*) FROM notifications"
	     " WHERE deleted_at IS NULL)",
};

static struct str
test_body(struct change *change, const struct notification_record *x)
{
	struct buf text = buf_new(change->pool, 256);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "event", STR("test"));
	json_put_int(&out, "organization_id", (int64_t)change->organization);
	json_open(&out, "notification", '{');
	json_put_int(&out, "id", (int64_t)x->row.id);
	json_put_text(&out, "name", x->name);
	json_put_text(&out, "event", str_of(events[x->event]));
	json_close(&out, '}');
	json_put_text(
	    &out, "created_at", clock_print(change->pool, change->now));
	json_close(&out, '}');
	return buf_str(&text);
}

static struct err *
queue_test(struct change *change, const struct notification_record *x)
{
	struct delivery delivery = {
	    .organization = change->organization,
	    .notification = x->row.id,
	    .kind = x->url.p != NULL ? DELIVERY_HTTPS : DELIVERY_MAIL,
	};

	if (x->url.p != NULL) {
		delivery.url = x->url;
		delivery.body = test_body(change, x);
		delivery.secret = x->secret;
	} else {
		delivery.to = x->email;
		delivery.subject = STR("A test of OpBX");
		delivery.text = pool_printf(change->pool,
		    "The notification \"%.*s\" can reach you here.\n\n"
		    "%.*s asked for this test.\n",
		    PSTR(x->name), PSTR(change->actor.name));
	}
	return delivery_put(change->db, change->pool, change->seal, &delivery);
}

static struct err *
check_rate(struct change *change)
{
	struct rows *rows;
	struct err *err;

	TRY(db_query(
	    change->db, "SELECT notification_tests()", NULL, 0, &rows));
	if (rows->count > 0 && rows_int(rows, 0, 0) <= TESTS_MOST)
		return NULL;
	err = err_new(change->pool, RATE_LIMITED,
	    "There were %d tests in this minute; wait a little.", TESTS_MOST);
	err->retry_after = 60;
	return err;
}

static struct err *
test(struct change *change, uint64_t id)
{
	struct notification_record *x =
	    NEW(change->pool, struct notification_record);
	struct audit audit = {
	    .organization = change->organization,
	    .actor = &change->actor,
	    .action = "test",
	    .type = record.name,
	    .id = id,
	};

	TRY(resource_load(change, &notifications, id, LIVING, x));
	audit.name = x->name;
	TRY(check_rate(change));
	TRY(queue_test(change, x));
	return audit_write(change->db, change->pool, &audit);
}

struct err *
notification_test(struct change *change, uint64_t id)
{
	TRY(change_begin(change));
	return change_end(change, test(change, id));
}
