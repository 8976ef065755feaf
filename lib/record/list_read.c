/* A page of a list, and how many rows there are in all. */
#include "list.h"

#include <assert.h>

#include "milestone.h"

/*
 * Rows passed over by one statement.  Where more are to be passed over, the
 * optimizer prefers to sort the whole tenant.
 */
enum { STEP = 1000, VALUES = 64 + 16 };

struct question {
	const struct store *store;
	const struct record *record;
	const struct list *list;
	/* Its table is counted, so that `living` tells what is deleted. */
	bool counted;
	/* Sorted by one column of an index, with nothing to look up. */
	bool smooth;
	bool backwards; /* read from the other end */
	/* Where a walk has come to. */
	bool begun;
	struct str value;
	int64_t id;
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
	/* A range, so that no other index has the order: cursor_list.h. */
	if (q->smooth)
		buf_add_text(&s->sql, " AND living >= 1 AND living <= 1");
	else if (q->counted)
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
 * Behind where the walk has come to.  An OR, which the index follows also
 * where many rows are alike.
 */
static void
add_place(const struct question *q, struct statement *s)
{
	const struct sort *by = &q->list->by[0];
	char than = is_down(q, by) ? '<' : '>';

	if (!q->begun)
		return;
	buf_printf(&s->sql, " AND (%s %c ? OR (%s = ? AND id %c ?))",
	    by->column, than, by->column, than);
	bind(s, TEXT(q->value));
	bind(s, TEXT(q->value));
	bind(s, INT(q->id));
}

static void
add_order(const struct question *q, struct statement *s)
{
	const struct list *list = q->list;

	buf_add_text(&s->sql, " ORDER BY ");
	if (q->smooth)
		buf_printf(&s->sql, "living%s, ",
		    is_down(q, &list->by[0]) ? " DESC" : "");
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

/* By their ids alone: a range of them, or other indexes look as good. */
static void
begin(struct question *q)
{
	q->begun = true;
	q->id = is_down(q, &q->list->by[0]) ? INT64_MAX : 0;
	q->value = pool_printf(q->store->pool, "%lld", (long long)q->id);
}

static void
go_to(struct question *q, struct str value, int64_t id)
{
	q->begun = true;
	q->value = value;
	q->id = id;
}

/*
 * Names the list for its milestones; absent where there are none: updated_at
 * may change with no change of configuration.
 */
static struct err *
name_walk(const struct question *q, int64_t total, struct str *name)
{
	const struct sort *by = &q->list->by[0];
	uint64_t organization = q->store->organization;
	struct rows *rows;

	*name = NO_STR;
	if (strcmp(by->column, "updated_at") == 0)
		return NULL;
	TRY(QUERY(
	    q->store->db, "SELECT generation_of(?)", &rows, INT(organization)));
	*name = pool_printf(q->store->pool, "%llu %lld %lld %s %s%s",
	    (unsigned long long)organization, (long long)rows_int(rows, 0, 0),
	    (long long)total, q->record->view, is_down(q, by) ? "-" : "",
	    by->column);
	return NULL;
}

/* As far as others have come in this process. */
static int64_t
take_lift(struct question *q, struct str name, int64_t steps)
{
	struct milestone milestone;

	for (; name.p != NULL && steps > 0; steps--)
		if (milestone_find(name, steps, &milestone)) {
			go_to(q,
			    pool_copy(q->store->pool,
				(struct str){milestone.value, milestone.n}),
			    milestone.id);
			return steps;
		}
	return 0;
}

static struct err *
take_step(struct question *q)
{
	struct statement s = {.sql = buf_new(q->store->pool, 512)};
	struct rows *rows;

	buf_printf(&s.sql, "SELECT %s, id", q->list->by[0].column);
	add_where(q, &s);
	add_place(q, &s);
	add_order(q, &s);
	buf_add_text(&s.sql, " LIMIT 1 OFFSET ?");
	bind(&s, INT(STEP - 1));
	TRY(run(q, &s, &rows));
	if (rows->count == 0)
		return err_internal(q->store->pool, "row_count of %s is wrong",
		    q->record->view);
	go_to(q, rows_text(rows, 0, 0), rows_int(rows, 0, 1));
	return NULL;
}

/* In steps; what is left of the offset is less than one. */
static struct err *
walk(struct question *q, int64_t total, int64_t *offset)
{
	int64_t steps = *offset / STEP, step;
	struct str name;

	if (steps == 0)
		return NULL;
	TRY(name_walk(q, total, &name));
	step = take_lift(q, name, steps);
	while (step < steps) {
		TRY(take_step(q));
		step++;
		if (name.p != NULL)
			milestone_keep(name, step, q->value, q->id);
	}
	*offset -= steps * STEP;
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
	add_place(q, &s);
	add_order(q, &s);
	buf_printf(&s.sql,
	    " LIMIT ? OFFSET ?) page JOIN %s ON id = page_id"
	    " WHERE organization_id = ?",
	    q->record->view);
	bind(&s, INT(count));
	bind(&s, INT(offset));
	bind(&s, INT(q->store->organization));
	q->backwards = q->smooth = false;
	add_order(q, &s);
	return run(q, &s, rows);
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
	q.smooth = q.counted && list->living == LIVING && !is_filtered(list) &&
		   list->by[0].whole &&
		   (list->sorts == 2 || strcmp(list->by[0].column, "id") == 0);
	if (offset > page->total / 2) {
		if (count > page->total - offset)
			count = page->total - offset;
		q.backwards = true;
		offset = page->total - offset - count;
	}
	if (q.smooth && strcmp(list->by[0].column, "id") == 0)
		begin(&q);
	if (q.smooth)
		TRY(walk(&q, page->total, &offset));
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
