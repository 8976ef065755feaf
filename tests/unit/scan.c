#include "scan.h"

#include <criterion/criterion.h>

#include "buf.h"

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

TestSuite(scan, .init = begin, .fini = end);

/* Every scalar as "path=value;", null as "path;". */
static void
note(void *context, struct str path, struct str value)
{
	struct buf *all = context;

	buf_add(all, path);
	if (value.p != NULL)
		buf_add_char(all, '=');
	buf_add(all, value);
	buf_add_char(all, ';');
}

static const char *
scanned(struct str text)
{
	struct buf all = buf_new(pool, 64);
	struct err *err = scan_object(pool, text, note, &all);

	if (err == NULL)
		return buf_str(&all).p;
	cr_assert_eq(err->code, BAD_REQUEST);
	cr_assert(str_is_utf8(err->message));
	return NULL;
}

static void
refused(struct str text)
{
	/* From memory of its own, so that a byte too far is seen. */
	struct str copy = pool_copy(pool, text);
	struct pool *other = pool_new();
	struct buf all = buf_new(other, 64);
	struct err *err;

	copy = (struct str){
	    memcpy(pool_alloc(other, text.n), copy.p, text.n), text.n};
	err = scan_object(other, copy, note, &all);
	cr_assert_not_null(err, "taken: %.*s", PSTR(text));
	cr_assert_eq(err->code, BAD_REQUEST);
	pool_free(other);
}

Test(scan, reports_each_scalar_with_its_path)
{
	cr_assert_str_eq(scanned(STR(" {\"a\" : 1 ,\r\n\t\"b\":{\"c\":[true,"
				     "null,{\"D\":\"x\"},[false]],\"e\":\"\"},"
				     "\"f\":-0.5e+10} ")),
	    "a=1;b.c.0=true;b.c.1;b.c.2.D=x;b.c.3.0=false;b.e=;f=-0.5e+10;");
	cr_assert_str_eq(scanned(STR("{}")), "");
	cr_assert_str_eq(scanned(STR("{\"a\":[],\"b\":{}}")), "");
}

Test(scan, reports_a_repeated_key_each_time)
{
	cr_assert_str_eq(scanned(STR("{\"a\":1,\"a\":2}")), "a=1;a=2;");
}

Test(scan, reads_every_escape)
{
	cr_assert_str_eq(scanned(STR("{\"\\u0061\":"
				     "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}")),
	    "a=\"\\/\b\f\n\r\t;");
	cr_assert_str_eq(scanned(STR("{\"a\":\"x\\u00e4\\u20AC\\uD83D\\uDE00"
				     "\xc3\xa4y\"}")),
	    "a=x\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa4y;");
}

Test(scan, texts_of_every_length_and_place)
{
	for (size_t n = 0; n < 40; n++) {
		struct str text =
		    n == 0 ? STR("") : pool_printf(pool, "%0*d", (int)n, 7);
		struct str plain =
		    pool_printf(pool, "{\"a\":\"%.*s\"}", PSTR(text));
		struct str escaped = pool_printf(
		    pool, "{\"a\":\"%.*s\\n%.*s\"}", PSTR(text), PSTR(text));

		cr_assert_str_eq(
		    scanned(plain), pool_printf(pool, "a=%.*s;", PSTR(text)).p);
		cr_assert_str_eq(scanned(escaped),
		    pool_printf(pool, "a=%.*s\n%.*s;", PSTR(text), PSTR(text))
			.p);
	}
}

Test(scan, says_what_is_wrong_and_where)
{
	struct err *err = scan_object(
	    pool, STR("{\"a\":01}"), note, &(struct buf){.pool = pool});

	cr_assert_not_null(strstr(err->message.p, "byte 6"));
	err = scan_object(pool, STR("[1]"), note, &(struct buf){.pool = pool});
	cr_assert_not_null(strstr(err->message.p, "object"));
}

Test(scan, refuses_what_is_not_json)
{
	static const char *const bad[] = {"", " ", "[]", "1", "\"a\"", "null",
	    "{", "}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
	    "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{1:1}",
	    "{\"a\":1}}", "{\"a\":1}x", "{\"a\":1}{}", "{\"a\":[1,]}",
	    "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":[1}", "{\"a\":{\"b\":1]}",
	    "{\"a\":tru}", "{\"a\":True}", "{\"a\":truex}", "{\"a\":nul}",
	    "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}",
	    "{\"a\":undefined}", "{/**/\"a\":1}", "{\"a\":1//\n}",
	    "\xef\xbb\xbf{}", "{\"a\":1\v}", "{\"a\":\f1}", "{\xc2\xa0}"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(str_of(bad[i]));
	refused(STR("{}\0"));
	refused(STR("\0{}"));
	refused(STR("{\"a\":1\0}"));
}

Test(scan, refuses_numbers_that_json_does_not_have)
{
	static const char *const bad[] = {"-", "+1", "01", "-01", "00", "1.",
	    ".5", "-.5", "1.e5", "1e", "1e+", "1E-", "1e5.5", "0x10", "1_000",
	    "--1", "1-", "1+1", "1,5", "1e5e5", "- 1", "1 0"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(pool_printf(pool, "{\"a\":%s}", bad[i]));
	cr_assert_not_null(scanned(STR("{\"a\":[0,-0,0.0,1E5,1e-05,"
				       "99999999999999999999999999]}")));
}

Test(scan, refuses_texts_that_are_no_text)
{
	static const struct str bad[] = {
	    {"\0", 1},
	    {"a\0b", 3},
	    {"\n", 1},
	    {"\t", 1},
	    {"\x1f", 1},
	    {"\\u0000", 6},
	    {"\\x41", 4},
	    {"\\", 1},
	    {"\\u", 2},
	    {"\\u12", 4},
	    {"\\u12g4", 6},
	    {"\\u 123", 6},
	    {"\\U0041", 6},
	    {"\\a", 2},
	    {"\\'", 2},
	    {"\\0", 2},
	    {"\\ud800", 6},
	    {"\\udc00", 6},
	    {"\\udfff\\ud800", 12},
	    {"\\ud800\\ud800", 12},
	    {"\\ud800x", 7},
	    {"\\ud800\\n", 8},
	    {"\\ud83d\\u0041", 12},
	    {"\\ud83d\\u", 8},
	    {"\\ud83d\xed\xb8\x80", 9},
	    {"\x80", 1},
	    {"\xc0\xaf", 2},
	    {"\xc0\x80", 2},
	    {"\xe0\x80\xaf", 3},
	    {"\xf0\x80\x80\xaf", 4},
	    {"\xed\xa0\x80", 3},
	    {"\xf4\x90\x80\x80", 4},
	    {"\xff\xfe", 2},
	    {"\xc3", 1},
	    {"\\n\xc3", 3},
	    {"\\n\xe2\x82", 4},
	    {"\\n\0", 3},
	    {"\\n\n", 3},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buf text = buf_new(pool, 64);

		buf_add_text(&text, "{\"a\":\"");
		buf_add(&text, bad[i]);
		buf_add_text(&text, "\"}");
		refused(buf_str(&text));
		text = buf_new(pool, 64);
		buf_add_text(&text, "{\"");
		buf_add(&text, bad[i]);
		buf_add_text(&text, "\":1}");
		refused(buf_str(&text));
	}
}

Test(scan, refuses_every_truncation)
{
	struct str whole =
	    STR("{\"a\":[1.5e3,{\"b\\n\":\"\\ud83d\\ude00\xe2\x82"
		"\xac\"},true,null],\"c\":\"d\"}");

	cr_assert_not_null(scanned(whole));
	for (size_t n = 0; n < whole.n; n++)
		refused(str_cut(whole, 0, n));
}

static struct str
nested(size_t levels, char open, char close)
{
	struct buf text = buf_new(pool, 64);

	for (size_t i = 0; i < levels; i++) {
		buf_add_char(&text, i == 0 ? '{' : open);
		if (i == 0 || open == '{')
			buf_add_text(&text, "\"k\":");
	}
	buf_add_char(&text, '1');
	for (size_t i = levels; i-- > 0;)
		buf_add_char(&text, i == 0 ? '}' : close);
	return buf_str(&text);
}

Test(scan, takes_32_levels_and_no_more)
{
	cr_assert_not_null(scanned(nested(32, '[', ']')));
	cr_assert_not_null(scanned(nested(32, '{', '}')));
	refused(nested(33, '[', ']'));
	refused(nested(33, '{', '}'));
	refused(nested(500000, '[', ']'));
	refused(nested(100000, '{', '}'));
}

Test(scan, reads_a_path_that_is_too_long_without_reporting_it)
{
	struct str key = pool_printf(pool, "%0200d", 1);
	struct str text =
	    pool_printf(pool, "{\"%s\":1,\"%s2\":2,\"%s\":{\"x\":3},\"y\":4}",
		key.p, key.p, key.p);

	cr_assert_str_eq(
	    scanned(text), pool_printf(pool, "%s=1;y=4;", key.p).p);
}

Test(scan, random_bytes_do_no_harm)
{
	static const char bytes[] = "{}[]\",:\\u0d8c1e-.tfn \xc3\xa4\xed\n";
	unsigned seed = 12345;

	for (int round = 0; round < 20000; round++) {
		char text[40];
		size_t n = (size_t)(round % 40);

		text[0] = '{';
		for (size_t i = 1; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
		}
		(void)scanned((struct str){text, n});
		if (round % 1000 == 0)
			pool_clear(pool);
	}
}

static void
note_key(void *context, size_t object, size_t at, struct str key)
{
	buf_printf(context, "%zu.%zu.%.*s;", object, at, PSTR(key));
}

Test(scan, keys_come_with_their_object)
{
	struct buf all = buf_new(pool, 64);

	cr_assert_null(
	    scan_keys(pool, STR("[{\"a\":{\"b\":1},\"c\":2},{\"\\u0061\":3}]"),
		note_key, &all));
	cr_assert_str_eq(buf_str(&all).p, "0.2.a;1.7.b;0.14.c;2.22.a;");
	cr_assert_not_null(
	    scan_keys(pool, STR("9223372036854775808"), note_key, &all));
	cr_assert_null(
	    scan_keys(pool, STR("-9223372036854775808"), note_key, &all));
}
