/*
 * Notifications: who is told of what, by mail or by a signed request.
 */
#ifndef RESOURCE_NOTIFICATION_H
#define RESOURCE_NOTIFICATION_H

#include "resource.h"

enum notification_event {
	EVENT_MISSED_CALL,
	EVENT_VOICEMAIL,
	EVENT_EMERGENCY,
	EVENT_LIMIT,
	EVENT_FAILURE,
};

enum subject_type { SUBJECT_EXTENSION, SUBJECT_RING_GROUP, SUBJECT_DID };

/* What it is about; a notification without any is about all there is. */
struct subject_record {
	enum subject_type type;
	uint64_t id;
	struct str name; /* of the object, or its number: to be shown */
};

struct notification_record {
	struct row row;
	struct str name;
	enum notification_event event;
	struct str email, url;    /* one of them */
	struct str secret;        /* of url: signs what is sent there */
	struct children subjects; /* of struct subject_record */
	enum status status;
	struct instant delivered_at, failed_at;
	struct str failure; /* of the last delivery; absent: it arrived */
};

extern const struct resource notifications;

/* Queues a real delivery that says it is a test. */
struct err *notification_test(struct change *change, uint64_t id);

#endif
