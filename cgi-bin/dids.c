/*
 * /cgi-bin/dids[/ID[/restore|/delete]]
 *
 * The telephone numbers by which the tenant is called, and where each leads.
 *
 * Touches: dids, audit_entries; reads what they refer to.
 */
#include "control.h"
#include "did.h"

static const struct route routes[] = {
    ROUTE("GET", "/dids", READERS, list_records, &dids),
    ROUTE("POST", "/dids", ADMINS, create_record, &dids),
    ROUTE("GET", "/dids/new", ADMINS, new_record, &dids),
    ROUTE("GET", "/dids/ID", READERS, show_record, &dids),
    ROUTE("PUT", "/dids/ID", ADMINS, replace_record, &dids),
    ROUTE("PATCH", "/dids/ID", ADMINS, modify_record, &dids),
    ROUTE("DELETE", "/dids/ID", ADMINS, delete_record, &dids),
    ROUTE("GET", "/dids/ID/delete", ADMINS, ask_delete, &dids),
    ROUTE("POST", "/dids/ID/restore", ADMINS, restore_record, &dids),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("dids", routes), argc, argv);
}
