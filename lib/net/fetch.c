#include "fetch.h"

#include "address.h"
#include "buf.h"
#include "clock.h"
#include "mail.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <unistd.h>

#include <curl/curl.h>

enum {
	REDIRECTS = 3,
	HEADERS_MOST = 65536,
	CONNECT_MS = 5000,
	URL_MOST = 2000,
};

struct fetch {
	bool allow_http;
	struct str allow_private; /* "yes", or addresses */
	struct str ca_file;       /* absent: the system's */
	struct str smtp_url, smtp_user, smtp_password, smtp_from;
	long smtp_tls;
	const volatile sig_atomic_t *stop;
};

/* One exchange with one server, and what its callbacks come upon. */
struct trip {
	const struct fetch *fetch;
	struct pool *pool;
	CURL *curl;
	struct curl_slist *headers, *to;
	size_t most, bytes, header_bytes;
	int file;
	struct buf body;
	struct str message; /* mail: what is left to send */
	bool refused;       /* an address */
	bool too_long, stopped, not_written;
};

struct fetch *
fetch_new(struct pool *process, const struct conf *conf,
    const volatile sig_atomic_t *stop)
{
	struct fetch *fetch = NEW(process, struct fetch);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	*fetch = (struct fetch){
	    .allow_http = conf_is(conf, "net.allow_http", "yes"),
	    .allow_private = conf_text(conf, "net.allow_private", "no"),
	    .ca_file = conf_path(process, conf, "net.ca_file", NULL),
	    .smtp_url = conf_text(conf, "smtp.url", ""),
	    .smtp_user = conf_text(conf, "smtp.user", ""),
	    .smtp_password = conf_text(conf, "smtp.password", ""),
	    .smtp_from = conf_text(conf, "smtp.from", ""),
	    .smtp_tls = CURLUSESSL_ALL,
	    .stop = stop,
	};
	if (conf_is(conf, "smtp.starttls", "no"))
		fetch->smtp_tls = CURLUSESSL_NONE;
	else if (conf_is(conf, "smtp.starttls", "try"))
		fetch->smtp_tls = CURLUSESSL_TRY;
	return fetch;
}

static void
end_trip(void *object)
{
	struct trip *trip = object;

	curl_easy_cleanup(trip->curl);
	curl_slist_free_all(trip->headers);
	curl_slist_free_all(trip->to);
}

/* The address is looked at here, where it is used: no name is asked twice. */
static curl_socket_t
open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct trip *trip = context;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    (!address_is_public(&address->addr, address->addrlen) &&
		!address_is_listed(
		    trip->fetch->allow_private, &address->addr))) {
		trip->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

static int
is_stopped(void *context, curl_off_t down_all, curl_off_t down,
    curl_off_t up_all, curl_off_t up)
{
	struct trip *trip = context;

	(void)down_all;
	(void)down;
	(void)up_all;
	(void)up;
	trip->stopped = trip->fetch->stop != NULL && *trip->fetch->stop;
	return trip->stopped ? 1 : 0;
}

static bool
write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

static size_t
take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct trip *trip = context;
	size_t n = size * count;

	trip->too_long = n > trip->most - trip->bytes;
	if (trip->too_long)
		return 0;
	trip->bytes += n;
	if (trip->file <= 0) {
		buf_add(&trip->body, (struct str){bytes, n});
		return n;
	}
	trip->not_written = !write_all(trip->file, bytes, n);
	return trip->not_written ? 0 : n;
}

static size_t
take_header(char *bytes, size_t size, size_t count, void *context)
{
	struct trip *trip = context;
	size_t n = size * count;

	(void)bytes;
	trip->too_long = n > HEADERS_MOST - trip->header_bytes;
	if (trip->too_long)
		return 0;
	trip->header_bytes += n;
	return n;
}

static size_t
give_message(char *bytes, size_t size, size_t count, void *context)
{
	struct trip *trip = context;
	struct str part = str_cut(trip->message, 0, size * count);

	if (part.n > 0)
		memcpy(bytes, part.p, part.n);
	trip->message = str_cut(trip->message, part.n, trip->message.n);
	return part.n;
}

/* libcurl is asked for options whose types it does not check. */
#define SET(trip, option, value)                                               \
	do {                                                                   \
		CURLcode set_ =                                                \
		    curl_easy_setopt((trip)->curl, CURLOPT_##option, (value)); \
		assert(set_ == CURLE_OK || set_ == CURLE_UNKNOWN_OPTION);      \
	} while (0)

static struct trip *
new_trip(const struct fetch *fetch, struct pool *pool, int64_t timeout)
{
	struct trip *trip = NEW(pool, struct trip);

	trip->fetch = fetch;
	trip->pool = pool;
	trip->curl = curl_easy_init();
	if (trip->curl == NULL)
		abort();
	pool_own(pool, end_trip, trip);
	SET(trip, NOSIGNAL, 1L);
	SET(trip, PROXY, "");
	SET(trip, NETRC, (long)CURL_NETRC_IGNORED);
	SET(trip, FOLLOWLOCATION, 0L);
	SET(trip, SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (fetch->ca_file.n > 0)
		SET(trip, CAINFO, fetch->ca_file.p);
	SET(trip, TIMEOUT_MS, (long)(timeout > 0 ? timeout : 1));
	SET(trip, CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	SET(trip, NOPROGRESS, 0L);
	SET(trip, XFERINFOFUNCTION, is_stopped);
	SET(trip, XFERINFODATA, trip);
	return trip;
}

static void
allow_protocols(struct trip *trip, bool mail)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(trip, PROTOCOLS_STR,
	    mail                      ? "smtp,smtps"
	    : trip->fetch->allow_http ? "http,https"
				      : "https");
#else
	SET(trip, PROTOCOLS,
	    mail                      ? CURLPROTO_SMTP | CURLPROTO_SMTPS
	    : trip->fetch->allow_http ? CURLPROTO_HTTP | CURLPROTO_HTTPS
				      : CURLPROTO_HTTPS);
#endif
}

/* What went wrong, without a word of what was sent. */
static const char *
words_of_failure(const struct trip *trip, CURLcode code)
{
	if (trip->stopped)
		return "it was interrupted";
	if (trip->refused)
		return "its address is not one of the public Internet";
	if (trip->too_long)
		return "its answer is too long";
	if (trip->not_written)
		return "the answer could not be kept";
	/* The others of its codes are left to its own words. */
	if (code == CURLE_COULDNT_RESOLVE_HOST)
		return "there is no host of this name";
	if (code == CURLE_COULDNT_CONNECT)
		return "it does not take connections";
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "it took too long";
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return "its certificate is not valid";
	if (code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE ||
	    code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR)
		return "it closed the connection too early";
	if (code == CURLE_UNSUPPORTED_PROTOCOL)
		return "only https is allowed";
	return curl_easy_strerror(code);
}

static struct err *
add_header(struct trip *trip, const char *name, struct str value)
{
	struct str line;

	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
			return err_internal(
			    trip->pool, "a control character in %s", name);
	line = pool_printf(trip->pool, "%s: %.*s", name, PSTR(value));
	trip->headers = curl_slist_append(trip->headers, line.p);
	if (trip->headers == NULL)
		abort();
	return NULL;
}

/* Scheme, host and port of a URL; the handle is the pool's. */
struct place {
	CURLU *handle;
	char *scheme, *host, *port, *user, *password;
};

static void
end_place(void *object)
{
	struct place *place = object;

	curl_free(place->scheme);
	curl_free(place->host);
	curl_free(place->port);
	curl_free(place->user);
	curl_free(place->password);
	curl_url_cleanup(place->handle);
}

static bool
read_place(struct pool *pool, struct str url, struct place *place)
{
	struct place *kept = NEW(pool, struct place);
	CURLU *handle = kept->handle = curl_url();

	if (handle == NULL)
		abort();
	pool_own(pool, end_place, kept);
	if (url.n > URL_MOST ||
	    curl_url_set(handle, CURLUPART_URL, pool_copy(pool, url).p, 0) !=
		CURLUE_OK ||
	    curl_url_get(handle, CURLUPART_SCHEME, &kept->scheme, 0) !=
		CURLUE_OK ||
	    curl_url_get(handle, CURLUPART_HOST, &kept->host, 0) != CURLUE_OK ||
	    curl_url_get(handle, CURLUPART_PORT, &kept->port,
		CURLU_DEFAULT_PORT) != CURLUE_OK)
		return false;
	curl_url_get(handle, CURLUPART_USER, &kept->user, 0);
	curl_url_get(handle, CURLUPART_PASSWORD, &kept->password, 0);
	*place = *kept;
	return true;
}

static bool
same_place(struct pool *pool, struct str a, struct str b)
{
	struct place x, y;

	return read_place(pool, a, &x) && read_place(pool, b, &y) &&
	       strcmp(x.scheme, y.scheme) == 0 &&
	       str_equal_nocase(str_of(x.host), str_of(y.host)) &&
	       strcmp(x.port, y.port) == 0;
}

bool
fetch_host(struct pool *pool, struct str url, struct str *host)
{
	struct place place;

	if (!read_place(pool, url, &place))
		return false;
	*host = pool_lower(pool, str_of(place.host));
	return true;
}

struct err *
fetch_check_url(const struct fetch *fetch, struct pool *pool, struct str url)
{
	struct place place;

	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f)
			return err_new(pool, UNAVAILABLE, "its URL is not one");
	if (!read_place(pool, url, &place))
		return err_new(pool, UNAVAILABLE, "its URL is not one");
	if (strcmp(place.scheme, "https") != 0 &&
	    !(fetch->allow_http && strcmp(place.scheme, "http") == 0))
		return err_new(pool, UNAVAILABLE, "only https is allowed");
	if (place.user != NULL || place.password != NULL)
		return err_new(pool, UNAVAILABLE,
		    "a URL must not hold a name and password");
	return NULL;
}

/* Where a request stands after some redirects. */
struct way {
	const char *method;
	struct str url; /* absent: at its end */
	int64_t deadline;
};

static struct err *
set_request(struct trip *trip, const struct fetch_request *request,
    const struct way *way)
{
	SET(trip, URL, pool_copy(trip->pool, way->url).p);
	allow_protocols(trip, false);
	SET(trip, USERAGENT, "OpBX");
	SET(trip, HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(trip, OPENSOCKETFUNCTION, open_socket);
	SET(trip, OPENSOCKETDATA, trip);
	SET(trip, WRITEFUNCTION, take_body);
	SET(trip, WRITEDATA, trip);
	SET(trip, HEADERFUNCTION, take_header);
	SET(trip, HEADERDATA, trip);
	if (request->body.p != NULL && strcmp(way->method, "GET") != 0) {
		SET(trip, POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
		SET(trip, POSTFIELDS, request->body.p);
	}
	SET(trip, CUSTOMREQUEST, way->method);
	for (size_t i = 0; i < request->header_count; i++)
		TRY(add_header(
		    trip, request->headers[i].name, request->headers[i].value));
	if (request->authorization.n > 0 &&
	    same_place(trip->pool, request->url, way->url))
		TRY(add_header(trip, "Authorization", request->authorization));
	/* No "100 Continue" that half of them never send. */
	trip->headers = curl_slist_append(trip->headers, "Expect:");
	SET(trip, HTTPHEADER, trip->headers);
	return NULL;
}

/* Where an answer sends us; absent when it does not. */
static struct str
next_place(const struct trip *trip, int status, const char *method)
{
	bool moved = status == 301 || status == 302 || status == 303;
	char *url = NULL;

	if (!moved && status != 307 && status != 308)
		return NO_STR;
	if (moved && strcmp(method, "GET") != 0)
		return NO_STR;
	curl_easy_getinfo(trip->curl, CURLINFO_REDIRECT_URL, &url);
	return url != NULL ? pool_copy(trip->pool, str_of(url)) : NO_STR;
}

static struct err *
perform(struct trip *trip)
{
	CURLcode code = curl_easy_perform(trip->curl);
	long response = 0;

	if (code == CURLE_OK)
		return NULL;
	curl_easy_getinfo(trip->curl, CURLINFO_RESPONSE_CODE, &response);
	if (trip->message.p != NULL && response >= 400 && !trip->stopped)
		return err_new(trip->pool, UNAVAILABLE,
		    "the mail server answered %ld", response);
	return err_new(
	    trip->pool, UNAVAILABLE, "%s", words_of_failure(trip, code));
}

static struct err *
ask_once(const struct fetch *fetch, struct pool *pool,
    const struct fetch_request *request, struct way *way,
    struct fetch_answer *answer)
{
	int64_t left = (way->deadline - clock_monotonic()) / 1000;
	struct trip *trip = new_trip(fetch, pool, left);
	long status = 0;
	char *type = NULL;

	TRY(fetch_check_url(fetch, pool, way->url));
	trip->most = request->most;
	trip->file = request->file;
	trip->body = buf_new(pool, 256);
	TRY(set_request(trip, request, way));
	TRY(perform(trip));
	curl_easy_getinfo(trip->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(trip->curl, CURLINFO_CONTENT_TYPE, &type);
	*answer = (struct fetch_answer){
	    .status = (int)status,
	    .type = pool_copy(pool, str_of(type)),
	    .body = buf_str(&trip->body),
	    .bytes = trip->bytes,
	};
	way->url = next_place(trip, answer->status, way->method);
	/* What came with a redirect is not the file. */
	if (way->url.p != NULL && trip->file > 0 && trip->bytes > 0 &&
	    (ftruncate(trip->file, 0) != 0 ||
		lseek(trip->file, 0, SEEK_SET) != 0))
		return err_internal(pool, "cannot empty the file again");
	return NULL;
}

struct err *
fetch_request(struct fetch *fetch, struct pool *pool,
    const struct fetch_request *request, struct fetch_answer *answer)
{
	struct way way = {request->method, request->url,
	    clock_monotonic() + (int64_t)request->timeout * 1000};

	for (int i = 0; i <= REDIRECTS; i++) {
		TRY(ask_once(fetch, pool, request, &way, answer));
		if (way.url.p == NULL)
			return NULL;
	}
	return err_new(pool, UNAVAILABLE, "it redirects too often");
}

struct err *
fetch_mail_from(const struct fetch *fetch, struct pool *pool, struct str *from)
{
	*from = fetch->smtp_from;
	if (fetch->smtp_url.n > 0 && from->n > 0)
		return NULL;
	return err_new(
	    pool, UNAVAILABLE, "mail is not set up: smtp.url and smtp.from");
}

static void
aim_at_mail_server(struct trip *trip)
{
	const struct fetch *fetch = trip->fetch;

	allow_protocols(trip, true);
	SET(trip, URL, fetch->smtp_url.p);
	SET(trip, USE_SSL, fetch->smtp_tls);
	if (fetch->smtp_user.n > 0) {
		SET(trip, USERNAME, fetch->smtp_user.p);
		SET(trip, PASSWORD, fetch->smtp_password.p);
	}
}

struct err *
fetch_mail_probe(struct fetch *fetch, struct pool *pool, int timeout)
{
	struct trip *trip = new_trip(fetch, pool, timeout);
	struct str from;

	TRY(fetch_mail_from(fetch, pool, &from));
	aim_at_mail_server(trip);
	SET(trip, CUSTOMREQUEST, "NOOP");
	SET(trip, NOBODY, 1L);
	/* What it refuses is told by its number. */
	trip->message = STR("");
	return perform(trip);
}

struct err *
fetch_mail(struct fetch *fetch, struct pool *pool, struct str to,
    struct str message, int timeout)
{
	struct trip *trip = new_trip(fetch, pool, timeout);
	struct str all, name, from, address;

	TRY(fetch_mail_from(fetch, pool, &all));
	if (!mail_mailbox(all, &name, &from) ||
	    !mail_mailbox(to, &name, &address))
		return err_new(
		    pool, UNAVAILABLE, "an address is not a mail address");
	aim_at_mail_server(trip);
	SET(trip, MAIL_FROM, pool_printf(pool, "<%.*s>", PSTR(from)).p);
	trip->to = curl_slist_append(
	    NULL, pool_printf(pool, "<%.*s>", PSTR(address)).p);
	if (trip->to == NULL)
		abort();
	SET(trip, MAIL_RCPT, trip->to);
	trip->message = message;
	SET(trip, UPLOAD, 1L);
	SET(trip, READFUNCTION, give_message);
	SET(trip, READDATA, trip);
	return perform(trip);
}
