/*
 * Rows of the tenant's views to the structs that the router reads.
 *
 * Every function runs inside a transaction of the tenant.  *out stays NULL
 * when there is no living row.  key: a decimal id, or what the name says.
 */
#ifndef VOICE_LOAD_H
#define VOICE_LOAD_H

#include "conf.h"
#include "db.h"
#include "tenant.h"

struct loading {
	struct db *db;
	struct pool *pool;
	uint64_t organization;
	struct str base_url; /* of the installation, for what has none */
};

/* What is asked of a tenant's webhooks. */
struct webhook_rules {
	bool require_signature;
	struct str secret; /* sealed; absent: none */
	int rate;          /* events a minute; 0: no limit */
};

struct err *load_organization(
    const struct loading *l, struct str key, void **out);
struct err *load_extension(const struct loading *l, struct str key, void **out);
struct err *load_webhook_rules(
    const struct loading *l, struct str key, void **out);
/* The id of the extension with this number, as struct str. */
struct err *load_number(const struct loading *l, struct str key, void **out);
struct err *load_did(const struct loading *l, struct str key, void **out);
struct err *load_ring_group(
    const struct loading *l, struct str key, void **out);
struct err *load_ivr_menu(const struct loading *l, struct str key, void **out);
struct err *load_business_hours(
    const struct loading *l, struct str key, void **out);
struct err *load_conference_room(
    const struct loading *l, struct str key, void **out);
struct err *load_outbound_rules(
    const struct loading *l, struct str key, void **out);
struct err *load_blocked_callers(
    const struct loading *l, struct str key, void **out);
/* Never cached. */
struct err *load_messages(
    const struct loading *l, uint64_t extension, struct messages *out);

#endif
