#include "carrier.h"

#include "buf.h"

enum {
	ANSWER_MOST = 4 << 20, /* voices are many */
	MESSAGE_MOST = 200,
};

struct carrier {
	struct fetch *fetch;
	struct str url;
	int timeout; /* milliseconds */
};

struct carrier *
carrier_new(struct pool *process, const struct conf *conf, struct fetch *fetch)
{
	struct carrier *carrier = NEW(process, struct carrier);
	struct str url =
	    conf_text(conf, "carrier.url", "https://api.cloudonix.io");

	while (str_ends(url, STR("/")))
		url = str_cut(url, 0, url.n - 1);
	*carrier = (struct carrier){fetch, pool_copy(process, url),
	    (int)conf_int(conf, "carrier.timeout", 10, 1, 60) * 1000};
	return carrier;
}

static struct str
url_of(const struct carrier *carrier, struct pool *pool,
    const struct carrier_domain *domain, const struct carrier_question *request)
{
	struct buf url = buf_new(pool, 256);

	buf_add(&url, carrier->url);
	buf_add_text(&url,
	    request->short_path ? "/domains/" : "/customers/self/domains/");
	buf_add_url(&url, domain->name);
	buf_add(&url, request->path);
	return buf_str(&url);
}

/* Does the text hold what must not be told? */
static bool
holds(struct str text, struct str secret)
{
	return secret.n > 0 &&
	       memmem(text.p, text.n, secret.p, secret.n) != NULL;
}

/* What the carrier says of a failure, if it is fit to be read. */
static struct str
message_of(
    struct pool *pool, const struct carrier_domain *domain, struct str body)
{
	const struct json *json;
	struct str text;

	if (body.n == 0 || json_parse(pool, body, &json) != NULL)
		return NO_STR;
	text = str_head(json_text(json_get(json, "message")), MESSAGE_MOST);
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ')
			return NO_STR;
	return text.n > 0 && !holds(text, domain->key) ? text : NO_STR;
}

static enum carrier_outcome
outcome_of(int status)
{
	if (status >= 200 && status <= 299)
		return CARRIER_DONE;
	if (status == 401 || status == 403)
		return CARRIER_REFUSED;
	if (status == 404)
		return CARRIER_ABSENT;
	if (status == 429)
		return CARRIER_BUSY;
	if (status == 408 || status < 400 || status > 499)
		return CARRIER_TROUBLE;
	return CARRIER_WRONG;
}

static void
fail(struct pool *pool, const struct carrier_domain *domain,
    const struct fetch_answer *got, struct carrier_answer *answer)
{
	struct str said = message_of(pool, domain, got->body);

	if (answer->outcome == CARRIER_REFUSED)
		answer->failure = pool_printf(pool,
		    "the carrier does not accept the API key (%d)",
		    got->status);
	else
		answer->failure =
		    pool_printf(pool, "the carrier answered %d", got->status);
	if (said.n > 0)
		answer->failure = pool_printf(
		    pool, "%.*s: %.*s", PSTR(answer->failure), PSTR(said));
}

static void
make_no_sense(struct carrier_answer *answer)
{
	answer->outcome = CARRIER_TROUBLE;
	answer->body = NULL;
	answer->failure = STR("the carrier's answer makes no sense");
}

/* A success: is it what was asked for? */
static void
read_body(struct pool *pool, const struct carrier_domain *domain,
    const struct carrier_question *request, const struct fetch_answer *got,
    struct carrier_answer *answer)
{
	static const enum json_kind kinds[] = {
	    [CARRIER_OBJECT] = JSON_OBJECT,
	    [CARRIER_LIST] = JSON_ARRAY,
	};
	const struct json *status;

	if (str_trim(got->body).n == 0) {
		if (request->gives != CARRIER_ANYTHING)
			make_no_sense(answer);
		return;
	}
	if (json_parse(pool, got->body, &answer->body) != NULL) {
		make_no_sense(answer);
		return;
	}
	status = json_get(answer->body, "status");
	if (json_kind(status) == JSON_BOOL && !json_bool(status)) {
		answer->outcome = CARRIER_WRONG;
		answer->body = NULL;
		fail(pool, domain, got, answer);
	} else if (request->gives != CARRIER_ANYTHING &&
		   json_kind(answer->body) != kinds[request->gives]) {
		make_no_sense(answer);
	}
}

void
carrier_send(struct carrier *carrier, struct pool *pool,
    const struct carrier_domain *domain, const struct carrier_question *request,
    struct carrier_answer *answer)
{
	const struct fetch_header headers[] = {
	    {"Accept", STR("application/json")},
	    {"Content-Type", STR("application/json")},
	};
	const struct fetch_request sent = {
	    .method = request->method,
	    .url = url_of(carrier, pool, domain, request),
	    .headers = headers,
	    .header_count = request->body.p != NULL ? 2 : 1,
	    .authorization =
		pool_printf(pool, "Bearer %.*s", PSTR(domain->key)),
	    .body = request->body,
	    .timeout = carrier->timeout,
	    .most = ANSWER_MOST,
	};
	struct fetch_answer got;
	struct err *err = fetch_request(carrier->fetch, pool, &sent, &got);

	*answer = (struct carrier_answer){.outcome = CARRIER_TROUBLE};
	if (err != NULL) {
		answer->failure = pool_printf(pool,
		    "the carrier cannot be asked: %.*s", PSTR(err->message));
		return;
	}
	answer->outcome = outcome_of(got.status);
	if (answer->outcome == CARRIER_ABSENT && request->gives == CARRIER_LIST)
		answer->outcome = CARRIER_DONE;
	else if (answer->outcome == CARRIER_DONE)
		read_body(pool, domain, request, &got, answer);
	else
		fail(pool, domain, &got, answer);
}
