#include "request.h"

#include "form.h"
#include "scan.h"

enum {
	LONGEST_KEY = 128,   /* bytes of a call's key */
	LONGEST_NUMBER = 64, /* bytes of To, From, digits */
};

/* The parameters we read; a callback's own cursor is in the query. */
struct wanted {
	struct carrier_request *request;
	struct pool *pool;
	struct str dial_call_status, call_status, session, call_sid;
};

void
request_add_name(struct carrier_request *request, struct str text, bool uuid)
{
	if (text.n == 0)
		return;
	for (size_t i = 0; i < request->name_count; i++)
		if (request->names[i].uuid == uuid &&
		    str_equal(request->names[i].text, text))
			return;
	if (request->name_count == REQUEST_NAMES) {
		request->names_disagree = true;
		return;
	}
	request->names[request->name_count++] =
	    (struct tenant_name){text, uuid};
}

/* Numbers that are too long are none: nothing of use is that long. */
static struct str
number_text(struct wanted *wanted, struct str value)
{
	if (value.n > LONGEST_NUMBER) {
		wanted->request->unusable = err_new(wanted->pool, BAD_REQUEST,
		    "A number has at most %d characters.", LONGEST_NUMBER);
		return NO_STR;
	}
	return value;
}

static void
found(void *context, struct str path, struct str value)
{
	struct wanted *wanted = context;
	struct carrier_request *request = wanted->request;
	struct call *call = &request->call;

	if (value.p == NULL || path.n < 2 || path.n > 17)
		return;
	switch (path.n) {
	case 2:
		if (str_is_nocase(path, "to")) {
			call->to = number_text(wanted, str_trim(value));
			request->has_to = call->to.n > 0;
		}
		break;
	case 4:
		if (str_is_nocase(path, "from"))
			call->from = number_text(wanted, str_trim(value));
		break;
	case 6:
		if (str_is_nocase(path, "domain"))
			request_add_name(request, value, false);
		else if (str_is_nocase(path, "digits"))
			call->digits = number_text(wanted, str_trim(value));
		break;
	case 7:
		if (str_is_nocase(path, "session"))
			wanted->session = value;
		else if (str_is_nocase(path, "callsid"))
			wanted->call_sid = value;
		break;
	case 8:
		if (str_is_nocase(path, "diverted"))
			call->diverted = value;
		break;
	case 9:
		if (str_is_nocase(path, "direction"))
			call->direction = direction_parse(str_trim(value));
		break;
	case 10:
		if (str_is_nocase(path, "callstatus"))
			wanted->call_status = value;
		else if (str_is_nocase(path, "callername"))
			call->caller_name = value;
		break;
	case 11:
		if (str_is_nocase(path, "domain.name"))
			request_add_name(request, value, false);
		break;
	case 12:
		if (str_is_nocase(path, "recordingurl"))
			request->recording_url = value;
		break;
	case 14:
		if (str_is_nocase(path, "dialcallstatus"))
			wanted->dial_call_status = value;
		break;
	case 17:
		if (str_is_nocase(path, "owner.domain.uuid"))
			request_add_name(request, value, true);
		else if (str_is_nocase(path, "recordingduration"))
			request->recording_seconds = value;
		break;
	default:
		break;
	}
}

static void
read_form(struct wanted *wanted, struct str text, bool query)
{
	struct form form;
	struct err *err = form_parse(wanted->pool, text, &form);

	if (err != NULL) {
		wanted->request->unusable = err;
		return;
	}
	for (size_t i = 0; i < form.count; i++) {
		if (query && str_is(form.params[i].name, "cursor"))
			wanted->request->cursor = form.params[i].value;
		else
			found(
			    wanted, form.params[i].name, form.params[i].value);
	}
}

void
request_read_headers(const struct req *req, struct carrier_request *request)
{
	bool twice_domain, twice_authorization, twice_api_key;
	struct str authorization;

	request_add_name(
	    request, req_header(req, "X-Cx-Domain", &twice_domain), false);
	authorization = req_header(req, "Authorization", &twice_authorization);
	request->api_key = req_header(req, "X-Cx-Apikey", &twice_api_key);
	/* RFC 7235: the scheme's case does not matter; the key's does. */
	if (str_equal_nocase(str_cut(authorization, 0, 7), STR("Bearer ")))
		request->key = str_cut(authorization, 7, authorization.n);
	if (twice_domain || twice_authorization || twice_api_key ||
	    req_environment(req, "OPBX_IDENTITY").n > 0)
		request->names_disagree = true;
}

static void
read_body(const struct req *req, struct wanted *wanted)
{
	struct carrier_request *request = wanted->request;
	struct err *err;

	if (req->refused != NULL) {
		request->unusable = req->refused;
	} else if (str_is(req->content_type, "application/json")) {
		err = scan_object(req->pool, req->body, found, wanted);
		if (err != NULL)
			request->unusable = err;
	} else if (req->body.n > 0) {
		read_form(wanted, req->body, false);
	}
}

void
request_read(const struct req *req, struct carrier_request *request)
{
	struct wanted wanted = {.request = request, .pool = req->pool};
	struct call *call = &request->call;

	*request = (struct carrier_request){0};
	request_read_headers(req, request);
	/* The body comes last: where both name a parameter, it counts. */
	if (req->query.n > 0)
		read_form(&wanted, req->query, true);
	read_body(req, &wanted);
	call->key = wanted.session.n > 0 ? wanted.session : wanted.call_sid;
	if (call->key.n > LONGEST_KEY) {
		call->key = NO_STR;
		request->unusable = err_new(req->pool, BAD_REQUEST,
		    "Session has at most %d bytes.", LONGEST_KEY);
	}
	call->outcome =
	    outcome_parse(wanted.dial_call_status, wanted.call_status);
}
