/*
 * Settings: of each organization one object, whose id is the organization's.
 *
 * The voice keys are the carrier's: with them it shows whose calls it brings.
 */
#ifndef RESOURCE_SETTINGS_H
#define RESOURCE_SETTINGS_H

#include "resource.h"

/* A key as it is shown: when it was made and when it ends, never itself. */
struct key_row {
	struct instant created_at, expires_at; /* 0: it does not end */
};

/* An emergency number, a host. */
struct text_row {
	struct str text;
};

struct settings_record {
	struct row row;
	unsigned carrier;
	struct str base_url; /* absent: the configuration file's */
	struct str webhook_secret, carrier_api_key;
	bool require_signature;
	int default_ring_timeout; /* seconds */
	struct str voice, language;
	struct target default_target;
	bool forward_caller_number;
	struct children emergency_numbers, sip_hosts; /* of struct text_row */
	int voice_rate, api_rate, webhook_rate; /* a minute; 0: no limit */
	int recording_retention, voicemail_retention; /* days; 0: for ever */
	struct children voice_keys;                   /* of struct key_row */
};

extern const struct resource settings;
extern const char *const carriers[];

/* What POST /settings/voice-key takes and gives. */
struct key_rotation {
	int grace_minutes; /* how long the key before it stays valid */
};
struct new_key {
	struct str voice_key; /* shown this once */
	struct instant previous_expires_at;
};
struct new_secret {
	struct str webhook_secret;
};
extern const struct record key_rotation_record, new_key_record,
    new_secret_record;

/*
 * A new voice key; the one before it stays valid for `grace` milliseconds,
 * any older one ends at once: there are never more than two.  A change of
 * its own.
 */
struct err *settings_rotate_key(
    struct change *change, int64_t grace, struct str *key);
/* A new webhook secret in place of the old one.  A change of its own. */
struct err *settings_renew_secret(struct change *change, struct str *secret);

/* The same two inside a change, without an audit row. */
struct err *voice_key_rotate(
    struct change *change, int64_t grace, struct str *key);
struct err *webhook_secret_renew(struct change *change, struct str *secret);

/* How one step of the wiring at the carrier stands. */
struct carrier_step_row {
	struct str step, state, failure;
	struct instant updated_at;
};

/* What the carrier's side must hold, to be pasted or done by the worker. */
struct carrier_record {
	unsigned carrier;
	struct str domain, domain_uuid;
	bool has_api_key; /* else nobody but a person can do it */
	struct str voice_url, voice_method;
	struct str call_initiated, call_status, session_update, cdr, recording;
	struct str authorization;
	bool redirect_unknown_to_border;
	int call_timeout;      /* seconds */
	struct children steps; /* of struct carrier_step_row */
};
extern const struct record carrier_record;

/* base_url: of the configuration file. */
struct err *carrier_load(
    struct change *change, struct str base_url, struct carrier_record *x);
/*
 * Has the worker tell the carrier all of it again; CONFLICT without an API
 * key.  A change of its own.
 */
struct err *carrier_wire(struct change *change);

/* What the carrier has to choose from, as the worker fetched it last. */
struct voice_row {
	struct str voice, gender, provider;
	struct children languages; /* of struct text_row */
};
struct trunk_row {
	struct str name, direction, transport;
};
struct carrier_list_record {
	struct str note; /* for people: why it is empty or old */
	struct instant fetched_at;
	struct children rows; /* of struct voice_row, or struct trunk_row */
};
extern const struct record voices_record, trunks_record;
struct err *voices_load(struct change *change, struct carrier_list_record *x);
struct err *trunks_load(struct change *change, struct carrier_list_record *x);

#endif
