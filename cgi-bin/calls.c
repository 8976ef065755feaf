/*
 * /cgi-bin/calls[/ID[/hang-up]|/active|/statistics]
 *
 * Every call of the organization, newest first: one row each, folded from
 * what the carrier told of it.
 *
 * Touches: hang_up (the worker ends the call), audit_entries.  Reads calls,
 * call_events, cdrs, recordings, voicemails, cdr_hours, cdr_days.
 */
#include "call_live.h"
#include "carrier_due.h"
#include "html_read.h"
#include "statistics.h"

static struct err *
list_calls(struct visit *visit)
{
	struct calls_query query;
	struct cursor_list list;
	struct habits habits;

	TRY(history_begin(visit, &calls, &query, &list, &habits));
	TRY(calls_choose(visit, &habits, &query, &list));
	return history_answer(visit, &calls, &query, &list);
}

static struct err *
show_call(struct visit *visit)
{
	struct html html = visit_html(visit);
	struct call_record call;
	struct str heading = pool_printf(
	    visit->req->pool, "Call %llu", (unsigned long long)visit->id);

	TRY(call_load(visit, visit->id, &call));
	if (visit->face != FACE_HTML)
		return answer_object(visit, &call_details, &call, heading);
	history_etag(visit, &call_details, &call);
	html.record = &call_details;
	TRY(visit_choices(visit, &html));
	html_open(&html, 200, heading);
	html_details(&html, &call_details, &call);
	if (call_is_live(&call) && role_in(visit->who.role, AGENTS) &&
	    who_may(&visit->who, "calls", "write"))
		html_action(&html, visit->id, "hang-up", NULL, NULL, NULL);
	html_close(&html);
	return NULL;
}

static struct err *
wish_its_end(struct visit *visit, const struct call_record *call)
{
	struct change *change = &visit->change;
	const struct audit wished = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "hang_up",
	    .type = "call",
	    .id = call->id};
	bool may = false;

	TRY(hang_up_put(change->db, call->id, call->call_key, &may));
	if (!may)
		return err_new(change->pool, CONFLICT,
		    "Without an API key the carrier cannot be asked to.");
	return audit_write(change->db, change->pool, &wished);
}

/* Agents end their own calls; call_load() finds no others. */
static struct err *
hang_up(struct visit *visit)
{
	struct change *change = &visit->change;
	struct call_record call;

	TRY(call_load(visit, visit->id, &call));
	db_rollback(change->db);
	if (!call_is_live(&call))
		return err_new(change->pool, CONFLICT, "The call is over.");
	TRY(db_begin(change->db, change->pool, DB_WRITE, change->organization));
	TRY(change_end(change, wish_its_end(visit, &call)));
	if (visit->face == FACE_HTML) {
		rest_see_other(
		    visit->req, rest_next(&visit->body.fields,
				    pool_printf(visit->req->pool, "%.*s/%llu",
					PSTR(visit_base(visit)),
					(unsigned long long)call.id)));
		return NULL;
	}
	return answer_data(visit, 202, &call_row, &call);
}

/* Agents see their own, as they do in `events`. */
static struct err *
load_active(struct visit *visit, struct cursor_page *page)
{
	struct db *db = visit->change.db;
	bool living = calls_living(visit, page);
	struct own own;
	size_t n = 0;

	if (living && role_in(visit->who.role, ADMINS))
		return NULL;
	if (living)
		TRY(db_begin(
		    db, visit->req->pool, DB_READ, visit->change.organization));
	else
		TRY(calls_active(visit, page));
	TRY(find_own(visit, &own));
	for (size_t i = 0; i < page->count; i++)
		if (call_is_own(&own, page->objects[i]))
			page->objects[n++] = page->objects[i];
	page->count = n;
	return NULL;
}

static struct err *
list_active(struct visit *visit)
{
	struct html html = visit_html(visit);
	struct cursor_page page;

	TRY(load_active(visit, &page));
	if (visit->face != FACE_HTML) {
		answer_rows(
		    visit, "calls-active", &call_row, page.objects, page.count);
		return NULL;
	}
	html.record = &call_row;
	html.asks = NULL;
	TRY(visit_choices(visit, &html));
	html_open(&html, 200, STR("Calls in progress"));
	html_rows(&html, &call_row, page.objects, page.count, true);
	if (page.count == 0)
		html_note(&html, "No call is in progress.");
	html_close(&html);
	return NULL;
}

static const struct route routes[] = {
    ROUTE("GET", "/calls", READERS, list_calls, NULL, .gives = GIVES_CURSOR,
	.query = &calls_parameters, .data = &call_row),
    ROUTE("GET", "/calls/active", AGENTS, list_active, NULL,
	.gives = GIVES_LIST, .data = &call_row,
	.does = "list the calls in progress"),
    ROUTE("GET", "/calls/statistics", AGENTS, list_call_statistics, NULL,
	.gives = GIVES_LIST, .query = &call_statistics_parameters,
	.data = &statistics_row, .does = "count calls"),
    ROUTE("GET", "/calls/ID", READERS, show_call, NULL, .gives = GIVES_ONE,
	.data = &call_details),
    ROUTE("POST", "/calls/ID/hang-up", AGENTS, hang_up, NULL,
	.gives = GIVES_LATER, .data = &call_row,
	.does = "have a live call ended"),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("calls", routes), argc, argv);
}
