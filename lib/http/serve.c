#include "serve_private.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "children.h"
#include "clock.h"
#include "command.h"

enum {
	DRAIN = 5 * 1000 * 1000, /* microseconds for those that still wait */
	NAP = 100,      /* milliseconds, when a connection could not be taken */
	ASK_EVERY = 16, /* requests in a row: are we to end? */
	SOON = 20 * 1000,      /* microseconds until a new stream is told */
	TOGETHER = 256 * 1024, /* bytes of bodies that wait for no more */
};

const char *const serve_types_json_form[] = {
    "application/json", "application/x-www-form-urlencoded", NULL};

/* -- FastCGI --------------------------------------------------------------- */

static size_t
read_stream(void *from, char *bytes, size_t n)
{
	int got = FCGX_GetStr(bytes, (int)n, from);

	return got > 0 ? (size_t)got : 0;
}

static bool
write_stream(void *to, struct str bytes)
{
	return FCGX_PutStr(bytes.p, (int)bytes.n, to) == (int)bytes.n;
}

/* A request; those that are over are used again. */
struct slot {
	FCGX_Request request;
	struct req req;
	struct pool *pool;
	bool read; /* nothing is left of its body */
	struct slot *next;
};

struct slots {
	const struct server *server;
	struct slot *free;
};

static struct slot *
take_slot(struct slots *slots)
{
	struct slot *slot = slots->free;

	if (slot != NULL) {
		slots->free = slot->next;
		return slot;
	}
	slot = NEW(slots->server->pool, struct slot);
	slot->pool = pool_new();
	if (FCGX_InitRequest(&slot->request, slots->server->listener, 0) != 0)
		abort();
	return slot;
}

static void
leave_slot(struct slots *slots, struct slot *slot)
{
	slot->next = slots->free;
	slots->free = slot;
}

static void
free_slots(struct slots *slots)
{
	for (struct slot *slot = slots->free; slot != NULL; slot = slot->next)
		pool_free(slot->pool);
}

/*
 * libfcgi closes a connection only after the server did, unless it is
 * detached; that wait protects an answer from what is still unread, and here
 * nothing is.  A connection that the server would keep is closed too: idle, it
 * would have this process to itself while others wait.  A server is best told
 * not to keep any (etc/apache.conf).
 */
static void
end_slot(struct slots *slots, struct slot *slot)
{
	/* Its reader is not waited for. */
	if (slot->req.stalled)
		shutdown(slot->request.ipcFd, SHUT_RDWR);
	if (slot->read)
		FCGX_Detach(&slot->request);
	FCGX_Finish_r(&slot->request);
	FCGX_Free(&slot->request, 1);
	server_finish(slots->server, &slot->req);
	leave_slot(slots, slot);
}

/* Has it answered, or left to be answered with others. */
static void
decide_slot(const struct slots *slots, struct slot *slot,
    bool (*send)(void *to, struct str bytes), bool may_hold)
{
	struct door_body body = {
	    .read = read_stream, .from = slot->request.in, .open_ended = true};
	struct req *req = &slot->req;

	server_begin(slots->server, slot->pool, req);
	req->send = send;
	req->send_to = slot->request.out;
	req->may_hold = may_hold;
	server_decide(slots->server, req, slot->request.envp, &body);
	slot->read = body.ended;
}

/* -- FastCGI, one after the other or some together ------------------------- */

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
		end_slot(&gathered->slots, gathered->list[i]);
	}
	gathered->count = gathered->bytes = 0;
}

static void
serve_slot(struct gathered *gathered, struct slot *slot)
{
	decide_slot(&gathered->slots, slot, write_stream, false);
	if (!slot->req.waits) {
		server_push(&slot->req, false);
		end_slot(&gathered->slots, slot);
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
static void
accept_all(struct server *server)
{
	struct gathered gathered = {.slots.server = server};
	int64_t until = 0;
	unsigned served = 0;

	for (;;) {
		struct slot *slot = take_slot(&gathered.slots);
		int result;

		/* It is a system call; in a rush now and then will do. */
		if (until == 0 && served % ASK_EVERY == 0 &&
		    children_told_to_end())
			until = clock_monotonic() + DRAIN;
		if (until != 0 && clock_monotonic() > until) {
			leave_slot(&gathered.slots, slot);
			break;
		}
		result = FCGX_Accept_r(&slot->request);
		if (result == 0) {
			serve_slot(&gathered, slot);
			served++;
			continue;
		}
		leave_slot(&gathered.slots, slot);
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
	free_slots(&gathered.slots);
}

/* -- FastCGI, answers that go on ------------------------------------------ */

struct holder {
	const struct server *server;
	struct slots slots;
	size_t count, most;
	struct slot **held;
	struct pollfd *fds; /* the listener's, then theirs */
	int64_t due;        /* the next pulse; monotonic */
};

static bool
write_through(void *to, struct str bytes)
{
	return write_stream(to, bytes) && FCGX_FFlush(to) == 0;
}

/* The i-th that is held; the last takes its place. */
static void
let_go(struct holder *holder, size_t i)
{
	struct slot *slot = holder->held[i];

	holder->server->service->gone(&slot->req, holder->server->process);
	holder->held[i] = holder->held[--holder->count];
	end_slot(&holder->slots, slot);
}

static void
serve_held(struct holder *holder, struct slot *slot)
{
	const struct server *server = holder->server;
	struct req *req = &slot->req;

	decide_slot(
	    &holder->slots, slot, write_through, holder->count < holder->most);
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
	end_slot(&holder->slots, slot);
}

/* Who does not keep up is told nothing; whose reader has gone is let go. */
static void
look_at_held(struct holder *holder)
{
	for (size_t i = holder->count; i-- > 0;) {
		struct slot *slot = holder->held[i];
		struct pollfd fd = {
		    slot->request.ipcFd, POLLIN | POLLOUT | POLLRDHUP, 0};

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
		    holder->held[i]->request.ipcFd, POLLIN | POLLRDHUP, 0};
	if (ppoll(holder->fds, holder->count + 1,
		holder->count > 0 ? &most : NULL, &open) <= 0)
		return;
	for (size_t i = holder->count; i-- > 0;)
		if (holder->fds[i + 1].revents != 0)
			let_go(holder, i);
}

/* Accepts and answers in turn; held answers go on between. */
static void
accept_and_hold(struct server *server)
{
	size_t most =
	    (size_t)conf_int(server->conf, "events.streams", 400, 1, 10000);
	struct holder holder = {.server = server,
	    .slots.server = server,
	    .most = most,
	    .held = NEW_ARRAY(server->pool, struct slot *, most),
	    .fds = NEW_ARRAY(server->pool, struct pollfd, most + 1)};

	for (;;) {
		struct slot *slot = take_slot(&holder.slots);
		int result = FCGX_Accept_r(&slot->request);

		if (result == 0) {
			serve_held(&holder, slot);
		} else {
			leave_slot(&holder.slots, slot);
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
	free_slots(&holder.slots);
}

static void
accept_requests(struct server *server)
{
	if (server->service->pulse != NULL)
		accept_and_hold(server);
	else
		accept_all(server);
}

static int
work(void *context)
{
	struct server *server = context;

	server_start(server);
	accept_requests(server);
	server_rest(server);
	pool_free(server->request_pool);
	pool_free(server->pool);
	return EXIT_SUCCESS;
}

/*
 * Nobody new gets in, so that those who wait are the last ones.  A socket of
 * systemd's is left open: the next process will serve who waits there.
 */
static void
close_door(void *context)
{
	const struct server *server = context;

	if (server->socket != NULL)
		unlink(server->socket);
	if (getenv("LISTEN_FDS") == NULL)
		shutdown(server->listener, SHUT_RD);
}

/* As the only process: it closes the door itself when it is told to end. */
static int
serve_alone(struct server *server)
{
	server_start(server);
	accept_requests(server);
	close_door(server);
	accept_requests(server);
	pool_free(server->request_pool);
	return EXIT_SUCCESS;
}

static int
serve_fastcgi(struct server *server)
{
	struct children children = {
	    .count = children_count(server->conf),
	    .work = work,
	    .ending = close_door,
	    .context = server,
	    .log = &server->log,
	};
	int flags = fcntl(server->listener, F_GETFL);

	fcntl(server->listener, F_SETFL, flags | O_NONBLOCK);
	children_block();
	if (FCGX_Init() != 0)
		return EXIT_FAILURE;
	if (children.count == 1)
		return serve_alone(server);
	if (server->service->pulse != NULL)
		children.count = 1;
	return children_keep(&children);
}

/* -- Start ------------------------------------------------------------------
 */

static int
complain_to_shell(const struct server *server, const struct err *err)
{
	fprintf(stderr, "%s: %.*s\n", server->service->name,
	    PSTR(err->cause.p != NULL ? err->cause : err->message));
	return 2;
}

static struct err *
configure(struct server *server)
{
	struct str where;

	TRY(conf_load(server->pool, &server->conf));
	where = conf_text(server->conf, "log", "stderr");
	if (!str_is(where, "stderr") && !str_is(where, "syslog"))
		where = conf_path(server->pool, server->conf, "log", "stderr");
	if (!log_to(where,
		log_level_parse(conf_text(server->conf, "log.level", "info"))))
		return err_new(server->pool, BAD_REQUEST,
		    "cannot write the log to %.*s", PSTR(where));
	return proxy_parse(server->pool,
	    conf_text(server->conf, "trusted_proxies", ""), &server->trusted);
}

/* To a shell alone, and without a configuration. */
static int
describe(const struct server *server)
{
	struct buf buf = buf_new(server->pool, 1 << 16);
	int output = STDOUT_FILENO;

	if (server->service->describe == NULL ||
	    getenv("GATEWAY_INTERFACE") != NULL) {
		fprintf(stderr, "%s: --describe is not understood\n",
		    server->service->name);
		return 2;
	}
	server->service->describe(&buf);
	return server_write(&output, buf_str(&buf)) ? EXIT_SUCCESS
						    : EXIT_FAILURE;
}

/* FastCGI on standard input, plain CGI, or what the command line says. */
static int
choose(struct server *server, int argc, char **argv)
{
	bool by_server = FCGX_IsCGI() == 0;
	struct command command = {.kind = COMMAND_HELP};
	int output = STDOUT_FILENO;
	struct str help;
	struct err *err;

	if (!by_server && getenv("REQUEST_METHOD") == NULL) {
		err = command_parse(server->pool, argc, argv, &command);
		if (err != NULL)
			return complain_to_shell(server, err);
		if (command.kind == COMMAND_HELP) {
			help =
			    command_help(server->pool, server->service->name);
			server_write(&output, help);
			return argc > 1 ? EXIT_SUCCESS : 2;
		}
	}
	if (command.kind == COMMAND_DESCRIBE)
		return describe(server);
	err = configure(server);
	if (err == NULL && command.kind == COMMAND_LISTEN) {
		server->socket = command.socket.p;
		err = command_listen(server->pool, &command, &server->listener);
	}
	if (err != NULL)
		return complain_to_shell(server, err);
	if (by_server || command.kind == COMMAND_LISTEN)
		return serve_fastcgi(server);
	if (command.kind == COMMAND_REQUEST)
		return server_shell(server, &command);
	return server_cgi(server);
}

int
serve_run(const struct service *service, int argc, char **argv)
{
	struct server server = {
	    .service = service,
	    .pool = pool_new(),
	    .log = {.responder = service->name},
	    .listener = STDIN_FILENO,
	};
	int status = choose(&server, argc, argv);

	pool_free(server.pool);
	return status;
}
