/*
 * How many calls, by hour, day, disposition, own number or extension: from
 * the sums that the worker keeps; by extension from the calls themselves.
 */
#ifndef RESOURCE_STATISTICS_H
#define RESOURCE_STATISTICS_H

#include "history.h"

extern const struct record statistics_row, statistics_parameters;

/* ?from= &to= &by= &direction= */
struct err *list_statistics(struct visit *visit);

#endif
