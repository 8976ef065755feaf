/*
 * Extensions: the only numbers that are dialled inside.
 */
#ifndef RESOURCE_EXTENSION_H
#define RESOURCE_EXTENSION_H

#include "resource.h"
#include "tenant.h"

struct extension_record {
	struct row row;
	struct str number, name;
	enum extension_type type;
	enum status status;
	uint64_t user_id;
	int ring_timeout; /* seconds; 0: the organization's */
	struct own_did caller_id, emergency;
	struct target target; /* conference, ring_group, ivr, forward */
	bool do_not_disturb;
	struct target always, busy, no_answer;
	bool voicemail;
	struct str voicemail_pin, voicemail_email;
	uint64_t greeting_prompt_id;
	struct str greeting_text;
	struct str sip_password;
	/* ai_assistant: provider + number, or url + token + params. */
	struct str provider, service_number, service_url, service_token;
	struct document service_params;
	/* How far the carrier's subscriber follows; the worker's business. */
	unsigned presence; /* enum presence */
	unsigned carrier_state;
	struct str carrier_error;
	struct instant carrier_at;
};

extern const struct record extension_table;
extern const struct resource extensions;

/*
 * Who is no admin changes do-not-disturb, forwards and greeting of his own
 * extension and nothing else: FORBIDDEN for another's; what else is changed is
 * complained of by forbid() (extension_agent.c).
 */
/* What people below admin may change of their own extension; ends in NULL. */
extern const char *const extension_own[];
struct err *check_agent(struct change *change,
    const struct extension_record *before, const struct extension_record *x);
/* A new SIP password for a user's extension. */
struct err *extension_renew_password(struct change *change, uint64_t id);

#endif
