#include "recording.h"

#include <limits.h>

const char *const audio_states[] = {"pending", "ready", "failed", NULL};

enum { OTHERS = READONLY | ELSEWHERE };

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(recording_record, recorded_at), .flags = OTHERS | SORT },
	{ FIELD(recording_record, from_number),
	    .flags = OTHERS | SORT | SEARCH },
	{ FIELD(recording_record, to_number),
	    .flags = OTHERS | SORT | SEARCH },
	{ FIELD(recording_record, did_id), .refers = "dids",
	    .flags = OTHERS | FILTER | UNLISTED },
	{ FIELD(recording_record, extension_id), .refers = "extensions",
	    .flags = OTHERS | FILTER },
	{ FIELD(recording_record, seconds), .min = 1, .max = INT_MAX,
	    .flags = OTHERS | SORT },
	{ FIELD(recording_record, bytes), .min = 1, .max = INT_MAX,
	    .flags = OTHERS | SORT | UNLISTED },
	{ FIELD(recording_record, media_type), .flags = OTHERS | UNLISTED },
	{ FIELD(recording_record, state), .choices = audio_states,
	    .flags = OTHERS | FILTER | SORT,
	    .help = "pending until its audio is here" },
	{ FIELD(recording_record, failure), .flags = OTHERS | UNLISTED },
	{ FIELD(recording_record, call_key),
	    .flags = OTHERS | FILTER | UNLISTED,
	    .help = "the call's session token" },
	{ FIELD(recording_record, expires_at), .flags = OTHERS | SORT,
	    .help = "then it is removed for good" },
};
/* clang-format on */

static const struct record record = {
    .name = "recording",
    .view = "recordings",
    .order = "-recorded_at",
    RECORD(recording_record, fields),
};

const struct resource recordings = {
    .name = "recordings",
    .record = &record,
};
