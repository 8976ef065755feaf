#include "ring_group.h"

#include "check.h"
#include "tenant_words.h"

/* clang-format off */
static const struct field member_fields[] = {
	{ FIELD(member_record, extension_id), .flags = REQUIRED,
	    .refers = "extensions", .help = "of type user" },
	{ FIELD(member_record, priority), .min = 0, .max = 999, .def = "0",
	    .help = "the lowest rings first" },
	{ FIELD(member_record, number), .flags = READONLY },
	{ FIELD(member_record, name), .flags = READONLY },
};
static const struct record member = {
	.name = "member", RECORD(member_record, member_fields),
};
static const struct field fields[] = {
	{ FIELD(ring_group_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(ring_group_record, strategy), .choices = tenant_strategies,
	    .flags = SORT | FILTER },
	{ FIELD(ring_group_record, ring_timeout), .min = 5, .max = 300,
	    .def = "30", .flags = REQUIRED | SORT, .help = "seconds" },
	{ FIELD(ring_group_record, turns), .min = 1, .max = 9, .def = "1",
	    .flags = REQUIRED | SORT,
	    .help = "how often all are tried, one after the other" },
	{ FIELD(ring_group_record, status), .choices = statuses,
	    .flags = SORT | FILTER },
	{ FIELD(ring_group_record, fallback), .targets = ANY_TARGET,
	    .flags = FILTER, .help = "when nobody answers" },
	{ FIELD(ring_group_record, members), .of = &member,
	    .min = 1, .max = 50 },
};
/* clang-format on */

static const struct record record = {
    .name = "ring_group",
    .view = "ring_groups",
    .order = "name",
    RECORD(ring_group_record, fields),
};

static const struct member_record *
members_of(const struct ring_group_record *group)
{
	return group->members.rows;
}

static void
check_twice(struct change *change, const struct ring_group_record *group,
    size_t i, struct str path)
{
	const struct member_record *members = members_of(group);

	for (size_t j = 0; j < i; j++)
		if (members[j].extension_id == members[i].extension_id) {
			complain(&change->all, path, "is a member already");
			return;
		}
}

static struct err *
check_members(struct change *change, const struct ring_group_record *group)
{
	const struct member_record *members = members_of(group);

	for (size_t i = 0; i < group->members.count; i++) {
		struct str path =
		    pool_printf(change->pool, "members.%zu.extension_id", i);
		struct rows *rows;

		if (members[i].extension_id == 0)
			continue;
		TRY(QUERY(change->db,
		    "SELECT type FROM extensions"
		    " WHERE id = ? AND deleted_at IS NULL",
		    &rows, INT(members[i].extension_id)));
		if (rows->count == 0)
			complain(&change->all, path, "does not exist");
		else if (!str_is(rows_text(rows, 0, 0), "user"))
			complain(&change->all, path,
			    "must be an extension of type user");
		check_twice(change, group, i, path);
	}
	return NULL;
}

static struct err *
check_fallback(struct change *change, struct ring_group_record *group)
{
	if (group->fallback.type == TARGET_RING_GROUP && group->row.id != 0 &&
	    group->fallback.id == group->row.id)
		complain(&change->all, STR("fallback.id"),
		    "must not be the group itself");
	return check_target(change, "fallback", &group->fallback, 0);
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	resource_take(change, &ring_groups, body, before, object);
	TRY(check_members(change, object));
	return check_fallback(change, object);
}

static struct err *
load(struct change *change, void *object)
{
	struct ring_group_record *group = object;
	struct member_record *members;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT m.extension_id, m.priority, x.number, x.name"
	    " FROM ring_group_members m JOIN extensions x"
	    " ON x.id = m.extension_id WHERE m.ring_group_id = ?"
	    " ORDER BY m.priority, x.number",
	    &rows, INT(group->row.id)));
	members =
	    NEW_ARRAY(change->pool, struct member_record, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		members[i].extension_id = (uint64_t)rows_int(rows, i, 0);
		members[i].priority = (int)rows_int(rows, i, 1);
		members[i].number = rows_text(rows, i, 2);
		members[i].name = rows_text(rows, i, 3);
	}
	group->members = (struct children){rows->count, members};
	return NULL;
}

static struct err *
save(struct change *change, const void *object)
{
	const struct ring_group_record *group = object;
	const struct member_record *members = members_of(group);

	TRY(EXEC(change->db,
	    "DELETE FROM ring_group_members WHERE ring_group_id = ?", NULL,
	    INT(group->row.id)));
	for (size_t i = 0; i < group->members.count; i++)
		TRY(EXEC(change->db,
		    "INSERT INTO ring_group_members (organization_id,"
		    " ring_group_id, extension_id, priority)"
		    " VALUES (?, ?, ?, ?)",
		    NULL, INT(change->organization), INT(group->row.id),
		    INT(members[i].extension_id), INT(members[i].priority)));
	return NULL;
}

const struct resource ring_groups = {
    .name = "ring-groups",
    .record = &record,
    .take = take,
    .load = load,
    .save = save,
    .question = "What is a ring group?",
    .references = "SELECT 'notification', n.id, n.name"
		  " FROM notification_subjects s"
		  " JOIN notifications n ON n.id = s.notification_id"
		  " WHERE n.deleted_at IS NULL"
		  " AND s.subject_type = 'ring_group' AND s.subject_id = ?",
};
