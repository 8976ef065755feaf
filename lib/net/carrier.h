/*
 * The carrier's REST API (Cloudonix): requests that a PBX needs, and what the
 * carrier's answers mean.
 *
 * Knows how a request looks and who is to blame when it fails; how many may be
 * sent, and what becomes of a failure, is the business of whoever sends it.
 * Made from what the carrier documents and from what it was seen to do: a list
 * that is empty may be a 404, a wrong key a 401 or a 403.
 */
#ifndef NET_CARRIER_H
#define NET_CARRIER_H

#include "fetch.h"
#include "json.h"

struct carrier;

/* etc/opbx.conf: carrier.url, carrier.timeout.  stop: see fetch_new(). */
struct carrier *carrier_new(
    struct pool *process, const struct conf *conf, struct fetch *fetch);

/* A tenant's part of the carrier, and the API key that opens it. */
struct carrier_domain {
	struct str name; /* or its uuid */
	struct str key;
};

enum carrier_outcome {
	CARRIER_DONE,
	CARRIER_ABSENT,  /* what was asked for is not there */
	CARRIER_REFUSED, /* the key is not good for this */
	CARRIER_WRONG,   /* the request will not do, however often it is sent */
	CARRIER_BUSY,    /* too many requests */
	CARRIER_TROUBLE, /* no answer, half of one, or one that makes no sense
			  */
};

/* What a successful answer has to hold. */
enum carrier_gives { CARRIER_ANYTHING, CARRIER_OBJECT, CARRIER_LIST };

struct carrier_question {
	const char *method;
	struct str path; /* behind that of the domain, "/subscribers/1001" */
	bool short_path; /* of "/domains/NAME", not of the customer */
	struct str body; /* JSON; absent: none */
	enum carrier_gives gives;
};

struct carrier_answer {
	enum carrier_outcome outcome;
	const struct json *body; /* NULL: none; of a list that is absent, too */
	struct str failure;      /* for people; absent when it is DONE */
};

void carrier_send(struct carrier *carrier, struct pool *pool,
    const struct carrier_domain *domain, const struct carrier_question *request,
    struct carrier_answer *answer);

/* What is asked, and what is read from the answers (carrier_requests.c). */

/* Where the carrier turns to for a tenant's calls. */
struct carrier_profile {
	struct str voice_key;
	struct str session_update, cdr; /* URLs */
	int call_timeout;               /* seconds */
};
struct carrier_question carrier_read_domain(void);
struct carrier_question carrier_put_profile(
    struct pool *pool, const struct carrier_profile *profile);
struct carrier_question carrier_put_default(struct pool *pool, int64_t id);
/* Is this what the domain has? */
bool carrier_has_profile(
    const struct json *domain, const struct carrier_profile *profile);

/* Our voice application; there is one, and it has one name. */
struct carrier_question carrier_read_application(void);
struct carrier_question carrier_new_application(
    struct pool *pool, struct str url);
struct carrier_question carrier_put_application(
    struct pool *pool, struct str url);
bool carrier_has_application(const struct json *application, struct str url);

struct carrier_subscriber {
	struct str number;
	struct str password; /* absent: the carrier does not say */
	bool active;
};
struct carrier_question carrier_list_subscribers(void);
struct carrier_question carrier_read_subscriber(
    struct pool *pool, struct str number);
struct carrier_question carrier_new_subscriber(
    struct pool *pool, const struct carrier_subscriber *subscriber);
struct carrier_question carrier_put_subscriber(
    struct pool *pool, const struct carrier_subscriber *subscriber);
struct carrier_question carrier_end_subscriber(
    struct pool *pool, struct str number);
/* False for what is none. */
bool carrier_take_subscriber(
    const struct json *json, struct carrier_subscriber *subscriber);

/* CARRIER_ABSENT: the carrier knows of no such call any more. */
struct carrier_question carrier_read_call(
    struct pool *pool, struct str call_key);
/* Ends a live call; CARRIER_ABSENT: it has ended already. */
struct carrier_question carrier_end_call(
    struct pool *pool, struct str call_key);

struct carrier_question carrier_list_voices(void);
struct carrier_question carrier_list_trunks(void);
/*
 * What of them a person chooses by, as a JSON array without secrets: voices
 * {voice, gender, provider, languages}, trunks {name, direction, transport}.
 */
struct str carrier_print_voices(struct pool *pool, const struct json *list);
struct str carrier_print_trunks(struct pool *pool, const struct json *list);

#endif
