/*
 * /cgi-bin/echo: tells as JSON what of a request reached the responder, and
 * misbehaves when asked to.
 *
 *	/echo          the request
 *	/echo/pid      only the process that answers
 *	/echo/nothing  no answer at all
 *	/echo/abort    dies
 *	/echo/slow     says where it is by a file, answers when that is gone
 *	/echo/large    1 MiB of text
 *	/echo/gone     204
 *	/echo/wait     after others: how many requests came since
 *
 * With ECHO_DIES in its environment it cannot start.
 */
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "serve.h"

static void
add(struct buf *out, const char *name, struct str value)
{
	buf_add_char(out, out->n > 1 ? ',' : ' ');
	buf_add_json(out, str_of(name));
	buf_add_char(out, ':');
	buf_add_json(out, value);
}

static void
add_headers(struct req *req)
{
	struct buf *out = &req->out;

	buf_add(out, STR(",\"headers\":{"));
	for (size_t i = 0; i < req->headers; i++) {
		const struct param *header = &req->header_list[i];
		bool repeated;

		if (i > 0)
			buf_add_char(out, ',');
		req_header(req, header->name.p, &repeated);
		buf_add_json(out, header->name);
		buf_add_char(out, ':');
		buf_add_json(
		    out, pool_printf(req->pool, "%s%.*s", repeated ? "*" : "",
			     PSTR(header->value)));
	}
	buf_add_char(out, '}');
}

static void
tell(struct req *req)
{
	struct buf *out = &req->out;

	answer(req, 200, "application/json");
	answer_header(req, "X-Echo", STR("one\r\nX-Split: two"));
	buf_add_char(out, '{');
	add(out, "method", req->method);
	add(out, "path", req->path);
	add(out, "query", req->query);
	add(out, "type", req->content_type);
	add(out, "remote", req->remote);
	add(out, "request_id", req->request_id);
	add(out, "identity", req_environment(req, "OPBX_IDENTITY"));
	add(out, "not_ours", req_environment(req, "HTTP_ACCEPT"));
	add(out, "hash",
	    pool_printf(
		req->pool, "%016lx", (unsigned long)str_hash(req->body)));
	buf_add(out, STR(",\"length\":"));
	buf_add_int(out, (int64_t)req->body.n);
	add_headers(req);
	buf_add(out, STR("}\n"));
}

/* A test holds the process here as long as its file stays. */
static void
wait_for_test(struct req *req)
{
	const char *file = getenv("ECHO_FILE");
	int64_t until = clock_monotonic() + INT64_C(20000000);

	if (file != NULL &&
	    link(file,
		pool_printf(req->pool, "%s.%d", file, (int)getpid()).p) == 0)
		while (access(file, F_OK) == 0 && clock_monotonic() < until)
			usleep(1000);
	answer(req, 200, "text/plain");
	buf_printf(&req->out, "%d\n", (int)getpid());
}

static unsigned requests;

static void
together(struct req *const *reqs, size_t count, void *process)
{
	(void)process;
	for (size_t i = 0; i < count; i++) {
		const unsigned *came = reqs[i]->left;

		answer(reqs[i], 200, "text/plain");
		buf_printf(&reqs[i]->out, "%u\n", requests - *came);
	}
}

static void
leave(struct req *req)
{
	unsigned *came = NEW(req->pool, unsigned);

	*came = requests;
	req->left = came;
	req->waits = true;
}

static void
handle(struct req *req, void *process)
{
	(void)process;
	requests++;
	if (req->refused != NULL) {
		answer_problem(req, req->refused);
	} else if (str_is(req->path, "/echo/pid")) {
		answer(req, 200, "text/plain");
		buf_printf(&req->out, "%d\n", (int)getpid());
	} else if (str_is(req->path, "/echo/abort")) {
		abort();
	} else if (str_is(req->path, "/echo/slow")) {
		wait_for_test(req);
	} else if (str_is(req->path, "/echo/large")) {
		answer(req, 200, "text/plain");
		for (int i = 0; i < 65536; i++)
			buf_add(&req->out, STR("0123456789abcde\n"));
	} else if (str_is(req->path, "/echo/wait")) {
		leave(req);
	} else if (str_is(req->path, "/echo/gone")) {
		answer(req, 204, "text/plain");
	} else if (!str_is(req->path, "/echo/nothing")) {
		tell(req);
	}
}

static void *
start(struct pool *process, const struct conf *conf)
{
	(void)process;
	(void)conf;
	if (getenv("ECHO_DIES") != NULL)
		exit(3);
	return NULL;
}

int
main(int argc, char **argv)
{
	static const struct service service = {
	    .name = "echo",
	    .body_limit = 2 << 20,
	    .types = serve_types_json_form,
	    .start = start,
	    .handle = handle,
	    .together = together,
	};

	return serve_run(&service, argc, argv);
}
