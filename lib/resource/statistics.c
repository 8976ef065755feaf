#include "statistics.h"

#include "call_record.h"
#include "clock.h"
#include "html_read.h"
#include "instant.h"

/* Each list's choices stand in its own order; what they mean is `ways`. */
enum by { BY_HOUR, BY_DAY, BY_WORD, BY_NUMBER, BY_EXTENSION };
static const char *const call_bys[] = {
    "hour", "day", "state", "number", "extension", NULL};
static const char *const cdr_bys[] = {
    "hour", "day", "disposition", "number", NULL};

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS (24 * HOUR_MS)

#define QUARTER_MS (HOUR_MS / 4)

/* How far apart from and to may be, in days. */
static const int most_call_days[] = {92, 92, 92, 92, 92};
static const int most_cdr_days[] = {92, 1100, 1100, 1100, 0};

enum { DEFAULT_DAYS = 30 };

struct statistics_query {
	struct str from, to;
	unsigned by, direction;
};

struct statistics {
	struct str group, label;
	int64_t calls, answered, duration;
};

/* clang-format off */
#define QUERY_FIELDS(bys)                                               \
	{ FIELD(statistics_query, from), .max = 40,                        \
	    .help = "a date or an instant; 30 days before the end" },      \
	{ FIELD(statistics_query, to), .max = 40,                          \
	    .help = "a date, with all of that day, or an instant; now" },  \
	{ FIELD(statistics_query, by), .choices = (bys) },                 \
	{ FIELD(statistics_query, direction), .choices = call_directions }
static const struct field call_query_fields[] = { QUERY_FIELDS(call_bys) };
static const struct field cdr_query_fields[] = { QUERY_FIELDS(cdr_bys) };

static const struct field fields[] = {
	{ FIELD(statistics, group), .flags = READONLY | REQUIRED,
	    .help = "the hour's first instant, the day, the state or "
	    "disposition, the number, the extension's id" },
	{ FIELD(statistics, label), .flags = READONLY,
	    .help = "the extension's number" },
	{ FIELD(statistics, calls), .flags = READONLY },
	{ FIELD(statistics, answered), .flags = READONLY },
	{ FIELD(statistics, duration), .flags = READONLY,
	    .help = "seconds" },
};
/* clang-format on */

const struct record call_statistics_parameters = {
    .name = "call_statistics_query",
    RECORD(statistics_query, call_query_fields),
};

const struct record cdr_statistics_parameters = {
    .name = "cdr_statistics_query",
    RECORD(statistics_query, cdr_query_fields),
};

const struct record statistics_row = {
    .name = "statistics",
    RECORD(statistics, fields),
};

/*
 * Each with the organization, from, to and the direction, once or twice.
 * Columns: group, label, calls, answered, duration.
 */
static const char *const cdr_statements[BY_EXTENSION + 1] = {
    [BY_HOUR] = "SELECT hour, NULL, SUM(calls),"
		" SUM(IF(disposition = 'answered', calls, 0)), SUM(duration)"
		" FROM cdr_hours WHERE organization_id = ? AND hour >= ?"
		" AND hour < ? AND IF(? IS NULL, TRUE, direction = ?)"
		" GROUP BY hour ORDER BY hour",
    [BY_DAY] =
	"SELECT day, NULL, SUM(calls), SUM(answered), SUM(duration)"
	" FROM cdr_days WHERE organization_id = ? AND day >= ? AND day <= ?"
	" AND IF(? IS NULL, TRUE, direction = ?) GROUP BY day ORDER BY day",
    [BY_WORD] = "SELECT disposition, NULL, SUM(calls),"
		" SUM(IF(disposition = 'answered', calls, 0)), SUM(duration)"
		" FROM cdr_hours WHERE organization_id = ? AND hour >= ?"
		" AND hour < ? AND IF(? IS NULL, TRUE, direction = ?)"
		" GROUP BY disposition ORDER BY SUM(calls) DESC, disposition",
    [BY_NUMBER] =
	"SELECT number, NULL, SUM(calls), SUM(answered), SUM(duration)"
	" FROM cdr_days WHERE organization_id = ? AND day >= ? AND day <= ?"
	" AND IF(? IS NULL, TRUE, direction = ?) AND number <> ''"
	" GROUP BY number ORDER BY SUM(calls) DESC, number LIMIT 100",
};

#define RANGE                                            \
	" WHERE organization_id = ? AND started_at >= ?" \
	" AND started_at < ? AND IF(? IS NULL, TRUE, direction = ?)"
#define OF_CALLS                                   \
	" COUNT(*), SUM(answered_at IS NOT NULL)," \
	" SUM(COALESCE(duration, 0)) FROM calls" RANGE
/*
 * Each side of a call once.  Limited and sorted, so that KEY started_at is
 * read from end to end and nothing else.
 */
#define SIDE(column)                                             \
	"(SELECT " column " AS x, answered_at IS NOT NULL AS a," \
	" COALESCE(duration, 0) AS d FROM calls" RANGE
#define END_SIDE " ORDER BY started_at, id LIMIT 100000000)"
#define CALLED SIDE("extension_id") END_SIDE
#define CALLING                   \
	SIDE("from_extension_id") \
	" AND NOT from_extension_id <=> extension_id" END_SIDE
static const char *const call_statements[] = {
    [BY_HOUR] = "SELECT DATE_FORMAT(started_at, '%Y-%m-%d %H:00:00') AS x,"
		" NULL," OF_CALLS " GROUP BY x ORDER BY x",
    /* Quarters of hours: a day begins with one of them in every zone. */
    [BY_DAY] = "SELECT UNIX_TIMESTAMP(started_at) DIV 900 AS x, NULL," OF_CALLS
	       " GROUP BY x ORDER BY x",
    [BY_WORD] = "SELECT state, NULL," OF_CALLS
		" GROUP BY state ORDER BY COUNT(*) DESC, state",
    /* Joined: MariaDB finds did_id in no subquery that is executed again. */
    [BY_NUMBER] =
	"SELECT dids.number, NULL, SUM(c), SUM(a), SUM(d) FROM (SELECT did_id,"
	" COUNT(*) AS c, SUM(answered_at IS NOT NULL) AS a,"
	" SUM(COALESCE(duration, 0)) AS d FROM calls" RANGE
	" GROUP BY did_id) called JOIN dids ON dids.id = did_id"
	" GROUP BY dids.number ORDER BY SUM(c) DESC, dids.number LIMIT 100",
    [BY_EXTENSION] =
	"SELECT x, (SELECT number FROM extensions WHERE extensions.id = x),"
	" COUNT(*), SUM(a), SUM(d) FROM (" CALLED " UNION ALL " CALLING
	") sides WHERE x IS NOT NULL"
	" GROUP BY x ORDER BY COUNT(*) DESC, x LIMIT 100",
};

struct range {
	int64_t from, to;
};

static void
take_range(struct visit *visit, const struct habits *habits,
    const struct statistics_query *query, int days, struct range *range)
{
	static const char wrong[] = "must be a date or an instant";
	struct complaints *all = &visit->change.all;
	int64_t most = days * DAY_MS;

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
		    "must be at most %d days before the end", days);
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
bounds(struct visit *visit, const struct habits *habits, bool of_calls,
    enum by by, const struct range *range, struct value out[2])
{
	struct pool *pool = visit->req->pool;

	if (of_calls) {
		out[0] = instant_value(pool, range->from);
		out[1] = instant_value(pool, range->to);
	} else if (by == BY_DAY || by == BY_NUMBER) {
		out[0] = date_value(pool, habits, range->from);
		out[1] = date_value(pool, habits, range->to - 1);
	} else {
		out[0] = hour_value(pool, range->from);
		out[1] = instant_value(pool, range->to);
	}
}

static struct err *
read_statistics(struct visit *visit, const struct statistics_query *query,
    const char *sql, const struct value bound[2], struct rows **rows)
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
	return db_query(visit->change.db, sql, values, count, rows);
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
		    .calls = rows_int(rows, i, 2),
		    .answered = rows_int(rows, i, 3),
		    .duration = rows_int(rows, i, 4),
		};
		objects[i] = one;
	}
	return objects;
}

/* Of quarters the days that they are in here; *count becomes theirs. */
static void
join_days(struct visit *visit, const struct habits *habits, void **objects,
    size_t *count)
{
	struct pool *pool = visit->req->pool;
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		struct statistics *one = objects[i], *last = NULL;
		int64_t quarter = 0;

		str_to_int(one->group, 0, INT64_MAX / QUARTER_MS, &quarter);
		one->group =
		    date_value(pool, habits, quarter * QUARTER_MS).text;
		if (kept > 0)
			last = objects[kept - 1];
		if (last == NULL || !str_equal(last->group, one->group)) {
			objects[kept++] = one;
			continue;
		}
		last->calls += one->calls;
		last->answered += one->answered;
		last->duration += one->duration;
	}
	*count = kept;
}

static struct err *
list_statistics(
    struct visit *visit, const struct record *parameters, bool of_calls)
{
	struct html html = visit_html(visit);
	struct statistics_query query;
	struct value bound[2];
	struct habits habits;
	struct range range = {0, 0};
	struct rows *rows = NULL;
	void **objects;
	size_t count;

	TRY(take_query(visit, parameters, &query));
	/* Others' calls are not an agent's business, one by one or in sums. */
	if (query.by == BY_EXTENSION && !role_in(visit->who.role, ADMINS))
		return err_new(visit->req->pool, FORBIDDEN,
		    "Your role does not allow sums by extension.");
	TRY(db_begin(visit->change.db, visit->req->pool, DB_READ,
	    visit->change.organization));
	TRY(find_habits(&visit->change, &habits));
	take_range(visit, &habits, &query,
	    (of_calls ? most_call_days : most_cdr_days)[query.by], &range);
	TRY(complaints_err(&visit->change.all));
	bounds(visit, &habits, of_calls, (enum by)query.by, &range, bound);
	TRY(read_statistics(visit, &query,
	    (of_calls ? call_statements : cdr_statements)[query.by], bound,
	    &rows));
	objects = read_rows(visit, (enum by)query.by, rows);
	count = rows->count;
	if (of_calls && query.by == BY_DAY)
		join_days(visit, &habits, objects, &count);
	if (visit->face != FACE_HTML) {
		answer_rows(
		    visit, "statistics", &statistics_row, objects, count);
		return NULL;
	}
	html.record = &statistics_row;
	TRY(visit_choices(visit, &html));
	html_open(&html, 200, STR("Statistics"));
	html_filters(&html, parameters, &visit->query);
	html_rows(&html, &statistics_row, objects, count, false);
	if (count == 0)
		html_note(&html, "There is nothing.");
	html_close(&html);
	return NULL;
}

struct err *
list_call_statistics(struct visit *visit)
{
	return list_statistics(visit, &call_statistics_parameters, true);
}

struct err *
list_cdr_statistics(struct visit *visit)
{
	return list_statistics(visit, &cdr_statistics_parameters, false);
}
