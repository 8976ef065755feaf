#include "history.h"
#include "clock.h"
#include "csv.h"
#include "html_read.h"
#include "words.h"

const char *const any_bool[] = {"any", "true", "false", NULL};
const char *const newest_first[] = {"-started_at", "started_at", NULL};

struct err *
find_habits(struct change *change, struct habits *habits)
{
	struct rows *rows;

	*habits = (struct habits){.zone = NULL};
	TRY(db_query(change->db, "SELECT timezone, country FROM organizations",
	    NULL, 0, &rows));
	if (rows->count > 0) {
		habits->zone = zone_load(rows_text(rows, 0, 0));
		country_parse(rows_text(rows, 0, 1), &habits->country);
	}
	if (habits->zone == NULL)
		habits->zone = zone_load(STR("Etc/UTC"));
	if (habits->zone == NULL)
		return err_internal(change->pool, "there is no tzdata");
	return NULL;
}

struct err *
take_query(struct visit *visit, const struct record *record, void *query)
{
	struct pool *pool = visit->req->pool;
	struct change *change = &visit->change;
	struct take take = {pool, &change->all, true, true};
	struct form form = {0, NULL};
	const struct json *json;

	change->all = (struct complaints){pool, NULL, NULL};
	form.params = NEW_ARRAY(pool, struct param, visit->query.count + 1);
	/* A form sends what was left empty, too. */
	for (size_t i = 0; i < visit->query.count; i++)
		if (!str_is(visit->query.params[i].name, "organization_id") &&
		    visit->query.params[i].value.n > 0)
			form.params[form.count++] = visit->query.params[i];
	TRY(body_of_form(pool, &form, &json));
	memset(query, 0, record->size);
	record_init(pool, record, query);
	record_take(&take, record, json, STR(""), query);
	return NULL;
}

static bool
parse_date(struct str text, struct local_time *out)
{
	int64_t instant;
	int month, day;

	/* By its shape, and then as an instant for what a month may have. */
	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-')
		return false;
	*out = (struct local_time){0};
	clock_date(0, &out->year, &month, &day);
	{
		char whole[32];

		snprintf(whole, sizeof whole, "%.10sT00:00:00Z", text.p);
		if (!clock_parse(str_of(whole), &instant))
			return false;
	}
	clock_date(instant / 86400000 - (instant % 86400000 < 0), &out->year,
	    &out->month, &out->day);
	return true;
}

bool
parse_moment(
    const struct habits *habits, struct str text, bool end, int64_t *out)
{
	struct local_time day;

	if (!parse_date(text, &day))
		return clock_parse(text, out);
	/* zone.h: years of four digits. */
	if (day.year < 1 || day.year > 9998)
		return false;
	day.day += end ? 1 : 0;
	*out = zone_instant(habits->zone, &day);
	return true;
}

struct value
take_number_filter(struct visit *visit, const struct habits *habits,
    const char *name, struct str text)
{
	struct number number;

	if (text.p == NULL)
		return NIL;
	if (number_carried(text, habits->country, &number))
		return TEXT(pool_copy(visit->req->pool, str_of(number.e164)));
	complain(&visit->change.all, str_of(name),
	    "is no telephone number; an extension's calls are found by"
	    " extension_id");
	return NIL;
}

struct value
take_search(struct visit *visit, struct str text)
{
	struct buf digits = buf_new(visit->req->pool, text.n + 1);

	text = str_trim(text);
	if (text.n == 0)
		return NIL;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] >= '0' && text.p[i] <= '9')
			buf_add_char(&digits, text.p[i]);
		else if (str_find(STR("+-./() "), text.p[i]) < 0)
			return TEXT(list_like(visit->req->pool, text));
	}
	return TEXT(list_like(
	    visit->req->pool, digits.n > 0 ? buf_str(&digits) : text));
}

static void
take_moments(struct visit *visit, const struct habits *habits,
    const struct history_query *query, struct cursor_list *list)
{
	static const char wrong[] =
	    "must be a date or an instant, like 2026-11-22 or"
	    " 2026-11-22T15:00:00Z";
	struct complaints *all = &visit->change.all;
	struct place first = place_first, last = place_last;

	if (query->from.p != NULL &&
	    !parse_moment(habits, query->from, false, &first.at))
		complain(all, STR("from"), "%s", wrong);
	if (query->to.p != NULL &&
	    !parse_moment(habits, query->to, true, &last.at))
		complain(all, STR("to"), "%s", wrong);
	/* Rows at the last instant itself have a greater id. */
	if (query->to.p != NULL)
		last.id = 0;
	if (first.at < place_first.at)
		first.at = place_first.at;
	if (last.at < place_first.at)
		last.at = place_first.at;
	list->after = first;
	list->before = last;
}

struct err *
history_begin(struct visit *visit, const struct history *history, void *query,
    struct cursor_list *list, struct habits *habits)
{
	const struct history_query *common = query;
	struct habits own;

	if (habits == NULL)
		habits = &own;
	TRY(take_query(visit, history->query, query));
	TRY(db_begin(visit->change.db, visit->req->pool, DB_READ,
	    visit->change.organization));
	TRY(find_habits(&visit->change, habits));
	*list = (struct cursor_list){
	    .record = history->record,
	    .view = history->view,
	    .at = history->at,
	    .ascending = common->sort == 1,
	    .per_page = common->per_page,
	};
	take_moments(visit, habits, common, list);
	return NULL;
}

/* What a cursor is bound to: whose list, of what, in which order. */
static struct str
list_name(struct visit *visit, const struct history *history, void *query)
{
	struct history_query *common = query, kept = *common;
	struct pool *pool = visit->req->pool;
	struct str text;

	common->cursor = NO_STR;
	common->per_page = 0;
	text = pool_printf(pool, "%llu %s %.*s",
	    (unsigned long long)visit->change.organization, history->name,
	    PSTR(record_print(pool, history->query, query, SHOW_MASKED)));
	*common = kept;
	return text;
}

static void
free_pool(void *pool)
{
	pool_free(pool);
}

static struct err *
csv_page(struct visit *visit, const struct cursor_list *list,
    struct cursor_page *page)
{
	struct store store = change_store(&visit->change);
	struct buf lines = buf_new(visit->change.pool, 64 << 10);

	TRY(cursor_read(&store, list, page));
	for (size_t i = 0; i < page->count; i++)
		csv_row(&lines, list->record, page->objects[i]);
	buf_add(&visit->req->out, buf_str(&lines));
	return NULL;
}

/* All of it unless a page was asked for, and no more in memory than one. */
static struct err *
answer_csv(struct visit *visit, const struct history *history,
    struct cursor_list *list)
{
	struct req *req = visit->req;
	bool one = form_get(&visit->query, "per_page").n > 0;
	struct pool *pool = pool_new();
	struct cursor_page page = {.more = true};

	pool_own(req->pool, free_pool, pool);
	if (!one)
		list->per_page = CURSOR_PAGE;
	history_file(visit, history->name, history->record);
	while (page.more) {
		pool_clear(pool);
		visit->change.pool = pool;
		db_use(visit->change.db, pool);
		TRY(csv_page(visit, list, &page));
		cursor_continue(list, page.next);
		if (one || !answer_flush(req))
			break;
	}
	db_use(visit->change.db, req->pool);
	visit->change.pool = req->pool;
	return NULL;
}

static void
answer_page(struct visit *visit, const struct cursor_list *list,
    const struct cursor_page *page, struct str next)
{
	struct json_out out = {&visit->req->out, false};

	history_rows(visit, list->record, page->objects, page->count, &out);
	json_open(&out, "meta", '{');
	if (next.p != NULL)
		json_put_text(&out, "next", next);
	else
		json_put_null(&out, "next");
	json_put_int(&out, "per_page", list->per_page);
	json_close(&out, '}');
	json_close(&out, '}');
}

/* Other lists of the same responder. */
static void
add_lists(struct visit *visit)
{
	const struct control *control = visit->desk->control;
	struct buf *out = &visit->req->out;

	for (size_t i = 0; i < control->count; i++) {
		const struct route *route = &control->routes[i];
		const char *name = strchr(route->path + 1, '/');

		if (name == NULL || strstr(name, "/ID") != NULL ||
		    strcmp(route->method, "GET") != 0 ||
		    !role_in(visit->who.role, route->roles))
			continue;
		buf_printf(out, "<p><a href=\"/cgi-bin%s\">%.*s</a></p>\n",
		    route->path, PSTR(deed_of(out->pool, str_of(name + 1))));
	}
}

static struct err *
answer_html(struct visit *visit, const struct history *history,
    const struct cursor_page *page, struct str next)
{
	struct html html = visit_html(visit);

	html.record = history->record;
	html.asks = history->query;
	TRY(visit_choices(visit, &html));
	html_open(&html, 200, html.title);
	html_filters(&html, history->query, &visit->query);
	html_rows(&html, history->record, page->objects, page->count, true);
	if (next.p != NULL && page->count == 0)
		html_note(&html, "Nothing so far; there is more to look at.");
	else if (page->count == 0)
		html_note(&html, "There is nothing.");
	if (form_get(&visit->query, "cursor").n > 0)
		html_next(&html, &visit->query, NO_STR);
	if (next.p != NULL)
		html_next(&html, &visit->query, next);
	html_file_link(&html, &visit->query);
	add_lists(visit);
	html_close(&html);
	return NULL;
}

struct err *
history_answer(struct visit *visit, const struct history *history, void *query,
    struct cursor_list *list)
{
	const struct history_query *common = query;
	const struct crypto_key *key = &visit->desk->seal;
	struct store store = change_store(&visit->change);
	struct str name = list_name(visit, history, query), next = NO_STR;
	struct cursor_page page;
	struct place place;

	if (common->cursor.p != NULL && !bookmark_parse(visit->req->pool, key,
					    name, common->cursor, &place))
		complain(&visit->change.all, STR("cursor"),
		    "is not of this list: take meta.next of the page before,"
		    " with the same filters");
	TRY(complaints_err(&visit->change.all));
	if (common->cursor.p != NULL)
		cursor_continue(list, place);
	if (visit->face == FACE_CSV)
		return answer_csv(visit, history, list);
	TRY(cursor_read(&store, list, &page));
	if (page.more)
		next = bookmark_write(visit->req->pool, key, name, page.next);
	if (visit->face == FACE_HTML)
		return answer_html(visit, history, &page, next);
	answer_page(visit, list, &page, next);
	return NULL;
}
