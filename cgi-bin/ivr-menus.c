/*
 * /cgi-bin/ivr-menus[/ID[/restore|/delete]]
 *
 * A greeting, and where each key leads.
 *
 * Touches: ivr_menus, ivr_menu_options, audit_entries; reads what they
 * refer to.
 */
#include "control.h"
#include "ivr_menu.h"

static const struct route routes[] = {
    ROUTE("GET", "/ivr-menus", READERS, list_records, &ivr_menus),
    ROUTE("POST", "/ivr-menus", ADMINS, create_record, &ivr_menus),
    ROUTE("GET", "/ivr-menus/new", ADMINS, new_record, &ivr_menus),
    ROUTE("GET", "/ivr-menus/ID", READERS, show_record, &ivr_menus),
    ROUTE("PUT", "/ivr-menus/ID", ADMINS, replace_record, &ivr_menus),
    ROUTE("PATCH", "/ivr-menus/ID", ADMINS, modify_record, &ivr_menus),
    ROUTE("DELETE", "/ivr-menus/ID", ADMINS, delete_record, &ivr_menus),
    ROUTE("GET", "/ivr-menus/ID/delete", ADMINS, ask_delete, &ivr_menus),
    ROUTE("POST", "/ivr-menus/ID/restore", ADMINS, restore_record, &ivr_menus),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("ivr-menus", routes), argc, argv);
}
