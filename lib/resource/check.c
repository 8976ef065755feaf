#include "check.h"

#include "outbound.h"
#include "rules.h"

void
forbid(struct change *change, struct str field, const char *text)
{
	complain(&change->all, field, "%s", text);
	change->forbidden = true;
}

struct err *
forbidden(struct change *change)
{
	struct err *err;

	if (!change->forbidden)
		return NULL;
	err =
	    err_new(change->pool, FORBIDDEN, "Your role does not allow this.");
	err->complaints = change->all.first;
	return err;
}

struct err *
find_country(struct change *change, struct country *country)
{
	struct rows *rows;

	*country = (struct country){""};
	TRY(db_query(
	    change->db, "SELECT country FROM organizations", NULL, 0, &rows));
	if (rows->count > 0)
		country_parse(rows_text(rows, 0, 0), country);
	return NULL;
}

/* The texts of a JSON array that a setting holds. */
static struct err *
read_setting(struct change *change, const char *sql, const struct json **array)
{
	struct rows *rows;

	*array = NULL;
	TRY(db_query(change->db, sql, NULL, 0, &rows));
	if (rows->count == 0 || rows_text(rows, 0, 0).n == 0)
		return NULL;
	return json_parse(change->pool, rows_text(rows, 0, 0), array);
}

struct err *
find_emergency(struct change *change, struct str number, bool *emergency)
{
	const struct json *own;
	struct country country;

	TRY(find_country(change, &country));
	*emergency = number_is_emergency(number, country);
	TRY(read_setting(
	    change, "SELECT emergency_numbers FROM settings", &own));
	for (size_t i = 0; i < json_count(own); i++)
		if (str_equal(json_text(json_at(own, i)), number))
			*emergency = true;
	return NULL;
}

struct err *
check_own_did(struct change *change, const char *path, struct own_did *did)
{
	struct rows *rows;

	if (did->number.p == NULL || complained(&change->all, str_of(path)))
		return NULL;
	TRY(QUERY(change->db,
	    "SELECT id, status = 'active', proved_at IS NOT NULL FROM dids"
	    " WHERE number = ? AND deleted_at IS NULL",
	    &rows, TEXT(did->number)));
	if (rows->count == 0)
		complain(&change->all, str_of(path), "is no number of yours");
	else if (rows_int(rows, 0, 1) == 0)
		complain(&change->all, str_of(path),
		    "is a number that is not active");
	else if (rows_int(rows, 0, 2) == 0)
		complain(&change->all, str_of(path),
		    "is a number that is not proved yet");
	else
		did->id = (uint64_t)rows_int(rows, 0, 0);
	return NULL;
}

static struct err *
check_exists(
    struct change *change, struct str path, const char *sql, uint64_t id)
{
	struct rows *rows;

	if (id == 0 || complained(&change->all, path))
		return NULL;
	TRY(QUERY(change->db, sql, &rows, INT(id)));
	if (rows->count == 0)
		complain(&change->all, path, "does not exist");
	return NULL;
}

struct err *
check_user(struct change *change, const char *path, uint64_t id)
{
	return check_exists(change, str_of(path),
	    "SELECT 1 FROM users WHERE id = ? AND deleted_at IS NULL", id);
}

struct err *
check_prompt(struct change *change, const char *path, uint64_t id)
{
	return check_exists(change, str_of(path),
	    "SELECT 1 FROM prompts WHERE id = ? AND deleted_at IS NULL", id);
}

static struct err *
check_inside(
    struct change *change, struct str path, const struct target *target)
{
	static const char *const queries[] = {
	    [TARGET_EXTENSION] = "SELECT 1 FROM extensions"
				 " WHERE id = ? AND deleted_at IS NULL",
	    [TARGET_RING_GROUP] = "SELECT 1 FROM ring_groups"
				  " WHERE id = ? AND deleted_at IS NULL",
	    [TARGET_IVR_MENU] = "SELECT 1 FROM ivr_menus"
				" WHERE id = ? AND deleted_at IS NULL",
	    [TARGET_BUSINESS_HOURS] = "SELECT 1 FROM business_hours"
				      " WHERE id = ? AND deleted_at IS NULL",
	    [TARGET_CONFERENCE_ROOM] = "SELECT 1 FROM conference_rooms"
				       " WHERE id = ? AND deleted_at IS NULL",
	    [TARGET_VOICEMAIL] = "SELECT 1 FROM extensions WHERE id = ?"
				 " AND deleted_at IS NULL AND type = 'user'",
	};

	return check_exists(change,
	    pool_printf(change->pool, "%.*s.id", PSTR(path)),
	    queries[target->type], target->id);
}

static struct err *
check_sip(struct change *change, struct str path, struct str uri)
{
	const struct json *hosts;
	struct str *list;

	TRY(read_setting(change, "SELECT sip_hosts FROM settings", &hosts));
	list = NEW_ARRAY(change->pool, struct str, json_count(hosts) + 1);
	for (size_t i = 0; i < json_count(hosts); i++)
		list[i] = json_text(json_at(hosts, i));
	if (!outbound_sip_allowed(uri, list, json_count(hosts)))
		complain(&change->all, path,
		    "is no sip: address of a host that the settings allow");
	return NULL;
}

static struct err *
is_own_did(struct change *change, struct str number, bool *own)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT 1 FROM dids WHERE number = ? AND deleted_at IS NULL"
	    " AND status = 'active' AND proved_at IS NOT NULL",
	    &rows, TEXT(number)));
	*own = rows->count > 0;
	return NULL;
}

static struct err *
check_external(struct change *change, struct str path, struct target *target,
    uint64_t extension)
{
	struct outbound_rules rules;
	struct country country;
	struct number number;
	bool emergency, own;

	if (str_equal_nocase(str_cut(target->number, 0, 4), STR("sip:")))
		return check_sip(change, path, target->number);
	TRY(find_emergency(change, target->number, &emergency));
	if (emergency) {
		complain(&change->all, path, "must not be an emergency number");
		return NULL;
	}
	TRY(find_country(change, &country));
	if (!number_dialled(target->number, country, &number)) {
		complain(&change->all, path,
		    "must be a telephone number or a sip: address");
		return NULL;
	}
	target->number = pool_copy(change->pool, str_of(number.e164));
	TRY(is_own_did(change, target->number, &own));
	if (own)
		return NULL;
	TRY(rules_load(change, &rules));
	if (outbound_choose(&rules, &number, extension, 0) == NULL)
		complain(&change->all, path, "is allowed by no outbound rule");
	return NULL;
}

struct err *
check_target(struct change *change, const char *path, struct target *target,
    uint64_t extension)
{
	struct str number = pool_printf(change->pool, "%s.number", path);

	switch (target->type) {
	case TARGET_NONE:
	case TARGET_HANGUP:
		return NULL;
	case TARGET_EXTERNAL:
		if (complained(&change->all, number))
			return NULL;
		return check_external(change, number, target, extension);
	case TARGET_EXTENSION:
	case TARGET_RING_GROUP:
	case TARGET_IVR_MENU:
	case TARGET_BUSINESS_HOURS:
	case TARGET_CONFERENCE_ROOM:
	case TARGET_VOICEMAIL:
		break;
	}
	return check_inside(change, str_of(path), target);
}

void
check_unused_field(struct change *change, const struct resource *resource,
    const void *object, const char *name, const char *type)
{
	const struct field *field =
	    record_field(resource->record, str_of(name));

	if (field->kind == FIELD_BOOL ? *(const bool *)field_in(field, object)
				      : !field_is_none(field, object))
		complain(&change->all, str_of(name),
		    "does not belong to an extension of type %s", type);
}
