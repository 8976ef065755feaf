/*
 * What a client sent, as JSON, whichever way it was written down.
 *
 * A form's "members.0.extension_id=5" is {"members": [{"extension_id": "5"}]}:
 * names are paths, digits alone are places in a list.  Rows of a list that
 * hold nothing were the empty lines of a form and are left out.  Names that
 * begin with '_' (_method, _csrf, _next) are about the form and not in it.
 */
#ifndef RECORD_BODY_H
#define RECORD_BODY_H

#include "json.h"
#include "upload.h"

struct body {
	const struct json *json;
	bool form;          /* values are texts */
	struct form fields; /* of a form: with its "_next" and "_csrf" */
	const struct upload *upload; /* files of a form, or NULL */
	struct str raw;              /* a body of audio as it is, else absent */
};

/*
 * BAD_REQUEST for what cannot be read or is no object, or what req->refused
 * says.  An empty body is an object without members.
 */
struct err *body_parse(struct req *req, struct body *body);
struct err *body_of_form(
    struct pool *pool, const struct form *form, const struct json **out);

#endif
