/*
 * The node's map: a file that all processes of a node map into memory, one
 * generation per organization (generation.h says what for).
 *
 * A slot is confirmed under an epoch.  The subscriber begins a new epoch
 * whenever its subscription begins, so what was confirmed before, when a
 * message could be missed, counts no more.  Whoever asks for a generation
 * elsewhere claims the slot and reads the epoch *before* asking and confirms
 * under that epoch afterwards: a change that is published meanwhile finds the
 * slot and raises it, and a subscription that began meanwhile leaves it
 * unconfirmed.  Generations are only ever raised.
 *
 * All of it is lock-free, and all of it works without a file: then nothing
 * is ever found.
 */
#ifndef STORE_NODE_MAP_H
#define STORE_NODE_MAP_H

#include "pool.h"

struct node_map;

/*
 * Maps folder/generations; makes it when it is not there, or when it is
 * damaged or of another boot.  slots: how many organizations a new file
 * holds (those that find no place are simply not found).
 */
struct node_map *node_map_open(
    struct pool *process, struct str folder, size_t slots);
/*
 * Maps the file anew if another has taken its place; true when it did.  The
 * subscriber begins an epoch then.
 */
bool node_map_check(struct node_map *map);

uint64_t node_map_epoch(const struct node_map *map);
/* now: clock_monotonic().  True when the subscriber was well 1 s ago. */
bool node_map_is_fresh(const struct node_map *map, int64_t now);

/*
 * The organization's generation, 0 when it is not known; *confirmed is the
 * epoch under which it was confirmed last, 0 for never.
 */
uint64_t node_map_find(
    const struct node_map *map, uint64_t organization, uint64_t *confirmed);
/* Makes a slot for it, so that changes are noted from now on. */
void node_map_claim(struct node_map *map, uint64_t organization);
void node_map_raise(
    struct node_map *map, uint64_t organization, uint64_t generation);
/* Raises, and says that nothing higher was there when `epoch` was read. */
void node_map_confirm(struct node_map *map, uint64_t organization,
    uint64_t generation, uint64_t epoch);

/* For the subscriber: it has subscribed. */
void node_map_begin(struct node_map *map);
/* For the subscriber: nothing published before `instant` was missed. */
void node_map_beat(struct node_map *map, int64_t instant);

#endif
