#include "office.h"

#include "call_live.h"
#include "clock.h"
#include "instant.h"
#include "presences.h"

enum {
	EXTENSIONS_MOST = 2000,
	PEOPLE_MOST = 1000,
	NOTICES_MOST = 20,
	NOTICE_MS = 3600 * 1000,
	AWAY_MS = 300 * 1000, /* not seen for so long */
};

static const char *const sources[] = {"redis", "database", NULL};
static const char *const attendances[] = {
    "signed_out", "signed_in", "away", NULL};

/* clang-format off */
static const struct field extension_fields[] = {
	{ FIELD(office_extension, id), .flags = READONLY | REQUIRED,
	    .refers = "extensions" },
	{ FIELD(office_extension, number), .flags = READONLY | REQUIRED },
	{ FIELD(office_extension, name), .flags = READONLY | REQUIRED },
	{ FIELD(office_extension, presence), .choices = presence_names,
	    .flags = READONLY },
};
static const struct record extension_record = {
	.name = "extension_presence",
	RECORD(office_extension, extension_fields),
};
static const struct field person_fields[] = {
	{ FIELD(office_person, id), .flags = READONLY | REQUIRED,
	    .refers = "users" },
	{ FIELD(office_person, name), .flags = READONLY | REQUIRED },
	{ FIELD(office_person, presence), .choices = attendances,
	    .flags = READONLY, .help = "away: signed in, and not seen for "
	    "five minutes" },
};
static const struct record person_record = {
	.name = "person_presence", RECORD(office_person, person_fields),
};
static const struct field notice_fields[] = {
	{ FIELD(office_notice, id), .flags = READONLY | REQUIRED },
	{ FIELD(office_notice, event), .flags = READONLY | REQUIRED,
	    .help = "as notifications have it" },
	{ FIELD(office_notice, text), .flags = READONLY | REQUIRED },
	{ FIELD(office_notice, call_id), .flags = READONLY,
	    .refers = "calls" },
	{ FIELD(office_notice, created_at), .flags = READONLY | REQUIRED },
};
static const struct record notice_record = {
	.name = "notice", RECORD(office_notice, notice_fields),
};
static const struct field fields[] = {
	{ FIELD(office, source), .choices = sources, .flags = READONLY,
	    .help = "who told of the calls" },
	{ FIELD(office, calls), .of = &call_row, .flags = READONLY,
	    .help = "in progress" },
	{ FIELD(office, extensions), .of = &extension_record,
	    .flags = READONLY },
	{ FIELD(office, people), .of = &person_record, .flags = READONLY,
	    .help = "who is signed in" },
	{ FIELD(office, notices), .of = &notice_record, .flags = READONLY,
	    .help = "of the last hour" },
};
/* clang-format on */

const struct record office_record = {
    .name = "events",
    RECORD(office, fields),
};
/* The presence alone. */
const struct record office_changes = {
    .name = "presence",
    .fields = &fields[2],
    .count = 2,
    .size = sizeof(struct office),
};

/* -- Loading --------------------------------------------------------------- */

static struct err *
load_calls(struct visit *visit, struct office *out)
{
	struct call_record *list;
	struct cursor_page page;

	if (!calls_living(visit, &page)) {
		struct err *err = calls_active(visit, &page);

		db_rollback(visit->desk->db);
		TRY(err);
		out->source = SOURCE_DATABASE;
	}
	list = NEW_ARRAY(visit->req->pool, struct call_record, page.count + 1);
	for (size_t i = 0; i < page.count; i++)
		list[i] = *(const struct call_record *)page.objects[i];
	out->calls = (struct children){page.count, list};
	return NULL;
}

static struct err *
load_extensions(
    struct visit *visit, const struct presences *presences, struct office *out)
{
	struct office_extension *list;
	struct rows *rows;

	TRY(QUERY(visit->desk->db,
	    "SELECT id, number, name, user_id, do_not_disturb FROM extensions"
	    " WHERE type = 'user' AND status = 'active'"
	    " AND deleted_at IS NULL ORDER BY id LIMIT ?",
	    &rows, INT(EXTENSIONS_MOST)));
	list = NEW_ARRAY(
	    visit->req->pool, struct office_extension, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		uint64_t id = (uint64_t)rows_int(rows, i, 0);
		enum presence presence = presences_find(presences, id);

		if (presence == PRESENCE_IDLE && rows_int(rows, i, 4) != 0)
			presence = PRESENCE_DO_NOT_DISTURB;
		list[i] = (struct office_extension){.id = id,
		    .number = rows_text(rows, i, 1),
		    .name = rows_text(rows, i, 2),
		    .user = (uint64_t)rows_int(rows, i, 3),
		    .presence = presence};
	}
	out->extensions = (struct children){rows->count, list};
	return NULL;
}

static struct err *
load_people(struct visit *visit, struct office *out)
{
	struct pool *pool = visit->req->pool;
	int64_t now = visit->change.now;
	struct office_person *list;
	struct rows *rows;

	TRY(QUERY(visit->desk->db,
	    "SELECT u.id, u.name, MAX(COALESCE(s.last_seen_at, s.created_at))"
	    " FROM sessions s JOIN users u ON u.id = s.user_id"
	    " WHERE s.living = 1 AND s.expires_at > ?"
	    " AND COALESCE(s.last_seen_at, s.created_at) > ?"
	    " AND u.status = 'active' AND u.deleted_at IS NULL"
	    " GROUP BY u.id, u.name ORDER BY u.id LIMIT ?",
	    &rows, instant_value(pool, now),
	    instant_value(pool, now - visit->desk->gate->idle),
	    INT(PEOPLE_MOST)));
	list = NEW_ARRAY(pool, struct office_person, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		list[i] =
		    (struct office_person){.id = (uint64_t)rows_int(rows, i, 0),
			.name = rows_text(rows, i, 1),
			.presence =
			    now - instant_of(rows_text(rows, i, 2)) < AWAY_MS
				? ATTENDING
				: AWAY};
	out->people = (struct children){rows->count, list};
	return NULL;
}

static struct err *
load_notices(struct visit *visit, struct office *out)
{
	int64_t since = visit->change.now - NOTICE_MS;
	struct office_notice *list;
	struct rows *rows;
	size_t n = 0;

	TRY(QUERY(visit->desk->db,
	    "SELECT n.id, n.event, n.text, n.created_at, c.id,"
	    " c.from_extension_id, c.extension_id FROM"
	    " (SELECT id, event, text, created_at, call_key FROM notices"
	    "  ORDER BY id DESC LIMIT ?) n LEFT JOIN calls c"
	    " ON c.call_key = n.call_key ORDER BY n.id DESC",
	    &rows, INT(NOTICES_MOST)));
	list =
	    NEW_ARRAY(visit->req->pool, struct office_notice, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		int64_t at = instant_of(rows_text(rows, i, 3));

		if (at < since)
			continue;
		list[n++] =
		    (struct office_notice){.id = (uint64_t)rows_int(rows, i, 0),
			.event = rows_text(rows, i, 1),
			.text = rows_text(rows, i, 2),
			.created_at = {at},
			.call_id = (uint64_t)rows_int(rows, i, 4),
			.extensions = {(uint64_t)rows_int(rows, i, 5),
			    (uint64_t)rows_int(rows, i, 6)}};
	}
	out->notices = (struct children){n, list};
	return NULL;
}

struct err *
office_load(struct visit *visit, struct office *out)
{
	const struct desk *desk = visit->desk;
	struct presences *presences;
	struct err *err;

	*out = (struct office){.source = SOURCE_REDIS};
	TRY(load_calls(visit, out));
	TRY(presences_load(desk->redis, desk->db, visit->req->pool,
	    visit->change.organization, visit->change.now, &presences));
	TRY(db_begin(
	    desk->db, visit->req->pool, DB_READ, visit->change.organization));
	err = load_extensions(visit, presences, out);
	if (err == NULL)
		err = load_people(visit, out);
	if (err == NULL)
		err = load_notices(visit, out);
	if (err == NULL)
		return db_commit(desk->db);
	db_rollback(desk->db);
	return err;
}
