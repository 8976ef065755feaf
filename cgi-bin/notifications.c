/*
 * /cgi-bin/notifications[/ID[/restore|/delete|/test]]
 *
 * Who is told of missed calls, messages, emergencies and failures.
 *
 * Touches: notifications, notification_subjects, audit_entries; queues
 * deliveries; reads what notifications are about.
 */
#include "control.h"
#include "notification.h"

static struct err *
send_test(struct visit *visit)
{
	TRY(notification_test(&visit->change, visit->id));
	return answer_changed(visit, visit->id, 200);
}

static const struct route routes[] = {
    ROUTE("GET", "/notifications", READERS, list_records, &notifications),
    ROUTE("POST", "/notifications", ADMINS, create_record, &notifications),
    ROUTE("GET", "/notifications/new", ADMINS, new_record, &notifications),
    ROUTE("GET", "/notifications/ID", READERS, show_record, &notifications),
    ROUTE("PUT", "/notifications/ID", ADMINS, replace_record, &notifications),
    ROUTE("PATCH", "/notifications/ID", ADMINS, modify_record, &notifications),
    ROUTE("DELETE", "/notifications/ID", ADMINS, delete_record, &notifications),
    ROUTE(
	"GET", "/notifications/ID/delete", ADMINS, ask_delete, &notifications),
    ROUTE("POST", "/notifications/ID/restore", ADMINS, restore_record,
	&notifications),
    ROUTE("POST", "/notifications/ID/test", ADMINS, send_test, &notifications,
	.gives = GIVES_ONE,
	.does = "Sends a test; how it went is seen in the object soon after"),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("notifications", routes), argc, argv);
}
