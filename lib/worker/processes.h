/*
 * One process for each job, so that none waits for another.
 *
 * One that dies is started again, a second later at the earliest.  They end
 * with their parent, whatever it died of; SIGTERM and SIGINT end all of them
 * in order: each finishes what it has in hand.
 */
#ifndef WORKER_PROCESSES_H
#define WORKER_PROCESSES_H

#include "log.h"

struct processes {
	struct log *log;
	size_t count;
	const char *(*name)(const void *context, size_t i);
	/* In the process, until it is told to end. */
	void (*run)(void *context, size_t i);
	void *context;
};

enum { PROCESSES_MOST = 32 };

/* Returns when all have ended. */
void processes_run(const struct processes *processes);

#endif
