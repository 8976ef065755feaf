/*
 * What is loaded as a whole list: opening hours, outbound rules, blocked
 * callers, messages.
 */
#include "load.h"

#include "load_row.h"
#include "tenant_words.h"

static struct err *
load_periods(const struct loading *l, struct str key, struct business_hours *x)
{
	struct rows *rows;

	TRY(QUERY(l->db,
	    "SELECT day, from_minute, to_minute FROM business_hour_periods"
	    " WHERE business_hour_id = ? ORDER BY day, from_minute",
	    &rows, TEXT(key)));
	x->periods = NEW_ARRAY(l->pool, struct period, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		x->periods[i].day = (int)rows_int(rows, i, 0);
		x->periods[i].from = (int)rows_int(rows, i, 1);
		x->periods[i].to = (int)rows_int(rows, i, 2);
	}
	x->period_count = rows->count;
	return NULL;
}

/* The rows of one exception, which come together. */
static void
take_periods(const struct loading *l, const struct rows *rows, int64_t position,
    size_t *next, struct exception *one)
{
	size_t first = *next;

	while (*next < rows->count && rows_int(rows, *next, 0) == position)
		++*next;
	one->period_count = *next - first;
	one->periods = NEW_ARRAY(l->pool, struct period, one->period_count + 1);
	for (size_t i = 0; i < one->period_count; i++) {
		one->periods[i].from = (int)rows_int(rows, first + i, 1);
		one->periods[i].to = (int)rows_int(rows, first + i, 2);
	}
}

static struct err *
load_exceptions(
    const struct loading *l, struct str key, struct business_hours *x)
{
	struct rows *rows, *periods;
	size_t next = 0;

	TRY(QUERY(l->db,
	    "SELECT position, name, from_date, to_date, yearly"
	    " FROM business_hour_exceptions WHERE business_hour_id = ?"
	    " ORDER BY position",
	    &rows, TEXT(key)));
	TRY(QUERY(l->db,
	    "SELECT position, from_minute, to_minute"
	    " FROM business_hour_exception_periods"
	    " WHERE business_hour_id = ? ORDER BY position, from_minute",
	    &periods, TEXT(key)));
	x->exceptions = NEW_ARRAY(l->pool, struct exception, rows->count + 1);
	x->exception_count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		struct exception *one = &x->exceptions[i];
		struct columns r = {rows, i, 0};
		int64_t position = next_int(&r);

		one->name = next_text(&r);
		hours_parse_date(next_text(&r), &one->from_year,
		    &one->from_month, &one->from_day);
		hours_parse_date(
		    next_text(&r), &one->to_year, &one->to_month, &one->to_day);
		if (next_bool(&r))
			one->from_year = one->to_year = 0;
		take_periods(l, periods, position, &next, one);
	}
	return NULL;
}

struct err *
load_business_hours(const struct loading *l, struct str key, void **out)
{
	struct business_hours *x = NEW(l->pool, struct business_hours);
	struct rows *rows;
	struct columns r;

	TRY(QUERY(l->db,
	    "SELECT h.id, h.name, COALESCE(h.timezone, o.timezone),"
	    " h.override, h.override_until,"
	    " h.open_type, h.open_id, h.open_number,"
	    " h.closed_type, h.closed_id, h.closed_number,"
	    " h.exception_type, h.exception_id, h.exception_number"
	    " FROM business_hours h"
	    " JOIN organizations o ON o.id = h.organization_id"
	    " WHERE h.id = ? AND h.living = 1",
	    &rows, TEXT(key)));
	if (rows->count == 0)
		return NULL;
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	x->name = next_text(&r);
	x->timezone = next_text(&r);
	x->override =
	    (enum override)tenant_word_place(tenant_overrides, next_text(&r));
	x->override_until = next_instant(&r);
	x->open = next_target(&r);
	x->closed = next_target(&r);
	x->exception = next_target(&r);
	*out = x;
	TRY(load_periods(l, key, x));
	return load_exceptions(l, key, x);
}

/* Each of the statements has rows (rule id, value), sorted. */
static void
fill_rule(const struct loading *l, struct outbound_rule *rule,
    const struct rows *countries, const struct rows *prefixes,
    const struct rows *extensions)
{
	size_t from = rows_first(countries, rule->id);
	size_t to = rows_first(countries, rule->id + 1);

	rule->countries = NEW_ARRAY(l->pool, struct country, to - from + 1);
	for (size_t i = from; i < to; i++)
		if (country_parse(rows_text(countries, i, 1),
			&rule->countries[rule->country_count]))
			rule->country_count++;
	from = rows_first(prefixes, rule->id);
	to = rows_first(prefixes, rule->id + 1);
	rule->prefixes = NEW_ARRAY(l->pool, struct str, to - from + 1);
	for (size_t i = from; i < to; i++)
		rule->prefixes[rule->prefix_count++] =
		    rows_text(prefixes, i, 1);
	from = rows_first(extensions, rule->id);
	to = rows_first(extensions, rule->id + 1);
	rule->extensions = NEW_ARRAY(l->pool, uint64_t, to - from + 1);
	for (size_t i = from; i < to; i++)
		rule->extensions[rule->extension_count++] =
		    (uint64_t)rows_int(extensions, i, 1);
}

struct err *
load_outbound_rules(const struct loading *l, struct str key, void **out)
{
	struct outbound_rules *x = NEW(l->pool, struct outbound_rules);
	struct rows *rows, *countries, *prefixes, *extensions;

	(void)key;
	TRY(QUERY(l->db,
	    "SELECT r.id, r.name, r.trunk, c.number, r.priority,"
	    " r.max_minutes FROM outbound_rules r"
	    " LEFT JOIN dids c ON c.id = r.caller_id_did_id AND c.living = 1"
	    "  AND c.status = 'active' AND c.proved_at IS NOT NULL"
	    " WHERE r.living = ? AND r.status = 'active'"
	    " ORDER BY r.priority, r.id",
	    &rows, INT(1)));
	TRY(QUERY(l->db,
	    "SELECT outbound_rule_id, country FROM outbound_rule_countries"
	    " WHERE living = ? ORDER BY outbound_rule_id, country",
	    &countries, INT(1)));
	TRY(QUERY(l->db,
	    "SELECT outbound_rule_id, prefix FROM outbound_rule_prefixes"
	    " WHERE living = ? ORDER BY outbound_rule_id, prefix",
	    &prefixes, INT(1)));
	TRY(QUERY(l->db,
	    "SELECT outbound_rule_id, extension_id"
	    " FROM outbound_rule_extensions WHERE living = ?"
	    " ORDER BY outbound_rule_id, extension_id",
	    &extensions, INT(1)));
	x->rules = NEW_ARRAY(l->pool, struct outbound_rule, rows->count + 1);
	x->count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		struct outbound_rule *rule = &x->rules[i];

		rule->id = (uint64_t)rows_int(rows, i, 0);
		rule->name = rows_text(rows, i, 1);
		rule->trunk = rows_text(rows, i, 2);
		rule->caller_id = rows_text(rows, i, 3);
		rule->priority = (int)rows_int(rows, i, 4);
		rule->max_minutes = (int)rows_int(rows, i, 5);
		fill_rule(l, rule, countries, prefixes, extensions);
	}
	*out = x;
	return NULL;
}

struct err *
load_blocked_callers(const struct loading *l, struct str key, void **out)
{
	struct blocked_callers *x = NEW(l->pool, struct blocked_callers);
	struct rows *rows;

	(void)key;
	TRY(QUERY(l->db,
	    "SELECT id, pattern, prefix, action, expires_at"
	    " FROM blocked_callers WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	x->list = NEW_ARRAY(l->pool, struct blocked_caller, rows->count + 1);
	x->count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		struct blocked_caller *blocked = &x->list[i];
		struct columns r = {rows, i, 0};

		blocked->id = next_id(&r);
		blocked->pattern = next_text(&r);
		blocked->prefix = next_bool(&r);
		blocked->action = (enum block_action)tenant_word_place(
		    tenant_block_actions, next_text(&r));
		blocked->expires = next_instant(&r);
	}
	*out = x;
	return NULL;
}

struct err *
load_messages(const struct loading *l, uint64_t extension, struct messages *out)
{
	struct rows *rows;

	TRY(QUERY(l->db,
	    "SELECT id, audio_token, from_number, received_at, heard_at"
	    " FROM voicemails WHERE extension_id = ? AND living = 1"
	    " AND audio_token IS NOT NULL"
	    " ORDER BY received_at DESC, id DESC LIMIT 100",
	    &rows, INT(extension)));
	out->list = NEW_ARRAY(l->pool, struct message, rows->count + 1);
	out->count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		struct message *message = &out->list[i];

		message->id = (uint64_t)rows_int(rows, i, 0);
		message->url =
		    pool_printf(l->pool, "%.*s/cgi-bin/voicemails/audio/%.*s",
			PSTR(l->base_url), PSTR(rows_text(rows, i, 1)));
		message->from = rows_text(rows, i, 2);
		message->received = instant_of(rows_text(rows, i, 3));
		message->heard = rows_text(rows, i, 4).n > 0;
	}
	return NULL;
}
