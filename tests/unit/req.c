#include <criterion/criterion.h>

#include "door.h"
#include "id.h"
#include "proxy.h"
#include "serve.h"

static struct pool *pool;
static struct req req;
static struct proxies nobody;
static const struct service service = {
    .name = "voice",
    .body_limit = 64,
    .types = serve_types_json_form,
};

static void
make_request(void)
{
	pool = pool_new();
	memset(&req, 0, sizeof req);
	req.pool = pool;
	req.head = buf_new(pool, 64);
	req.out = buf_new(pool, 64);
}

static void
free_request(void)
{
	pool_free(pool);
}

/* One test, several requests. */
static void
next_request(void)
{
	free_request();
	make_request();
}

TestSuite(req, .init = make_request, .fini = free_request);

/* Copies, so that what the request keeps must be a copy of its own. */
static struct err *
enter(const char *const *strings, const struct proxies *trusted)
{
	struct pool *lent = pool_new();
	char *environment[256];
	struct err *err;
	size_t n = 0;

	for (; strings[n] != NULL; n++) {
		struct buf copy = buf_new(lent, 256);

		buf_add_text(&copy, strings[n]);
		environment[n] = copy.p;
	}
	environment[n] = NULL;
	err = door_enter(&req, environment, &service, trusted);
	req.environment = NULL;
	pool_free(lent);
	return err;
}

#define ENTER(...) enter((const char *const[]){__VA_ARGS__, NULL}, &nobody)

static void
path_of(const char *script, const char *info, const char *path)
{
	struct err *err = ENTER("REQUEST_METHOD=GET",
	    pool_printf(pool, "SCRIPT_NAME=%s", script).p,
	    pool_printf(pool, "PATH_INFO=%s", info).p);

	cr_assert_null(err);
	cr_assert(str_is(req.path, path), "%s + %s is %.*s", script, info,
	    PSTR(req.path));
	next_request();
}

Test(req, finds_the_path_wherever_the_server_cut_it)
{
	path_of("/cgi-bin/voice", "/7/restore", "/voice/7/restore");
	path_of("/cgi-bin/voice/7/restore", "", "/voice/7/restore");
	path_of("", "/cgi-bin/voice/7/restore", "/voice/7/restore");
	path_of("/cgi-bin/voice", "/cgi-bin/voice/7", "/voice/7");
	path_of("/cgi-bin/voice/7", "/cgi-bin/voice/7", "/voice/7");
	path_of("/cgi-bin", "/voice/7", "/voice/7");
	path_of("/~kim/pbx/cgi-bin/voice", "/7", "/voice/7");
	path_of("/cgi-bin/voice", "", "/voice");
	path_of("/cgi-bin/voice", "/", "/voice/");
	path_of("/cgi-bin/voicemails", "/5", "/voicemails/5");
	/* Another folder than cgi-bin: the name says where it begins. */
	path_of("/pbx/voice", "/7", "/voice/7");
	path_of("/voices/voice", "", "/voice");
	path_of("/7", "/voice7", "/7/voice7");
	/* Only the first counts, whatever a client writes behind it. */
	path_of("/cgi-bin/voice", "/x/cgi-bin/users", "/voice/x/cgi-bin/users");
}

Test(req, gives_headers_their_usual_names)
{
	bool repeated;

	cr_assert_null(ENTER("REQUEST_METHOD=POST", "HTTP_X_CX_DOMAIN=acme",
	    "HTTP_ACCEPT=a=b", "CONTENT_TYPE=Application/JSON ; charset=utf-8",
	    "HTTP_CONTENT_TYPE=text/html", "CONTENT_LENGTH=2", "HTTP_EMPTY="));
	cr_assert(str_is(req_header(&req, "X-Cx-Domain", &repeated), "acme"));
	cr_assert_not(repeated);
	cr_assert(str_is(req_header(&req, "accept", NULL), "a=b"));
	cr_assert_not_null(req_header(&req, "Empty", NULL).p);
	cr_assert_null(req_header(&req, "X-Cx", NULL).p);
	cr_assert_null(req_header(&req, "Accept-", NULL).p);
	cr_assert(str_is(req.content_type, "application/json"));
	cr_assert(str_is(req_header(&req, "Content-Type", &repeated),
	    "Application/JSON ; charset=utf-8"));
	cr_assert_not(repeated);
	cr_assert_eq(req.headers, 5);
}

Test(req, tells_of_a_repeated_header)
{
	bool repeated;

	cr_assert_null(ENTER("REQUEST_METHOD=GET", "HTTP_X_CX_DOMAIN=acme",
	    "HTTP_X_CX_DOMAIN=evil"));
	cr_assert(str_is(req_header(&req, "X-Cx-Domain", &repeated), "acme"));
	cr_assert(repeated);
}

Test(req, does_not_take_a_header_for_the_servers_word)
{
	char first[] = "HTTP_OPBX_IDENTITY=evil", second[] = "A=1",
	     third[] = "REQUEST_METHOD=GET";
	char *environment[] = {first, second, third, NULL};

	cr_assert_null(door_enter(&req, environment, &service, &nobody));
	cr_assert_null(req_environment(&req, "OPBX_IDENTITY").p);
	cr_assert_null(req_environment(&req, "HTTP_OPBX_IDENTITY").p);
	cr_assert(str_is(req_environment(&req, "A"), "1"));
	cr_assert_null(req_environment(&req, "").p);
	req.environment = NULL;
	cr_assert_null(req_environment(&req, "A").p);
}

Test(req, counts_its_headers)
{
	const char *strings[128] = {"REQUEST_METHOD=GET"};
	struct pool *apart = pool_new();
	struct buf large = buf_new(apart, 70000);

	for (int i = 1; i <= 100; i++)
		strings[i] = pool_printf(pool, "HTTP_X_%d=1", i).p;
	cr_assert_null(enter(strings, &nobody));
	strings[101] = "HTTP_ONE_MORE=1";
	cr_assert_eq(enter(strings, &nobody)->code, BAD_REQUEST);

	buf_add(&large, STR("HTTP_X="));
	for (int i = 0; i < 65536; i++)
		buf_add_char(&large, 'x');
	next_request();
	cr_assert_eq(ENTER("REQUEST_METHOD=GET", large.p)->code, BAD_REQUEST);
	memcpy(large.p, "QUERY_STRING=", 13);
	next_request();
	cr_assert_null(ENTER("REQUEST_METHOD=GET", "A=1"));
	cr_assert_eq(ENTER("REQUEST_METHOD=GET",
			 pool_printf(pool, "%sxxxxxxxx", large.p).p)
			 ->code,
	    BAD_REQUEST);
	pool_free(apart);
}

Test(req, refuses_strange_methods_and_paths)
{
	static const char *const methods[] = {
	    "", "get", "GE T", "G\r\n", "ABCDEFGHIJKLMNOPQ", "*"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		cr_assert_eq(
		    ENTER(pool_printf(pool, "REQUEST_METHOD=%s", methods[i]).p)
			->code,
		    BAD_REQUEST);
	cr_assert_eq(ENTER("A=1")->code, BAD_REQUEST);
	cr_assert_eq(
	    ENTER("REQUEST_METHOD=GET", "SCRIPT_NAME=/cgi-bin/voice/\xff")
		->code,
	    BAD_REQUEST);
}

Test(req, makes_get_of_head)
{
	cr_assert_null(ENTER("REQUEST_METHOD=HEAD"));
	cr_assert(str_is(req.method, "GET"));
	answer(&req, 200, "text/plain");
	buf_add(&req.out, STR("hello"));
	cr_assert_not_null(strstr(door_head(&req).p, "Content-Length: 5\r\n"));
	cr_assert_eq(req.out.n, 0);
}

Test(req, takes_a_well_formed_correlation_id_only)
{
	cr_assert_null(
	    ENTER("REQUEST_METHOD=GET", "HTTP_X_CORRELATION_ID=abc-1.2_3"));
	cr_assert(str_is(req.request_id, "abc-1.2_3"));
	next_request();
	cr_assert_null(
	    ENTER("REQUEST_METHOD=GET", "HTTP_X_CORRELATION_ID=a\r\nb"));
	cr_assert_eq(req.request_id.n, 36);
}

/* -- The body -------------------------------------------------------------- */

struct given {
	struct str text;
	bool touched;
};

static size_t
give(void *from, char *bytes, size_t n)
{
	struct given *given = from;

	given->touched = true;
	if (n > given->text.n)
		n = given->text.n;
	memcpy(bytes, given->text.p, n);
	given->text = str_cut(given->text, n, given->text.n);
	return n;
}

static void
take_body(struct str text, const char *length, const char *type, int refused)
{
	struct given given = {text, false};
	struct door_body body = {
	    .read = give, .from = &given, .open_ended = true};

	next_request();
	cr_assert_null(ENTER("REQUEST_METHOD=POST",
	    pool_printf(pool, "CONTENT_LENGTH=%s", length).p,
	    pool_printf(pool, "CONTENT_TYPE=%s", type).p));
	door_take_body(&req, &service, &body);
	if (refused == 0) {
		cr_assert_null(req.refused, "%s", length);
		cr_assert(body.ended);
		return;
	}
	cr_assert_not_null(req.refused, "%s", length);
	cr_assert_eq(err_status(req.refused->code), refused, "%s", length);
	cr_assert_eq(req.body.n, 0);
	if (refused != 400 && length[0] != '\0')
		cr_assert_not(given.touched);
}

#define JSON "application/json"

Test(req, takes_a_body)
{
	take_body(STR("{}"), "2", JSON, 0);
	cr_assert(str_is(req.body, "{}"));
	take_body(STR("{}"), "", JSON, 0);
	cr_assert(str_is(req.body, "{}"));
	take_body(STR(""), "0", "image/png", 0);
	take_body(STR(""), "", "", 0);
	cr_assert_not_null(req.body.p);
}

Test(req, refuses_a_body_by_its_length)
{
	static const char *const lengths[] = {"65", "-1", "2x", "+2", " 2",
	    "0x2", "99999999999999999999", "18446744073709551617", "2,2"};

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		take_body(STR("{}"), lengths[i], JSON, 413);
	take_body(STR("{}"), "3", JSON, 400);
	take_body(STR("{}"), "1", JSON, 400);
	take_body(STR(""), "1", JSON, 400);
	take_body(STR("0123456789012345678901234567890123456789"
		      "0123456789012345678901234"),
	    "", JSON, 413);
}

Test(req, refuses_a_body_by_its_type)
{
	take_body(STR("x"), "1", "", 415);
	take_body(STR("x"), "1", "text/plain", 415);
	take_body(STR("x"), "1", "application/jsonp", 415);
	take_body(STR("x"), "1", "application/json, text/plain", 415);
	take_body(STR("x"), "", "multipart/form-data; boundary=x", 415);
}

#define FORM "application/x-www-form-urlencoded"

Test(req, lets_a_form_say_its_verb)
{
	take_body(STR("a=1&_method=DELETE"), "18", FORM, 0);
	cr_assert(str_is(req.method, "DELETE"));
	take_body(STR("x_method=DELETE"), "15", FORM, 0);
	cr_assert(str_is(req.method, "POST"));
	take_body(STR("_method=DELETE"), "14", JSON, 0);
	cr_assert(str_is(req.method, "POST"));
	take_body(STR("_method=GET"), "11", FORM, 400);
	take_body(STR("_method=delete"), "14", FORM, 400);
}

/* -- The answer ------------------------------------------------------------ */

Test(req, drops_line_breaks_in_headers)
{
	answer_header(&req, "Location", STR("/a\r\nSet-Cookie: b\x7f\t"));
	cr_assert_str_eq(req.head.p, "Location: /aSet-Cookie: b\r\n");
}

Test(req, tells_a_problem)
{
	struct complaints all = {pool, NULL, NULL};
	struct err *err;

	req.request_id = STR("id-1");
	answer(&req, 200, "text/html");
	answer_header(&req, "X-Left", STR("over"));
	buf_add(&req.out, STR("<html>"));
	complain(&all, STR("name"), "must not be empty");
	complain(&all, STR("pin"), "must be \"digits\"");
	complain(&all, STR("name"), "must be text");
	err = complaints_err(&all);
	answer_problem(&req, err);
	cr_assert_eq(req.status, 422);
	cr_assert(str_is(req.out_type, "application/problem+json"));
	cr_assert_eq(req.head.n, 0);
	cr_assert_str_eq(req.out.p,
	    "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\","
	    "\"status\":422,\"code\":\"VALIDATION_ERROR\","
	    "\"message\":\"Some fields need your attention.\","
	    "\"errors\":{\"name\":[\"must not be empty\",\"must be text\"],"
	    "\"pin\":[\"must be \\\"digits\\\"\"]},"
	    "\"request_id\":\"id-1\"}\n");
}

Test(req, tells_who_still_refers_and_when_to_come_back)
{
	struct reference second = {NULL, STR("did"), 9, STR("+12125550100")};
	struct reference first = {&second, STR("ring_group"), 7, STR("A\"B")};
	struct err *err = err_new(pool, CONFLICT, "Still in use.");

	err->references = &first;
	answer_problem(&req, err);
	cr_assert_not_null(strstr(req.out.p,
	    "\"references\":[{\"type\":\"ring_group\",\"id\":7,"
	    "\"name\":\"A\\\"B\"},{\"type\":\"did\",\"id\":9,"
	    "\"name\":\"+12125550100\"}]"));
	cr_assert_not_null(strstr(req.out.p, ",\"errors\":{},"));
	err = err_unavailable(pool, "password of the database");
	answer_problem(&req, err);
	cr_assert_not_null(strstr(req.head.p, "Retry-After: 2\r\n"));
	cr_assert_null(strstr(req.out.p, "password"));
	err = err_new(pool, METHOD_NOT_ALLOWED, "No.");
	err->allow = STR("GET, POST");
	answer_problem(&req, err);
	cr_assert_str_eq(req.head.p, "Allow: GET, POST\r\n");
}

Test(req, heads_an_answer)
{
	req.request_id = STR("id-1");
	answer(&req, 200, "text/plain");
	buf_add(&req.out, STR("hello"));
	cr_assert_str_eq(door_head(&req).p,
	    "Status: 200\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
	    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
	    "X-Request-Id: id-1\r\n\r\n");
	answer(&req, 204, "text/plain");
	answer_header(&req, "Cache-Control", STR("private"));
	cr_assert_str_eq(door_head(&req).p,
	    "Status: 204\r\nX-Content-Type-Options: nosniff\r\n"
	    "X-Request-Id: id-1\r\nCache-Control: private\r\n\r\n");
	cr_assert_eq(req.out.n, 0);
}

/* -- The client's address ---------------------------------------------------
 */

static void
client(const char *remote, const char *forwarded, const char *expected)
{
	struct proxies trusted;
	struct str found;

	cr_assert_null(proxy_parse(
	    pool, STR("127.0.0.1, 10.0.0.0/8 ::1\t2001:db8::/33"), &trusted));
	found = proxy_client(&trusted, str_of(remote), str_of(forwarded));
	cr_assert(str_is(found, expected), "%s, %s: %.*s", remote,
	    forwarded != NULL ? forwarded : "-", PSTR(found));
}

Test(req, believes_trusted_proxies_only)
{
	client("192.0.2.1", "198.51.100.7", "192.0.2.1");
	client("127.0.0.1", "198.51.100.7", "198.51.100.7");
	client("127.0.0.1", "1.1.1.1, 198.51.100.7,10.1.2.3", "198.51.100.7");
	client("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7");
	client("::1", "2001:db8:8000::1, 2001:db8::5", "2001:db8:8000::1");
	client("127.0.0.1", "198.51.100.7:4711", "198.51.100.7");
	client("127.0.0.1", "[2001:db9::1]:4711", "2001:db9::1");
	client("127.0.0.1", "10.1.1.1", "10.1.1.1");
	client("127.0.0.1", NULL, "127.0.0.1");
	client("127.0.0.1", "", "127.0.0.1");
	client("127.0.0.1", "evil", "127.0.0.1");
	client("127.0.0.1", "1.1.1.1, evil, 10.0.0.1", "10.0.0.1");
	client("127.0.0.1", "1.1.1.1, , 10.0.0.1", "10.0.0.1");
	client("11.0.0.1", "1.1.1.1", "11.0.0.1");
	client("", "1.1.1.1", "");
}

Test(req, refuses_what_is_no_network)
{
	static const char *const wrong[] = {"10.0.0.0/33", "::/129", "10.0.0",
	    "10.0.0.0/", "10.0.0.0/-1", "localhost", "10.0.0.0/8/8", "/8",
	    "1.2.3.4.5", "fe80::1%eth0", "127.0.0.1;10.0.0.1"};
	struct proxies trusted;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_assert_not_null(
		    proxy_parse(pool, str_of(wrong[i]), &trusted), "%s",
		    wrong[i]);
	cr_assert_null(proxy_parse(pool, STR(""), &trusted));
	cr_assert_eq(trusted.count, 0);
}

Test(req, does_not_choose_between_two_forwarded_headers)
{
	struct proxies trusted;

	cr_assert_null(proxy_parse(pool, STR("0.0.0.0/0"), &trusted));
	cr_assert_null(enter(
	    (const char *const[]){"REQUEST_METHOD=GET", "REMOTE_ADDR=127.0.0.1",
		"HTTP_X_FORWARDED_FOR=2001:db8::1",
		"HTTP_X_FORWARDED_FOR=2001:db8::2", NULL},
	    &trusted));
	cr_assert(str_is(req.remote, "127.0.0.1"));
}

static void
local(const char *remote, const char *header, bool expected)
{
	cr_assert_null(ENTER("REQUEST_METHOD=GET",
	    pool_printf(pool, "REMOTE_ADDR=%s", remote).p, header));
	cr_assert_eq(req_is_local(&req), expected, "%s %s", remote, header);
	next_request();
}

Test(req, knows_what_comes_from_this_machine)
{
	local("127.0.0.1", "A=", true);
	local("127.8.8.8", "A=", true);
	local("::1", "A=", true);
	local("192.0.2.1", "A=", false);
	local("1270.0.0.1", "A=", false);
	local("::2", "A=", false);
	local("", "A=", false);
	/* A server in front that is not trusted gives its own address. */
	local("127.0.0.1", "HTTP_X_FORWARDED_FOR=127.0.0.1", false);
	local("127.0.0.1", "HTTP_X_FORWARDED_FOR=", false);
	local("::1", "HTTP_FORWARDED=for=127.0.0.1", false);
	local("192.0.2.1", "HTTP_X_FORWARDED_FOR=127.0.0.1", false);
}
