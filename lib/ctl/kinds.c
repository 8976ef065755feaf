#include "kinds.h"

#include <stdlib.h>

#include "blocked_caller.h"
#include "business_hours.h"
#include "conference_room.h"
#include "did.h"
#include "extension.h"
#include "ivr_menu.h"
#include "notification.h"
#include "organization.h"
#include "outbound_rule.h"
#include "prompt.h"
#include "ring_group.h"
#include "settings.h"
#include "user.h"

#define BY(column, view)                   \
	"SELECT id, " column " FROM " view \
	" WHERE deleted_at IS NULL ORDER BY CAST(" column " AS BINARY)"

/* Whose the installation is, who is suspended: not configuration. */
static const char *const apart_of_organization[] = {
    "slug", "domain", "domain_uuid", "status", NULL};

const struct kind kinds[] = {
    {.resource = &users,
	.key = "email",
	.sql = BY("email", "users"),
	.stays = true},
    {.resource = &prompts, .key = "name", .sql = BY("name", "prompts")},
    {.resource = &conference_rooms,
	.key = "name",
	.sql = BY("name", "conference_rooms")},
    {.resource = &dids, .key = "number", .sql = BY("number", "dids")},
    /* In the order in which they are asked. */
    {.resource = &outbound_rules,
	.key = "name",
	.sql = "SELECT id, name FROM outbound_rules WHERE deleted_at IS NULL"
	       " ORDER BY priority, id"},
    {.resource = &extensions,
	.key = "number",
	.sql = BY("number", "extensions")},
    {.resource = &ring_groups, .key = "name", .sql = BY("name", "ring_groups")},
    {.resource = &ivr_menus, .key = "name", .sql = BY("name", "ivr_menus")},
    {.resource = &business_hours,
	.key = "name",
	.sql = BY("name", "business_hours")},
    {.resource = &blocked_callers,
	.key = "number",
	.star = "prefix",
	.sql = BY("CONCAT(pattern, IF(prefix, '*', ''))", "blocked_callers")},
    {.resource = &notifications,
	.key = "name",
	.sql = BY("name", "notifications")},
    {.resource = &settings, .stays = true},
    {.resource = &organizations, .apart = apart_of_organization, .stays = true},
    {.resource = NULL},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct name {
	struct str key;
	uint64_t id;
};

struct list_of_names {
	struct name *names; /* in the kind's order; new ones at the end */
	struct name *by_key, *by_id; /* sorted copies */
	size_t count, room;
	bool sorted;
};

struct left_out {
	struct left_out *next;
	struct str number;
};

struct names {
	struct pool *pool;
	struct left_out *left_out;
	struct list_of_names *lists; /* one for each kind */
};

const struct kind *
kind_of(struct str type)
{
	for (const struct kind *kind = kinds; kind->resource != NULL; kind++)
		if (str_is(type, kind->resource->record->name))
			return kind;
	return NULL;
}

const struct kind *
kind_of_responder(const char *responder)
{
	for (const struct kind *kind = kinds; kind->resource != NULL; kind++)
		if (responder != NULL &&
		    strcmp(responder, kind->resource->name) == 0)
			return kind;
	return NULL;
}

static struct list_of_names *
list_of(const struct names *names, const struct kind *kind)
{
	return &names->lists[kind - kinds];
}

static int
compare_keys(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return str_compare(x->key, y->key);
}

static int
compare_ids(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Sorts what was added since; imports add all before they look up. */
static void
sort(const struct names *names, struct list_of_names *list)
{
	if (list->sorted)
		return;
	list->by_key = NEW_ARRAY(names->pool, struct name, list->count + 1);
	list->by_id = NEW_ARRAY(names->pool, struct name, list->count + 1);
	for (size_t i = 0; i < list->count; i++)
		list->by_key[i] = list->by_id[i] = list->names[i];
	qsort(list->by_key, list->count, sizeof *list->by_key, compare_keys);
	qsort(list->by_id, list->count, sizeof *list->by_id, compare_ids);
	list->sorted = true;
}

void
names_add(
    struct names *names, const struct kind *kind, struct str key, uint64_t id)
{
	struct list_of_names *list = list_of(names, kind);

	GROW(names->pool, list->names, list->count, list->room);
	list->names[list->count++] = (struct name){key, id};
	list->sorted = false;
}

struct err *
names_load(struct change *change, struct names **out)
{
	struct names *names = NEW(change->pool, struct names);

	names->pool = change->pool;
	names->lists = NEW_ARRAY(change->pool, struct list_of_names, KINDS);
	for (const struct kind *kind = kinds; kind->resource != NULL; kind++) {
		struct rows *rows;

		if (kind->sql == NULL) {
			names_add(names, kind, NO_STR, change->organization);
			continue;
		}
		TRY(db_query(change->db, kind->sql, NULL, 0, &rows));
		for (size_t i = 0; i < rows->count; i++)
			names_add(names, kind, rows_text(rows, i, 1),
			    (uint64_t)rows_int(rows, i, 0));
	}
	*out = names;
	return NULL;
}

uint64_t
names_id(const struct names *names, const struct kind *kind, struct str key)
{
	struct list_of_names *list = list_of(names, kind);
	struct name wanted = {key, 0};
	const struct name *found;

	sort(names, list);
	found = bsearch(&wanted, list->by_key, list->count,
	    sizeof *list->by_key, compare_keys);
	return found != NULL ? found->id : 0;
}

struct str
names_key(const struct names *names, const struct kind *kind, uint64_t id)
{
	struct list_of_names *list = list_of(names, kind);
	struct name wanted = {NO_STR, id};
	const struct name *found;

	sort(names, list);
	found = bsearch(&wanted, list->by_id, list->count, sizeof *list->by_id,
	    compare_ids);
	return found != NULL ? found->key : NO_STR;
}

bool
names_at(const struct names *names, const struct kind *kind, size_t i,
    struct str *key, uint64_t *id)
{
	const struct list_of_names *list = list_of(names, kind);

	if (i >= list->count)
		return false;
	*key = list->names[i].key;
	*id = list->names[i].id;
	return true;
}

void
names_forget(struct names *names, const struct kind *kind, size_t i)
{
	struct list_of_names *list = list_of(names, kind);

	list->names[i].id = 0;
	list->sorted = false;
}

void
names_leave_out(struct names *names, struct str number)
{
	struct left_out *one = NEW(names->pool, struct left_out);

	*one = (struct left_out){names->left_out, number};
	names->left_out = one;
}

bool
names_is_left_out(const struct names *names, struct str number)
{
	for (const struct left_out *one = names->left_out; one != NULL;
	     one = one->next)
		if (str_equal(one->number, number))
			return true;
	return false;
}
