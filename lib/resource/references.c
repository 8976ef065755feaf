#include "references.h"

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(reference, type), .flags = READONLY | REQUIRED },
	{ FIELD(reference, id), .flags = READONLY | REQUIRED },
	{ FIELD(reference, name), .flags = READONLY | REQUIRED },
};
/* clang-format on */

const struct record reference_record = {
    .name = "reference",
    RECORD(reference, fields),
};

enum { REFERENCES_MOST = 100, PARAMETERS_MOST = 64 };

#define LEADS(type, view, name, column)                               \
	"SELECT '" type "', id, " name " FROM " view                  \
	" WHERE deleted_at IS NULL AND " column "_id = ? AND " column \
	"_type IN (?, ?)"

/* Every place where a target stands: type, id and name of who leads there. */
static const char targets[] = LEADS(
    "extension", "extensions", "name", "target") " UNION " LEADS("extension",
    "extensions", "name", "always") " UNION " LEADS("extension", "extensions",
    "name", "busy") " UNION " LEADS("extension", "extensions", "name",
    "no_answer") " UNION " LEADS("did", "dids", "number",
    "target") " UNION " LEADS("ring_group", "ring_groups", "name",
    "fallback") " UNION " LEADS("ivr_menu", "ivr_menus", "name",
    "timeout") " UNION SELECT 'ivr_menu', m.id, m.name FROM ivr_menu_options o"
	       " JOIN ivr_menus m ON m.id = o.ivr_menu_id AND m.deleted_at IS "
	       "NULL"
	       " WHERE o.target_id = ? AND o.target_type IN (?, ?)"
	       " UNION " LEADS("business_hours", "business_hours", "name",
		   "open") " UNION " LEADS("business_hours", "business_hours",
		   "name", "closed") " UNION " LEADS("business_hours",
		   "business_hours", "name",
		   "exception") " UNION SELECT 'settings', 0, 'default target' "
				"FROM settings"
				" WHERE default_id = ? AND default_type IN (?, "
				"?)";

static size_t
count_parameters(const char *sql)
{
	size_t n = 0;

	for (; *sql != '\0'; sql++)
		n += *sql == '?';
	return n;
}

static bool
is_known(const struct reference *first, const struct reference *wanted)
{
	for (; first != NULL; first = first->next)
		if (first->id == wanted->id &&
		    str_equal(first->type, wanted->type))
			return true;
	return false;
}

static void
add_rows(struct change *change, const struct rows *rows, struct str own,
    uint64_t id, struct reference **first)
{
	struct reference **end = first;
	size_t count = 0;

	for (; *end != NULL; end = &(*end)->next)
		count++;
	for (size_t i = 0; i < rows->count && count < REFERENCES_MOST; i++) {
		struct reference found = {NULL, rows_text(rows, i, 0),
		    (uint64_t)rows_int(rows, i, 1), rows_text(rows, i, 2)};

		/* What leads to itself ends with itself. */
		if ((found.id == id && str_equal(found.type, own)) ||
		    is_known(*first, &found))
			continue;
		*end = NEW(change->pool, struct reference);
		**end = found;
		end = &(*end)->next;
		count++;
	}
}

/* Who leads to the object by a target of either type. */
static struct err *
find_targets(struct change *change, struct str type, struct str other,
    uint64_t id, struct reference **first)
{
	size_t count = count_parameters(targets);
	struct value values[PARAMETERS_MOST];
	struct rows *rows;

	for (size_t i = 0; i < count; i += 3) {
		values[i] = INT(id);
		values[i + 1] = TEXT(type);
		values[i + 2] = TEXT(other);
	}
	TRY(db_query(change->db, targets, values, count, &rows));
	add_rows(change, rows, type, id, first);
	return NULL;
}

struct err *
references_to_mailbox(
    struct change *change, uint64_t extension, struct reference **first)
{
	struct str type = str_of(target_type_name(TARGET_VOICEMAIL));

	*first = NULL;
	return find_targets(change, type, type, extension, first);
}

struct err *
references_find(struct change *change, const struct resource *resource,
    uint64_t id, struct reference **first)
{
	struct str own = str_of(resource->record->name);
	struct value values[PARAMETERS_MOST];
	enum target_type type;
	struct rows *rows;

	*first = NULL;
	/* A message in a mailbox is not the mailbox. */
	if (target_type_parse(own, &type) && type != TARGET_VOICEMAIL)
		/* A mailbox goes by its extension's id. */
		TRY(find_targets(change, own,
		    type == TARGET_EXTENSION ? STR("voicemail") : own, id,
		    first));
	if (resource->references != NULL) {
		size_t count = count_parameters(resource->references);

		for (size_t i = 0; i < count; i++)
			values[i] = INT(id);
		TRY(db_query(
		    change->db, resource->references, values, count, &rows));
		add_rows(change, rows, own, id, first);
	}
	return NULL;
}

struct err *
check_unused(
    struct change *change, const struct resource *resource, uint64_t id)
{
	struct reference *first;
	struct err *err;

	TRY(references_find(change, resource, id, &first));
	if (first == NULL)
		return NULL;
	err = err_new(change->pool, CONFLICT,
	    "It is still in use. Change what uses it first.");
	err->references = first;
	return err;
}
