/*
 * A responder's command line, and the socket that it can make.
 */
#ifndef HTTP_COMMAND_H
#define HTTP_COMMAND_H

#include "err.h"

enum command_kind {
	COMMAND_HELP,
	COMMAND_LISTEN,
	COMMAND_REQUEST,
	COMMAND_DESCRIBE
};

struct command {
	enum command_kind kind;
	/* COMMAND_LISTEN. */
	struct str socket;
	int mode; /* -1: as the umask says */
	/* COMMAND_REQUEST: what a server would have put into CGI's. */
	char **environment;
	struct str body;
	bool from_input; /* the body is to be read from standard input */
};

/* BAD_REQUEST says what cannot be understood. */
struct err *command_parse(
    struct pool *pool, int argc, char **argv, struct command *out);
/* The page that --help prints. */
struct str command_help(struct pool *pool, const char *name);

/*
 * A listening unix socket that does not block.  A socket that nobody listens
 * to any more is removed first; CONFLICT when somebody does, or when what is
 * there is no socket.
 */
struct err *command_listen(
    struct pool *pool, const struct command *command, int *listener);

#endif
