#include "door.h"

#include "id.h"
#include "serve.h"
#include "upload.h"

/* What the client or the server said that is no header. */
struct gateway {
	struct str method;
	struct str script_name;
	struct str path_info;
	struct str query;
	struct str content_type;
	struct str content_length;
	struct str remote;
	size_t bytes; /* of all that the client chose */
};

#define VARIABLE(name, member)                                            \
	{                                                                 \
		{name, sizeof name - 1}, offsetof(struct gateway, member) \
	}

static void
take_variable(struct gateway *gateway, struct str name, struct str value)
{
	static const struct {
		struct str name;
		size_t offset;
	} known[] = {
	    VARIABLE("REQUEST_METHOD", method),
	    VARIABLE("SCRIPT_NAME", script_name),
	    VARIABLE("PATH_INFO", path_info),
	    VARIABLE("QUERY_STRING", query),
	    VARIABLE("CONTENT_TYPE", content_type),
	    VARIABLE("CONTENT_LENGTH", content_length),
	    VARIABLE("REMOTE_ADDR", remote),
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct str *member;

		if (!str_equal(name, known[i].name))
			continue;
		member = (void *)((char *)gateway + known[i].offset);
		if (member->p == NULL)
			*member = value;
		gateway->bytes += value.n;
		return;
	}
}

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

/* Copies the header and gives its name the usual '-' and lower case. */
static void
add_header(struct req *req, struct str name, struct str value)
{
	struct param *header = &req->header_list[req->headers++];
	char *copy = pool_alloc(req->pool, name.n + value.n + 2);

	for (size_t i = 0; i < name.n; i++)
		copy[i] = lower(name.p[i]);
	for (size_t i = 0; i < name.n; i++)
		if (copy[i] == '_')
			copy[i] = '-';
	header->name = (struct str){copy, name.n};
	copy += name.n + 1;
	if (value.n > 0)
		memcpy(copy, value.p, value.n);
	header->value = (struct str){copy, value.n};
}

/*
 * One walk over the environment.  Some servers repeat type and length of the
 * body as headers; these are the same header, not a second one.
 */
static struct err *
take_environment(struct req *req, char **environment, struct gateway *gateway)
{
	/* Two more places, for the body's type and length. */
	req->header_list = NEW_ARRAY(req->pool, struct param, DOOR_HEADERS + 2);
	for (char **entry = environment; *entry != NULL; entry++) {
		struct str value = str_of(*entry), name;

		if (!str_next(&value, '=', &name) || value.p == NULL)
			continue;
		if (!str_starts(name, STR("HTTP_"))) {
			take_variable(gateway, name, value);
			continue;
		}
		name = str_cut(name, 5, name.n);
		if (str_is(name, "CONTENT_TYPE") ||
		    str_is(name, "CONTENT_LENGTH"))
			continue;
		gateway->bytes += name.n + value.n;
		if (req->headers >= DOOR_HEADERS ||
		    gateway->bytes > DOOR_ENVIRONMENT)
			return err_new(req->pool, BAD_REQUEST,
			    "The request's headers are too many or too long.");
		add_header(req, name, value);
	}
	if (gateway->bytes > DOOR_ENVIRONMENT)
		return err_new(req->pool, BAD_REQUEST,
		    "The request's address is too long.");
	if (gateway->content_type.n > 0)
		add_header(req, STR("CONTENT_TYPE"), gateway->content_type);
	if (gateway->content_length.n > 0)
		add_header(req, STR("CONTENT_LENGTH"), gateway->content_length);
	return NULL;
}

/* Where "/cgi-bin/" or, failing that, "/voice" as a whole segment begins. */
static size_t
find_name(struct str path, struct str name)
{
	static const char folder[] = "/cgi-bin/";
	const char *at = path.n > 0
			     ? memmem(path.p, path.n, folder, sizeof folder - 1)
			     : NULL;

	if (at != NULL)
		return (size_t)(at - path.p) + sizeof folder - 2;
	for (size_t i = 0; i + name.n < path.n; i++) {
		size_t end = i + 1 + name.n;

		if (path.p[i] == '/' &&
		    str_equal(str_cut(path, i + 1, end), name) &&
		    (end == path.n || path.p[end] == '/'))
			return i;
	}
	return 0;
}

/*
 * SCRIPT_NAME and PATH_INFO together are the path, wherever the server cut
 * it; some say the whole path in both.
 */
static struct str
whole_path(struct pool *pool, const struct gateway *gateway, struct str name)
{
	struct str script = gateway->script_name, info = gateway->path_info;
	struct str both;

	if (script.n > 0 && str_starts(info, script) &&
	    find_name(script, name) < script.n - 1)
		both = info;
	else
		both = pool_printf(pool, "%.*s%.*s", PSTR(script), PSTR(info));
	return pool_copy(pool, str_cut(both, find_name(both, name), both.n));
}

static bool
is_method(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 'A' || text.p[i] > 'Z')
			return false;
	return text.n > 0 && text.n <= 16;
}

/* "Application/JSON; charset=utf-8" is "application/json". */
static struct str
bare_type(struct pool *pool, struct str text)
{
	struct str rest = text, type;
	char *copy;

	if (text.n == 0)
		return NO_STR;
	str_next(&rest, ';', &type);
	type = str_trim(type);
	copy = pool_alloc(pool, type.n + 1);
	for (size_t i = 0; i < type.n; i++)
		copy[i] = lower(type.p[i]);
	return (struct str){copy, type.n};
}

static struct str
client_address(
    const struct req *req, struct str remote, const struct proxies *trusted)
{
	struct str forwarded;
	bool repeated;

	if (trusted->count == 0)
		return remote;
	/* Which of two came last cannot be known. */
	forwarded = req_header(req, "X-Forwarded-For", &repeated);
	return repeated ? remote : proxy_client(trusted, remote, forwarded);
}

struct err *
door_enter(struct req *req, char **environment, const struct service *service,
    const struct proxies *trusted)
{
	struct gateway gateway = {.method = NO_STR};
	struct err *err;
	struct str id;

	req->environment = environment;
	err = take_environment(req, environment, &gateway);
	id = req_header(req, "X-Correlation-ID", NULL);
	req->request_id = id_is_request_id(id) ? id : id_uuid(req->pool);
	req->remote =
	    pool_copy(req->pool, client_address(req, gateway.remote, trusted));
	req->bodiless = str_is(gateway.method, "HEAD");
	req->method =
	    req->bodiless ? STR("GET") : pool_copy(req->pool, gateway.method);
	req->path = whole_path(req->pool, &gateway, str_of(service->name));
	req->query = gateway.query.p != NULL
			 ? pool_copy(req->pool, gateway.query)
			 : STR("");
	req->content_type = bare_type(req->pool, gateway.content_type);
	req->body = STR("");
	TRY(err);
	if (!is_method(req->method))
		return err_new(req->pool, BAD_REQUEST,
		    "The request's method is not one of HTTP's.");
	if (!str_is_utf8(req->path))
		return err_new(req->pool, BAD_REQUEST,
		    "The request's address is not UTF-8.");
	return NULL;
}

static bool
is_accepted(const struct service *service, struct str type)
{
	if (service->types == NULL || type.n == 0)
		return false;
	for (size_t i = 0; service->types[i] != NULL; i++)
		if (str_is(type, service->types[i]))
			return true;
	return false;
}

static struct err *
too_large(const struct req *req, const struct service *service)
{
	return err_new(req->pool, TOO_LARGE,
	    "The request's body may be at most %zu bytes long.",
	    service->body_limit);
}

static struct err *
wrong_type(const struct req *req, const struct service *service)
{
	struct buf list = buf_new(req->pool, 128);

	for (size_t i = 0; service->types != NULL && service->types[i]; i++)
		buf_printf(
		    &list, "%s%s", i > 0 ? " or " : "", service->types[i]);
	return err_new(req->pool, UNSUPPORTED_TYPE,
	    "The request's body is understood only as %s.",
	    list.n > 0 ? list.p : "nothing: there must be none");
}

/* The length is known: one read, and one that must find the end. */
static struct err *
read_length(struct req *req, struct door_body *body, size_t length)
{
	char *bytes = pool_alloc(req->pool, length + 1);
	char more;

	if (body->read(body->from, bytes, length) < length)
		return err_new(req->pool, BAD_REQUEST,
		    "The request's body ended too early.");
	if (body->open_ended && body->read(body->from, &more, 1) > 0)
		return err_new(req->pool, BAD_REQUEST,
		    "The request's body is longer than its length.");
	body->ended = true;
	req->body = (struct str){bytes, length};
	return NULL;
}

static struct err *
read_to_end(
    struct req *req, const struct service *service, struct door_body *body)
{
	struct buf text = buf_new(req->pool, 256);
	char piece[8192];
	size_t n;

	do {
		n = body->read(body->from, piece, sizeof piece);
		if (text.n + n > service->body_limit)
			return too_large(req, service);
		buf_add(&text, (struct str){piece, n});
	} while (n == sizeof piece);
	body->ended = true;
	if (text.n > 0 && !is_accepted(service, req->content_type))
		return wrong_type(req, service);
	req->body = buf_str(&text);
	return NULL;
}

static struct err *
read_body(
    struct req *req, const struct service *service, struct door_body *body)
{
	struct str text = req_header(req, "Content-Length", NULL);
	int64_t length = 0;

	if (text.n == 0) {
		if (body->open_ended ||
		    req_header(req, "Transfer-Encoding", NULL).n > 0)
			return read_to_end(req, service, body);
		return NULL;
	}
	if (!str_to_int(text, 0, (int64_t)service->body_limit, &length))
		return too_large(req, service);
	if (length > 0 && !is_accepted(service, req->content_type))
		return wrong_type(req, service);
	return read_length(req, body, (size_t)length);
}

/* `_method` of a posted form; the last one counts, as in form_get(). */
static struct str
find_verb(const struct req *req)
{
	struct str rest = req->body, pair, name;
	struct str verb = NO_STR;

	if (req->upload != NULL)
		return form_get(&req->upload->fields, "_method");
	if (memmem(req->body.p, req->body.n, "_method", 7) == NULL)
		return NO_STR;
	while (str_next(&rest, '&', &pair))
		if (str_next(&pair, '=', &name) && str_is(name, "_method"))
			verb = pair;
	return verb;
}

static struct err *
take_verb(struct req *req)
{
	static const char *const verbs[] = {"PUT", "PATCH", "DELETE", "POST"};
	struct str verb = find_verb(req);

	if (verb.n == 0)
		return NULL;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (!str_is(verb, verbs[i]))
			continue;
		req->method = str_of(verbs[i]);
		return NULL;
	}
	return err_new(
	    req->pool, BAD_REQUEST, "_method must be PUT, PATCH or DELETE.");
}

static struct err *
take_form(struct req *req)
{
	bool multipart = str_is(req->content_type, "multipart/form-data");

	if (multipart && req->body.n > 0) {
		req->upload = NEW(req->pool, struct upload);
		TRY(upload_parse(req->pool,
		    req_header(req, "Content-Type", NULL), req->body,
		    req->upload));
	}
	if (!str_is(req->method, "POST") ||
	    !(multipart ||
		str_is(req->content_type, "application/x-www-form-urlencoded")))
		return NULL;
	return take_verb(req);
}

void
door_take_body(
    struct req *req, const struct service *service, struct door_body *body)
{
	req->refused = read_body(req, service, body);
	if (req->refused == NULL)
		req->refused = take_form(req);
	if (req->refused != NULL)
		req->body = STR("");
}

struct str
door_head(struct req *req)
{
	struct buf head = buf_new(req->pool, 384 + req->head.n);
	bool empty = req->status == 204 || req->status == 304;

	buf_add(&head, STR("Status: "));
	buf_add_int(&head, req->status);
	if (!empty && req->out_type.n > 0) {
		buf_add(&head, STR("\r\nContent-Type: "));
		buf_add(&head, req->out_type);
	}
	/* How long an answer is that is sent in pieces, nobody knows yet. */
	if (!empty && !req->sending) {
		buf_add(&head, STR("\r\nContent-Length: "));
		buf_add_int(&head, (int64_t)req->out.n + req->file.length);
	}
	if (req->head.n == 0 ||
	    memmem(req->head.p, req->head.n, "Cache-Control:", 14) == NULL)
		buf_add(&head, STR("\r\nCache-Control: no-store"));
	buf_add(&head, STR("\r\nX-Content-Type-Options: nosniff"));
	buf_add(&head, STR("\r\nX-Request-Id: "));
	buf_add(&head, req->request_id);
	buf_add(&head, STR("\r\n"));
	buf_add(&head, buf_str(&req->head));
	buf_add(&head, STR("\r\n"));
	if (empty || req->bodiless) {
		req->out.n = 0;
		req->file.length = 0;
	}
	return buf_str(&head);
}
