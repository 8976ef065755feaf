/*
 * /cgi-bin/calls[/ID|/active|/statistics]
 *
 * Every call of the organization, newest first: one row each, folded from
 * what the carrier told of it.
 *
 * Touches: nothing.  Reads calls, call_events, cdrs, recordings, voicemails,
 * cdr_hours, cdr_days.
 */
#include "call_live.h"
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
	struct call_record call;

	TRY(call_load(visit, visit->id, &call));
	return answer_object(visit, &call_details, &call,
	    pool_printf(
		visit->req->pool, "Call %llu", (unsigned long long)visit->id));
}

static struct err *
list_active(struct visit *visit)
{
	struct html html = visit_html(visit);
	struct cursor_page page;

	if (!calls_living(visit, &page))
		TRY(calls_active(visit, &page));
	if (visit->face != FACE_HTML) {
		answer_rows(visit, &call_row, page.objects, page.count);
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
    ROUTE("GET", "/calls/statistics", AGENTS, list_statistics, NULL,
	.gives = GIVES_LIST, .query = &statistics_parameters,
	.data = &statistics_row, .does = "count calls"),
    ROUTE("GET", "/calls/ID", READERS, show_call, NULL, .gives = GIVES_ONE,
	.data = &call_details),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("calls", routes), argc, argv);
}
