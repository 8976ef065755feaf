/*
 * Several processes that do the same, and one that looks after them.
 *
 * Knows nothing of requests.  The keeper replaces a child that dies, at once
 * when it had worked for a while, with growing pauses when it dies young.
 */
#ifndef HTTP_CHILDREN_H
#define HTTP_CHILDREN_H

#include "conf.h"
#include "log.h"

enum {
	CHILDREN_MOST = 256,
	CHILDREN_GRACE = 20 /* seconds from SIGTERM to SIGKILL */
};

struct children {
	size_t count;
	/* The work of one child; the result is its exit status. */
	int (*work)(void *context);
	/* Called in the keeper before the children are told to end. */
	void (*ending)(void *context);
	void *context;
	const struct log *log;
};

/*
 * Blocks the signals that ask a process to end (SIGTERM, SIGINT, SIGUSR1),
 * so that they come only where children_wait() lets them, and ignores
 * SIGPIPE and SIGXFSZ.  Before anything that accepts.
 */
void children_block(void);
/* True from the moment that one of those signals was sent. */
bool children_told_to_end(void);
/*
 * Sleeps until the listener has a connection, a signal comes or `most`
 * milliseconds (-1: for ever) are over.  Of several processes that wait for
 * one listener not all are woken.
 */
void children_wait(int listener, int most);

/* How many there shall be: OPBX_CHILDREN, else `children`; 0: the cores. */
size_t children_count(const struct conf *conf);
/* Returns the keeper's exit status once all have ended. */
int children_keep(const struct children *children);

#endif
