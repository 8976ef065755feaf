/*
 * How many calls by hour, day, state, own number or extension, from the calls
 * themselves; how many CDRs by hour, day, disposition or own number, from the
 * sums that the worker keeps.  A call may have no CDR, or several.
 */
#ifndef RESOURCE_STATISTICS_H
#define RESOURCE_STATISTICS_H

#include "history.h"

extern const struct record statistics_row;
extern const struct record call_statistics_parameters;
extern const struct record cdr_statistics_parameters;

/* ?from= &to= &by= &direction= */
struct err *list_call_statistics(struct visit *visit);
struct err *list_cdr_statistics(struct visit *visit);

#endif
