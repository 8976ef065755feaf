#include "serve.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "children.h"
#include "clock.h"
#include "command.h"
#include "door.h"
#include "metrics.h"

enum {
	DRAIN = 5 * 1000 * 1000, /* microseconds for those that still wait */
	NAP = 100,      /* milliseconds, when a connection could not be taken */
	ASK_EVERY = 16, /* requests in a row: are we to end? */
	FILE_PIECE = 32 << 10, /* bytes of a file that are sent at once */
};

/* What one process knows from its start to its end. */
struct server {
	const struct service *service;
	struct pool *pool;
	const struct conf *conf;
	struct proxies trusted;
	struct log log; /* for what is not about one request */
	int listener;
	const char *socket; /* that we made ourselves, or NULL */
	void *process;      /* of service->start() */
	struct pool *request_pool;
};

const char *const serve_types_json_form[] = {
    "application/json", "application/x-www-form-urlencoded", NULL};

/* -- One request, whatever brought it ------------------------------------- */

static void
begin(const struct server *server, struct req *req)
{
	struct pool *pool = server->request_pool;

	memset(req, 0, sizeof *req);
	req->pool = pool;
	req->process = server->pool;
	req->conf = server->conf;
	req->log.responder = server->service->name;
	req->began = clock_monotonic();
	req->head = buf_new(pool, 256);
	req->out = buf_new(pool, 2048);
}

/* The length was promised: what cannot be read any more ends the answer. */
static bool
push_file(struct req *req)
{
	char piece[FILE_PIECE];
	size_t n = req->file.length < (int64_t)sizeof piece
		       ? (size_t)req->file.length
		       : sizeof piece;
	ssize_t got = pread(req->file.fd, piece, n, req->file.from);

	if (got <= 0)
		return false;
	req->file.from += got;
	req->file.length -= got;
	return req->send(req->send_to, (struct str){piece, (size_t)got});
}

/* Sends what there is: the head, unless it is out, and the body so far. */
static bool
push(struct req *req, bool more)
{
	bool there = true;

	if (!req->sending) {
		req->sending = more;
		there = req->send(req->send_to, door_head(req));
	}
	if (there && req->out.n > 0 && !req->bodiless)
		there = req->send(req->send_to, buf_str(&req->out));
	req->out.n = 0;
	while (there && req->file.length > 0)
		there = push_file(req);
	return there;
}

bool
answer_flush(struct req *req)
{
	return push(req, true);
}

static void
decide(const struct server *server, struct req *req, char **environment,
    struct door_body *body)
{
	const struct service *service = server->service;
	struct err *err =
	    door_enter(req, environment, service, &server->trusted);

	if (err != NULL) {
		if (service->refuse != NULL)
			service->refuse(req, err);
		else
			answer_problem(req, err);
		return;
	}
	door_take_body(req, service, body);
	service->handle(req, server->process);
	if (req->status == 0)
		answer_problem(req,
		    err_internal(req->pool, "the responder did not answer"));
}

/* What nobody waits for any more: the answer was sent. */
static void
finish(const struct server *server, struct req *req)
{
	struct log *log = &req->log;
	int64_t took = clock_monotonic() - req->began;

	metrics_request(req->status, took);
	req->environment = NULL;
	log_text(log, "method", req->bodiless ? STR("HEAD") : req->method);
	log_text(log, "path", req->path);
	log_int(log, "status", req->status);
	log_int(log, "ms", took / 1000);
	log_text(log, "request_id", req->request_id);
	log_text(log, "remote", req->remote);
	if (server->service->after != NULL)
		server->service->after(req, server->process);
	log_write(log, req->status >= 500 ? LOG_WARNING_ : LOG_INFO_,
	    "%.*s %.*s", PSTR(req->method), PSTR(req->path));
	pool_clear(server->request_pool);
}

/* Before waiting, and in the end. */
static void
rest(const struct server *server)
{
	if (server->service->idle == NULL)
		return;
	server->service->idle(server->request_pool, server->process);
	pool_clear(server->request_pool);
}

static void
start(struct server *server)
{
	server->request_pool = pool_new();
	metrics_open(server->pool,
	    conf_path(server->pool, server->conf, "run_dir", "/run/opbx"),
	    server->service->name);
	if (server->service->start != NULL)
		server->process =
		    server->service->start(server->pool, server->conf);
}

/* -- Plain CGI and the shell ---------------------------------------------- */

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

static bool
write_all(void *to, struct str text)
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

/* One request; the exit status tells a shell whether it went well. */
static int
serve_once(struct server *server, char **environment, struct door_body *body)
{
	int output = STDOUT_FILENO;
	struct req req;
	int status;

	start(server);
	begin(server, &req);
	req.send = write_all;
	req.send_to = &output;
	decide(server, &req, environment, body);
	push(&req, false);
	status = req.status;
	/* A server takes the end of the output for the end of the answer. */
	close(STDOUT_FILENO);
	finish(server, &req);
	rest(server);
	pool_free(server->request_pool);
	return status < 500 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
serve_cgi(struct server *server)
{
	struct source source = {NO_STR, STDIN_FILENO};
	struct door_body body = {.read = read_source, .from = &source};

	serve_once(server, environ, &body);
	return EXIT_SUCCESS;
}

static int
serve_shell(struct server *server, const struct command *command)
{
	struct source source = {command->body, -1};
	struct door_body body = {
	    .read = read_source, .from = &source, .open_ended = true};

	if (command->from_input && isatty(STDIN_FILENO) == 0)
		source.fd = STDIN_FILENO;
	return serve_once(server, command->environment, &body);
}

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

static void
serve_request(const struct server *server, FCGX_Request *request)
{
	struct door_body body = {
	    .read = read_stream, .from = request->in, .open_ended = true};
	struct req req;

	begin(server, &req);
	req.send = write_stream;
	req.send_to = request->out;
	decide(server, &req, request->envp, &body);
	push(&req, false);
	/*
	 * libfcgi closes a connection only after the server did, unless it is
	 * detached; that wait protects an answer from what is still unread,
	 * and here nothing is.  A connection that the server would keep is
	 * closed too: idle, it would have this process to itself while others
	 * wait.  A server is best told not to keep any (etc/apache.conf).
	 */
	if (body.ended)
		FCGX_Detach(request);
	FCGX_Finish_r(request);
	FCGX_Free(request, 1);
	finish(server, &req);
}

/*
 * Accepts first and waits only when there is nothing to accept: a signal can
 * come in while waiting and at no other time.  Once told to end it serves
 * those that wait already.
 */
static void
accept_all(struct server *server)
{
	FCGX_Request request;
	int64_t until = 0;
	unsigned served = 0;

	if (FCGX_InitRequest(&request, server->listener, 0) != 0)
		return;
	for (;;) {
		int result;

		/* It is a system call; in a rush now and then will do. */
		if (until == 0 && served % ASK_EVERY == 0 &&
		    children_told_to_end())
			until = clock_monotonic() + DRAIN;
		if (until != 0 && clock_monotonic() > until)
			return;
		result = FCGX_Accept_r(&request);
		if (result == 0) {
			serve_request(server, &request);
			served++;
			continue;
		}
		served = 0;
		rest(server);
		if (until != 0 || result == -EINVAL || result == -EBADF)
			return;
		if (result == -EAGAIN) {
			children_wait(server->listener, -1);
			continue;
		}
		log_write(&server->log, LOG_ERROR_, "cannot accept: %s",
		    strerror(-result));
		children_wait(server->listener, NAP);
	}
}

static int
work(void *context)
{
	struct server *server = context;

	start(server);
	accept_all(server);
	rest(server);
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
	start(server);
	accept_all(server);
	close_door(server);
	accept_all(server);
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
	return write_all(&output, buf_str(&buf)) ? EXIT_SUCCESS : EXIT_FAILURE;
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
			write_all(&output, help);
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
		return serve_shell(server, &command);
	return serve_cgi(server);
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
