/*
 * Inside the test tenant: its JSON objects with the changes laid over them,
 * and what the router's structs are built from.
 */
#ifndef TESTS_VOICE_SOURCE_H
#define TESTS_VOICE_SOURCE_H

#include "tenant.h"

enum { MOST = 64, LAYERS = 24 };

enum kind {
	ORGANIZATION,
	EXTENSIONS,
	DIDS,
	RING_GROUPS,
	IVR_MENUS,
	BUSINESS_HOURS,
	CONFERENCE_ROOMS,
	OUTBOUND_RULES,
	BLOCKED_CALLERS,
	KINDS,
};

/* One object of the file; the last layer that has a member counts. */
struct source {
	struct str name;
	size_t count;
	const struct json *layers[LAYERS];
};

struct list {
	const char *kind;
	enum target_type type;
	size_t count;
	struct source sources[MOST];
};

struct counted {
	struct counted *next;
	uint64_t group;
	struct str call_key;
	uint64_t calls;
};

struct tenant {
	struct pool *pool;
	bool failed;
	struct str broken;
	struct str call_key;
	struct organization organization;
	struct list lists[KINDS];
	struct counted *counted;
	uint64_t group_calls[MOST + 1];
	size_t lock_count;
	struct str locks[MOST];
};

/* source.c: members, absent or the default when no layer has one */
const struct json *source_get(const struct source *source, const char *key);
struct str source_text(const struct source *source, const char *key);
int source_int(const struct source *source, const char *key, int otherwise);
bool source_bool(const struct source *source, const char *key, bool otherwise);
/* "2026-11-23T15:00:00Z"; 0 when absent. */
int64_t source_instant(const struct source *source, const char *key);
bool source_active(const struct source *source);
struct prompt source_prompt(const struct source *source, const char *key);
struct str *source_texts(struct pool *pool, const struct source *source,
    const char *key, size_t *count);
struct target source_target(
    const struct tenant *tenant, const struct source *source, const char *key);
/* The number where it is an own, active, proved DID, as load.c joins it. */
struct str source_caller_id(
    const struct tenant *tenant, const struct source *source, const char *key);
/* "ring_group:Sales", "voicemail:1002", "external:+44…", "hangup" */
struct target tenant_target(const struct tenant *tenant, struct str value);
/* One more than the place in its list; 999 when there is none. */
uint64_t tenant_id(
    const struct tenant *tenant, enum kind kind, struct str name);

/* object.c, rule.c: the router's structs */
void build_organization(struct tenant *tenant, struct organization *x);
void build_extension(
    struct tenant *tenant, const struct source *source, struct extension *x);
void build_did(
    struct tenant *tenant, const struct source *source, struct did *x);
void build_ring_group(
    struct tenant *tenant, const struct source *source, struct ring_group *x);
void build_ivr_menu(
    struct tenant *tenant, const struct source *source, struct ivr_menu *x);
void build_conference_room(struct tenant *tenant, const struct source *source,
    struct conference_room *x);
void build_business_hours(struct tenant *tenant, const struct source *source,
    struct business_hours *x);
void build_outbound_rules(struct tenant *tenant, struct outbound_rules *x);
void build_blocked_callers(struct tenant *tenant, struct blocked_callers *x);
void build_messages(
    struct tenant *tenant, const struct source *source, struct messages *x);

#endif
