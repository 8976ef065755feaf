/*
 * Between the files that load a configuration.
 */
#ifndef RESOURCE_CONFIGURED_PARTS_H
#define RESOURCE_CONFIGURED_PARTS_H

#include "columns.h"
#include "configured.h"

/* type, id, number */
struct target next_target(struct columns *r);
/*
 * How many rows belong to this parent; *row, which only goes on, is then
 * behind them.  Both in the order of the parents' ids.
 */
size_t rows_of(const struct rows *rows, size_t *row, uint64_t parent);

struct err *load_configured_hours(
    struct change *change, struct configuration *c);
struct err *load_configured_rules(
    struct change *change, struct configuration *c);
/* Blocked callers, prompts, notifications. */
struct err *load_configured_lists(
    struct change *change, struct configuration *c);

#endif
