/*
 * The router: what to do with a call.
 *
 * One pure function.  Configuration look-ups, the request, the clock and the
 * counters go in; a decision and the steps that led to it come out.  It does
 * no I/O of its own and writes nothing: what has to happen besides the answer
 * is listed in the decision as effects.  `voice`, `simulate`, `opbxctl route`
 * and the tests call the same function.
 */
#ifndef PBX_ROUTE_H
#define PBX_ROUTE_H

#include "call.h"
#include "outbound.h"

/*
 * Configuration of one tenant.  Each returns NULL for "there is none"; where
 * that could not be found out it sets *failed as well.  What is returned
 * lives as long as the request.
 */
struct lookups {
	void *self;
	bool *failed;
	const struct organization *organization; /* never NULL */
	const struct extension *(*extension)(void *self, uint64_t id);
	const struct extension *(*number)(void *self, struct str number);
	const struct did *(*did)(void *self, struct str e164);
	const struct ring_group *(*ring_group)(void *self, uint64_t id);
	const struct ivr_menu *(*ivr_menu)(void *self, uint64_t id);
	const struct business_hours *(*business_hours)(void *self, uint64_t id);
	const struct conference_room *(*conference_room)(
	    void *self, uint64_t id);
	const struct outbound_rules *(*outbound_rules)(void *self);
	const struct blocked_callers *(*blocked_callers)(void *self);
	const struct messages *(*messages)(void *self, uint64_t extension);
	const struct zone *(*zone)(void *self, struct str name);
	/*
	 * How many calls the group had before this one; the same for every
	 * request of one call.  The one look-up that may have to wait.
	 */
	uint64_t (*group_calls)(void *self, uint64_t ring_group);
	/* True while too many wrong PINs lock a room or a mailbox. */
	bool (*locked)(void *self, struct node node);
	/* Compares digits with a sealed PIN. */
	bool (*pin_matches)(void *self, struct node node, struct str sealed,
	    struct str digits, const char *which);
};

enum verb_kind {
	VERB_SAY,
	VERB_PLAY,
	VERB_GATHER,
	VERB_RECORD,
	VERB_DIAL,
	VERB_REDIRECT,
	VERB_REJECT,
	VERB_HANGUP,
};

struct conference {
	struct str name;
	bool starts, ends, muted, beep, record;
	int max_participants;
};

struct assistant {
	struct str provider, address, token;
	size_t param_count;
	const struct service_param *params;
};

/* What a Dial calls: numbers, or one of the others. */
struct dial {
	size_t number_count;
	const struct str *numbers;
	struct str sip;
	const struct conference *conference;
	const struct assistant *assistant;
	struct str trunk;
	struct str caller_id, caller_name;
	int timeout;    /* seconds; 0: none */
	int time_limit; /* seconds; 0: none */
	bool record;
};

struct gather {
	int digits;             /* how many at most; 0: until finish_key */
	const char *finish_key; /* "" for none */
	int first_timeout, digit_timeout; /* seconds */
	struct verb *prompts;             /* Say and Play */
};

struct verb {
	enum verb_kind kind;
	struct verb *next;
	bool back;       /* the carrier comes back with the decision's cursor */
	struct str text; /* Say: words; Play, Redirect: URL; Reject: reason */
	struct str voice, language; /* Say */
	const struct dial *dial;
	const struct gather *gather;
	int max_length; /* Record: seconds */
};

enum effect_kind {
	EFFECT_EMERGENCY,      /* text: the number; id: extension or 0 */
	EFFECT_MISSED_CALL,    /* id: the extension */
	EFFECT_WRONG_PIN,      /* node */
	EFFECT_DO_NOT_DISTURB, /* id: extension; on */
	EFFECT_FORWARD_ALWAYS, /* id: extension; target, TARGET_NONE: off */
	EFFECT_PROVE_DID,      /* id: DID */
	EFFECT_MESSAGE_HEARD,  /* id: message */
	EFFECT_MESSAGE_DELETED,
};

struct effect {
	struct effect *next;
	enum effect_kind kind;
	struct node node;
	uint64_t id;
	bool on;
	struct target target;
	struct str text;
	/* The answer promises it: when it fails, route_apology() instead. */
	bool promised;
	bool lost; /* of who carries it out: it could not be */
};

/* Why the decision is what it is, in order. */
struct step {
	struct step *next;
	struct node node; /* the object the step is about; TARGET_NONE: none */
	struct str text;
};

struct decision {
	struct verb *verbs;
	struct cursor cursor; /* for verbs that come back */
	struct effect *effects;
	struct step *steps;
	const char *type;  /* for the log: "extension", "emergency", … */
	struct str target; /* for the log: "1001", "ring_group 3" */
	struct str loop;   /* names the loop that ended the call, if any */
	bool outage;       /* configuration could not be read */
};

void route(struct pool *pool, const struct call *call,
    const struct lookups *lookups, struct decision *decision);

/* A subscriber calls for help: nothing may stand in the way of that. */
bool route_is_emergency(
    const struct organization *organization, const struct call *call);

/* Words and a hang-up, for a request that cannot be used. */
void route_refusal(struct pool *pool, const struct organization *organization,
    struct str words, struct decision *decision);
/* The spoken error for anything unexpected; organization may be NULL. */
void route_apology(struct pool *pool, const struct organization *organization,
    struct decision *decision);

/*
 * Whether a forward to this target would be allowed: an own number, a sip:
 * host of the tenant, or E.164 by a rule for that extension.  For checks at
 * save; *why says what is wrong in words for a form.
 */
bool route_external_allowed(const struct lookups *lookups, struct str number,
    uint64_t extension, const char **why);

#endif
