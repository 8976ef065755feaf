#include "serve_private.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "children.h"
#include "command.h"

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

struct slot *
slot_take(struct slots *slots)
{
	struct slot *slot = slots->free;

	if (slot != NULL) {
		slots->free = slot->next;
		return slot;
	}
	slot = NEW(slots->server->pool, struct slot);
	slot->pool = pool_new();
	slot->request = NEW(slots->server->pool, FCGX_Request);
	if (FCGX_InitRequest(slot->request, slots->server->listener, 0) != 0)
		abort();
	return slot;
}

void
slot_leave(struct slots *slots, struct slot *slot)
{
	slot->next = slots->free;
	slots->free = slot;
}

void
slots_free(struct slots *slots)
{
	for (struct slot *slot = slots->free; slot != NULL; slot = slot->next)
		pool_free(slot->pool);
}

/* libfcgi goes on with a connection that it thinks was kept. */
int
slot_accept(struct slot *slot, int connection)
{
	if (connection >= 0) {
		slot->request->ipcFd = connection;
		slot->request->keepConnection = 1;
	}
	return FCGX_Accept_r(slot->request);
}

int
slot_connection(const struct slot *slot)
{
	return slot->request->ipcFd;
}

/*
 * libfcgi closes a connection only after the server did, unless it is
 * detached; that wait protects an answer from what is still unread, and here
 * nothing is.  A connection that the server would keep is closed too: idle, it
 * would have this process to itself while others wait.  A server is best told
 * not to keep any (etc/apache.conf).
 */
void
slot_close(struct slot *slot)
{
	/* Its reader is not waited for. */
	if (slot->req.stalled)
		shutdown(slot->request->ipcFd, SHUT_RDWR);
	if (slot->read)
		FCGX_Detach(slot->request);
	FCGX_Finish_r(slot->request);
	FCGX_Free(slot->request, 1);
	server_count(&slot->req);
}

void
slot_finish(struct slots *slots, struct slot *slot)
{
	server_finish(slots->server, &slot->req);
	slot_leave(slots, slot);
}

void
slot_end(struct slots *slots, struct slot *slot)
{
	slot_close(slot);
	slot_finish(slots, slot);
}

static bool
write_through(void *to, struct str bytes)
{
	return write_stream(to, bytes) && FCGX_FFlush(to) == 0;
}

void
slot_decide(
    const struct slots *slots, struct slot *slot, bool through, bool may_hold)
{
	struct door_body body = {
	    .read = read_stream, .from = slot->request->in, .open_ended = true};
	struct req *req = &slot->req;

	server_begin(slots->server, slot->pool, req);
	req->send = through ? write_through : write_stream;
	req->send_to = slot->request->out;
	req->may_hold = may_hold;
	server_decide(slots->server, req, slot->request->envp, &body);
	slot->read = body.ended;
}

static void
accept_requests(struct server *server)
{
	if (server->service->pulse != NULL)
		serve_holding(server);
	else
		serve_gathering(server);
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
