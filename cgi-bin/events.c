/*
 * /cgi-bin/events
 *
 * What goes on now, as it happens: an event stream (lib/resource/streams.h)
 * for those who accept text/event-stream, else all of it at once, with an
 * ETag for those who ask again and again.
 *
 * Touches nothing.  Reads opbx:ID:live and opbx:ID:feed of Redis, calls,
 * extensions, sessions, users, notices.
 */
#include "etag.h"
#include "office.h"
#include "streams.h"

static bool
wants_stream(const struct visit *visit)
{
	struct str rest = req_header(visit->req, "Accept", NULL), range, type;

	while (str_next(&rest, ',', &range)) {
		str_next(&range, ';', &type);
		if (str_is_nocase(str_trim(type), "text/event-stream"))
			return true;
	}
	return false;
}

static struct err *
begin_stream(struct visit *visit)
{
	struct req *req = visit->req;
	struct err *err;

	answer(req, 200, "text/event-stream");
	answer_header(req, "Cache-Control", STR("no-store, no-transform"));
	answer_header(req, "X-Accel-Buffering", STR("no"));
	if (req->bodiless)
		return NULL;
	if (req->may_hold)
		return streams_add(visit->desk->own, visit);
	err = err_new(req->pool, UNAVAILABLE,
	    "All event streams are in use; ask for JSON meanwhile.");
	err->retry_after = 30;
	return err;
}

/* Whoever has it already gets nothing. */
static void
answer_etag(struct req *req)
{
	unsigned char hash[CRYPTO_HASH];
	struct str etag;

	crypto_sha256(buf_str(&req->out), hash);
	etag = pool_printf(
	    req->pool, "\"%.*s\"", PSTR(crypto_hex(req->pool, hash, 12)));
	answer_header(req, "ETag", etag);
	answer_header(req, "Cache-Control", STR("private, no-cache"));
	if (etag_answers(req, etag))
		req->out.n = 0;
}

static struct err *
show_events(struct visit *visit)
{
	struct office office, view;

	if (wants_stream(visit))
		return begin_stream(visit);
	TRY(office_load(visit, &office));
	office_view(visit->req->pool, &office, &visit->who, &view);
	TRY(answer_data(visit, 200, &office_record, &view));
	if (visit->face != FACE_HTML)
		answer_etag(visit->req);
	return NULL;
}

static void *
start(struct pool *process, const struct conf *conf,
    const struct crypto_key *master)
{
	(void)conf;
	(void)master;
	return streams_new(process);
}

static void
pulse(struct desk *desk)
{
	streams_pulse(desk->own, desk);
}

static void
gone(struct req *req, struct desk *desk)
{
	streams_remove(desk->own, req);
}

static const struct route routes[] = {
    ROUTE("GET", "/events", READERS, show_events, NULL, .gives = GIVES_EVENTS,
	.data = &office_record,
	.does = "what goes on now, once or as it happens"),
};

int
main(int argc, char **argv)
{
	struct control control = CONTROL("events", routes);

	control.start = start;
	control.quiet = true;
	control.pulse = pulse;
	control.gone = gone;
	return control_serve(control, argc, argv);
}
