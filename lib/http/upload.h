/*
 * multipart/form-data bodies (RFC 7578): the fields and files of a form.
 *
 * Strict: what no browser and no curl sends is refused, so that nobody else
 * on the way can read the same bytes differently.  Nothing stands before the
 * first part or behind the last.  The name of a file is a hint that somebody
 * may be shown; nothing is ever opened by it.
 */
#ifndef HTTP_UPLOAD_H
#define HTTP_UPLOAD_H

#include "form.h"

enum {
	UPLOAD_PARTS = 200,
	UPLOAD_HEAD = 2048, /* bytes of one part's header lines */
	UPLOAD_NAME = 200,  /* bytes of a field's name */
};

struct upload_file {
	struct str name;     /* of the field */
	struct str filename; /* as the client wrote it */
	struct str type;     /* in small letters, absent: not said */
	struct str bytes;    /* a slice of the body */
};

struct upload {
	struct form fields; /* in their order */
	size_t count;
	struct upload_file *files;
};

/*
 * type: the whole Content-Type with its boundary.  BAD_REQUEST says what is
 * wrong; the upload is empty then.  The input of a file that nobody chose, an
 * empty file without a name, is no file.
 */
struct err *upload_parse(
    struct pool *pool, struct str type, struct str body, struct upload *upload);
/* NULL when there is none, or more than one. */
const struct upload_file *upload_find(
    const struct upload *upload, const char *name);

#endif
