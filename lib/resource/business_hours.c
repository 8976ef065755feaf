#include "business_hours.h"

#include "check.h"
#include "clock.h"

/* A leap year, so that 29 February is a date of every year. */
#define YEARLY "2000-"

static const char *const states[] = {"open", "closed", NULL};

/* clang-format off */
static const struct field exception_fields[] = {
	{ FIELD(exception_record, name), .max = 100, .def = "" },
	{ FIELD(exception_record, from), .max = 10, .flags = REQUIRED,
	    .help = "like 2026-12-24, or 12-24 for every year" },
	{ FIELD(exception_record, to), .max = 10,
	    .help = "the last date; none: one date only" },
	{ FIELD(exception_record, yearly), .def = "false" },
	{ FIELD(exception_record, periods), .of = &day_period_record,
	    .max = PERIODS_MOST, .help = "none: closed" },
};
static const struct record exception_row = {
	.name = "exception", RECORD(exception_record, exception_fields),
};
static const struct field fields[] = {
	{ FIELD(business_hours_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(business_hours_record, timezone), .max = 64,
	    .flags = FILTER,
	    .help = "like Europe/London; none: the organization's" },
	{ FIELD(business_hours_record, periods), .of = &week_period_record,
	    .max = PERIODS_MOST },
	{ FIELD(business_hours_record, exceptions), .of = &exception_row,
	    .max = EXCEPTIONS_MOST,
	    .help = "where two hold a date the later one counts" },
	{ FIELD(business_hours_record, open), .targets = ANY_TARGET,
	    .flags = REQUIRED | FILTER },
	{ FIELD(business_hours_record, closed), .targets = ANY_TARGET,
	    .flags = REQUIRED | FILTER },
	{ FIELD(business_hours_record, exception), .targets = ANY_TARGET,
	    .flags = FILTER,
	    .help = "closed by an exception; none: as closed" },
	{ FIELD_AS(business_hours_record, override, "override.state"),
	    .max = 6, .flags = FILTER, .words = states,
	    .help = "open or closed; none: by the periods" },
	{ FIELD_AS(business_hours_record, override_until, "override.until"),
	    .flags = UNLISTED,
	    .help = "like 2026-12-31T18:00:00Z; none: until it is taken back" },
};
/* clang-format on */

static const struct record record = {
    .name = "business_hours",
    .view = "business_hours",
    .order = "name",
    RECORD(business_hours_record, fields),
};

/* 0 is a day, so only the document tells whether one was named. */
static void
check_days(struct change *change, const struct json *body)
{
	const struct json *periods = json_get(body, "periods");

	for (size_t i = 0; i < json_count(periods); i++) {
		struct str path =
		    pool_printf(change->pool, "periods.%zu.day", i);

		if (json_kind(json_at(periods, i)) == JSON_OBJECT &&
		    json_get(json_at(periods, i), "day") == NULL &&
		    !complained(&change->all, STR("periods")))
			complain(&change->all, path, "is required");
	}
}

/* Days since 1970, or -1 when it is no date. */
static int64_t
parse_date(struct str text, bool yearly)
{
	int64_t days;
	int year, month, day, y, m, d;

	if (!hours_parse_date(text, &year, &month, &day) ||
	    year < (yearly ? 2000 : 1970))
		return -1;
	days = clock_days(year, month, day);
	clock_date(days, &y, &m, &d);
	return y == year && m == month && d == day ? days : -1;
}

static struct str
whole_date(struct pool *pool, struct str text, bool yearly)
{
	return yearly ? pool_printf(pool, YEARLY "%.*s", PSTR(text)) : text;
}

/* Days since 1970, or -1 and a complaint. */
static int64_t
check_date(struct change *change, struct str path, struct str text, bool yearly)
{
	int64_t days =
	    parse_date(whole_date(change->pool, text, yearly), yearly);

	if (days < 0 && !complained(&change->all, path))
		complain(&change->all, path,
		    yearly ? "must be a date of every year, like 12-24"
			   : "must be a date, like 2026-12-24");
	return days;
}

static void
check_exception(
    struct change *change, const char *path, struct exception_record *exception)
{
	struct str from = pool_printf(change->pool, "%s.from", path);
	struct str to = pool_printf(change->pool, "%s.to", path);
	int64_t first, last;

	periods_take(change, pool_printf(change->pool, "%s.periods", path).p,
	    SPAN_DAY, &exception->periods);
	if (exception->from.p == NULL)
		return;
	first = check_date(change, from, exception->from, exception->yearly);
	if (exception->to.p == NULL)
		exception->to = exception->from;
	else {
		last = check_date(change, to, exception->to, exception->yearly);
		if (first >= 0 && last >= 0 && last < first &&
		    !exception->yearly)
			complain(&change->all, to, "must not be before from");
	}
}

static void
check_exceptions(struct change *change, struct business_hours_record *hours)
{
	/* What was loaded stays as it was. */
	struct exception_record *list = NEW_ARRAY(
	    change->pool, struct exception_record, hours->exceptions.count + 1);

	if (hours->exceptions.count > 0)
		memcpy(list, hours->exceptions.rows,
		    hours->exceptions.count * sizeof *list);
	for (size_t i = 0; i < hours->exceptions.count; i++)
		check_exception(change,
		    pool_printf(change->pool, "exceptions.%zu", i).p, &list[i]);
	hours->exceptions.rows = list;
}

static void
check_override(struct change *change,
    const struct business_hours_record *before,
    const struct business_hours_record *hours)
{
	int64_t until = hours->override_until.at;
	int64_t old = before != NULL ? before->override_until.at : 0;
	struct str state = hours->override;

	if (state.p != NULL && !str_is(state, "open") &&
	    !str_is(state, "closed") &&
	    !complained(&change->all, STR("override.state")))
		complain(&change->all, STR("override.state"),
		    "must be one of: open, closed");
	if (until != 0 && state.p == NULL)
		complain(&change->all, STR("override.until"),
		    "belongs to a state, open or closed");
	else if (until != 0 && until != old && until <= change->now)
		complain(&change->all, STR("override.until"), "must be later");
}

static struct err *
check_leads(struct change *change, struct business_hours_record *hours,
    const char *path, struct target *target)
{
	if (target->type == TARGET_BUSINESS_HOURS && hours->row.id != 0 &&
	    target->id == hours->row.id)
		complain(&change->all, pool_printf(change->pool, "%s.id", path),
		    "must not be these hours themselves");
	return check_target(change, path, target, 0);
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	struct business_hours_record *hours = object;

	resource_take(change, &business_hours, body, before, hours);
	if (hours->timezone.p != NULL && zone_load(hours->timezone) == NULL)
		complain(&change->all, STR("timezone"),
		    "must be a time zone, like Europe/London");
	check_days(change, body);
	periods_take(change, "periods", SPAN_WEEK, &hours->periods);
	check_exceptions(change, hours);
	check_override(change, before, hours);
	TRY(check_leads(change, hours, "open", &hours->open));
	TRY(check_leads(change, hours, "closed", &hours->closed));
	return check_leads(change, hours, "exception", &hours->exception);
}

static struct err *
load_periods(struct change *change, struct business_hours_record *hours)
{
	struct period *periods;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT day, from_minute, to_minute FROM business_hour_periods"
	    " WHERE business_hour_id = ? ORDER BY day, from_minute",
	    &rows, INT(hours->row.id)));
	periods = NEW_ARRAY(change->pool, struct period, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		periods[i].day = (int)rows_int(rows, i, 0);
		periods[i].from = (int)rows_int(rows, i, 1);
		periods[i].to = (int)rows_int(rows, i, 2);
	}
	hours->periods = periods_show(change->pool, periods, rows->count);
	return NULL;
}

/* The rows of one position, which come together. */
static struct children
own_periods(
    struct pool *pool, const struct rows *rows, int64_t position, size_t *next)
{
	size_t first = *next, count;
	struct period *periods;

	while (*next < rows->count && rows_int(rows, *next, 0) == position)
		++*next;
	count = *next - first;
	periods = NEW_ARRAY(pool, struct period, count + 1);
	for (size_t i = 0; i < count; i++) {
		periods[i].from = (int)rows_int(rows, first + i, 1);
		periods[i].to = (int)rows_int(rows, first + i, 2);
	}
	return periods_show(pool, periods, count);
}

static struct err *
load_exceptions(struct change *change, struct business_hours_record *hours)
{
	struct rows *rows, *periods;
	struct exception_record *list;
	size_t next = 0;

	TRY(QUERY(change->db,
	    "SELECT position, name, from_date, to_date, yearly"
	    " FROM business_hour_exceptions WHERE business_hour_id = ?"
	    " ORDER BY position",
	    &rows, INT(hours->row.id)));
	TRY(QUERY(change->db,
	    "SELECT position, from_minute, to_minute"
	    " FROM business_hour_exception_periods"
	    " WHERE business_hour_id = ? ORDER BY position, from_minute",
	    &periods, INT(hours->row.id)));
	list =
	    NEW_ARRAY(change->pool, struct exception_record, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		size_t year = rows_int(rows, i, 4) != 0 ? strlen(YEARLY) : 0;

		list[i].name = rows_text(rows, i, 1);
		list[i].from = str_cut(rows_text(rows, i, 2), year, 10);
		list[i].to = str_cut(rows_text(rows, i, 3), year, 10);
		list[i].yearly = year != 0;
		list[i].periods = own_periods(
		    change->pool, periods, rows_int(rows, i, 0), &next);
	}
	hours->exceptions = (struct children){rows->count, list};
	return NULL;
}

static struct err *
load(struct change *change, void *object)
{
	TRY(load_periods(change, object));
	return load_exceptions(change, object);
}

static struct err *
save_periods(struct change *change, const struct business_hours_record *hours)
{
	const struct period *periods =
	    periods_read(change->pool, &hours->periods);

	TRY(EXEC(change->db,
	    "DELETE FROM business_hour_periods WHERE business_hour_id = ?",
	    NULL, INT(hours->row.id)));
	for (size_t i = 0; i < hours->periods.count; i++)
		TRY(EXEC(change->db,
		    "INSERT INTO business_hour_periods (organization_id,"
		    " business_hour_id, day, from_minute, to_minute)"
		    " VALUES (?, ?, ?, ?, ?)",
		    NULL, INT(change->organization), INT(hours->row.id),
		    INT(periods[i].day), INT(periods[i].from),
		    INT(periods[i].to)));
	return NULL;
}

static struct err *
save_exception(struct change *change, uint64_t id, size_t position,
    const struct exception_record *exception)
{
	const struct period *periods =
	    periods_read(change->pool, &exception->periods);

	TRY(EXEC(change->db,
	    "INSERT INTO business_hour_exceptions (organization_id,"
	    " business_hour_id, position, name, from_date, to_date, yearly)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?)",
	    NULL, INT(change->organization), INT(id), INT(position),
	    TEXT(exception->name),
	    TEXT(whole_date(change->pool, exception->from, exception->yearly)),
	    TEXT(whole_date(change->pool, exception->to, exception->yearly)),
	    INT(exception->yearly)));
	for (size_t i = 0; i < exception->periods.count; i++)
		TRY(EXEC(change->db,
		    "INSERT INTO business_hour_exception_periods"
		    " (organization_id, business_hour_id, position,"
		    " from_minute, to_minute) VALUES (?, ?, ?, ?, ?)",
		    NULL, INT(change->organization), INT(id), INT(position),
		    INT(periods[i].from), INT(periods[i].to)));
	return NULL;
}

static struct err *
save(struct change *change, const void *object)
{
	const struct business_hours_record *hours = object;
	const struct exception_record *list = hours->exceptions.rows;

	TRY(save_periods(change, hours));
	/* While they are deleted no cascade knows whose the periods are. */
	TRY(EXEC(change->db,
	    "DELETE FROM business_hour_exception_periods"
	    " WHERE business_hour_id = ?",
	    NULL, INT(hours->row.id)));
	TRY(EXEC(change->db,
	    "DELETE FROM business_hour_exceptions WHERE business_hour_id = ?",
	    NULL, INT(hours->row.id)));
	for (size_t i = 0; i < hours->exceptions.count; i++)
		TRY(save_exception(change, hours->row.id, i, &list[i]));
	return NULL;
}

const struct resource business_hours = {
    .name = "business-hours",
    .record = &record,
    .take = take,
    .load = load,
    .save = save,
    .question = "What are business hours?",
};
