/* The pages that a visitor may look at, in the order of the navigation. */
#include "control.h"
#include "words.h"

static const struct {
	const char *responder;
	unsigned roles;
	const char *path; /* NULL: the responder's list */
	const char *text; /* NULL: the responder's name */
} places[] = {
    {"extensions", READERS, NULL, NULL},
    {"ring-groups", READERS, NULL, NULL},
    {"ivr-menus", READERS, NULL, NULL},
    {"business-hours", READERS, NULL, NULL},
    {"conference-rooms", READERS, NULL, NULL},
    {"dids", READERS, NULL, "Numbers (DIDs)"},
    {"outbound-rules", READERS, NULL, NULL},
    {"blocked-callers", READERS, NULL, NULL},
    {"prompts", READERS, NULL, NULL},
    {"events", READERS, NULL, "Going on now"},
    {"calls", READERS, NULL, NULL},
    {"cdrs", READERS, NULL, NULL},
    {"recordings", READERS, NULL, NULL},
    {"voicemails", READERS, NULL, NULL},
    {"users", READERS, NULL, NULL},
    {"notifications", READERS, NULL, NULL},
    {"tokens", READERS, NULL, "Access tokens"},
    {"settings", READERS, NULL, NULL},
    {"organizations", ADMINS, NULL, "Organization"},
    {"organizations", ROLE_OPERATOR, NULL, NULL},
    {"audit", ADMINS, NULL, NULL},
    {"simulate", AGENTS, NULL, "Simulator"},
    {"health", AGENTS, "/configuration", "Check the configuration"},
    {"session", SIGNED_IN, NULL, "Your account"},
};
enum { PLACES = sizeof places / sizeof places[0] };

static struct str
href_of(const struct visit *visit, size_t i)
{
	struct pool *pool = visit->req->pool;

	/* A tenant has one of these, and no list. */
	if (places[i].roles == ADMINS &&
	    strcmp(places[i].responder, "organizations") == 0)
		return pool_printf(pool, "/cgi-bin/organizations/%llu",
		    (unsigned long long)visit->who.organization);
	return pool_printf(pool, "/cgi-bin/%s%s", places[i].responder,
	    places[i].path != NULL ? places[i].path : "");
}

void
visit_places(const struct visit *visit, struct html *html)
{
	struct pool *pool = visit->req->pool;
	const struct who *who = &visit->who;
	struct html_place *found = NEW_ARRAY(pool, struct html_place, PLACES);

	html->places = found;
	for (size_t i = 0; i < PLACES; i++)
		if (role_in(who->role, places[i].roles) &&
		    who_may(who, places[i].responder, "read"))
			found[html->place_count++] = (struct html_place){
			    href_of(visit, i),
			    places[i].text != NULL
				? str_of(places[i].text)
				: heading_of(pool, str_of(places[i].responder)),
			    places[i].responder};
	if (who->role != ROLE_NONE)
		html->who = pool_printf(
		    pool, "%.*s, %s", PSTR(who->name), role_name(who->role));
}
