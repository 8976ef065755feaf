/*
 * What belongs to one call: its legs, what the router decided, every event
 * as it came, the carrier's records, recordings and messages.
 */
#ifndef RESOURCE_CALL_PARTS_H
#define RESOURCE_CALL_PARTS_H

#include "call_record.h"

extern const struct record call_leg_record, call_step_record, call_event_record,
    call_cdr_record, call_recording_record, call_voicemail_record;

/* Only what the visitor may see.  Inside a transaction. */
struct err *call_parts_load(
    struct visit *visit, const struct own *own, struct call_record *call);

#endif
