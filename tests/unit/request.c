#include "request.h"

#include <criterion/criterion.h>

static struct pool *pool;
static struct req req;
static struct param headers[8];

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

TestSuite(request, .init = setup, .fini = teardown);

static void
header(const char *name, const char *value)
{
	headers[req.headers].name = str_of(name);
	headers[req.headers++].value = str_of(value);
}

static struct carrier_request
read_body(const char *body)
{
	struct carrier_request request;

	req.body = str_of(body);
	request_read(&req, &request);
	return request;
}

static struct carrier_request
read_form(const char *body)
{
	req.content_type = STR("application/x-www-form-urlencoded");
	return read_body(body);
}

Test(request, json_names_have_no_case)
{
	struct carrier_request r = read_body(
	    "{\"TO\":\"+12125550100\",\"from\":\"1001\",\"sEsSiOn\":\"s1\","
	    "\"direction\":\"Subscriber\",\"DOMAIN\":\"a.example\"}");

	cr_expect(r.has_to);
	cr_expect(str_is(r.call.to, "+12125550100"));
	cr_expect(str_is(r.call.from, "1001"));
	cr_expect(str_is(r.call.key, "s1"));
	cr_expect_eq(r.call.direction, DIRECTION_SUBSCRIBER);
	cr_assert_eq(r.name_count, 1U);
	cr_expect(str_is(r.names[0].text, "a.example"));
	cr_expect_null(r.unusable);
}

Test(request, form_and_query_say_the_same_as_json)
{
	struct carrier_request r;

	req.query = STR("cursor=abc&Domain=b.example");
	r = read_form("To=%2B12125550100&From=1001&CallSid=c1"
		      "&DialCallStatus=no-answer&Digits=");
	cr_expect(str_is(r.call.to, "+12125550100"));
	cr_expect(str_is(r.call.key, "c1"));
	cr_expect_eq(r.call.outcome, OUTCOME_NO_ANSWER);
	cr_expect(str_is(r.cursor, "abc"));
	cr_expect_eq(r.name_count, 1U);
}

Test(request, a_cursor_in_the_body_is_none)
{
	cr_expect_eq(read_form("To=1001&cursor=abc").cursor.n, 0U);
	cr_expect_eq(read_body("{\"cursor\":\"abc\"}").cursor.n, 0U);
}

Test(request, numbers_may_be_json_numbers)
{
	cr_expect(str_is(read_body("{\"To\":1001}").call.to, "1001"));
}

Test(request, session_goes_before_callsid)
{
	struct carrier_request r =
	    read_body("{\"CallSid\":\"c\",\"Session\":\"s\"}");

	cr_expect(str_is(r.call.key, "s"));
	cr_expect_eq(read_body("{\"To\":\"1\"}").call.key.n, 0U);
}

Test(request, every_name_of_a_tenant_is_kept)
{
	struct carrier_request r;

	header("x-cx-domain", "a.example");
	r = read_body("{\"Domain\":\"b.example\","
		      "\"domain\":{\"name\":\"c.example\"},"
		      "\"owner\":{\"domain\":{\"uuid\":\"u\"}}}");
	cr_assert_eq(r.name_count, 4U);
	cr_expect(str_is(r.names[0].text, "a.example"));
	cr_expect(r.names[3].uuid);
	cr_expect_not(r.names[2].uuid);
}

Test(request, too_many_names_disagree)
{
	cr_expect(
	    read_body("{\"domain\":\"a\",\"domain\":\"b\",\"domain\":\"c\","
		      "\"domain\":\"d\",\"domain\":\"e\",\"domain\":\"f\","
		      "\"domain\":\"g\",\"domain\":\"h\",\"domain\":\"i\"}")
		.names_disagree);
}

Test(request, a_repeated_identity_header_disagrees)
{
	header("x-cx-domain", "a.example");
	header("x-cx-domain", "a.example");
	cr_expect(read_body("{}").names_disagree);
}

Test(request, bearer_has_no_case_but_the_key_has)
{
	header("authorization", "bEaReR Key^ !)=");
	cr_expect(str_is(read_body("{}").key, "Key^ !)="));
}

Test(request, other_schemes_are_no_key)
{
	header("authorization", "Basic abc");
	cr_expect_eq(read_body("{}").key.n, 0U);
}

Test(request, unusable_bodies_are_named)
{
	static const char *const bodies[] = {"", "[]", "[{\"To\":\"1\"}]",
	    "{\"To\":", "{\"To\":\"\\u0000\"}", "null", "\"To\"", "{}x",
	    "{\"To\":\"\xff\"}"};

	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		cr_expect_not_null(
		    read_body(bodies[i]).unusable, "%s", bodies[i]);
	cr_expect_not_null(read_form("To=%zz").unusable);
	cr_expect_not_null(read_form("To=%00").unusable);
	cr_expect_not_null(read_form("To=%ff").unusable);
}

Test(request, what_is_too_long_is_unusable)
{
	struct buf body = buf_new(pool, 256);

	buf_add_text(&body, "{\"To\":\"");
	for (int i = 0; i < 65; i++)
		buf_add_char(&body, '1');
	buf_add_text(&body, "\"}");
	cr_expect_not_null(read_body(buf_str(&body).p).unusable);
	body = buf_new(pool, 256);
	buf_add_text(&body, "{\"Session\":\"");
	for (int i = 0; i < 129; i++)
		buf_add_char(&body, '1');
	buf_add_text(&body, "\"}");
	cr_expect_not_null(read_body(buf_str(&body).p).unusable);
}

Test(request, nested_names_are_not_parameters)
{
	struct carrier_request r =
	    read_body("{\"SessionData\":{\"To\":\"911\",\"domain\":\"x\"},"
		      "\"Application\":{\"domain\":{\"name\":\"y\"}}}");

	cr_expect_not(r.has_to);
	cr_expect_eq(r.name_count, 0U);
}

Test(request, white_space_alone_is_no_number)
{
	cr_expect_not(read_body("{\"To\":\"  \"}").has_to);
	cr_expect_not(read_body("{\"To\":null}").has_to);
}
