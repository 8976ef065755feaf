/* A page of a list, and how many rows there are in all. */
#include "list.h"

#include <assert.h>

#include "milestone.h"

/* A list of no more rows is read without milestones. */
enum { SHORT = 1000, VALUES = 64 + 16 };

struct question {
	const struct store *store;
	const struct record *record;
	const struct list *list;
	/* Its table is counted, so that `living` tells what is deleted. */
	bool counted;
	bool backwards; /* read from the other end */
	/* All of it that is looked at. */
	struct stretch stretch;
};

struct statement {
	struct buf sql;
	size_t count;
	struct value values[VALUES];
};

static void
bind(struct statement *s, struct value value)
{
	assert(s->count < VALUES);
	s->values[s->count++] = value;
}

static struct err *
run(const struct question *q, struct statement *s, struct rows **rows)
{
	return db_query(
	    q->store->db, buf_str(&s->sql).p, s->values, s->count, rows);
}

static void
add_living(const struct question *q, struct statement *s)
{
	enum living living = q->list->living;

	if (living == LIVING_OR_DELETED)
		return;
	if (q->counted)
		buf_add_text(&s->sql, living == LIVING ? " AND living = 1"
						       : " AND living IS NULL");
	else
		buf_add_text(&s->sql, living == LIVING
					  ? " AND deleted_at IS NULL"
					  : " AND deleted_at IS NOT NULL");
}

/*
 * The tenant is named although the view does so: its function would be called
 * for every row.
 */
static void
add_where(const struct question *q, struct statement *s)
{
	const struct list *list = q->list;

	buf_printf(
	    &s->sql, " FROM %s WHERE organization_id = ?", q->record->view);
	bind(s, INT(q->store->organization));
	add_living(q, s);
	buf_add_text(&s->sql, list->where);
	for (size_t i = 0; i < LIST_ONLY && list->only[i] != NULL; i++)
		buf_printf(&s->sql, " AND (%s)", list->only[i]);
	for (size_t i = 0; i < list->count; i++)
		bind(s, list->values[i]);
}

static bool
is_down(const struct question *q, const struct sort *sort)
{
	return sort->down != q->backwards;
}

/*
 * What is in the stretch: a few hundred rows of one index, which no other
 * index looks as good for.  An OR, which the index follows also where many
 * rows are alike.
 */
static void
add_stretch(const struct question *q, struct statement *s)
{
	const char *column = q->list->by[0].column;
	const struct milestone *ends[] = {q->stretch.from, q->stretch.to};

	for (size_t i = 0; i < 2; i++) {
		const struct milestone *end = ends[i];
		char than = i == 0 ? '>' : '<';
		const char *or_at = i == 0 ? "=" : "";

		if (end == NULL)
			continue;
		if (strcmp(column, "id") == 0) {
			buf_printf(&s->sql, " AND id %c%s ?", than, or_at);
			bind(s, INT(end->id));
			continue;
		}
		buf_printf(&s->sql, " AND (%s %c ? OR (%s = ? AND id %c%s ?))",
		    column, than, column, than, or_at);
		bind(s, TEXT(end->value));
		bind(s, TEXT(end->value));
		bind(s, INT(end->id));
	}
}

static void
add_order(const struct question *q, struct statement *s)
{
	const struct list *list = q->list;

	buf_add_text(&s->sql, " ORDER BY ");
	for (size_t i = 0; i < list->sorts; i++)
		buf_printf(&s->sql, "%s%s%s", i > 0 ? ", " : "",
		    list->by[i].column,
		    is_down(q, &list->by[i]) ? " DESC" : "");
}

static bool
is_filtered(const struct list *list)
{
	return *list->where != '\0' || list->only[0] != NULL;
}

static struct err *
count_rows(struct question *q, int64_t *total)
{
	struct statement s = {.sql = buf_new(q->store->pool, 512)};
	enum living living = q->list->living;
	struct rows *rows;

	TRY(QUERY(q->store->db,
	    "SELECT alive, dead FROM row_counts WHERE organization_id = ?"
	    " AND name = ?",
	    &rows, INT(q->store->organization), TEXT(str_of(q->record->view))));
	q->counted = rows->count > 0;
	if (q->counted && !is_filtered(q->list)) {
		*total = living == DELETED ? 0 : rows_int(rows, 0, 0);
		*total += living == LIVING ? 0 : rows_int(rows, 0, 1);
		return NULL;
	}
	buf_add_text(&s.sql, "SELECT COUNT(*)");
	add_where(q, &s);
	TRY(run(q, &s, &rows));
	*total = rows_int(rows, 0, 0);
	return NULL;
}

/* Finds the ids along an index, and only then the rows. */
static struct err *
read_rows(struct question *q, int64_t offset, int64_t count, struct rows **rows)
{
	struct statement s = {.sql = buf_new(q->store->pool, 2048)};

	buf_add_text(&s.sql, "SELECT ");
	record_columns(q->record, &s.sql);
	buf_add_text(&s.sql, " FROM (SELECT id AS page_id");
	add_where(q, &s);
	add_stretch(q, &s);
	add_order(q, &s);
	buf_printf(&s.sql,
	    " LIMIT ? OFFSET ?) page JOIN %s ON id = page_id"
	    " WHERE organization_id = ?",
	    q->record->view);
	bind(&s, INT(count));
	bind(&s, INT(offset));
	bind(&s, INT(q->store->organization));
	q->backwards = false;
	add_order(q, &s);
	return run(q, &s, rows);
}

/* Many rows that are all counted, sorted by one column. */
static bool
may_have_milestones(const struct question *q, int64_t total)
{
	const struct list *list = q->list;

	return q->counted && total > SHORT && list->living == LIVING &&
	       !is_filtered(list) && list->by[0].whole &&
	       (list->sorts == 2 || strcmp(list->by[0].column, "id") == 0);
}

/* Where to read from: from a milestone upwards, or from the nearer end. */
static struct err *
find_place(struct question *q, int64_t total, int64_t *offset, int64_t count)
{
	const struct sort *by = &q->list->by[0];
	int64_t from_end = total - *offset - count;
	int64_t up = by->down ? from_end : *offset;

	if (may_have_milestones(q, total))
		TRY(stretch_find(q->store, q->record->view, by->column,
		    (struct wanted){up, up + count, total}, &q->stretch));
	if (q->stretch.from != NULL) {
		q->backwards = by->down;
		*offset = up - q->stretch.passed;
	} else if (*offset > total / 2) {
		q->backwards = true;
		*offset = from_end;
	}
	return NULL;
}

struct err *
list_read(const struct store *store, const struct record *record,
    const struct list *list, struct page *page)
{
	struct question q = {store, record, list, .counted = false};
	int64_t offset = (list->page - 1) * list->per_page;
	int64_t count = list->per_page;
	struct rows *rows;

	TRY(count_rows(&q, &page->total));
	page->last_page = (page->total + list->per_page - 1) / list->per_page;
	if (page->last_page == 0)
		page->last_page = 1;
	page->count = 0;
	page->objects = NULL;
	if (offset >= page->total)
		return NULL;
	if (count > page->total - offset)
		count = page->total - offset;
	TRY(find_place(&q, page->total, &offset, count));
	TRY(read_rows(&q, offset, count, &rows));
	page->count = rows->count;
	page->objects =
	    pool_alloc(store->pool, (rows->count + 1) * record->size);
	for (size_t i = 0; i < rows->count; i++)
		TRY(record_read(
		    store, record, rows, i, page_at(record, page, i)));
	return NULL;
}

void *
page_at(const struct record *record, const struct page *page, size_t i)
{
	return page->objects + i * record->size;
}
