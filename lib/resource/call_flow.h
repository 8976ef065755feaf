/*
 * GET /simulate/flow: every way that a call to one of the organization's
 * numbers can take.
 */
#ifndef RESOURCE_CALL_FLOW_H
#define RESOURCE_CALL_FLOW_H

#include "control.h"

extern const struct record flow_record, flow_parameters;

struct err *show_flow(struct visit *visit);

#endif
