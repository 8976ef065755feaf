/* Lists of organizations: the schema says which, each row is its tenant's. */
#include "organization.h"

enum { PATHS = 3 };

/* What is asked, as the routine takes it: NIL where nothing is. */
struct wanted {
	struct value living, search, status;
	struct value paths[PATHS], values[PATHS];
	struct value order[2];
};

/* "-name,id" as the two names that the routine takes. */
static void
split_order(const struct list *list, struct value order[2])
{
	struct str rest =
	    list->sort.n > 0 ? list->sort : str_of(organizations.record->order);
	struct str name;

	order[0] = order[1] = NIL;
	for (size_t i = 0; i < 2 && str_next(&rest, ',', &name); i++)
		order[i] = TEXT(name);
}

static struct wanted
wanted_by(struct pool *pool, const struct list *list)
{
	struct wanted wanted = {
	    .living = list->living == LIVING_OR_DELETED
			  ? NIL
			  : INT(list->living == LIVING),
	    .search = list->q.n > 0 ? TEXT(list_like(pool, list->q)) : NIL,
	    .status = NIL,
	};
	size_t n = 0;

	for (size_t i = 0; i < PATHS; i++)
		wanted.paths[i] = wanted.values[i] = NIL;
	for (size_t i = 0; i < list->filter_count; i++) {
		const struct filter *filter = &list->filters[i];

		if (strcmp(filter->column, "status") == 0)
			wanted.status = filter->value;
		else if (strcmp(filter->column, "settings") == 0 && n < PATHS) {
			wanted.paths[n] = filter->path;
			wanted.values[n++] = filter->value;
		}
	}
	split_order(list, wanted.order);
	return wanted;
}

/* "total:3,5,9" */
static struct err *
find_ids(struct change *change, const struct list *list, struct str *found)
{
	struct wanted w = wanted_by(change->pool, list);
	struct rows *rows;
	struct err *err;

	TRY(db_begin(change->db, change->pool, DB_READ, 0));
	err = QUERY(change->db,
	    "SELECT organization_page(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    &rows, w.living, w.search, w.status, w.paths[0], w.values[0],
	    w.paths[1], w.values[1], w.paths[2], w.values[2], w.order[0],
	    w.order[1], INT((list->page - 1) * list->per_page),
	    INT(list->per_page));
	db_rollback(change->db);
	TRY(err);
	*found = rows_text(rows, 0, 0);
	return NULL;
}

/* One that is gone meanwhile is left out. */
static struct err *
add(struct change *change, uint64_t id, struct page *page)
{
	struct change one = *change;
	struct err *err;

	one.organization = id;
	TRY(db_begin(change->db, change->pool, DB_READ, id));
	err = resource_load(&one, &organizations, id, LIVING_OR_DELETED,
	    page_at(organizations.record, page, page->count));
	db_rollback(change->db);
	if (err == NULL)
		page->count++;
	return err != NULL && err->code == NOT_FOUND ? NULL : err;
}

struct err *
organizations_read(
    struct change *change, const struct list *list, struct page *page)
{
	struct str ids, text;
	int64_t id;

	db_rollback(change->db);
	TRY(find_ids(change, list, &ids));
	*page = (struct page){.last_page = 1};
	str_next(&ids, ':', &text);
	str_to_int(text, 0, INT64_MAX, &page->total);
	if (page->total > 0)
		page->last_page =
		    (page->total + list->per_page - 1) / list->per_page;
	page->objects = pool_alloc(change->pool,
	    ((size_t)list->per_page + 1) * organizations.record->size);
	while (str_next(&ids, ',', &text))
		if (str_to_int(text, 1, INT64_MAX, &id))
			TRY(add(change, (uint64_t)id, page));
	return NULL;
}
