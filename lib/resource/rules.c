#include "rules.h"

/* How many pieces a list with commas has. */
static size_t
count_of(struct str list)
{
	size_t n = list.n > 0 ? 1 : 0;

	for (size_t i = 0; i < list.n; i++)
		n += list.p[i] == ',';
	return n;
}

static void
fill_rule(struct pool *pool, struct outbound_rule *rule, struct str countries,
    struct str prefixes, struct str extensions)
{
	struct str piece;
	int64_t id;

	rule->countries =
	    NEW_ARRAY(pool, struct country, count_of(countries) + 1);
	while (str_next(&countries, ',', &piece))
		if (country_parse(piece, &rule->countries[rule->country_count]))
			rule->country_count++;
	rule->prefixes = NEW_ARRAY(pool, struct str, count_of(prefixes) + 1);
	while (str_next(&prefixes, ',', &piece))
		rule->prefixes[rule->prefix_count++] = piece;
	rule->extensions = NEW_ARRAY(pool, uint64_t, count_of(extensions) + 1);
	while (str_next(&extensions, ',', &piece))
		if (str_to_int(piece, 1, INT64_MAX, &id))
			rule->extensions[rule->extension_count++] =
			    (uint64_t)id;
}

struct err *
rules_load(struct change *change, struct outbound_rules *rules)
{
	struct rows *rows;

	TRY(db_query(change->db,
	    "SELECT r.id, r.priority,"
	    " (SELECT GROUP_CONCAT(c.country) FROM outbound_rule_countries c"
	    "  WHERE c.outbound_rule_id = r.id),"
	    " (SELECT GROUP_CONCAT(p.prefix) FROM outbound_rule_prefixes p"
	    "  WHERE p.outbound_rule_id = r.id),"
	    " (SELECT GROUP_CONCAT(e.extension_id)"
	    "  FROM outbound_rule_extensions e"
	    "  WHERE e.outbound_rule_id = r.id)"
	    " FROM outbound_rules r"
	    " WHERE r.deleted_at IS NULL AND r.status = 'active'",
	    NULL, 0, &rows));
	rules->count = rows->count;
	rules->rules =
	    NEW_ARRAY(change->pool, struct outbound_rule, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct outbound_rule *rule = &rules->rules[i];

		rule->id = (uint64_t)rows_int(rows, i, 0);
		rule->priority = (int)rows_int(rows, i, 1);
		fill_rule(change->pool, rule, rows_text(rows, i, 2),
		    rows_text(rows, i, 3), rows_text(rows, i, 4));
	}
	return NULL;
}
