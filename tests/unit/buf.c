#include "buf.h"

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

TestSuite(buf, .init = begin, .fini = end);

Test(buf, grows_and_stays_terminated)
{
	struct buf buf = buf_new(pool, 0);

	for (int i = 0; i < 5000; i++) {
		buf_add_char(&buf, (char)('a' + i % 26));
		cr_assert_eq(buf.p[buf.n], '\0');
	}
	cr_assert_eq(buf.n, 5000);
	for (size_t i = 0; i < 5000; i++)
		cr_assert_eq(buf.p[i], (char)('a' + (int)i % 26));
}

Test(buf, takes_exactly_what_has_room)
{
	for (size_t n = 0; n < 70; n++) {
		struct buf buf = buf_new(pool, n);
		struct str text = pool_printf(pool, "%0*d", (int)n + 1, 5);

		buf_add(&buf, text);
		buf_add(&buf, text);
		cr_assert_eq(buf.n, 2 * text.n);
		cr_assert_eq(strlen(buf.p), buf.n);
	}
}

Test(buf, starts_without_room_too)
{
	struct buf buf = {.pool = pool};

	buf_add_text(&buf, "abc");
	cr_assert_str_eq(buf.p, "abc");
}

Test(buf, can_be_given_its_own_text)
{
	struct buf buf = buf_new(pool, 16);

	buf_add_text(&buf, "0123456789");
	for (int i = 0; i < 5; i++)
		buf_add(&buf, buf_str(&buf));
	cr_assert_eq(buf.n, 320);
	cr_assert(str_ends(buf_str(&buf), STR("01234567890123456789")));
}

Test(buf, adds_nothing_for_absent_and_null)
{
	struct buf buf = buf_new(pool, 0);

	buf_add(&buf, NO_STR);
	buf_add_text(&buf, NULL);
	buf_printf(&buf, "%s", "");
	cr_assert_eq(buf_str(&buf).n, 0);
	cr_assert_str_eq(buf.p, "");
}

Test(buf, writes_every_integer)
{
	struct buf buf = buf_new(pool, 0);

	buf_add_int(&buf, INT64_MIN);
	buf_add_char(&buf, ' ');
	buf_add_int(&buf, 0);
	buf_add_char(&buf, ' ');
	buf_add_int(&buf, INT64_MAX);
	cr_assert_str_eq(buf.p, "-9223372036854775808 0 9223372036854775807");
}

Test(buf, json_escapes_what_must_be_escaped)
{
	struct buf buf = buf_new(pool, 0);

	buf_add_json(&buf, STR("a\"b\\c\n\t\r\b\f\x01\x1f\x7f\0/\xc3\xa4"));
	cr_assert_str_eq(buf.p,
	    "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u001f\\u007f\\u0000/"
	    "\xc3\xa4\"");
	buf = buf_new(pool, 0);
	buf_add_json(&buf, NO_STR);
	buf_add_json(&buf, STR(""));
	cr_assert_str_eq(buf.p, "null\"\"");
}

Test(buf, html_leaves_no_way_out_of_an_attribute)
{
	struct buf buf = buf_new(pool, 0);

	buf_add_html(&buf, STR("\"><script>alert('x')&amp;</script>"));
	cr_assert_str_eq(buf.p,
	    "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&amp;amp;"
	    "&lt;/script&gt;");
}

Test(buf, url_keeps_only_unreserved_bytes)
{
	struct buf buf = buf_new(pool, 0);

	buf_add_url(&buf, STR("aZ09-._~ /?&=+%\xc3\xa4\r\n\0"));
	cr_assert_str_eq(buf.p, "aZ09-._~%20%2F%3F%26%3D%2B%25%C3%A4%0D%0A%00");
}
