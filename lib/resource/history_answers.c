/* What reports answer besides pages of a list, and of whose calls. */
#include "csv.h"
#include "etag.h"
#include "history.h"
#include "html_read.h"
#include "own.h"

struct err *
find_own(struct visit *visit, struct own *own)
{
	*own = (struct own){.all = role_in(visit->who.role, ADMINS)};
	if (own->all)
		return NULL;
	return own_extensions(
	    &visit->change, visit->who.user, own->ids, OWN_MOST, &own->count);
}

bool
own_has(const struct own *own, uint64_t extension)
{
	for (size_t i = 0; i < own->count; i++)
		if (extension != 0 && own->ids[i] == extension)
			return true;
	return own->all;
}

void
history_file(struct visit *visit, const char *name, const struct record *record)
{
	struct req *req = visit->req;

	answer(req, 200, "text/csv; charset=utf-8; header=present");
	answer_header(req, "Content-Disposition",
	    pool_printf(req->pool, "attachment; filename=\"%s.csv\"", name));
	csv_head(&req->out, record);
}

static void
open_data(struct visit *visit, struct json_out *out, char bracket)
{
	answer(visit->req, 200, "application/json");
	json_open(out, NULL, '{');
	json_open(out, "data", bracket);
}

void
history_rows(struct visit *visit, const struct record *record,
    void *const *objects, size_t count, struct json_out *out)
{
	open_data(visit, out, '[');
	for (size_t i = 0; i < count; i++) {
		json_open(out, NULL, '{');
		record_show(record, objects[i], SHOW_MASKED, out);
		json_close(out, '}');
	}
	json_close(out, ']');
}

struct str
history_etag(
    struct visit *visit, const struct record *record, const void *object)
{
	struct str etag = text_etag(&visit->change,
	    record_print(visit->req->pool, record, object, SHOW_MASKED));

	answer_header(visit->req, "ETag", etag);
	return etag;
}

struct err *
answer_object(struct visit *visit, const struct record *record,
    const void *object, struct str heading)
{
	struct str etag = history_etag(visit, record, object);
	struct html html = visit_html(visit);
	struct json_out out = {&visit->req->out, false};

	if (visit->face == FACE_HTML) {
		html.record = record;
		TRY(visit_choices(visit, &html));
		html_open(&html, 200, heading);
		html_details(&html, record, object);
		html_close(&html);
		return NULL;
	}
	if (etag_answers(visit->req, etag))
		return NULL;
	open_data(visit, &out, '{');
	record_show(record, object, SHOW_MASKED, &out);
	json_close(&out, '}');
	json_close(&out, '}');
	return NULL;
}

void
answer_rows(struct visit *visit, const char *name, const struct record *record,
    void *const *objects, size_t count)
{
	struct json_out out = {&visit->req->out, false};

	if (visit->face != FACE_CSV) {
		history_rows(visit, record, objects, count, &out);
		json_close(&out, '}');
		return;
	}
	history_file(visit, name, record);
	for (size_t i = 0; i < count; i++)
		csv_row(&visit->req->out, record, objects[i]);
}
