#include "organization_fields.h"

#include "check.h"
#include "number.h"
#include "zone.h"

const char *const organization_statuses[] = {"active", "suspended", NULL};

static const struct field fields[] = {ORGANIZATION_FIELDS};

static const struct record record = {
    .name = "organization",
    .view = "organizations",
    .order = "name",
    RECORD(organization_record, fields),
};

/* What is stored as NULL when there is nothing. */
static struct str
lower(struct pool *pool, struct str text)
{
	return text.n > 0 ? pool_lower(pool, text) : NO_STR;
}

/* Letters and digits, and between them what `more` holds. */
static bool
is_name(struct str text, const char *more)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!plain && (i == 0 || i == text.n - 1 || c == '\0' ||
				  strchr(more, c) == NULL))
			return false;
	}
	return text.n > 0;
}

/* 8-4-4-4-12 hex digits, in small letters. */
static bool
is_uuid(struct str text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (text.n != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

		if (shape[i] == '-' ? c != '-' : !hex)
			return false;
	}
	return true;
}

static void
check_text(struct change *change, const char *name, struct str text, bool right,
    const char *wrong)
{
	if (text.p != NULL && !right && !complained(&change->all, str_of(name)))
		complain(&change->all, str_of(name), "%s", wrong);
}

void
organization_check(struct change *change, struct organization_record *x)
{
	struct country country;

	x->domain = lower(change->pool, x->domain);
	x->domain_uuid = lower(change->pool, x->domain_uuid);
	if (country_parse(x->country, &country))
		x->country = pool_copy(change->pool, str_of(country.code));
	else
		check_text(change, "country", x->country, false,
		    "must be a country code of two letters, like US");
	check_text(change, "timezone", x->timezone,
	    x->timezone.p != NULL && zone_load(x->timezone) != NULL,
	    "must be an IANA time zone, like America/New_York");
	check_text(change, "slug", x->slug, is_name(x->slug, "-"),
	    "must be small letters, digits and '-' between them");
	check_text(change, "domain", x->domain, is_name(x->domain, ".-_"),
	    "must be a domain, like acme.example.net");
	check_text(change, "domain_uuid", x->domain_uuid,
	    is_uuid(x->domain_uuid), "must be a UUID");
	/* The carrier reads a comma as one trunk more. */
	check_text(change, "emergency_trunk", x->emergency_trunk,
	    str_find(x->emergency_trunk, ',') < 0, "must be one trunk's name");
}

/* opbxctl is the operator's, too. */
static bool
is_operator(const struct change *change)
{
	return change->role == ROLE_OPERATOR ||
	       (change->actor.type != NULL &&
		   strcmp(change->actor.type, "system") == 0);
}

/* Fields that are the operator's business, as one list of names. */
static const char *const operators[] = {"slug", "country", "domain",
    "domain_uuid", "status", "limits.extensions", "limits.dids",
    "limits.concurrent_calls", "limits.storage_mb", "settings"};

const char *const organization_own[] = {
    "name", "timezone", "caller_id", "emergency_trunk", "emergency_did", NULL};

/* A tenant that replaces the rest does not mean these. */
static void
keep_operators(
    const struct organization_record *before, struct organization_record *x)
{
	struct organization_record own = *x;

	*x = *before;
	x->name = own.name;
	x->timezone = own.timezone;
	x->caller_id = own.caller_id;
	x->emergency_trunk = own.emergency_trunk;
	x->emergency = own.emergency;
}

static void
check_operators(struct change *change, const struct organization_record *before,
    const struct organization_record *x)
{
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		struct str name = str_of(operators[i]);

		if (!field_same(record_field(&record, name), before, x) &&
		    !complained(&change->all, name))
			complain(
			    &change->all, name, "is changed by the operator");
	}
}

/* Where a number calls for help, it can be nobody's extension. */
static struct err *
check_country(struct change *change, const struct organization_record *before,
    const struct organization_record *x)
{
	struct country country;
	struct rows *rows;

	if (str_equal(before->country, x->country) ||
	    !country_parse(x->country, &country))
		return NULL;
	TRY(QUERY(change->db,
	    "SELECT number FROM extensions WHERE organization_id = ?"
	    " AND living = 1 ORDER BY number",
	    &rows, INT(change->organization)));
	for (size_t i = 0; i < rows->count; i++) {
		struct str number = rows_text(rows, i, 0);

		if (number_is_emergency(number, country) &&
		    !complained(&change->all, STR("country")))
			complain(&change->all, STR("country"),
			    "is one where %.*s, an extension, calls for help",
			    PSTR(number));
	}
	return NULL;
}

/* Who was in signs in again when it is over. */
static struct err *
end_sessions(struct change *change)
{
	return EXEC(change->db,
	    "DELETE FROM sessions WHERE organization_id = ?", NULL,
	    INT(change->organization));
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	const struct organization_record *was = before;
	struct organization_record *x = object;

	if (!is_operator(change))
		keep_operators(was, x);
	resource_take(change, &organizations, body, before, x);
	organization_check(change, x);
	if (x->slug.p == NULL && !complained(&change->all, STR("slug")))
		complain(&change->all, STR("slug"), "is required");
	if (!is_operator(change))
		check_operators(change, was, x);
	TRY(check_country(change, was, x));
	TRY(check_own_did(change, "caller_id", &x->caller_id));
	TRY(check_own_did(change, "emergency_did", &x->emergency));
	if (change->all.first != NULL)
		return NULL;
	if (x->status == ORGANIZATION_SUSPENDED && was->status != x->status)
		TRY(end_sessions(change));
	if (!str_equal(was->domain, x->domain) ||
	    !str_equal(was->domain_uuid, x->domain_uuid))
		return change_for_all(change);
	return NULL;
}

const struct resource organizations = {
    .name = "organizations",
    .record = &record,
    .scope = SCOPE_TENANTS,
    .take = take,
    .read = organizations_read,
};

static struct err *
note(struct change *change, const char *action,
    const struct organization_record *before,
    const struct organization_record *after)
{
	struct audit audit = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = action,
	    .type = record.name,
	    .id = change->organization,
	    .name = after != NULL ? after->name : before->name};

	if (before != NULL)
		audit.before =
		    record_print(change->pool, &record, before, SHOW_MASKED);
	if (after != NULL)
		audit.after =
		    record_print(change->pool, &record, after, SHOW_MASKED);
	return audit_write(change->db, change->pool, &audit);
}

/* What it was, if the client's copy is not out of date. */
static struct err *
load(struct change *change, enum living living, struct organization_record *x)
{
	TRY(resource_load(
	    change, &organizations, change->organization, living, x));
	return check_match(change, &organizations, x);
}

static struct err *
suspend(struct change *change, enum organization_status status)
{
	struct organization_record before = {0}, after;

	TRY(load(change, LIVING, &before));
	if (before.status == status)
		return err_new(change->pool, CONFLICT,
		    status == ORGANIZATION_SUSPENDED
			? "It is suspended already."
			: "It is not suspended.");
	after = before;
	after.status = status;
	if (status == ORGANIZATION_SUSPENDED)
		TRY(end_sessions(change));
	TRY(EXEC(change->db, "UPDATE organizations SET status = ? WHERE id = ?",
	    NULL, TEXT(str_of(organization_statuses[status])),
	    INT(change->organization)));
	return note(change,
	    status == ORGANIZATION_SUSPENDED ? "suspend" : "resume", &before,
	    &after);
}

struct err *
organization_suspend(struct change *change, bool suspended)
{
	struct err *err = change_begin(change);

	if (err == NULL)
		err = suspend(change,
		    suspended ? ORGANIZATION_SUSPENDED : ORGANIZATION_ACTIVE);
	return change_end(change, err);
}

/* By a routine of the schema, which reaches what no account may. */
static struct err *
turn(struct change *change, enum living living, const char *sql,
    const char *action)
{
	struct organization_record x = {0};
	struct rows *rows;

	TRY(load(change, living, &x));
	TRY(db_query(change->db, sql, NULL, 0, &rows));
	TRY(change_for_all(change));
	if (living == LIVING)
		return note(change, action, &x, NULL);
	x.row.deleted_at.at = 0;
	return note(change, action, NULL, &x);
}

struct err *
organization_delete(struct change *change)
{
	struct err *err = change_begin(change);

	if (err == NULL)
		err = turn(
		    change, LIVING, "SELECT organization_delete()", "delete");
	return change_end(change, err);
}

struct err *
organization_restore(struct change *change)
{
	struct err *err = change_begin(change);

	if (err == NULL)
		err = turn(change, DELETED, "SELECT organization_restore()",
		    "restore");
	return change_end(change, err);
}

struct err *
organization_set_caller_id(struct change *change, uint64_t did)
{
	struct audit changed = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "update",
	    .type = "organization",
	    .id = change->organization,
	    .after = pool_printf(change->pool, "{\"caller_id_did_id\":%llu}",
		(unsigned long long)did)};

	TRY(EXEC(change->db,
	    "UPDATE organizations SET caller_id_did_id = ? WHERE id = ?", NULL,
	    INT(did), INT(change->organization)));
	return audit_write(change->db, change->pool, &changed);
}
