#include "cursor.h"

#include <criterion/criterion.h>

static struct pool *pool;
static struct crypto_key key;
static const struct organization acme = {.id = 7}, other = {.id = 8};
static const int64_t noon = INT64_C(1795356000000);

static void
setup(void)
{
	crypto_start();
	pool = pool_new();
	memset(&key, 7, sizeof key);
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(cursor, .init = setup, .fini = teardown);

static struct cursor
example(void)
{
	struct cursor cursor = {.stage = STAGE_GROUP,
	    .direction = DIRECTION_SUBSCRIBER,
	    .node = 3,
	    .did = STR("+12125550102"),
	    .mailbox = 12,
	    .forwarder = 13,
	    .position = 2,
	    .start = 1,
	    .external = STR("+442079460000"),
	    .message = 99,
	    .announced = true,
	    .entered = 5,
	    .trail_count = 2,
	    .trail = {{TARGET_EXTENSION, 12}, {TARGET_RING_GROUP, 3}}};

	return cursor;
}

static struct str
sealed(void)
{
	struct cursor cursor = example();
	struct call call = {.key = STR("call-1"), .now = noon};

	return cursor_seal(pool, &key, &acme, &call, &cursor);
}

static bool
opens(struct str text, const struct organization *organization,
    const char *key_of_call, int64_t now)
{
	struct call call = {.key = str_of(key_of_call), .now = now};
	struct cursor cursor;

	return cursor_open(pool, &key, organization, &call, text, &cursor);
}

Test(cursor, comes_back_as_it_left)
{
	struct call call = {.key = STR("call-1"), .now = noon};
	struct cursor want = example(), got;

	cr_assert(cursor_open(pool, &key, &acme, &call, sealed(), &got));
	cr_expect_eq(got.stage, want.stage);
	cr_expect_eq(got.direction, want.direction);
	cr_expect_eq(got.node, want.node);
	cr_expect(str_equal(got.did, want.did));
	cr_expect_eq(got.mailbox, want.mailbox);
	cr_expect_eq(got.forwarder, want.forwarder);
	cr_expect_eq(got.position, want.position);
	cr_expect_eq(got.start, want.start);
	cr_expect(str_equal(got.external, want.external));
	cr_expect_eq(got.message, want.message);
	cr_expect(got.announced);
	cr_expect_eq(got.entered, want.entered);
	cr_assert_eq(got.trail_count, 2U);
	cr_expect_eq(got.trail[1].id, 3U);
}

Test(cursor, belongs_to_one_call_of_one_tenant)
{
	struct str text = sealed();

	cr_expect(opens(text, &acme, "call-1", noon));
	cr_expect_not(opens(text, &acme, "call-2", noon));
	cr_expect_not(opens(text, &acme, "", noon));
	cr_expect_not(opens(text, &acme, "call-1 ", noon));
	cr_expect_not(opens(text, &other, "call-1", noon));
}

Test(cursor, key_of_another_installation_opens_nothing)
{
	struct str text = sealed();

	key.bytes[31] ^= 1;
	cr_expect_not(opens(text, &acme, "call-1", noon));
}

Test(cursor, ends_with_the_call)
{
	struct str text = sealed();
	int64_t hour = 3600000;

	cr_expect(opens(text, &acme, "call-1", noon + 11 * hour));
	cr_expect_not(opens(text, &acme, "call-1", noon + 14 * hour));
}

Test(cursor, same_request_gets_the_same_text)
{
	struct cursor one = example(), two = example();
	int64_t hour = 3600000, start = noon / hour * hour;
	struct call call = {.key = STR("a")};
	struct str first;

	call.now = start;
	first = cursor_seal(pool, &key, &acme, &call, &one);
	call.now = start + hour - 1;
	cr_expect(
	    str_equal(first, cursor_seal(pool, &key, &acme, &call, &two)));
}

Test(cursor, every_changed_byte_is_noticed)
{
	struct str text = sealed();

	for (size_t i = 0; i < text.n; i++) {
		struct str copy = pool_copy(pool, text);
		char *byte = (char *)(uintptr_t)copy.p + i;

		*byte = *byte == 'A' ? 'B' : 'A';
		cr_expect_not(
		    opens(copy, &acme, "call-1", noon), "byte %zu", i);
	}
}

Test(cursor, every_cut_is_noticed)
{
	struct str text = sealed();

	for (size_t n = 0; n < text.n; n++)
		cr_expect_not(opens(pool_copy(pool, str_cut(text, 0, n)), &acme,
				  "call-1", noon),
		    "%zu bytes", n);
	cr_expect_not(opens(
	    pool_printf(pool, "%.*sAAAA", PSTR(text)), &acme, "call-1", noon));
}

Test(cursor, nonsense_is_refused)
{
	static const char *const texts[] = {"", "A", "====", "%00", "\n",
	    "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAA", "../../etc/passwd"};
	struct buf longest = buf_new(pool, 4096);

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		cr_expect_not(opens(str_of(texts[i]), &acme, "call-1", noon),
		    "%s", texts[i]);
	for (int i = 0; i < 4000; i++)
		buf_add_char(&longest, 'A');
	cr_expect_not(opens(buf_str(&longest), &acme, "call-1", noon));
	cr_expect_not(opens(NO_STR, &acme, "call-1", noon));
}
