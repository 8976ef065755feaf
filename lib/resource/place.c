#include "place.h"

static const struct {
	const char *type, *responder;
	bool alone; /* one for each organization: it has no id */
} places[] = {
    {"extension", "extensions", false},
    {"voicemail", "extensions", false},
    {"did", "dids", false},
    {"ring_group", "ring-groups", false},
    {"ivr_menu", "ivr-menus", false},
    {"business_hours", "business-hours", false},
    {"conference_room", "conference-rooms", false},
    {"outbound_rule", "outbound-rules", false},
    {"blocked_caller", "blocked-callers", false},
    {"prompt", "prompts", false},
    {"notification", "notifications", false},
    {"settings", "settings", true},
};
enum { PLACES = sizeof places / sizeof places[0] };

const char *
place_responder(struct str type)
{
	for (size_t i = 0; i < PLACES; i++)
		if (str_is(type, places[i].type))
			return places[i].responder;
	return NULL;
}

struct str
place_of(struct pool *pool, struct str type, uint64_t id)
{
	for (size_t i = 0; i < PLACES; i++) {
		if (!str_is(type, places[i].type))
			continue;
		if (places[i].alone)
			return pool_printf(
			    pool, "/cgi-bin/%s", places[i].responder);
		return pool_printf(pool, "/cgi-bin/%s/%llu",
		    places[i].responder, (unsigned long long)id);
	}
	return NO_STR;
}
