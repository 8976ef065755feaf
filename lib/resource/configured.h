/*
 * A tenant's whole configuration in a number of queries that does not grow
 * with it, without anything that is secret.
 */
#ifndef RESOURCE_CONFIGURED_H
#define RESOURCE_CONFIGURED_H

#include "configuration.h"
#include "resource.h"

/* In a transaction of its own, as of change->now. */
struct err *configuration_load(
    struct change *change, struct configuration *configuration);

#endif
