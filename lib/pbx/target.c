#include "target.h"

static const char *const names[] = {
    [TARGET_NONE] = "",
    [TARGET_EXTENSION] = "extension",
    [TARGET_RING_GROUP] = "ring_group",
    [TARGET_IVR_MENU] = "ivr_menu",
    [TARGET_BUSINESS_HOURS] = "business_hours",
    [TARGET_CONFERENCE_ROOM] = "conference_room",
    [TARGET_VOICEMAIL] = "voicemail",
    [TARGET_EXTERNAL] = "external",
    [TARGET_HANGUP] = "hangup",
};

const char *
target_type_name(enum target_type type)
{
	return names[type];
}

bool
target_type_parse(struct str text, enum target_type *out)
{
	for (int i = TARGET_NONE; i <= TARGET_HANGUP; i++)
		if (str_is(text, names[i])) {
			*out = (enum target_type)i;
			return true;
		}
	return false;
}

struct target
target_of(struct str type, uint64_t id, struct str number)
{
	struct target target = {.id = id, .number = number};

	if (!target_type_parse(type, &target.type))
		target.type = TARGET_NONE;
	return target;
}

bool
target_equal(const struct target *a, const struct target *b)
{
	return a->type == b->type && a->id == b->id &&
	       str_equal(a->number, b->number);
}

void
target_pack(struct pack *pack, struct target *target)
{
	PACK_ENUM(pack, target->type, TARGET_HANGUP);
	if (target->type == TARGET_EXTERNAL)
		pack_str(pack, &target->number);
	else if (target->type != TARGET_NONE && target->type != TARGET_HANGUP)
		pack_u64(pack, &target->id);
}
