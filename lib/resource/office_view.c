/* Who sees what of an office, and what changed in it. */
#include "call_record.h"
#include "office.h"

bool
office_owns(
    const struct office *office, const struct who *who, uint64_t extension)
{
	const struct office_extension *list = office->extensions.rows;

	if (role_in(who->role, ADMINS))
		return true;
	if (extension == 0 || who->user == 0)
		return false;
	for (size_t i = 0; i < office->extensions.count; i++)
		if (list[i].id == extension)
			return list[i].user == who->user;
	return false;
}

/* Whoever may see live calls may know that somebody needs help. */
bool
office_may_hear(const struct office *office, const struct who *who,
    struct str event, const uint64_t *extensions, size_t count)
{
	if (role_in(who->role, ADMINS) ||
	    (str_is(event, "emergency") && role_in(who->role, AGENTS)))
		return true;
	for (size_t i = 0; i < count; i++)
		if (office_owns(office, who, extensions[i]))
			return true;
	return false;
}

static bool
sees_call(const struct office *office, const struct who *who,
    const struct call_record *call)
{
	uint64_t ids[CALL_OF_MOST];
	size_t count = call_of(call, ids);

	for (size_t i = 0; i < count; i++)
		if (office_owns(office, who, ids[i]))
			return true;
	return role_in(who->role, ADMINS);
}

void
office_view(struct pool *pool, const struct office *office,
    const struct who *who, struct office *out)
{
	const struct call_record *living = office->calls.rows;
	const struct office_person *people = office->people.rows;
	const struct office_notice *told = office->notices.rows;
	struct call_record *own =
	    NEW_ARRAY(pool, struct call_record, office->calls.count + 1);
	struct office_person *known =
	    NEW_ARRAY(pool, struct office_person, office->people.count + 1);
	struct office_notice *heard =
	    NEW_ARRAY(pool, struct office_notice, office->notices.count + 1);

	*out = *office;
	out->calls = (struct children){0, own};
	for (size_t i = 0; i < office->calls.count; i++)
		if (sees_call(office, who, &living[i]))
			own[out->calls.count++] = living[i];
	out->people = (struct children){0, known};
	for (size_t i = 0; i < office->people.count; i++)
		if (role_in(who->role, AGENTS) || people[i].id == who->user)
			known[out->people.count++] = people[i];
	out->notices = (struct children){0, heard};
	for (size_t i = 0; i < office->notices.count; i++)
		if (office_may_hear(
			office, who, told[i].event, told[i].extensions, 2))
			heard[out->notices.count++] = told[i];
}

/* Both lists are sorted by id. */
static void
compare_extensions(struct pool *pool, const struct office *before,
    const struct office *now, struct office *changes)
{
	const struct office_extension *a = before->extensions.rows;
	const struct office_extension *b = now->extensions.rows;
	struct office_extension *list = NEW_ARRAY(pool, struct office_extension,
	    before->extensions.count + now->extensions.count + 1);
	size_t i = 0, j = 0, n = 0;

	while (i < before->extensions.count || j < now->extensions.count) {
		bool old = i < before->extensions.count &&
			   (j == now->extensions.count || a[i].id < b[j].id);
		bool new = !old &&
			   (i == before->extensions.count || b[j].id < a[i].id);

		if (old) {
			list[n] = a[i++];
			list[n++].presence = PRESENCE_NONE;
			continue;
		}
		if (new || a[i].presence != b[j].presence ||
		    !str_equal(a[i].name, b[j].name) ||
		    !str_equal(a[i].number, b[j].number))
			list[n++] = b[j];
		i += new ? 0 : 1;
		j++;
	}
	changes->extensions = (struct children){n, list};
}

static void
compare_people(struct pool *pool, const struct office *before,
    const struct office *now, struct office *changes)
{
	const struct office_person *a = before->people.rows;
	const struct office_person *b = now->people.rows;
	struct office_person *list = NEW_ARRAY(pool, struct office_person,
	    before->people.count + now->people.count + 1);
	size_t i = 0, j = 0, n = 0;

	while (i < before->people.count || j < now->people.count) {
		if (i < before->people.count &&
		    (j == now->people.count || a[i].id < b[j].id)) {
			list[n] = a[i++];
			list[n++].presence = SIGNED_OUT;
		} else if (i == before->people.count || b[j].id < a[i].id) {
			list[n++] = b[j++];
		} else {
			if (a[i].presence != b[j].presence)
				list[n++] = b[j];
			i++;
			j++;
		}
	}
	changes->people = (struct children){n, list};
}

bool
office_compare(struct pool *pool, const struct office *before,
    const struct office *now, struct office *changes)
{
	*changes = (struct office){.source = now->source};
	compare_extensions(pool, before, now, changes);
	compare_people(pool, before, now, changes);
	return changes->extensions.count + changes->people.count > 0;
}
