/*
 * From what a server hands over (RFC 3875) to a struct req.
 *
 * serve.c alone calls this; it knows neither FastCGI nor file descriptors.
 */
#ifndef HTTP_DOOR_H
#define HTTP_DOOR_H

#include "proxy.h"
#include "req.h"

struct service;

enum {
	DOOR_HEADERS = 100,         /* of one request */
	DOOR_ENVIRONMENT = 64 << 10 /* bytes of what the client says there */
};

/* The body's bytes: at most n of them, fewer or 0 only at its end. */
struct door_body {
	size_t (*read)(void *from, char *bytes, size_t n);
	void *from;
	/* Without a length there is a body all the same, up to its end. */
	bool open_ended;
	bool ended; /* set when the end was seen, so nothing is left unread */
};

/*
 * Fills the request from "NAME=value" strings, all but its body.  After an
 * error the request can be answered, but not be handled.
 */
struct err *door_enter(struct req *req, char **environment,
    const struct service *service, const struct proxies *trusted);
/* Reads the body, or says in req->refused why not. */
void door_take_body(
    struct req *req, const struct service *service, struct door_body *body);
/* Everything before the answer's body: CGI's status and header lines. */
struct str door_head(struct req *req);

#endif
