#include "cursor_list.h"

#include <assert.h>
#include <stdlib.h>

#include "instant.h"
#include "pack.h"

/* MariaDB's first and last instant. */
const struct place place_first = {-62135596800000, 0};
const struct place place_last = {253402300799999, INT64_MAX};

enum {
	VALUES = 1 + 2 + 6 + 3 * CURSOR_TESTS + 2,
	SEAL = 16,    /* bytes of the HMAC that are kept */
	LONGEST = 100 /* bytes of a place's text */
};

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

/* The row, if there are so many, at which looking has to end. */
static struct err *
find_end(const struct store *store, const struct cursor_list *list,
    const struct condition *way, bool *found, struct place *end)
{
	struct buf sql = buf_new(store->pool, 512);
	struct statement_values values = {0};
	struct rows *rows;
	struct place place;
	bool nearer;

	buf_printf(&sql, "SELECT %s, id", list->at);
	add_range(store, list, way, &sql, &values);
	add_order(list, way, &sql);
	buf_add_text(&sql, "1 OFFSET ?");
	add(&values, INT(CURSOR_SCAN / way_count(list) - 1));
	TRY(db_query(
	    store->db, buf_str(&sql).p, values.values, values.count, &rows));
	if (rows->count == 0)
		return NULL;
	place = (struct place){
	    instant_of(rows_text(rows, 0, 0)), (uint64_t)rows_int(rows, 0, 1)};
	nearer = list->ascending ? compare(place, *end) < 0
				 : compare(place, *end) > 0;
	if (!*found || nearer)
		*end = place;
	*found = true;
	return NULL;
}

/*
 * The ids first, for which the index is enough: so that it is by far the
 * cheapest.  Tests need more than that, but then the range is short.
 */
static struct err *
read_way(const struct store *store, const struct cursor_list *list,
    const struct condition *way, struct found *found, size_t *count)
{
	const struct record *record = list->record;
	const struct field *id = record_field(record, STR("id"));
	const struct field *at = record_field(record, str_of(list->at));
	struct buf sql = buf_new(store->pool, 2048);
	struct statement_values values = {0};
	struct rows *rows;

	buf_add_text(&sql, "SELECT ");
	record_columns(record, &sql);
	buf_add_text(&sql, " FROM (SELECT id AS page_id");
	add_range(store, list, way, &sql, &values);
	if (is_picky(list))
		add_tests(list, &sql, &values);
	add_order(list, way, &sql);
	buf_printf(&sql,
	    "?) page JOIN %s ON id = page_id WHERE organization_id = ?",
	    list->view);
	add(&values, INT(list->per_page + 1));
	add(&values, INT(store->organization));
	TRY(db_query(
	    store->db, buf_str(&sql).p, values.values, values.count, &rows));
	for (size_t i = 0; i < rows->count; i++) {
		void *object = pool_alloc(store->pool, record->size);
		const struct instant *instant = field_in(at, object);

		TRY(record_read(store, record, rows, i, object));
		found[(*count)++] = (struct found){
		    {instant->at, *(const uint64_t *)field_in(id, object)},
		    object};
	}
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
	struct found *found;
	bool ends = false;
	size_t ways = way_count(list), count = 0;

	assert(list->per_page > 0 && list->per_page <= CURSOR_PAGE);
	*page = (struct cursor_page){0};
	for (size_t i = 0; is_picky(list) && i < ways; i++)
		TRY(find_end(store, list, way_at(list, i), &ends, &end));
	/* The row at which it ends is looked at, too. */
	if (ends && list->ascending)
		part.before = (struct place){end.at, end.id + 1};
	else if (ends)
		part.after = (struct place){end.at, end.id - 1};
	found = NEW_ARRAY(
	    store->pool, struct found, ways * ((size_t)list->per_page + 1));
	for (size_t i = 0; i < ways; i++)
		TRY(read_way(store, &part, way_at(list, i), found, &count));
	qsort(found, count, sizeof *found,
	    list->ascending ? oldest_first : newest_first);
	page->objects = NEW_ARRAY(store->pool, void *, (size_t)list->per_page);
	fill_page(list, found, count, page);
	if (!page->more && ends) {
		page->more = true;
		page->next = end;
	}
	return NULL;
}

static void
seal_of(const struct crypto_key *key, struct pool *pool, struct str list,
    struct str packed, unsigned char seal[CRYPTO_MAC])
{
	struct crypto_key own = crypto_derive(key, "place");
	struct buf text = buf_new(pool, 64 + list.n);

	/* The length in front, so that no two inputs share a text. */
	buf_add_int(&text, (int64_t)list.n);
	buf_add_char(&text, ':');
	buf_add(&text, list);
	buf_add(&text, packed);
	crypto_hmac(&own, buf_str(&text), seal);
	crypto_wipe(&own, sizeof own);
}

struct str
place_write(struct pool *pool, const struct crypto_key *key, struct str list,
    struct place place)
{
	struct buf packed = buf_new(pool, 32), sealed = buf_new(pool, 64);
	struct pack pack = pack_writer(&packed);
	unsigned char seal[CRYPTO_MAC];

	pack_i64(&pack, &place.at);
	pack_u64(&pack, &place.id);
	seal_of(key, pool, list, buf_str(&packed), seal);
	buf_add(&sealed, (struct str){(const char *)seal, SEAL});
	buf_add(&sealed, buf_str(&packed));
	return crypto_base64(pool, sealed.p, sealed.n);
}

bool
place_parse(struct pool *pool, const struct crypto_key *key, struct str list,
    struct str text, struct place *place)
{
	unsigned char seal[CRYPTO_MAC];
	struct str bytes, packed;
	struct pack pack;

	if (text.n > LONGEST || !crypto_base64_parse(pool, text, &bytes) ||
	    bytes.n <= SEAL)
		return false;
	packed = str_cut(bytes, SEAL, bytes.n);
	seal_of(key, pool, list, packed, seal);
	if (!crypto_same((struct str){(const char *)seal, SEAL},
		str_cut(bytes, 0, SEAL)))
		return false;
	pack = pack_reader(pool, packed);
	*place = (struct place){0, 0};
	pack_i64(&pack, &place->at);
	pack_u64(&pack, &place->id);
	return pack_done(&pack);
}
