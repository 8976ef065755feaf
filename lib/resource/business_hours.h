/*
 * Business hours: where calls go when it is open and when it is not.
 */
#ifndef RESOURCE_BUSINESS_HOURS_H
#define RESOURCE_BUSINESS_HOURS_H

#include "period.h"

/* Dates as people write them: "2026-12-24", in a yearly one "12-24". */
struct exception_record {
	struct str name;
	struct str from, to; /* inclusive; a yearly one may wrap the year */
	bool yearly;
	struct children periods; /* of struct period_record; none: closed */
};

struct business_hours_record {
	struct row row;
	struct str name;
	struct str timezone;        /* IANA; absent: the organization's */
	struct children periods;    /* of struct period_record */
	struct children exceptions; /* the later one wins */
	struct target open, closed, exception;
	struct str override; /* "open", "closed"; absent: none */
	struct instant override_until;
};

extern const struct resource business_hours;

/* What POST /business-hours/ID/duplicate takes. */
struct hours_copy {
	struct str name;
};
/* What POST /business-hours/ID/override takes. */
struct hours_override {
	enum override override;
	struct instant until; /* 0: until it is taken back */
};
/* What GET /business-hours/ID/status is asked, and tells. */
struct hours_query {
	struct instant at; /* 0: now */
};
struct hours_status {
	struct instant at;
	bool open;
	unsigned state; /* enum hours_state */
	bool overridden;
	struct str exception; /* name of the one that applies */
	struct target target; /* where calls go then */
	struct instant next_change_at;
};
extern const struct record hours_copy_record, hours_override_record,
    hours_query_record, hours_status_record;

/*
 * The same hours by another name, not overridden.  A change of its own, as
 * is hours_override().
 */
struct err *hours_duplicate(
    struct change *change, uint64_t id, struct str name, uint64_t *copy);
struct err *hours_override(
    struct change *change, uint64_t id, const struct hours_override *wanted);
/* By the router's own function.  Inside a transaction. */
struct err *hours_status(struct change *change, uint64_t id, int64_t at,
    struct hours_status *status);

#endif
