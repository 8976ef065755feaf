/* What is asked of the carrier, as carriers write it. */
#include "carrier.h"

#include "buf.h"

enum { LIST_MOST = 2000, LANGUAGES_MOST = 50 };
static const char application[] = "opbx";

static struct carrier_question
read_one(const char *path, enum carrier_gives gives)
{
	return (struct carrier_question){
	    .method = "GET", .path = str_of(path), .gives = gives};
}

/* path and what is meant below it. */
static struct str
below(struct pool *pool, const char *path, struct str name)
{
	struct buf text = buf_new(pool, 64);

	buf_add_text(&text, path);
	buf_add_url(&text, name);
	return buf_str(&text);
}

struct carrier_question
carrier_read_domain(void)
{
	return read_one("", CARRIER_OBJECT);
}

struct carrier_question
carrier_put_profile(struct pool *pool, const struct carrier_profile *profile)
{
	struct buf text = buf_new(pool, 512);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_open(&out, "profile", '{');
	json_put_text(&out, "authorization-api-key", profile->voice_key);
	json_put_text(&out, "session-update-endpoint", profile->session_update);
	json_put_text(&out, "cdr-endpoint", profile->cdr);
	json_put_int(&out, "call-timeout", profile->call_timeout);
	json_put_bool(&out, "redirect-unknown-to-border", false);
	json_close(&out, '}');
	json_close(&out, '}');
	return (struct carrier_question){.method = "PUT",
	    .path = STR(""),
	    .body = buf_str(&text),
	    .gives = CARRIER_ANYTHING};
}

bool
carrier_has_profile(
    const struct json *domain, const struct carrier_profile *profile)
{
	const struct json *has = json_get(domain, "profile");

	return str_equal(json_text(json_get(has, "authorization-api-key")),
		   profile->voice_key) &&
	       str_equal(json_text(json_get(has, "session-update-endpoint")),
		   profile->session_update) &&
	       str_equal(
		   json_text(json_get(has, "cdr-endpoint")), profile->cdr) &&
	       json_int(json_get(has, "call-timeout")) ==
		   profile->call_timeout &&
	       !json_bool(json_get(has, "redirect-unknown-to-border"));
}

struct carrier_question
carrier_put_default(struct pool *pool, int64_t id)
{
	return (struct carrier_question){.method = "PUT",
	    .path = STR(""),
	    .body = pool_printf(
		pool, "{\"defaultApplication\":%lld}", (long long)id),
	    .gives = CARRIER_ANYTHING};
}

struct carrier_question
carrier_read_application(void)
{
	return read_one("/applications/opbx", CARRIER_OBJECT);
}

static struct str
application_body(struct pool *pool, bool named, struct str url)
{
	struct buf text = buf_new(pool, 256);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	/* What has a name already cannot be renamed. */
	if (named)
		json_put_text(&out, "name", str_of(application));
	json_put_text(&out, "type", STR("cxml"));
	json_put_text(&out, "url", url);
	json_put_text(&out, "method", STR("POST"));
	json_close(&out, '}');
	return buf_str(&text);
}

struct carrier_question
carrier_new_application(struct pool *pool, struct str url)
{
	return (struct carrier_question){.method = "POST",
	    .path = STR("/applications"),
	    .body = application_body(pool, true, url),
	    .gives = CARRIER_ANYTHING};
}

struct carrier_question
carrier_put_application(struct pool *pool, struct str url)
{
	return (struct carrier_question){.method = "PUT",
	    .path = below(pool, "/applications/", str_of(application)),
	    .body = application_body(pool, false, url),
	    .gives = CARRIER_ANYTHING};
}

bool
carrier_has_application(const struct json *json, struct str url)
{
	return str_is(json_text(json_get(json, "type")), "cxml") &&
	       str_equal(json_text(json_get(json, "url")), url) &&
	       str_is_nocase(json_text(json_get(json, "method")), "POST");
}

struct carrier_question
carrier_list_subscribers(void)
{
	return read_one("/subscribers", CARRIER_LIST);
}

static struct carrier_question
subscriber_request(
    struct pool *pool, const char *method, struct str number, bool reads)
{
	return (struct carrier_question){.method = method,
	    .path = below(pool, "/subscribers/", number),
	    .gives = reads ? CARRIER_OBJECT : CARRIER_ANYTHING};
}

struct carrier_question
carrier_read_subscriber(struct pool *pool, struct str number)
{
	return subscriber_request(pool, "GET", number, true);
}

struct carrier_question
carrier_new_subscriber(
    struct pool *pool, const struct carrier_subscriber *subscriber)
{
	struct buf text = buf_new(pool, 128);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "msisdn", subscriber->number);
	json_put_text(&out, "sipPassword", subscriber->password);
	json_close(&out, '}');
	return (struct carrier_question){.method = "POST",
	    .path = STR("/subscribers"),
	    .body = buf_str(&text),
	    .gives = CARRIER_ANYTHING};
}

struct carrier_question
carrier_put_subscriber(
    struct pool *pool, const struct carrier_subscriber *subscriber)
{
	struct carrier_question request =
	    subscriber_request(pool, "PUT", subscriber->number, false);
	struct buf text = buf_new(pool, 128);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "sipPassword", subscriber->password);
	json_put_bool(&out, "active", subscriber->active);
	json_close(&out, '}');
	request.body = buf_str(&text);
	return request;
}

struct carrier_question
carrier_end_subscriber(struct pool *pool, struct str number)
{
	return subscriber_request(pool, "DELETE", number, false);
}

bool
carrier_take_subscriber(
    const struct json *json, struct carrier_subscriber *subscriber)
{
	const struct json *active = json_get(json, "active");

	*subscriber = (struct carrier_subscriber){
	    .number = json_text(json_get(json, "msisdn")),
	    .password = json_text(json_get(json, "sipPassword")),
	    .active = json_kind(active) != JSON_BOOL || json_bool(active),
	};
	return subscriber->number.n > 0;
}

struct carrier_question
carrier_read_call(struct pool *pool, struct str call_key)
{
	return (struct carrier_question){.method = "GET",
	    .path = below(pool, "/sessions/", call_key),
	    .gives = CARRIER_OBJECT};
}

struct carrier_question
carrier_end_call(struct pool *pool, struct str call_key)
{
	return (struct carrier_question){.method = "DELETE",
	    .path = below(pool, "/sessions/", call_key),
	    .gives = CARRIER_ANYTHING};
}

struct carrier_question
carrier_list_voices(void)
{
	struct carrier_question request =
	    read_one("/resources/voices", CARRIER_LIST);

	request.short_path = true;
	return request;
}

struct carrier_question
carrier_list_trunks(void)
{
	return read_one("/trunks", CARRIER_LIST);
}

static void
put_languages(struct json_out *out, const struct json *list)
{
	json_open(out, "languages", '[');
	for (size_t i = 0; i < json_count(list) && i < LANGUAGES_MOST; i++)
		if (json_kind(json_at(list, i)) == JSON_TEXT)
			json_put_text(out, NULL, json_text(json_at(list, i)));
	json_close(out, ']');
}

/* Objects with these texts; the first of them is their name. */
static struct str
print_list(struct pool *pool, const struct json *list,
    const char *const names[], size_t count, bool languages)
{
	struct buf text = buf_new(pool, 1024);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '[');
	for (size_t i = 0; i < json_count(list) && i < LIST_MOST; i++) {
		const struct json *one = json_at(list, i);

		if (json_text(json_get(one, names[0])).n == 0)
			continue;
		json_open(&out, NULL, '{');
		for (size_t n = 0; n < count; n++)
			json_put_text(&out, names[n],
			    str_head(json_text(json_get(one, names[n])), 100));
		if (languages)
			put_languages(&out, json_get(one, "languages"));
		json_close(&out, '}');
	}
	json_close(&out, ']');
	return buf_str(&text);
}

struct str
carrier_print_voices(struct pool *pool, const struct json *list)
{
	static const char *const names[] = {"voice", "gender", "provider"};

	return print_list(pool, list, names, 3, true);
}

struct str
carrier_print_trunks(struct pool *pool, const struct json *list)
{
	static const char *const names[] = {"name", "direction", "transport"};

	return print_list(pool, list, names, 3, false);
}
