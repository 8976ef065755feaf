#include "listen.h"

#include "clock.h"
#include "file.h"
#include "instant.h"
#include "own.h"
#include "sniff.h"
#include "zone.h"

struct listen_question {
	bool download;
};

struct list_question {
	struct str from, to, number;
};

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(listen_question, download),
	    .help = "to save it in place of playing it" },
};
static const struct field list_fields[] = {
	{ FIELD(list_question, from), .max = 40,
	    .help = "a date, like 2026-11-01, or an instant" },
	{ FIELD(list_question, to), .max = 40,
	    .help = "the last date, or the instant before which it was" },
	{ FIELD(list_question, number), .min = 2, .max = 32,
	    .help = "of caller or callee, or how it ends" },
};
/* clang-format on */

const struct record listen_query = {
    .name = "listen",
    RECORD(listen_question, fields),
};

const struct record listen_list_query = {
    .name = "listen_list",
    RECORD(list_question, list_fields),
};

static const char own_extensions_sql[] =
    "extension_id IN (SELECT id FROM extensions"
    " WHERE user_id = ? AND deleted_at IS NULL)";

/* -- Audio ------------------------------------------------------------------
 */

static const char *
type_of(struct str media_type)
{
	for (size_t i = 0; sniff_types[i] != NULL; i++)
		if (str_is(media_type, sniff_types[i]))
			return sniff_types[i];
	return "application/octet-stream";
}

static struct str
etag_of(struct pool *pool, const struct listen *listen)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(pool_printf(pool, "%d %llu %llu %.*s", (int)listen->kind,
			  (unsigned long long)listen->organization,
			  (unsigned long long)listen->id, PSTR(listen->token)),
	    hash);
	return pool_printf(pool, "\"%.*s\"", PSTR(crypto_hex(pool, hash, 12)));
}

/* What of the query a record of parameters knows. */
static struct form
part_of(struct pool *pool, const struct form *query, const struct record *known,
    bool wanted)
{
	struct form part = {0, NEW_ARRAY(pool, struct param, query->count)};

	for (size_t i = 0; i < query->count; i++)
		if ((record_field(known, query->params[i].name) != NULL) ==
		    wanted)
			part.params[part.count++] = query->params[i];
	return part;
}

static struct err *
take_query(struct visit *visit, const struct record *known, void *object)
{
	struct change *change = &visit->change;
	struct form part = part_of(change->pool, &visit->query, known, true);
	struct take take = {change->pool, &change->all, true, true};
	const struct json *json;

	change->all = (struct complaints){change->pool, NULL, NULL};
	record_init(change->pool, known, object);
	TRY(body_of_form(change->pool, &part, &json));
	record_take(&take, known, json, STR(""), object);
	return NULL;
}

struct err *
answer_audio(struct visit *visit, const struct listen *listen)
{
	static const char *const words[] = {
	    [AUDIO_PROMPT] = "prompt",
	    [AUDIO_RECORDING] = "recording",
	    [AUDIO_VOICEMAIL] = "voicemail",
	};
	struct pool *pool = visit->req->pool;
	const struct conf *conf = visit->req->conf;
	struct listen_question question;
	struct file file = {
	    .type = type_of(listen->media_type),
	    .etag = etag_of(pool, listen),
	    .cache = listen->cache,
	};

	TRY(take_query(visit, &listen_query, &question));
	TRY(complaints_err(&visit->change.all));
	file.path = listen->token.p != NULL
			? audio_path_of_token(pool, conf, listen->kind,
			      listen->organization, listen->token)
			: audio_path_of_row(pool, conf, listen->kind,
			      listen->organization, listen->id);
	if (question.download)
		file.name = pool_printf(pool, "%s-%llu.%s", words[listen->kind],
		    (unsigned long long)listen->id,
		    strcmp(file.type, "audio/mpeg") == 0 ? "mp3" : "wav");
	return file_answer(visit->req, &file);
}

struct err *
listen_find(struct visit *visit, uint64_t *organization)
{
	struct db *db = visit->desk->db;
	struct pool *pool = visit->req->pool;
	struct rows *rows;

	TRY(db_begin(db, pool, DB_READ, 0));
	TRY(QUERY(
	    db, "SELECT organization_by_audio(?)", &rows, TEXT(visit->token)));
	*organization = (uint64_t)rows_int(rows, 0, 0);
	TRY(db_commit(db));
	if (*organization == 0)
		return err_new(pool, NOT_FOUND, "There is nothing here.");
	log_int(&visit->req->log, "organization_id", (int64_t)*organization);
	return db_begin(db, pool, DB_READ, *organization);
}

/* -- Lists ------------------------------------------------------------------
 */

bool
listen_to_all(const struct visit *visit)
{
	return role_in(visit->who.role, ADMINS);
}

/* "2026-11-22": the days since 1970; false for anything else. */
static bool
read_date(struct str text, struct local_time *date)
{
	int64_t part[3];
	struct str rest = text, piece;

	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-')
		return false;
	for (size_t i = 0; i < 3; i++)
		if (!str_next(&rest, '-', &piece) || !str_is_digits(piece) ||
		    !str_to_int(
			piece, i == 0 ? 0 : 1, i == 1 ? 12 : 9999, &part[i]))
			return false;
	*date = (struct local_time){
	    .year = (int)part[0], .month = (int)part[1], .day = (int)part[2]};
	clock_date(clock_days(date->year, date->month, date->day), &date->year,
	    &date->month, &date->day);
	return date->month == part[1] && date->day == part[2];
}

/* Of a date the first instant in the organization's zone, or its end. */
static struct err *
find_instant(struct change *change, const char *name, struct str text, bool end,
    struct value *value)
{
	struct local_time date;
	struct rows *rows;
	const struct zone *zone;
	int64_t instant;

	*value = NIL;
	if (text.n == 0)
		return NULL;
	if (read_date(text, &date)) {
		TRY(db_query(change->db, "SELECT timezone FROM organizations",
		    NULL, 0, &rows));
		zone =
		    rows->count > 0 ? zone_load(rows_text(rows, 0, 0)) : NULL;
		if (zone == NULL)
			return err_internal(
			    change->pool, "the organization has no time zone");
		date.day += end ? 1 : 0;
		instant = zone_instant(zone, &date);
	} else if (!clock_parse(text, &instant)) {
		complain(&change->all, str_of(name),
		    "must be a date like 2026-11-22 or an instant like "
		    "2026-11-22T15:56:38Z");
		return NULL;
	}
	*value = instant_value(change->pool, instant);
	return NULL;
}

/* Its last digits: " 12125550100", "+1 212 555-0100", "5550100". */
static void
find_number(struct change *change, struct str text, struct value *value)
{
	struct buf like = buf_new(change->pool, 40);

	*value = NIL;
	if (text.p == NULL)
		return;
	buf_add_char(&like, '%');
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= '0' && text.p[i] <= '9')
			buf_add_char(&like, text.p[i]);
		else if (strchr("+ -().", text.p[i]) == NULL)
			like.n = 0;
	if (like.n < 3 || like.p[0] != '%')
		complain(&change->all, STR("number"),
		    "must be at least two digits of a telephone number");
	else
		*value = TEXT(buf_str(&like));
}

static void
add_complaints(struct complaints *all, const struct err *err)
{
	const struct complaint *c = err != NULL ? err->complaints : NULL;

	for (; c != NULL; c = c->next)
		complain(all, c->field, "%.*s", PSTR(c->text));
}

struct err *
answer_own_list(struct visit *visit, const char *at_from, const char *at_to,
    const char *numbers)
{
	struct change *change = &visit->change;
	struct list_question question;
	struct value from, to, number;
	struct list list;
	struct form rest =
	    part_of(change->pool, &visit->query, &listen_list_query, false);

	TRY(take_query(visit, &listen_list_query, &question));
	TRY(db_begin(change->db, change->pool, DB_READ, change->organization));
	TRY(find_instant(change, "from", question.from, false, &from));
	TRY(find_instant(change, "to", question.to, true, &to));
	TRY(db_commit(change->db));
	find_number(change, question.number, &number);
	add_complaints(&change->all,
	    list_parse(change->pool, visit->resource->record, &rest, &list));
	TRY(complaints_err(&change->all));
	list_only(&list, at_from, from);
	list_only(&list, at_to, to);
	list_only(&list, numbers, number);
	if (!listen_to_all(visit))
		list_only(&list, own_extensions_sql, INT(visit->who.user));
	return answer_list(visit, &list);
}

struct err *
check_own(struct visit *visit)
{
	struct change *change = &visit->change;
	const struct record *record = visit->resource->record;
	struct rows *rows;
	struct str sql;

	if (listen_to_all(visit))
		return NULL;
	sql = pool_printf(change->pool, "SELECT 1 FROM %s WHERE id = ? AND %s",
	    record->view, own_extensions_sql);
	TRY(db_begin(change->db, change->pool, DB_READ, change->organization));
	TRY(QUERY(
	    change->db, sql.p, &rows, INT(visit->id), INT(visit->who.user)));
	TRY(db_commit(change->db));
	if (rows->count == 0)
		return err_new(change->pool, NOT_FOUND, "There is no such %s.",
		    record->name);
	return NULL;
}
