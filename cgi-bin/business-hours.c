/*
 * /cgi-bin/business-hours[/ID[/restore|/delete]]
 *
 * Schedules: when calls go here and when they go there.
 *
 * Touches: business_hours with their periods and exceptions,
 * audit_entries; reads what they refer to.
 */
#include "business_hours.h"
#include "control.h"

static const struct route routes[] = {
    ROUTE("GET", "/business-hours", READERS, list_records, &business_hours),
    ROUTE("POST", "/business-hours", ADMINS, create_record, &business_hours),
    ROUTE("GET", "/business-hours/new", ADMINS, new_record, &business_hours),
    ROUTE("GET", "/business-hours/ID", READERS, show_record, &business_hours),
    ROUTE("PUT", "/business-hours/ID", ADMINS, replace_record, &business_hours),
    ROUTE(
	"PATCH", "/business-hours/ID", ADMINS, modify_record, &business_hours),
    ROUTE(
	"DELETE", "/business-hours/ID", ADMINS, delete_record, &business_hours),
    ROUTE("GET", "/business-hours/ID/delete", ADMINS, ask_delete,
	&business_hours),
    ROUTE("POST", "/business-hours/ID/restore", ADMINS, restore_record,
	&business_hours),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("business-hours", routes), argc, argv);
}
