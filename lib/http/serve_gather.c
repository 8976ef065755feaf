/* FastCGI, one after the other or some together. */
#include "serve_private.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "children.h"
#include "clock.h"

enum {
	DRAIN = 5 * 1000 * 1000, /* microseconds for those that still wait */
	NAP = 100,      /* milliseconds, when a connection could not be taken */
	ASK_EVERY = 16, /* requests in a row: are we to end? */
	TOGETHER = 256 * 1024, /* bytes of bodies that wait for no more */
	PATIENCE = 50 * 1000,  /* microseconds that somebody waits for others */
	SILENT = 2000,         /* milliseconds; who says nothing is no server */
	PEEK = 16 * 1024,      /* bytes of a request */
	HEAD = 8,  /* bytes in front of a record: FastCGI 1.0, 3.3 */
	STDIN = 5, /* its type; an empty one ends the request */
};

/* Those that wait for each other. */
struct gathered {
	struct slots slots;
	struct slot *list[SERVE_TOGETHER];
	struct req *reqs[SERVE_TOGETHER];
	size_t count, bytes;
	size_t served; /* since the first of them came, itself included */
	bool local;    /* the listener is a unix socket */
};

/* Everybody has his answer before anything is done that nobody waits for. */
static void
answer_together(struct gathered *gathered)
{
	const struct server *server = gathered->slots.server;
	size_t count = gathered->count;

	if (count == 0)
		return;
	server->service->together(gathered->reqs, count, server->process);
	for (size_t i = 0; i < count; i++) {
		server_push(gathered->reqs[i], false);
		slot_close(gathered->list[i]);
	}
	gathered->count = gathered->bytes = gathered->served = 0;
	for (size_t i = 0; i < count; i++)
		slot_finish(&gathered->slots, gathered->list[i]);
}

/* Those who are answered at once do not hold up those who wait. */
static bool
is_enough(const struct gathered *gathered)
{
	return gathered->served >= SERVE_TOGETHER ||
	       gathered->bytes > TOGETHER ||
	       clock_monotonic() - (*gathered->reqs)->began > PATIENCE;
}

static void
serve_slot(struct gathered *gathered, struct slot *slot)
{
	slot_decide(&gathered->slots, slot, false, false);
	if (slot->req.waits) {
		gathered->reqs[gathered->count] = &slot->req;
		gathered->list[gathered->count++] = slot;
		gathered->bytes += slot->req.body.n;
	} else {
		server_push(&slot->req, false);
		slot_end(&gathered->slots, slot);
	}
	if (gathered->count == 0)
		return;
	gathered->served++;
	if (is_enough(gathered))
		answer_together(gathered);
}

/* Is all of a request there to be read?  A large one is not, here. */
static bool
is_whole(int connection)
{
	unsigned char bytes[PEEK];
	ssize_t there =
	    recv(connection, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
	size_t n = there > 0 ? (size_t)there : 0;

	for (size_t at = 0; at + HEAD <= n;) {
		const unsigned char *head = bytes + at;
		size_t length = (size_t)head[4] << 8 | head[5];

		if (head[1] == STDIN && length == 0)
			return true;
		at += HEAD + length + head[6];
	}
	return false;
}

/*
 * A request is read until it is there, however slowly a client sends it to a
 * server that passes on what it has (mod_proxy_fcgi).  Those who wait do not
 * wait for that.
 */
static int
accept_next(struct gathered *gathered, struct slot *slot)
{
	struct pollfd fd = {-1, POLLIN, 0};

	if (gathered->count == 0 || !gathered->local)
		return slot_accept(slot, -1);
	fd.fd =
	    accept4(gathered->slots.server->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd.fd < 0)
		return -errno;
	if (is_whole(fd.fd))
		return slot_accept(slot, fd.fd);
	answer_together(gathered);
	if (poll(&fd, 1, SILENT) > 0)
		return slot_accept(slot, fd.fd);
	close(fd.fd);
	return slot_accept(slot, -1);
}

static bool
is_local(int listener)
{
	int domain = 0;
	socklen_t size = sizeof domain;

	return getsockopt(listener, SOL_SOCKET, SO_DOMAIN, &domain, &size) ==
		   0 &&
	       domain == AF_UNIX;
}

/*
 * Accepts first and waits only when there is nothing to accept: a signal can
 * come in while waiting and at no other time.  Once told to end it serves
 * those that wait already.
 */
void
serve_gathering(struct server *server)
{
	struct gathered gathered = {
	    .slots.server = server, .local = is_local(server->listener)};
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
		result = accept_next(&gathered, slot);
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
