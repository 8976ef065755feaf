#include "statistics.h"

#include "call_record.h"
#include "clock.h"
#include "html_read.h"
#include "instant.h"

enum by { BY_HOUR, BY_DAY, BY_DISPOSITION, BY_NUMBER, BY_EXTENSION };
static const char *const bys[] = {
    "hour", "day", "disposition", "number", "extension", NULL};

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS (24 * HOUR_MS)

/* How far apart from and to may be, in days. */
static const int most_days[] = {
    [BY_HOUR] = 92,
    [BY_DAY] = 1100,
    [BY_DISPOSITION] = 1100,
    [BY_NUMBER] = 1100,
    [BY_EXTENSION] = 92,
};

enum { DEFAULT_DAYS = 30 };

struct statistics_query {
	struct str from, to;
	unsigned by, direction;
};

struct statistics {
	struct str group, label;
	int calls, answered, duration;
};

/* clang-format off */
static const struct field query_fields[] = {
	{ FIELD(statistics_query, from), .max = 40,
	    .help = "a date or an instant; 30 days before the end" },
	{ FIELD(statistics_query, to), .max = 40,
	    .help = "a date, with all of that day, or an instant; now" },
	{ FIELD(statistics_query, by), .choices = bys },
	{ FIELD(statistics_query, direction), .choices = call_directions },
};

static const struct field fields[] = {
	{ FIELD(statistics, group), .flags = READONLY | REQUIRED,
	    .help = "the hour's first instant, the day, the disposition, the "
	    "number, the extension's id" },
	{ FIELD(statistics, label), .flags = READONLY,
	    .help = "the extension's number" },
	{ FIELD(statistics, calls), .flags = READONLY },
	{ FIELD(statistics, answered), .flags = READONLY },
	{ FIELD(statistics, duration), .flags = READONLY,
	    .help = "seconds" },
};
/* clang-format on */

const struct record statistics_parameters = {
    .name = "statistics_query",
    RECORD(statistics_query, query_fields),
};

const struct record statistics_row = {
    .name = "statistics",
    RECORD(statistics, fields),
};

#define SIDE(column, but)                                                \
	"(SELECT " column " AS x, answered_at IS NOT NULL AS a,"         \
	" COALESCE(duration, 0) AS d FROM calls"                         \
	" WHERE organization_id = ? AND started_at >= ?"                 \
	" AND started_at < ? AND IF(? IS NULL, TRUE, direction = ?)" but \
	" ORDER BY started_at, extension_id, from_extension_id"          \
	" LIMIT 100000000)"

/*
 * Each with the organization, from, to and the direction, once or twice.
 * Columns: group, label, calls, answered, duration.
 */
static const char *const statements[] = {
    [BY_HOUR] = "SELECT hour, NULL, SUM(calls),"
		" SUM(IF(disposition = 'answered', calls, 0)), SUM(duration)"
		" FROM cdr_hours WHERE organization_id = ? AND hour >= ?"
		" AND hour < ? AND IF(? IS NULL, TRUE, direction = ?)"
		" GROUP BY hour ORDER BY hour",
    [BY_DAY] =
	"SELECT day, NULL, SUM(calls), SUM(answered), SUM(duration)"
	" FROM cdr_days WHERE organization_id = ? AND day >= ? AND day <= ?"
	" AND IF(? IS NULL, TRUE, direction = ?) GROUP BY day ORDER BY day",
    [BY_DISPOSITION] =
	"SELECT disposition, NULL, SUM(calls),"
	" SUM(IF(disposition = 'answered', calls, 0)), SUM(duration)"
	" FROM cdr_hours WHERE organization_id = ? AND hour >= ?"
	" AND hour < ? AND IF(? IS NULL, TRUE, direction = ?)"
	" GROUP BY disposition ORDER BY SUM(calls) DESC, disposition",
    [BY_NUMBER] =
	"SELECT number, NULL, SUM(calls), SUM(answered), SUM(duration)"
	" FROM cdr_days WHERE organization_id = ? AND day >= ? AND day <= ?"
	" AND IF(? IS NULL, TRUE, direction = ?) AND number <> ''"
	" GROUP BY number ORDER BY SUM(calls) DESC, number LIMIT 100",
    /*
     * Each side of a call once.  Limited and sorted, so that the index "sums"
     * is read from end to end and nothing else.
     */
    [BY_EXTENSION] =
	"SELECT x, (SELECT number FROM extensions WHERE extensions.id = x),"
	" COUNT(*), SUM(a), SUM(d) FROM (" SIDE(
	    "extension_id", "") " UNION ALL " SIDE("from_extension_id",
	    " AND NOT from_extension_id <=> extension_id") ") sides WHERE x IS "
							   "NOT NULL"
							   " GROUP BY x ORDER "
							   "BY COUNT(*) DESC, "
							   "x LIMIT 100",
};

struct range {
	int64_t from, to;
};

static void
take_range(struct visit *visit, const struct habits *habits,
    const struct statistics_query *query, struct range *range)
{
	static const char wrong[] = "must be a date or an instant";
	struct complaints *all = &visit->change.all;
	int64_t most = most_days[query->by] * DAY_MS;

	range->to = visit->change.now;
	if (query->to.p != NULL &&
	    !parse_moment(habits, query->to, true, &range->to))
		complain(all, STR("to"), wrong);
	range->from = range->to - DEFAULT_DAYS * DAY_MS;
	if (query->from.p != NULL &&
	    !parse_moment(habits, query->from, false, &range->from))
		complain(all, STR("from"), wrong);
	if (all->first != NULL)
		return;
	if (range->from > range->to)
		complain(all, STR("from"), "must not be behind the end");
	/* A day may have 25 hours. */
	else if (range->to - range->from > most + DAY_MS)
		complain(all, STR("from"),
		    "must be at most %d days before the end",
		    most_days[query->by]);
}

static struct value
date_value(struct pool *pool, const struct habits *habits, int64_t instant)
{
	struct local_time day = zone_local(habits->zone, instant);

	return TEXT(
	    pool_printf(pool, "%04d-%02d-%02d", day.year, day.month, day.day));
}

static struct value
hour_value(struct pool *pool, int64_t instant)
{
	return instant_value(pool, instant - (instant % HOUR_MS));
}

static void
bounds(struct visit *visit, const struct habits *habits, enum by by,
    const struct range *range, struct value out[2])
{
	struct pool *pool = visit->req->pool;

	switch (by) {
	case BY_DAY:
	case BY_NUMBER:
		out[0] = date_value(pool, habits, range->from);
		out[1] = date_value(pool, habits, range->to - 1);
		return;
	case BY_HOUR:
	case BY_DISPOSITION:
		out[0] = hour_value(pool, range->from);
		out[1] = instant_value(pool, range->to);
		return;
	case BY_EXTENSION:
		out[0] = instant_value(pool, range->from);
		out[1] = instant_value(pool, range->to);
		return;
	}
}

static struct err *
read_statistics(struct visit *visit, const struct statistics_query *query,
    const struct value bound[2], struct rows **rows)
{
	struct value direction =
	    query->direction == 0
		? NIL
		: TEXT(str_of(call_directions[query->direction]));
	struct value values[10];
	size_t count = 0;

	for (int side = 0; side < (query->by == BY_EXTENSION ? 2 : 1); side++) {
		values[count++] = INT(visit->change.organization);
		values[count++] = bound[0];
		values[count++] = bound[1];
		values[count++] = direction;
		values[count++] = direction;
	}
	return db_query(
	    visit->change.db, statements[query->by], values, count, rows);
}

/* An hour is an instant, all else is as it is stored. */
static void **
read_rows(struct visit *visit, enum by by, const struct rows *rows)
{
	struct pool *pool = visit->req->pool;
	void **objects = NEW_ARRAY(pool, void *, rows->count + 1);

	for (size_t i = 0; i < rows->count; i++) {
		struct statistics *one = NEW(pool, struct statistics);
		struct str group = rows_text(rows, i, 0);

		*one = (struct statistics){
		    .group = by == BY_HOUR
				 ? clock_print(pool, instant_of(group))
				 : group,
		    .label = rows_text(rows, i, 1),
		    .calls = (int)rows_int(rows, i, 2),
		    .answered = (int)rows_int(rows, i, 3),
		    .duration = (int)rows_int(rows, i, 4),
		};
		objects[i] = one;
	}
	return objects;
}

struct err *
list_statistics(struct visit *visit)
{
	struct html html = visit_html(visit);
	struct statistics_query query;
	struct value bound[2];
	struct habits habits;
	struct range range;
	struct rows *rows;
	void **objects;

	TRY(take_query(visit, &statistics_parameters, &query));
	/* Others' calls are not an agent's business, one by one or in sums. */
	if (query.by == BY_EXTENSION && !role_in(visit->who.role, ADMINS))
		return err_new(visit->req->pool, FORBIDDEN,
		    "Your role does not allow sums by extension.");
	TRY(db_begin(visit->change.db, visit->req->pool, DB_READ,
	    visit->change.organization));
	TRY(find_habits(&visit->change, &habits));
	take_range(visit, &habits, &query, &range);
	TRY(complaints_err(&visit->change.all));
	bounds(visit, &habits, (enum by)query.by, &range, bound);
	TRY(read_statistics(visit, &query, bound, &rows));
	objects = read_rows(visit, (enum by)query.by, rows);
	if (visit->face != FACE_HTML) {
		answer_rows(visit, &statistics_row, objects, rows->count);
		return NULL;
	}
	html.record = &statistics_row;
	TRY(visit_choices(visit, &html));
	html_open(&html, 200, STR("Statistics"));
	html_filters(&html, &statistics_parameters, &visit->query);
	html_rows(&html, &statistics_row, objects, rows->count, false);
	if (rows->count == 0)
		html_note(&html, "There is nothing.");
	html_close(&html);
	return NULL;
}
