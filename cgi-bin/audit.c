/*
 * /cgi-bin/audit[/ID]
 *
 * Every change of the organization, newest first; secrets were masked when
 * it was written.
 *
 * Touches: nothing.  Reads audit_entries.
 */
#include "audit_entry.h"

static struct err *
list_audit(struct visit *visit)
{
	struct audit_query query;
	struct cursor_list list;

	TRY(history_begin(visit, &audit_entries, &query, &list, NULL));
	audit_choose(visit, &query, &list);
	return history_answer(visit, &audit_entries, &query, &list);
}

static struct err *
show_entry(struct visit *visit)
{
	struct audit_entry entry;

	TRY(audit_load(visit, visit->id, &entry));
	return answer_object(visit, &audit_row, &entry,
	    pool_printf(visit->req->pool, "Change %llu",
		(unsigned long long)visit->id));
}

static const struct route routes[] = {
    ROUTE("GET", "/audit", ADMINS, list_audit, NULL, .gives = GIVES_CURSOR,
	.query = &audit_parameters, .data = &audit_row),
    ROUTE("GET", "/audit/ID", ADMINS, show_entry, NULL, .gives = GIVES_ONE,
	.data = &audit_row),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("audit", routes), argc, argv);
}
