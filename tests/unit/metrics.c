#include "metrics.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct pool *pool;
static char folder[] = "/tmp/opbx-metrics-XXXXXX";

static void
setup(void)
{
	pool = pool_new();
	cr_assert_not_null(mkdtemp(folder));
}

static void
teardown(void)
{
	struct str path = pool_printf(pool, "%s/metrics", folder);

	unlink(path.p);
	pool_free(pool);
	rmdir(folder);
}

TestSuite(metrics, .init = setup, .fini = teardown);

static struct str
printed(int64_t now)
{
	struct buf out = buf_new(pool, 4096);

	metrics_print(&out, now);
	return buf_str(&out);
}

static void
must_hold(struct str text, const char *line)
{
	cr_assert(strstr(text.p, line) != NULL, "\"%s\" is missing in\n%s",
	    line, text.p);
}

static void
must_lack(struct str text, const char *line)
{
	cr_assert(
	    strstr(text.p, line) == NULL, "\"%s\" is in\n%s", line, text.p);
}

Test(metrics, counts_without_a_file)
{
	metrics_open(pool, STR("/nowhere/at/all"), "voice");
	metrics_request(200, 90);
	metrics_add(METRIC_CACHE_REDIS, 3);
	must_hold(printed(1),
	    "opbx_requests_total{responder=\"voice\",status=\"200\""
	    "} 1\n");
	must_hold(printed(1), "opbx_lookups_total{level=\"redis\"} 3\n");
}

Test(metrics, puts_each_time_into_its_bucket_and_those_above)
{
	struct str text;

	metrics_open(pool, str_of(folder), "dids");
	metrics_request(200, 100);
	metrics_request(200, 101);
	metrics_request(418, 60 * 1000000);
	metrics_request(503, -5);
	text = printed(1);
	must_hold(text, "bucket{responder=\"dids\",le=\"0.000100\"} 2\n");
	must_hold(text, "bucket{responder=\"dids\",le=\"0.000250\"} 3\n");
	must_hold(text, "bucket{responder=\"dids\",le=\"5.000000\"} 3\n");
	must_hold(text, "bucket{responder=\"dids\",le=\"+Inf\"} 4\n");
	must_hold(text, "seconds_count{responder=\"dids\"} 4\n");
	must_hold(text, "seconds_sum{responder=\"dids\"} 60.000201\n");
	must_hold(text, "{responder=\"dids\",status=\"other\"} 1\n");
	must_hold(text, "{responder=\"dids\",status=\"503\"} 1\n");
	must_lack(text, "status=\"401\"");
}

Test(metrics, adds_up_what_several_processes_count)
{
	enum { PROCESSES = 4, TIMES = 20000 };
	struct str text;
	int status;

	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			metrics_open(
			    pool, str_of(folder), i % 2 ? "voice" : "dids");
			for (int n = 0; n < TIMES; n++)
				metrics_request(200, 1);
			metrics_add(METRIC_STALE_ANSWERS, 1);
			_exit(0);
		}
	for (int i = 0; i < PROCESSES; i++)
		cr_assert(wait(&status) > 0 && status == 0);
	metrics_open(pool, str_of(folder), "health");
	text = printed(1);
	must_hold(text, "{responder=\"voice\",status=\"200\"} 40000\n");
	must_hold(text, "{responder=\"dids\",status=\"200\"} 40000\n");
	must_hold(text, "opbx_stale_answers_total 4\n");
	must_lack(text, "responder=\"health\"");
}

Test(metrics, makes_a_damaged_file_anew)
{
	struct str path = pool_printf(pool, "%s/metrics", folder);
	FILE *out = fopen(path.p, "w");

	cr_assert_not_null(out);
	fputs("nonsense", out);
	fclose(out);
	metrics_open(pool, str_of(folder), "voice");
	metrics_request(200, 1);
	must_hold(printed(1), "{responder=\"voice\",status=\"200\"} 1\n");
}

Test(metrics, more_responders_than_there_is_room_for)
{
	metrics_open(pool, str_of(folder), "first");
	for (int i = 0; i < 60; i++) {
		struct pool *process = pool_new();

		metrics_open(process, str_of(folder),
		    pool_printf(pool, "responder-of-a-very-long-name-%d", i).p);
		metrics_request(200, 1);
		pool_free(process);
	}
	metrics_open(pool, str_of(folder), "first");
	metrics_request(204, 1);
	must_hold(printed(1), "{responder=\"first\",status=\"204\"} 1\n");
}

Test(metrics, knows_the_state_of_a_breaker)
{
	int64_t now = 1000000000;

	metrics_open(pool, str_of(folder), "voice");
	must_hold(printed(now), "{dependency=\"redis\",state=\"closed\"} 1\n");
	metrics_opened(DEPENDENCY_REDIS, now, true);
	metrics_opened(DEPENDENCY_REDIS, now + 1000000, false);
	must_hold(printed(now + 1500000),
	    "{dependency=\"redis\",state=\"open\"} 1\n");
	must_hold(printed(now + 1500000),
	    "opbx_breaker_opened_total{dependency=\"redis\"} 1\n");
	must_hold(printed(now + 9000000),
	    "{dependency=\"redis\",state=\"half_open\"} 1\n");
	must_hold(printed(now + 9000000),
	    "{dependency=\"mariadb\",state=\"closed\"} 1\n");
	metrics_closed(DEPENDENCY_REDIS, now + 9000001);
	must_hold(printed(now + 9000002),
	    "{dependency=\"redis\",state=\"closed\"} 1\n");
}
