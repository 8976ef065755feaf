/*
 * Where a call can go: the one polymorphic reference of OpBX.
 */
#ifndef PBX_TARGET_H
#define PBX_TARGET_H

#include "pack.h"

enum target_type {
	TARGET_NONE,
	TARGET_EXTENSION,
	TARGET_RING_GROUP,
	TARGET_IVR_MENU,
	TARGET_BUSINESS_HOURS,
	TARGET_CONFERENCE_ROOM,
	TARGET_VOICEMAIL, /* id: the extension whose mailbox it is */
	TARGET_EXTERNAL,  /* number: E.164 or sip: */
	TARGET_HANGUP,
};

struct target {
	enum target_type type;
	uint64_t id;       /* 0 for none, external and hangup */
	struct str number; /* external alone, else absent */
};

/* "ring_group", as in SQL and JSON; "" for TARGET_NONE. */
const char *target_type_name(enum target_type type);
/* False for a text that names no type; "" and absent are TARGET_NONE. */
bool target_type_parse(struct str text, enum target_type *out);
/* The three columns of a row; TARGET_NONE when type is none. */
struct target target_of(struct str type, uint64_t id, struct str number);
bool target_equal(const struct target *a, const struct target *b);
void target_pack(struct pack *pack, struct target *target);

#endif
