/* Hours as they are at an instant, overridden, and once more. */
#include "business_hours.h"
#include "clock.h"
#include "tenant_words.h"

static const char *const states[] = {"open", "closed", "exception", NULL};

/* clang-format off */
static const struct field copy_fields[] = {
	{ FIELD(hours_copy, name), .max = 100, .flags = REQUIRED,
	    .help = "of the new hours" },
};
static const struct field override_fields[] = {
	{ FIELD(hours_override, override), .choices = tenant_overrides,
	    .help = "whatever the periods say; none: by the periods" },
	{ FIELD(hours_override, until),
	    .help = "like 2026-12-31T18:00:00Z; none: until it is taken back" },
};
static const struct field query_fields[] = {
	{ FIELD(hours_query, at), .help = "none: now" },
};
static const struct field status_fields[] = {
	{ FIELD(hours_status, at), .flags = READONLY },
	{ FIELD(hours_status, open), .flags = READONLY },
	{ FIELD(hours_status, state), .choices = states, .flags = READONLY,
	    .help = "exception: closed by one" },
	{ FIELD(hours_status, overridden), .flags = READONLY },
	{ FIELD(hours_status, exception), .flags = READONLY,
	    .help = "the one that holds then" },
	{ FIELD(hours_status, target), .targets = ANY_TARGET,
	    .flags = READONLY, .help = "where calls go" },
	{ FIELD(hours_status, next_change_at), .flags = READONLY,
	    .help = "none: not within a year" },
};
/* clang-format on */

const struct record hours_copy_record = {
    .name = "hours_copy",
    RECORD(hours_copy, copy_fields),
};
const struct record hours_override_record = {
    .name = "hours_override",
    RECORD(hours_override, override_fields),
};
const struct record hours_query_record = {
    .name = "hours_query",
    RECORD(hours_query, query_fields),
};
const struct record hours_status_record = {
    .name = "hours_status",
    RECORD(hours_status, status_fields),
};

static struct err *
load(struct change *change, uint64_t id, struct business_hours_record *x)
{
	struct err *err;

	TRY(db_begin(change->db, change->pool, DB_READ, change->organization));
	err = resource_load(change, &business_hours, id, LIVING, x);
	if (err == NULL)
		err = db_commit(change->db);
	db_rollback(change->db);
	return err;
}

struct err *
hours_duplicate(
    struct change *change, uint64_t id, struct str name, uint64_t *copy)
{
	struct business_hours_record x = {.name = name};
	struct record bare = *business_hours.record;
	const struct json *body;

	TRY(load(change, id, &x));
	x.name = name;
	x.override = NO_STR;
	x.override_until.at = 0;
	/* Without what makes it a row: the copy is one of its own. */
	bare.view = NULL;
	TRY(json_parse(change->pool,
	    record_print(change->pool, &bare, &x, SHOW_SECRETS), &body));
	change->form = false;
	return resource_create(change, &business_hours, body, copy);
}

static struct str
print_override(struct pool *pool, const struct hours_override *wanted)
{
	struct str until = STR("null");

	if (wanted->override == OVERRIDE_NONE)
		return STR("{\"override\":null}");
	if (wanted->until.at != 0)
		until = pool_printf(pool, "\"%.*s\"",
		    PSTR(clock_print(pool, wanted->until.at)));
	return pool_printf(pool,
	    "{\"override\":{\"state\":\"%s\",\"until\":%.*s}}",
	    tenant_overrides[wanted->override], PSTR(until));
}

struct err *
hours_override(
    struct change *change, uint64_t id, const struct hours_override *wanted)
{
	struct complaints all = {change->pool, NULL, NULL};
	const struct json *body;

	if (wanted->until.at != 0 && wanted->override == OVERRIDE_NONE)
		complain(&all, STR("until"), "belongs to open or closed");
	else if (wanted->until.at != 0 && wanted->until.at <= change->now)
		complain(&all, STR("until"), "must be later");
	TRY(complaints_err(&all));
	TRY(json_parse(
	    change->pool, print_override(change->pool, wanted), &body));
	change->form = false;
	return resource_update(change, &business_hours, id, MODIFY, body);
}

static struct exception *
read_exceptions(struct pool *pool, const struct children *list)
{
	const struct exception_record *rows = list->rows;
	struct exception *all =
	    NEW_ARRAY(pool, struct exception, list->count + 1);

	for (size_t i = 0; i < list->count; i++) {
		struct exception *one = &all[i];

		one->name = rows[i].name;
		hours_parse_date(rows[i].from, &one->from_year,
		    &one->from_month, &one->from_day);
		hours_parse_date(
		    rows[i].to, &one->to_year, &one->to_month, &one->to_day);
		one->period_count = rows[i].periods.count;
		one->periods = periods_read(pool, &rows[i].periods);
	}
	return all;
}

/* As the router has them. */
static struct business_hours
read_hours(struct pool *pool, const struct business_hours_record *x)
{
	return (struct business_hours){.id = x->row.id,
	    .name = x->name,
	    .timezone = x->timezone,
	    .open = x->open,
	    .closed = x->closed,
	    .exception = x->exception,
	    .override =
		(enum override)tenant_word_place(tenant_overrides, x->override),
	    .override_until = x->override_until.at,
	    .period_count = x->periods.count,
	    .periods = periods_read(pool, &x->periods),
	    .exception_count = x->exceptions.count,
	    .exceptions = read_exceptions(pool, &x->exceptions)};
}

static struct err *
find_zone(struct change *change, const struct business_hours_record *x,
    const struct zone **zone)
{
	struct str name = x->timezone;
	struct rows *rows;

	if (name.p == NULL) {
		TRY(db_query(change->db, "SELECT timezone FROM organizations",
		    NULL, 0, &rows));
		name = rows_text(rows, 0, 0);
	}
	*zone = zone_load(name);
	if (*zone == NULL)
		return err_internal(
		    change->pool, "there is no time zone %.*s", PSTR(name));
	return NULL;
}

/* Years in which a local time has four digits, and so has the next one. */
static struct err *
check_instant(struct change *change, int64_t at)
{
	struct complaints all = {change->pool, NULL, NULL};
	int year, month, day;

	clock_date(at / 86400000, &year, &month, &day);
	if (year < 1970 || year > 9990)
		complain(&all, STR("at"), "must be between 1970 and 9990");
	return complaints_err(&all);
}

struct err *
hours_status(
    struct change *change, uint64_t id, int64_t at, struct hours_status *status)
{
	struct business_hours_record x = {.timezone = NO_STR};
	struct business_hours hours;
	struct hours_answer answer;
	const struct zone *zone;

	TRY(check_instant(change, at));
	TRY(resource_load(change, &business_hours, id, LIVING, &x));
	TRY(find_zone(change, &x, &zone));
	hours = read_hours(change->pool, &x);
	answer = hours_at(&hours, zone, at);
	*status = (struct hours_status){.at = {at},
	    .open = answer.state == HOURS_OPEN,
	    .state = answer.state,
	    .overridden = answer.overridden,
	    .target = answer.state == HOURS_OPEN ? hours.open : hours.closed};
	if (answer.exception != NULL)
		status->exception = answer.exception->name;
	if (answer.state == HOURS_EXCEPTION &&
	    hours.exception.type != TARGET_NONE)
		status->target = hours.exception;
	status->next_change_at.at = hours_next_change(&hours, zone, at);
	return NULL;
}
