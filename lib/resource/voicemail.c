#include "voicemail.h"

#include <limits.h>

#include "own.h"

enum { OTHERS = READONLY | ELSEWHERE };

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(voicemail_record, received_at), .flags = OTHERS | SORT },
	{ FIELD(voicemail_record, from_number),
	    .flags = OTHERS | SORT | SEARCH },
	{ FIELD(voicemail_record, caller_name),
	    .flags = OTHERS | SORT | SEARCH },
	{ FIELD(voicemail_record, extension_id), .refers = "extensions",
	    .flags = OTHERS | FILTER, .help = "whose mailbox it is in" },
	{ FIELD(voicemail_record, seconds), .min = 1, .max = INT_MAX,
	    .flags = OTHERS | SORT },
	/* Stored as the instant alone. */
	{ .name = "heard", .column = "(heard_at IS NOT NULL)",
	    .offset = offsetof(struct voicemail_record, heard),
	    .kind = FIELD_BOOL, .flags = ELSEWHERE | FILTER },
	{ FIELD(voicemail_record, heard_at),
	    .flags = READONLY | SORT | UNLISTED },
	{ FIELD(voicemail_record, bytes), .min = 1, .max = INT_MAX,
	    .flags = OTHERS | SORT | UNLISTED },
	{ FIELD(voicemail_record, media_type), .flags = OTHERS | UNLISTED },
	{ FIELD(voicemail_record, state), .choices = audio_states,
	    .flags = OTHERS | FILTER | SORT,
	    .help = "pending until its audio is here" },
	{ FIELD(voicemail_record, failure), .flags = OTHERS | UNLISTED },
	{ FIELD(voicemail_record, call_key),
	    .flags = OTHERS | FILTER | UNLISTED,
	    .help = "the call's session token" },
	{ FIELD(voicemail_record, expires_at), .flags = OTHERS | SORT,
	    .help = "then it is removed for good" },
};
/* clang-format on */

const struct record voicemail_table = {
    .name = "voicemail",
    .view = "voicemails",
    .order = "-received_at",
    RECORD(voicemail_record, fields),
};

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	const struct voicemail_record *was = before;
	struct voicemail_record *message = object;

	resource_take(change, &voicemails, body, before, object);
	if (was != NULL && message->heard != was->heard)
		message->heard_at.at = message->heard ? change->now : 0;
	return NULL;
}

const struct resource voicemails = {
    .name = "voicemails",
    .record = &voicemail_table,
    .take = take,
};
