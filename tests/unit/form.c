#include <criterion/criterion.h>

#include "form.h"

static struct pool *pool;
static struct form form;

static void
make_pool(void)
{
	pool = pool_new();
}

static void
free_pool(void)
{
	pool_free(pool);
}

TestSuite(form, .init = make_pool, .fini = free_pool);

static void
takes(struct str text)
{
	struct err *err = form_parse(pool, text, &form);

	cr_assert_null(err, "%.*s", PSTR(text));
}

static void
refuses(struct str text)
{
	struct err *err = form_parse(pool, text, &form);

	cr_assert_not_null(err, "%.*s", PSTR(text));
	cr_assert_eq(err->code, BAD_REQUEST);
	cr_assert_eq(form.count, 0);
}

static void
has(const char *name, const char *value)
{
	struct str found = form_get(&form, name);

	cr_assert_not_null(found.p, "%s", name);
	cr_assert(str_is(found, value), "%s is %.*s", name, PSTR(found));
	cr_assert_eq(found.p[found.n], '\0');
}

Test(form, decodes_names_and_values)
{
	takes(STR("From=%2B12125550100&To=1001&na+me=a+b%20c&%41=%c3%A9"));
	cr_assert_eq(form.count, 4);
	has("From", "+12125550100");
	has("To", "1001");
	has("na me", "a b c");
	has("A", "\xc3\xa9");
	cr_assert_null(form_get(&form, "from").p);
	cr_assert_null(form_get(&form, "").p);
}

Test(form, keeps_order_and_answers_with_the_last)
{
	takes(STR("a=1&b=2&a=3"));
	has("a", "3");
	cr_assert(str_is(form.params[0].value, "1"));
	cr_assert(str_is(form.params[2].value, "3"));
}

Test(form, knows_empty_from_absent)
{
	takes(STR("a=&b&=c"));
	has("a", "");
	has("b", "");
	has("", "c");
	cr_assert_null(form_get(&form, "c").p);
	takes(STR(""));
	cr_assert_eq(form.count, 0);
	takes(NO_STR);
	cr_assert_eq(form.count, 0);
	takes(STR("&&a=1&&"));
	cr_assert_eq(form.count, 1);
}

Test(form, splits_before_it_decodes)
{
	takes(STR("a=1%26b%3D2&c==d=e"));
	cr_assert_eq(form.count, 2);
	has("a", "1&b=2");
	has("c", "=d=e");
}

Test(form, refuses_broken_escapes)
{
	static const char *const broken[] = {"a=%", "a=%4", "a=%4&b=1", "a=%zz",
	    "a=%4g", "%", "%%41=1", "a=%-1", "a=% 1", "a=%u0041"};

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		refuses(str_of(broken[i]));
}

Test(form, refuses_what_is_not_utf8)
{
	static const char *const wrong[] = {"a=%ff", "%c3=1", "a=\xc3",
	    "a=%c0%80", "a=%ed%a0%80", "a=%f4%90%80%80"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		refuses(str_of(wrong[i]));
}

Test(form, refuses_nul)
{
	refuses(STR("a=%00"));
	refuses(STR("a%00b=1"));
	refuses(STR("a=1\0"));
}

Test(form, counts_its_parameters)
{
	struct buf text = buf_new(pool, 4096);

	for (int i = 0; i < 5000; i++)
		buf_add(&text, STR("a=1&"));
	takes(buf_str(&text));
	cr_assert_eq(form.count, 5000);
	buf_add(&text, STR("b"));
	refuses(buf_str(&text));
}

Test(form, stays_within_a_slice)
{
	struct str text = STR("a=%41%4");

	takes(str_cut(text, 0, 5));
	has("a", "A");
}
