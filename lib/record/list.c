#include "list.h"

#include <assert.h>

#include "clock.h"

static bool
may_sort(const struct record *record, struct str name, const char **column)
{
	static const char *const own[] = {"id", "created_at", "updated_at"};
	const struct field *field = record_field(record, name);

	for (size_t i = 0; i < 3; i++)
		if (str_is(name, own[i])) {
			*column = own[i];
			return true;
		}
	if (field == NULL || (field->flags & SORT) == 0)
		return false;
	*column = field->column;
	return true;
}

static void
parse_order(struct pool *pool, const struct record *record, struct str text,
    struct complaints *all, struct list *list)
{
	struct buf sql = buf_new(pool, 64);
	struct str rest = text.n > 0 ? text : str_of(record->order), name;
	size_t count = 0;

	while (str_next(&rest, ',', &name)) {
		bool down = str_starts(name, STR("-"));
		const char *column;

		if (down)
			name = str_cut(name, 1, name.n);
		if (!may_sort(record, name, &column)) {
			complain(all, STR("sort"),
			    "\"%.*s\" is nothing to sort by", PSTR(name));
			return;
		}
		if (++count > 2) {
			complain(all, STR("sort"), "takes at most two names");
			return;
		}
		buf_printf(&sql, "%s%s,", column, down ? " DESC" : "");
	}
	buf_add_text(&sql, " id");
	list->order = buf_str(&sql).p;
}

struct str
list_like(struct pool *pool, struct str text)
{
	struct buf buf = buf_new(pool, text.n + 8);

	buf_add_char(&buf, '%');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '!')
			buf_add_char(&buf, '!');
		buf_add_char(&buf, text.p[i]);
	}
	buf_add_char(&buf, '%');
	return buf_str(&buf);
}

static void
add(struct list *list, struct value value)
{
	assert(list->count < sizeof list->values / sizeof list->values[0]);
	list->values[list->count++] = value;
}

/* A pair for "(? IS NULL OR column = ?)". */
static void
add_switch(struct list *list, struct value value)
{
	add(list, value);
	add(list, value);
}

static bool
is_choice(const struct field *field, struct str text)
{
	for (size_t i = 0; field->choices[i] != NULL; i++)
		if (str_is(text, field->choices[i]))
			return true;
	return false;
}

static void
filter_scalar(const struct field *field, struct str text,
    struct complaints *all, struct list *list)
{
	struct str name = str_of(field->name);
	struct value value = NIL;
	int64_t number = 0;

	if (text.n == 0)
		;
	else if (field->kind == FIELD_BOOL &&
		 (str_is(text, "true") || str_is(text, "1")))
		value = INT(1);
	else if (field->kind == FIELD_BOOL &&
		 (str_is(text, "false") || str_is(text, "0")))
		value = INT(0);
	else if (field->kind == FIELD_BOOL)
		complain(all, name, "must be true or false");
	else if (field->kind == FIELD_CHOICE && !is_choice(field, text))
		complain(all, name, "is none of the choices");
	else if (field->kind != FIELD_INT && field->kind != FIELD_ID)
		value = TEXT(text);
	else if (str_to_int(text, INT64_MIN, INT64_MAX, &number))
		value = INT(number);
	else
		complain(all, name, "must be a whole number");
	add_switch(list, value);
}

static void
filter_target(struct pool *pool, const struct field *field,
    const struct form *query, struct complaints *all, struct list *list)
{
	struct str name = pool_printf(pool, "%s.type", field->name);
	struct str type = form_get_str(query, name);
	enum target_type parsed;
	struct str id;
	int64_t number = 0;

	if (!target_type_parse(type, &parsed))
		complain(all, name, "is no type of target");
	add_switch(list, type.n > 0 ? TEXT(type) : NIL);
	name = pool_printf(pool, "%s.id", field->name);
	id = form_get_str(query, name);
	if (id.n > 0 && !str_to_int(id, 1, INT64_MAX, &number))
		complain(all, name, "must be the id of an object");
	add_switch(list, id.n > 0 ? INT(number) : NIL);
}

/* "settings.theme": letters, digits and '_' between dots. */
static bool
json_path(struct pool *pool, const struct field *field, struct str name,
    struct str *out)
{
	struct buf path = buf_new(pool, 64);
	size_t n = strlen(field->name);
	struct str rest, piece;

	if (!str_starts(name, str_of(field->name)) || name.n <= n ||
	    name.p[n] != '.')
		return false;
	rest = str_cut(name, n + 1, name.n);
	buf_add_char(&path, '$');
	while (str_next(&rest, '.', &piece)) {
		for (size_t i = 0; i < piece.n; i++) {
			char c = piece.p[i];

			if (!((c >= 'a' && c <= 'z') ||
				(c >= '0' && c <= '9') ||
				(c >= 'A' && c <= 'Z') || c == '_'))
				return false;
		}
		if (piece.n == 0 || piece.n > 64 || path.n > 256)
			return false;
		buf_printf(&path, ".\"%.*s\"", PSTR(piece));
	}
	*out = buf_str(&path);
	return true;
}

enum { JSON_PATHS = 3 };

static void
filter_json(struct pool *pool, const struct field *field,
    const struct form *query, struct complaints *all, struct list *list)
{
	size_t used = 0;

	for (size_t i = 0; i < query->count; i++) {
		const struct param *param = &query->params[i];
		struct str path;

		if (param->value.n == 0 ||
		    !json_path(pool, field, param->name, &path))
			continue;
		if (++used > JSON_PATHS) {
			complain(all, param->name,
			    "is one path too many: at most %d", JSON_PATHS);
			return;
		}
		add(list, TEXT(path));
		add(list, TEXT(path));
		add(list, TEXT(param->value));
	}
	for (; used < JSON_PATHS; used++)
		for (int i = 0; i < 3; i++)
			add(list, NIL);
}

static bool
is_own_parameter(struct str name)
{
	static const char *const own[] = {
	    "page", "per_page", "sort", "q", "deleted", "organization_id"};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (str_is(name, own[i]))
			return true;
	return str_starts(name, STR("_"));
}

static bool
is_filter(struct pool *pool, const struct record *record, struct str name)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str path = str_of(field->name);
		struct str rest = str_cut(name, path.n, name.n);

		if ((field->flags & FILTER) == 0)
			continue;
		if (field->kind == FIELD_JSON &&
		    json_path(pool, field, name, &path))
			return true;
		if (field->kind == FIELD_TARGET && str_starts(name, path) &&
		    (str_is(rest, ".type") || str_is(rest, ".id")))
			return true;
		if (field->kind != FIELD_JSON && field->kind != FIELD_TARGET &&
		    str_equal(name, path))
			return true;
	}
	return false;
}

static int64_t
parse_number(const struct form *query, const char *name, int64_t otherwise,
    int64_t most, struct complaints *all)
{
	struct str text = form_get(query, name);
	int64_t number = otherwise;

	if (text.n > 0 && !str_to_int(text, 1, most, &number))
		complain(all, str_of(name), "must be between 1 and %lld",
		    (long long)most);
	return number;
}

static void
parse_living(
    const struct form *query, struct complaints *all, struct list *list)
{
	struct str text = form_get(query, "deleted");

	list->living = LIVING;
	if (str_is(text, "only"))
		list->living = DELETED;
	else if (str_is(text, "with"))
		list->living = LIVING_OR_DELETED;
	else if (text.n > 0)
		complain(all, STR("deleted"), "must be only or with");
	add_switch(list, list->living == LIVING_OR_DELETED
			     ? NIL
			     : INT(list->living == LIVING));
}

static void
parse_filters(struct pool *pool, const struct record *record,
    const struct form *query, struct complaints *all, struct list *list)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if ((field->flags & FILTER) == 0)
			continue;
		if (field->kind == FIELD_JSON)
			filter_json(pool, field, query, all, list);
		else if (field->kind == FIELD_TARGET)
			filter_target(pool, field, query, all, list);
		else
			filter_scalar(
			    field, form_get(query, field->name), all, list);
	}
}

struct err *
list_parse(struct pool *pool, const struct record *record,
    const struct form *query, struct list *list)
{
	struct complaints all = {pool, NULL, NULL};
	struct value q = NIL;

	*list = (struct list){.page = 1};
	for (size_t i = 0; i < query->count; i++)
		if (!is_own_parameter(query->params[i].name) &&
		    !is_filter(pool, record, query->params[i].name))
			complain(&all, query->params[i].name,
			    "is nothing this list can be asked");
	list->page = parse_number(query, "page", 1, PAGE_MOST, &all);
	list->per_page =
	    parse_number(query, "per_page", PER_PAGE, PER_PAGE_MOST, &all);
	list->sort = form_get(query, "sort");
	parse_order(pool, record, list->sort, &all, list);
	parse_living(query, &all, list);
	list->q = form_get(query, "q");
	if (str_length(list->q) > 200)
		complain(&all, STR("q"), "must have at most 200 characters");
	if (list->q.n > 0)
		q = TEXT(list_like(pool, list->q));
	add(list, q);
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & SEARCH) != 0)
			add(list, q);
	parse_filters(pool, record, query, &all, list);
	return complaints_err(&all);
}

void
list_only(struct list *list, const char *sql, struct value value)
{
	size_t i = 0;

	while (i < LIST_ONLY && list->only[i] != NULL)
		i++;
	assert(i < LIST_ONLY);
	list->only[i] = sql;
	for (; *sql != '\0'; sql++)
		if (*sql == '?')
			add(list, value);
}

/* In the order in which list_parse() and list_only() add the values. */
static void
add_where(const struct record *record, const struct list *list, struct buf *sql)
{
	buf_add_text(sql, " WHERE (? IS NULL OR (deleted_at IS NULL) = ?)"
			  " AND (? IS NULL");
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & SEARCH) != 0)
			buf_printf(sql, " OR %s LIKE ? ESCAPE '!'",
			    record->fields[i].column);
	buf_add_text(sql, ")");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const char *column = field->column;

		if ((field->flags & FILTER) == 0)
			continue;
		/* JSON_VALUE() would make 1 of true. */
		if (field->kind == FIELD_JSON)
			for (int n = 0; n < JSON_PATHS; n++)
				buf_printf(sql,
				    " AND (? IS NULL OR JSON_UNQUOTE("
				    "JSON_EXTRACT(%s, ?)) = ?)",
				    column);
		else if (field->kind == FIELD_TARGET)
			buf_printf(sql,
			    " AND (? IS NULL OR %s_type = ?)"
			    " AND (? IS NULL OR %s_id = ?)",
			    column, column);
		else
			buf_printf(sql, " AND (? IS NULL OR %s = ?)", column);
	}
	for (size_t i = 0; i < LIST_ONLY && list->only[i] != NULL; i++)
		buf_printf(sql, " AND (%s)", list->only[i]);
}

static struct err *
count_rows(const struct store *store, const struct record *record,
    const struct list *list, int64_t *total)
{
	struct buf sql = buf_new(store->pool, 512);
	struct rows *rows;

	buf_printf(&sql, "SELECT COUNT(*) FROM %s", record->view);
	add_where(record, list, &sql);
	TRY(db_query(
	    store->db, buf_str(&sql).p, list->values, list->count, &rows));
	*total = rows_int(rows, 0, 0);
	return NULL;
}

struct err *
list_read(const struct store *store, const struct record *record,
    const struct list *list, struct page *page)
{
	struct buf sql = buf_new(store->pool, 1024);
	struct list all = *list;
	struct rows *rows;

	TRY(count_rows(store, record, list, &page->total));
	page->last_page = (page->total + list->per_page - 1) / list->per_page;
	if (page->last_page == 0)
		page->last_page = 1;
	buf_add_text(&sql, "SELECT ");
	record_columns(record, &sql);
	buf_printf(&sql, " FROM %s", record->view);
	add_where(record, list, &sql);
	buf_printf(&sql, " ORDER BY %s LIMIT ? OFFSET ?", list->order);
	add(&all, INT(list->per_page));
	add(&all, INT((list->page - 1) * list->per_page));
	TRY(db_query(store->db, buf_str(&sql).p, all.values, all.count, &rows));
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
