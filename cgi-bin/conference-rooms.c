/*
 * /cgi-bin/conference-rooms[/ID[/restore|/delete]]
 *
 * Where several calls meet, and who may enter.
 *
 * Touches: conference_rooms, audit_entries; reads what leads to them.
 */
#include "conference_room.h"
#include "control.h"

static const struct route routes[] = {
    ROUTE("GET", "/conference-rooms", READERS, list_records, &conference_rooms),
    ROUTE(
	"POST", "/conference-rooms", ADMINS, create_record, &conference_rooms),
    ROUTE(
	"GET", "/conference-rooms/new", ADMINS, new_record, &conference_rooms),
    ROUTE(
	"GET", "/conference-rooms/ID", READERS, show_record, &conference_rooms),
    ROUTE("PUT", "/conference-rooms/ID", ADMINS, replace_record,
	&conference_rooms),
    ROUTE("PATCH", "/conference-rooms/ID", ADMINS, modify_record,
	&conference_rooms),
    ROUTE("DELETE", "/conference-rooms/ID", ADMINS, delete_record,
	&conference_rooms),
    ROUTE("GET", "/conference-rooms/ID/delete", ADMINS, ask_delete,
	&conference_rooms),
    ROUTE("POST", "/conference-rooms/ID/restore", ADMINS, restore_record,
	&conference_rooms),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("conference-rooms", routes), argc, argv);
}
