#include "source.h"
#include "tenant_words.h"

#include <stdlib.h>

/* "Mon-Fri 09:00-17:00" or "09:00-17:00" */
static struct period *
periods(struct pool *pool, const struct json *list, size_t *count)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	struct period *out =
	    NEW_ARRAY(pool, struct period, json_count(list) * 7 + 1);

	*count = 0;
	for (size_t i = 0; i < json_count(list); i++) {
		struct str span = json_text(json_at(list, i));
		struct str from_day = STR("Sun"), to_day = STR("Sun");
		struct str from, to;
		struct period period = {0};
		int first, last;

		if (str_find(span, ' ') >= 0) {
			struct str day;

			str_next(&span, ' ', &day);
			from_day = str_cut(day, 0, 3);
			to_day = day.n > 3 ? str_cut(day, 4, 7) : from_day;
		}
		str_next(&span, '-', &from);
		to = span;
		if (!hours_parse_minutes(from, &period.from) ||
		    !hours_parse_minutes(to, &period.to))
			abort();
		first =
		    (int)((strstr(days, pool_copy(pool, from_day).p) - days) /
			  3);
		last =
		    (int)((strstr(days, pool_copy(pool, to_day).p) - days) / 3);
		for (int day = first;; day = (day + 1) % 7) {
			period.day = day;
			out[(*count)++] = period;
			if (day == last)
				break;
		}
	}
	return out;
}

/* "12-25" is every year, "2026-12-24" once; "to" is optional. */
static void
date_of(struct str date, int *year, int *month, int *day)
{
	if (!hours_parse_date(date, year, month, day))
		abort();
}

void
build_business_hours(struct tenant *tenant, const struct source *source,
    struct business_hours *x)
{
	const struct json *exceptions;

	x->name = source->name;
	x->timezone = source_text(source, "timezone");
	if (x->timezone.n == 0)
		x->timezone = tenant->organization.timezone;
	x->open = source_target(tenant, source, "open");
	x->closed = source_target(tenant, source, "closed");
	x->exception = source_target(tenant, source, "exception");
	x->override = (enum override)tenant_word_place(
	    tenant_overrides, source_text(source, "override"));
	x->override_until = source_instant(source, "override_until");
	x->periods = periods(
	    tenant->pool, source_get(source, "periods"), &x->period_count);
	exceptions = source_get(source, "exceptions");
	x->exception_count = json_count(exceptions);
	x->exceptions =
	    NEW_ARRAY(tenant->pool, struct exception, x->exception_count + 1);
	for (size_t i = 0; i < x->exception_count; i++) {
		const struct json *one = json_at(exceptions, i);
		struct exception *out = &x->exceptions[i];
		struct str from = json_text(json_get(one, "from"));
		struct str to = json_text(json_get(one, "to"));

		out->name = json_text(json_get(one, "name"));
		date_of(
		    from, &out->from_year, &out->from_month, &out->from_day);
		date_of(to.n > 0 ? to : from, &out->to_year, &out->to_month,
		    &out->to_day);
		out->periods = periods(
		    tenant->pool, json_get(one, "periods"), &out->period_count);
	}
}

void
build_outbound_rules(struct tenant *tenant, struct outbound_rules *x)
{
	const struct list *list = &tenant->lists[OUTBOUND_RULES];

	x->rules =
	    NEW_ARRAY(tenant->pool, struct outbound_rule, list->count + 1);
	for (size_t i = 0; i < list->count; i++) {
		const struct source *source = &list->sources[i];
		struct outbound_rule *rule = &x->rules[x->count];
		struct str *names;
		size_t count;

		if (!source_active(source))
			continue;
		x->count++;
		rule->id = i + 1;
		rule->name = source->name;
		rule->trunk = source_text(source, "trunk");
		rule->caller_id = source_caller_id(tenant, source, "caller_id");
		rule->priority = source_int(source, "priority", 10);
		rule->max_minutes = source_int(source, "max_minutes", 0);
		rule->prefixes = source_texts(
		    tenant->pool, source, "prefixes", &rule->prefix_count);
		names = source_texts(tenant->pool, source, "countries", &count);
		rule->countries =
		    NEW_ARRAY(tenant->pool, struct country, count + 1);
		for (size_t j = 0; j < count; j++)
			if (!country_parse(names[j],
				&rule->countries[rule->country_count++]))
				abort();
		names = source_texts(
		    tenant->pool, source, "extensions", &rule->extension_count);
		rule->extensions = NEW_ARRAY(
		    tenant->pool, uint64_t, rule->extension_count + 1);
		for (size_t j = 0; j < rule->extension_count; j++)
			rule->extensions[j] =
			    tenant_id(tenant, EXTENSIONS, names[j]);
	}
}

void
build_blocked_callers(struct tenant *tenant, struct blocked_callers *x)
{
	const struct list *list = &tenant->lists[BLOCKED_CALLERS];

	x->list =
	    NEW_ARRAY(tenant->pool, struct blocked_caller, list->count + 1);
	for (size_t i = 0; i < list->count; i++) {
		const struct source *source = &list->sources[i];
		struct blocked_caller *blocked = &x->list[i];

		x->count++;
		blocked->id = i + 1;
		blocked->pattern = source->name;
		blocked->prefix = source_bool(source, "prefix", false);
		blocked->action = (enum block_action)tenant_word_place(
		    tenant_block_actions, source_text(source, "action"));
		blocked->expires = source_instant(source, "expires_at");
	}
}
