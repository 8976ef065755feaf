/*
 * Which rule lets a call out: default deny, seen from those who would like to
 * get past it.
 */
#include "outbound.h"

#include <criterion/criterion.h>

#include "generated.h"

static struct number
number_of(const char *text)
{
	struct number number;

	cr_assert(number_e164(str_of(text), &number), "%s", text);
	return number;
}

static int
match(const struct outbound_rule *rule, const char *text, uint64_t extension)
{
	struct number number = number_of(text);

	return outbound_match(rule, &number, extension);
}

static struct country countries[] = {{"US"}, {"GB"}};
static const struct outbound_rule by_country = {
    .id = 1, .countries = countries, .country_count = 2};

Test(outbound, a_country_is_its_ordinary_numbers)
{
	static const char *const yes[] = {"+12125550100", "+442079460000",
	    "+447400123456", "+18002255288", "+448081570192"};
	static const char *const no[] = {"+33142685300", /* France */
	    "+18765550123",                              /* Jamaica */
	    "+18095550123",  /* Dominican Republic */
	    "+12045550123",  /* Canada */
	    "+12425550123",  /* Bahamas */
	    "+441534123456", /* Jersey */
	    "+441624612345", /* Isle of Man */
	    "+447911123456", /* Guernsey's mobiles */
	    "+19005550123",  /* premium */
	    "+449098790000", /* premium */
	    "+448431234567", /* shared cost */
	    "+447012345678", /* personal */
	    "+881612345678", /* satellite */
	    "+80012345678"}; /* international freephone: nobody's */

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		cr_assert_eq(match(&by_country, yes[i], 1), 0, "%s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		cr_assert_eq(match(&by_country, no[i], 1), -1, "%s", no[i]);
}

Test(outbound, a_prefix_is_whatever_begins_so)
{
	struct str prefixes[] = {STR("+44909"), STR("+4420"), STR("+442079")};
	struct outbound_rule rule = {.prefixes = prefixes, .prefix_count = 3};

	cr_assert_eq(match(&rule, "+449098790000", 1), 6, "also premium");
	cr_assert_eq(match(&rule, "+442079460000", 1), 7, "the longest");
	cr_assert_eq(match(&rule, "+442089460000", 1), 5);
	cr_assert_eq(match(&rule, "+441614960000", 1), -1);
	cr_assert_eq(match(&rule, "+12125550100", 1), -1);
}

Test(outbound, a_prefix_goes_before_the_country_of_the_same_rule)
{
	struct str prefixes[] = {STR("+4420")};
	struct outbound_rule rule = by_country;

	rule.prefixes = prefixes;
	rule.prefix_count = 1;
	cr_assert_eq(match(&rule, "+442079460000", 1), 5);
	cr_assert_eq(match(&rule, "+447400123456", 1), 0);
}

Test(outbound, an_empty_rule_allows_nothing)
{
	struct str empty[] = {STR(""), NO_STR};
	struct country none[] = {{""}};
	struct outbound_rule rule = {0};

	cr_assert_eq(match(&rule, "+12125550100", 1), -1);
	rule.prefixes = empty;
	rule.prefix_count = 2;
	rule.countries = none;
	rule.country_count = 1;
	cr_assert_eq(match(&rule, "+12125550100", 1), -1);
	cr_assert_eq(match(&rule, "+881612345678", 1), -1,
	    "no country is not every country");
}

Test(outbound, what_is_no_number_goes_nowhere)
{
	struct str plus[] = {STR("+")};
	struct outbound_rule rule = {.prefixes = plus, .prefix_count = 1};
	struct number none = {0};

	cr_assert_eq(outbound_match(&rule, &none, 1), -1);
	cr_assert_eq(match(&rule, "+881612345678", 1), 1);
}

Test(outbound, a_rule_may_be_for_some_extensions)
{
	uint64_t extensions[] = {2, 3};
	struct outbound_rule rule = by_country;

	rule.extensions = extensions;
	rule.extension_count = 2;
	cr_assert_eq(match(&rule, "+12125550100", 2), 0);
	cr_assert_eq(match(&rule, "+12125550100", 3), 0);
	cr_assert_eq(match(&rule, "+12125550100", 1), -1);
	cr_assert_eq(match(&rule, "+12125550100", 0), -1, "nobody is not 2");
}

Test(outbound, without_rules_nothing_is_chosen)
{
	struct number number = number_of("+12125550100");
	struct outbound_rules none = {0};

	cr_assert_null(outbound_choose(NULL, &number, 1, 0));
	cr_assert_null(outbound_choose(&none, &number, 1, 0));
}

Test(outbound, by_priority_then_prefix_then_id)
{
	struct str london[] = {STR("+4420")}, city[] = {STR("+442079")};
	struct outbound_rule list[] = {
	    {.id = 5, .priority = 2, .prefixes = city, .prefix_count = 1},
	    {.id = 4,
		.priority = 1,
		.countries = countries,
		.country_count = 2},
	    {.id = 3, .priority = 1, .prefixes = london, .prefix_count = 1},
	    {.id = 2, .priority = 1, .prefixes = city, .prefix_count = 1},
	    {.id = 1, .priority = 1, .prefixes = city, .prefix_count = 1},
	    {.id = 6, .priority = 0},
	};
	static const uint64_t order[] = {1, 2, 3, 4, 5};
	struct outbound_rules rules = {6, list};
	struct number number = number_of("+442079460000");

	for (int i = 0; i < 5; i++)
		cr_assert_eq(
		    outbound_choose(&rules, &number, 1, i)->id, order[i]);
	cr_assert_null(outbound_choose(&rules, &number, 1, 5));
	cr_assert_null(outbound_choose(&rules, &number, 1, 1000));
}

/* Every rule that matches comes once, in an order that never falls. */
Test(outbound, chooses_each_matching_rule_once, .timeout = 60)
{
	static const char *const numbers[] = {
	    "+12125550100", "+442079460000", "+449098790000", "+18765550123"};
	struct random r = {pool_new(), 7};

	for (int round = 0; round < 3000; round++) {
		struct outbound_rule list[6];
		struct outbound_rules rules = {6, list};
		struct number number = number_of(numbers[round % 4]);
		const struct outbound_rule *last = NULL, *rule;
		uint64_t extension = (uint64_t)below(&r, 4);
		size_t expected = 0;
		int n = 0;

		for (int i = 0; i < 6; i++) {
			list[i] = any_rule(&r, i);
			if (outbound_match(&list[i], &number, extension) >= 0)
				expected++;
		}
		while ((rule = outbound_choose(
			    &rules, &number, extension, n)) != NULL) {
			int is = outbound_match(rule, &number, extension);
			int was = last != NULL
				      ? outbound_match(last, &number, extension)
				      : 0;

			cr_assert_geq(is, 0, "a rule that does not match");
			if (last != NULL)
				cr_assert(last->priority < rule->priority ||
					  (last->priority == rule->priority &&
					      (was > is ||
						  (was == is &&
						      last->id < rule->id))));
			last = rule;
			n++;
		}
		cr_assert_eq((size_t)n, expected);
		pool_clear(r.pool);
	}
	pool_free(r.pool);
}

static bool
sip(const char *uri)
{
	const struct str hosts[] = {STR("sip.example.com"), STR("10.0.0.1")};

	return outbound_sip_allowed(str_of(uri), hosts, 2);
}

Test(outbound, sip_to_allowed_hosts)
{
	cr_assert(sip("sip:anna@sip.example.com"));
	cr_assert(sip("SIP:anna@SIP.Example.COM"));
	cr_assert(sip("sip:anna@sip.example.com:5060"));
	cr_assert(sip("sip:anna@sip.example.com;transport=tls"));
	cr_assert(sip("sip:anna@sip.example.com:5061;transport=tls"));
	cr_assert(sip("sip:+12125550100@10.0.0.1"));
}

Test(outbound, sip_to_nowhere_else)
{
	static const char *const no[] = {"", "sip:", "sip:@sip.example.com",
	    "sip:sip.example.com", "anna@sip.example.com",
	    "sips:anna@sip.example.com", "tel:+12125550100",
	    "sip:anna@evil.org", "sip:anna@xsip.example.com",
	    "sip:anna@sip.example.com.evil.org", "sip:anna@sip.example.co",
	    "sip:anna@sip.example.com@evil.org",
	    "sip:anna@evil.org@sip.example.com", "sip:sip.example.com@evil.org",
	    "sip:anna@evil.org;maddr=sip.example.com",
	    "sip:anna@evil.org;x@sip.example.com",
	    "sip:anna@sip.example.com?Route=evil.org",
	    "sip:anna@sip.example.com:5060:5061", "sip:anna@sip.example.com:x",
	    "sip:anna@sip.example.com:", "sip:anna@sip.example.com.",
	    "sip:anna@.sip.example.com", "sip:anna@sip.example.com ",
	    " sip:anna@sip.example.com", "sip:an na@sip.example.com",
	    "sip:anna@sip.example.com\n", "sip:anna@sip.example.com\r\nX: y",
	    "sip:anna@[::1]", "sip:anna@sip.ex\xd0\xb0mple.com", "sip:anna@*",
	    "sip:anna@", "sip:anna@sip.example.com/",
	    "<sip:anna@sip.example.com>"};

	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		cr_assert_not(sip(no[i]), "\"%s\"", no[i]);
	cr_assert_not(
	    outbound_sip_allowed(STR("sip:anna@sip.example.com"), NULL, 0));
	cr_assert_not(outbound_sip_allowed(NO_STR, NULL, 0));
}

Test(outbound, sip_with_an_empty_host_allowed)
{
	const struct str empty[] = {STR("")};

	cr_assert_not(outbound_sip_allowed(STR("sip:a@"), empty, 1));
	cr_assert_not(outbound_sip_allowed(STR("sip:a@b"), empty, 1));
}

Test(outbound, sip_that_never_ends)
{
	static char uri[400] = "sip:anna@sip.example.com;x=";

	memset(uri + strlen(uri), 'a', sizeof uri - 1 - strlen(uri));
	cr_assert_not(sip(uri));
}
