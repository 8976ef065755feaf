/*
 * /cgi-bin/extensions[/ID[/restore|/delete|/sip-password]]
 *
 * The numbers that are dialled inside, and what each of them is.
 *
 * Touches: extensions, audit_entries; reads what extensions refer to.
 */
#include "control.h"
#include "extension.h"

static struct err *
renew_password(struct visit *visit)
{
	TRY(extension_renew_password(&visit->change, visit->id));
	return answer_changed(visit, visit->id, 200);
}

static const struct route routes[] = {
    ROUTE("GET", "/extensions", READERS, list_records, &extensions),
    ROUTE("POST", "/extensions", ADMINS, create_record, &extensions),
    ROUTE("GET", "/extensions/new", ADMINS, new_record, &extensions),
    ROUTE("GET", "/extensions/ID", READERS, show_record, &extensions),
    ROUTE("PUT", "/extensions/ID", ADMINS, replace_record, &extensions),
    ROUTE("PATCH", "/extensions/ID", AGENTS, modify_record, &extensions),
    ROUTE("DELETE", "/extensions/ID", ADMINS, delete_record, &extensions),
    ROUTE("GET", "/extensions/ID/delete", ADMINS, ask_delete, &extensions),
    ROUTE(
	"POST", "/extensions/ID/restore", ADMINS, restore_record, &extensions),
    ROUTE("POST", "/extensions/ID/sip-password", ADMINS, renew_password,
	&extensions),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("extensions", routes), argc, argv);
}
