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
    {"GET", "/dids", READERS, list_records, &dids},
    {"POST", "/dids", ADMINS, create_record, &dids},
    {"GET", "/dids/new", ADMINS, new_record, &dids},
    {"GET", "/dids/ID", READERS, show_record, &dids},
    {"PUT", "/dids/ID", ADMINS, replace_record, &dids},
    {"PATCH", "/dids/ID", ADMINS, modify_record, &dids},
    {"DELETE", "/dids/ID", ADMINS, delete_record, &dids},
    {"GET", "/dids/ID/delete", ADMINS, ask_delete, &dids},
    {"POST", "/dids/ID/restore", ADMINS, restore_record, &dids},
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("dids", routes), argc, argv);
}
