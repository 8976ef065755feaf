/* Plain CGI and the shell: one request, and the process ends. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve_private.h"

struct source {
	struct str text; /* taken first */
	int fd;          /* then this; -1: nothing */
};

static size_t
read_source(void *from, char *bytes, size_t n)
{
	struct source *source = from;
	size_t done = source->text.n < n ? source->text.n : n;

	if (done > 0)
		memcpy(bytes, source->text.p, done);
	source->text = str_cut(source->text, done, source->text.n);
	while (done < n && source->fd >= 0) {
		ssize_t got = read(source->fd, bytes + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

bool
server_write(void *to, struct str text)
{
	const int *fd = to;

	while (text.n > 0) {
		ssize_t done = write(*fd, text.p, text.n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		text = str_cut(text, (size_t)done, text.n);
	}
	return true;
}

/* The one answer goes on until its reader goes. */
static void
hold_once(const struct server *server, struct req *req)
{
	struct pollfd output = {STDOUT_FILENO, 0, 0};

	signal(SIGPIPE, SIG_IGN);
	server_count(req);
	while (req->held && poll(&output, 1, SERVE_PULSE) == 0)
		server->service->pulse(server->process);
	server->service->gone(req, server->process);
}

/* One request; the exit status tells a shell whether it went well. */
static int
serve_once(struct server *server, char **environment, struct door_body *body)
{
	int output = STDOUT_FILENO;
	struct req req;
	int status;

	server_start(server);
	server_begin(server, server->request_pool, &req);
	req.send = server_write;
	req.send_to = &output;
	req.may_hold = server->service->pulse != NULL;
	server_decide(server, &req, environment, body);
	if (req.waits)
		server->service->together(
		    &(struct req *){&req}, 1, server->process);
	server_push(&req, req.held);
	if (req.held)
		hold_once(server, &req);
	status = req.status;
	/* A server takes the end of the output for the end of the answer. */
	close(STDOUT_FILENO);
	server_finish(server, &req);
	server_rest(server);
	pool_free(server->request_pool);
	return status < 500 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
server_cgi(struct server *server)
{
	struct source source = {NO_STR, STDIN_FILENO};
	struct door_body body = {.read = read_source, .from = &source};

	serve_once(server, environ, &body);
	return EXIT_SUCCESS;
}

int
server_shell(struct server *server, const struct command *command)
{
	struct source source = {command->body, -1};
	struct door_body body = {
	    .read = read_source, .from = &source, .open_ended = true};

	if (command->from_input && isatty(STDIN_FILENO) == 0)
		source.fd = STDIN_FILENO;
	return serve_once(server, command->environment, &body);
}
