/*
 * Answers the bytes of a file: whole, one range of them (RFC 9110 section 14)
 * or that nothing changed.
 *
 * The path is made by the caller, from numbers and from what the server chose
 * itself, never from a request.
 */
#ifndef HTTP_FILE_H
#define HTTP_FILE_H

#include "req.h"

struct file {
	struct str path;
	const char *type;  /* "audio/wav" */
	struct str etag;   /* "\"3f…\"": another for other bytes */
	const char *cache; /* Cache-Control */
	struct str name;   /* to save it by; absent: it is shown */
};

/*
 * 200, 206, 304, or 416.  Several ranges, a range of something
 * else than bytes and one that cannot be read are answered with the whole, as
 * the RFC allows.  NOT_FOUND when there is no such file, PRECONDITION_FAILED
 * when If-Match wants another.
 */
struct err *file_answer(struct req *req, const struct file *file);

#endif
