#include "log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

static struct pool *pool;
static char folder[] = "/tmp/opbx-log-XXXXXX";
static char path[64];

static void
begin(void)
{
	pool = pool_new();
	setenv("OPBX_CLOCK", "2026-11-22T15:56:38.123Z", 1);
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/log", folder);
	cr_assert(log_to(str_of(path), LOG_INFO_));
}

static void
end(void)
{
	log_to(STR("stderr"), LOG_INFO_);
	unlink(path);
	rmdir(folder);
	pool_free(pool);
}

TestSuite(log, .init = begin, .fini = end);

static struct str
lines(void)
{
	size_t room = 1 << 17;
	char *bytes = pool_alloc(pool, room);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, room - 1);

	close(fd);
	cr_assert_geq(n, 0);
	return (struct str){bytes, (size_t)n};
}

/* The only line, read as JSON. */
static const struct json *
line(void)
{
	struct str text = lines();
	const struct json *json = NULL;
	struct err *err;

	cr_assert_gt(text.n, 0);
	cr_assert_lt(text.n, 4096);
	cr_assert_eq(text.p[text.n - 1], '\n');
	cr_assert_eq(str_find(text, '\n'), (ptrdiff_t)text.n - 1);
	err = json_parse(pool, str_trim(text), &json);
	cr_assert_null(err, "%.*s", PSTR(text));
	return json;
}

static void
has(const struct json *json, const char *key, const char *value)
{
	struct str text = json_text(json_get(json, key));

	cr_assert(str_is(text, value), "%s is %.*s", key, PSTR(text));
}

Test(log, a_line_is_one_json_object)
{
	struct log log = {.responder = "voice"};

	log_text(&log, "call_id", STR("c1"));
	log_int(&log, "organization_id", 7);
	log_int(&log, "least", INT64_MIN);
	log_write(&log, LOG_WARNING_, "answered %s in %d", "Dial", 3);
	cr_assert_str_eq(lines().p,
	    "{\"time\":\"2026-11-22T15:56:38.123Z\",\"level\":\"warning\","
	    "\"responder\":\"voice\",\"message\":\"answered Dial in 3\","
	    "\"call_id\":\"c1\",\"organization_id\":7,"
	    "\"least\":-9223372036854775808}\n");
}

Test(log, works_without_a_request)
{
	log_write(NULL, LOG_ERROR_, "no memory for %zu", (size_t)5);
	has(line(), "message", "no memory for 5");
	cr_assert_null(json_get(line(), "responder"));
}

Test(log, what_is_below_the_level_is_not_written)
{
	log_write(NULL, LOG_DEBUG_, "x");
	cr_assert_eq(lines().n, 0);
	cr_assert(log_to(str_of(path), LOG_ERROR_));
	log_write(NULL, LOG_WARNING_, "x");
	cr_assert_eq(lines().n, 0);
	log_write(NULL, LOG_ERROR_, "x");
	has(line(), "level", "error");
}

Test(log, levels_have_names)
{
	cr_assert_eq(log_level_parse(STR("debug")), LOG_DEBUG_);
	cr_assert_eq(log_level_parse(STR("warning")), LOG_WARNING_);
	cr_assert_eq(log_level_parse(STR("error")), LOG_ERROR_);
	cr_assert_eq(log_level_parse(STR("loud")), LOG_INFO_);
	cr_assert_eq(log_level_parse(NO_STR), LOG_INFO_);
}

Test(log, a_later_value_replaces_and_an_absent_one_removes)
{
	struct log log = {0};

	log_text(&log, "a", STR("old"));
	log_text(&log, "b", STR("b"));
	log_int(&log, "a", 5);
	log_text(&log, "c", STR("c"));
	log_text(&log, "b", NO_STR);
	log_text(&log, "never", NO_STR);
	log_write(&log, LOG_INFO_, "m");
	cr_assert_eq(json_int(json_get(line(), "a")), 5);
	cr_assert_null(json_get(line(), "b"));
	cr_assert_null(json_get(line(), "never"));
	has(line(), "c", "c");
	cr_assert_eq(log.count, 2);
}

Test(log, secrets_are_masked_whatever_they_hold)
{
	static const char *const keys[] = {"key", "voice_key", "password",
	    "sip_password", "pin", "host_pin", "secret", "webhook_secret",
	    "token", "X-CSRF-Token", "Authorization", "authorization", "Cookie",
	    "Set-Cookie", "apiKey"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct log log = {0};

		cr_assert(log_is_secret(str_of(keys[i])), "%s", keys[i]);
		log_text(&log, keys[i], STR("hunter2"));
		log_int(&log, "pin", 73551);
		log_write(&log, LOG_INFO_, "m");
	}
	cr_assert_null(strstr(lines().p, "hunter2"));
	cr_assert_null(strstr(lines().p, "73551"));
	cr_assert_not_null(strstr(lines().p, "\"host_pin\":\"***\""));
	cr_assert_not(log_is_secret(STR("name")));
	cr_assert_not(log_is_secret(STR("keys")));
	cr_assert_not(log_is_secret(STR("ey")));
	cr_assert_not(log_is_secret(NO_STR));
}

Test(log, hostile_text_cannot_leave_its_string)
{
	struct log log = {0};

	log_text(&log, "caller",
	    STR("\"},\n{\"level\":\"x\\\x01\x7f\0\xff\xc3"
		"\xed\xa0\x80\xc3\xa4"));
	log_write(&log, LOG_INFO_, "%s", "\"\r\n\xc0\xaf");
	cr_assert_eq(str_find(lines(), '\n'), (ptrdiff_t)lines().n - 1);
	cr_assert(str_is_utf8(lines()));
	cr_assert_not_null(strstr(lines().p, "x\\\\\\u0001\\u007f\\u0000"));
	cr_assert_not_null(strstr(lines().p, "\xef\xbf\xbd\xef\xbf\xbd"));
	cr_assert_not_null(strstr(lines().p, "\xc3\xa4\"}"));
}

Test(log, long_values_are_cut_between_code_points)
{
	for (size_t shift = 0; shift < 5; shift++) {
		char text[4000];
		struct log log = {0};
		struct str value;

		memset(text, 'a', shift);
		for (size_t i = shift; i + 4 <= sizeof text; i += 4)
			memcpy(text + i, "\xf0\x9f\x98\x80", 4);
		log_text(&log, "v", (struct str){text, 3900});
		truncate(path, 0);
		log_write(&log, LOG_INFO_, "m");
		value = json_text(json_get(line(), "v"));
		cr_assert_leq(value.n, 515);
		cr_assert_geq(value.n, 509);
		cr_assert(str_ends(value, STR("\xe2\x80\xa6")));
		cr_assert_null(strstr(value.p, "\xef\xbf\xbd"));
	}
}

Test(log, a_long_message_is_cut)
{
	log_write(NULL, LOG_INFO_, "%04000d", 7);
	cr_assert_eq(json_text(json_get(line(), "message")).n, 515);
}

Test(log, a_value_of_exactly_512_bytes_is_whole)
{
	struct log log = {0};
	struct str text = pool_printf(pool, "%0512d", 7);

	log_text(&log, "v", text);
	log_write(&log, LOG_INFO_, "m");
	has(line(), "v", text.p);
}

Test(log, the_fullest_line_stays_under_4_kib_and_valid)
{
	static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g",
	    "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t",
	    "u", "v", "w", "x", "y", "z"};
	static const char *const fills[] = {"\x01", "\"", "a", "\xff",
	    "\xf0\x9f\x98\x80", "a\x01", "\xe2\x82\xac\n"};

	for (size_t f = 0; f < sizeof fills / sizeof fills[0]; f++) {
		for (size_t most = 1; most < 600; most += 7) {
			struct buf buf = buf_new(pool, 700);
			struct log log = {.responder = "voice"};

			while (buf.n < most)
				buf_add_text(&buf, fills[f]);
			for (size_t i = 0; i < 26; i++)
				log_text(&log, keys[i], buf_str(&buf));
			truncate(path, 0);
			log_write(&log, LOG_INFO_, "%s", fills[f]);
			has(line(), "responder", "voice");
			pool_clear(pool);
		}
	}
}

Test(log, a_field_too_many_is_dropped)
{
	static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g",
	    "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t",
	    "u", "v", "w", "x", "y"};
	struct log log = {0};

	for (size_t i = 0; i < 25; i++)
		log_int(&log, keys[i], (int64_t)i);
	log_text(&log, "z", STR("z"));
	log_write(&log, LOG_INFO_, "msg");
	cr_assert_eq(json_int(json_get(line(), "x")), 23);
	cr_assert_null(json_get(line(), "y"));
	cr_assert_null(json_get(line(), "z"));
}

Test(log, a_place_that_cannot_be_opened_changes_nothing)
{
	char other[128];

	snprintf(other, sizeof other, "%s/no/such", folder);
	cr_assert_not(log_to(str_of(other), LOG_INFO_));
	cr_assert_not(log_to(NO_STR, LOG_INFO_));
	cr_assert_not(log_to(STR("a\0b"), LOG_INFO_));
	cr_assert_not(log_to(pool_printf(pool, "/%05000d", 1), LOG_INFO_));
	log_write(NULL, LOG_INFO_, "still here");
	has(line(), "message", "still here");
}

Test(log, the_file_is_appended_to_and_not_for_everybody)
{
	struct stat status;

	umask(0);
	unlink(path);
	cr_assert(log_to(str_of(path), LOG_INFO_));
	log_write(NULL, LOG_INFO_, "one");
	cr_assert(log_to(str_of(path), LOG_INFO_));
	log_write(NULL, LOG_INFO_, "two");
	cr_assert_not_null(strstr(lines().p, "one"));
	cr_assert_not_null(strstr(lines().p, "two"));
	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 0777, 0640);
}

Test(log, syslog_takes_lines_too)
{
	cr_assert(log_to(STR("syslog"), LOG_INFO_));
	log_write(NULL, LOG_INFO_, "100%% %s", "%s%n");
	cr_assert_eq(lines().n, 0);
}

static void
masked(const char *given, const char *shown)
{
	struct str is = log_path(pool, str_of(given));

	cr_expect(str_is(is, shown), "%s became %.*s", given, PSTR(is));
}

Test(log, a_path_is_without_what_opens_a_file)
{
	masked("/prompts/audio/abc-DEF_1", "/prompts/audio/***");
	masked("/voicemails/audio/x.wav", "/voicemails/audio/***");
	masked("/prompts/audio/abc/more", "/prompts/audio/***/more");
	masked("/prompts/audio/abc/", "/prompts/audio/***/");
	masked("/recordings/5/audio", "/recordings/5/audio");
	masked("/prompts/audio/", "/prompts/audio/");
	masked("/prompts/audiobook/x", "/prompts/audiobook/x");
	masked("/", "/");
	masked("", "");
	cr_expect_null(log_path(pool, NO_STR).p);
}
