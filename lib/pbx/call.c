#include "call.h"

enum direction
direction_parse(struct str text)
{
	if (str_is_nocase(text, "subscriber") ||
	    str_is_nocase(text, "outbound") || str_is_nocase(text, "internal"))
		return DIRECTION_SUBSCRIBER;
	if (str_is_nocase(text, "outbound-api") ||
	    str_is_nocase(text, "application"))
		return DIRECTION_APPLICATION;
	return DIRECTION_INBOUND;
}

const char *
direction_name(enum direction direction)
{
	static const char *const names[] = {
	    [DIRECTION_INBOUND] = "inbound",
	    [DIRECTION_SUBSCRIBER] = "subscriber",
	    [DIRECTION_APPLICATION] = "application",
	};

	return names[direction];
}

/* The letters of a text in lower case; absent when they are too many. */
static struct str
letters_of(struct str text, char *letters, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = str_lower(text.p[i]);

		if (c < 'a' || c > 'z')
			continue;
		if (n == room)
			return NO_STR;
		letters[n++] = c;
	}
	return (struct str){letters, n};
}

enum outcome
outcome_parse(struct str dial_call_status, struct str call_status)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {
	    {"answered", OUTCOME_ANSWERED},
	    {"completed", OUTCOME_ANSWERED},
	    {"canceled", OUTCOME_CANCELED},
	    {"cancelled", OUTCOME_CANCELED},
	    {"busy", OUTCOME_BUSY},
	    {"noanswer", OUTCOME_NO_ANSWER},
	    {"failed", OUTCOME_FAILED},
	};
	char letters[16];
	struct str word = letters_of(dial_call_status, letters, sizeof letters);

	if (word.p != NULL && word.n == 0)
		word = letters_of(call_status, letters, sizeof letters);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_is(word, words[i].word))
			return words[i].outcome;
	return OUTCOME_NONE;
}

void
cursor_pack(struct pack *pack, struct cursor *cursor)
{
	uint64_t trail_count = cursor->trail_count;
	int layout = CURSOR_LAYOUT;

	pack_int(pack, &layout);
	if (layout != CURSOR_LAYOUT)
		pack->bad = true;
	PACK_ENUM(pack, cursor->stage, STAGE_LAST);
	PACK_ENUM(pack, cursor->direction, DIRECTION_APPLICATION);
	pack_u64(pack, &cursor->node);
	pack_str(pack, &cursor->did);
	pack_u64(pack, &cursor->mailbox);
	pack_u64(pack, &cursor->forwarder);
	pack_int(pack, &cursor->position);
	pack_int(pack, &cursor->start);
	pack_str(pack, &cursor->external);
	pack_u64(pack, &cursor->message);
	pack_bool(pack, &cursor->announced);
	pack_int(pack, &cursor->entered);
	pack_u64(pack, &trail_count);
	if (trail_count > TRAIL) {
		trail_count = 0;
		pack->bad = true;
	}
	cursor->trail_count = (size_t)trail_count;
	for (size_t i = 0; i < cursor->trail_count; i++) {
		PACK_ENUM(pack, cursor->trail[i].type, TARGET_HANGUP);
		pack_u64(pack, &cursor->trail[i].id);
	}
	pack_i64(pack, &cursor->expires);
}
