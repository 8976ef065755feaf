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
    {"GET", "/extensions", READERS, list_records, &extensions},
    {"POST", "/extensions", ADMINS, create_record, &extensions},
    {"GET", "/extensions/new", ADMINS, new_record, &extensions},
    {"GET", "/extensions/ID", READERS, show_record, &extensions},
    {"PUT", "/extensions/ID", ADMINS, replace_record, &extensions},
    {"PATCH", "/extensions/ID", AGENTS, modify_record, &extensions},
    {"DELETE", "/extensions/ID", ADMINS, delete_record, &extensions},
    {"GET", "/extensions/ID/delete", ADMINS, ask_delete, &extensions},
    {"POST", "/extensions/ID/restore", ADMINS, restore_record, &extensions},
    {"POST", "/extensions/ID/sip-password", ADMINS, renew_password,
	&extensions},
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("extensions", routes), argc, argv);
}
