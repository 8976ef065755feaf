#include "cursor_list.h"

#include <assert.h>
#include <stdlib.h>

#include "clock.h"
#include "instant.h"

/* MariaDB's first and last instant. */
const struct place place_first = {-62135596800000, 0};
const struct place place_last = {253402300799999, INT64_MAX};

enum {
	VALUES = 1 + 2 + 6 + 3 * CURSOR_TESTS + 1,
};

#define HOUR ((int64_t)3600 * 1000)
#define YEAR (HOUR * 24 * 365)
/* How far is looked at first and at most, before all is looked at. */
#define SPAN HOUR
#define SPAN_MOST (40 * YEAR)
#define SPAN_ALL (SPAN_MOST + 1)
/* 2026-01-01: nearly nothing is older, and nothing is of the future. */
#define BEGINNING ((int64_t)1767225600000)

struct statement_values {
	size_t count;
	struct value values[VALUES];
};

/* One row, and where it stands. */
struct found {
	struct place place;
	void *object;
};

void
cursor_way(struct cursor_list *list, const char *column, struct value value)
{
	assert(list->ways < CURSOR_WAYS);
	list->way[list->ways++] = (struct condition){column, value};
}

void
cursor_test(struct cursor_list *list, const char *sql, struct value value)
{
	assert(list->tests < CURSOR_TESTS);
	list->test[list->tests++] = (struct condition){sql, value};
}

static bool
is_wished(struct value value)
{
	return value.kind == VALUE_INT ||
	       (value.kind == VALUE_TEXT && value.text.p != NULL);
}

bool
cursor_go(struct cursor_list *list, const char *column, struct value *wish)
{
	if (!is_wished(*wish))
		return false;
	cursor_way(list, column, *wish);
	*wish = NIL;
	return true;
}

struct value
cursor_choice(const char *const *choices, unsigned choice)
{
	return choice == 0 ? NIL : TEXT(str_of(choices[choice]));
}

void
cursor_continue(struct cursor_list *list, struct place place)
{
	*(list->ascending ? &list->after : &list->before) = place;
}

static void
add(struct statement_values *values, struct value value)
{
	assert(values->count < VALUES);
	values->values[values->count++] = value;
}

static struct value
at_value(struct pool *pool, int64_t at)
{
	/* 0 is none to instant_value(). */
	return instant_value(pool, at == 0 ? 1 : at);
}

/*
 * The rows between two places along a way.  The tenant is named although the
 * view does so: its function would be called for every row.  A way is a range
 * of one value, not an equality, and stands in the order, so that no other
 * index can have that order.
 */
static void
add_range(const struct store *store, const struct cursor_list *list,
    const struct condition *way, struct buf *sql,
    struct statement_values *values)
{
	struct value before = at_value(store->pool, list->before.at);
	struct value after = at_value(store->pool, list->after.at);
	const char *at = list->at;

	buf_printf(sql, " FROM %s WHERE organization_id = ?", list->view);
	add(values, INT(store->organization));
	if (way != NULL) {
		buf_printf(sql, " AND %s >= ? AND %s <= ?", way->sql, way->sql);
		add(values, way->value);
		add(values, way->value);
	}
	buf_printf(sql,
	    " AND %s <= ? AND (%s < ? OR id < ?)"
	    " AND %s >= ? AND (%s > ? OR id > ?)",
	    at, at, at, at);
	add(values, before);
	add(values, before);
	add(values, INT(list->before.id));
	add(values, after);
	add(values, after);
	add(values, INT(list->after.id));
}

static void
add_tests(const struct cursor_list *list, struct buf *sql,
    struct statement_values *values)
{
	for (size_t i = 0; i < list->tests; i++) {
		const struct condition *test = &list->test[i];

		buf_printf(sql, " AND IF(? IS NULL, TRUE, %s)", test->sql);
		add(values, test->value);
		for (const char *p = test->sql; *p != '\0'; p++)
			if (*p == '?')
				add(values, test->value);
	}
}

static void
add_order(const struct cursor_list *list, const struct condition *way,
    struct buf *sql)
{
	const char *down = list->ascending ? "" : " DESC";

	buf_add_text(sql, " ORDER BY ");
	if (way != NULL)
		buf_printf(sql, "%s%s, ", way->sql, down);
	buf_printf(sql, "%s%s, id%s LIMIT ", list->at, down, down);
}

static bool
is_picky(const struct cursor_list *list)
{
	for (size_t i = 0; i < list->tests; i++)
		if (is_wished(list->test[i].value))
			return true;
	return false;
}

/* Negative when a comes before b in time. */
static int
compare(struct place a, struct place b)
{
	if (a.at != b.at)
		return a.at < b.at ? -1 : 1;
	return (a.id > b.id) - (a.id < b.id);
}

static size_t
way_count(const struct cursor_list *list)
{
	return list->ways > 0 ? list->ways : 1;
}

static const struct condition *
way_at(const struct cursor_list *list, size_t i)
{
	return list->ways > 0 ? &list->way[i] : NULL;
}

/*
 * Cuts off the part of a list that is within `span` of where it begins: *part
 * is that, *list what is left.  False when nothing much is left.
 */
static bool
cut(struct cursor_list *list, int64_t span, struct cursor_list *part)
{
	int64_t now = clock_now(), at;

	*part = *list;
	if (span > SPAN_MOST)
		return false;
	if (list->ascending) {
		at = list->after.at > BEGINNING ? list->after.at : BEGINNING;
		if (list->before.at <= at + span || at + span >= now)
			return false;
		part->before = list->after = (struct place){at + span, 0};
		return true;
	}
	at = list->before.at < now ? list->before.at : now;
	if (list->after.at >= at - span || at - span <= BEGINNING)
		return false;
	part->after = list->before = (struct place){at - span, 0};
	return true;
}

/* Where rows stand, for which the index is enough. */
static void
make_places(const struct store *store, const struct cursor_list *list,
    const struct condition *way, struct buf *sql,
    struct statement_values *values)
{
	buf_printf(sql, "SELECT %s, id", list->at);
	add_range(store, list, way, sql, values);
	add_order(list, way, sql);
	buf_add_char(sql, '?');
}

/* The same, and then the rows.  With tests the range is short. */
static void
make_rows(const struct store *store, const struct cursor_list *list,
    const struct condition *way, struct buf *sql,
    struct statement_values *values)
{
	buf_add_text(sql, "SELECT ");
	record_columns(list->record, sql);
	buf_add_text(sql, " FROM (SELECT id AS page_id");
	add_range(store, list, way, sql, values);
	if (is_picky(list))
		add_tests(list, sql, values);
	add_order(list, way, sql);
	buf_printf(sql, "?) page JOIN %s ON id = page_id", list->view);
}

enum what { PLACES, ROWS };

/* What was found, and how much more of each way is wanted. */
struct catch
{
	struct found *found;
	size_t count, most;
};

static struct err *
add_found(const struct store *store, const struct cursor_list *list,
    enum what what, const struct rows *rows, struct catch *catch)
{
	const struct record *record = list->record;
	const struct field *id = record_field(record, STR("id"));
	const struct field *at = record_field(record, str_of(list->at));

	for (size_t i = 0; i < rows->count; i++) {
		struct found *one = &catch->found[catch->count++];
		const struct instant *instant;

		if (what == PLACES) {
			one->place.at = instant_of(rows_text(rows, i, 0));
			one->place.id = (uint64_t)rows_int(rows, i, 1);
			continue;
		}
		one->object = pool_alloc(store->pool, record->size);
		TRY(record_read(store, record, rows, i, one->object));
		instant = field_in(at, one->object);
		one->place.at = instant->at;
		one->place.id = *(const uint64_t *)field_in(id, one->object);
	}
	return NULL;
}

/*
 * How many times as far is looked next: about twice as far as promises what is
 * wanted yet, if it is as dense as what was looked at last.
 */
static int64_t
further(size_t found, size_t wanted)
{
	size_t times = 2 * wanted / (found + 1);

	return times < 4 ? 4 : times > 64 ? 64 : (int64_t)times;
}

/*
 * Looks near the beginning first, and further until there are `most`.  A range
 * of many rows looks to the optimizer as good as all of the tenant's, and then
 * it may read those from the other end.  Where there are tests, it is known
 * already that the range is short.
 */
static struct err *
look(const struct store *store, const struct cursor_list *list,
    const struct condition *way, enum what what, struct catch *catch)
{
	struct cursor_list rest = *list, part;
	int64_t span = what == ROWS && is_picky(list) ? SPAN_ALL : SPAN;
	size_t found = 0, begun = catch->count;
	bool more = true;

	while (more && found < catch->most) {
		struct buf sql = buf_new(store->pool, 2048);
		struct statement_values values = {0};
		struct rows *rows;

		more = cut(&rest, span, &part);
		(what == PLACES ? make_places : make_rows)(
		    store, &part, way, &sql, &values);
		add(&values, INT(catch->most - found));
		TRY(db_query(store->db, buf_str(&sql).p, values.values,
		    values.count, &rows));
		TRY(add_found(store, list, what, rows, catch));
		found = catch->count - begun;
		span *= further(rows->count, catch->most - found);
	}
	return NULL;
}

/* The row, if there are so many, at which looking has to end. */
static struct err *
find_end(const struct store *store, const struct cursor_list *list,
    const struct condition *way, bool *found, struct place *end)
{
	struct catch catch = {NULL, 0, CURSOR_SCAN / way_count(list)};
	struct place place;

	catch.found = NEW_ARRAY(store->pool, struct found, catch.most);
	TRY(look(store, list, way, PLACES, &catch));
	if (catch.count < catch.most)
		return NULL;
	place = catch.found[catch.count - 1].place;
	if (!*found || (list->ascending ? compare(place, *end) < 0
					: compare(place, *end) > 0))
		*end = place;
	*found = true;
	return NULL;
}

static int
newest_first(const void *a, const void *b)
{
	return compare(
	    ((const struct found *)b)->place, ((const struct found *)a)->place);
}

static int
oldest_first(const void *a, const void *b)
{
	return newest_first(b, a);
}

/* Each row once, and no more than a page of them. */
static void
fill_page(const struct cursor_list *list, const struct found *found,
    size_t count, struct cursor_page *page)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare(found[i - 1].place, found[i].place) == 0)
			continue;
		if ((int64_t)page->count == list->per_page) {
			page->more = true;
			return;
		}
		page->objects[page->count++] = found[i].object;
		page->next = found[i].place;
	}
}

struct err *
cursor_read(const struct store *store, const struct cursor_list *list,
    struct cursor_page *page)
{
	struct cursor_list part = *list;
	struct place end = {0, 0};
	struct catch catch = {NULL, 0, (size_t)list->per_page + 1};
	bool ends = false;
	size_t ways = way_count(list);

	assert(list->per_page > 0 && list->per_page <= CURSOR_PAGE);
	*page = (struct cursor_page){0};
	for (size_t i = 0; is_picky(list) && i < ways; i++)
		TRY(find_end(store, list, way_at(list, i), &ends, &end));
	/* The row at which it ends is looked at, too. */
	if (ends && list->ascending)
		part.before = (struct place){end.at, end.id + 1};
	else if (ends)
		part.after = (struct place){end.at, end.id - 1};
	catch.found = NEW_ARRAY(store->pool, struct found, ways * catch.most);
	for (size_t i = 0; i < ways; i++)
		TRY(look(store, &part, way_at(list, i), ROWS, &catch));
	qsort(catch.found, catch.count, sizeof *catch.found,
	    list->ascending ? oldest_first : newest_first);
	page->objects = NEW_ARRAY(store->pool, void *, (size_t)list->per_page);
	fill_page(list, catch.found, catch.count, page);
	if (!page->more && ends) {
		page->more = true;
		page->next = end;
	}
	return NULL;
}
