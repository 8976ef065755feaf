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

#endif
