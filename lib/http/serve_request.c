/* One request, whatever brought it: from its door to its line in the log. */
#include "clock.h"
#include "metrics.h"
#include "serve_private.h"

#include <unistd.h>

enum { FILE_PIECE = 32 << 10 /* bytes of a file that are sent at once */ };

void
server_begin(const struct server *server, struct pool *pool, struct req *req)
{
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

bool
server_push(struct req *req, bool more)
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
	return server_push(req, true);
}

void
server_decide(const struct server *server, struct req *req, char **environment,
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
	if (req->status == 0 && !req->waits)
		answer_problem(req,
		    err_internal(req->pool, "the responder did not answer"));
}

void
server_count(struct req *req)
{
	if (!req->counted)
		metrics_request(req->status, clock_monotonic() - req->began);
	req->counted = true;
}

void
server_finish(const struct server *server, struct req *req)
{
	struct log *log = &req->log;
	int64_t took = clock_monotonic() - req->began;
	struct str path = log_path(req->pool, req->path);

	server_count(req);
	req->environment = NULL;
	log_text(log, "method", req->bodiless ? STR("HEAD") : req->method);
	log_text(log, "path", path);
	log_int(log, "status", req->status);
	log_int(log, "ms", took / 1000);
	log_text(log, "request_id", req->request_id);
	log_text(log, "remote", req->remote);
	if (server->service->after != NULL)
		server->service->after(req, server->process);
	log_write(log, req->status >= 500 ? LOG_WARNING_ : LOG_INFO_,
	    "%.*s %.*s", PSTR(req->method), PSTR(path));
	pool_clear(req->pool);
}

void
server_rest(const struct server *server)
{
	if (server->service->idle == NULL)
		return;
	server->service->idle(server->request_pool, server->process);
	pool_clear(server->request_pool);
}

void
server_start(struct server *server)
{
	server->request_pool = pool_new();
	metrics_open(server->pool,
	    conf_path(server->pool, server->conf, "run_dir", "/run/opbx"),
	    server->service->name);
	if (server->service->start != NULL)
		server->process =
		    server->service->start(server->pool, server->conf);
}
