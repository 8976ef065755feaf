#include "json.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
begin(void)
{
	pool = pool_new();
}

static void
end(void)
{
	pool_free(pool);
}

TestSuite(json, .init = begin, .fini = end);

static const struct json *
parsed(const char *text)
{
	const struct json *json = NULL;
	struct err *err = json_parse(pool, str_of(text), &json);

	cr_assert_null(err, "%s: %s", text, err ? err->message.p : "");
	return json;
}

static void
refused(struct str text)
{
	const struct json *json;
	struct err *err = json_parse(pool, text, &json);

	cr_assert_not_null(err, "taken: %.*s", PSTR(text));
	cr_assert_eq(err->code, BAD_REQUEST);
	cr_assert(str_is_utf8(err->message));
}

Test(json, reads_each_kind)
{
	const struct json *json = parsed("{\"n\":null,\"t\":true,\"i\":-7,"
					 "\"r\":1.50,\"s\":\"a\\u00e4\","
					 "\"a\":[1,2],\"o\":{\"x\":1}}");

	cr_assert_eq(json_kind(json), JSON_OBJECT);
	cr_assert_eq(json_count(json), 7);
	cr_assert_eq(json_kind(json_get(json, "n")), JSON_NULL);
	cr_assert_not_null(json_get(json, "n"));
	cr_assert(json_bool(json_get(json, "t")));
	cr_assert_eq(json_int(json_get(json, "i")), -7);
	cr_assert_eq(json_kind(json_get(json, "r")), JSON_REAL);
	cr_assert(str_is(json_text(json_get(json, "s")), "a\xc3\xa4"));
	cr_assert_eq(json_int(json_at(json_get(json, "a"), 1)), 2);
	cr_assert_eq(json_int(json_get(json_get(json, "o"), "x")), 1);
}

Test(json, reads_scalars_at_the_top)
{
	cr_assert_eq(json_int(parsed(" 5 ")), 5);
	cr_assert_eq(json_int(parsed("-9223372036854775808")), INT64_MIN);
	cr_assert_eq(json_int(parsed("9223372036854775807")), INT64_MAX);
	cr_assert(json_bool(parsed("true")));
	cr_assert_eq(json_kind(parsed("null")), JSON_NULL);
	cr_assert(str_is(json_text(parsed("\"\"")), ""));
	cr_assert_not_null(json_text(parsed("\"\"")).p);
}

Test(json, look_ups_chain_over_what_is_not_there)
{
	const struct json *json = parsed("{\"a\":[1],\"s\":\"x\"}");
	struct str key = STR("before");

	cr_assert_null(json_get(json_get(json_get(json, "x"), "y"), "z"));
	cr_assert_null(json_get(json_get(json, "a"), "0"));
	cr_assert_null(json_at(json, 0));
	cr_assert_null(json_at(json_get(json, "a"), 1));
	cr_assert_null(json_member(json, 2, &key));
	cr_assert_null(key.p);
	cr_assert_null(json_member(NULL, 0, &key));
	cr_assert_eq(json_kind(NULL), JSON_NULL);
	cr_assert_eq(json_count(NULL), 0);
	cr_assert_eq(json_count(json_get(json, "s")), 0);
	cr_assert_null(json_text(json_get(json, "a")).p);
	cr_assert_eq(json_int(json_get(json, "s")), 0);
	cr_assert_not(json_bool(json_get(json, "s")));
}

Test(json, keeps_the_order_of_members)
{
	const struct json *json = parsed("{\"z\":1,\"a\":2,\"m\":3,\"\":4}");
	static const char *const want[] = {"z", "a", "m", ""};

	for (size_t i = 0; i < 4; i++) {
		struct str key;

		cr_assert_eq(
		    json_int(json_member(json, i, &key)), (int64_t)i + 1);
		cr_assert(str_is(key, want[i]));
	}
}

Test(json, prints_what_it_read)
{
	static const char *const texts[] = {
	    "{\"z\":[1,-2,1.50,1E5,true,false,null],\"a\":{\"\":\"\"}}", "[]",
	    "{}", "\"\\\"\\\\\\n\"", "[[[]],{}]", "0",
	    "[1e-7,-0.0,123456789.123456789123]"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		cr_assert_str_eq(
		    json_print(pool, parsed(texts[i])).p, texts[i]);
	cr_assert_str_eq(json_print(pool, NULL).p, "null");
}

Test(json, refuses_repeated_keys_however_they_are_written)
{
	const struct json *json;
	struct err *err;

	refused(STR("{\"a\":1,\"a\":1}"));
	refused(STR("{\"a\":1,\"b\":2,\"a\":3}"));
	refused(STR("{\"a\":1,\"\\u0061\":2}"));
	refused(STR("[{\"x\":{\"a\":null,\"a\":null}}]"));
	refused(STR("{\"\":1,\"\":2}"));
	err = json_parse(pool, STR("{\"role\":1,\"x\":{},\"role\":2}"), &json);
	cr_assert_not_null(strstr(err->message.p, "role"));
	cr_assert_not_null(strstr(err->message.p, "byte 17"));
	/* The same key in two objects, and in another case, is no repeat. */
	parsed("[{\"a\":1},{\"a\":{\"a\":2}},{\"A\":1,\"a\":2}]");
}

Test(json, the_name_of_a_repeated_key_is_cut_and_stays_utf8)
{
	struct buf text = buf_new(pool, 1024);

	for (int twice = 0; twice < 2; twice++) {
		buf_add_text(&text, twice == 0 ? "{\"a" : ",\"a");
		for (int i = 0; i < 100; i++)
			buf_add_text(&text, "\xe2\x82\xac");
		buf_add_text(&text, "\":1");
	}
	buf_add_char(&text, '}');
	refused(buf_str(&text));
}

Test(json, refuses_what_json_c_would_take)
{
	static const struct str bad[] = {
	    {"NaN", 3},
	    {"-Infinity", 9},
	    {"[Infinity]", 10},
	    {"nan", 3},
	    {"TRUE", 4},
	    {"'a'", 3},
	    {"[1,]", 4},
	    {"{\"a\":1,}", 8},
	    {"/*x*/1", 6},
	    {"1//x", 4},
	    {"1 2", 3},
	    {"{} {}", 5},
	    {"01", 2},
	    {"\"a\nb\"", 5},
	    {"\"\\ud800\"", 8},
	    {"\"\\udc00x\"", 9},
	    {"\"\\u0000\"", 8},
	    {"\"a\0b\"", 5},
	    {"1\0", 2},
	    {"{}\0x", 4},
	    {"\"\xc0\x80\"", 4},
	    {"\"\xed\xa0\x80\"", 5},
	    {"", 0},
	    {" ", 1},
	    {NULL, 0},
	    {"\xef\xbb\xbf{}", 5},
	    {"9223372036854775808", 19},
	    {"-9223372036854775809", 20},
	    {"18446744073709551616", 20},
	    {"1e400", 5},
	    {"-1e400", 6},
	    {"[1,{\"a\":1e999}]", 15},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(bad[i]);
}

Test(json, takes_32_levels_and_no_more)
{
	struct buf text = buf_new(pool, 256);

	for (int i = 0; i < 33; i++)
		buf_add_char(&text, '[');
	for (int i = 0; i < 33; i++)
		buf_add_char(&text, ']');
	refused(buf_str(&text));
	parsed(pool_copy(pool, str_cut(buf_str(&text), 1, 65)).p);
	text = buf_new(pool, 1 << 20);
	for (int i = 0; i < 1 << 19; i++)
		buf_add_text(&text, "[{\"a\":");
	refused(buf_str(&text));
}

Test(json, many_members_do_not_take_for_ever)
{
	struct buf text = buf_new(pool, 1 << 20);
	const struct json *json;
	struct str key;

	buf_add_char(&text, '{');
	for (int i = 0; i < 50000; i++)
		buf_printf(&text, "%s\"k%d\":%d", i > 0 ? "," : "", i, i);
	buf_add_char(&text, '}');
	json = parsed(buf_str(&text).p);
	for (size_t i = 0; i < 50000; i++)
		cr_assert_eq(json_int(json_member(json, i, &key)), (int64_t)i);
}

Test(json, writes_documents)
{
	struct buf buf = buf_new(pool, 16);
	struct json_out out = {&buf, false};

	json_open(&out, NULL, '{');
	json_put_int(&out, "id", 7);
	json_put_text(&out, "a\"b", STR("</script>\n"));
	json_put_text(&out, "none", NO_STR);
	json_open(&out, "list", '[');
	json_put_bool(&out, NULL, true);
	json_put_null(&out, NULL);
	json_open(&out, NULL, '{');
	json_close(&out, '}');
	json_open(&out, NULL, '[');
	json_close(&out, ']');
	json_close(&out, ']');
	json_put_raw(&out, "raw", STR("{\"x\":1}"));
	json_put_raw(&out, "absent", NO_STR);
	json_close(&out, '}');
	cr_assert_str_eq(buf.p,
	    "{\"id\":7,\"a\\\"b\":\"</script>\\n\",\"none\":null,"
	    "\"list\":[true,null,{},[]],\"raw\":{\"x\":1},\"absent\":null}");
	parsed(buf.p);
}
