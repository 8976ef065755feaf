#include "conference_room.h"

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(conference_room_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(conference_room_record, pin), .min = 4, .max = 10,
	    .format = TEXT_DIGITS, .flags = SECRET,
	    .help = "what guests enter; none: nothing" },
	{ FIELD(conference_room_record, host_pin), .min = 4, .max = 10,
	    .format = TEXT_DIGITS, .flags = SECRET,
	    .help = "what the host enters; another than the guests'" },
	{ FIELD(conference_room_record, wait_for_host), .flags = FILTER,
	    .help = "begins and ends with the host; needs a host_pin" },
	{ FIELD(conference_room_record, max_participants), .min = 2,
	    .max = 250, .def = "25", .flags = REQUIRED | SORT },
	{ FIELD(conference_room_record, muted), .flags = FILTER,
	    .help = "guests listen only" },
	{ FIELD(conference_room_record, beep), .def = "true",
	    .flags = FILTER, .help = "when somebody comes or goes" },
	{ FIELD(conference_room_record, record), .flags = FILTER },
};
/* clang-format on */

static const struct record record = {
    .name = "conference_room",
    .view = "conference_rooms",
    .order = "name",
    RECORD(conference_room_record, fields),
};

static void
check_pins(struct change *change, const struct conference_room_record *room)
{
	struct complaints *all = &change->all;

	if (room->pin.p != NULL && room->host_pin.p != NULL &&
	    str_equal(room->pin, room->host_pin))
		complain(all, STR("host_pin"), "must not be the guests' PIN");
	if (room->wait_for_host && room->host_pin.p == NULL &&
	    !complained(all, STR("host_pin")))
		complain(all, STR("wait_for_host"), "needs a host_pin");
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	resource_take(change, &conference_rooms, body, before, object);
	check_pins(change, object);
	return NULL;
}

/* Only targets lead to a room, and those are known everywhere. */
const struct resource conference_rooms = {
    .name = "conference-rooms",
    .record = &record,
    .take = take,
};
