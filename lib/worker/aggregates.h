/*
 * Counts CDRs into the sums that statistics read (cdr_hours, cdr_days), each
 * once: a CDR is marked as counted in the transaction that counts it.
 *
 * Hours are UTC; a day is one of the organization's zone, by its own number.
 */
#ifndef WORKER_AGGREGATES_H
#define WORKER_AGGREGATES_H

#include "work.h"

extern const struct trade aggregates_trade;

#endif
