/*
 * /cgi-bin/ring-groups[/ID[/restore|/delete]]
 *
 * Several extensions that ring together, one after the other or in turn.
 *
 * Touches: ring_groups, ring_group_members, audit_entries; reads what they
 * refer to.
 */
#include "control.h"
#include "ring_group.h"

static const struct route routes[] = {
    ROUTE("GET", "/ring-groups", READERS, list_records, &ring_groups),
    ROUTE("POST", "/ring-groups", ADMINS, create_record, &ring_groups),
    ROUTE("GET", "/ring-groups/new", ADMINS, new_record, &ring_groups),
    ROUTE("GET", "/ring-groups/ID", READERS, show_record, &ring_groups),
    ROUTE("PUT", "/ring-groups/ID", ADMINS, replace_record, &ring_groups),
    ROUTE("PATCH", "/ring-groups/ID", ADMINS, modify_record, &ring_groups),
    ROUTE("DELETE", "/ring-groups/ID", ADMINS, delete_record, &ring_groups),
    ROUTE("GET", "/ring-groups/ID/delete", ADMINS, ask_delete, &ring_groups),
    ROUTE("POST", "/ring-groups/ID/restore", ADMINS, restore_record,
	&ring_groups),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("ring-groups", routes), argc, argv);
}
