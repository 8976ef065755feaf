/* What the files of serve.h share.  Nobody else includes this. */
#ifndef HTTP_SERVE_PRIVATE_H
#define HTTP_SERVE_PRIVATE_H

#include "command.h"
#include "door.h"
#include "serve.h"

/* What one process knows from its start to its end. */
struct server {
	const struct service *service;
	struct pool *pool;
	const struct conf *conf;
	struct proxies trusted;
	struct log log; /* for what is not about one request */
	int listener;
	const char *socket;        /* that we made ourselves, or NULL */
	void *process;             /* of service->start() */
	struct pool *request_pool; /* of one request at a time */
};

/* serve.c: one request over FastCGI; those that are over are used again. */
struct slot {
	struct req req;
	struct pool *pool;
	struct FCGX_Request *request;
	bool read; /* nothing is left of its body */
	struct slot *next;
};

struct slots {
	const struct server *server;
	struct slot *free;
};

struct slot *slot_take(struct slots *slots);
void slot_leave(struct slots *slots, struct slot *slot);
void slots_free(struct slots *slots);
/*
 * The next of the listener's, or this connection (-1: none), up to its body; 0
 * or a negative errno.
 */
int slot_accept(struct slot *slot, int connection);
int slot_connection(const struct slot *slot);
/*
 * Has it answered, or left to be answered with others.  through: what is
 * pushed is sent at once.
 */
void slot_decide(
    const struct slots *slots, struct slot *slot, bool through, bool may_hold);
/* It was pushed, or nobody reads it. */
void slot_close(struct slot *slot);
/* After that: what nobody waits for. */
void slot_finish(struct slots *slots, struct slot *slot);
/* Both. */
void slot_end(struct slots *slots, struct slot *slot);

/* serve_gather.c, serve_hold.c: until the listener or the server ends it. */
void serve_gathering(struct server *server);
void serve_holding(struct server *server);

/* serve_plain.c: the program's exit status. */
int server_cgi(struct server *server);
int server_shell(struct server *server, const struct command *command);
bool server_write(void *to, struct str text); /* to: of a descriptor */

/* serve_request.c: one request, whatever brought it. */
void server_start(struct server *server);
/* pool: the request's own, cleared by server_finish(). */
void server_begin(
    const struct server *server, struct pool *pool, struct req *req);
void server_decide(const struct server *server, struct req *req,
    char **environment, struct door_body *body);
/*
 * Sends what there is: the head, unless it is out, and the body so far.  More
 * is to come.  False when nobody reads it any more.
 */
bool server_push(struct req *req, bool more);
/* Nobody waits for the answer any more: it was sent, or goes on for long. */
void server_count(struct req *req);
void server_finish(const struct server *server, struct req *req);
/* Before waiting, and in the end. */
void server_rest(const struct server *server);

#endif
