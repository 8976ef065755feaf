/*
 * How a ring group finds somebody: positions on a walk over its members.
 *
 * Positions count 0 .. members × turns - 1 over all members in their order,
 * whether they accept calls or not, so that a member who changes his mind
 * while a call walks neither skips nor repeats another one.
 */
#ifndef PBX_HUNT_H
#define PBX_HUNT_H

#include "tenant.h"

size_t hunt_accepting(const struct ring_group *group);
/*
 * The index of the member at which a round-robin call starts: the
 * (counter mod accepting)-th of those who accept.  0 when nobody does.
 */
int hunt_start(const struct ring_group *group, uint64_t counter);
/*
 * The first accepting member at or after *position, which moves there; NULL
 * when the walk is spent.  start: where position 0 lies.
 */
const struct member *hunt_next(
    const struct ring_group *group, int start, int *position);

#endif
