#include "outbound_rule.h"

#include "check.h"

/* clang-format off */
static const struct field country_fields[] = {
	{ FIELD_AS(rule_country, country, ""), .max = 2, .flags = REQUIRED },
};
static const struct record country_record = {
	.name = "country", RECORD(rule_country, country_fields),
};
static const struct field prefix_fields[] = {
	{ FIELD_AS(rule_prefix, prefix, ""), .max = 16, .flags = REQUIRED },
};
static const struct record prefix_record = {
	.name = "prefix", RECORD(rule_prefix, prefix_fields),
};
static const struct field extension_fields[] = {
	{ FIELD_AS(rule_extension, extension_id, ""), .flags = REQUIRED,
	    .refers = "extensions", .help = "of type user or forward" },
};
static const struct record extension_record = {
	.name = "extension", RECORD(rule_extension, extension_fields),
};
static const struct field fields[] = {
	{ FIELD(outbound_rule_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(outbound_rule_record, countries), .of = &country_record,
	    .max = 250,
	    .help = "like US: its fixed, mobile and toll-free numbers" },
	{ FIELD(outbound_rule_record, prefixes), .of = &prefix_record,
	    .max = 250,
	    .help = "like +44207: every number that begins so" },
	{ FIELD(outbound_rule_record, trunk), .max = 64,
	    .flags = REQUIRED | SORT | SEARCH | FILTER,
	    .help = "its name at the carrier" },
	{ FIELD(outbound_rule_record, caller_id), .flags = UNLISTED,
	    .help = "one of your numbers, like +12125550100" },
	{ FIELD(outbound_rule_record, priority), .min = 1, .max = 65535,
	    .def = "100", .flags = REQUIRED | SORT,
	    .help = "1 is tried first" },
	{ FIELD(outbound_rule_record, extensions), .of = &extension_record,
	    .max = 500, .flags = UNLISTED,
	    .help = "none: it applies to all" },
	{ FIELD(outbound_rule_record, max_minutes), .min = 0, .max = 1440,
	    .def = "0", .flags = SORT,
	    .help = "a call may last; 0: no limit" },
	{ FIELD(outbound_rule_record, status), .choices = statuses,
	    .flags = SORT | FILTER },
};
/* clang-format on */

static const struct record record = {
    .name = "outbound_rule",
    .view = "outbound_rules",
    .order = "priority",
    RECORD(outbound_rule_record, fields),
};

static struct str
path_of(struct change *change, const char *list, size_t i)
{
	return pool_printf(change->pool, "%s.%zu", list, i);
}

static void
check_countries(struct change *change, struct outbound_rule_record *rule)
{
	struct rule_country *list = rule->countries.rows;

	for (size_t i = 0; i < rule->countries.count; i++) {
		struct str path = path_of(change, "countries", i);
		struct country country;

		if (list[i].country.p == NULL)
			continue;
		if (!country_parse(list[i].country, &country)) {
			complain(&change->all, path,
			    "must be a country's code, like US");
			continue;
		}
		list[i].country = pool_copy(change->pool, str_of(country.code));
		for (size_t j = 0; j < i; j++)
			if (str_equal(list[j].country, list[i].country)) {
				complain(&change->all, path,
				    "is in the list already");
				break;
			}
	}
}

/* "+" and 1 to 15 digits, of which the first begins a calling code. */
static bool
is_prefix(struct str text)
{
	struct str digits = str_cut(text, 1, text.n);

	return str_starts(text, STR("+")) && str_is_digits(digits) &&
	       digits.n <= 15 && digits.p[0] != '0';
}

static void
check_prefixes(struct change *change, const struct outbound_rule_record *rule)
{
	const struct rule_prefix *list = rule->prefixes.rows;

	for (size_t i = 0; i < rule->prefixes.count; i++) {
		struct str path = path_of(change, "prefixes", i);

		if (list[i].prefix.p == NULL)
			continue;
		if (!is_prefix(list[i].prefix)) {
			complain(&change->all, path,
			    "must be how numbers begin, like +44207");
			continue;
		}
		for (size_t j = 0; j < i; j++)
			if (str_equal(list[j].prefix, list[i].prefix)) {
				complain(&change->all, path,
				    "is in the list already");
				break;
			}
	}
}

static struct err *
check_extension(struct change *change, uint64_t id, struct str path)
{
	struct rows *rows;
	struct str type;

	TRY(QUERY(change->db,
	    "SELECT type FROM extensions WHERE id = ? AND deleted_at IS NULL",
	    &rows, INT(id)));
	type = rows->count > 0 ? rows_text(rows, 0, 0) : NO_STR;
	if (rows->count == 0)
		complain(&change->all, path, "does not exist");
	else if (!str_is(type, "user") && !str_is(type, "forward"))
		complain(&change->all, path,
		    "must be an extension of type user or forward");
	return NULL;
}

static struct err *
check_extensions(struct change *change, struct outbound_rule_record *rule)
{
	struct rule_extension *list = rule->extensions.rows;

	for (size_t i = 0; i < rule->extensions.count; i++) {
		struct str path =
		    pool_printf(change->pool, "extensions.%zu", i);

		if (list[i].extension_id == 0)
			continue;
		TRY(check_extension(change, list[i].extension_id, path));
		for (size_t j = 0; j < i; j++)
			if (list[j].extension_id == list[i].extension_id) {
				complain(&change->all, path,
				    "is in the list already");
				break;
			}
	}
	return NULL;
}

static void
check_numbers(struct change *change, const struct outbound_rule_record *rule)
{
	struct complaints *all = &change->all;

	if (rule->countries.count == 0 && rule->prefixes.count == 0 &&
	    !complained_in(all, STR("countries")) &&
	    !complained_in(all, STR("prefixes")))
		complain(all, STR("countries"), "is required, or prefixes");
	/* The carrier reads a comma as one trunk more. */
	if (str_find(rule->trunk, ',') >= 0)
		complain(all, STR("trunk"), "must be one trunk's name");
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	struct outbound_rule_record *rule = object;

	resource_take(change, &outbound_rules, body, before, rule);
	check_countries(change, rule);
	check_prefixes(change, rule);
	check_numbers(change, rule);
	TRY(check_extensions(change, rule));
	return check_own_did(change, "caller_id", &rule->caller_id);
}

static struct err *
load_countries(struct change *change, struct outbound_rule_record *rule)
{
	struct rule_country *list;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT country FROM outbound_rule_countries"
	    " WHERE outbound_rule_id = ? ORDER BY country",
	    &rows, INT(rule->row.id)));
	list = NEW_ARRAY(change->pool, struct rule_country, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		list[i].country = rows_text(rows, i, 0);
	rule->countries = (struct children){rows->count, list};
	return NULL;
}

static struct err *
load_prefixes(struct change *change, struct outbound_rule_record *rule)
{
	struct rule_prefix *list;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT prefix FROM outbound_rule_prefixes"
	    " WHERE outbound_rule_id = ? ORDER BY prefix",
	    &rows, INT(rule->row.id)));
	list = NEW_ARRAY(change->pool, struct rule_prefix, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		list[i].prefix = rows_text(rows, i, 0);
	rule->prefixes = (struct children){rows->count, list};
	return NULL;
}

static struct err *
load_extensions(struct change *change, struct outbound_rule_record *rule)
{
	struct rule_extension *list;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT e.extension_id"
	    " FROM outbound_rule_extensions e JOIN extensions x"
	    " ON x.id = e.extension_id WHERE e.outbound_rule_id = ?"
	    " ORDER BY x.number, x.id",
	    &rows, INT(rule->row.id)));
	list = NEW_ARRAY(change->pool, struct rule_extension, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		list[i].extension_id = (uint64_t)rows_int(rows, i, 0);
	rule->extensions = (struct children){rows->count, list};
	return NULL;
}

static struct err *
load(struct change *change, void *object)
{
	TRY(load_countries(change, object));
	TRY(load_prefixes(change, object));
	return load_extensions(change, object);
}

static struct err *
save_list(struct change *change, const struct outbound_rule_record *rule,
    const char *insert, struct value value)
{
	return EXEC(change->db, insert, NULL, INT(change->organization),
	    INT(rule->row.id), value);
}

static struct err *
save(struct change *change, const void *object)
{
	static const char *const empty[] = {
	    "DELETE FROM outbound_rule_countries WHERE outbound_rule_id = ?",
	    "DELETE FROM outbound_rule_prefixes WHERE outbound_rule_id = ?",
	    "DELETE FROM outbound_rule_extensions WHERE outbound_rule_id = ?"};
	const struct outbound_rule_record *rule = object;
	const struct rule_country *countries = rule->countries.rows;
	const struct rule_prefix *prefixes = rule->prefixes.rows;
	const struct rule_extension *extensions = rule->extensions.rows;

	for (size_t i = 0; i < 3; i++)
		TRY(EXEC(change->db, empty[i], NULL, INT(rule->row.id)));
	for (size_t i = 0; i < rule->countries.count; i++)
		TRY(save_list(change, rule,
		    "INSERT INTO outbound_rule_countries (organization_id,"
		    " outbound_rule_id, country) VALUES (?, ?, ?)",
		    TEXT(countries[i].country)));
	for (size_t i = 0; i < rule->prefixes.count; i++)
		TRY(save_list(change, rule,
		    "INSERT INTO outbound_rule_prefixes (organization_id,"
		    " outbound_rule_id, prefix) VALUES (?, ?, ?)",
		    TEXT(prefixes[i].prefix)));
	for (size_t i = 0; i < rule->extensions.count; i++)
		TRY(save_list(change, rule,
		    "INSERT INTO outbound_rule_extensions (organization_id,"
		    " outbound_rule_id, extension_id) VALUES (?, ?, ?)",
		    INT(extensions[i].extension_id)));
	return NULL;
}

const struct resource outbound_rules = {
    .name = "outbound-rules",
    .record = &record,
    .take = take,
    .load = load,
    .save = save,
    .question = "What is an outbound rule?",
    /* A call reads all of them. */
    .limit = "SELECT 1000, (SELECT COUNT(*) FROM outbound_rules"
	     " WHERE deleted_at IS NULL)",
};
