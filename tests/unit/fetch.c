#include "fetch.h"

#include "buf.h"
#include "clock.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct pool *pool;
static int port;
static volatile sig_atomic_t stop;

/*
 * A server of our own: the path says what it answers.
 *	/echo		what it was asked, as the body
 *	/to/STATUS/URL	a redirect
 *	/bytes/N	N bytes
 *	/status/N	that status
 *	/wait		nothing, for long
 */
static void
answer_one(int fd)
{
	char asked[8192], path[4096], head[4096];
	size_t n = 0;
	ssize_t got;
	int status = 200, count = 0, offset = 0;
	size_t body = 0;

	memset(asked, 0, sizeof asked);
	while (strstr(asked, "\r\n\r\n") == NULL &&
	       (got = read(fd, asked + n, sizeof asked - 1 - n)) > 0)
		n += (size_t)got;
	if (sscanf(asked, "%*s %4095s", path) != 1)
		return;
	head[0] = '\0';
	if (sscanf(path, "/to/%d/%n", &status, &offset) == 1 && offset > 0)
		snprintf(head, sizeof head, "Location: %s\r\n", path + offset);
	else if (sscanf(path, "/status/%d", &status) != 1 &&
		 sscanf(path, "/bytes/%d", &count) == 1)
		body = (size_t)count;
	else if (strcmp(path, "/wait") == 0)
		sleep(60);
	else
		body = n;
	dprintf(fd,
	    "HTTP/1.1 %d X\r\nContent-Type: text/x-test\r\n%s"
	    "Connection: close\r\nContent-Length: %zu\r\n\r\n",
	    status, head, body);
	for (size_t i = 0; count > 0 && i < body; i++)
		if (write(fd, "x", 1) != 1)
			return;
	if (count == 0 && body > 0)
		(void)!write(fd, asked, n);
}

static void
serve(int listener)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0 && fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			answer_one(fd);
			_exit(0);
		}
		close(fd);
	}
}

static void
start(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t length = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	signal(SIGPIPE, SIG_IGN);
	pool = pool_new();
	at.sin_addr.s_addr = htonl(INADDR_ANY);
	cr_assert_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	cr_assert_eq(listen(listener, 64), 0);
	getsockname(listener, (struct sockaddr *)&at, &length);
	port = ntohs(at.sin_port);
	if (fork() == 0)
		serve(listener);
	close(listener);
}

static void
finish(void)
{
	pool_free(pool);
}

TestSuite(fetch, .init = start, .fini = finish, .timeout = 60);

static struct fetch *
open_fetch(const char *text)
{
	const struct conf *conf;
	struct err *err =
	    conf_parse(pool, str_of(text), STR("/tmp/opbx.conf"), &conf);

	cr_assert_null(err);
	return fetch_new(pool, conf, &stop);
}

static struct fetch *
for_tests(void)
{
	return open_fetch(
	    "net.allow_http = yes\nnet.allow_private = 127.0.0.1\n");
}

static struct str
at(const char *path)
{
	return pool_printf(pool, "http://127.0.0.1:%d%s", port, path);
}

static struct fetch_request
get(struct str url)
{
	return (struct fetch_request){
	    .method = "GET", .url = url, .timeout = 5000, .most = 65536};
}

static struct fetch_answer
asked(struct fetch_request request)
{
	struct fetch_answer answer;
	struct err *err = fetch_request(for_tests(), pool, &request, &answer);

	cr_assert_null(err, "%.*s: %s", PSTR(request.url), err->message.p);
	return answer;
}

static void
refused_by(struct fetch *fetch, struct fetch_request request, const char *why)
{
	struct fetch_answer answer;
	struct err *err = fetch_request(fetch, pool, &request, &answer);

	cr_assert_not_null(err, "was taken: %.*s", PSTR(request.url));
	cr_assert_eq(err->code, UNAVAILABLE);
	cr_expect_not_null(strstr(err->message.p, why), "%.*s: %s, not %s",
	    PSTR(request.url), err->message.p, why);
}

static void
refused(struct fetch_request request, const char *why)
{
	refused_by(for_tests(), request, why);
}

Test(fetch, an_answer)
{
	struct fetch_answer answer = asked(get(at("/echo")));

	cr_assert_eq(answer.status, 200);
	cr_assert(str_is(answer.type, "text/x-test"));
	cr_assert(str_starts(answer.body, STR("GET /echo HTTP/1.1\r\n")));
	cr_expect_not_null(strstr(answer.body.p, "User-Agent: OpBX\r\n"));
	cr_expect_null(strstr(answer.body.p, "Expect"));
	cr_expect_null(strstr(answer.body.p, "Cookie"));
	cr_assert_eq(answer.bytes, answer.body.n);
	cr_assert_eq(asked(get(at("/status/404"))).status, 404);
	cr_assert_eq(asked(get(at("/status/503"))).status, 503);
}

Test(fetch, a_body_and_headers)
{
	const struct fetch_header headers[] = {{"X-One", STR("1")}};
	struct fetch_request request = get(at("/echo"));
	struct fetch_answer answer;

	request.method = "POST";
	request.body = STR("{}");
	request.headers = headers;
	request.header_count = 1;
	answer = asked(request);
	cr_expect(str_starts(answer.body, STR("POST /echo ")));
	cr_expect_not_null(strstr(answer.body.p, "X-One: 1\r\n"));
	cr_expect_not_null(strstr(answer.body.p, "Content-Length: 2\r\n"));
}

Test(fetch, a_header_holds_one_line)
{
	const struct fetch_header headers[] = {{"X-One", STR("1\r\nX: y")}};
	struct fetch_request request = get(at("/echo"));
	struct fetch_answer answer;

	request.headers = headers;
	request.header_count = 1;
	cr_assert_not_null(fetch_request(for_tests(), pool, &request, &answer));
	request.header_count = 0;
	request.authorization = STR("Bearer x\nX: y");
	cr_assert_not_null(fetch_request(for_tests(), pool, &request, &answer));
}

Test(fetch, a_proxy_of_the_environment_is_not_asked)
{
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	setenv("ALL_PROXY", "socks5://127.0.0.1:1", 1);
	cr_assert_eq(asked(get(at("/echo"))).status, 200);
}

Test(fetch, redirects_are_followed_three_times)
{
	struct str url = at("/echo");

	for (int i = 0; i < 3; i++)
		url = pool_printf(
		    pool, "http://127.0.0.1:%d/to/302/%.*s", port, PSTR(url));
	cr_assert_eq(asked(get(url)).status, 200);
	url = pool_printf(
	    pool, "http://127.0.0.1:%d/to/302/%.*s", port, PSTR(url));
	refused(get(url), "too often");
	cr_assert_eq(asked(get(at("/to/301//echo"))).status, 200);
	cr_assert_eq(asked(get(at("/to/303//echo"))).status, 200);
	cr_assert_eq(asked(get(at("/to/307//echo"))).status, 200);
	cr_assert_eq(asked(get(at("/to/308//echo"))).status, 200);
	cr_assert_eq(asked(get(at("/to/300//echo"))).status, 300);
}

Test(fetch, a_redirect_is_looked_at_anew)
{
	static const char *const places[] = {"http://127.0.0.2/x",
	    "http://10.0.0.1/", "http://169.254.169.254/latest/",
	    "http://0.0.0.0:1/", "http://[::ffff:127.0.0.2]/", "http://127.2/",
	    "http://0x7f000002/", "http://2130706434/"};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		refused(get(at(pool_printf(pool, "/to/302/%s", places[i]).p)),
		    "public Internet");
	refused(get(at("/to/302/ftp://127.0.0.1/")), "only https");
	refused(get(at("/to/302/file:///etc/passwd")), "not one");
	refused(get(at("/to/302/http://u:p@127.0.0.1/")), "name and password");
}

Test(fetch, credentials_stay_with_their_host)
{
	struct fetch_request request = get(at("/echo"));

	request.authorization = STR("Bearer hidden");
	cr_expect_not_null(
	    strstr(asked(request).body.p, "Authorization: Bearer hidden\r\n"));
	request.url = at("/to/302//echo");
	cr_expect_not_null(strstr(asked(request).body.p, "hidden"));
	/* Another name of the same address is another host. */
	request.url =
	    at(pool_printf(pool, "/to/302/http://localhost:%d/echo", port).p);
	cr_expect_null(strstr(asked(request).body.p, "hidden"));
}

Test(fetch, a_post_is_repeated_by_307_and_308_alone)
{
	static const int moved[] = {301, 302, 303}, again[] = {307, 308};
	struct fetch_request request = get(NO_STR);

	request.method = "POST";
	request.body = STR("{}");
	for (size_t i = 0; i < 3; i++) {
		request.url = at(pool_printf(pool, "/to/%d//echo", moved[i]).p);
		cr_expect_eq(asked(request).status, moved[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		request.url = at(pool_printf(pool, "/to/%d//echo", again[i]).p);
		cr_expect(str_starts(asked(request).body, STR("POST ")));
	}
}

Test(fetch, an_answer_has_bounds)
{
	struct fetch_request request = get(at("/bytes/1000"));

	request.most = 1000;
	cr_assert_eq(asked(request).bytes, 1000);
	request.most = 999;
	refused(request, "too long");
	request.most = 0;
	refused(request, "too long");
	request = get(at("/wait"));
	request.timeout = 200;
	refused(request, "took too long");
}

Test(fetch, a_file_takes_the_answer)
{
	struct fetch_request request = get(at("/to/302//bytes/70000"));
	struct fetch_answer answer;

	request.file = memfd_create("answer", MFD_CLOEXEC);
	request.most = 100000;
	answer = asked(request);
	cr_assert_eq(answer.bytes, 70000);
	cr_assert_eq(answer.body.n, 0);
	cr_assert_eq(lseek(request.file, 0, SEEK_END), 70000);
	close(request.file);
	request.file = open("/dev/full", O_WRONLY | O_CLOEXEC);
	refused(request, "could not be kept");
}

Test(fetch, what_is_stopped_ends)
{
	struct fetch_request request = get(at("/wait"));
	int64_t since = clock_monotonic();

	stop = 1;
	request.timeout = 30000;
	refused(request, "interrupted");
	cr_assert_lt(clock_monotonic() - since, 5000000);
}

Test(fetch, private_addresses_are_refused)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "0.0.0.0",
	    "[::1]", "[::ffff:127.0.0.1]", "127.1", "0x7f.1", "017700000001",
	    "2130706433", "10.1.2.3", "192.168.0.1", "172.16.0.1",
	    "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]",
	    "[64:ff9b::7f00:1]", "224.0.0.1", "255.255.255.255"};
	struct fetch *fetch = open_fetch("net.allow_http = yes\n");

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		refused_by(fetch,
		    get(pool_printf(pool, "http://%s:%d/echo", hosts[i], port)),
		    "public Internet");
}

Test(fetch, allowed_is_what_is_named)
{
	struct fetch *fetch = open_fetch(
	    "net.allow_http = yes\nnet.allow_private = 10.0.0.1 127.0.0.3\n");
	struct fetch_answer answer;
	struct fetch_request request =
	    get(pool_printf(pool, "http://127.0.0.3:%d/echo", port));

	refused_by(fetch, get(at("/echo")), "public Internet");
	cr_assert_null(fetch_request(fetch, pool, &request, &answer));
	fetch = open_fetch("net.allow_http = yes\nnet.allow_private = yes\n");
	request.url = pool_printf(pool, "http://127.0.0.9:%d/echo", port);
	cr_assert_null(fetch_request(fetch, pool, &request, &answer));
}

Test(fetch, only_https)
{
	static const char *const urls[] = {"http://example.com/",
	    "ftp://example.com/", "gopher://example.com/", "ldap://x/",
	    "smtp://example.com/", "telnet://example.com/"};
	struct fetch *fetch = open_fetch("net.allow_private = yes\n");

	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		refused_by(fetch, get(str_of(urls[i])), "only https");
}

Test(fetch, what_is_no_url)
{
	static const char *const urls[] = {"", "x", "https://", "https:///",
	    "https://a b/", "https://a/\r\nX: y", "https://a/\n",
	    "https://a\x7f/", "https://a:99999/", "https://a:b/",
	    "file:///etc/passwd", "//example.com/", "https://[::1/"};

	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		refused(get(str_of(urls[i])), "not one");
	refused(
	    get(pool_printf(pool, "https://a.example/%02000d", 7)), "not one");
	refused(get(STR("https://u@a.example/")), "name and password");
	refused(get(STR("https://:p@a.example/")), "name and password");
}

Test(fetch, no_such_host)
{
	refused(get(STR("https://nobody.invalid/")), "no host of this name");
}

Test(fetch, nobody_listens)
{
	refused(get(STR("http://127.0.0.1:1/")), "connections");
}

Test(fetch, mail_that_is_not_set_up)
{
	struct str from;
	struct fetch *fetch = open_fetch("smtp.url = smtp://127.0.0.1:1\n");

	cr_assert_not_null(fetch_mail_from(fetch, pool, &from));
	cr_assert_not_null(
	    fetch_mail(fetch, pool, STR("a@b.example"), STR("x\r\n"), 1000));
	fetch = open_fetch("smtp.url = smtp://127.0.0.1:1\n"
			   "smtp.from = OpBX <a@b.example>\n");
	cr_assert_null(fetch_mail_from(fetch, pool, &from));
	cr_assert(str_is(from, "OpBX <a@b.example>"));
	cr_assert(str_is(
	    fetch_mail(fetch, pool, STR("a@b.example"), STR("x\r\n"), 1000)
		->message,
	    "it does not take connections"));
	cr_assert_not_null(fetch_mail(fetch, pool,
	    STR("a@b.example>\r\nRCPT TO:<c@d.example"), STR("x\r\n"), 1000));
}
