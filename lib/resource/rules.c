#include "rules.h"

/*
 * Three plain lists instead of one statement with GROUP_CONCAT in it:
 * MariaDB 10.11 refuses such a one (1140) when a kept statement is executed
 * again under ONLY_FULL_GROUP_BY.
 */
struct lists {
	struct rows *countries, *prefixes, *extensions;
};

static struct err *
read_list(struct change *change, const char *sql, struct rows **out)
{
	return db_query(change->db, sql, NULL, 0, out);
}

static void
fill_countries(
    struct pool *pool, const struct rows *rows, struct outbound_rule *rule)
{
	rule->countries = NEW_ARRAY(pool, struct country, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		if ((uint64_t)rows_int(rows, i, 0) == rule->id &&
		    country_parse(rows_text(rows, i, 1),
			&rule->countries[rule->country_count]))
			rule->country_count++;
}

static void
fill_prefixes(
    struct pool *pool, const struct rows *rows, struct outbound_rule *rule)
{
	rule->prefixes = NEW_ARRAY(pool, struct str, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		if ((uint64_t)rows_int(rows, i, 0) == rule->id)
			rule->prefixes[rule->prefix_count++] =
			    rows_text(rows, i, 1);
}

static void
fill_extensions(
    struct pool *pool, const struct rows *rows, struct outbound_rule *rule)
{
	rule->extensions = NEW_ARRAY(pool, uint64_t, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		if ((uint64_t)rows_int(rows, i, 0) == rule->id)
			rule->extensions[rule->extension_count++] =
			    (uint64_t)rows_int(rows, i, 1);
}

struct err *
rules_load(struct change *change, struct outbound_rules *rules)
{
	struct lists lists;
	struct rows *rows;

	TRY(read_list(change,
	    "SELECT id, priority FROM outbound_rules"
	    " WHERE deleted_at IS NULL AND status = 'active'",
	    &rows));
	TRY(read_list(change,
	    "SELECT outbound_rule_id, country FROM outbound_rule_countries",
	    &lists.countries));
	TRY(read_list(change,
	    "SELECT outbound_rule_id, prefix FROM outbound_rule_prefixes",
	    &lists.prefixes));
	TRY(read_list(change,
	    "SELECT outbound_rule_id, extension_id"
	    " FROM outbound_rule_extensions",
	    &lists.extensions));
	rules->count = rows->count;
	rules->rules =
	    NEW_ARRAY(change->pool, struct outbound_rule, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct outbound_rule *rule = &rules->rules[i];

		rule->id = (uint64_t)rows_int(rows, i, 0);
		rule->priority = (int)rows_int(rows, i, 1);
		fill_countries(change->pool, lists.countries, rule);
		fill_prefixes(change->pool, lists.prefixes, rule);
		fill_extensions(change->pool, lists.extensions, rule);
	}
	return NULL;
}
