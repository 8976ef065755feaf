/* FastCGI, one after the other or some together. */
#include "serve_private.h"

#include <errno.h>

#include "children.h"
#include "clock.h"

enum {
	DRAIN = 5 * 1000 * 1000, /* microseconds for those that still wait */
	NAP = 100,      /* milliseconds, when a connection could not be taken */
	ASK_EVERY = 16, /* requests in a row: are we to end? */
	TOGETHER = 256 * 1024, /* bytes of bodies that wait for no more */
};

/* Those that wait for each other. */
struct gathered {
	struct slots slots;
	struct slot *list[SERVE_TOGETHER];
	struct req *reqs[SERVE_TOGETHER];
	size_t count, bytes;
};

static void
answer_together(struct gathered *gathered)
{
	const struct server *server = gathered->slots.server;

	if (gathered->count == 0)
		return;
	server->service->together(
	    gathered->reqs, gathered->count, server->process);
	for (size_t i = 0; i < gathered->count; i++) {
		server_push(gathered->reqs[i], false);
		slot_end(&gathered->slots, gathered->list[i]);
	}
	gathered->count = gathered->bytes = 0;
}

static void
serve_slot(struct gathered *gathered, struct slot *slot)
{
	slot_decide(&gathered->slots, slot, false, false);
	if (!slot->req.waits) {
		server_push(&slot->req, false);
		slot_end(&gathered->slots, slot);
		return;
	}
	gathered->reqs[gathered->count] = &slot->req;
	gathered->list[gathered->count++] = slot;
	gathered->bytes += slot->req.body.n;
	if (gathered->count == SERVE_TOGETHER || gathered->bytes > TOGETHER)
		answer_together(gathered);
}

/*
 * Accepts first and waits only when there is nothing to accept: a signal can
 * come in while waiting and at no other time.  Once told to end it serves
 * those that wait already.
 */
void
serve_gathering(struct server *server)
{
	struct gathered gathered = {.slots.server = server};
	int64_t until = 0;
	unsigned served = 0;

	for (;;) {
		struct slot *slot = slot_take(&gathered.slots);
		int result;

		/* It is a system call; in a rush now and then will do. */
		if (until == 0 && served % ASK_EVERY == 0 &&
		    children_told_to_end())
			until = clock_monotonic() + DRAIN;
		if (until != 0 && clock_monotonic() > until) {
			slot_leave(&gathered.slots, slot);
			break;
		}
		result = slot_accept(slot);
		if (result == 0) {
			serve_slot(&gathered, slot);
			served++;
			continue;
		}
		slot_leave(&gathered.slots, slot);
		served = 0;
		/* Who is there waits for nobody who is not. */
		if (gathered.count > 0) {
			answer_together(&gathered);
			continue;
		}
		server_rest(server);
		if (until != 0 || result == -EINVAL || result == -EBADF)
			break;
		if (result == -EAGAIN) {
			children_wait(server->listener, -1);
			continue;
		}
		log_write(&server->log, LOG_ERROR_, "cannot accept: %s",
		    strerror(-result));
		children_wait(server->listener, NAP);
	}
	answer_together(&gathered);
	slots_free(&gathered.slots);
}
