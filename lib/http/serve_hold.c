/* FastCGI, answers that go on: held in one process, and others between. */
#include "serve_private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "children.h"
#include "clock.h"

enum {
	NAP = 100, /* milliseconds, when a connection could not be taken */
	SOON = 20 * 1000, /* microseconds until a new stream is told */
};

struct holder {
	const struct server *server;
	struct slots slots;
	size_t count, most;
	struct slot **held;
	struct pollfd *fds; /* the listener's, then theirs */
	int64_t due;        /* the next pulse; monotonic */
};

/* The i-th that is held; the last takes its place. */
static void
let_go(struct holder *holder, size_t i)
{
	struct slot *slot = holder->held[i];

	holder->server->service->gone(&slot->req, holder->server->process);
	holder->held[i] = holder->held[--holder->count];
	slot_end(&holder->slots, slot);
}

static void
serve_held(struct holder *holder, struct slot *slot)
{
	const struct server *server = holder->server;
	struct req *req = &slot->req;

	slot_decide(&holder->slots, slot, true, holder->count < holder->most);
	if (server_push(req, req->held) && req->held) {
		server_count(req);
		holder->held[holder->count++] = slot;
		/* Soon, and for those who come at the same time together. */
		if (holder->due > clock_monotonic() + SOON)
			holder->due = clock_monotonic() + SOON;
		return;
	}
	if (req->held)
		server->service->gone(req, server->process);
	slot_end(&holder->slots, slot);
}

/* Who does not keep up is told nothing; whose reader has gone is let go. */
static void
look_at_held(struct holder *holder)
{
	for (size_t i = holder->count; i-- > 0;) {
		struct slot *slot = holder->held[i];
		struct pollfd fd = {
		    slot_connection(slot), POLLIN | POLLOUT | POLLRDHUP, 0};

		poll(&fd, 1, 0);
		slot->req.stalled = (fd.revents & POLLOUT) == 0;
		if ((fd.revents & ~POLLOUT) != 0)
			let_go(holder, i);
	}
}

static void
pulse(struct holder *holder)
{
	const struct server *server = holder->server;

	holder->due = clock_monotonic() + (int64_t)SERVE_PULSE * 1000;
	look_at_held(holder);
	server->service->pulse(server->process);
	for (size_t i = holder->count; i-- > 0;)
		if (!holder->held[i]->req.held)
			let_go(holder, i);
}

/* Until somebody comes, somebody goes, a signal comes, or the next pulse. */
static void
wait_for_any(struct holder *holder)
{
	int64_t left = holder->due - clock_monotonic();
	struct timespec most = {0, left > 0 ? left * 1000 : 0};
	sigset_t open;

	sigemptyset(&open);
	holder->fds[0] = (struct pollfd){holder->server->listener, POLLIN, 0};
	for (size_t i = 0; i < holder->count; i++)
		holder->fds[i + 1] = (struct pollfd){
		    slot_connection(holder->held[i]), POLLIN | POLLRDHUP, 0};
	if (ppoll(holder->fds, holder->count + 1,
		holder->count > 0 ? &most : NULL, &open) <= 0)
		return;
	for (size_t i = holder->count; i-- > 0;)
		if (holder->fds[i + 1].revents != 0)
			let_go(holder, i);
}

/* Accepts and answers in turn; held answers go on between. */
void
serve_holding(struct server *server)
{
	size_t most =
	    (size_t)conf_int(server->conf, "events.streams", 400, 1, 10000);
	struct holder holder = {.server = server,
	    .slots.server = server,
	    .most = most,
	    .held = NEW_ARRAY(server->pool, struct slot *, most),
	    .fds = NEW_ARRAY(server->pool, struct pollfd, most + 1)};

	for (;;) {
		struct slot *slot = slot_take(&holder.slots);
		int result = slot_accept(slot, -1);

		if (result == 0) {
			serve_held(&holder, slot);
		} else {
			slot_leave(&holder.slots, slot);
			if (result == -EINVAL || result == -EBADF ||
			    children_told_to_end())
				break;
			if (result != -EAGAIN)
				poll(NULL, 0, NAP);
			wait_for_any(&holder);
		}
		if (holder.count > 0 && clock_monotonic() >= holder.due)
			pulse(&holder);
	}
	while (holder.count > 0)
		let_go(&holder, holder.count - 1);
	slots_free(&holder.slots);
}
