/*
 * Where a call can go: names, equality, and the packed form.
 */
#include "target.h"

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

TestSuite(target, .init = begin, .fini = end);

static struct str
packed(struct target target)
{
	struct buf text = buf_new(pool, 16);
	struct pack pack = pack_writer(&text);

	target_pack(&pack, &target);
	return buf_str(&text);
}

static bool
unpack(struct str text, struct target *out)
{
	struct pack pack = pack_reader(pool, text);

	*out = (struct target){0};
	target_pack(&pack, out);
	return pack_done(&pack);
}

Test(target, each_type_has_a_name_and_back)
{
	for (int i = TARGET_NONE; i <= TARGET_HANGUP; i++) {
		enum target_type type = TARGET_HANGUP;
		const char *name = target_type_name((enum target_type)i);

		cr_assert(target_type_parse(str_of(name), &type), "%s", name);
		cr_assert_eq(type, (enum target_type)i);
	}
	cr_assert_str_eq(target_type_name(TARGET_RING_GROUP), "ring_group");
	cr_assert_str_eq(target_type_name(TARGET_NONE), "");
}

Test(target, absent_is_none)
{
	enum target_type type = TARGET_HANGUP;

	cr_assert(target_type_parse(NO_STR, &type));
	cr_assert_eq(type, TARGET_NONE);
}

Test(target, names_no_type)
{
	static const char *const no[] = {"none", "Extension", "extensions",
	    "extension ", " extension", "ring-group", "ringgroup", "menu",
	    "ivr", "conference", "voice_mail", "hang_up", "0", "1", "null",
	    "extension:1", "ring_groupx", "e"};
	enum target_type type = TARGET_VOICEMAIL;

	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		cr_assert_not(
		    target_type_parse(str_of(no[i]), &type), "%s", no[i]);
	cr_assert_eq(type, TARGET_VOICEMAIL, "*out is left alone");
}

Test(target, equal_in_all_parts)
{
	struct target a = {TARGET_EXTENSION, 7, NO_STR};
	struct target other_id = {TARGET_EXTENSION, 8, NO_STR};
	struct target other_type = {TARGET_VOICEMAIL, 7, NO_STR};
	struct target out = {TARGET_EXTERNAL, 0, STR("+442079460000")};
	struct target other_out = {TARGET_EXTERNAL, 0, STR("+442079460001")};

	cr_assert(target_equal(&a, &a));
	cr_assert(target_equal(&out, &out));
	cr_assert_not(target_equal(&a, &other_id));
	cr_assert_not(target_equal(&a, &other_type));
	cr_assert_not(target_equal(&out, &other_out));
	cr_assert_not(target_equal(&a, &out));
}

Test(target, packs_and_unpacks)
{
	static const uint64_t ids[] = {0, 1, 127, 128, UINT64_MAX};
	struct target back;

	for (int i = TARGET_NONE; i <= TARGET_HANGUP; i++)
		for (size_t j = 0; j < sizeof ids / sizeof ids[0]; j++) {
			struct target target = {(enum target_type)i, 0, NO_STR};

			if (i == TARGET_EXTERNAL)
				target.number = STR("sip:anna@example.com");
			else if (i != TARGET_NONE && i != TARGET_HANGUP)
				target.id = ids[j];
			cr_assert(unpack(packed(target), &back));
			cr_assert(target_equal(&target, &back));
		}
}

Test(target, what_is_cut_or_unknown_is_bad)
{
	struct str whole =
	    packed((struct target){TARGET_EXTERNAL, 0, STR("+442079460000")});
	struct target back;

	for (size_t n = 0; n < whole.n; n++)
		cr_assert_not(unpack(str_cut(whole, 0, n), &back));
	cr_assert_not(unpack(STR("\x12\x01"), &back), "type 9 is none");
	cr_assert_not(unpack(STR("\x01"), &back), "type -1 is none");
	cr_assert_eq(back.type, TARGET_NONE);
	cr_assert_not(unpack(STR("\x10\x01"), &back), "hangup has no id");
}
