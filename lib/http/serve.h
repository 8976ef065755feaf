/*
 * The life of a responder, under every kind of server.
 *
 * Plain CGI: one request from the environment and standard input.  Arguments
 *	are ignored: some servers make them from the query.
 * FastCGI: the listening socket is standard input (lighttpd, mod_fcgid,
 *	systemd) or made by `--listen PATH [--mode 0660]`; the process forks
 *	one child per core (etc/opbx.conf: children, or OPBX_CHILDREN; 1 serves
 *	in the process itself, as mod_fcgid wants it), replaces those that die
 *	and ends them in order on SIGTERM: the request in hand is finished and
 *	the connections that wait are served.
 * A shell: `voice POST /cgi-bin/voice [-H 'Name: value']... [-d BODY]` is one
 *	request; the body may also come from standard input.  `--describe`
 *	prints what the responder can be asked.
 * Only serve.c knows libfcgi.
 */
#ifndef HTTP_SERVE_H
#define HTTP_SERVE_H

#include "req.h"

/*
 * An object of the process, made before the first request and after the fork.
 * A process that cannot work says so and exits.
 */
typedef void *serve_start(struct pool *process, const struct conf *conf);

struct service {
	const char *name;  /* "voice": the responder, /cgi-bin/voice */
	size_t body_limit; /* bytes; more is refused as TOO_LARGE */
	/* Content types whose body is read, NULL-terminated; others: 415. */
	const char *const *types;
	/* Opens what the process needs; the result is handed to handle(). */
	serve_start *start;
	/* Answers, also when req->refused says that there is no body. */
	void (*handle)(struct req *req, void *process);
	/*
	 * Answers that wait for each other: handle() sets req->waits instead
	 * of answering, and together() answers all that wait, when nobody else
	 * is there to be served, when SERVE_TOGETHER came, also of those who
	 * did not have to wait, when they are large, after a while, or when the
	 * next is not there in whole yet.
	 */
	void (*together)(struct req *const *reqs, size_t count, void *process);
	/* After the answer was sent; may be NULL. */
	void (*after)(struct req *req, void *process);
	/* Nobody waits to be served, or the process ends; may be NULL. */
	void (*idle)(struct pool *pool, void *process);
	/*
	 * Answers that go on, for event streams.  handle() sets req->held
	 * where req->may_hold says that there is a place left; then the
	 * request lives until pulse() takes that back or its reader has gone.
	 * pulse() comes every SERVE_PULSE ms while there are any; it adds to
	 * req->out of those that are not stalled and calls answer_flush().
	 * All of them are in one process, which holds events.streams at most
	 * and answers others meanwhile.
	 */
	void (*pulse)(void *process); /* NULL: there are none */
	void (*gone)(struct req *req, void *process);
	/*
	 * Answers what is not let in: too many headers, no method of HTTP's,
	 * a path that is no text.  NULL: problem JSON.
	 */
	void (*refuse)(struct req *req, const struct err *err);
	/* What --describe prints; NULL: there is no such option. */
	void (*describe)(struct buf *out);
};

enum { SERVE_PULSE = 200, SERVE_TOGETHER = 16 };

/* Runs until the server ends it; returns the program's exit status. */
int serve_run(const struct service *service, int argc, char **argv);

/* A body is understood only as one of these; NULL-terminated. */
extern const char *const serve_types_json_form[];

#endif
