#include "cxml.h"
#include "buf.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
setup(void)
{
	pool = pool_new();
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(cxml, .init = setup, .fini = teardown);

static const char *
said(const char *bytes, size_t n)
{
	struct cxml *root = cxml_new(pool, "R");

	cxml_text(root, (struct str){bytes, n});
	return str_cut(cxml_print(root), 38, SIZE_MAX).p;
}

Test(cxml, begins_with_its_declaration)
{
	struct cxml *root = cxml_new(pool, "Response");

	cxml_add(root, "Hangup");
	cr_expect(str_starts(cxml_print(root),
	    STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>")));
}

Test(cxml, markup_is_escaped_once)
{
	cr_expect_str_eq(said("<b>&amp;\"'</b>", 14),
	    "<R>&lt;b&gt;&amp;amp;&quot;'&lt;/b&gt;</R>");
}

Test(cxml, attributes_cannot_be_left)
{
	struct cxml *root = cxml_new(pool, "R");

	cxml_attribute(root, "a", STR("\"><x y='"));
	cr_expect_str_eq(str_cut(cxml_print(root), 38, SIZE_MAX).p,
	    "<R a=\"&quot;&gt;&lt;x y='\"/>");
}

Test(cxml, absent_attributes_are_not_written)
{
	struct cxml *root = cxml_new(pool, "R");

	cxml_attribute(root, "a", NO_STR);
	cr_expect_str_eq(str_cut(cxml_print(root), 38, SIZE_MAX).p, "<R/>");
}

Test(cxml, what_xml_forbids_is_dropped)
{
	cr_expect_str_eq(said("a\x01\x08\x0b\x1f"
			      "b\tc",
			     8),
	    "<R>ab\tc</R>");
	cr_expect_str_eq(said("a\xef\xbf\xbe\xef\xbf\xbf"
			      "b",
			     8),
	    "<R>ab</R>");
	cr_expect_str_eq(
	    said("\xf0\x9f\x93\x9e", 4), "<R>\xf0\x9f\x93\x9e</R>");
}

Test(cxml, long_texts_are_not_wrapped)
{
	struct cxml *root = cxml_new(pool, "R");
	struct buf text = buf_new(pool, 10000);

	for (int i = 0; i < 3000; i++)
		buf_add_text(&text, "ab ");
	cxml_text(root, buf_str(&text));
	cr_expect_eq(str_find(cxml_print(root), '\n'), -1);
	cr_expect_eq(cxml_print(root).n, 38 + 3 + 9000 + 4);
}

Test(cxml, what_was_written_is_read)
{
	struct cxml *root = cxml_new(pool, "Response"), *dial, *noun;

	dial = cxml_add(root, "Dial");
	cxml_attribute(dial, "action", STR("http://x/?a=1&b=\"2\""));
	cxml_text(cxml_add(dial, "Number"), STR("1001"));
	cxml_text(cxml_add(dial, "Number"), STR("a <b> & c"));
	cxml_add(root, "Hangup");
	cr_assert_null(cxml_parse(pool, cxml_print(root), &root));
	cr_assert(str_is(cxml_name(root), "Response"));
	dial = cxml_first(root);
	cr_expect(str_is(cxml_name(dial), "Dial"));
	cr_expect(str_is(cxml_get(dial, "action"), "http://x/?a=1&b=\"2\""));
	cr_expect_null(cxml_get(dial, "method").p);
	noun = cxml_first(dial);
	cr_expect(str_is(cxml_content(noun), "1001"));
	cr_expect(str_is(cxml_content(cxml_next(noun)), "a <b> & c"));
	cr_expect_null(cxml_next(cxml_next(noun)));
	cr_expect(str_is(cxml_name(cxml_next(dial)), "Hangup"));
	cr_expect_null(cxml_first(cxml_next(dial)));
}

Test(cxml, what_is_no_document_is_refused)
{
	static const char *const texts[] = {"", "hello", "{\"a\":1}",
	    "<?xml version=\"1.0\"?>", "<a", "<a><b></a>", "<!-- -->"};
	struct cxml *root;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_expect_not_null(
		    cxml_parse(pool, str_of(texts[i]), &root), "%s", texts[i]);
}
