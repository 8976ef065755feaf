/*
 * Recordings of calls.  The webhook makes them and the worker fetches their
 * audio; here they are listened to and deleted.
 */
#ifndef RESOURCE_RECORDING_H
#define RESOURCE_RECORDING_H

#include "resource.h"

enum audio_state { AUDIO_PENDING, AUDIO_READY, AUDIO_FAILED };
extern const char *const audio_states[];

struct recording_record {
	struct row row;
	struct str call_key;
	uint64_t did_id, extension_id;
	struct str from_number, to_number;
	enum audio_state state;
	struct str failure;
	struct str media_type;
	int bytes, seconds;
	struct instant recorded_at, expires_at;
};

extern const struct resource recordings;

#endif
