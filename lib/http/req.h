/*
 * One request and its answer, whatever server brought it.
 *
 * All strings are copies in the request's pool (FCGX_Finish_r frees what
 * FastCGI handed out), NUL-terminated.  The body is read before the responder
 * sees the request, within the service's limit.  Path, query and headers are
 * within 64 KiB; the path is UTF-8, query, headers and body are bytes that
 * whoever parses them has to check.
 */
#ifndef HTTP_REQ_H
#define HTTP_REQ_H

#include "conf.h"
#include "err.h"
#include "log.h"

struct upload;

struct param {
	struct str name;
	struct str value;
};

struct req {
	struct pool *pool;    /* cleared when the answer was sent */
	struct pool *process; /* lives as long as the process */
	const struct conf *conf;
	struct log log; /* written once, after the answer */
	int64_t began;  /* clock_monotonic() at accept */

	/*
	 * HEAD is GET here and the answer's body is dropped.  In a form posted
	 * with `_method` PUT, PATCH or DELETE stands for the verb.
	 */
	struct str method;
	struct str path;  /* "/ring-groups/7/restore": begins with the name */
	struct str query; /* raw QUERY_STRING, never absent */
	struct str body;  /* never absent */
	struct upload *upload;   /* of a multipart/form-data body, else NULL */
	struct str content_type; /* lower case, without parameters, or absent */
	struct str remote;       /* client's address, see trusted_proxies */
	struct str request_id;
	size_t headers;            /* how many, for header_list */
	struct param *header_list; /* names in lower case: "x-cx-domain" */
	char **environment; /* the server's; NULL once the answer was sent */
	/* Why there is no body: 413, 415, or 400 when it was cut short. */
	struct err *refused;

	/* The answer. */
	int status;      /* 0 until answer() or answer_problem() was called */
	bool bodiless;   /* HEAD: only the head is sent */
	struct buf head; /* header lines added by answer_header() */
	struct buf out;
	struct str out_type; /* "application/json" */
	/* Goes out behind `out`, piece by piece: a part of an open file. */
	struct {
		int fd;
		int64_t from, length; /* 0: nothing */
	} file;
	/* Of serve.c: hands bytes to the server; false when it is gone. */
	bool (*send)(void *to, struct str bytes);
	void *send_to;
	bool sending; /* the head is out, so nothing can be taken back */
	bool counted; /* in the metrics */
	/*
	 * An answer that goes on (struct service, holds): may this one, does
	 * it, and does its reader not keep up, so that nothing is to be added
	 * for now.
	 */
	bool may_hold, held, stalled;
	/* It is left to struct service, together(), which knows of this. */
	bool waits;
	void *left;
};

/*
 * The value of a header, by its usual name ("X-Cx-Domain"), absent when it
 * was not sent.  *repeated, unless NULL, tells that the server handed over
 * more than one header that CGI cannot tell apart: the same name twice, or
 * with '_' for '-'.  Servers may also join repeated ones by ", " themselves.
 */
struct str req_header(const struct req *req, const char *name, bool *repeated);
/*
 * From this machine: by its address, and not passed on by a server in front
 * (one that is no trusted proxy gives its own address).
 */
bool req_is_local(const struct req *req);
/* A value that the server itself set ("OPBX_IDENTITY"), else absent. */
struct str req_environment(const struct req *req, const char *name);

/* Adds a header line; control bytes in the value are dropped. */
void answer_header(struct req *req, const char *name, struct str value);
/* Sets status and type; the body is what is added to req->out. */
void answer(struct req *req, int status, const char *type);
/*
 * Replaces whatever was answered by problem JSON (RFC 9457, spec 2) and notes
 * code and cause in the log.  The method a resource allows and Retry-After
 * become headers.
 */
void answer_problem(struct req *req, const struct err *err);

/*
 * Sends what there is of an answer that is too long to be held: the head
 * first, then req->out, which is empty afterwards.  From then on the answer
 * cannot become another.  False when nobody reads it any more.
 */
bool answer_flush(struct req *req);

#endif
