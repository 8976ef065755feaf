#include "event.h"

#include <criterion/criterion.h>

static struct pool *pool;
static struct req req;
static struct param headers[8];
static struct carrier_message message;

static void
setup(void)
{
	pool = pool_new();
	req = (struct req){.pool = pool,
	    .header_list = headers,
	    .content_type = STR("application/json")};
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(event, .init = setup, .fini = teardown);

static void
header(const char *name, const char *value)
{
	headers[req.headers].name = str_of(name);
	headers[req.headers++].value = str_of(value);
}

static const struct event *
read_body(const char *body)
{
	req.body = pool_copy(pool, str_of(body));
	event_read(&req, STR("session-update"), &message);
	cr_assert_null(
	    message.unusable, "%s: %s", body, message.unusable->message.p);
	return message.events;
}

static void
refused(const char *body, const char *why)
{
	req.body = pool_copy(pool, str_of(body));
	event_read(&req, STR("session-update"), &message);
	cr_assert_not_null(message.unusable, "%s was read", body);
	cr_assert_eq(message.unusable->code, BAD_REQUEST);
	cr_assert_not_null(strstr(message.unusable->message.p, why), "%s: %s",
	    body, message.unusable->message.p);
	cr_assert_eq(message.count, 0);
}

static void
call_is(const char *body, const char *call)
{
	const struct event *event = read_body(body);

	cr_assert(str_is(event->call_key, call), "%s: %.*s", body,
	    PSTR(event->call_key));
}

Test(event, the_call_is_where_each_kind_of_event_names_it)
{
	call_is("{\"token\":\"a\"}", "a");
	call_is(
	    "{\"id\":1,\"token\":\"a\",\"session\":{\"token\":\"b\"}}", "b");
	call_is("{\"session\":{\"token\":null},\"token\":\"a\"}", "a");
	call_is("{\"Session\":\"a\",\"CallSid\":\"b\"}", "a");
	call_is("{\"CallSid\":\"b\"}", "b");
	call_is("{\"CallSid\":\"b\",\"ParentCallSid\":\"c\"}", "c");
	call_is("{\"CallSid\":\"b\",\"ParentCallSid\":\"\"}", "b");
	call_is("{\"call_id\":\"x@192.0.2.1:5060\"}", "");
	req.body = pool_copy(pool, STR("{\"call_id\":\"x@192.0.2.1:5060\"}"));
	event_read(&req, STR("cdr"), &message);
	cr_assert_null(message.unusable);
	cr_assert(str_is(message.events->call_key, "x@192.0.2.1:5060"));
	call_is("{\"data\":{\"token\":\"a\"}}", "");
	call_is("{}", "");
}

Test(event, a_calls_name_has_an_end)
{
	char long_one[200] = "{\"token\":\"";

	memset(long_one + 10, 'x', 128);
	memcpy(long_one + 138, "\"}", 3);
	cr_assert_eq(read_body(long_one)->call_key.n, 128);
	memset(long_one + 10, 'x', 129);
	memcpy(long_one + 139, "\"}", 3);
	refused(long_one, "128");
}

static struct str
key_of(const char *body)
{
	return read_body(body)->key;
}

Test(event, repeats_have_the_same_key_and_nothing_else_has)
{
	struct str id = key_of("{\"token\":\"a\",\"eventId\":\"1\"}");
	struct str body = key_of("{\"token\":\"a\",\"n\":1}");

	cr_assert(str_equal(
	    id, key_of("{\"eventId\":\"1\",\"x\":2,\"token\":\"a\"}")));
	cr_assert_not(
	    str_equal(id, key_of("{\"token\":\"a\",\"eventId\":\"2\"}")));
	/* Some number the events of each call from 1. */
	cr_assert_not(
	    str_equal(id, key_of("{\"token\":\"b\",\"eventId\":\"1\"}")));
	cr_assert(str_equal(body, key_of("{\"token\":\"a\",\"n\":1}")));
	cr_assert(str_equal(body, key_of(" [{\"token\":\"a\",\"n\":1} ] ")));
	cr_assert_not(str_equal(body, key_of("{\"token\":\"a\",\"n\":2}")));
	header("x-idempotency-key", "k");
	cr_assert_not(str_equal(body, key_of("{\"token\":\"a\",\"n\":1}")));
	cr_assert(str_equal(key_of("{}"), key_of("{\"eventId\":\"2\"}")));
	cr_assert_not(str_equal(key_of("{}"), key_of("[{},{}]")));
	read_body("[{},{}]");
	cr_assert_not(str_equal(message.events[0].key, message.events[1].key));
}

Test(event, an_idempotency_key_comes_once)
{
	header("x-idempotency-key", "a");
	header("x-idempotency-key", "b");
	refused("{}", "more than once");
}

Test(event, arrays)
{
	read_body("[{\"token\":\"a\"}]");
	cr_assert_eq(message.count, 1);
	cr_assert(str_is(message.events->body, "{\"token\":\"a\"}"));
	read_body(" [ {\"a\":[{},\"],[\"]} ,\n{\"token\":\"b\\\"]\"} ]\n");
	cr_assert_eq(message.count, 2);
	cr_assert(str_is(message.events[0].body, "{\"a\":[{},\"],[\"]}"));
	cr_assert(str_is(message.events[1].call_key, "b\"]"));
}

Test(event, a_bad_one_of_several_does_not_refuse_the_others)
{
	header("X-Idempotency-Key", "k");
	read_body("[{\"token\":\"a\"},7,{\"token\":\"c\"},]");
	cr_assert_eq(message.count, 2);
	cr_assert(str_is(message.events[0].call_key, "a"));
	cr_assert(str_is(message.events[1].call_key, "c"));
	/* Its place is that in the array, whatever is refused before it. */
	cr_assert(str_is(message.events[1].key, "key 3\nk"));
	cr_assert_eq(message.refused_count, 2);
	cr_assert_eq(message.refused[0].place, 2);
	cr_assert_eq(message.refused[1].place, 4);
	cr_assert(str_starts(
	    message.refused[0].why, STR("This is not a JSON object")));
}

Test(event, what_is_no_event)
{
	refused("", "not a JSON object");
	refused("1", "not a JSON object");
	refused("\"a\"", "not a JSON object");
	refused("null", "not a JSON object");
	refused("{", "not valid JSON");
	refused("{}{}", "something behind the end");
	refused("{\"a\":\"\\u0000\"}", "not valid JSON");
	refused("{\"a\":\"\xff\"}", "not valid JSON");
	refused("[]", "not a JSON object");
	refused("[{}", "does not end");
	refused("[,]", "not a JSON object");
	refused("[{}]]", "something behind the end");
	refused("[[{}]]", "not a JSON object");
	refused("[{} {}]", "something behind the end");
	refused("[1,2]", "not a JSON object");
	refused("[1]", "not a JSON object");
	refused("[{\"a\":]}]", "not valid JSON");
	refused("[\"", "does not end");
	refused("[{\"a\":\"\\", "does not end");
}

Test(event, there_is_an_end_to_depth_and_number)
{
	struct buf body = buf_new(pool, 200000);

	buf_add_text(&body, "{\"a\":");
	for (int i = 0; i < 50000; i++)
		buf_add_char(&body, '[');
	refused(buf_str(&body).p, "32 levels");
	body.n = 0;
	buf_add_char(&body, '[');
	for (int i = 0; i < 50000; i++)
		buf_add_char(&body, '[');
	refused(buf_str(&body).p, "does not end");
	body.n = 0;
	buf_add_char(&body, '[');
	for (int i = 0; i < 10000; i++)
		buf_add_text(&body, i > 0 ? ",{}" : "{}");
	buf_add_char(&body, ']');
	refused(buf_str(&body).p, "At most 128");
}

Test(event, names_of_the_tenant)
{
	header("x-cx-domain", "a.example");
	read_body("{\"domain\":\"a.example\"}");
	cr_assert_eq(message.request.name_count, 1);
	read_body("{\"domain\":null,\"owner\":{\"domain\":{\"uuid\":\"u\"}}}");
	cr_assert_eq(message.request.name_count, 2);
	cr_assert(message.request.names[1].uuid);
	read_body("{\"domain\":{\"name\":\"b.example\",\"id\":3}}");
	cr_assert_eq(message.request.name_count, 2);
	/* Each element's, so that none hides behind another. */
	read_body("[{\"domain\":\"a.example\"},{\"domain\":\"b.example\"}]");
	cr_assert_eq(message.request.name_count, 2);
	/* Also where another element cannot be read. */
	read_body("[{\"a\":},{\"domain\":\"b.example\"}]");
	cr_assert_eq(message.refused_count, 1);
	cr_assert_eq(message.request.name_count, 2);
	refused(
	    "[{\"domain\":\"b.example\",\"a\":},{\"b\":}]", "not valid JSON");
	cr_assert_eq(message.request.name_count, 2);
}

Test(event, a_form_becomes_an_object)
{
	req.content_type = STR("application/x-www-form-urlencoded");
	read_body("CallSid=CA1&CallStatus=in-progress&From=%2B1202&x=%22%0a"
		  "&CallStatus=busy");
	cr_assert(str_is(message.events->body,
		      "{\"CallSid\":\"CA1\",\"CallStatus\":\"in-progress\","
		      "\"From\":\"+1202\",\"x\":\"\\\"\\n\"}"),
	    "%s", message.events->body.p);
	cr_assert(str_is(message.events->call_key, "CA1"));
	refused("", "1 to 256");
	refused("a=%00", "UTF-8");
	refused("a=%zz", "");
}
