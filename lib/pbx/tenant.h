/*
 * A tenant's configuration as the router sees it: plain data, no behaviour.
 *
 * lib/voice/directory.c fills these structs from the cache or from the
 * tenant's views; tests fill them by hand.  The pack functions write and read
 * them for the cache.
 */
#ifndef PBX_TENANT_H
#define PBX_TENANT_H

#include "hours.h"
#include "number.h"
#include "pack.h"
#include "target.h"

/* A key that the carrier may send; two in a rotation. */
struct voice_key {
	struct str hash; /* SHA-256 */
	int64_t expires; /* instant; 0: never */
};

struct organization {
	uint64_t id;
	struct str domain, domain_uuid;
	bool suspended;
	struct country country;
	struct str timezone;
	struct str caller_id; /* E.164 of an own, active, proved DID */
	struct str emergency_trunk;
	struct str emergency_caller_id; /* E.164 */
	struct str base_url;            /* "https://pbx.example.com" */
	struct str voice, language;     /* of every Say; absent: carrier's */
	int ring_timeout;               /* seconds */
	struct target default_target;
	bool forward_caller_number; /* forwards show the caller's number */
	int voice_rate;             /* requests a minute; 0: no limit */
	int concurrent_calls;       /* 0: no limit */
	int longest_extension;      /* digits of the longest number */
	size_t emergency_count;
	struct str *emergency_numbers; /* the tenant's own, besides */
	size_t sip_host_count;
	struct str *sip_hosts; /* lower case */
	size_t key_count;
	struct voice_key *keys;
};

/* A greeting: an audio file or words. */
struct prompt {
	struct str url;  /* absolute; absent: text */
	struct str text; /* absent: none at all */
	struct str voice, language;
};

enum extension_type {
	EXTENSION_USER,
	EXTENSION_CONFERENCE,
	EXTENSION_RING_GROUP,
	EXTENSION_IVR,
	EXTENSION_AI_ASSISTANT,
	EXTENSION_CUSTOM_LOGIC,
	EXTENSION_FORWARD,
};

struct service_param {
	struct str name, value;
};

struct extension {
	uint64_t id;
	struct str number, name;
	enum extension_type type;
	bool active;
	bool do_not_disturb;
	int ring_timeout;     /* seconds; 0: the organization's */
	struct str caller_id; /* E.164 */
	struct str emergency_caller_id;
	struct target target; /* conference, ring_group, ivr, forward */
	struct target always, busy, no_answer;
	bool voicemail;
	struct str voicemail_pin; /* sealed */
	struct prompt greeting;
	/* ai_assistant: provider + number, or url + token + params. */
	struct str provider, service_number, service_url, service_token;
	size_t param_count;
	struct service_param *params;
	struct str logic_url; /* custom_logic */
};

struct did {
	uint64_t id;
	struct str number; /* E.164 */
	bool active, proved;
	struct target target;
	struct str caller_name_prefix;
	bool record;
	struct prompt announcement;
};

enum strategy {
	STRATEGY_SIMULTANEOUS,
	STRATEGY_SEQUENTIAL,
	STRATEGY_ROUND_ROBIN
};

/* Members are user extensions, in the order in which they ring. */
struct member {
	uint64_t extension_id;
	struct str number;
	bool accepting; /* active, no do-not-disturb, no forward.always */
};

struct ring_group {
	uint64_t id;
	struct str name;
	bool active;
	enum strategy strategy;
	int ring_timeout, turns;
	struct target fallback;
	size_t member_count;
	struct member *members;
};

struct option {
	struct str digits;
	struct str label;
	struct target target;
};

struct ivr_menu {
	uint64_t id;
	struct str name;
	bool active;
	struct prompt greeting, invalid, no_input;
	int first_timeout, digit_timeout, max_attempts;
	bool direct_dial;
	struct target timeout_target;
	size_t option_count;
	struct option *options;
};

struct conference_room {
	uint64_t id;
	struct str name;
	struct str pin, host_pin; /* sealed; absent: none */
	bool wait_for_host, muted, beep, record;
	int max_participants;
};

struct outbound_rule {
	uint64_t id;
	struct str name, trunk;
	struct str caller_id; /* E.164 */
	int priority;
	int max_minutes; /* 0: no limit */
	size_t country_count;
	struct country *countries;
	size_t prefix_count;
	struct str *prefixes; /* "+44207" */
	size_t extension_count;
	uint64_t *extensions; /* none: all */
};

/* The active rules, by priority, then id. */
struct outbound_rules {
	size_t count;
	struct outbound_rule *rules;
};

enum block_action { BLOCK_REJECT, BLOCK_BUSY, BLOCK_VOICEMAIL };

struct blocked_caller {
	uint64_t id;
	struct str pattern; /* "+1212555", or "anonymous" */
	bool prefix;
	enum block_action action;
	int64_t expires; /* instant; 0: never */
};

struct blocked_callers {
	size_t count;
	struct blocked_caller *list;
};

/* One message in a mailbox, newest first; from MariaDB, never cached. */
struct message {
	uint64_t id;
	struct str url; /* where the carrier fetches the audio */
	struct str from;
	int64_t received;
	bool heard;
};

struct messages {
	size_t count;
	struct message *list;
};

/*
 * How these functions pack, as a number that stands in every shared key: it
 * goes up with every change of one of them, so that no process reads what
 * another version has packed.
 */
enum { TENANT_LAYOUT = 1 };

void organization_pack(struct pack *pack, struct organization *x);
void extension_pack(struct pack *pack, struct extension *x);
void did_pack(struct pack *pack, struct did *x);
void ring_group_pack(struct pack *pack, struct ring_group *x);
void ivr_menu_pack(struct pack *pack, struct ivr_menu *x);
void conference_room_pack(struct pack *pack, struct conference_room *x);
void outbound_rules_pack(struct pack *pack, struct outbound_rules *x);
void blocked_callers_pack(struct pack *pack, struct blocked_callers *x);

#endif
