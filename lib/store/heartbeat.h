/*
 * Signs of life of the worker's jobs on this machine: run_dir/worker.NAME,
 * touched after every round.
 */
#ifndef STORE_HEARTBEAT_H
#define STORE_HEARTBEAT_H

#include "conf.h"

/* Longer than any job may have something in hand. */
enum { HEARTBEAT_SECONDS = 300 };

struct str heartbeat_path(
    struct pool *process, const struct conf *conf, const char *name);
void heartbeat(struct str path);

/*
 * The job of which nothing was heard for longest, if that is longer than
 * HEARTBEAT_SECONDS; absent: there is none.
 */
struct str heartbeat_lost(struct pool *pool, const struct conf *conf);

#endif
