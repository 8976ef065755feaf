/*
 * /cgi-bin/cdrs[/ID|/statistics]
 *
 * Call detail records as the carrier sent them, newest first.
 *
 * Touches: nothing.  Reads cdrs, calls, cdr_hours, cdr_days.
 */
#include "cdr.h"
#include "statistics.h"

static struct err *
list_cdrs(struct visit *visit)
{
	struct cdrs_query query;
	struct cursor_list list;
	struct habits habits;

	TRY(history_begin(visit, &cdrs, &query, &list, &habits));
	TRY(cdrs_choose(visit, &habits, &query, &list));
	return history_answer(visit, &cdrs, &query, &list);
}

static struct err *
show_cdr(struct visit *visit)
{
	struct cdr_record cdr;

	TRY(cdr_load(visit, visit->id, &cdr));
	return answer_object(visit, &cdr_details, &cdr,
	    pool_printf(
		visit->req->pool, "CDR %llu", (unsigned long long)visit->id));
}

static const struct route routes[] = {
    ROUTE("GET", "/cdrs", READERS, list_cdrs, NULL, .gives = GIVES_CURSOR,
	.query = &cdrs_parameters, .data = &cdr_row),
    ROUTE("GET", "/cdrs/statistics", AGENTS, list_cdr_statistics, NULL,
	.gives = GIVES_LIST, .query = &cdr_statistics_parameters,
	.data = &statistics_row, .does = "count CDRs"),
    ROUTE("GET", "/cdrs/ID", READERS, show_cdr, NULL, .gives = GIVES_ONE,
	.data = &cdr_details),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("cdrs", routes), argc, argv);
}
