#include "list.h"

#include <assert.h>

#include "clock.h"

/* What is being asked, as SQL. */
struct asking {
	struct pool *pool;
	const struct record *record;
	const struct form *query;
	struct complaints all;
	struct list *list;
	struct buf where;
};

static bool
may_sort(const struct record *record, struct str name, struct sort *sort)
{
	static const char *const own[] = {"id", "created_at", "updated_at"};
	const struct field *field = record_field(record, name);

	for (size_t i = 0; i < 3; i++)
		if (str_is(name, own[i])) {
			sort->column = own[i];
			sort->whole = true;
			return true;
		}
	if (field == NULL || (field->flags & SORT) == 0)
		return false;
	sort->column = field->column;
	sort->whole = (field->flags & REQUIRED) != 0 ||
		      field->kind == FIELD_CHOICE ||
		      field->kind == FIELD_BOOL ||
		      (field->def != NULL && *field->def == '\0');
	return true;
}

static void
parse_order(struct asking *asking)
{
	struct list *list = asking->list;
	struct str rest = list->sort, name;

	if (rest.n == 0)
		rest = str_of(asking->record->order);
	while (str_next(&rest, ',', &name)) {
		struct sort *sort = &list->by[list->sorts];

		sort->down = str_starts(name, STR("-"));
		if (sort->down)
			name = str_cut(name, 1, name.n);
		if (!may_sort(asking->record, name, sort)) {
			complain(&asking->all, STR("sort"),
			    "\"%.*s\" is nothing to sort by", PSTR(name));
			return;
		}
		if (++list->sorts > 2) {
			complain(&asking->all, STR("sort"),
			    "takes at most two names");
			return;
		}
	}
	/* Of those alike, in the same direction: an index has one. */
	list->by[list->sorts] =
	    (struct sort){"id", list->by[list->sorts - 1].down, true};
	list->sorts++;
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

static void
note(struct list *list, struct filter filter)
{
	assert(list->filter_count < LIST_FILTERS);
	list->filters[list->filter_count++] = filter;
}

/* One more filter. */
static void
ask(struct asking *asking, const char *column, const char *suffix,
    struct value value)
{
	buf_printf(&asking->where, " AND %s%s = ?", column, suffix);
	add(asking->list, value);
	note(asking->list, (struct filter){column, NIL, value});
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
filter_scalar(struct asking *asking, const struct field *field)
{
	struct str name = str_of(field->name);
	struct str text = form_get(asking->query, field->name);
	struct complaints *all = &asking->all;
	struct value value = TEXT(text);
	int64_t number = 0;

	if (text.n == 0)
		return;
	if (field->kind == FIELD_BOOL) {
		value = INT(str_is(text, "true") || str_is(text, "1"));
		if (value.number == 0 && !str_is(text, "false") &&
		    !str_is(text, "0"))
			complain(all, name, "must be true or false");
	} else if (field->kind == FIELD_CHOICE && !is_choice(field, text)) {
		complain(all, name, "is none of the choices");
	} else if (field->kind == FIELD_INT || field->kind == FIELD_ID) {
		if (!str_to_int(text, INT64_MIN, INT64_MAX, &number))
			complain(all, name, "must be a whole number");
		value = INT(number);
	}
	ask(asking, field->column, "", value);
}

static void
filter_target(struct asking *asking, const struct field *field)
{
	struct str name = pool_printf(asking->pool, "%s.type", field->name);
	struct str type = form_get_str(asking->query, name);
	enum target_type parsed;
	struct str id;
	int64_t number = 0;

	if (!target_type_parse(type, &parsed))
		complain(&asking->all, name, "is no type of target");
	if (type.n > 0)
		ask(asking, field->column, "_type", TEXT(type));
	name = pool_printf(asking->pool, "%s.id", field->name);
	id = form_get_str(asking->query, name);
	if (id.n == 0)
		return;
	if (!str_to_int(id, 1, INT64_MAX, &number))
		complain(&asking->all, name, "must be the id of an object");
	ask(asking, field->column, "_id", INT(number));
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
filter_json(struct asking *asking, const struct field *field)
{
	size_t used = 0;

	for (size_t i = 0; i < asking->query->count; i++) {
		const struct param *param = &asking->query->params[i];
		struct str path;

		if (param->value.n == 0 ||
		    !json_path(asking->pool, field, param->name, &path))
			continue;
		if (++used > JSON_PATHS) {
			complain(&asking->all, param->name,
			    "is one path too many: at most %d", JSON_PATHS);
			return;
		}
		buf_printf(&asking->where,
		    " AND JSON_UNQUOTE(JSON_EXTRACT(%s, ?)) = ?",
		    field->column);
		add(asking->list, TEXT(path));
		add(asking->list, TEXT(param->value));
		note(asking->list, (struct filter){field->column, TEXT(path),
				       TEXT(param->value)});
	}
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
parse_number(
    struct asking *asking, const char *name, int64_t otherwise, int64_t most)
{
	struct str text = form_get(asking->query, name);
	int64_t number = otherwise;

	if (text.n > 0 && !str_to_int(text, 1, most, &number))
		complain(&asking->all, str_of(name),
		    "must be between 1 and %lld", (long long)most);
	return number;
}

static void
parse_living(struct asking *asking)
{
	struct str text = form_get(asking->query, "deleted");

	asking->list->living = LIVING;
	if (str_is(text, "only"))
		asking->list->living = DELETED;
	else if (str_is(text, "with"))
		asking->list->living = LIVING_OR_DELETED;
	else if (text.n > 0)
		complain(&asking->all, STR("deleted"), "must be only or with");
}

static void
parse_q(struct asking *asking)
{
	struct value q = TEXT(list_like(asking->pool, asking->list->q));
	const char *join = " AND (";

	if (str_length(asking->list->q) > 200)
		complain(
		    &asking->all, STR("q"), "must have at most 200 characters");
	if (asking->list->q.n == 0)
		return;
	for (size_t i = 0; i < asking->record->count; i++) {
		const struct field *field = &asking->record->fields[i];

		if ((field->flags & SEARCH) == 0)
			continue;
		buf_printf(&asking->where, "%s%s LIKE ? ESCAPE '!'", join,
		    field->column);
		add(asking->list, q);
		join = " OR ";
	}
	/* Where nothing can be searched, nothing is found. */
	buf_add_text(
	    &asking->where, strcmp(join, " OR ") == 0 ? ")" : " AND FALSE");
}

static void
parse_filters(struct asking *asking)
{
	for (size_t i = 0; i < asking->record->count; i++) {
		const struct field *field = &asking->record->fields[i];

		if ((field->flags & FILTER) == 0)
			continue;
		if (field->kind == FIELD_JSON)
			filter_json(asking, field);
		else if (field->kind == FIELD_TARGET)
			filter_target(asking, field);
		else
			filter_scalar(asking, field);
	}
}

struct err *
list_parse(struct pool *pool, const struct record *record,
    const struct form *query, struct list *list)
{
	struct asking asking = {
	    pool, record, query, {pool, NULL, NULL}, list, buf_new(pool, 256)};

	*list = (struct list){.page = 1};
	for (size_t i = 0; i < query->count; i++)
		if (!is_own_parameter(query->params[i].name) &&
		    !is_filter(pool, record, query->params[i].name))
			complain(&asking.all, query->params[i].name,
			    "is nothing this list can be asked");
	list->page = parse_number(&asking, "page", 1, PAGE_MOST);
	list->per_page =
	    parse_number(&asking, "per_page", PER_PAGE, PER_PAGE_MOST);
	list->sort = form_get(query, "sort");
	list->q = form_get(query, "q");
	parse_order(&asking);
	parse_living(&asking);
	parse_q(&asking);
	parse_filters(&asking);
	buf_add_text(&asking.where, "");
	list->where = buf_str(&asking.where).p;
	return complaints_err(&asking.all);
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
