/*
 * Voicemails: messages in the mailbox of an extension.  The webhook makes
 * them and the worker fetches their audio; here they are listened to, marked
 * and deleted.
 */
#ifndef RESOURCE_VOICEMAIL_H
#define RESOURCE_VOICEMAIL_H

#include "recording.h"

struct voicemail_record {
	struct row row;
	uint64_t extension_id;
	struct str from_number, caller_name;
	struct instant received_at, heard_at, expires_at;
	bool heard;
	enum audio_state state;
	struct str failure;
	struct str media_type;
	int bytes, seconds;
	struct str call_key;
};

extern const struct record voicemail_table;
extern const struct resource voicemails;

#endif
