/*
 * Removes files below var_dir/audio that no row names: of uploads and fetches
 * that were killed, of organizations that are gone.
 */
#ifndef WORKER_ORPHANS_H
#define WORKER_ORPHANS_H

#include "work.h"

/*
 * Once a day on each machine; a file has to be older than that, so that none
 * is taken from whoever is about to write its row.
 */
struct err *orphans_remove(const struct work *work, struct pool *pool);

#endif
