/*
 * What goes on in an organization now: calls, telephones, people, notices.
 *
 * Loaded once for all who watch and shown to each as far as they may see it:
 * owner and admin everything, others the calls of their own extensions,
 * everybody the presence of extensions.  Calls come from Redis, or from
 * MariaDB when Redis cannot say.
 */
#ifndef RESOURCE_OFFICE_H
#define RESOURCE_OFFICE_H

#include "control.h"
#include "presence.h"

enum office_source { SOURCE_REDIS, SOURCE_DATABASE };
enum attendance { SIGNED_OUT, ATTENDING, AWAY };

struct office_extension {
	uint64_t id;
	struct str number, name;
	unsigned presence; /* enum presence */
	uint64_t user;     /* whose it is; not shown */
};

struct office_person {
	uint64_t id;
	struct str name;
	unsigned presence; /* enum attendance */
};

struct office_notice {
	uint64_t id;
	struct str event, text;
	uint64_t call_id;
	struct instant created_at;
	uint64_t extensions[2]; /* of the call; not shown */
};

struct office {
	unsigned source;
	struct children calls;      /* of struct call_record */
	struct children extensions; /* active telephones, by id */
	struct children people;     /* who is signed in, by id */
	struct children notices;    /* of the last hour, newest first */
};

extern const struct record office_record, office_changes;

/* All of the visit's organization; outside of a transaction. */
struct err *office_load(struct visit *visit, struct office *out);
/* What of it that person may see. */
void office_view(struct pool *pool, const struct office *office,
    const struct who *who, struct office *out);
/* Extensions and people whose presence is another now; false: none. */
bool office_compare(struct pool *pool, const struct office *before,
    const struct office *now, struct office *changes);

/* Is it the person's own, or is everything theirs to see? */
bool office_owns(
    const struct office *office, const struct who *who, uint64_t extension);
bool office_may_hear(const struct office *office, const struct who *who,
    struct str event, const uint64_t *extensions, size_t count);

#endif
