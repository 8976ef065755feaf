/*
 * Conference rooms: where several calls meet.
 */
#ifndef RESOURCE_CONFERENCE_ROOM_H
#define RESOURCE_CONFERENCE_ROOM_H

#include "resource.h"

struct conference_room_record {
	struct row row;
	struct str name;
	struct str pin;      /* a guest's */
	struct str host_pin; /* who enters this one is the host */
	bool wait_for_host;
	int max_participants;
	bool muted, beep, record; /* muted: guests alone */
};

extern const struct resource conference_rooms;

#endif
