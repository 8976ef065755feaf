#include "event.h"

#include "crypto.h"
#include "form.h"
#include "json.h"
#include "scan.h"

enum {
	LONGEST_CALL = 128, /* bytes of a call's key */
	PARAMS = 256,       /* of a form */
	FEW = 2,            /* events there is room for at first */
};

/* Where an event may name its call, the best place first. */
static const char *const places[] = {"session.token", "token", "session",
    "parentcallsid", "callsid",
    "call_id"}; /* of a CDR alone: its session may be gone, it is a bill */
enum { PLACES = sizeof places / sizeof *places, OF_CDR = PLACES - 1 };

/* What is looked for in one event. */
struct wanted {
	struct carrier_request *request;
	struct str calls[PLACES];
	struct str id;
};

/* Most members are none of these, and their length tells. */
static bool
may_be_wanted(size_t n)
{
	return n == 5 || n == 6 || n == 7 || n == 11 || n == 13 || n == 17;
}

static void
found(void *context, struct str path, struct str value)
{
	struct wanted *wanted = context;

	if (value.n == 0 || !may_be_wanted(path.n))
		return;
	for (size_t i = 0; i < PLACES; i++)
		if (str_is_nocase(path, places[i])) {
			wanted->calls[i] = value;
			return;
		}
	if (str_is_nocase(path, "eventid"))
		wanted->id = value;
	else if (str_is_nocase(path, "domain") ||
		 str_is_nocase(path, "domain.name"))
		request_add_name(wanted->request, value, false);
	else if (str_is_nocase(path, "owner.domain.uuid"))
		request_add_name(wanted->request, value, true);
}

static struct err *
take_call(struct pool *pool, const struct wanted *wanted, struct event *event)
{
	event->call_key = STR("");
	for (size_t i = 0; i < PLACES; i++) {
		if (wanted->calls[i].n == 0 ||
		    (i == OF_CDR && !str_is(event->kind, "cdr")))
			continue;
		event->call_key = wanted->calls[i];
		break;
	}
	if (event->call_key.n > LONGEST_CALL)
		return err_new(pool, BAD_REQUEST,
		    "A call's token has at most %d bytes.", LONGEST_CALL);
	return NULL;
}

/* The place tells the events of one request apart; 0: it has one only. */
static struct str
key_of(struct pool *pool, const struct event *event, struct str given,
    struct str id, size_t place)
{
	struct buf key = buf_new(pool, given.n + id.n + LONGEST_CALL + 32);
	unsigned char hash[CRYPTO_HASH];

	if (given.n > 0) {
		buf_printf(&key, "key %zu\n", place);
		buf_add(&key, given);
	} else if (id.n > 0) {
		buf_printf(&key, "id %.*s\n", PSTR(event->call_key));
		buf_add(&key, id);
	} else {
		crypto_sha256(event->body, hash);
		buf_add(&key, STR("body\n"));
		buf_add(&key, crypto_hex(pool, hash, sizeof hash));
	}
	return buf_str(&key);
}

/* -- JSON ----------------------------------------------------------------- */

/*
 * The next piece of an array, up to a ',' or the ']' that ends it.  Only
 * brackets and quotes are looked at: whoever reads the pieces finds what is
 * wrong.  False at the end of the text.
 */
static bool
next_piece(struct str *rest, struct str *piece, bool *last)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < rest->n; i++) {
		char byte = rest->p[i];

		if (quoted) {
			if (byte == '\\')
				i++;
			quoted = byte != '"';
			continue;
		}
		if (byte == '"')
			quoted = true;
		else if (byte == '{' || byte == '[')
			depth++;
		else if (depth > 0 && (byte == '}' || byte == ']'))
			depth--;
		else if (depth == 0 && (byte == ',' || byte == ']')) {
			*last = byte == ']';
			*piece = str_trim(str_cut(*rest, 0, i));
			*rest = str_cut(*rest, i + 1, rest->n);
			return true;
		}
	}
	return false;
}

/* For as many as may come: most often it is one. */
static void
make_room(struct pool *pool, struct carrier_message *message)
{
	struct event *events = NEW_ARRAY(pool, struct event, INTAKE_MOST);

	memcpy(events, message->events, FEW * sizeof *events);
	message->events = events;
}

static struct err *
split(struct pool *pool, struct str text, struct carrier_message *message)
{
	struct str rest = str_cut(text, 1, text.n);
	bool last = false;

	message->events = NEW_ARRAY(pool, struct event, FEW);
	while (!last) {
		struct str piece;

		if (message->count == INTAKE_MOST)
			return err_new(pool, BAD_REQUEST,
			    "At most %d events may come at once.", INTAKE_MOST);
		if (!next_piece(&rest, &piece, &last))
			return err_new(pool, BAD_REQUEST,
			    "This is not valid JSON: the array does not end.");
		if (message->count == FEW)
			make_room(pool, message);
		message->events[message->count++].body = piece;
	}
	if (str_trim(rest).n > 0)
		return err_new(pool, BAD_REQUEST,
		    "This is not valid JSON: something behind the end.");
	return NULL;
}

static struct err *
read_event(struct pool *pool, struct carrier_message *message,
    struct event *event, struct str *id)
{
	struct wanted wanted = {.request = &message->request};

	TRY(scan_object(pool, event->body, found, &wanted));
	*id = wanted.id;
	return take_call(pool, &wanted, event);
}

static void
refuse(struct pool *pool, struct carrier_message *message, size_t count,
    size_t place, const struct err *why)
{
	if (message->refused == NULL)
		message->refused = NEW_ARRAY(pool, struct refused_event, count);
	message->refused[message->refused_count++] =
	    (struct refused_event){place, why->message};
}

static struct err *
read_json(const struct req *req, struct str given, struct str kind,
    struct carrier_message *message)
{
	struct pool *pool = req->pool;
	struct str text = str_trim(req->body);
	struct err *err = NULL;
	size_t count;

	if (text.n > 0 && text.p[0] == '[') {
		TRY(split(pool, text, message));
	} else {
		message->events = NEW(pool, struct event);
		message->events->body = text;
		message->count = 1;
	}
	count = message->count;
	message->count = 0;
	/* All of it, so that no name is overlooked. */
	for (size_t i = 0; i < count; i++) {
		struct event event = message->events[i];
		struct err *wrong;
		struct str id = NO_STR;

		event.kind = kind;
		wrong = read_event(pool, message, &event, &id);
		if (wrong != NULL) {
			refuse(pool, message, count, i + 1, wrong);
			err = err != NULL ? err : wrong;
			continue;
		}
		event.key =
		    key_of(pool, &event, given, id, count > 1 ? i + 1 : 0);
		message->events[message->count++] = event;
	}
	return message->count > 0 ? NULL : err;
}

/* -- Forms ---------------------------------------------------------------- */

/* A JSON object of its parameters; of a name that comes twice, the first. */
static struct str
form_json(struct pool *pool, const struct form *form, size_t bytes)
{
	struct buf text = buf_new(pool, bytes + 64);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	for (size_t i = 0; i < form->count; i++) {
		const struct param *param = &form->params[i];
		size_t before = 0;

		while (!str_equal(form->params[before].name, param->name))
			before++;
		if (before == i)
			json_put_text(&out, param->name.p, param->value);
	}
	json_close(&out, '}');
	return buf_str(&text);
}

static struct err *
read_form(const struct req *req, struct str given, struct str kind,
    struct carrier_message *message)
{
	struct wanted wanted = {.request = &message->request};
	struct event *event = NEW(req->pool, struct event);
	struct form form;

	TRY(form_parse(req->pool, req->body, &form));
	for (size_t i = 0; i < form.count; i++)
		found(&wanted, form.params[i].name, form.params[i].value);
	if (form.count == 0 || form.count > PARAMS)
		return err_new(req->pool, BAD_REQUEST,
		    "A form has 1 to %d parameters.", PARAMS);
	event->kind = kind;
	event->body = form_json(req->pool, &form, req->body.n);
	TRY(take_call(req->pool, &wanted, event));
	event->key = key_of(req->pool, event, given, wanted.id, 0);
	message->events = event;
	message->count = 1;
	return NULL;
}

void
event_read(
    const struct req *req, struct str kind, struct carrier_message *message)
{
	bool twice;
	struct str given = req_header(req, "X-Idempotency-Key", &twice);

	*message = (struct carrier_message){0};
	request_read_headers(req, &message->request);
	if (req->refused != NULL)
		message->unusable = req->refused;
	else if (str_is(req->content_type, "application/json"))
		message->unusable = read_json(req, given, kind, message);
	else
		message->unusable = read_form(req, given, kind, message);
	if (message->unusable == NULL && twice)
		message->unusable = err_new(req->pool, BAD_REQUEST,
		    "X-Idempotency-Key came more than once.");
	if (message->unusable != NULL)
		message->count = 0;
}
