/*
 * /cgi-bin/blocked-callers[/ID[/restore|/delete]]
 *
 * Who is turned away, and how.
 *
 * Touches: blocked_callers, audit_entries; reads organizations.
 */
#include "blocked_caller.h"
#include "control.h"

static const struct route routes[] = {
    ROUTE("GET", "/blocked-callers", READERS, list_records, &blocked_callers),
    ROUTE("POST", "/blocked-callers", ADMINS, create_record, &blocked_callers),
    ROUTE("GET", "/blocked-callers/new", ADMINS, new_record, &blocked_callers),
    ROUTE("GET", "/blocked-callers/ID", READERS, show_record, &blocked_callers),
    ROUTE(
	"PUT", "/blocked-callers/ID", ADMINS, replace_record, &blocked_callers),
    ROUTE("PATCH", "/blocked-callers/ID", ADMINS, modify_record,
	&blocked_callers),
    ROUTE("DELETE", "/blocked-callers/ID", ADMINS, delete_record,
	&blocked_callers),
    ROUTE("GET", "/blocked-callers/ID/delete", ADMINS, ask_delete,
	&blocked_callers),
    ROUTE("POST", "/blocked-callers/ID/restore", ADMINS, restore_record,
	&blocked_callers),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("blocked-callers", routes), argc, argv);
}
