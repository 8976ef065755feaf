/*
 * The packed form of a tenant's configuration: what is read is what was
 * written, and a text that was cut is never half a tenant.
 */
#include "tenant.h"

#include <criterion/criterion.h>

#include "generated.h"

enum { ROUNDS = 300 };

static struct random random_;

static void
begin(void)
{
	random_ = (struct random){pool_new(), 20261123};
}

static void
end(void)
{
	pool_free(random_.pool);
}

TestSuite(tenant, .init = begin, .fini = end, .timeout = 60);

/*
 * Written, read and written again it is the same text, writing left the
 * struct as it was, and every shorter text is bad.
 */
#define ROUND_TRIP(type, pack_it, value)                                     \
	do {                                                                 \
		struct type x_ = (value), back_ = {0}, cut_;                 \
		struct buf first_ = buf_new(random_.pool, 256);              \
		struct buf again_ = buf_new(random_.pool, 256);              \
		struct pack pack_ = pack_writer(&first_);                    \
                                                                             \
		pack_it(&pack_, &x_);                                        \
		cr_assert_not(pack_.bad);                                    \
		pack_ = pack_writer(&again_);                                \
		pack_it(&pack_, &x_);                                        \
		cr_assert(str_equal(buf_str(&first_), buf_str(&again_)),     \
		    "packing changes what it packs");                        \
		pack_ = pack_reader(random_.pool, buf_str(&first_));         \
		pack_it(&pack_, &back_);                                     \
		cr_assert(pack_done(&pack_));                                \
		again_ = buf_new(random_.pool, 256);                         \
		pack_ = pack_writer(&again_);                                \
		pack_it(&pack_, &back_);                                     \
		cr_assert(str_equal(buf_str(&first_), buf_str(&again_)));    \
		for (size_t n_ = 0; n_ < first_.n; n_++) {                   \
			cut_ = (struct type){0};                             \
			pack_ = pack_reader(                                 \
			    random_.pool, str_cut(buf_str(&first_), 0, n_)); \
			pack_it(&pack_, &cut_);                              \
			cr_assert_not(pack_done(&pack_), "cut at %zu", n_);  \
		}                                                            \
		buf_add_char(&first_, '\0');                                 \
		pack_ = pack_reader(random_.pool, buf_str(&first_));         \
		pack_it(&pack_, &back_);                                     \
		cr_assert_not(pack_done(&pack_), "a byte too many");         \
	} while (0)

Test(tenant, organizations)
{
	for (int i = 0; i < ROUNDS; i++)
		ROUND_TRIP(organization, organization_pack,
		    any_organization(&random_));
}

Test(tenant, extensions)
{
	for (int i = 0; i < ROUNDS; i++)
		ROUND_TRIP(extension, extension_pack,
		    any_extension(&random_, i % EXTENSIONS));
}

Test(tenant, dids)
{
	for (int i = 0; i < ROUNDS; i++)
		ROUND_TRIP(did, did_pack, any_did(&random_, i % DIDS));
}

Test(tenant, groups)
{
	struct world world = {0};

	for (int i = 0; i < EXTENSIONS; i++)
		world.extensions[i] = any_extension(&random_, i);
	for (int i = 0; i < ROUNDS; i++)
		ROUND_TRIP(ring_group, ring_group_pack,
		    any_group(&random_, &world, i % GROUPS));
}

Test(tenant, menus)
{
	for (int i = 0; i < ROUNDS; i++)
		ROUND_TRIP(
		    ivr_menu, ivr_menu_pack, any_menu(&random_, i % MENUS));
}

Test(tenant, schedules)
{
	for (int i = 0; i < ROUNDS; i++)
		ROUND_TRIP(
		    business_hours, hours_pack, any_hours(&random_, i % HOURS));
}

Test(tenant, rooms)
{
	for (int i = 0; i < ROUNDS; i++)
		ROUND_TRIP(conference_room, conference_room_pack,
		    any_room(&random_, i % ROOMS));
}

Test(tenant, rules_and_blocked_callers)
{
	static struct world world;

	for (int i = 0; i < ROUNDS / 10; i++) {
		any_world(&random_, &world);
		ROUND_TRIP(outbound_rules, outbound_rules_pack, world.rules);
		ROUND_TRIP(
		    blocked_callers, blocked_callers_pack, world.blocked);
	}
}

/* The fields themselves, once by hand: no field is forgotten or swapped. */
Test(tenant, fields_of_an_extension_come_back)
{
	struct service_param params[] = {{STR("a"), STR("1")}};
	struct extension x = {.id = 9,
	    .number = STR("5000"),
	    .type = EXTENSION_AI_ASSISTANT,
	    .active = true,
	    .ring_timeout = 12,
	    .caller_id = STR("+12125550100"),
	    .emergency_caller_id = STR("+12125550101"),
	    .target = {TARGET_RING_GROUP, 1, NO_STR},
	    .always = {TARGET_IVR_MENU, 2, NO_STR},
	    .busy = {TARGET_EXTERNAL, 0, STR("+442079460000")},
	    .no_answer = {TARGET_HANGUP, 0, NO_STR},
	    .voicemail = true,
	    .voicemail_pin = STR("sealed"),
	    .greeting = {.text = STR("Hello"), .voice = STR("man")},
	    .provider = STR("p"),
	    .service_number = STR("n"),
	    .service_url = STR("u"),
	    .service_token = STR("t"),
	    .param_count = 1,
	    .params = params};
	struct extension back = {0};
	struct buf text = buf_new(random_.pool, 64);
	struct pack pack = pack_writer(&text);

	extension_pack(&pack, &x);
	pack = pack_reader(random_.pool, buf_str(&text));
	extension_pack(&pack, &back);
	cr_assert(pack_done(&pack));
	cr_assert_eq(back.id, 9);
	cr_assert(str_is(back.number, "5000"));
	cr_assert_null(back.name.p, "absent stays absent");
	cr_assert_eq(back.type, EXTENSION_AI_ASSISTANT);
	cr_assert(back.active && back.voicemail && !back.do_not_disturb);
	cr_assert_eq(back.ring_timeout, 12);
	cr_assert(str_is(back.caller_id, "+12125550100"));
	cr_assert(str_is(back.emergency_caller_id, "+12125550101"));
	cr_assert(target_equal(&back.target, &x.target));
	cr_assert(target_equal(&back.always, &x.always));
	cr_assert(target_equal(&back.busy, &x.busy));
	cr_assert(target_equal(&back.no_answer, &x.no_answer));
	cr_assert(str_is(back.voicemail_pin, "sealed"));
	cr_assert(str_is(back.greeting.text, "Hello"));
	cr_assert(str_is(back.greeting.voice, "man"));
	cr_assert(str_is(back.provider, "p"));
	cr_assert(str_is(back.service_number, "n"));
	cr_assert(str_is(back.service_url, "u"));
	cr_assert(str_is(back.service_token, "t"));
	cr_assert_eq(back.param_count, 1);
	cr_assert(str_is(back.params[0].name, "a"));
	cr_assert(str_is(back.params[0].value, "1"));
}

/* country_pack() wiped the code of the struct that it wrote from. */
Test(tenant, packing_keeps_the_country)
{
	struct organization x = any_organization(&random_);
	struct buf text = buf_new(random_.pool, 64);
	struct pack pack = pack_writer(&text);

	country_parse(STR("GB"), &x.country);
	organization_pack(&pack, &x);
	cr_assert_str_eq(x.country.code, "GB");
}

/* No bytes at all make a reader leave its text or allocate for ever. */
Test(tenant, any_bytes)
{
	char bytes[64];

	for (int i = 0; i < 20000; i++) {
		struct pool *pool = pool_new();
		struct str text = {bytes, (size_t)below(&random_, 64)};
		struct pack pack = pack_reader(pool, text);
		struct organization organization = {0};
		struct ivr_menu menu = {0};
		struct outbound_rules rules = {0};

		for (size_t j = 0; j < sizeof bytes; j++)
			bytes[j] =
			    (char)(odds(&random_, 50) ? below(&random_, 4)
						      : below(&random_, 256));
		organization_pack(&pack, &organization);
		cr_assert_lt(strlen(organization.country.code), 4);
		pack = pack_reader(pool, text);
		ivr_menu_pack(&pack, &menu);
		pack = pack_reader(pool, text);
		outbound_rules_pack(&pack, &rules);
		pool_free(pool);
	}
}
