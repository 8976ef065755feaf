/* Lists of organizations: the schema says which, each row is its tenant's. */
#include "organization.h"

/* Where list_parse() put the values of ORGANIZATION_FIELDS. */
enum {
	OF_LIVING = 0,
	OF_SEARCH = 2,
	OF_STATUS = 6, /* behind q, and q for each of three fields */
	OF_SETTINGS = 8,
	VALUES = 17,
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

/* "total:3,5,9" */
static struct err *
find_ids(struct change *change, const struct list *list, struct str *found)
{
	const struct value *v = list->values;
	struct value order[2];
	struct rows *rows;
	struct err *err;

	split_order(list, order);
	TRY(db_begin(change->db, change->pool, DB_READ, 0));
	err = QUERY(change->db,
	    "SELECT organization_page(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    &rows, v[OF_LIVING], v[OF_SEARCH], v[OF_STATUS], v[OF_SETTINGS],
	    v[OF_SETTINGS + 2], v[OF_SETTINGS + 3], v[OF_SETTINGS + 5],
	    v[OF_SETTINGS + 6], v[OF_SETTINGS + 8], order[0], order[1],
	    INT((list->page - 1) * list->per_page), INT(list->per_page));
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

	if (list->count != VALUES)
		return err_internal(change->pool,
		    "the list of organizations has %zu values", list->count);
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
