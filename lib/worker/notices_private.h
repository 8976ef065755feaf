/* What the files of notices.h share.  Nobody else includes this. */
#ifndef WORKER_NOTICES_PRIVATE_H
#define WORKER_NOTICES_PRIVATE_H

#include "delivery.h"
#include "json.h"
#include "notices.h"

/* A notice on its way to those who want it. */
struct telling_notice {
	const struct work *work;
	struct pool *pool;
	uint64_t organization, id;
	bool found; /* there is such a notice */
	struct str event, text;
	int64_t at;
	struct str timezone; /* the organization's */
	/* Its call; NULL: none, or gone. */
	const struct rows *call;
	const struct json *legs, *steps;
	/* Its message; NULL: none, or gone. */
	const struct rows *message;
	struct str mailbox_email; /* absent: nobody gets it by mail */
	struct str file, file_name, file_type;
};

/*
 * notices_load.c: inside a write transaction of the tenant, which locks the
 * notice.  *pending is false when all deliveries were put already.
 */
struct err *notice_load(struct telling_notice *t, bool *pending);
bool notice_is_about(
    const struct telling_notice *t, struct str type, uint64_t id);

/* notices_write.c: for programs, for people, for who watches. */
struct str notice_body(
    const struct telling_notice *t, uint64_t rule, struct str name);
struct str notice_letter(const struct telling_notice *t, struct str rule);
struct str notice_event(const struct telling_notice *t);

/* Columns of telling_notice.call and .message. */
enum {
	CALL_ID,
	CALL_KEY,
	CALL_DIRECTION,
	CALL_STATE,
	CALL_FROM,
	CALL_TO,
	CALL_FROM_NUMBER,
	CALL_TO_NUMBER,
	CALL_NAME,
	CALL_DID,
	CALL_FROM_EXTENSION,
	CALL_EXTENSION,
	CALL_STARTED,
	CALL_LEGS,
	CALL_STEPS,
	CALL_TARGET_TYPE,
	CALL_TARGET_ID,
};
enum {
	MESSAGE_ID,
	MESSAGE_EXTENSION,
	MESSAGE_FROM,
	MESSAGE_NAME,
	MESSAGE_RECEIVED,
	MESSAGE_SECONDS,
	MESSAGE_TYPE,
	MESSAGE_STATE,
	MESSAGE_EMAIL,
	MESSAGE_NUMBER,
	MESSAGE_MAILBOX,
};

#endif
