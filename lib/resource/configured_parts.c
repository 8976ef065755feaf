#include "configured_parts.h"
#include "tenant_words.h"

struct target
next_target(struct columns *r)
{
	struct str type = next_text(r);
	uint64_t id = next_id(r);

	return target_of(type, id, next_text(r));
}

size_t
rows_of(const struct rows *rows, size_t *row, uint64_t parent)
{
	size_t first;

	while (*row < rows->count && (uint64_t)rows_int(rows, *row, 0) < parent)
		++*row;
	first = *row;
	while (
	    *row < rows->count && (uint64_t)rows_int(rows, *row, 0) == parent)
		++*row;
	return *row - first;
}

/* -- Opening hours ----------------------------------------------------------
 */

static struct err *
load_periods(struct change *change, struct configuration *c)
{
	struct rows *rows;
	size_t row = 0;

	TRY(QUERY(change->db,
	    "SELECT business_hour_id, day, from_minute, to_minute"
	    " FROM business_hour_periods WHERE living = ?"
	    " ORDER BY business_hour_id, day, from_minute",
	    &rows, INT(1)));
	for (size_t i = 0; i < c->hours_count; i++) {
		struct business_hours *hours = &c->hours[i];
		size_t n = rows_of(rows, &row, hours->id);

		hours->periods = NEW_ARRAY(change->pool, struct period, n + 1);
		hours->period_count = n;
		for (size_t p = 0; p < n; p++) {
			struct columns r = {rows, row - n + p, 1};

			hours->periods[p].day = (int)next_int(&r);
			hours->periods[p].from = (int)next_int(&r);
			hours->periods[p].to = (int)next_int(&r);
		}
	}
	return NULL;
}

/* From row on those of one exception, which come together; row goes on. */
static void
take_exception_periods(struct pool *pool, const struct rows *rows, size_t *row,
    uint64_t hours, int64_t position, struct exception *one)
{
	size_t first;

	while (*row < rows->count &&
	       ((uint64_t)rows_int(rows, *row, 0) < hours ||
		   ((uint64_t)rows_int(rows, *row, 0) == hours &&
		       rows_int(rows, *row, 1) < position)))
		++*row;
	first = *row;
	while (*row < rows->count &&
	       (uint64_t)rows_int(rows, *row, 0) == hours &&
	       rows_int(rows, *row, 1) == position)
		++*row;
	one->period_count = *row - first;
	one->periods = NEW_ARRAY(pool, struct period, one->period_count + 1);
	for (size_t i = 0; i < one->period_count; i++) {
		one->periods[i].from = (int)rows_int(rows, first + i, 2);
		one->periods[i].to = (int)rows_int(rows, first + i, 3);
	}
}

static int64_t
take_exception(const struct rows *rows, size_t row, struct exception *one)
{
	struct columns r = {rows, row, 1};
	int64_t position = next_int(&r);

	one->name = next_text(&r);
	hours_parse_date(
	    next_text(&r), &one->from_year, &one->from_month, &one->from_day);
	hours_parse_date(
	    next_text(&r), &one->to_year, &one->to_month, &one->to_day);
	if (next_bool(&r))
		one->from_year = one->to_year = 0;
	return position;
}

static struct err *
load_exceptions(struct change *change, struct configuration *c)
{
	struct rows *rows, *periods;
	size_t row = 0, period = 0;

	TRY(QUERY(change->db,
	    "SELECT business_hour_id, position, name, from_date, to_date,"
	    " yearly FROM business_hour_exceptions WHERE living = ?"
	    " ORDER BY business_hour_id, position",
	    &rows, INT(1)));
	TRY(QUERY(change->db,
	    "SELECT business_hour_id, position, from_minute, to_minute"
	    " FROM business_hour_exception_periods WHERE living = ?"
	    " ORDER BY business_hour_id, position, from_minute",
	    &periods, INT(1)));
	for (size_t i = 0; i < c->hours_count; i++) {
		struct business_hours *hours = &c->hours[i];
		size_t n = rows_of(rows, &row, hours->id);

		hours->exceptions =
		    NEW_ARRAY(change->pool, struct exception, n + 1);
		hours->exception_count = n;
		for (size_t e = 0; e < n; e++) {
			struct exception *one = &hours->exceptions[e];
			int64_t position =
			    take_exception(rows, row - n + e, one);

			take_exception_periods(change->pool, periods, &period,
			    hours->id, position, one);
		}
	}
	return NULL;
}

struct err *
load_configured_hours(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, name, timezone, override, override_until, open_type,"
	    " open_id,"
	    " open_number, closed_type, closed_id, closed_number,"
	    " exception_type, exception_id, exception_number"
	    " FROM business_hours WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	c->hours_count = rows->count;
	c->hours =
	    NEW_ARRAY(change->pool, struct business_hours, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct business_hours *hours = &c->hours[i];
		struct columns r = {rows, i, 0};

		hours->id = next_id(&r);
		hours->name = next_text(&r);
		hours->timezone = next_text(&r);
		if (hours->timezone.n == 0)
			hours->timezone = c->org.timezone;
		hours->override = (enum override)tenant_word_place(
		    tenant_overrides, next_text(&r));
		hours->override_until = next_instant(&r);
		hours->open = next_target(&r);
		hours->closed = next_target(&r);
		hours->exception = next_target(&r);
	}
	TRY(load_periods(change, c));
	return load_exceptions(change, c);
}

/* -- Outbound rules ---------------------------------------------------------
 */

static struct err *
load_countries(struct change *change, struct configuration *c)
{
	struct rows *rows;
	size_t row = 0;

	TRY(QUERY(change->db,
	    "SELECT outbound_rule_id, country FROM outbound_rule_countries"
	    " WHERE living = ? ORDER BY outbound_rule_id, country",
	    &rows, INT(1)));
	for (size_t i = 0; i < c->rule_count; i++) {
		struct outbound_rule *rule = &c->rules[i].x;
		size_t n = rows_of(rows, &row, rule->id);

		rule->countries =
		    NEW_ARRAY(change->pool, struct country, n + 1);
		for (size_t at = row - n; at < row; at++)
			if (country_parse(rows_text(rows, at, 1),
				&rule->countries[rule->country_count]))
				rule->country_count++;
	}
	return NULL;
}

static struct err *
load_prefixes(struct change *change, struct configuration *c)
{
	struct rows *rows;
	size_t row = 0;

	TRY(QUERY(change->db,
	    "SELECT outbound_rule_id, prefix FROM outbound_rule_prefixes"
	    " WHERE living = ? ORDER BY outbound_rule_id, prefix",
	    &rows, INT(1)));
	for (size_t i = 0; i < c->rule_count; i++) {
		struct outbound_rule *rule = &c->rules[i].x;
		size_t n = rows_of(rows, &row, rule->id);

		rule->prefixes = NEW_ARRAY(change->pool, struct str, n + 1);
		for (size_t at = row - n; at < row; at++)
			rule->prefixes[rule->prefix_count++] =
			    rows_text(rows, at, 1);
	}
	return NULL;
}

static struct err *
load_callers(struct change *change, struct configuration *c)
{
	struct rows *rows;
	size_t row = 0;

	TRY(QUERY(change->db,
	    "SELECT outbound_rule_id, extension_id"
	    " FROM outbound_rule_extensions WHERE living = ?"
	    " ORDER BY outbound_rule_id, extension_id",
	    &rows, INT(1)));
	for (size_t i = 0; i < c->rule_count; i++) {
		struct outbound_rule *rule = &c->rules[i].x;
		size_t n = rows_of(rows, &row, rule->id);

		rule->extensions = NEW_ARRAY(change->pool, uint64_t, n + 1);
		for (size_t at = row - n; at < row; at++)
			rule->extensions[rule->extension_count++] =
			    (uint64_t)rows_int(rows, at, 1);
	}
	return NULL;
}

struct err *
load_configured_rules(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, name, status, caller_id_did_id, priority"
	    " FROM outbound_rules WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	c->rule_count = rows->count;
	c->rules =
	    NEW_ARRAY(change->pool, struct configured_rule, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct configured_rule *rule = &c->rules[i];
		struct columns r = {rows, i, 0};

		rule->x.id = next_id(&r);
		rule->x.name = next_text(&r);
		rule->active = next_is(&r, "active");
		rule->caller_id = next_id(&r);
		rule->x.priority = (int)next_int(&r);
	}
	TRY(load_countries(change, c));
	TRY(load_prefixes(change, c));
	return load_callers(change, c);
}

/* -- What is a list and no more ---------------------------------------------
 */

static struct err *
load_subjects(struct change *change, struct configuration *c)
{
	struct rows *rows;
	size_t row = 0;

	TRY(QUERY(change->db,
	    "SELECT notification_id, subject_type, subject_id"
	    " FROM notification_subjects WHERE living = ?"
	    " ORDER BY notification_id, subject_type, subject_id",
	    &rows, INT(1)));
	for (size_t i = 0; i < c->notification_count; i++) {
		struct configured_notification *one = &c->notifications[i];
		size_t n = rows_of(rows, &row, one->id);

		one->subjects = NEW_ARRAY(change->pool, struct notified, n + 1);
		for (size_t at = row - n; at < row; at++)
			one->subjects[one->subject_count++] =
			    (struct notified){rows_text(rows, at, 1),
				(uint64_t)rows_int(rows, at, 2)};
	}
	return NULL;
}

static struct err *
load_notifications(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, name, event, COALESCE(email, url), status,"
	    " delivered_at, failed_at FROM notifications WHERE living = ?"
	    " ORDER BY id",
	    &rows, INT(1)));
	c->notification_count = rows->count;
	c->notifications = NEW_ARRAY(
	    change->pool, struct configured_notification, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct configured_notification *one = &c->notifications[i];
		struct columns r = {rows, i, 0};

		one->id = next_id(&r);
		one->name = next_text(&r);
		one->event = next_text(&r);
		one->address = next_text(&r);
		one->active = next_is(&r, "active");
		one->delivered = next_instant(&r);
		one->failed = next_instant(&r);
	}
	return load_subjects(change, c);
}

struct err *
load_configured_lists(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, pattern, prefix, expires_at FROM blocked_callers"
	    " WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	c->blocked_count = rows->count;
	c->blocked =
	    NEW_ARRAY(change->pool, struct blocked_caller, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct columns r = {rows, i, 0};

		c->blocked[i].id = next_id(&r);
		c->blocked[i].pattern = next_text(&r);
		c->blocked[i].prefix = next_bool(&r);
		c->blocked[i].expires = next_instant(&r);
	}
	TRY(QUERY(change->db,
	    "SELECT id, name FROM prompts WHERE living = ? ORDER BY id", &rows,
	    INT(1)));
	c->prompt_count = rows->count;
	c->prompts =
	    NEW_ARRAY(change->pool, struct configured_prompt, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		c->prompts[i].id = (uint64_t)rows_int(rows, i, 0);
		c->prompts[i].name = rows_text(rows, i, 1);
	}
	return load_notifications(change, c);
}
