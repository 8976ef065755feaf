/*
 * carrier PLAN REPORT RATE SECONDS: a carrier for load tests.
 *
 * Places RATE calls a second for SECONDS, as the lines of PLAN say in turn
 * (SECONDS 0: each line once), and follows each to its end (lib/ctl/trial.h),
 * all at once over kept connections to 127.0.0.1.  PLAN: JSON objects, a line
 * each, with the members of struct trial_plan.  REPORT: a line for each call:
 * what was asked and answered, and of each event whether it was acknowledged.
 * SIGTERM: no new calls; those that are under way go on to their end.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "crypto.h"
#include "json.h"
#include "trial.h"

enum {
	MOST = 4096,     /* calls at once */
	FLYING = 400,    /* of them with a request under way */
	TIMEOUT = 20000, /* milliseconds a request may take */
	ROOM = 65536,    /* bytes of an answer */
	TICK = 10,       /* milliseconds */
};

struct run {
	struct pool *pool;
	struct trial *trial;
	size_t line;
	struct str session;
	struct trial_request request;
	bool has_request, flying, kept;
	int fd;
	int64_t began;
	struct str out;
	struct buf in;
};

static struct {
	struct pool *pool;
	size_t plan_count;
	const struct json **plans;
	FILE *report;
	struct run *runs[MOST];
	size_t run_count, flying, idle_count, placed, requests;
	int idle[FLYING];
	int epoll;
	char prefix[17];
} all;

static volatile sig_atomic_t stopping;

static void
stop(int number)
{
	(void)number;
	stopping = 1;
}

/* -- Connections ---------------------------------------------------------- */

static void
watch(struct run *run, int how)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = run};

	if (epoll_ctl(all.epoll, how, run->fd, &event) != 0)
		abort();
}

static bool
dial_up(struct run *run, struct str base)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	ptrdiff_t colon;
	int64_t port;
	struct str host = str_cut(base, sizeof "http://" - 1, base.n);

	colon = str_find(host, ':');
	if (colon < 0 || !str_to_int(str_cut(host, (size_t)colon + 1, host.n),
			     1, 65535, &port))
		return false;
	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	run->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return run->fd >= 0 && connect(run->fd, (struct sockaddr *)&address,
				   sizeof address) == 0;
}

static bool
send_all(int fd, struct str text)
{
	while (text.n > 0) {
		ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = str_cut(text, (size_t)n, text.n);
	}
	return true;
}

static void
hang_up(struct run *run)
{
	if (run->fd >= 0)
		close(run->fd);
	run->fd = -1;
}

/* Over a connection that was kept, or a new one. */
static bool
send_request(struct run *run, struct str base, bool anew)
{
	run->kept = !anew && all.idle_count > 0;
	run->fd = -1;
	run->in = buf_new(run->pool, 2048);
	if (run->kept)
		run->fd = all.idle[--all.idle_count];
	else if (!dial_up(run, base))
		return false;
	if (send_all(run->fd, run->out))
		return true;
	hang_up(run);
	return !anew && send_request(run, base, true);
}

static struct str
base_of(const struct run *run)
{
	return json_text(json_get(all.plans[run->line], "base"));
}

static struct str
written(struct run *run)
{
	const struct trial_request *said = &run->request;
	struct buf out = buf_new(run->pool, said->body.n + 512);
	struct str base = base_of(run);

	buf_printf(&out,
	    "%s %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %.*s\r\n",
	    said->body.p != NULL ? "POST" : "GET",
	    PSTR(str_cut(said->url, base.n, said->url.n)),
	    PSTR(said->authorization));
	if (said->type.n > 0)
		buf_printf(&out, "Content-Type: %.*s\r\n", PSTR(said->type));
	if (said->signature.n > 0)
		buf_printf(&out,
		    "X-Cloudonix-Timestamp: %.*s\r\n"
		    "X-Cloudonix-Signature: %.*s\r\n",
		    PSTR(said->timestamp), PSTR(said->signature));
	buf_printf(&out, "Content-Length: %zu\r\n\r\n", said->body.n);
	buf_add(&out, said->body);
	return buf_str(&out);
}

/* -- Answers -------------------------------------------------------------- */

struct answer {
	int status, retry_after;
	int64_t length; /* -1: in chunks or to the end */
	bool chunked, closes;
	struct str body;
};

static void
read_header(struct str line, struct answer *answer)
{
	struct str name, value = line;
	int64_t number;

	str_next(&value, ':', &name);
	value = str_trim(value);
	if (str_is_nocase(name, "Content-Length") &&
	    str_to_int(value, 0, ROOM, &number))
		answer->length = number;
	else if (str_is_nocase(name, "Retry-After") &&
		 str_to_int(value, 0, 3600, &number))
		answer->retry_after = (int)number;
	else if (str_is_nocase(name, "Transfer-Encoding"))
		answer->chunked = true;
	else if (str_is_nocase(name, "Connection"))
		answer->closes = str_is_nocase(value, "close");
}

/* False while it is not all there. */
static bool
read_chunks(struct pool *pool, struct str rest, struct str *body)
{
	struct buf out = buf_new(pool, rest.n + 1);
	struct str line;

	while (str_next(&rest, '\n', &line)) {
		unsigned long n =
		    strtoul(pool_copy(pool, str_trim(line)).p, NULL, 16);

		if (rest.p == NULL || rest.n < n + 2)
			return false;
		if (n == 0) {
			*body = buf_str(&out);
			return true;
		}
		buf_add(&out, str_cut(rest, 0, n));
		rest = str_cut(rest, n + 2, rest.n);
	}
	return false;
}

static bool
read_answer(struct run *run, struct answer *answer)
{
	struct str rest = buf_str(&run->in), line;
	int64_t status = 0;

	*answer = (struct answer){.length = -1};
	if (rest.n < 12 || !str_next(&rest, '\n', &line))
		return false;
	str_to_int(str_cut(line, 9, 12), 100, 599, &status);
	answer->status = (int)status;
	for (;;) {
		if (!str_next(&rest, '\n', &line) || rest.p == NULL)
			return false;
		line = str_trim(line);
		if (line.n == 0)
			break;
		read_header(line, answer);
	}
	if (answer->chunked)
		return read_chunks(run->pool, rest, &answer->body);
	answer->body = str_cut(
	    rest, 0, answer->length < 0 ? rest.n : (size_t)answer->length);
	return answer->length >= 0 && rest.n >= (size_t)answer->length;
}

/* -- Calls ---------------------------------------------------------------- */

static void
put_leg(struct json_out *out, const struct trial_leg *leg)
{
	json_open(out, NULL, '{');
	json_put_text(out, "sent", leg->sent);
	json_put_int(out, "status", leg->status);
	json_put_bool(out, "valid", leg->valid);
	json_put_text(out, "gist", leg->gist);
	json_put_int(out, "at", leg->asked);
	json_put_int(out, "ms", leg->ms);
	json_put_text(out, "document", leg->document);
	json_close(out, '}');
}

static void
put_event(struct json_out *out, const struct trial_event *event)
{
	json_open(out, NULL, '{');
	json_put_text(out, "kind", event->kind);
	json_put_text(out, "id", event->id);
	json_put_int(out, "sent", event->sent);
	json_put_int(out, "taken", event->taken);
	json_put_int(out, "status", event->status);
	json_close(out, '}');
}

static void
finish(struct run *run)
{
	const struct trial *trial = run->trial;
	struct buf text = buf_new(run->pool, 4096);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_int(&out, "line", (int64_t)run->line);
	json_put_text(&out, "session", run->session);
	json_put_text(&out, "ends", trial->ends);
	json_open(&out, "legs", '[');
	for (size_t i = 0; i < trial->leg_count; i++)
		put_leg(&out, &trial->legs[i]);
	json_close(&out, ']');
	json_open(&out, "events", '[');
	for (size_t i = 0; i < trial->event_count; i++)
		put_event(&out, &trial->events[i]);
	json_close(&out, ']');
	json_close(&out, '}');
	buf_add_char(&text, '\n');
	if (fwrite(text.p, 1, text.n, all.report) != text.n)
		abort();
	pool_free(run->pool);
}

static void
told(struct run *run, const struct answer *answer)
{
	if (run->fd >= 0) {
		epoll_ctl(all.epoll, EPOLL_CTL_DEL, run->fd, NULL);
		if (answer->status != 0 && !answer->closes &&
		    (answer->length >= 0 || answer->chunked) &&
		    all.idle_count < FLYING)
			all.idle[all.idle_count++] = run->fd;
		else
			close(run->fd);
	}
	run->fd = -1;
	run->flying = run->has_request = false;
	all.flying--;
	trial_told(run->trial, clock_now(), answer->status, answer->retry_after,
	    answer->body.p != NULL ? answer->body : STR(""));
}

static void
read_some(struct run *run)
{
	struct answer answer = {0};
	char bytes[8192];
	ssize_t n = recv(run->fd, bytes, sizeof bytes, 0);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		buf_add(&run->in, (struct str){bytes, (size_t)n});
		if (read_answer(run, &answer))
			told(run, &answer);
		return;
	}
	/* One that was kept may have been closed meanwhile: not its fault. */
	if (run->kept && run->in.n == 0) {
		epoll_ctl(all.epoll, EPOLL_CTL_DEL, run->fd, NULL);
		hang_up(run);
		if (send_request(run, base_of(run), true)) {
			watch(run, EPOLL_CTL_ADD);
			return;
		}
	}
	if (read_answer(run, &answer) || answer.length >= 0 || answer.chunked)
		answer.status = 0;
	told(run, &answer);
}

/* False when the call is over. */
static bool
advance(struct run *run, int64_t now)
{
	struct answer none = {0};

	if (run->flying && now - run->began > TIMEOUT)
		told(run, &none);
	while (!run->flying) {
		if (!run->has_request &&
		    !trial_next(run->trial, now, &run->request))
			return false;
		run->has_request = true;
		if (run->request.due > now || all.flying == FLYING)
			return true;
		run->out = written(run);
		run->began = now;
		run->flying = true;
		all.flying++;
		all.requests++;
		if (send_request(run, base_of(run), false))
			watch(run, EPOLL_CTL_ADD);
		else
			told(run, &none);
	}
	return true;
}

static struct trial_plan
plan_of(const struct json *said)
{
	return (struct trial_plan){
	    .base = json_text(json_get(said, "base")),
	    .domain = json_text(json_get(said, "domain")),
	    .key = json_text(json_get(said, "key")),
	    .secret = json_text(json_get(said, "secret")),
	    .from = json_text(json_get(said, "from")),
	    .to = json_text(json_get(said, "to")),
	    .direction = json_text(json_get(said, "direction")),
	    .caller_name = json_text(json_get(said, "caller_name")),
	    .form = json_bool(json_get(said, "form")),
	    .answer = json_text(json_get(said, "answer")),
	    .digits = json_text(json_get(said, "digits")),
	    .speech = (int)json_int(json_get(said, "speech")),
	    .audio = json_text(json_get(said, "audio")),
	    .told = json_text(json_get(said, "told")),
	    .repeat = (int)json_int(json_get(said, "repeat")),
	    .shuffle = (uint64_t)json_int(json_get(said, "shuffle")),
	    .rings = (int)json_int(json_get(said, "rings")),
	    .record_delay = (int)json_int(json_get(said, "record_delay")),
	};
}

static void
place(size_t line, int64_t now)
{
	struct pool *pool = pool_new();
	struct run *run = NEW(pool, struct run);
	struct trial_plan plan = plan_of(all.plans[line]);

	run->pool = pool;
	run->fd = -1;
	run->line = line;
	plan.session = run->session =
	    pool_printf(pool, "%s%016zx", all.prefix, all.placed++);
	plan.began = now;
	run->trial = trial_new(pool, &plan);
	all.runs[all.run_count++] = run;
}

static void
turn(int64_t now, int patience)
{
	struct epoll_event events[FLYING];
	int n = epoll_wait(all.epoll, events, FLYING, patience);

	for (int i = 0; i < n; i++)
		read_some(events[i].data.ptr);
	for (size_t i = 0; i < all.run_count;) {
		if (advance(all.runs[i], now)) {
			i++;
			continue;
		}
		finish(all.runs[i]);
		all.runs[i] = all.runs[--all.run_count];
	}
}

static void
carry(double rate, double seconds)
{
	int64_t began = clock_monotonic();
	size_t due = 0,
	       most = seconds > 0 ? (size_t)(rate * seconds) : all.plan_count;
	double took;

	while (all.run_count > 0 || (all.placed < most && !stopping)) {
		int64_t now = clock_now();

		took = (double)(clock_monotonic() - began) / 1e6;
		due = (size_t)(took * rate) + 1;
		while (!stopping && all.placed < due && all.placed < most &&
		       all.run_count < MOST)
			place(all.placed % all.plan_count, now);
		if (all.placed == most && seconds >= 0) {
			printf("placed %zu in %.2f s\n", all.placed, took);
			seconds = -1;
			fflush(stdout);
		}
		turn(now, TICK);
	}
	took = (double)(clock_monotonic() - began) / 1e6;
	printf("%zu calls, %zu requests, %.2f s\n", all.placed, all.requests,
	    took);
}

static void
read_plans(const char *path)
{
	enum { PLANS = 20000, LONGEST = 4096 };
	FILE *file = fopen(path, "re");
	char line[LONGEST];

	if (file == NULL)
		abort();
	all.plans = NEW_ARRAY(all.pool, const struct json *, PLANS);
	while (fgets(line, sizeof line, file) != NULL && all.plan_count < PLANS)
		if (json_parse(all.pool, str_trim(str_of(line)),
			&all.plans[all.plan_count++]) != NULL)
			abort();
	fclose(file);
}

int
main(int argc, char **argv)
{
	unsigned char random[8];

	if (argc != 5) {
		fputs("usage: carrier PLAN REPORT RATE SECONDS\n", stderr);
		return 2;
	}
	signal(SIGTERM, stop);
	crypto_start();
	crypto_random(random, sizeof random);
	all.pool = pool_new();
	snprintf(all.prefix, sizeof all.prefix, "%s",
	    crypto_hex(all.pool, random, sizeof random).p);
	read_plans(argv[1]);
	all.report = fopen(argv[2], "we");
	all.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (all.report == NULL || all.epoll < 0 || all.plan_count == 0)
		abort();
	carry(strtod(argv[3], NULL), strtod(argv[4], NULL));
	if (fclose(all.report) != 0)
		abort();
	pool_free(all.pool);
	return 0;
}
