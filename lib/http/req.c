#include "req.h"

#include <strings.h>

struct str
req_header(const struct req *req, const char *name, bool *repeated)
{
	struct str wanted = str_of(name), found = NO_STR;
	size_t count = 0;

	for (size_t i = 0; i < req->headers; i++) {
		const struct param *header = &req->header_list[i];

		if (header->name.n != wanted.n ||
		    strncasecmp(header->name.p, name, wanted.n) != 0)
			continue;
		if (count++ == 0)
			found = header->value;
	}
	if (repeated != NULL)
		*repeated = count > 1;
	return found;
}

bool
req_is_local(const struct req *req)
{
	return (str_starts(req->remote, STR("127.")) ||
		   str_is(req->remote, "::1")) &&
	       req_header(req, "X-Forwarded-For", NULL).p == NULL &&
	       req_header(req, "Forwarded", NULL).p == NULL;
}

struct str
req_environment(const struct req *req, const char *name)
{
	size_t n = strlen(name);

	/* What begins so was said by the client. */
	if (strncmp(name, "HTTP_", 5) == 0 || req->environment == NULL)
		return NO_STR;
	for (char **entry = req->environment; *entry != NULL; entry++)
		if (strncmp(*entry, name, n) == 0 && (*entry)[n] == '=')
			return pool_copy(req->pool, str_of(*entry + n + 1));
	return NO_STR;
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

void
answer_header(struct req *req, const char *name, struct str value)
{
	size_t from = 0;

	buf_add_text(&req->head, name);
	buf_add(&req->head, STR(": "));
	for (size_t i = 0; i < value.n; i++) {
		if (!is_control(value.p[i]))
			continue;
		buf_add(&req->head, str_cut(value, from, i));
		from = i + 1;
	}
	buf_add(&req->head, str_cut(value, from, value.n));
	buf_add(&req->head, STR("\r\n"));
}

void
answer(struct req *req, int status, const char *type)
{
	req->status = status;
	req->out_type = str_of(type);
}

/* The reason phrases of RFC 9110, which are a problem's title. */
static const char *
title_of(enum err_code code)
{
	static const char *const titles[] = {
	    [BAD_REQUEST] = "Bad Request",
	    [UNAUTHENTICATED] = "Unauthorized",
	    [FORBIDDEN] = "Forbidden",
	    [NOT_FOUND] = "Not Found",
	    [METHOD_NOT_ALLOWED] = "Method Not Allowed",
	    [CONFLICT] = "Conflict",
	    [PRECONDITION_FAILED] = "Precondition Failed",
	    [RANGE_NOT_SATISFIABLE] = "Range Not Satisfiable",
	    [TOO_LARGE] = "Content Too Large",
	    [UNSUPPORTED_TYPE] = "Unsupported Media Type",
	    [VALIDATION_ERROR] = "Unprocessable Content",
	    [RATE_LIMITED] = "Too Many Requests",
	    [INTERNAL] = "Internal Server Error",
	    [UNAVAILABLE] = "Service Unavailable",
	};

	return titles[code];
}

static bool
was_complained_of(const struct complaint *first, const struct complaint *until)
{
	for (const struct complaint *c = first; c != until; c = c->next)
		if (str_equal(c->field, until->field))
			return true;
	return false;
}

/* {"name": ["is too short", …], …}: each field once, in order; {} for none. */
static void
add_complaints(struct buf *out, const struct complaint *first)
{
	const char *comma = "";

	buf_add(out, STR(",\"errors\":{"));
	for (const struct complaint *c = first; c != NULL; c = c->next) {
		if (was_complained_of(first, c))
			continue;
		buf_add_text(out, comma);
		buf_add_json(out, c->field);
		buf_add(out, STR(":["));
		buf_add_json(out, c->text);
		for (const struct complaint *more = c->next; more != NULL;
		     more = more->next) {
			if (!str_equal(more->field, c->field))
				continue;
			buf_add_char(out, ',');
			buf_add_json(out, more->text);
		}
		buf_add_char(out, ']');
		comma = ",";
	}
	buf_add_char(out, '}');
}

static void
add_references(struct buf *out, const struct reference *first)
{
	buf_add(out, STR(",\"references\":["));
	for (const struct reference *r = first; r != NULL; r = r->next) {
		buf_add(out, STR("{\"type\":"));
		buf_add_json(out, r->type);
		buf_add(out, STR(",\"id\":"));
		buf_add_int(out, (int64_t)r->id);
		buf_add(out, STR(",\"name\":"));
		buf_add_json(out, r->name);
		buf_add(out, r->next != NULL ? STR("},") : STR("}"));
	}
	buf_add_char(out, ']');
}

void
answer_problem(struct req *req, const struct err *err)
{
	struct buf *out = &req->out;
	int status = err_status(err->code);

	req->head.n = 0;
	out->n = 0;
	req->file.length = 0;
	answer(req, status, "application/problem+json");
	if (err->retry_after > 0)
		answer_header(req, "Retry-After",
		    pool_printf(req->pool, "%d", err->retry_after));
	if (err->allow.n > 0)
		answer_header(req, "Allow", err->allow);

	buf_add(out, STR("{\"type\":\"about:blank\",\"title\":"));
	buf_add_json(out, str_of(title_of(err->code)));
	buf_add(out, STR(",\"status\":"));
	buf_add_int(out, status);
	buf_add(out, STR(",\"code\":"));
	buf_add_json(out, str_of(err_name(err->code)));
	buf_add(out, STR(",\"message\":"));
	buf_add_json(out, err->message);
	add_complaints(out, err->complaints);
	if (err->references != NULL)
		add_references(out, err->references);
	buf_add(out, STR(",\"request_id\":"));
	buf_add_json(out, req->request_id);
	buf_add(out, STR("}\n"));

	log_text(&req->log, "code", str_of(err_name(err->code)));
	if (err->cause.p != NULL)
		log_text(&req->log, "cause", err->cause);
}
