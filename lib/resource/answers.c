/* The answers that every resource has. */
#include "control.h"
#include "csv.h"
#include "etag.h"
#include "history.h"
#include "references.h"
#include "words.h"

enum { CSV_PAGE = 500, CSV_BYTES = 64 << 10 };

static struct err *
begin_reading(struct visit *visit)
{
	return db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization);
}

/* Reads objects of a page with their lists. */
static struct err *
read_page(struct visit *visit, const struct list *list, struct page *page)
{
	const struct resource *resource = visit->resource;
	struct store store = change_store(&visit->change);

	if (resource->read != NULL)
		return resource->read(&visit->change, list, page);
	TRY(list_read(&store, resource->record, list, page));
	for (size_t i = 0; resource->load != NULL && i < page->count; i++)
		TRY(resource->load(
		    &visit->change, page_at(resource->record, page, i)));
	return NULL;
}

/* A secret is shown with its object, never in a list. */
static void
list_json(struct visit *visit, const struct list *list, const struct page *page)
{
	struct json_out out = {&visit->req->out, false};

	answer(visit->req, 200, "application/json");
	json_open(&out, NULL, '{');
	json_open(&out, "data", '[');
	for (size_t i = 0; i < page->count; i++) {
		json_open(&out, NULL, '{');
		record_show(visit->resource->record,
		    page_at(visit->resource->record, page, i), SHOW_MASKED,
		    &out);
		json_close(&out, '}');
	}
	json_close(&out, ']');
	json_open(&out, "meta", '{');
	json_put_int(&out, "page", list->page);
	json_put_int(&out, "per_page", list->per_page);
	json_put_int(&out, "total", page->total);
	json_put_int(&out, "last_page", page->last_page);
	json_close(&out, '}');
	json_close(&out, '}');
}

static void
free_pool(void *pool)
{
	pool_free(pool);
}

/* Adds a page's lines to the answer. */
static struct err *
csv_page(struct visit *visit, const struct list *list, struct page *page)
{
	const struct record *record = visit->resource->record;
	struct buf lines = buf_new(visit->change.pool, CSV_BYTES);

	TRY(read_page(visit, list, page));
	for (size_t i = 0; i < page->count; i++)
		csv_row(&lines, record, page_at(record, page, i));
	buf_add(&visit->req->out, buf_str(&lines));
	return NULL;
}

/*
 * All of it unless a page was asked for: one snapshot, sent page by page, and
 * no more of it in memory than one.
 */
static struct err *
list_csv(struct visit *visit, struct list *list)
{
	struct req *req = visit->req;
	bool one = form_get(&visit->query, "page").n > 0 ||
		   form_get(&visit->query, "per_page").n > 0;
	struct pool *pool = pool_new();
	struct page page;

	pool_own(req->pool, free_pool, pool);
	if (!one)
		list->per_page = CSV_PAGE;
	answer(req, 200, "text/csv; charset=utf-8; header=present");
	answer_header(req, "Content-Disposition",
	    pool_printf(req->pool, "attachment; filename=\"%s.csv\"",
		visit->resource->name));
	csv_head(&req->out, visit->resource->record);
	do {
		pool_clear(pool);
		visit->change.pool = pool;
		db_use(visit->change.db, pool);
		TRY(csv_page(visit, list, &page));
	} while (!one && list->page++ < page.last_page && answer_flush(req));
	db_use(visit->change.db, req->pool);
	visit->change.pool = req->pool;
	return NULL;
}

struct err *
answer_list(struct visit *visit, struct list *list)
{
	struct html html = visit_html(visit);
	struct page page;

	TRY(begin_reading(visit));
	if (visit->face == FACE_CSV)
		return list_csv(visit, list);
	TRY(read_page(visit, list, &page));
	if (visit->face == FACE_HTML) {
		TRY(visit_choices(visit, &html));
		html_list(&html, list, &page, &visit->query);
	} else {
		list_json(visit, list, &page);
	}
	return NULL;
}

struct err *
list_records(struct visit *visit)
{
	struct list list;

	TRY(list_parse(
	    visit->req->pool, visit->resource->record, &visit->query, &list));
	return answer_list(visit, &list);
}

static void
object_json(struct visit *visit, const void *object, int status)
{
	struct json_out out = {&visit->req->out, false};

	answer(visit->req, status, "application/json");
	json_open(&out, NULL, '{');
	json_open(&out, "data", '{');
	record_show(visit->resource->record, object, visit_show(visit), &out);
	json_close(&out, '}');
	json_close(&out, '}');
}

static struct err *
object_html(struct visit *visit, const void *object)
{
	struct html html = visit_html(visit);
	const struct row *row = object;
	const struct json *values;

	TRY(json_parse(visit->req->pool,
	    record_print(
		visit->req->pool, html.record, object, visit_show(visit)),
	    &values));
	if (row->deleted_at.at != 0)
		html.may_change = html.may_delete = html.plays = false;
	TRY(visit_choices(visit, &html));
	html_form(&html, row->id, values, NULL);
	visit_actions(visit, &html, row->deleted_at.at != 0);
	html_close(&html);
	return NULL;
}

static struct err *
load_object(struct visit *visit, uint64_t id, enum living living, void **object,
    struct str *etag)
{
	*object = pool_alloc(visit->req->pool, visit->resource->record->size);
	TRY(begin_reading(visit));
	TRY(resource_load(
	    &visit->change, visit->resource, id, living, *object));
	*etag = resource_etag(&visit->change, visit->resource, *object);
	answer_header(visit->req, "ETag", *etag);
	return db_commit(visit->change.db);
}

struct err *
show_record(struct visit *visit)
{
	struct str deleted = form_get(&visit->query, "deleted");
	enum living living = LIVING;
	struct str etag;
	void *object;

	if (str_is(deleted, "with"))
		living = LIVING_OR_DELETED;
	else if (str_is(deleted, "only"))
		living = DELETED;
	TRY(load_object(visit, visit->id, living, &object, &etag));
	if (visit->face == FACE_HTML)
		return object_html(visit, object);
	if (etag_answers(visit->req, etag))
		return NULL;
	object_json(visit, object, 200);
	return NULL;
}

/* The form of a new object holds the defaults. */
struct err *
new_record(struct visit *visit)
{
	const struct record *record = visit->resource->record;
	struct req *req = visit->req;
	struct html html = visit_html(visit);
	const struct json *values;
	void *object = pool_alloc(req->pool, record->size);

	record_init(req->pool, record, object);
	TRY(json_parse(req->pool,
	    record_print(req->pool, record, object, SHOW_SECRETS), &values));
	TRY(visit_choices(visit, &html));
	html_form(&html, 0, values, NULL);
	html_close(&html);
	return NULL;
}

struct err *
answer_changed(struct visit *visit, uint64_t id, int status)
{
	struct str where = visit_base(visit);
	struct str etag;
	void *object;

	if (visit->resource->scope != SCOPE_SINGLE)
		where = pool_printf(visit->req->pool, "%.*s/%llu", PSTR(where),
		    (unsigned long long)id);
	if (visit->face == FACE_HTML) {
		rest_see_other(
		    visit->req, rest_next(&visit->body.fields, where));
		return NULL;
	}
	TRY(load_object(visit, id, LIVING, &object, &etag));
	if (status == 201)
		answer_header(visit->req, "Location", where);
	object_json(visit, object, status);
	return NULL;
}

struct err *
create_record(struct visit *visit)
{
	uint64_t id = 0;
	struct err *err = resource_create(
	    &visit->change, visit->resource, visit->body.json, &id);

	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, id, 201);
}

static struct err *
update(struct visit *visit, enum update how)
{
	struct err *err = resource_update(
	    &visit->change, visit->resource, visit->id, how, visit->body.json);

	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, visit->id, 200);
}

struct err *
replace_record(struct visit *visit)
{
	return update(visit, REPLACE);
}

struct err *
modify_record(struct visit *visit)
{
	return update(visit, MODIFY);
}

/* Who would have to be changed before the object can go. */
static struct err *
find_users(struct visit *visit, struct reference **users)
{
	TRY(begin_reading(visit));
	TRY(references_find(&visit->change, visit->resource, visit->id, users));
	return db_commit(visit->change.db);
}

static void
answer_users(struct visit *visit, struct reference *users)
{
	size_t count = 0, n = 0;
	void **rows;

	for (struct reference *each = users; each != NULL; each = each->next)
		count++;
	rows = NEW_ARRAY(visit->req->pool, void *, count + 1);
	for (struct reference *each = users; each != NULL; each = each->next)
		rows[n++] = each;
	answer_rows(visit, "uses", &reference_record, rows, count);
}

struct err *
ask_delete(struct visit *visit)
{
	struct html html = visit_html(visit);
	const struct record *record = visit->resource->record;
	struct pool *pool = visit->req->pool;
	const struct field *field = record_field(record, STR("name"));
	struct str name = NO_STR;
	struct reference *users;
	struct str etag;
	void *object;

	TRY(load_object(visit, visit->id, LIVING, &object, &etag));
	if (field == NULL)
		field = record_field(record, STR("number"));
	if (field != NULL)
		name = field_print(pool, field, object);
	if (name.n == 0)
		name = pool_printf(pool, "%.*s %llu",
		    PSTR(words_of(pool, str_of(record->name))),
		    (unsigned long long)visit->id);
	TRY(find_users(visit, &users));
	if (visit->face == FACE_HTML)
		html_confirm(&html, visit->id, name, users);
	else
		answer_users(visit, users);
	return NULL;
}

struct err *
answer_deleted(struct visit *visit)
{
	if (visit->face == FACE_HTML)
		rest_see_other(visit->req,
		    rest_next(&visit->body.fields, visit_base(visit)));
	else
		answer(visit->req, 204, "application/json");
	return NULL;
}

struct err *
delete_record(struct visit *visit)
{
	TRY(resource_delete(&visit->change, visit->resource, visit->id));
	return answer_deleted(visit);
}

struct err *
restore_record(struct visit *visit)
{
	TRY(resource_restore(&visit->change, visit->resource, visit->id));
	return answer_changed(visit, visit->id, 200);
}
