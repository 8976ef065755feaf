/*
 * What a caller changes by phone: do-not-disturb, forwards, the proof of a
 * number, messages heard or deleted.  Changes like any other: audited, in one
 * transaction, with the tenant's generation raised.
 */
#ifndef RESOURCE_PHONE_H
#define RESOURCE_PHONE_H

#include "resource.h"
#include "route.h"

/*
 * Carries out one effect of a decision, in a transaction of its own.  Those
 * that are not rows (EFFECT_WRONG_PIN, EFFECT_MISSED_CALL) do nothing here.
 * CONFLICT when a number is proved by another tenant already.
 */
struct err *phone_apply(struct change *change, const struct effect *effect);

#endif
