#include "did.h"

#include "check.h"
#include "instant.h"

enum { NUMBER_MOST = 40 };

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(did_record, number), .max = NUMBER_MOST,
	    .flags = REQUIRED | SORT | SEARCH | FILTER,
	    .help = "like +12125550100; cannot be changed later" },
	{ FIELD(did_record, name), .max = 100, .def = "",
	    .flags = SORT | SEARCH | FILTER },
	{ FIELD(did_record, target), .targets = ANY_TARGET, .flags = FILTER,
	    .help = "where calls to it go; none: the default target" },
	{ FIELD(did_record, status), .choices = statuses,
	    .flags = SORT | FILTER },
	{ FIELD(did_record, caller_name_prefix), .max = 32, .def = "",
	    .flags = SEARCH | UNLISTED,
	    .help = "shown before the caller's name" },
	{ FIELD(did_record, record), .flags = FILTER,
	    .help = "record calls to it" },
	{ FIELD_AS(did_record, announcement_prompt_id,
	    "announcement.prompt_id"), .refers = "prompts",
	    .flags = UNLISTED, .help = "played before a call is recorded" },
	{ FIELD_AS(did_record, announcement_text, "announcement.text"),
	    .max = 2000, .format = TEXT_LINES, .flags = UNLISTED,
	    .help = "spoken in place of a prompt" },
	{ FIELD(did_record, proved_at), .flags = READONLY | SORT,
	    .help = "none: waits for the first call from outside" },
};
/* clang-format on */

const struct record did_table = {
    .name = "did",
    .view = "dids",
    .order = "number",
    RECORD(did_record, fields),
};

static struct err *
check_number(struct change *change, const struct did_record *before,
    struct did_record *x)
{
	struct country country;
	struct number number;
	struct str path = STR("number");

	if (x->number.p == NULL || complained(&change->all, path))
		return NULL;
	TRY(find_country(change, &country));
	if (!number_dialled(x->number, country, &number)) {
		complain(&change->all, path,
		    "must be a telephone number, like +12125550100");
		return NULL;
	}
	x->number = pool_copy(change->pool, str_of(number.e164));
	/* What was proved is this number, not whatever the row says later. */
	if (before != NULL && !str_equal(x->number, before->number))
		complain(&change->all, path,
		    "cannot be changed; add the other number in its place");
	return NULL;
}

static struct err *
check_leads(struct change *change, struct did_record *x)
{
	TRY(check_target(change, "target", &x->target, 0));
	if (x->target.type == TARGET_EXTERNAL && x->number.p != NULL &&
	    str_equal(x->target.number, x->number))
		complain(&change->all, STR("target.number"),
		    "must not be the number itself");
	return NULL;
}

static struct err *
check_announcement(struct change *change, const struct did_record *x)
{
	if (x->announcement_prompt_id != 0 && x->announcement_text.p != NULL)
		complain(&change->all, STR("announcement.text"),
		    "stands in place of a prompt, not beside it");
	return check_prompt(
	    change, "announcement.prompt_id", x->announcement_prompt_id);
}

static struct err *take(struct change *change, const struct json *body,
    const void *before, void *object);

/*
 * Who shows the number, and who sends calls to it as to a number outside:
 * that resolves inside, and without the DID would be a call that costs.
 */
/* clang-format off */
static const char references[] =
    "SELECT 'organization', id, name FROM organizations"
    " WHERE ? IN (caller_id_did_id, emergency_did_id)"
    " UNION SELECT 'extension', id, name FROM extensions"
    " WHERE deleted_at IS NULL AND ? IN (caller_id_did_id, emergency_did_id)"
    " UNION SELECT 'outbound_rule', id, name FROM outbound_rules"
    " WHERE deleted_at IS NULL AND caller_id_did_id = ?"
    " UNION SELECT 'notification', n.id, n.name FROM notification_subjects s"
    " JOIN notifications n ON n.id = s.notification_id"
    " WHERE n.deleted_at IS NULL AND s.subject_type = 'did'"
    " AND s.subject_id = ?"
    " UNION SELECT 'did', x.id, x.number FROM dids x"
    " JOIN dids d ON d.number = x.target_number"
    " WHERE x.deleted_at IS NULL AND d.id = ?"
    " UNION SELECT 'extension', x.id, x.name FROM extensions x"
    " JOIN dids d ON d.number IN (x.target_number, x.always_number,"
    " x.busy_number, x.no_answer_number)"
    " WHERE x.deleted_at IS NULL AND d.id = ?"
    " UNION SELECT 'ring_group', g.id, g.name FROM ring_groups g"
    " JOIN dids d ON d.number = g.fallback_number"
    " WHERE g.deleted_at IS NULL AND d.id = ?"
    " UNION SELECT 'ivr_menu', m.id, m.name FROM ivr_menus m"
    " JOIN dids d ON d.number = m.timeout_number"
    " WHERE m.deleted_at IS NULL AND d.id = ?"
    " UNION SELECT 'ivr_menu', m.id, m.name FROM ivr_menu_options o"
    " JOIN ivr_menus m ON m.id = o.ivr_menu_id"
    " JOIN dids d ON d.number = o.target_number"
    " WHERE m.deleted_at IS NULL AND d.id = ?"
    " UNION SELECT 'business_hours', h.id, h.name FROM business_hours h"
    " JOIN dids d ON d.number IN (h.open_number, h.closed_number,"
    " h.exception_number)"
    " WHERE h.deleted_at IS NULL AND d.id = ?"
    " UNION SELECT 'settings', 0, 'default target' FROM settings s"
    " JOIN dids d ON d.number = s.default_number WHERE d.id = ?";
/* clang-format on */

const struct resource dids = {
    .name = "dids",
    .record = &did_table,
    .take = take,
    .references = references,
    .question = "What is a number?",
    .limit = "SELECT limit_dids, (SELECT COUNT(*) FROM dids"
	     " WHERE deleted_at IS NULL) FROM organizations",
};

/* Without a word of who it is. */
static struct err *
proved_elsewhere(struct change *change)
{
	struct complaints all = {change->pool, NULL, NULL};
	struct err *err = err_new(change->pool, CONFLICT,
	    "Another organization has proved this number.");

	complain(&all, STR("number"), "is proved by another organization");
	err->complaints = all.first;
	return err;
}

/* Whoever claims what is proved would wait for ever. */
static struct err *
check_free(struct change *change, const struct did_record *x)
{
	struct rows *rows;

	TRY(QUERY(change->db, "SELECT number_proved_elsewhere(?)", &rows,
	    TEXT(x->number)));
	return rows_int(rows, 0, 0) != 0 ? proved_elsewhere(change) : NULL;
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	struct did_record *x = object;

	resource_take(change, &dids, body, before, x);
	TRY(check_number(change, before, x));
	TRY(check_leads(change, x));
	TRY(check_announcement(change, x));
	return before == NULL && change->all.first == NULL
		   ? check_free(change, x)
		   : NULL;
}

struct err *
did_prove(struct change *change, uint64_t id)
{
	struct did_record before = {.record = false}, after;
	struct audit proved = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "prove",
	    .type = did_table.name,
	    .id = id};
	struct err *err;

	TRY(resource_load(change, &dids, id, LIVING, &before));
	if (before.proved_at.at != 0)
		return NULL;
	after = before;
	after.proved_at.at = after.row.updated_at.at = change->now;
	/* These columns alone: more voice may not write. */
	err = EXEC(change->db,
	    "UPDATE dids SET proved_at = ?, updated_at = ? WHERE id = ?", NULL,
	    instant_value(change->pool, change->now),
	    instant_value(change->pool, change->now), INT(id));
	if (err != NULL && err->code == VALIDATION_ERROR)
		return proved_elsewhere(change);
	TRY(err);
	proved.name = before.number;
	proved.before =
	    record_print(change->pool, &did_table, &before, SHOW_MASKED);
	proved.after =
	    record_print(change->pool, &did_table, &after, SHOW_MASKED);
	return audit_write(change->db, change->pool, &proved);
}

struct err *
did_assign(struct change *change, const struct json *body, uint64_t *id)
{
	struct err *err = change_begin(change);

	if (err == NULL)
		err = resource_insert(change, &dids, body, id);
	if (err == NULL)
		err = did_prove(change, *id);
	return change_end(change, err);
}
